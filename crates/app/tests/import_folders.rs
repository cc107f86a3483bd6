//! What a folder is taken for, and imports that bring nothing; with fake pictures of 200 × 100 pixels.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_app::{AppError, ConflictChoices, ReadAnnotations, read_annotations};
use bauta_domain::ports::CancelToken;
use bauta_formats::Format;
use common::open::{Open, open};

fn read(open: &Open, name: &str, format: Option<Format>) -> Result<ReadAnnotations, AppError> {
    read_annotations(&open.folder.path().join(name), format, &mut |_| {}, &CancelToken::default())
}

fn coco(image: &str, category: &str) -> String {
    format!(
        r#"{{"images": [{{"id": 1, "file_name": "{image}"}}], "categories": [{{"id": 1, "name": "{category}"}}],
            "annotations": [{{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 50, 50]}}]}}"#
    )
}

const LABELME: &str = r#"{"shapes": [], "imagePath": "a.jpg"}"#;
const CSV: &str = "image,xmin,ymin,xmax,ymax\na.jpg,10,10,60,60\n";

#[test]
fn all_coco_files_of_a_folder_are_read_together() {
    let open = open(&["a.jpg", "b.jpg"]);
    open.file("set/annotations/train.json", &coco("a.jpg", "mask"));
    open.file("set/annotations/val.json", &coco("b.jpg", "hat"));
    open.file("set/package.json", "{}");
    for format in [None, Some(Format::Coco)] {
        let found = read(&open, "set", format).unwrap();
        assert_eq!((found.detected.format, found.detected.certain), (Format::Coco, true));
        let plan = open.project.plan_import(&found, &Default::default(), &mut |_| {}, &CancelToken::default()).unwrap();
        assert_eq!((plan.view.images, plan.view.new_boxes), (2, 2), "{:?}", plan.view.problems);
        assert_eq!(plan.view.new_categories, ["mask", "hat"]);
    }
}

#[test]
fn one_table_in_a_folder_is_taken_and_a_mixed_folder_says_what_is_in_it() {
    let open = open(&["a.jpg"]);
    open.file("one/boxes.csv", CSV);
    assert_eq!(read(&open, "one", None).unwrap().detected.format, Format::Csv);
    open.file("two/boxes.csv", CSV);
    open.file("two/more.csv", CSV);
    open.file("mixed/train.json", &coco("a.jpg", "mask"));
    open.file("mixed/a.json", LABELME);
    for (name, expected) in
        [("two", ["boxes.csv (CSV)", "more.csv (CSV)"]), ("mixed", ["train.json (COCO)", "labelme"])]
    {
        let error = read(&open, name, None).unwrap_err().to_string();
        assert!(expected.iter().all(|part| error.contains(part)) && error.contains("name one of them"), "{error}");
    }
}

#[test]
fn a_file_or_folder_of_which_nothing_can_be_read_is_refused_with_the_reason() {
    let open = open(&["a.jpg"]);
    open.file("xxe/a.xml", "<!DOCTYPE x [<!ENTITY y \"z\">]><annotation/>");
    open.file("xxe/b.xml", "<!DOCTYPE x [<!ENTITY y \"z\">]><annotation/>");
    open.file("labelme.json", LABELME);
    std::fs::create_dir(open.folder.path().join("empty")).unwrap();
    for (name, format, said) in [
        ("xxe", None, vec!["none of its 2 files", "a.xml", "<!DOCTYPE"]),
        ("xxe/a.xml", None, vec!["a.xml", "<!DOCTYPE"]),
        ("labelme.json", Some(Format::Voc), vec!["labelme.json"]),
        ("empty", Some(Format::Yolo), vec!["no file that ends in .txt"]),
    ] {
        let error = read(&open, name, format).unwrap_err().to_string();
        assert!(said.iter().all(|part| error.contains(part)), "{name}: {error}");
    }
}

#[test]
fn an_import_without_any_of_its_images_changes_nothing_and_says_why() {
    let open = open(&["a.jpg"]);
    let rows = "image,label,xmin,ymin,xmax,ymax\ngone.jpg,new,10,10,60,60\nlost.jpg,new,10,10,60,60\n";
    let plan = open.plan(&open.file("boxes.csv", rows));
    let refused = open.project.apply_import(&plan, &ConflictChoices::default(), &mut |_| {}, &CancelToken::default());
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("none of its 2 images was found") && error.contains("gone.jpg"), "{error}");
    assert!(open.project.categories().unwrap().is_empty() && open.project.history().unwrap().undo.is_none());
    let header = open.plan(&open.file("header.csv", "image,xmin,ymin,xmax,ymax\n"));
    let refused = open.project.apply_import(&header, &ConflictChoices::default(), &mut |_| {}, &CancelToken::default());
    assert!(refused.unwrap_err().to_string().contains("there is no image in it"));
}

#[test]
fn an_empty_list_of_categories_is_refused() {
    let open = open(&[]);
    for (name, text) in [("empty.csv", ""), ("header.csv", "name\n"), ("none.csv", "None\n")] {
        let error = open.project.plan_category_import(&open.file(name, text)).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn categories_that_differ_in_case_only_become_one_and_it_is_said() {
    let open = open(&["a.jpg"]);
    let rows = "image,label,xmin,ymin,xmax,ymax\na.jpg,Mask,10,10,60,60\na.jpg,mask,100,10,160,60\n";
    let plan = open.plan(&open.file("boxes.csv", rows));
    assert_eq!((plan.view.new_categories.clone(), plan.view.problems.len()), (vec!["Mask".to_owned()], 1));
    assert!(plan.view.problems[0].message.contains("\"Mask\" and \"mask\" differ in upper and lower case only"));
}

#[test]
fn twenty_thousand_new_categories_are_planned_one_by_one() {
    let open = open(&["a.jpg"]);
    let rows: String = (0..20_000).map(|n| format!("a{n}\n")).collect();
    let plan = open.project.plan_category_import(&open.file("list.csv", &rows)).unwrap();
    assert_eq!(open.project.apply_category_import(&plan).unwrap().categories.len(), 20_000);
    let rows: String = (0..20_000).map(|n| format!("a.jpg,b{n},10,10,60,60\n")).collect();
    let plan = open.plan(&open.file("boxes.csv", &format!("image,label,xmin,ymin,xmax,ymax\n{rows}")));
    assert_eq!(plan.view.new_categories.len(), 20_000);
}
