//! Files as other programs write them, read as their formats say.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_domain::{AnnotationDocument, ImageSize, Unit};
use bauta_formats::{Problems, ReadError, coco, csv_table, labelme, paper, voc, yolo};
use common::{boxes, fixture, go_on, lines};

fn some(name: &str) -> Option<String> {
    Some(name.to_owned())
}

#[test]
fn a_file_of_the_papers_program_is_read_and_written_again_to_the_byte() {
    let bytes = fixture("paper.json");
    let read = paper::read(&bytes).unwrap();
    let document = &read.document;
    assert!(read.problems.is_empty(), "{:?}", lines(&read.problems));
    assert_eq!(document.images[0].path, "~/photos/IMG_1342.JPG");
    assert_eq!(boxes(document, &document.images[0])[0], (some("Grün 😷"), [10.0, 20.0, 110.0, 220.0]));
    assert_eq!(boxes(document, &document.images[0])[1].0, None);
    assert_eq!(document.images[0].destination, Some(0));
    let mut again = Vec::new();
    paper::write(document, &mut again, &mut go_on).unwrap();
    assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(bytes).unwrap());
}

#[test]
fn coco_is_joined_whatever_the_order_and_bad_entries_are_listed() {
    let read = coco::read(&fixture("coco.json")).unwrap();
    let document = &read.document;
    assert_eq!(document.images[0].size, Some(ImageSize::new(640, 480)));
    let first = boxes(document, &document.images[0]);
    assert_eq!(first[0], (some("Maske über"), [10.0, 20.0, 110.0, 220.0]));
    assert_eq!(first[1], (None, [0.0, 0.0, 5.0, 5.0]), "category 99 is unknown");
    assert!(first[2].1[2].is_nan(), "placing refuses what is no number");
    assert_eq!(boxes(document, &document.images[1]), [(some("hat"), [1.5, 2.0, 4.5, 6.0])]);
    assert_eq!(
        lines(&read.problems),
        [
            "annotation 8 (line 10): found \"what\"; expected an object",
            "annotation 3 (line 5): found 99 as \"category_id\"; expected the \"id\" of a category of this file; the box comes without one",
            "annotation 4 (line 6): found 1234 as \"image_id\"; expected the \"id\" of an image of this file; the box is left out",
            "annotation 6 (line 8): the box has 3 values; expected four numbers",
            "annotation 7 (line 9): the box is missing; expected four numbers",
        ]
    );
}

#[test]
fn voc_takes_objects_and_not_their_parts() {
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    voc::read(&fixture("voc.xml"), "a.xml", &mut document, &mut problems).unwrap();
    let image = &document.images[0];
    assert_eq!((image.path.as_str(), image.size), ("VOC2012/a & b.jpg", Some(ImageSize::new(500, 375))));
    assert_eq!(
        boxes(&document, image),
        [(some("Maske über"), [10.0, 20.0, 110.5, 220.0]), (None, [3.0, 4.0, 30.0, 40.0])]
    );
    assert_eq!(
        lines(&problems),
        [
            "object 2 (line 12): found \"many\" in <xmin>; expected a number",
            "object 3 (line 13): it has no <name>; the box comes without category",
        ]
    );
}

#[test]
fn voc_with_entities_is_refused_before_any_is_expanded() {
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    let error = voc::read(&fixture("voc-entities.xml"), "a.xml", &mut document, &mut problems).unwrap_err();
    assert!(matches!(error, ReadError::DocumentType { line: 2 }), "{error}");
    assert!(document.images.is_empty());
}

#[test]
fn voc_in_a_declared_encoding_is_read_in_it() {
    let xml = b"<?xml version='1.0' encoding='ISO-8859-2'?><annotation><filename>\xb1.jpg</filename></annotation>";
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    voc::read(xml, "a.xml", &mut document, &mut problems).unwrap();
    assert_eq!(document.images[0].path, "ą.jpg");
}

#[test]
fn yolo_takes_boxes_scores_and_polygons_and_names_from_yaml_or_text() {
    let named = yolo::read_names("\u{feff}\u{feff}ma\0sk\n\0".as_bytes(), &mut Problems::default());
    assert_eq!(named.iter().map(|category| category.name.as_str()).collect::<Vec<_>>(), ["mask"]);
    let names = yolo::read_data_yaml(&fixture("yolo/data.yaml"), &mut Problems::default()).unwrap();
    assert_eq!(names, yolo::read_names(&fixture("yolo-old/classes.txt"), &mut Problems::default()));
    let classes: Vec<_> =
        yolo::read_names(b"a\rb\r\n\nc\r\n \n", &mut Problems::default()).into_iter().map(|class| class.name).collect();
    assert_eq!(classes, ["a", "b", "", "c"], "line ends of every system");
    assert!(yolo::read_names(b" \n", &mut Problems::default()).is_empty());
    assert_eq!(yolo::read_data_yaml(b"names: [a, 'b c', \"\\u00fc\"]", &mut Problems::default()).unwrap()[2].name, "ü");
    assert!(yolo::read_data_yaml(b"names: {900000000: a}", &mut Problems::default()).is_err());
    let mut document = AnnotationDocument { categories: names, ..AnnotationDocument::default() };
    let mut problems = Problems::default();
    yolo::read(&fixture("yolo/labels/train/a.txt"), "labels/train/a.txt", &mut document, &mut problems).unwrap();
    let image = &document.images[0];
    assert_eq!((image.path.as_str(), image.stem_only, image.unit), ("images/train/a", true, Unit::Fractions));
    let found = boxes(&document, image);
    assert_eq!(found[0], (some("Maske über"), [0.375, 0.25, 0.625, 0.75]));
    assert_eq!((found[1].0.clone(), found[2].0.clone()), (some("hat"), None));
    assert_eq!(found[3].1, [0.1, 0.1, 0.3, 0.4]);
    assert!(found[4].1[2].is_infinite());
    assert_eq!(
        lines(&problems),
        [
            "line 4: class 9 is not among the 2 named ones; the box comes without category",
            "line 5: found a polygon of 4 points; the box around it was taken",
            "line 6: found \"hat\" as class; expected a number from 0",
            "line 7: found 3 numbers after the class; expected four",
        ]
    );
}

#[test]
fn labelme_gives_the_box_around_every_shape() {
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    labelme::read(&fixture("labelme.json"), "a.json", &mut document, &mut problems).unwrap();
    let image = &document.images[0];
    assert_eq!((image.path.as_str(), image.size), ("..\\photos\\a.jpg", Some(ImageSize::new(640, 480))));
    assert_eq!(
        boxes(&document, image),
        [
            (some("Maske über"), [110.0, 220.0, 10.0, 20.0]),
            (some("hat"), [5.0, 5.0, 50.0, 60.5]),
            (some("ball"), [40.0, 40.0, 60.0, 60.0]),
            (None, [1.0, 2.0, 30.0, 40.0]),
        ]
    );
    assert_eq!(
        lines(&problems),
        [
            "shape 2 (line 4): it is a polygon; the box around it was taken",
            "shape 3 (line 5): it is a circle; the box around it was taken",
            "shape 4 (line 6): it has 1 point(s); a box needs two",
            "shape 5 (line 7): found \"\" as label; expected a name; the box comes without category",
        ]
    );
}

#[test]
fn csv_takes_semicolons_decimal_commas_and_other_programs_columns() {
    let read = csv_table::read(&fixture("boxes.csv")).unwrap();
    let document = &read.document;
    let paths: Vec<&str> = document.images.iter().map(|image| image.path.as_str()).collect();
    assert_eq!(paths, ["day\\a.jpg", "b.jpg", "c.jpg"]);
    assert_eq!(document.images[0].size, Some(ImageSize::new(640, 480)));
    assert_eq!(
        boxes(document, &document.images[0]),
        [(some("Maske; über"), [10.0, 20.0, 110.5, 220.0]), (some("=hat"), [5.0, 5.0, 50.0, 60.0])]
    );
    assert_eq!(
        lines(&read.problems),
        ["line 4: found \"x\" in column E; expected a number", "line 5: the row names no image"]
    );
    let folder = csv_table::read(b"image,x1,y1,x2,y2\nphotos/,1,2,30,40\n").unwrap();
    assert!(folder.document.images.is_empty());
    assert_eq!(lines(&folder.problems), ["line 2: found the folder \"photos/\" as image; expected a file"]);
    let plain = csv_table::read(b"a.jpg,1,2,30,40,hat\n").unwrap().document;
    assert_eq!(boxes(&plain, &plain.images[0]), [(some("hat"), [1.0, 2.0, 30.0, 40.0])]);
    let fractions = csv_table::read(b"ImageID,LabelName,XMin,XMax,YMin,YMax\na,x,0.1,0.5,0.2,0.6\n").unwrap().document;
    assert_eq!(fractions.images[0].unit, Unit::Fractions);
    assert_eq!(fractions.images[0].boxes[0].corners, [0.1, 0.2, 0.5, 0.6]);
}
