//! Which format a file or a folder is, from its name and the beginning of its content.

use memchr::memmem;

use crate::{Format, text::decoded};

/// How sure the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The format.
    pub format: Format,
    /// Whether the content says so; else it is the likeliest for such a name.
    pub certain: bool,
}

/// So much of a file is worth looking at.
pub const DETECT_BYTES: usize = 1 << 16;

/// The format of a file with this name whose content begins (and ends, if it is longer than
/// [`DETECT_BYTES`]) with `head`.
pub fn detect_file(name: &str, head: &[u8]) -> Option<Detected> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let certain = |format| Some(Detected { format, certain: true });
    let likely = |format| Some(Detected { format, certain: false });
    if head.starts_with(b"PK\x03\x04") {
        return certain(Format::Xlsx);
    }
    let text = decoded(head);
    let has = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let begin = text.trim_start();
    if begin.starts_with('{') {
        return match () {
            () if has("\"rect_to_category\"") || (has("\"rectangles\"") && has("\"images\"")) => certain(Format::Paper),
            () if has("\"shapes\"") && (has("\"imagePath\"") || has("\"points\"")) => certain(Format::Labelme),
            () if has("\"image_id\"") || has("\"file_name\"") || has("\"supercategory\"") => certain(Format::Coco),
            () if has("\"annotations\"") => likely(Format::Coco),
            () if has("\"destinations\"") => likely(Format::Paper),
            () if has("\"imageData\"") => likely(Format::Labelme),
            () => None,
        };
    }
    if begin.starts_with('<') {
        return if has("<annotation") { certain(Format::Voc) } else { None };
    }
    match ending.as_str() {
        "yaml" | "yml" if has("names") => certain(Format::Yolo),
        "csv" | "tsv" => likely(Format::Csv),
        "xlsx" | "xlsm" => likely(Format::Xlsx),
        "txt" if begin.lines().next().is_some_and(is_label_line) => likely(Format::Yolo),
        _ => None,
    }
}

fn is_label_line(line: &str) -> bool {
    let words: Vec<&str> = line.split_whitespace().collect();
    words.len() >= 5 && words.iter().all(|word| word.parse::<f64>().is_ok())
}

/// What a folder's files say it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderCounts {
    /// Files that end in `.xml`.
    pub xml: usize,
    /// Files that end in `.txt`.
    pub txt: usize,
    /// Files that end in `.json`.
    pub json: usize,
    /// Whether there is a `classes.txt`, a `.names` file or a `data.yaml`.
    pub has_class_names: bool,
}

/// The format of a folder with one file an image: the one that most of its files have.
pub fn detect_folder(counts: FolderCounts) -> Option<Detected> {
    let FolderCounts { xml, txt, json, has_class_names } = counts;
    let most = [(Format::Voc, xml), (Format::Yolo, txt), (Format::Labelme, json)];
    let (format, files) = most.into_iter().rev().max_by_key(|(_, files)| *files)?;
    let others = xml + txt + json - files;
    (files > 0).then_some(Detected { format, certain: others == 0 && (format != Format::Yolo || has_class_names) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_the_format_whatever_the_name() {
        struct Case(&'static str, &'static str, Option<(Format, bool)>);
        for Case(name, head, expected) in [
            Case("a.json", r#"{"images": [{"id": 1, "file_name": "a.jpg""#, Some((Format::Coco, true))),
            Case(
                "a.json",
                r#"{"categories": ["None"], "images": {"a": {"rectangles": [], "rect_to_category""#,
                Some((Format::Paper, true)),
            ),
            Case("a.json", r#"{"version": "5", "shapes": [{"points""#, Some((Format::Labelme, true))),
            Case("a.json", r#"{"hello": 1}"#, None),
            Case("a.xml", "\u{feff}<?xml version=\"1.0\"?>\n<annotation>", Some((Format::Voc, true))),
            Case("a.xml", "<html>", None),
            Case("a.csv", "image,x", Some((Format::Csv, false))),
            Case("a.bin", "PK\u{3}\u{4}", Some((Format::Xlsx, true))),
            Case("a.txt", "0 0.5 0.5 0.1 0.1\n", Some((Format::Yolo, false))),
            Case("notes.txt", "buy milk", None),
            Case("data.yaml", "names: [a]", Some((Format::Yolo, true))),
        ] {
            let found = detect_file(name, head.as_bytes()).map(|found| (found.format, found.certain));
            assert_eq!(found, expected, "{name} {head}");
        }
    }

    #[test]
    fn a_folder_is_what_most_of_its_files_are() {
        let counts = |xml, txt, json, has_class_names| FolderCounts { xml, txt, json, has_class_names };
        let format = |counts| detect_folder(counts).map(|found| (found.format, found.certain));
        assert_eq!(format(counts(9, 0, 0, false)), Some((Format::Voc, true)));
        assert_eq!(format(counts(0, 9, 0, true)), Some((Format::Yolo, true)));
        assert_eq!(format(counts(0, 9, 1, true)), Some((Format::Yolo, false)));
        assert_eq!(format(counts(0, 0, 4, false)), Some((Format::Labelme, true)));
        assert_eq!(format(counts(0, 0, 0, true)), None);
    }
}
