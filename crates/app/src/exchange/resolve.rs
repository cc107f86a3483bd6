//! Which picture a file means: by its path, in the folders around the file, in the project, by its name.
//! Paths may come from another computer: any system's separators, a drive, `~`, folders that are not here.

use std::{
    cell::{OnceCell, RefCell},
    collections::{BTreeSet, HashMap, HashSet},
    path::{Path, PathBuf},
};

use bauta_domain::{DocumentImage, ImageId, ImageMarks, ImageSize};

use super::{
    picture_listing::{ENDINGS, PictureListing, is_picture},
    written_path::{WrittenPath, file_name, plain, stem},
};
use crate::{alike::folded, files::tidy};

/// Folders that tools put pictures into, seen from the folder of the annotations.
const USUAL_FOLDERS: [&str; 6] = ["", "images", "JPEGImages", "../images", "../JPEGImages", ".."];
/// So many folders are looked into: that of the annotations and those above it.
const LEVELS: usize = 4;

/// An image of the project.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub id: ImageId,
    pub path: String,
    pub size: Option<ImageSize>,
    pub marks: ImageMarks,
    /// Whether it has boxes, accepted or proposed.
    pub has_boxes: bool,
}

/// What a path stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Resolved {
    /// Image of the project, by its place in the list.
    Known(usize),
    /// A picture on this computer that the project does not have yet.
    OnDisk(PathBuf),
    /// Several pictures fit equally well: the first two of them.
    Ambiguous(PathBuf, PathBuf),
    /// Nothing like it was found.
    Missing,
}

/// Pictures by their names without case, and by those without their endings.
type ByName = HashMap<String, Vec<PathBuf>>;

pub(super) struct Resolver<'k> {
    known: &'k [Known],
    by_path: HashMap<&'k str, usize>,
    by_name: HashMap<String, Vec<usize>>,
    by_stem: HashMap<String, Vec<usize>>,
    /// Pictures of the folders that the user pointed to.
    pointed: ByName,
    /// Pictures that lie beside those of the project, once something else was not found.
    beside: OnceCell<ByName>,
    project_folder: PathBuf,
    home: Option<String>,
    /// Pictures that a label names with their endings: no other label means them.
    claimed: HashSet<PathBuf>,
    /// What is in the folders that were looked into. Asking the disk for every ending of every picture took
    /// longer than all the rest of an import.
    folders: RefCell<HashMap<PathBuf, PictureListing>>,
}

impl<'k> Resolver<'k> {
    /// `pictures` are those of the folders that the user pointed to, `project_folder` that of the project's file.
    pub fn new(known: &'k [Known], pictures: Vec<PathBuf>, project_folder: &Path, home: Option<&Path>) -> Self {
        let mut resolver = Self {
            known,
            by_path: HashMap::with_capacity(known.len()),
            by_name: HashMap::with_capacity(known.len()),
            by_stem: HashMap::with_capacity(known.len()),
            pointed: by_name(pictures.into_iter().collect::<BTreeSet<_>>()),
            beside: OnceCell::new(),
            project_folder: project_folder.to_owned(),
            home: home.map(|home| plain(&home.to_string_lossy())),
            claimed: HashSet::new(),
            folders: RefCell::default(),
        };
        for (index, image) in known.iter().enumerate() {
            resolver.by_path.insert(&image.path, index);
            let name = folded(file_name(&image.path));
            resolver.by_stem.entry(stem(&name).to_owned()).or_default().push(index);
            resolver.by_name.entry(name).or_default().push(index);
        }
        resolver
    }

    /// The pictures of all images of a document whose annotations lie in `folder`, in its order. `tick` hears of
    /// each, and says whether to go on; `None` when it did not.
    pub fn find_all(
        &mut self,
        images: &[DocumentImage],
        folder: &Path,
        tick: &mut dyn FnMut(&DocumentImage) -> bool,
    ) -> Option<Vec<Resolved>> {
        // `a.png.txt` means a.png and `a.txt` beside it another picture, so those with an ending come first.
        let has_ending = |image: &DocumentImage| image.stem_only && is_picture(&folded(&image.path));
        let mut found = vec![Resolved::Missing; images.len()];
        for first in [true, false] {
            for (image, found) in images.iter().zip(&mut found).filter(|(image, _)| has_ending(image) == first) {
                if !tick(image) {
                    return None;
                }
                *found = self.find(image, folder);
                self.claimed.extend(match found {
                    Resolved::Known(index) if first => Some(PathBuf::from(&self.known[*index].path)),
                    Resolved::OnDisk(path) if first => Some(path.clone()),
                    _ => None,
                });
            }
        }
        Some(found)
    }

    /// Finds the picture of `image`; the annotations lie in `root` or, for formats with one file an image, below it.
    fn find(&self, image: &DocumentImage, root: &Path) -> Resolved {
        let Some(wanted) = WrittenPath::of(image, self.home.as_deref()) else { return Resolved::Missing };
        if let Some(&index) = self.by_path.get(wanted.path.as_str()).filter(|_| !wanted.stem_only) {
            return Resolved::Known(index);
        }
        let own = root.join(&image.file);
        let own = own.parent().filter(|_| !image.file.is_empty()).unwrap_or(root);
        let bases: &[&Path] = if own == root { &[root] } else { &[own, root] };
        let written = self.as_written(&wanted, bases);
        if let Some(known @ Resolved::Known(_)) = written {
            return known;
        }
        let known = self.known_candidates(&wanted);
        let known = Best::of(known.iter().map(|index| Path::new(self.known[*index].path.as_str())), &wanted);
        if let Some(only) = known.only().filter(|_| wanted.is_whole(known.shared)) {
            return self.known_or_new(only);
        }
        if let Some(found) = written.or_else(|| self.around(&wanted, bases)) {
            return found;
        }
        let pointed = Best::of(named(&self.pointed, &wanted), &wanted);
        if let Some(only) = pointed.only().filter(|_| pointed.shared > known.shared) {
            return self.known_or_new(only);
        }
        if let Some(found) = self.resolved(&known) {
            return found;
        }
        if let Some(found) = self.in_usual_folders(&wanted, bases) {
            return found;
        }
        if let Some(found) = self.resolved(&pointed) {
            return found;
        }
        let beside = Best::of(named(self.beside.get_or_init(|| self.list_beside()), &wanted), &wanted);
        self.resolved(&beside).unwrap_or(Resolved::Missing)
    }

    /// The one that fits best, or that there are several; `None` when there is none.
    fn resolved(&self, best: &Best<'_>) -> Option<Resolved> {
        Some(match (best.first?, best.second) {
            (only, None) => self.known_or_new(only),
            (one, Some(other)) => Resolved::Ambiguous(one.to_owned(), other.to_owned()),
        })
    }

    /// Images of the project with this name.
    fn known_candidates(&self, wanted: &WrittenPath) -> Vec<usize> {
        let full = self.by_name.get(&wanted.name).cloned().unwrap_or_default();
        if !full.is_empty() || (is_picture(&wanted.name) && !wanted.stem_only) {
            return full;
        }
        // labelImg sometimes leaves the ending out.
        let mut alike = self.by_stem.get(&wanted.name).cloned().unwrap_or_default();
        alike.retain(|index| !self.claimed.contains(Path::new(&self.known[*index].path)));
        alike
    }

    /// What the path leads to, from the folder of the file that holds it or from the root.
    fn as_written(&self, wanted: &WrittenPath, bases: &[&Path]) -> Option<Resolved> {
        let path = Path::new(&wanted.path);
        if path.is_absolute() {
            return self.existing(&tidy(path), wanted.stem_only);
        }
        let climbs = wanted.path.contains("./");
        let from = |base: &Path| if climbs { tidy(&base.join(path)) } else { base.join(path) };
        bases.iter().find_map(|base| self.existing(&from(base), wanted.stem_only))
    }

    /// The path below the folder of the annotations and the folders above it; what climbs out of a folder is looked
    /// for by what follows.
    fn around(&self, wanted: &WrittenPath, bases: &[&Path]) -> Option<Resolved> {
        let below: PathBuf = wanted.parts.iter().collect();
        let mut folders = bases.iter().flat_map(|base| base.ancestors().take(LEVELS));
        folders.find_map(|folder| self.existing(&folder.join(&below), wanted.stem_only))
    }

    fn in_usual_folders(&self, wanted: &WrittenPath, bases: &[&Path]) -> Option<Resolved> {
        bases.iter().find_map(|base| {
            let mut usual = USUAL_FOLDERS.iter().map(|usual| match usual.strip_prefix("..") {
                Some(rest) => base.parent().unwrap_or(base).join(rest.trim_start_matches('/')),
                None => base.join(usual),
            });
            usual.find_map(|folder| self.existing(&folder.join(&wanted.name), wanted.stem_only))
        })
    }

    /// The picture at this path, with the ending that it turns out to have.
    fn existing(&self, path: &Path, stem_only: bool) -> Option<Resolved> {
        let (folder, name) = (path.parent()?, path.file_name()?);
        let mut folders = self.folders.borrow_mut();
        if !folders.contains_key(folder) {
            folders.insert(folder.to_owned(), PictureListing::of(folder));
        }
        let listing = folders.get(folder).filter(|listing| !listing.is_empty())?;
        let wanted = folded(&name.to_string_lossy());
        let has_ending = is_picture(&wanted);
        let exact = if has_ending { listing.find(&wanted, name) } else { Vec::new() };
        let found = exact.first().map(|name| folder.join(name)).or_else(|| {
            let endings = if has_ending && !stem_only { &[][..] } else { &ENDINGS[..] };
            let named = endings.iter().flat_map(|ending| listing.find(&format!("{wanted}.{ending}"), name));
            named.map(|name| folder.join(name)).find(|path| !self.claimed.contains(path))
        })?;
        found.is_file().then(|| self.known_or_new(&found))
    }

    /// The pictures in the folders of the project's images, and in that of the project.
    fn list_beside(&self) -> ByName {
        let folders = self.known.iter().filter_map(|image| Path::new(&image.path).parent());
        let folders: BTreeSet<&Path> = folders.chain([self.project_folder.as_path()]).collect();
        by_name(folders.into_iter().flat_map(|folder| {
            let names: BTreeSet<_> = PictureListing::of(folder).into_names().collect();
            names.into_iter().map(|name| folder.join(name))
        }))
    }

    fn known_or_new(&self, path: &Path) -> Resolved {
        let text = path.to_string_lossy();
        self.by_path
            .get(text.as_ref())
            .map_or_else(|| Resolved::OnDisk(path.to_owned()), |&index| Resolved::Known(index))
    }
}

/// Those of some pictures that share the longest end with a path.
struct Best<'p> {
    shared: usize,
    first: Option<&'p Path>,
    second: Option<&'p Path>,
}

impl<'p> Best<'p> {
    fn of(pictures: impl Iterator<Item = &'p Path>, wanted: &WrittenPath) -> Self {
        let mut best = Self { shared: 0, first: None, second: None };
        for picture in pictures {
            let shared = wanted.shared_end(picture);
            if shared > best.shared || best.first.is_none() {
                best = Self { shared, first: Some(picture), second: None };
            } else if shared == best.shared && best.second.is_none() {
                best.second = Some(picture);
            }
        }
        best
    }

    fn only(&self) -> Option<&'p Path> {
        self.first.filter(|_| self.second.is_none())
    }
}

fn by_name(pictures: impl IntoIterator<Item = PathBuf>) -> ByName {
    let mut by_name = ByName::new();
    for picture in pictures {
        let name = folded(&picture.file_name().unwrap_or_default().to_string_lossy());
        by_name.entry(stem(&name).to_owned()).or_default().push(picture.clone());
        by_name.entry(name).or_default().push(picture);
    }
    by_name
}

fn named<'p>(pictures: &'p ByName, wanted: &WrittenPath) -> impl Iterator<Item = &'p Path> {
    pictures.get(&wanted.name).into_iter().flatten().map(PathBuf::as_path)
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
            has_boxes: false,
        };
        (0..).zip(paths).map(image).collect()
    }

    fn find(known: &[Known], path: &str, stem_only: bool) -> Resolved {
        let image = DocumentImage { path: path.to_owned(), stem_only, ..DocumentImage::default() };
        Resolver::new(known, Vec::new(), Path::new("/nowhere"), Some(Path::new("/home/me")))
            .find(&image, Path::new("/nowhere/at/all"))
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
            Case("IMG 1.JPG", false, Resolved::Ambiguous(known[0].path.clone().into(), known[1].path.clone().into())),
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
            Resolver::new(&[], pointed, Path::new("/nowhere"), None).find(&image, &annotations)
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
