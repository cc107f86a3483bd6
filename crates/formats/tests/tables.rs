//! CSV and XLSX tables as people's programs damage them: what is read, and what is said of the rest.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentImage, ImageSize};
use bauta_formats::{CsvOptions, Format, csv_table};
use common::{boxes, go_on, lines, read, written};

fn csv(text: &str) -> (AnnotationDocument, Vec<String>) {
    let read = csv_table::read(text.as_bytes()).unwrap();
    (read.document, lines(&read.problems))
}

#[test]
fn a_quote_that_is_not_closed_costs_no_row() {
    let rows = "b.jpg,hat,1,1,30,30\n".repeat(50);
    let (document, problems) = csv(&format!("image,category,xmin,ymin,xmax,ymax\na.jpg,\"m,1,1,30,30\n{rows}"));
    assert_eq!(document.box_count(), 51);
    assert_eq!(boxes(&document, &document.images[0]), [(Some("m".to_owned()), [1.0, 1.0, 30.0, 30.0])]);
    let said = "line 2: found a cell with a quote (\") at its beginning and none at its end; expected both or none; the \
                quote is left out";
    assert_eq!(problems, [said]);
}

#[test]
fn a_row_with_more_cells_than_the_header_is_left_out_and_named() {
    let header = "image,category,xmin,ymin,xmax,ymax\n";
    let (document, problems) = csv(&format!("{header}a.jpg,m,1,5,2,30,30\na.jpg,m,1,2,30,30,,\n"));
    assert_eq!(boxes(&document, &document.images[0])[0].1, [1.0, 2.0, 30.0, 30.0]);
    assert_eq!(document.box_count(), 1);
    let said = "line 2: found 7 cells, expected at most 6 as in the first row; the row is left out; a cell with the \
                separator in it (as in 1,5) needs quotes around it";
    assert_eq!(problems, [said]);
}

#[test]
fn reversed_corners_and_negative_sizes_are_put_right_and_said() {
    let (_, problems) = csv("image,x,y,width,height\na.jpg,100,20,-40,30\n");
    assert_eq!(problems, ["line 2: found x from 100 to 60; expected the smaller number first; the box is put right"]);
}

#[test]
fn a_table_of_old_macs_and_one_that_names_its_separator_are_read() {
    let rows = "a.jpg,m,1,1,30,30\r".repeat(70_000);
    assert_eq!(csv(&format!("image,category,xmin,ymin,xmax,ymax\r{rows}")).0.box_count(), 70_000);
    let (document, problems) = csv("sep=;\r\nimage;x1;y1;x2;y2\r\na, b.jpg;1,5;1;30;x\r\na, b.jpg;1,5;1;30;30\r\n");
    assert_eq!(boxes(&document, &document.images[0])[0].1, [1.5, 1.0, 30.0, 30.0]);
    assert_eq!(problems, ["line 3: found \"x\" in column E; expected a number"]);
}

#[test]
fn names_with_white_space_around_them_come_back_from_what_this_program_wrote() {
    let names = ["\ta.jpg", "\ra.jpg", " a.jpg", "a.jpg ", "'=a.jpg", "a\nb.jpg"];
    let image = |name: &&str| DocumentImage {
        path: format!("/ p/{name}"),
        size: Some(ImageSize::new(90, 90)),
        boxes: vec![DocumentBox::imported([1.0, 2.0, 30.0, 40.0], None, 0)],
        ..DocumentImage::default()
    };
    let document = AnnotationDocument { images: names.iter().map(image).collect(), ..AnnotationDocument::default() };
    for format in [Format::Csv, Format::Xlsx, Format::Voc] {
        let read = read(&written(&document, format), format).unwrap();
        let paths: Vec<_> = read.document.images.iter().map(|image| image.path.as_str()).collect();
        let expected: Vec<_> = document.images.iter().map(|image| image.path.as_str()).collect();
        assert_eq!(paths, expected, "{format:?}");
    }
    let (theirs, _) = csv("image, category, x1, y1, x2, y2\n a.jpg , mask, 1, 2, 30, 40\n");
    assert_eq!((theirs.images[0].path.as_str(), theirs.categories[0].name.as_str()), ("a.jpg", "mask"));
}

#[test]
fn twenty_thousand_categories_take_no_longer_than_their_rows() {
    let rows: String = (0..200_000).map(|n| format!("a.jpg,category {n},1,1,30,30\n")).collect();
    let (document, problems) = csv(&format!("image,category,xmin,ymin,xmax,ymax\n{rows}"));
    assert_eq!((document.categories.len(), problems.len()), (200_000, 0));
}

#[test]
fn what_is_not_utf_8_is_said_once_and_a_table_of_windows_is_read() {
    let mut out = Vec::new();
    csv_table::write(&AnnotationDocument::default(), CsvOptions::default(), &mut out, &mut go_on).unwrap();
    out.extend(b"a.jpg,,Gr\xf6\xdfe,1,2,30,40\r\nb.jpg,,Gr\xfcn,1,2,30,40\r\n");
    let read = csv_table::read(&out).unwrap();
    assert_eq!(read.document.categories[0].name, "Größe");
    let lines = lines(&read.problems);
    assert!(lines.len() == 1 && lines[0].starts_with("line 2: found the byte 0xF6, expected UTF-8"), "{lines:?}");
}

#[test]
fn numbers_of_a_spreadsheet_have_no_point_without_decimals() {
    let image = DocumentImage {
        path: "/p/a.jpg".to_owned(),
        boxes: vec![DocumentBox::imported([1.0, 2.0, 30.0, 40.5], None, 0)],
        ..DocumentImage::default()
    };
    let document = AnnotationDocument { images: vec![image], ..AnnotationDocument::default() };
    let (_, bytes) = written(&document, Format::Xlsx).remove(0);
    let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let styles = std::io::read_to_string(package.by_name("xl/styles.xml").unwrap()).unwrap();
    assert!(!styles.contains("0.##\""), "{styles}");
}
