//! What an export may write over, and how its files are called; with fake pictures of 200 × 100 pixels.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_app::{AppError, ExportFormat, GeneratedPicture};
use bauta_domain::ports::CancelToken;
use bauta_formats::Format;
use common::open::{Open, open};

fn exported(open: &Open, name: &str, format: Format) -> Result<bauta_app::ExportSummary, AppError> {
    let to = ExportFormat { format, byte_order_mark: false };
    open.project.export_annotations(&open.folder.path().join(name), to, &mut |_| {}, &CancelToken::default())
}

#[test]
fn no_export_takes_the_place_of_the_project_or_its_pictures() {
    let open = open(&["a.jpg"]);
    let before = std::fs::read(open.project.path()).unwrap();
    for name in ["test.bauta", "test.bauta-wal", "test.bauta-shm", "test.bauta-lock", "a.jpg", "../x/../a.jpg"] {
        let name = name.replace("../x", open.folder.path().join("x").to_str().unwrap());
        for format in [Format::Csv, Format::Voc] {
            let error = exported(&open, &name, format).unwrap_err();
            assert!(matches!(error, AppError::Invalid(_)), "{name}: {error}");
        }
    }
    std::fs::write(open.folder.path().join("other.bauta"), b"SQLite format 3\0").unwrap();
    assert!(exported(&open, "other.bauta", Format::Coco).is_err(), "another project");
    for name in ["picture.json", "list.csv"] {
        // Whatever a picture is called, it is never replaced.
        let path = open.file(name, "pixels");
        open.project.add_generated(&[GeneratedPicture { path: path.clone(), boxes: vec![], accepted: false }]).unwrap();
        let error = open.project.export_categories(&path).unwrap_err().to_string();
        assert!(error.contains("is a picture of the project, which is never replaced"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"pixels");
    }
    assert_eq!(std::fs::read(open.project.path()).unwrap(), before);
    assert_eq!(std::fs::read(open.folder.path().join("a.jpg")).unwrap(), b"");
}

#[test]
fn an_export_whose_folder_is_taken_by_a_folder_changes_nothing() {
    let open = open(&["a.jpg", "b.jpg"]);
    exported(&open, "out", Format::Voc).unwrap();
    let out = open.folder.path().join("out");
    std::fs::remove_file(out.join("b.xml")).unwrap();
    std::fs::create_dir(out.join("b.xml")).unwrap();
    let before = std::fs::read(out.join("a.xml")).unwrap();
    open.draw(open.images[0], 1, [10.0, 10.0, 60.0, 60.0], None);
    let error = exported(&open, "out", Format::Voc).unwrap_err().to_string();
    assert!(error.contains("an earlier one is as it was") && error.contains("b.xml"), "{error}");
    assert_eq!(std::fs::read(out.join("a.xml")).unwrap(), before);
}

#[test]
fn the_longest_name_of_a_picture_is_shortened_for_its_file_and_it_is_said() {
    let long = format!("{}.jpg", "x".repeat(251));
    let (first, second) = (open(&[&long, "b.jpg"]), open(&[&long, "b.jpg"]));
    first.draw(first.images[1], 1, [10.0, 10.0, 60.0, 60.0], None);
    let summary = exported(&first, "out", Format::Labelme).unwrap();
    assert_eq!((summary.files, summary.problems.len()), (2, 1));
    assert!(summary.problems[0].message.contains("too long"), "{:?}", summary.problems);
    std::fs::remove_file(first.folder.path().join(&long)).unwrap();
    let plan = second.plan(&first.folder.path().join("out"));
    assert_eq!((plan.view.images, plan.view.new_boxes, plan.view.missing_images), (2, 1, 0));
}

#[cfg(unix)]
#[test]
fn a_label_that_is_not_called_as_its_picture_is_named_in_the_result() {
    let open = open(&["a:b.jpg", "c.jpg"]);
    open.draw(open.images[0], 1, [10.0, 10.0, 60.0, 60.0], None);
    let summary = exported(&open, "out", Format::Yolo).unwrap();
    let lines: Vec<String> = summary.problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("a:b.jpg") && lines[0].contains("labels/a_b.txt"), "{lines:?}");
    assert!(exported(&open, "voc", Format::Voc).unwrap().problems.is_empty(), "VOC names the picture inside");
}
