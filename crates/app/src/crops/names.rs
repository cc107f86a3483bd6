//! Names of crops and of their folders: stable from run to run, different without case, and short enough for every
//! file system.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use bauta_domain::BoundingBox;

use crate::alike::folded;

/// Bytes of a name's first part. File systems allow 255 bytes; the corners and the ending need up to 60.
const LABEL_BYTES: usize = 180;

/// The names of a photo's crops: `label__x1-y1-x2-y2.png` in whole pixels. The label is the photo's, see [`labels`].
/// Boxes whose corners are equal but for a part of a pixel get a number behind the corners, `-2` and on, where no
/// label of another photo can end in the same.
pub(super) fn crop_names<'a>(label: &str, boxes: impl Iterator<Item = &'a BoundingBox>, ending: &str) -> Vec<String> {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let name = |bbox: &BoundingBox| {
        let corners = [bbox.x1(), bbox.y1(), bbox.x2(), bbox.y2()].map(|v| format!("{v:.0}")).join("-");
        let nth = seen.entry(corners.clone()).and_modify(|nth| *nth += 1).or_insert(1);
        let number = if *nth == 1 { String::new() } else { format!("-{nth}") };
        format!("{label}__{corners}{number}.{ending}")
    };
    boxes.map(name).collect()
}

/// The crop's place with a number behind the corners.
pub(super) fn numbered(crop: &str, number: u32) -> String {
    match crop.rsplit_once('.') {
        Some((name, ending)) => format!("{name}-{number}.{ending}"),
        None => format!("{crop}-{number}"),
    }
}

/// The label in the name of a crop's file, if it is such a name.
pub(super) fn label_of(crop: &str) -> Option<&str> {
    let name = crop.rsplit('/').next()?;
    name.rfind("__").map(|end| &name[..end])
}

/// A label for each photo, all different without case: its stem; with the names of its folders in front, as many
/// as it takes, where two photos share a stem. `taken` are labels that photos have from an earlier run: these
/// keep them, so that a photo that is added later renames nothing. So names are stable from run to run and not from
/// folder to folder: of two photos `img` of which one was added later, the first keeps `img`, while crops of both
/// that are saved into a new folder have their folders' names in front. `spent` are labels that no photo may get.
pub(super) fn labels<'a>(
    sources: impl Iterator<Item = &'a Path>,
    taken: &HashMap<PathBuf, String>,
    spent: &HashSet<String>,
) -> HashMap<PathBuf, String> {
    let mut used: HashSet<String> = spent.iter().map(|label| folded(label)).collect();
    let mut labels: HashMap<PathBuf, String> = HashMap::new();
    for (path, label) in taken {
        used.insert(folded(label));
        labels.insert(path.clone(), label.clone());
    }
    let mut open: Vec<&Path> = sources.filter(|path| !labels.contains_key(*path)).collect();
    for folders in 0.. {
        let candidates: Vec<(&Path, String)> = open.iter().map(|path| (*path, label(path, folders))).collect();
        let mut counts: HashMap<String, usize> = HashMap::new();
        candidates.iter().for_each(|(_, label)| *counts.entry(folded(label)).or_default() += 1);
        open.clear();
        for (path, label) in candidates {
            let key = folded(&label);
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
        if let Some(label) = numbered.into_iter().find(|label| used.insert(folded(label))) {
            labels.insert(path.to_owned(), label);
        }
    }
    labels
}

/// Whether one of Windows, macOS and Linux forbids this character in names.
fn is_forbidden(c: char) -> bool {
    c.is_control() || r#"/\:*?"<>|"#.contains(c)
}

/// The stem with the names of this many folders in front; characters that some system forbids become `_`.
pub(crate) fn label(path: &Path, folders: usize) -> String {
    let mut label = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for folder in path.ancestors().skip(1).take(folders).filter_map(Path::file_name) {
        label = format!("{}_{label}", folder.to_string_lossy());
    }
    let label = label.chars().map(|c| if is_forbidden(c) { '_' } else { c }).collect();
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
    let clean: String = category.chars().map(|c| if is_forbidden(c) { '_' } else { c }).collect();
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
        let labels = labels(paths.iter().map(Path::new), &taken, &HashSet::new());
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
    fn boxes_of_equal_corners_are_numbered_behind_them_and_meet_no_other_photo() {
        let boxes = [0.0, 0.2, 0.4].map(|x| BoundingBox::from_corners(x, 0.0, 30.0, 40.0).unwrap());
        let names = crop_names("x", boxes.iter(), "png");
        assert_eq!(names, ["x__0-0-30-40.png", "x__0-0-30-40-2.png", "x__0-0-30-40-3.png"]);
        assert!(crop_names("x-2", boxes.iter(), "png").iter().all(|name| !names.contains(name)));
        assert!(names.iter().all(|name| label_of(name) == Some("x")));
    }

    #[test]
    fn labels_have_no_character_that_a_stick_refuses_and_twins_in_composed_and_decomposed_letters_differ() {
        assert_eq!(labels_of(&["/a/a?b*c<d>e|f\"g\\h\ni:j.jpg"], &[]), ["a_b_c_d_e_f_g_h_i_j"]);
        assert_eq!(labels_of(&["/a/x?.jpg", "/a/x*.jpg"], &[]), ["a_x_-jpg", "a_x_-jpg-2"]);
        let twins = labels_of(&["/a/\u{e9}.jpg", "/a/e\u{301}.jpg"], &[]);
        assert_eq!(twins, ["a_\u{e9}-jpg", "a_e\u{301}-jpg-2"]);
    }

    #[test]
    fn names_of_255_bytes_that_end_differently_stay_different_and_fit() {
        let long = |end: &str| format!("/a/{}{end}.jpg", "ä".repeat(124));
        let (one, two) = (long("1"), long("2"));
        let labels = labels_of(&[&one, &two], &[]);
        let bbox = BoundingBox::from_corners(10_000.0, 10_000.0, 20_000.4, 20_000.6).unwrap();
        let name = |label: &String| crop_names(label, std::iter::once(&bbox), "jpg")[0].to_lowercase();
        let names: HashSet<String> = labels.iter().map(name).collect();
        assert!(names.len() == 2 && names.iter().all(|name| name.len() <= 255), "{names:?}");
        assert!(names.iter().all(|name| name.ends_with("__10000-10000-20000-20001.jpg")));
    }
}
