//! Names for the files of an export: no two the same, none outside the chosen folder.

use std::collections::{HashMap, HashSet};

use bauta_domain::AnnotationDocument;

/// The images' paths below the deepest folder that holds all of them, with `/`, without `..` or anything
/// else that leads out of a folder. No two are the same, also where file systems ignore case.
pub struct Layout {
    relative: Vec<String>,
}

impl Layout {
    /// The layout of a document's images.
    pub fn of(document: &AnnotationDocument) -> Self {
        let parts: Vec<Vec<String>> = document.images.iter().map(|image| safe_parts(&image.path)).collect();
        let shared = shared_folders(&parts);
        let mut taken = HashSet::with_capacity(parts.len());
        let relative = parts.iter().map(|parts| unique(parts[shared.min(parts.len() - 1)..].join("/"), &mut taken));
        Self { relative: relative.collect() }
    }

    /// The path of image `index` below the folder that holds all images.
    pub fn relative_path(&self, index: usize) -> &str {
        &self.relative[index]
    }

    /// A path for a file about each image, with another ending. Where two pictures differ in their ending
    /// only, the later one keeps it: `a.txt` and `a.png.txt`.
    pub fn with_ending(&self, ending: &str) -> Vec<String> {
        let mut taken = HashSet::with_capacity(self.relative.len());
        let named = self.relative.iter().map(|path| {
            let stem = without_ending(path);
            let plain = format!("{stem}.{ending}");
            if taken.insert(plain.to_lowercase()) {
                return plain;
            }
            unique(format!("{path}.{ending}"), &mut taken)
        });
        named.collect()
    }

    /// Pairs of images whose paths differ in their ending only: readers that go by the stem cannot tell
    /// them apart.
    pub fn same_stems(&self) -> Vec<(&str, &str)> {
        let mut first: HashMap<String, &str> = HashMap::new();
        let mut pairs = Vec::new();
        for path in &self.relative {
            let known = *first.entry(without_ending(path).to_lowercase()).or_insert(path);
            if known != path {
                pairs.push((known, path.as_str()));
            }
        }
        pairs
    }
}

/// The file name without folders, whichever system's separators there are.
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn without_ending(path: &str) -> &str {
    let name_at = path.rfind('/').map_or(0, |at| at + 1);
    path[name_at..].rfind('.').filter(|&dot| dot > 0).map_or(path, |dot| &path[..name_at + dot])
}

/// Folders and name without roots, drives, `.` and `..`. At least one part.
fn safe_parts(path: &str) -> Vec<String> {
    let plain = |part: &&str| !part.is_empty() && *part != "." && *part != "..";
    let mut parts: Vec<String> = path.split(['/', '\\']).filter(plain).map(safe_name).collect();
    if parts.is_empty() {
        parts.push("image".to_owned());
    }
    parts
}

/// A name that every file system takes.
fn safe_name(part: &str) -> String {
    let forbidden = |c: char| c.is_control() || matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|');
    part.chars().map(|c| if forbidden(c) { '_' } else { c }).collect()
}

fn shared_folders(paths: &[Vec<String>]) -> usize {
    let Some(first) = paths.first() else { return 0 };
    let shared = |path: &Vec<String>| first.iter().zip(path).take_while(|(a, b)| a == b).count().min(path.len() - 1);
    paths.iter().map(shared).min().unwrap_or(0)
}

fn unique(path: String, taken: &mut HashSet<String>) -> String {
    if taken.insert(path.to_lowercase()) {
        return path;
    }
    let stem = without_ending(&path);
    let ending = &path[stem.len()..];
    let mut numbered = (2..).map(|n: u32| format!("{stem} ({n}){ending}"));
    numbered.find(|name| taken.insert(name.to_lowercase())).unwrap_or_else(|| path.clone())
}

#[cfg(test)]
mod tests {
    use bauta_domain::DocumentImage;

    use super::*;

    fn layout(paths: &[&str]) -> Layout {
        let images = paths.iter().map(|path| DocumentImage { path: (*path).to_owned(), ..DocumentImage::default() });
        Layout::of(&AnnotationDocument { images: images.collect(), ..AnnotationDocument::default() })
    }

    #[test]
    fn pictures_of_the_same_name_keep_their_folders() {
        let layout = layout(&["/p/day/a.jpg", "/p/night/a.jpg", "/p/b.jpg"]);
        assert_eq!(layout.relative, ["day/a.jpg", "night/a.jpg", "b.jpg"]);
        assert_eq!(layout.with_ending("xml"), ["day/a.xml", "night/a.xml", "b.xml"]);
        assert!(layout.same_stems().is_empty());
    }

    #[test]
    fn names_that_differ_in_case_or_ending_only_do_not_overwrite_each_other() {
        let layout = layout(&["/p/a.jpg", "/p/A.jpg", "/p/a.png", "/p/.hidden"]);
        assert_eq!(layout.relative, ["a.jpg", "A (2).jpg", "a.png", ".hidden"]);
        assert_eq!(layout.with_ending("txt"), ["a.txt", "A (2).txt", "a.png.txt", ".hidden.txt"]);
        assert_eq!(layout.same_stems(), [("a.jpg", "a.png")]);
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        for path in ["../../etc/passwd", "/..", "C:\\a\\..\\b.jpg", "", "a/./../b", "~/../x\u{0}"] {
            for part in layout(&[path, "/other/place.jpg"]).relative_path(0).split('/') {
                assert!(!part.is_empty() && part != ".." && part != "." && !part.contains(['\\', ':', '\0']), "{path}");
            }
        }
    }
}
