//! What is written reads back the same, in every format.
#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::BTreeSet, io::Cursor, ops::ControlFlow};

use bauta_domain::{
    AnnotationDocument, DocumentBox, DocumentCategory, DocumentImage, FrameChoice, ImageSize, Picture, Placing, Rgb,
    Source, Unit,
};
use bauta_formats::{
    CsvOptions, Format, WriteError,
    categories::{self, CategoryFile},
    coco, csv_table, file_name,
};
use common::{go_on, read, written};
use proptest::prelude::*;

const SIZE: ImageSize = ImageSize::new(4000, 3000);

/// Documents with hard names: formulas, quotes, markup, line breaks, other scripts.
fn documents() -> impl Strategy<Value = AnnotationDocument> {
    let name = "[-=+@'\"<>&;,\\\\a-zA-Z0-9 äß漢😷#{}:\\[\\]]{1,12}"
        .prop_map(|name| name.trim().to_owned())
        .prop_filter("a name", |name| !name.is_empty() && !name.eq_ignore_ascii_case("none"));
    let names = prop::collection::btree_set(name, 1..5);
    let side = prop_oneof![(0..2900_u32).prop_map(f64::from), (0..29000_u32).prop_map(|n| f64::from(n) / 10.0)];
    let corners =
        (side.clone(), side, 1..90_u32, 1..90_u32).prop_map(|(x, y, w, h)| [x, y, x + f64::from(w), y + f64::from(h)]);
    let boxes = prop::collection::vec((corners, 0..6_u32), 0..5);
    (names, prop::collection::vec(boxes, 1..5)).prop_map(|(names, images)| {
        let categories: Vec<_> = names.into_iter().map(DocumentCategory::named).collect();
        let count = categories.len() as u32;
        let images = images.into_iter().enumerate().map(|(index, boxes)| DocumentImage {
            path: format!("/photos/{}/bild {}.jpg", index % 2, index / 2),
            size: Some(SIZE),
            boxes: boxes
                .into_iter()
                .map(|(corners, category)| DocumentBox::imported(corners, (category < count).then_some(category), 0))
                .collect(),
            ..DocumentImage::default()
        });
        let images = images.collect();
        AnnotationDocument { categories, images, ..AnnotationDocument::default() }
    })
}

/// Images in order with their boxes on the picture and the names of their categories.
fn placed(document: &AnnotationDocument) -> Vec<(String, Vec<common::Plain>)> {
    let boxes = |image: &DocumentImage| {
        let placing = Placing::new(image, Picture::upright(SIZE), FrameChoice::Auto);
        let each = image.boxes.iter().map(|found| {
            let bbox = placing.place(found).unwrap().bbox;
            let name = found.category.map(|index| document.categories[index as usize].name.clone());
            (name.filter(|name| name != "None"), [bbox.x1(), bbox.y1(), bbox.x2(), bbox.y2()])
        });
        each.collect()
    };
    let stem = |image: &DocumentImage| file_name(&image.path).trim_end_matches(".jpg").to_owned();
    document.images.iter().map(|image| (stem(image), boxes(image))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_format_gives_back_boxes_and_names(document in documents()) {
        for format in Format::ALL {
            let read = read(&written(&document, format), format).unwrap();
            prop_assert!(read.problems.is_empty(), "{format:?} {:?}", common::lines(&read.problems));
            let (mut mine, theirs) = (placed(&document), placed(&read.document));
            if matches!(format, Format::Csv | Format::Xlsx) {
                mine.retain(|(_, boxes)| !boxes.is_empty());
            }
            prop_assert_eq!(mine.len(), theirs.len(), "{:?}", format);
            for ((name, boxes), (read_name, read_boxes)) in mine.iter().zip(&theirs) {
                prop_assert_eq!(name, read_name, "{:?}", format);
                prop_assert_eq!(boxes.len(), read_boxes.len(), "{:?}", format);
                // Fractions keep six decimals; everything else is exact.
                let tolerance = if format == Format::Yolo { 0.01 } else { 1e-9 };
                for ((category, corners), (read_category, read_corners)) in boxes.iter().zip(read_boxes) {
                    prop_assert_eq!(category, read_category, "{:?}", format);
                    for (a, b) in corners.iter().zip(read_corners) {
                        prop_assert!((a - b).abs() <= tolerance, "{:?}: {} and {}", format, a, b);
                    }
                }
            }
        }
    }

    #[test]
    fn categories_come_back_from_every_kind_of_file(document in documents()) {
        let list: Vec<_> = document.categories.iter().enumerate().map(|(n, category)| {
            let color = Some(Rgb([n as u8, 200, 7]));
            let description = (n % 2 == 0).then(|| format!("={n} \"quoted\""));
            (DocumentCategory { color, description, hotkey: Some(n.to_string()), ..category.clone() }, n as u32)
        }).collect();
        for kind in [CategoryFile::Json, CategoryFile::Csv, CategoryFile::Xlsx] {
            let mut out = Cursor::new(Vec::new());
            categories::write(&list, kind, &mut out).unwrap();
            let found = categories::read(out.get_ref(), kind).unwrap();
            prop_assert!(found.problems.is_empty());
            let read: Vec<_> = found.categories.into_iter().map(|found| found.category).collect();
            let expected: Vec<_> = list.iter().map(|(category, _)| category.clone()).collect();
            prop_assert_eq!(read, expected, "{:?}", kind);
        }
    }
}

#[test]
fn people_s_own_lists_of_categories_are_understood() {
    let names = |bytes: &[u8], kind| {
        let found = categories::read(bytes, kind).unwrap();
        found.categories.into_iter().map(|found| found.category.name).collect::<Vec<_>>()
    };
    use CategoryFile::{Csv, Json, Xlsx};
    assert_eq!(names(br#"["None", "mask", 3]"#, Json), ["None", "mask", "3"]);
    assert_eq!(names(br#"{"categories": ["None", "mask"], "images": {}}"#, Json), ["None", "mask"]);
    assert_eq!(names(br#"[{"name": " mask "}, {"label": "hat"}]"#, Json), ["mask", "hat"]);
    assert_eq!(names(b"mask\nhat\n", Csv), ["mask", "hat"]);
    assert_eq!(names(b"Name\r\nmask\r\n\r\nhat\r\n", Csv), ["mask", "hat"]);
    assert_eq!(names(b"id;label\n1;\"a; b\"\n2;Gr\xfcn\n", Csv), ["a; b", "Grün"]);
    assert_eq!(names(b"\xff\xfem\0a\0s\0k\0\n\0", Csv), ["mask"]);
    assert_eq!(names(b"colour\tclass\n#e69f00\tmask\n", Csv), ["mask"]);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "number").unwrap().write_string(0, 2, "Category").unwrap();
    sheet.write_number(1, 0, 7).unwrap().write_string(1, 2, "mask").unwrap();
    sheet.write_string(4, 2, "hat").unwrap();
    assert_eq!(names(&book.save_to_buffer().unwrap(), Xlsx), ["mask", "hat"]);
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(2, 0, "mask").unwrap();
    assert_eq!(names(&book.save_to_buffer().unwrap(), Xlsx), ["mask"]);
}

#[test]
fn a_bad_colour_is_a_problem_with_its_place_and_keeps_the_category() {
    let found = categories::read(b"name,colour\nmask,blue\n,#000000\n", CategoryFile::Csv).unwrap();
    assert_eq!((found.categories.len(), found.categories[0].category.color), (1, None));
    assert_eq!(
        common::lines(&found.problems),
        ["line 2, colour: a colour is written #rrggbb, found \"blue\"", "line 3: it has no name"]
    );
}

#[test]
fn pictures_of_the_same_name_in_two_folders_are_two_files_and_two_keys() {
    let image = |path: &str| DocumentImage { path: path.to_owned(), size: Some(SIZE), ..DocumentImage::default() };
    let images = vec![image("/p/day/a.jpg"), image("/p/night/a.jpg"), image("/p/night/a.png")];
    let document = AnnotationDocument { images, ..AnnotationDocument::default() };
    let names = |format| written(&document, format).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    assert_eq!(names(Format::Voc), ["day/a.xml", "night/a.xml", "night/a.png.xml"]);
    assert_eq!(
        names(Format::Yolo),
        ["classes.txt", "data.yaml", "labels/day/a.txt", "labels/night/a.txt", "labels/night/a.png.txt"]
    );
    let mut document = document;
    for image in &mut document.images {
        image.boxes.push(DocumentBox::imported([1.0, 2.0, 30.0, 40.0], None, 0));
    }
    for format in Format::ALL {
        let read = read(&written(&document, format), format).unwrap().document;
        let names: BTreeSet<_> = read.images.iter().map(|image| (&image.path, &image.file)).collect();
        assert_eq!(names.len(), 3, "{format:?} {names:?}");
    }
}

#[test]
fn score_source_and_fractions_survive_a_table() {
    let source = Source::Detected { detector: "centerface".to_owned(), score: 0.875 };
    let found = DocumentBox { source: source.clone(), ..DocumentBox::imported([0.5, 1.25, 30.125, 40.0], None, 0) };
    let image = DocumentImage { path: "/p/a.jpg".to_owned(), boxes: vec![found], ..DocumentImage::default() };
    let document = AnnotationDocument { images: vec![image], ..AnnotationDocument::default() };
    for format in [Format::Csv, Format::Xlsx] {
        let read = read(&written(&document, format), format).unwrap().document;
        assert_eq!(read.images[0].boxes[0].source, source, "{format:?}");
        assert_eq!(read.images[0].boxes[0].corners, [0.5, 1.25, 30.125, 40.0], "{format:?}");
        assert_eq!(read.images[0].unit, Unit::Pixels);
    }
}

#[test]
fn a_csv_for_excel_begins_with_a_mark_and_lines_end_as_the_standard_says() {
    let boxes = vec![DocumentBox::imported([1.0, 2.0, 30.0, 40.5], None, 0)];
    let image = DocumentImage { path: "/p/=a.jpg".to_owned(), boxes, ..DocumentImage::default() };
    let document = AnnotationDocument { images: vec![image], ..AnnotationDocument::default() };
    let mut out = Vec::new();
    csv_table::write(&document, CsvOptions { byte_order_mark: true }, &mut out, &mut go_on).unwrap();
    assert!(out.starts_with(b"\xef\xbb\xbfimage,folder"));
    assert!(out.ends_with(b"\r\n'=a.jpg,/p,,1,2,29,38.5,,,1116.5,imported,,\r\n"), "{}", String::from_utf8_lossy(&out));
}

#[test]
fn a_writer_stops_when_it_is_asked_to() {
    let document = AnnotationDocument { images: vec![DocumentImage::default(); 1000], ..AnnotationDocument::default() };
    let mut stop = |_| ControlFlow::Break(());
    assert!(matches!(coco::write(&document, &mut Vec::new(), &mut stop), Err(WriteError::Cancelled)));
}
