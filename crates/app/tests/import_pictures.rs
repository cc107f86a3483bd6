//! Which pictures the entries of a file mean, and what comes of several entries about one; with fake pictures of
//! 200 × 100 pixels.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_app::{ConflictChoice, ImportOptions, ImportPlan, read_annotations};
use bauta_domain::ports::CancelToken;
use bauta_formats::Format;
use common::open::{Open, open};

fn voc(filename: &str, corners: [u32; 4]) -> String {
    let [x1, y1, x2, y2] = corners;
    format!(
        "<annotation><filename>{filename}</filename><object><name>mask</name><bndbox><xmin>{x1}</xmin>\
         <ymin>{y1}</ymin><xmax>{x2}</xmax><ymax>{y2}</ymax></bndbox></object></annotation>"
    )
}

fn labelme(image: &str) -> String {
    format!(
        r#"{{"shapes": [{{"label": "mask", "points": [[10, 10], [60, 60]], "shape_type": "rectangle"}}],
            "imagePath": {image:?}}}"#
    )
}

/// The paths of the pictures that a plan adds, below the test's folder.
fn added(open: &Open, plan: &ImportPlan) -> Vec<String> {
    open.apply(plan, ConflictChoice::KeepMine);
    let view = open.project.view().unwrap();
    let mut paths: Vec<String> = view
        .images
        .iter()
        .skip(open.images.len())
        .map(|row| format!("{}/{}", row.folder, row.name).replace(open.folder.path().to_str().unwrap(), ""))
        .collect();
    paths.sort();
    paths
}

#[test]
fn boxes_of_an_image_in_two_entries_are_compared_together() {
    let coco = r#"{"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "./a.jpg"}],
        "categories": [{"id": 1, "name": "mask"}], "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 50, 50]},
        {"id": 2, "image_id": 2, "category_id": 1, "bbox": [10, 10, 50, 50]}]}"#;
    let two_files = |open: &Open| {
        open.file("voc/a.xml", &voc("a.jpg", [10, 10, 60, 60]));
        open.file("voc/again.xml", &voc("a.jpg", [10, 10, 60, 60]));
        open.folder.path().join("voc")
    };
    for source in ["coco", "voc"] {
        for mine in [None, Some([10.0, 10.0, 60.0, 60.0]), Some([12.0, 10.0, 60.0, 60.0])] {
            let open = open(&["a.jpg"]);
            let file = if source == "coco" { open.file("x.json", coco) } else { two_files(&open) };
            if let Some(corners) = mine {
                let hat = open.category("hat");
                open.draw(open.images[0], 1, corners, Some(hat));
            }
            let plan = open.plan(&file);
            let view = &plan.view;
            let (new, conflicts) = if mine.is_some() { (0, 1) } else { (1, 0) };
            assert_eq!((view.images, view.same_boxes), (1, 1), "{source} {mine:?}");
            assert_eq!((view.new_boxes, view.conflicts), (new, conflicts), "{source} {mine:?}");
            open.apply(&plan, ConflictChoice::TakeTheirs);
            assert_eq!(open.boxes(open.images[0]), [(Some("mask".to_owned()), [10.0, 10.0, 60.0, 60.0])]);
        }
    }
}

#[test]
fn a_new_picture_in_two_entries_is_added_once_with_its_boxes_once() {
    let open = open(&[]);
    let rows = "image,label,xmin,ymin,xmax,ymax\na.jpg,mask,10,10,60,60\n";
    open.file("d/a.jpg", "");
    let (first, second) = (voc("a.jpg", [10, 10, 60, 60]), voc("a.jpg", [100, 10, 160, 60]));
    open.file("d/a.xml", &first);
    open.file("d/b.xml", &second.replace("</annotation>", &first[first.find("<object").unwrap()..]));
    let plan = open.plan(&open.folder.path().join("d"));
    assert_eq!((plan.view.images, plan.view.new_images), (1, 1), "{rows}");
    assert_eq!((plan.view.new_boxes, plan.view.same_boxes), (2, 1));
}

#[test]
fn a_name_in_two_folders_is_told_apart_by_the_folders_that_are_written() {
    let open = open(&[]);
    for file in ["d/day/a.jpg", "d/night/a.jpg"] {
        open.file(file, "");
    }
    let rows = "image,xmin,ymin,xmax,ymax\nday/a.jpg,10,10,60,60\nnight/a.jpg,10,10,60,60\n";
    let list = open.file("the/list/lies/far/away/boxes.csv", rows);
    let options = ImportOptions { folders: vec![open.folder.path().join("x/../d")], ..ImportOptions::default() };
    let plan = open.plan_with(&list, &options);
    assert!(plan.view.problems.is_empty(), "{:?}", plan.view.problems);
    assert_eq!(added(&open, &plan), ["/d/day/a.jpg", "/d/night/a.jpg"]);
    let bare = open.file("the/list/lies/far/away/bare.csv", "image,xmin,ymin,xmax,ymax\na.jpg,10,10,60,60\n");
    let plan = open.plan_with(&bare, &options);
    let said = plan.view.problems[0].to_string();
    assert!(said.contains("day/a.jpg and ") && said.contains("fit this name equally well"), "{said}");
}

#[test]
fn annotations_beside_their_pictures_in_sub_folders_find_them() {
    for (ending, text) in [("json", labelme("a.jpg")), ("xml", voc("a.jpg", [10, 10, 60, 60]))] {
        let open = open(&[]);
        for day in ["one", "two"] {
            open.file(&format!("set/{day}/a.jpg"), "");
            open.file(&format!("set/{day}/a.{ending}"), &text);
        }
        let plan = open.plan(&open.folder.path().join("set"));
        assert_eq!((plan.view.new_images, plan.view.new_boxes), (2, 2), "{ending} {:?}", plan.view.problems);
        assert_eq!(added(&open, &plan), ["/set/one/a.jpg", "/set/two/a.jpg"], "{ending}");
    }
}

#[test]
fn a_path_that_climbs_far_is_followed_from_its_file() {
    let open = open(&[]);
    open.file("pics/a.jpg", "");
    let path = open.file("one/two/three/four/five/a.json", &labelme("../../../../../pics/a.jpg"));
    assert_eq!(added(&open, &open.plan(&path)), ["/pics/a.jpg"]);
}

#[test]
fn our_own_labelme_export_fills_a_new_project() {
    let from = open(&["a.jpg", "b.jpg"]);
    from.draw(from.images[0], 1, [10.0, 10.0, 60.0, 60.0], None);
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("the/export/lies/deep/below");
    from.export(&target, Format::Labelme);
    let to = open(&[]);
    let plan = to.plan(&target);
    assert_eq!((plan.view.new_images, plan.view.missing_images, plan.view.new_boxes), (2, 0, 1));
}

#[test]
fn pictures_beside_those_of_the_project_are_found() {
    let open = open(&["one.jpg"]);
    open.file("two.jpg", "");
    open.file("mein Foto ü.jpg", "");
    let elsewhere = tempfile::tempdir().unwrap();
    let list = elsewhere.path().join("boxes.csv");
    let url = format!("file://{}/mein%20Foto%20%C3%BC.jpg", open.folder.path().display());
    let rows = format!("image,xmin,ymin,xmax,ymax\ntwo.jpg,10,10,60,60\n{url},10,10,60,60\n");
    std::fs::write(&list, rows).unwrap();
    let plan = open.plan(&list);
    assert_eq!(added(&open, &plan), ["/mein Foto ü.jpg", "/two.jpg"]);
    // The same name as macOS writes it, with the dots apart.
    std::fs::write(&list, "image,xmin,ymin,xmax,ymax\nmein Foto u\u{308}.jpg,100,10,160,60\n").unwrap();
    let plan = open.plan(&list);
    assert_eq!((plan.view.images, plan.view.new_images, plan.view.missing_images), (1, 0, 0));
}

#[test]
fn labels_of_pictures_that_differ_in_their_ending_only_come_back() {
    // In a project, and as new pictures beside their labels.
    for known in [true, false] {
        let to = open(if known { &["a.jpeg", "a.jpg"] } else { &[] });
        for (file, text) in [
            ("set/a.jpeg", ""),
            ("set/a.jpg", ""),
            ("set/a.txt", "0 0.175 0.35 0.25 0.5\n"),
            ("set/a.jpg.txt", "0 0.65 0.35 0.3 0.5\n"),
        ] {
            let is_picture = !file.ends_with(".txt");
            if !(is_picture && known) {
                to.file(file, text);
            }
        }
        let plan = to.plan(&to.folder.path().join("set"));
        assert_eq!((plan.view.images, plan.view.missing_images), (2, 0), "{:?}", plan.view.problems);
        to.apply(&plan, ConflictChoice::KeepMine);
        let mut found: Vec<_> =
            to.project.view().unwrap().images.into_iter().map(|row| (row.name, to.boxes(row.id)[0].1)).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        let expected = [("a.jpeg", [10.0, 10.0, 60.0, 60.0]), ("a.jpg", [100.0, 10.0, 160.0, 60.0])];
        assert_eq!(found, expected.map(|(name, corners)| (name.to_owned(), corners)));
    }
}

#[test]
fn a_stop_is_heard_while_a_file_is_read() {
    let open = open(&["a.jpg"]);
    let mut rows = "image,xmin,ymin,xmax,ymax\n".to_owned();
    rows += &"a.jpg,10,10,60,60\n".repeat(200_000);
    let file = open.file("boxes.csv", &rows);
    let cancel = CancelToken::default();
    let mut told = Vec::new();
    let mut stop = |progress: bauta_app::Progress| {
        told.push((progress.done, progress.total));
        if progress.done > 0 {
            cancel.cancel();
        }
    };
    let read = read_annotations(&file, None, &mut stop, &cancel);
    assert!(matches!(read, Err(bauta_app::AppError::Cancelled)), "{:?}", read.map(|read| read.document.box_count()));
    assert_eq!(told.first(), Some(&(0, rows.len().div_ceil(1 << 20))));
}
