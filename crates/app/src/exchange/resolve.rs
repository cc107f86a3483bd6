//! Which picture a file means: by its path, in the folders around the file, in the project, by its name.
//! Paths may come from another computer: any system's separators, a drive, `~`, folders that are not here.

use std::{
    cell::RefCell,
    collections::HashMap,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use bauta_domain::{DocumentImage, ImageId, ImageMarks, ImageSize};

/// Endings of picture files.
const ENDINGS: [&str; 8] = ["jpg", "jpeg", "png", "bmp", "gif", "webp", "tif", "tiff"];
/// Folders that tools put pictures into, seen from the folder of the annotations.
const USUAL_FOLDERS: [&str; 6] = ["", "images", "JPEGImages", "../images", "../JPEGImages", ".."];

/// An image of the project.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub id: ImageId,
    pub path: String,
    pub size: Option<ImageSize>,
    pub marks: ImageMarks,
}

/// What a path stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resolved {
    /// Image of the project, by its place in the list.
    Known(usize),
    /// A picture on this computer that the project does not have yet.
    OnDisk(PathBuf),
    /// Several images of the project fit equally well.
    Ambiguous,
    /// Nothing like it was found.
    Missing,
}

pub(super) struct Resolver<'k> {
    known: &'k [Known],
    by_path: HashMap<&'k str, usize>,
    /// By file name without case, and by that without its ending.
    by_name: HashMap<String, Vec<usize>>,
    by_stem: HashMap<String, Vec<usize>>,
    /// Pictures of the folders that the user pointed to, by name and by stem without case.
    pointed: HashMap<String, Vec<PathBuf>>,
    home: Option<String>,
    /// What is in the folders that were looked into. Asking the disk for every ending of every picture took
    /// longer than all the rest of an import.
    folders: RefCell<HashMap<PathBuf, Listing>>,
}

/// The names of the pictures in a folder, by their names without case.
struct Listing(HashMap<String, Vec<OsString>>);

impl Listing {
    /// A folder that is not there has none.
    fn of(folder: &Path) -> Self {
        let mut names: HashMap<String, Vec<OsString>> = HashMap::new();
        for name in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name()) {
            let lower = name.to_string_lossy().to_lowercase();
            if is_picture(&lower) {
                names.entry(lower).or_default().push(name);
            }
        }
        names.values_mut().for_each(|alike| alike.sort());
        Self(names)
    }

    /// The file of this name without case: the one that is written like `wanted`, else the first.
    fn find(&self, lower: &str, wanted: &OsStr) -> Option<&OsString> {
        let alike = self.0.get(lower)?;
        alike.iter().find(|name| *name == wanted).or_else(|| alike.first())
    }
}

fn is_picture(lower: &str) -> bool {
    lower.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

impl<'k> Resolver<'k> {
    /// `pictures` are those of the folders that the user pointed to.
    pub fn new(known: &'k [Known], pictures: Vec<PathBuf>, home: Option<&Path>) -> Self {
        let mut resolver = Self {
            known,
            by_path: HashMap::with_capacity(known.len()),
            by_name: HashMap::with_capacity(known.len()),
            by_stem: HashMap::with_capacity(known.len()),
            pointed: HashMap::new(),
            home: home.map(|home| plain(&home.to_string_lossy())),
            folders: RefCell::default(),
        };
        for (index, image) in known.iter().enumerate() {
            resolver.by_path.insert(&image.path, index);
            let name = file_name(&image.path).to_lowercase();
            resolver.by_stem.entry(stem(&name).to_owned()).or_default().push(index);
            resolver.by_name.entry(name).or_default().push(index);
        }
        for picture in pictures {
            let name = picture.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            resolver.pointed.entry(stem(&name).to_owned()).or_default().push(picture.clone());
            resolver.pointed.entry(name).or_default().push(picture);
        }
        resolver
    }

    /// Finds the picture of `image`, whose annotations lie in `folder`.
    pub fn find(&self, image: &DocumentImage, folder: &Path) -> Resolved {
        let mut path = plain(&image.path);
        if let (Some(rest), Some(home)) = (path.strip_prefix("~/"), &self.home) {
            path = format!("{}/{rest}", home.trim_end_matches('/'));
        }
        if let Some(&index) = self.by_path.get(path.as_str()).filter(|_| !image.stem_only) {
            return Resolved::Known(index);
        }
        // What climbs out of a folder is looked for by what follows.
        let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | ".." | "~")).collect();
        let Some(name) = parts.last().map(|name| name.to_lowercase()) else { return Resolved::Missing };
        let candidates = self.candidates(&name, image.stem_only);
        let fits = |index: &usize| shared_end(&self.known[*index].path, &parts, image.stem_only);
        let best = candidates.iter().map(fits).max().unwrap_or(0);
        let mut fitting = candidates.iter().filter(|index| fits(index) == best);
        let (first, second) = (fitting.next(), fitting.next());
        let unique = first.copied().filter(|_| second.is_none());
        if let Some(index) = unique.filter(|_| best == parts.len()) {
            return Resolved::Known(index);
        }
        if let Some(found) = self.on_disk(&path, &parts, image.stem_only, folder) {
            return found;
        }
        match (unique, first) {
            (Some(index), _) => return Resolved::Known(index),
            (None, Some(_)) => return Resolved::Ambiguous,
            (None, None) => {}
        }
        self.by_name_on_disk(&name, image.stem_only, folder)
    }

    fn candidates(&self, name: &str, stem_only: bool) -> Vec<usize> {
        let full = self.by_name.get(name).cloned().unwrap_or_default();
        if !full.is_empty() || (is_picture(name) && !stem_only) {
            return full;
        }
        // labelImg sometimes leaves the ending out.
        self.by_stem.get(name).cloned().unwrap_or_default()
    }

    /// The path itself, or below the folder of the annotations and the folders above it.
    fn on_disk(&self, path: &str, parts: &[&str], stem_only: bool, folder: &Path) -> Option<Resolved> {
        let below = parts.iter().collect::<PathBuf>();
        let absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
        let own = absolute.then(|| PathBuf::from(path)).filter(|path| !path.components().any(climbs));
        let around = folder.ancestors().take(4).map(|base| base.join(&below));
        own.into_iter().chain(around).find_map(|candidate| self.existing(&candidate, stem_only))
    }

    fn by_name_on_disk(&self, name: &str, stem_only: bool, folder: &Path) -> Resolved {
        let usual = USUAL_FOLDERS.iter().map(|usual| match usual.strip_prefix("..") {
            Some(rest) => folder.parent().unwrap_or(folder).join(rest.trim_start_matches('/')),
            None => folder.join(usual),
        });
        if let Some(found) = usual.into_iter().find_map(|base| self.existing(&base.join(name), stem_only)) {
            return found;
        }
        match self.pointed.get(name).map(Vec::as_slice) {
            Some([only]) => self.known_or_new(only),
            Some(_) => Resolved::Ambiguous,
            None => Resolved::Missing,
        }
    }

    /// The picture at this path, with the ending that it turns out to have.
    fn existing(&self, path: &Path, stem_only: bool) -> Option<Resolved> {
        let (folder, name) = (path.parent()?, path.file_name()?);
        let mut folders = self.folders.borrow_mut();
        if !folders.contains_key(folder) {
            folders.insert(folder.to_owned(), Listing::of(folder));
        }
        let listing = folders.get(folder)?;
        let lower = name.to_string_lossy().to_lowercase();
        let is_picture = is_picture(&lower);
        let exact = if is_picture { listing.find(&lower, name) } else { None };
        let found = exact.or_else(|| {
            let endings = if is_picture && !stem_only { &[][..] } else { &ENDINGS[..] };
            endings.iter().find_map(|ending| listing.find(&format!("{lower}.{ending}"), name))
        })?;
        let path = folder.join(found);
        path.is_file().then(|| self.known_or_new(&path))
    }

    fn known_or_new(&self, path: &Path) -> Resolved {
        let text = path.to_string_lossy();
        self.by_path
            .get(text.as_ref())
            .map_or_else(|| Resolved::OnDisk(path.to_owned()), |&index| Resolved::Known(index))
    }
}

fn climbs(part: std::path::Component) -> bool {
    matches!(part, std::path::Component::ParentDir)
}

/// The path with `/` between its parts, without a scheme.
fn plain(path: &str) -> String {
    let path = path.trim();
    path.strip_prefix("file://").unwrap_or(path).replace('\\', "/")
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn stem(name: &str) -> &str {
    name.rfind('.').filter(|&dot| dot > 0).map_or(name, |dot| &name[..dot])
}

/// How many parts, from the end, a path shares with these; names without case, the last one perhaps
/// without its ending.
fn shared_end(path: &str, parts: &[&str], stem_only: bool) -> usize {
    let mut own = path.rsplit(['/', '\\']).filter(|part| !part.is_empty());
    let mut wanted = parts.iter().rev();
    let (Some(name), Some(want)) = (own.next(), wanted.next()) else { return 0 };
    let (name, want) = (name.to_lowercase(), want.to_lowercase());
    if name != want && stem(&name) != want && !(stem_only && stem(&name) == stem(&want)) {
        return 0;
    }
    1 + own.zip(wanted).take_while(|(a, b)| a == *b).count()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn known(paths: &[&str]) -> Vec<Known> {
        let image = |(n, path): (u128, &&str)| Known {
            id: ImageId::from_uuid(Uuid::from_u128(n)),
            path: (*path).to_owned(),
            size: None,
            marks: ImageMarks::default(),
        };
        (0..).zip(paths).map(image).collect()
    }

    fn find(known: &[Known], path: &str, stem_only: bool) -> Resolved {
        let image = DocumentImage { path: path.to_owned(), stem_only, ..DocumentImage::default() };
        Resolver::new(known, Vec::new(), Some(Path::new("/home/me"))).find(&image, Path::new("/nowhere/at/all"))
    }

    #[test]
    fn paths_of_other_systems_and_homes_find_the_projects_image() {
        let known = known(&["/home/me/photos/day/IMG 1.JPG", "/home/me/photos/night/IMG 1.JPG", "/data/b.png"]);
        struct Case(&'static str, bool, Resolved);
        for Case(path, stem_only, expected) in [
            Case("/home/me/photos/day/IMG 1.JPG", false, Resolved::Known(0)),
            Case("~/photos/night/IMG 1.JPG", false, Resolved::Known(1)),
            Case(r"C:\Users\you\photos\night\IMG 1.JPG", false, Resolved::Known(1)),
            Case("day/img 1.jpg", false, Resolved::Known(0)),
            Case("../../day/IMG 1.JPG", false, Resolved::Known(0)),
            Case("IMG 1.JPG", false, Resolved::Ambiguous),
            Case("images/train/b", true, Resolved::Known(2)),
            Case("b.png", true, Resolved::Known(2)),
            Case("elsewhere/b.png", false, Resolved::Known(2)),
            Case("b", false, Resolved::Known(2)),
            Case("c.jpg", false, Resolved::Missing),
            Case("..", false, Resolved::Missing),
            Case("", false, Resolved::Missing),
        ] {
            assert_eq!(find(&known, path, stem_only), expected, "{path}");
        }
    }

    #[test]
    fn pictures_around_the_file_and_in_a_folder_pointed_to_are_found_on_disk() {
        // Some folders upwards are looked into as well: none of them may be the system's, where anything may lie.
        let folder = tempfile::tempdir().unwrap();
        let at = |inside: &str| folder.path().join("the/project/lies/deep/enough").join(inside);
        for file in ["images/a.jpg", "b.JPG", "far/c.png", "far/secret.txt"] {
            std::fs::create_dir_all(at(file).parent().unwrap()).unwrap();
            std::fs::write(at(file), b"").unwrap();
        }
        let annotations = at("voc");
        let find = |path: &str, stem_only: bool, pointed: Vec<PathBuf>| {
            let image = DocumentImage { path: path.to_owned(), stem_only, ..DocumentImage::default() };
            Resolver::new(&[], pointed, None).find(&image, &annotations)
        };
        assert_eq!(find("images/a.jpg", false, vec![]), Resolved::OnDisk(at("images/a.jpg")));
        assert_eq!(find("VOC2012/a.jpg", false, vec![]), Resolved::OnDisk(at("images/a.jpg")));
        assert_eq!(find("b", true, vec![]), Resolved::OnDisk(at("b.JPG")));
        assert_eq!(find("IMAGES/../images/A.JPEG", false, vec![]), Resolved::Missing, "another ending");
        assert_eq!(find("images/A.JPG", false, vec![]), Resolved::OnDisk(at("images/a.jpg")), "written otherwise");
        assert_eq!(find("c.png", false, vec![]), Resolved::Missing);
        assert_eq!(find("x/c.png", false, vec![at("far/c.png")]), Resolved::OnDisk(at("far/c.png")));
        assert_eq!(find(at("far/secret.txt").to_str().unwrap(), false, vec![]), Resolved::Missing, "no picture");
    }
}
