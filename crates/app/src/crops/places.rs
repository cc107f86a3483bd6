//! Where crops are now: people sort them into folders of their own, rename them, and delete the wrong ones.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::Hash,
    path::{Path, PathBuf},
};

use bauta_domain::{Problem, ports::ImageReader};
use bauta_formats::{CROP_MANIFEST, CropRow, is_crop_manifest};

use super::earlier::spelled;
use crate::files::sha256_of;

/// A crop as a manifest has it.
pub(crate) struct Noted<'a> {
    /// Where it was written.
    pub place: PathBuf,
    /// SHA-256 of what was written, in hexadecimal digits.
    pub sha256: &'a str,
}

/// Where crops are now.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// From where they were written to where they are.
    moved: HashMap<PathBuf, PathBuf>,
    missing: HashSet<PathBuf>,
    /// All files that are such a crop.
    claimed: HashSet<PathBuf>,
}

impl Places {
    /// Looks for crops that are not where they were written among `pictures`, which are listed only when one is
    /// missing: by name and contents, by contents, then by name. Each file counts for one crop.
    pub(crate) fn find(crops: &[Noted<'_>], pictures: impl FnOnce() -> BTreeSet<PathBuf>) -> Self {
        let (there, mut open): (Vec<&Noted>, Vec<&Noted>) = crops.iter().partition(|crop| crop.place.is_file());
        let mut places = Self { claimed: there.iter().map(|crop| crop.place.clone()).collect(), ..Self::default() };
        if open.is_empty() {
            return places;
        }
        let loose: Vec<PathBuf> = pictures().into_iter().filter(|path| !places.claimed.contains(path)).collect();
        let by_name = by(loose.iter(), |path| path.file_name().unwrap_or_default().to_owned());
        let named = |crop: &Noted| by_name.get(crop.place.file_name().unwrap_or_default());
        let mut hashes: BTreeMap<&Path, String> = BTreeMap::new();
        open.retain(|crop| {
            let mut is_it = |path: &Path| sha256_of(path).is_ok_and(|hash| hash == crop.sha256);
            !places.claim(crop, named(crop), &mut is_it)
        });
        if !open.is_empty() {
            let free = loose.iter().filter(|path| !places.claimed.contains(*path));
            hashes.extend(free.filter_map(|path| Some((path.as_path(), sha256_of(path).ok()?))));
        }
        let by_contents = by(hashes.keys().copied(), |path| hashes[path].clone());
        open.retain(|crop| !places.claim(crop, by_contents.get(crop.sha256), &mut |_| true));
        // Changed by somebody, and moved.
        open.retain(|crop| !places.claim(crop, named(crop), &mut |_| true));
        places.missing = open.into_iter().map(|crop| crop.place.clone()).collect();
        places
    }

    /// Takes the first of these files that is no other crop, if it is the crop.
    fn claim<P: AsRef<Path>>(
        &mut self,
        crop: &Noted<'_>,
        files: Option<&Vec<P>>,
        is_it: &mut dyn FnMut(&Path) -> bool,
    ) -> bool {
        let mut files = files.into_iter().flatten().map(AsRef::as_ref);
        let Some(path) = files.find(|path| !self.claimed.contains(*path) && is_it(path)) else { return false };
        self.claimed.insert(path.to_owned());
        self.moved.insert(crop.place.clone(), path.to_owned());
        true
    }

    /// Where the crop is that was written here; `None` when it is gone.
    pub(crate) fn now<'a>(&'a self, place: &'a Path) -> Option<&'a Path> {
        if self.missing.contains(place) {
            return None;
        }
        Some(self.moved.get(place).map_or(place, PathBuf::as_path))
    }

    /// Whether this file is one of the crops.
    pub(crate) fn is_crop(&self, file: &Path) -> bool {
        self.claimed.contains(file)
    }
}

fn by<P: AsRef<Path>, K: Eq + Hash>(files: impl Iterator<Item = P>, key: impl Fn(&Path) -> K) -> HashMap<K, Vec<P>> {
    let mut map: HashMap<K, Vec<P>> = HashMap::new();
    files.for_each(|path| map.entry(key(path.as_ref())).or_default().push(path));
    map
}

/// The rows with the places that their crops have now and their photos' paths written the one way; and the crops that are nowhere below the folder.
pub(super) fn placed(folder: &Path, images: &dyn ImageReader, rows: &[CropRow]) -> (Vec<CropRow>, Vec<String>) {
    let with_crop = rows.iter().filter(|row| !row.crop.is_empty());
    let noted: Vec<Noted<'_>> =
        with_crop.map(|row| Noted { place: folder.join(&row.crop), sha256: &row.crop_sha256 }).collect();
    let places = Places::find(&noted, || pictures_below(images, folder).0);
    let (mut missing, mut folders) = (Vec::new(), HashMap::new());
    let mut place = |row: &CropRow| {
        let written = folder.join(&row.crop);
        let now = if row.crop.is_empty() { Some(written.as_path()) } else { places.now(&written) };
        match now {
            None => missing.push(row.crop.clone()),
            Some(now) if now != written => {
                // One whose new name is not Unicode cannot be noted; its row stays, and so does it.
                if let Some(crop) = relative(now, folder) {
                    return CropRow { crop, ..row.clone() };
                }
            }
            Some(_) => {}
        }
        row.clone()
    };
    let mut known = |row: CropRow| {
        // One that is not absolute is seen from a folder that nobody knows any more.
        let source = Path::new(&row.source).is_absolute().then(|| spelled(Path::new(&row.source), &mut folders));
        match source.and_then(|source| source.into_os_string().into_string().ok()) {
            Some(source) => CropRow { source, ..row },
            None => row,
        }
    };
    (rows.iter().map(|row| known(place(row))).collect(), missing)
}

/// A file's place seen from a folder above it, with `/` between folders.
fn relative(file: &Path, folder: &Path) -> Option<String> {
    let parts = file.strip_prefix(folder).ok()?.components().map(|part| part.as_os_str().to_str());
    Some(parts.collect::<Option<Vec<&str>>>()?.join("/"))
}

/// All pictures below a folder, those of folders with crops too, which are left out where photos are wanted.
pub(crate) fn pictures_below(images: &dyn ImageReader, folder: &Path) -> (BTreeSet<PathBuf>, Vec<Problem>) {
    let (pictures, mut problems) = images.list(folder);
    let mut pictures: BTreeSet<PathBuf> = pictures.into_iter().collect();
    for crops in manifests_below(folder).into_keys().filter(|crops| crops != folder) {
        let (more, mut trouble) = images.list(&crops);
        pictures.extend(more);
        problems.append(&mut trouble);
    }
    (pictures, problems)
}

/// The manifests of crops in a folder and below it, by their folders. Hidden folders are left out.
pub(crate) fn manifests_below(folder: &Path) -> HashMap<PathBuf, Vec<u8>> {
    let (mut found, mut visited, mut open) = (HashMap::new(), HashSet::new(), vec![folder.to_owned()]);
    while let Some(folder) = open.pop() {
        // The real path tells a loop of links from another folder.
        if !folder.canonicalize().is_ok_and(|real| visited.insert(real)) {
            continue;
        }
        let manifest = folder.join(CROP_MANIFEST);
        if let Some(bytes) = manifest.is_file().then(|| std::fs::read(&manifest).ok()).flatten()
            && is_crop_manifest(&bytes)
        {
            found.insert(folder.clone(), bytes);
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let shown = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
        open.extend(shown.map(|entry| entry.path()).filter(|path| path.is_dir()));
    }
    found
}
