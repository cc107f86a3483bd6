//! Names of crops and of their folders: stable from run to run, different without case, and short enough for every
//! file system.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use bauta_domain::BoundingBox;

/// Bytes of a name's first part. File systems allow 255 bytes; the corners and the ending need up to 60.
const LABEL_BYTES: usize = 180;

/// The name of a crop: `label__x1-y1-x2-y2.png` in whole pixels. The label is the photo's, see [`labels`].
pub(super) fn crop_name(label: &str, bbox: &BoundingBox, ending: &str) -> String {
    let corners = [bbox.x1(), bbox.y1(), bbox.x2(), bbox.y2()].map(|v| format!("{v:.0}")).join("-");
    format!("{label}__{corners}.{ending}")
}

/// The label in the name of a crop's file, if it is such a name.
pub(super) fn label_of(crop: &str) -> Option<&str> {
    let name = crop.rsplit('/').next()?;
    name.rfind("__").map(|end| &name[..end])
}

/// A label for each photo, all different without case: its stem; with the names of its folders in front, as many
/// as it takes, where two photos share a stem. `taken` are labels that photos have from an earlier run: these
/// keep them, so that a photo that is added later renames nothing.
pub(super) fn labels<'a>(
    sources: impl Iterator<Item = &'a Path>,
    taken: &HashMap<PathBuf, String>,
) -> HashMap<PathBuf, String> {
    let mut used: HashSet<String> = HashSet::new();
    let mut labels: HashMap<PathBuf, String> = HashMap::new();
    for (path, label) in taken {
        used.insert(label.to_lowercase());
        labels.insert(path.clone(), label.clone());
    }
    let mut open: Vec<&Path> = sources.filter(|path| !labels.contains_key(*path)).collect();
    for folders in 0.. {
        let candidates: Vec<(&Path, String)> = open.iter().map(|path| (*path, label(path, folders))).collect();
        let mut counts: HashMap<String, usize> = HashMap::new();
        candidates.iter().for_each(|(_, label)| *counts.entry(label.to_lowercase()).or_default() += 1);
        open.clear();
        for (path, label) in candidates {
            let key = label.to_lowercase();
            if counts[&key] == 1 && !used.contains(&key) {
                used.insert(key);
                labels.insert(path.to_owned(), label);
            } else {
                open.push(path);
            }
        }
        if open.is_empty() || folders > 32 {
            break;
        }
    }
    // Equal but for their ending, or cut off alike.
    for path in open {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let base = shortened(format!("{}-{ending}", label(path, 1)), LABEL_BYTES - 8);
        let numbered = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}-{n}")));
        if let Some(label) = numbered.into_iter().find(|label| used.insert(label.to_lowercase())) {
            labels.insert(path.to_owned(), label);
        }
    }
    labels
}

/// The stem with the names of this many folders in front.
pub(crate) fn label(path: &Path, folders: usize) -> String {
    let mut label = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for folder in path.ancestors().skip(1).take(folders).filter_map(Path::file_name) {
        label = format!("{}_{label}", folder.to_string_lossy());
    }
    shortened(label, LABEL_BYTES)
}

fn shortened(mut name: String, bytes: usize) -> String {
    while name.len() > bytes {
        name.pop();
    }
    name
}

/// A folder name for each category name, all different without case.
pub(super) fn folder_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut unique = |name: &str| {
        let base = folder_name(name);
        let candidates = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base} ({n})")));
        candidates.into_iter().find(|candidate| taken.insert(candidate.to_lowercase())).unwrap_or(base.clone())
    };
    names.map(&mut unique).collect()
}

/// A category's name as a folder name that Windows, macOS and Linux all accept: characters that one of
/// them forbids become `_`, names that Windows reserves get one at the end.
pub fn folder_name(category: &str) -> String {
    let forbidden = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let clean: String = category.chars().map(|c| if forbidden(c) { '_' } else { c }).collect();
    let clean = shortened(clean, 200);
    let clean = clean.trim().trim_end_matches(['.', ' ']).trim_start_matches('.');
    let device = clean.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        device.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let reserved = matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT");
    match clean {
        "" => "_".to_owned(),
        _ if reserved => format!("{clean}_"),
        _ => clean.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn category_names_become_folders_that_every_system_accepts() {
        for (name, folder) in [
            ("ffp2", "ffp2"),
            ("../../etc", "_.._etc"),
            ("a/b\\c", "a_b_c"),
            ("con", "con_"),
            ("COM7.x", "COM7.x_"),
            ("dots...", "dots"),
            (".hidden", "hidden"),
            ("…", "…"),
            ("..", "_"),
            ("Ärmel 日本", "Ärmel 日本"),
        ] {
            assert_eq!(folder_name(name), folder, "{name}");
        }
        assert_eq!(folder_names(["a/b", "a\\b", "A_B"].into_iter()), ["a_b", "a_b (2)", "A_B (3)"]);
    }

    fn labels_of(paths: &[&str], taken: &[(&str, &str)]) -> Vec<String> {
        let taken = taken.iter().map(|(path, label)| (PathBuf::from(path), (*label).to_owned())).collect();
        let labels = labels(paths.iter().map(Path::new), &taken);
        paths.iter().map(|path| labels[Path::new(path)].clone()).collect()
    }

    #[test]
    fn photos_of_equal_stems_are_told_apart_by_their_folders() {
        let names = labels_of(&["/a/x/img.jpg", "/a/y/IMG.png", "/a/y/other.jpg"], &[]);
        assert_eq!(names, ["x_img", "y_IMG", "other"]);
        assert_eq!(labels_of(&["/a/x/i.jpg", "/b/x/i.jpg"], &[]), ["a_x_i", "b_x_i"]);
        assert_eq!(labels_of(&["/a/i.jpg", "/a/i.PNG", "/a/#1 100%.jpg"], &[]), ["a_i-jpg", "a_i-PNG", "#1 100%"]);
    }

    #[test]
    fn a_photo_that_is_added_later_renames_nothing() {
        assert_eq!(labels_of(&["/a/x/img.jpg", "/a/y/img.jpg"], &[("/a/x/img.jpg", "img")]), ["img", "y_img"]);
        assert_eq!(label_of("ffp2/my__photo__1-2-3-4.png"), Some("my__photo"));
    }

    #[test]
    fn names_of_255_bytes_that_end_differently_stay_different_and_fit() {
        let long = |end: &str| format!("/a/{}{end}.jpg", "ä".repeat(124));
        let (one, two) = (long("1"), long("2"));
        let labels = labels_of(&[&one, &two], &[]);
        let bbox = BoundingBox::from_corners(10_000.0, 10_000.0, 20_000.4, 20_000.6).unwrap();
        let names: HashSet<String> = labels.iter().map(|label| crop_name(label, &bbox, "jpg").to_lowercase()).collect();
        assert!(names.len() == 2 && names.iter().all(|name| name.len() <= 255), "{names:?}");
        assert!(names.iter().all(|name| name.ends_with("__10000-10000-20000-20001.jpg")));
    }
}
