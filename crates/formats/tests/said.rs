//! What readers say of entries that they mend or leave out: where, what was found, what was expected.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_domain::{AnnotationDocument, DocumentImage};
use bauta_formats::{Format, Problems, coco, labelme, paper, voc, yolo};
use common::{lines, read, written};

#[test]
fn the_papers_file_says_what_is_wrong_in_an_image() {
    let file = r#"{"categories": ["None", "mask", null], "destinations": ["None", "/out"], "images": {
        "a.jpg": {"rectangles": {"a": 1}, "dst": 7},
        "b.jpg": {"rectangles": [[110, 20, 10, 220], [1, 1, 1e999, 9]], "rect_to_category": [9, "x"], "dst": "far"}}}"#;
    let read = paper::read(file.as_bytes()).unwrap();
    assert_eq!(
        lines(&read.problems),
        [
            "categories, entry 3: found null; expected a name; what refers to it comes without one",
            "image \"a.jpg\" (line 2): found an object as \"rectangles\"; expected a list; it has no boxes",
            "image \"b.jpg\" (line 3): found \"far\" as \"dst\"; expected the number of a destination, 0 for none; the image comes \
             without one",
            "image \"a.jpg\" (line 2): found 7 as \"dst\"; expected the number of a destination, 0 for none; the image comes without \
             one",
            "image \"b.jpg\" (line 3), rectangle 1: found 9 as its category; expected less than 3, the number of one in \
             \"categories\"; the box comes without one",
            "image \"b.jpg\" (line 3), rectangle 1: found x from 110 to 10; expected the smaller number first; the box is put right",
            "image \"b.jpg\" (line 3), rectangle 2: found \"x\" as its category; expected less than 3, the number of one in \
             \"categories\"; the box comes without one",
        ]
    );
}

#[test]
fn other_formats_say_when_they_put_right_or_lack_a_name() {
    let file = br#"{"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 1, "name": ""}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [50, 20, -10, 5]}]}"#;
    assert_eq!(
        lines(&coco::read(file).unwrap().problems),
        [
            "category 1 (line 1): found \"\" as \"name\"; expected a name; its boxes come without category",
            "annotation 1 (line 2): found x from 50 to 40; expected the smaller number first; the box is put right",
        ]
    );
    let said = |read: &dyn Fn(&mut AnnotationDocument, &mut Problems)| {
        let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
        read(&mut document, &mut problems);
        lines(&problems)
    };
    let file = br#"{"imagePath": "a.jpg", "shapes": [{"label": null, "points": [[1, 2], [30, 40]]}, {"label": "m", "points": [[1], 2]}]}"#;
    let labelme = said(&|document, problems| labelme::read(file, "a.json", document, problems).unwrap());
    assert_eq!(
        labelme,
        [
            "shape 1 (line 1): found null as label; expected a name; the box comes without category",
            "shape 2 (line 1): found a point of 1 values; expected two numbers",
        ]
    );
    let xml = b"<annotation><filename>a.jpg</filename><object><name>m</name><bndbox><xmin>9</xmin><ymin>1</ymin>\
                <xmax>3</xmax><ymax>8</ymax></bndbox></object></annotation>";
    let voc = said(&|document, problems| voc::read(xml, "a.xml", document, problems).unwrap());
    assert_eq!(
        voc,
        ["object 1 (line 1): found x from 9 to 3; expected the smaller number first; the box is put right"]
    );
    let labels = b"0 0.5 0.5 -0.25 0.25\r0 0.1 0.1 0.2 0.1 0.2 0.2\r";
    let yolo = said(&|document, problems| {
        document.categories = vec![bauta_domain::DocumentCategory::named("")];
        yolo::read(labels, "a.txt", document, problems).unwrap();
    });
    assert_eq!(
        yolo,
        [
            "line 1: found x from 0.625 to 0.375; expected the smaller number first; the box is put right",
            "line 1: class 0 has an empty name, expected one; the box comes without category",
            "line 2: found a polygon of 3 points; the box around it was taken",
            "line 2: class 0 has an empty name, expected one; the box comes without category",
        ]
    );
}

#[test]
fn pictures_are_named_as_they_are_in_every_format_that_names_them() {
    let names = ["Screenshot 12:30:05.png", "A.jpg", "a.jpg", "what?.jpg", "a|b\"c.jpg"];
    let image = |name: &&str| DocumentImage {
        path: format!("/photos/{name}"),
        boxes: vec![bauta_domain::DocumentBox::imported([1.0, 2.0, 30.0, 40.0], None, 0)],
        ..DocumentImage::default()
    };
    let document = AnnotationDocument { images: names.iter().map(image).collect(), ..AnnotationDocument::default() };
    for format in [Format::Paper, Format::Coco, Format::Voc, Format::Labelme, Format::Csv, Format::Xlsx] {
        let read = read(&written(&document, format), format).unwrap().document;
        let found: Vec<_> = read.images.iter().map(|image| image.path.trim_start_matches("/photos/")).collect();
        assert_eq!(found, names, "{format:?}");
    }
}
