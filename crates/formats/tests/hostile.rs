//! Files that are damaged, or made to do damage: problems or refusals, never a panic, never endless work.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_domain::AnnotationDocument;
use bauta_formats::{Format, Problems, ReadError, coco, csv_table, labelme, paper, voc, xlsx, yolo};
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
        for (place, byte) in changes {
            let at = (place * bytes.len() as f64) as usize;
            bytes[at] = byte;
        }
        let _ = read(&[(name.to_owned(), bytes)], format);
    }
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
    assert!(yolo::read_data_yaml(format!("names: {lists}").as_bytes()).is_err());
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
