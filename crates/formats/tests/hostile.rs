//! Files that are damaged, or made to do damage: problems or refusals, never a panic, never endless work.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::Cursor;

use bauta_domain::AnnotationDocument;
use bauta_formats::{
    Format, Problems, ReadError, categories, categories::CategoryFile, coco, csv_table, labelme, paper, voc, xlsx, yolo,
};
use common::{fixture, lines, read};

const FIXTURES: [(&str, Format); 6] = [
    ("coco.json", Format::Coco),
    ("paper.json", Format::Paper),
    ("labelme.json", Format::Labelme),
    ("voc.xml", Format::Voc),
    ("boxes.csv", Format::Csv),
    ("yolo/labels/train/a.txt", Format::Yolo),
];

#[test]
fn a_file_that_is_cut_off_gives_what_came_before_with_the_place_of_the_cut() {
    let whole = fixture("coco.json");
    let cut = &whole[..memchr::memmem::find(&whole, b"\"b.jpg\"").unwrap()];
    let read = coco::read(cut).unwrap();
    assert_eq!(read.document.images[0].boxes.len(), 3);
    assert!(lines(&read.problems).iter().any(|line| line.starts_with("line 12, column") && line.contains("ends here")));
    let whole = fixture("paper.json");
    let cut = &whole[..memchr::memmem::find(&whole, b"\"b.png\"").unwrap()];
    assert_eq!(paper::read(cut).unwrap().document.images.len(), 1);
    let whole = fixture("voc.xml");
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    voc::read(&whole[..whole.len() - 100], "a.xml", &mut document, &mut problems).unwrap();
    assert_eq!(document.images[0].boxes.len(), 1);
    assert!(lines(&problems).iter().any(|line| line.contains("line 13")), "{:?}", lines(&problems));
}

#[test]
fn every_cut_of_every_fixture_is_read_or_refused_without_a_panic() {
    for (name, format) in FIXTURES {
        let whole = fixture(name);
        for end in 0..whole.len() {
            let _ = read(&[(name.to_owned(), whole[..end].to_vec())], format);
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(400))]

    #[test]
    fn a_fixture_with_some_bytes_changed_is_read_or_refused_without_a_panic(
        file in 0..FIXTURES.len(),
        changes in proptest::collection::vec((0.0..1.0_f64, 0..=255_u8), 1..12),
    ) {
        let (name, format) = FIXTURES[file];
        let mut bytes = fixture(name);
        change(&mut bytes, &changes);
        let _ = read(&[(name.to_owned(), bytes)], format);
    }

    #[test]
    fn a_list_of_categories_with_some_bytes_changed_is_read_or_refused_without_a_panic(
        file in 0..4_usize,
        changes in proptest::collection::vec((0.0..1.0_f64, 0..=255_u8), 1..12),
    ) {
        let (kind, mut bytes) = match file {
            0 => (CategoryFile::Csv, b"name,colour,key\nmask,#e69f00,1\n\"hat, warm\",,2\n".to_vec()),
            1 => (CategoryFile::Json, br##"[{"name": "mask", "colour": "#e69f00"}, "hat", null, 3]"##.to_vec()),
            2 => (CategoryFile::Json, fixture("coco.json")),
            _ => (CategoryFile::Csv, b"\xff\xfem\0a\0s\0k\0\n\0".to_vec()),
        };
        change(&mut bytes, &changes);
        let _ = categories::read(&bytes, kind);
    }

    #[test]
    fn a_spreadsheet_with_some_bytes_of_its_parts_changed_is_read_or_refused_without_a_panic(
        changes in proptest::collection::vec((0.0..1.0_f64, 0..=255_u8), 1..12),
    ) {
        let mut parts = spreadsheet_parts();
        for (place, byte) in changes {
            // All parts one after the other, so that the long ones are changed more often.
            let mut at = (place * parts.iter().map(|(_, content)| content.len()).sum::<usize>() as f64) as usize;
            for (_, content) in &mut parts {
                if let Some(changed) = content.get_mut(at) {
                    *changed = byte;
                    break;
                }
                at -= content.len();
            }
        }
        let bytes = packed(&parts);
        let _ = xlsx::read(&bytes);
        let _ = categories::read(&bytes, CategoryFile::Xlsx);
    }
}

fn change(bytes: &mut [u8], changes: &[(f64, u8)]) {
    for (place, byte) in changes {
        let at = (place * bytes.len() as f64) as usize;
        bytes[at] = *byte;
    }
}

/// The parts of a small spreadsheet of this program that a reader looks at. Nobody reaches them through the
/// checksums of a packed file.
fn spreadsheet_parts() -> Vec<(String, Vec<u8>)> {
    static PARTS: std::sync::OnceLock<Vec<(String, Vec<u8>)>> = std::sync::OnceLock::new();
    let make = || {
        let document = csv_table::read(&fixture("boxes.csv")).unwrap().document;
        let (_, bytes) = common::written(&document, Format::Xlsx).remove(0);
        let mut package = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<String> = package.file_names().map(|name| name.unwrap().into_owned()).collect();
        let part = |name: String| {
            let mut content = Vec::new();
            std::io::copy(&mut package.by_name(&name).unwrap(), &mut content).unwrap();
            (name, content)
        };
        names.into_iter().filter(|name| !name.contains("theme") && !name.contains("chart")).map(part).collect()
    };
    PARTS.get_or_init(make).clone()
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in parts {
        package.start_file(name.as_str(), stored).unwrap();
        std::io::Write::write_all(&mut package, content).unwrap();
    }
    package.finish().unwrap().into_inner()
}

#[test]
fn more_classes_than_a_detector_has_are_refused_and_not_kept() {
    for names in ["- a\n".repeat(200_000), "1: a\n".repeat(200_000).replace("1: a", "  1: a")] {
        let error = yolo::read_data_yaml(format!("names:\n{names}").as_bytes(), &mut Problems::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains("line 100002: found more than 100000 names"), "{error}");
    }
    assert_eq!(yolo::read_names("a\n".repeat(200_000).as_bytes(), &mut Problems::default()).len(), 100_000);
}

#[test]
fn ten_thousand_levels_are_skipped_and_not_followed() {
    let deep = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    let lists = deep("[", "]");
    let coco_file =
        format!(r#"{{"x": {lists}, "images": [{lists}, {{"id": 1, "file_name": "a.jpg", "y": {lists}}}]}}"#);
    assert_eq!(coco::read(coco_file.as_bytes()).unwrap().document.images.len(), 1);
    let objects = deep(r#"{"a":"#, "}").replace("\"a\":}", "\"a\":1}");
    assert!(paper::read(format!(r#"{{"images": {objects}}}"#).as_bytes()).is_ok());
    let xml = format!("<annotation><filename>a.jpg</filename>{}</annotation>", deep("<a>", "</a>"));
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    voc::read(xml.as_bytes(), "a.xml", &mut document, &mut problems).unwrap();
    assert_eq!(document.images[0].path, "a.jpg");
    assert!(yolo::read_data_yaml(format!("names: {lists}").as_bytes(), &mut Problems::default()).is_err());
}

#[test]
fn a_problem_a_line_of_a_huge_file_is_counted_and_not_kept() {
    let rows = "a.jpg,x,1,2,3\n".repeat(5000);
    let read = csv_table::read(format!("image,xmin,ymin,xmax,ymax\n{rows}").as_bytes()).unwrap();
    assert_eq!((read.problems.len(), read.problems.iter().count()), (5000, Problems::LIMIT));
    let list = read.problems.into_list();
    assert!(list.last().unwrap().message.contains("4000 more"));
}

#[test]
fn endless_lines_are_refused_by_their_number() {
    let line = [b"image,xmin,ymin,xmax,ymax\n".as_slice(), &vec![b'a'; 3 << 20]].concat();
    assert!(matches!(csv_table::read(&line), Err(ReadError::LineTooLong { line: 2, .. })));
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    assert!(yolo::read(&vec![b'1'; 2 << 20], "a.txt", &mut document, &mut problems).is_err());
}

#[test]
fn a_sheet_with_a_cell_in_its_last_corner_costs_no_memory() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, title) in (0..).zip(["image", "xmin", "ymin", "xmax", "ymax"]) {
        sheet.write_string(0, column, title).unwrap();
    }
    sheet.write_string(1, 0, "a.jpg").unwrap();
    for column in 1..5 {
        sheet.write_number(1, column, f64::from(column) * 10.0).unwrap();
    }
    sheet.write_number(1_048_575, 16_383, 1.0).unwrap();
    let document = xlsx::read(&book.save_to_buffer().unwrap()).unwrap().document;
    assert_eq!(document.images[0].boxes[0].corners, [10.0, 20.0, 30.0, 40.0]);
}

#[test]
fn a_file_of_another_kind_says_what_was_expected() {
    let message = |error: ReadError| error.to_string();
    assert_eq!(
        message(coco::read(b"{\"hello\": 1}").unwrap_err()),
        "this is not a COCO file: expected \"images\", \"annotations\" and \"categories\""
    );
    assert!(message(paper::read(b"hello").unwrap_err()).contains("found \"hello\""));
    assert!(message(csv_table::read(b"a,b\n1,2\n").unwrap_err()).contains("line 1: expected a column \"image\""));
    assert!(message(xlsx::read(b"PK\x03\x04 no").unwrap_err()).contains("not a spreadsheet"));
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    assert!(voc::read(b"<html></html>", "a.xml", &mut document, &mut problems).is_err());
    assert!(labelme::read(b"{}", "a.json", &mut document, &mut problems).is_err());
    assert!(csv_table::read(b"").is_err() && voc::read(b"", "a", &mut document, &mut problems).is_err());
}
