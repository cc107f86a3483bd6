//! Which files of a folder are pictures, by their names.

use std::{
    collections::HashSet,
    io::Read as _,
    path::{Path, PathBuf},
};

use bauta_domain::{CROP_MANIFEST, CROP_MANIFEST_START, Problem, natural_cmp};

use crate::error::explain;

/// Endings of picture files, in lower case; any case counts.
pub const EXTENSIONS: [&str; 8] = ["jpg", "jpeg", "png", "bmp", "gif", "webp", "tif", "tiff"];

/// All picture files below `folder`, by their extension: those of a folder in natural order, then
/// those of its subfolders in natural order. Hidden files and folders (a leading dot) are left out.
/// Links to folders are followed, each folder once, so loops end. Folders below `folder` that hold crops which
/// we saved (they have our manifest) are left out: crops are no photos. Returns too what could not be looked into.
/// `go_on` hears how many entries were looked at so far, after every hundred; when it answers false, the listing ends.
pub fn list_images(folder: &Path, go_on: &mut dyn FnMut(usize) -> bool) -> (Vec<PathBuf>, Vec<Problem>) {
    let mut listing =
        Listing { images: Vec::new(), problems: Vec::new(), visited: HashSet::new(), seen: 0, stopped: false, go_on };
    listing.visit(folder);
    (listing.images, listing.problems)
}

/// A folder on a network drive lists some hundred entries a second.
const ENTRIES_BETWEEN_QUESTIONS: usize = 100;

struct Listing<'a> {
    images: Vec<PathBuf>,
    problems: Vec<Problem>,
    visited: HashSet<PathBuf>,
    /// Entries looked at.
    seen: usize,
    stopped: bool,
    go_on: &'a mut dyn FnMut(usize) -> bool,
}

impl Listing<'_> {
    fn visit(&mut self, folder: &Path) {
        // The real path tells a loop of links from another folder.
        let real = match folder.canonicalize() {
            Ok(real) => real,
            Err(error) => return self.problem(folder, &error),
        };
        if !self.visited.insert(real) {
            return;
        }
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.problem(folder, &error),
        };
        let mut names: Vec<(String, PathBuf)> = Vec::new();
        for entry in entries {
            if self.is_stopped() {
                return;
            }
            match entry {
                Ok(entry) => names.push((entry.file_name().to_string_lossy().into_owned(), entry.path())),
                Err(error) => self.problem(folder, &error),
            }
        }
        names.retain(|(name, _)| !name.starts_with('.'));
        names.sort_by(|(a, path_a), (b, path_b)| natural_cmp(a, b).then_with(|| path_a.cmp(path_b)));
        let (folders, files): (Vec<_>, Vec<_>) =
            names.into_iter().map(|(_, path)| path).partition(|path| path.is_dir());
        self.images.extend(files.into_iter().filter(|path| has_picture_extension(path)));
        for path in folders.into_iter().filter(|path| !holds_crops(path)) {
            if self.stopped {
                return;
            }
            self.visit(&path);
        }
    }

    /// Counts an entry and asks now and then.
    fn is_stopped(&mut self) -> bool {
        self.seen += 1;
        if self.seen.is_multiple_of(ENTRIES_BETWEEN_QUESTIONS) && !self.stopped {
            self.stopped = !(self.go_on)(self.seen);
        }
        self.stopped
    }

    fn problem(&mut self, folder: &Path, error: &std::io::Error) {
        self.problems.push(Problem::new(folder.display().to_string(), format!("cannot be listed: {}", explain(error))));
    }
}

/// Whether crops were saved here. Spreadsheets put a mark in front of the list when they save it.
fn holds_crops(folder: &Path) -> bool {
    const MARK: &[u8] = "\u{feff}".as_bytes();
    let manifest = folder.join(CROP_MANIFEST);
    // Opening a pipe would wait for a writer for ever.
    if !manifest.is_file() {
        return false;
    }
    let mut start = Vec::new();
    let read = std::fs::File::open(manifest)
        .and_then(|file| file.take((MARK.len() + CROP_MANIFEST_START.len()) as u64).read_to_end(&mut start));
    read.is_ok() && start.strip_prefix(MARK).unwrap_or(&start).starts_with(CROP_MANIFEST_START.as_bytes())
}

fn has_picture_extension(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path, paths: &[PathBuf]) -> Vec<String> {
        paths.iter().map(|p| p.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/")).collect()
    }

    #[test]
    fn pictures_come_in_natural_order_folder_by_folder() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        for file in [
            "img10.jpg",
            "img2.JPG",
            "b/x.tiff",
            "a10/1.webp",
            "a2/2.PNG",
            ".hidden.jpg",
            ".git/x.png",
            "notes.txt",
            "noextension",
        ] {
            std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            std::fs::write(root.join(file), b"x").unwrap();
        }
        let (images, problems) = list_images(root, &mut |_| true);
        assert_eq!(names(root, &images), ["img2.JPG", "img10.jpg", "a2/2.PNG", "a10/1.webp", "b/x.tiff"]);
        assert_eq!(problems, []);
    }

    #[test]
    fn crops_that_were_saved_below_the_photos_are_no_photos() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        for file in ["a.jpg", "crops/a__1-2-3-4.png", "other/b.jpg"] {
            std::fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            std::fs::write(root.join(file), b"x").unwrap();
        }
        std::fs::write(root.join("crops/manifest.csv"), format!("{CROP_MANIFEST_START}category\n")).unwrap();
        std::fs::write(root.join("other/manifest.csv"), "path,label\n").unwrap();
        assert_eq!(names(root, &list_images(root, &mut |_| true).0), ["a.jpg", "other/b.jpg"]);
        std::fs::write(root.join("crops/manifest.csv"), format!("\u{feff}{CROP_MANIFEST_START}category\n")).unwrap();
        assert_eq!(list_images(root, &mut |_| true).0.len(), 2, "nor when a spreadsheet saved the list");
        assert_eq!(list_images(&root.join("crops"), &mut |_| true).0.len(), 1, "asked for by name they are listed");
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_ends_and_a_dangling_picture_is_listed() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        std::fs::create_dir(root.join("sub")).unwrap();
        std::fs::write(root.join("sub/a.png"), b"x").unwrap();
        std::os::unix::fs::symlink(root, root.join("sub/loop")).unwrap();
        std::os::unix::fs::symlink("nowhere.jpg", root.join("link.jpg")).unwrap();
        let (images, problems) = list_images(root, &mut |_| true);
        assert_eq!(names(root, &images), ["link.jpg", "sub/a.png"]);
        assert_eq!(problems, []);
    }

    #[test]
    fn a_listing_tells_how_far_it_is_and_ends_when_it_is_asked_to() {
        let temp = tempfile::tempdir().unwrap();
        for n in 0..350 {
            std::fs::write(temp.path().join(format!("{n}.jpg")), b"x").unwrap();
        }
        let mut told = Vec::new();
        let (images, _) = list_images(temp.path(), &mut |seen| {
            told.push(seen);
            true
        });
        assert_eq!((images.len(), told), (350, vec![100, 200, 300]));
        let mut asked = 0;
        let (images, _) = list_images(temp.path(), &mut |_| {
            asked += 1;
            asked < 2
        });
        assert_eq!((images.len(), asked), (0, 2), "nobody asked for the rest");
    }

    #[test]
    fn a_missing_folder_is_a_problem_with_its_place() {
        let temp = tempfile::tempdir().unwrap();
        let (images, problems) = list_images(&temp.path().join("gone"), &mut |_| true);
        assert!(images.is_empty());
        assert!(problems[0].place.ends_with("gone") && problems[0].message.contains("no such"), "{problems:?}");
    }
}
