//! `manifest.csv` of a folder of crops: where each crop comes from. Lines are appended while crops are written, so
//! the last line of a job that was killed may be half a line; it is left out.

use std::borrow::Cow;

use bauta_domain::BoundingBox;
use serde::{Deserialize, Serialize};

use crate::{neutral, original};

/// Name of the file in the folder of crops.
pub const CROP_MANIFEST: &str = bauta_domain::CROP_MANIFEST;

/// One crop, or one picture in which nothing was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CropRow {
    /// The crop's file, seen from the manifest's folder, with `/` between folders; empty when nothing was found.
    pub crop: String,
    /// The photo, as an absolute path.
    pub source: String,
    /// Left edge of the box in upright pixels of the photo; empty without a crop, as the other three.
    pub x1: Option<f64>,
    /// Top edge.
    pub y1: Option<f64>,
    /// Right edge.
    pub x2: Option<f64>,
    /// Bottom edge.
    pub y2: Option<f64>,
    /// Name of the category; empty for none.
    pub category: String,
    /// Name of the detector that found the box; empty when it was drawn.
    pub detector: String,
    /// The detector's score, 0 to 1.
    pub score: Option<f64>,
    /// SHA-256 of the photo's file, in hexadecimal digits.
    pub source_sha256: String,
    /// SHA-256 of the crop's file: a file with another one was changed by somebody.
    pub crop_sha256: String,
    /// What it was made with: size, square rule, format, and for a detector its limits.
    pub settings: String,
    /// The project whose box it is, as an absolute path; empty for auto-crop, and in old manifests.
    #[serde(default)]
    pub project: String,
}

impl CropRow {
    /// The box, when there is one.
    pub fn bbox(&self) -> Option<BoundingBox> {
        BoundingBox::from_corners(self.x1?, self.y1?, self.x2?, self.y2?).ok()
    }

    fn texts(&mut self) -> [&mut String; 8] {
        let Self { crop, source, category, detector, source_sha256, crop_sha256, settings, project, .. } = self;
        [crop, source, category, detector, source_sha256, crop_sha256, settings, project]
    }
}

/// What spreadsheets put in front of a table that they save.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Whether bytes begin as a manifest of ours does.
pub fn is_crop_manifest(bytes: &[u8]) -> bool {
    bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).starts_with(bauta_domain::CROP_MANIFEST_START.as_bytes())
}

/// The rows of a manifest, the last one of each crop; lines that are no rows are left out.
pub fn read_crop_manifest(bytes: &[u8]) -> Vec<CropRow> {
    // A line without its end was cut off.
    let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&bytes[..whole]);
    let rows = reader.deserialize().filter_map(Result::ok);
    rows.map(|mut row: CropRow| {
        for text in row.texts() {
            if let Cow::Borrowed(plain) = original(text)
                && plain.len() < text.len()
            {
                *text = plain.to_owned();
            }
        }
        row
    })
    .collect()
}

/// The lines of rows; with the header in front when `with_header`. Text that a spreadsheet would run as a formula is
/// made harmless, as in every table that is written.
pub fn write_crop_rows(rows: &[CropRow], with_header: bool) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    // Writing to memory does not fail, and rows have nothing that CSV cannot hold.
    if with_header {
        let _ = writer.write_record(bauta_domain::CROP_MANIFEST_COLUMNS);
    }
    for row in rows {
        let mut row = row.clone();
        for text in row.texts() {
            if let Cow::Owned(harmless) = neutral(text) {
                *text = harmless;
            }
        }
        let _ = writer.serialize(row);
    }
    writer.into_inner().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(crop: &str) -> CropRow {
        CropRow {
            crop: crop.to_owned(),
            source: "/a, \"b\"/ü#%.jpg".to_owned(),
            x1: Some(1.25),
            y1: Some(0.0),
            x2: Some(30.0),
            y2: Some(1.0 / 3.0),
            category: "with, comma".to_owned(),
            detector: "centerface".to_owned(),
            score: Some(0.91),
            source_sha256: "00ff".to_owned(),
            crop_sha256: "ff00".to_owned(),
            settings: "240 grow png".to_owned(),
            project: "/p.bauta".to_owned(),
        }
    }

    #[test]
    fn rows_come_back_as_they_were_and_half_a_line_is_left_out() {
        let nothing = CropRow { crop: String::new(), x1: None, y1: None, x2: None, y2: None, score: None, ..row("") };
        let rows = [row("a/x__1-0-30-0.png"), nothing];
        let mut bytes = write_crop_rows(&rows[..1], true);
        bytes.extend(write_crop_rows(&rows[1..], false));
        assert!(is_crop_manifest(&bytes));
        assert_eq!(read_crop_manifest(&bytes), rows);
        bytes.extend(b"b.png,/a/b.jpg,1,2");
        assert_eq!(read_crop_manifest(&bytes), rows);
        bytes.extend(b"\nnonsense\n");
        assert_eq!(read_crop_manifest(&bytes), rows);
    }

    #[test]
    fn no_text_of_a_manifest_is_a_formula_and_each_comes_back() {
        let formula = "=cmd|' /C calc'!A0".to_owned();
        let row =
            CropRow { category: formula, source: "@a.jpg".to_owned(), detector: "'-x".to_owned(), ..row("=cmd/x.png") };
        let bytes = write_crop_rows(std::slice::from_ref(&row), false);
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.starts_with("'=cmd/x.png,'@a.jpg,") && text.contains(",'=cmd|' /C calc'!A0,''-x,"), "{text}");
        assert_eq!(read_crop_manifest(&[write_crop_rows(&[], true), bytes].concat()), [row]);
    }

    #[test]
    fn a_manifest_that_a_spreadsheet_saved_is_still_ours() {
        let rows = [row("a.png")];
        let saved = [BYTE_ORDER_MARK, &write_crop_rows(&rows, true)].concat();
        assert!(is_crop_manifest(&saved));
        assert_eq!(read_crop_manifest(&saved), rows);
    }

    #[test]
    fn rows_from_before_there_was_a_column_for_the_project_have_none() {
        let text = String::from_utf8(write_crop_rows(&[row("a.png")], true)).unwrap();
        let old = text.replace(",project\n", "\n").replace(",/p.bauta\n", "\n");
        assert_ne!(old, text);
        assert_eq!(read_crop_manifest(old.as_bytes()), [CropRow { project: String::new(), ..row("a.png") }]);
    }

    #[test]
    fn another_table_is_no_manifest_of_ours() {
        assert!(!is_crop_manifest(b"path,label,group\n") && !is_crop_manifest(b""));
        assert_eq!(read_crop_manifest(b""), []);
    }
}
