//! Annotations and categories in and out of a project, with fake pictures of 200 × 100 pixels.
#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use bauta_app::{
    AppError, ConflictChoice, ConflictChoices, ExportFormat, ImportOptions, PlannedCategoryKind, Progress,
    read_annotations,
};
use bauta_domain::{AnnotationChange, AnnotationId, ChangeSet, ImageId, Step, ports::CancelToken};
use bauta_formats::Format;
use common::{open::open, photos};

const CSV: &str =
    "image,category,xmin,ymin,xmax,ymax\na.jpg,mask,10,10,60,60\na.jpg,Hat,100,10,150,60\nb.jpg,,10,10,60,60\n";

#[test]
fn an_import_is_planned_and_then_one_step_that_undo_takes_back() {
    let open = open(&["a.jpg", "b.jpg"]);
    open.category("mask");
    let plan = open.plan(&open.file("boxes.csv", CSV));
    let view = &plan.view;
    assert_eq!((view.images, view.new_images, view.new_boxes, view.conflicts), (2, 0, 3, 0));
    assert_eq!((view.new_categories.clone(), view.problems.len(), view.certain), (vec!["Hat".to_owned()], 0, false));
    assert!(open.boxes(open.images[0]).is_empty(), "planning changes nothing");
    let summary = open.apply(&plan, ConflictChoice::KeepMine);
    assert_eq!((summary.added, summary.categories), (3, 1));
    assert_eq!(open.boxes(open.images[0])[1], (Some("Hat".to_owned()), [100.0, 10.0, 150.0, 60.0]));
    assert_eq!(open.boxes(open.images[1]), [(None, [10.0, 10.0, 60.0, 60.0])]);
    assert_eq!(open.project.undo().unwrap().unwrap().step, Step::ImportAnnotations);
    assert!(open.images.iter().all(|image| open.boxes(*image).is_empty()));
    assert_eq!(open.project.categories().unwrap().len(), 1);
}

#[test]
fn importing_twice_adds_nothing_the_second_time() {
    let open = open(&["a.jpg", "b.jpg"]);
    let file = open.file("boxes.csv", CSV);
    open.apply(&open.plan(&file), ConflictChoice::KeepMine);
    let again = open.plan(&file);
    assert_eq!((again.view.new_boxes, again.view.same_boxes, again.view.conflicts), (0, 3, 0));
    assert_eq!(open.apply(&again, ConflictChoice::KeepBoth).added, 0);
}

#[test]
fn a_conflict_is_shown_and_the_choice_decides() {
    let mine = (Some("ffp2".to_owned()), [10.0, 10.0, 60.0, 60.0]);
    let theirs = (Some("mask".to_owned()), [12.0, 10.0, 60.0, 60.0]);
    for (choice, expected) in [
        (ConflictChoice::KeepMine, vec![mine.clone()]),
        (ConflictChoice::TakeTheirs, vec![theirs.clone()]),
        (ConflictChoice::KeepBoth, vec![mine.clone(), theirs]),
    ] {
        let open = open(&["a.jpg"]);
        let category = open.category("ffp2");
        open.draw(open.images[0], 1, mine.1, Some(category));
        let plan = open.plan(&open.file("x.csv", "image,category,xmin,ymin,xmax,ymax\na.jpg,mask,12,10,60,60\n"));
        let conflict = &plan.view.conflict_list[0];
        assert_eq!((conflict.mine.as_deref(), conflict.theirs.as_deref()), (Some("ffp2"), Some("mask")));
        open.apply(&plan, choice);
        assert_eq!(open.boxes(open.images[0]), expected, "{choice:?}");
    }
}

#[test]
fn a_table_with_a_line_of_a_gigabyte_is_refused_after_its_first_megabyte() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("boxes.csv");
    std::fs::write(&path, "image,xmin,ymin,xmax,ymax\n").unwrap();
    // A hole: nothing of it is on the disk.
    std::fs::File::options().write(true).open(&path).unwrap().set_len((1 << 30) - 1).unwrap();
    let error = read_annotations(&path, None, &mut |_| {}, &CancelToken::default()).unwrap_err();
    assert!(error.to_string().contains("boxes.csv: line 2 is at least "), "{error}");
}

#[test]
fn conflicts_are_decided_one_by_one_and_the_rest_together() {
    let open = open(&["a.jpg", "b.jpg"]);
    let category = open.category("ffp2");
    let (first, second) = ([10.0, 10.0, 60.0, 60.0], [100.0, 10.0, 150.0, 60.0]);
    for (n, (image, corners)) in (1..).zip([(0, first), (0, second), (1, first), (1, second)]) {
        open.draw(open.images[image], n, corners, Some(category));
    }
    let rows =
        ["a.jpg,mask,12,10,60,60", "a.jpg,mask,102,10,150,60", "b.jpg,mask,12,10,60,60", "b.jpg,mask,102,10,150,60"];
    let text = format!("image,category,xmin,ymin,xmax,ymax\n{}\n", rows.join("\n"));
    let plan = open.plan(&open.file("x.csv", &text));
    let images: Vec<ImageId> = plan.view.conflict_list.iter().map(|conflict| conflict.image_id).collect();
    assert_eq!(images, [open.images[0], open.images[0], open.images[1], open.images[1]]);
    let each = vec![(1, ConflictChoice::KeepMine), (2, ConflictChoice::KeepBoth)];
    let choices = ConflictChoices { all: ConflictChoice::TakeTheirs, each };
    let summary = open.project.apply_import(&plan, &choices, &mut |_| {}, &CancelToken::default()).unwrap();
    assert_eq!((summary.replaced, summary.added), (2, 1));
    let names = |image: usize| -> Vec<Option<String>> {
        open.boxes(open.images[image]).into_iter().map(|(name, _)| name).collect()
    };
    let (mask, ffp2) = (Some("mask".to_owned()), Some("ffp2".to_owned()));
    assert_eq!(names(0), [mask.clone(), ffp2.clone()]);
    assert_eq!(names(1), [ffp2, mask.clone(), mask]);
}

#[test]
fn a_box_without_category_gets_the_files_and_its_own_identity_stays() {
    let open = open(&["a.jpg"]);
    open.draw(open.images[0], 7, [10.0, 10.0, 60.0, 60.0], None);
    let plan = open.plan(&open.file("boxes.csv", CSV));
    assert_eq!(plan.view.completed_boxes, 1);
    open.apply(&plan, ConflictChoice::KeepMine);
    let first = &open.project.open_image(open.images[0]).unwrap().annotations[0];
    assert!(first.category.is_some() && first.id == AnnotationId::from_uuid(uuid::Uuid::from_u128(7)));
}

#[test]
fn a_plan_that_the_project_has_outgrown_is_refused_and_changes_nothing() {
    let open = open(&["a.jpg", "b.jpg"]);
    open.draw(open.images[0], 7, [10.0, 10.0, 60.0, 60.0], None);
    let plan = open.plan(&open.file("boxes.csv", CSV));
    let (image, revision) = (open.images[0], open.project.open_image(open.images[0]).unwrap().revision);
    let id = AnnotationId::from_uuid(uuid::Uuid::from_u128(7));
    open.project.save_annotations(image, revision, &ChangeSet(vec![AnnotationChange::Remove { id }])).unwrap();
    let refused = open.project.apply_import(&plan, &ConflictChoices::default(), &mut |_| {}, &CancelToken::default());
    assert!(matches!(refused, Err(AppError::Store(_))), "{refused:?}");
    assert!(open.boxes(open.images[1]).is_empty() && open.project.categories().unwrap().is_empty());
}

#[test]
fn a_cancelled_import_changes_nothing() {
    let open = open(&["a.jpg", "b.jpg"]);
    let plan = open.plan(&open.file("boxes.csv", CSV));
    let cancel = CancelToken::default();
    cancel.cancel();
    let summary = open.project.apply_import(&plan, &ConflictChoices::default(), &mut |_| {}, &cancel).unwrap();
    assert!(summary.cancelled && summary.added == 0);
    assert!(open.boxes(open.images[0]).is_empty() && open.project.history().unwrap().undo.is_none());
}

#[test]
fn pictures_that_are_not_found_are_listed_until_their_folder_is_pointed_to() {
    let open = open(&[]);
    let elsewhere = photos(&["a.jpg", "b.jpg"]);
    let file = open.file("boxes.csv", CSV);
    let plan = open.plan(&file);
    assert_eq!((plan.view.missing_images, plan.view.missing_boxes, plan.view.images), (2, 3, 0));
    assert_eq!(plan.view.missing_list[0].path, "a.jpg");
    let options = ImportOptions { folders: vec![elsewhere.path().to_owned()], ..ImportOptions::default() };
    let plan = open.plan_with(&file, &options);
    assert_eq!((plan.view.missing_images, plan.view.new_images, plan.view.new_boxes), (0, 2, 3));
    assert_eq!(open.apply(&plan, ConflictChoice::KeepMine).images, 2);
    let rows = open.project.view().unwrap().images;
    assert_eq!(rows.iter().map(|row| (row.name.as_str(), row.boxes)).collect::<Vec<_>>(), [("a.jpg", 2), ("b.jpg", 1)]);
}

#[test]
fn boxes_over_the_edge_are_cut_and_bad_ones_left_out_with_their_lines() {
    let open = open(&["a.jpg", "broken.jpg"]);
    let text = "image,xmin,ymin,xmax,ymax\na.jpg,150,50,250,90\na.jpg,60,60,10,10\na.jpg,300,10,350,60\na.jpg,nan,1,2,3\n\
                a.jpg,5,5,5,50\nbroken.jpg,1,1,50,50\n";
    let file = open.file("boxes.csv", text);
    let plan = open.plan(&file);
    open.apply(&plan, ConflictChoice::KeepMine);
    let corners: Vec<_> = open.boxes(open.images[0]).into_iter().map(|(_, corners)| corners).collect();
    assert_eq!(corners, [[150.0, 50.0, 200.0, 90.0], [10.0, 10.0, 60.0, 60.0]]);
    let lines: Vec<String> = plan.view.problems.iter().map(ToString::to_string).collect();
    for (line, (place, what)) in lines.iter().zip([
        ("boxes.csv, line 3", "the box is put right"),
        (
            "a.jpg, line 2",
            "found a box from 150, 50 to 250, 90; expected a box inside the picture of 200 × 100 px; it was cut",
        ),
        ("a.jpg, line 4", "found a box from 300, 10 to 350, 60; expected one on the picture of 200 × 100 px"),
        ("a.jpg, line 5", "found a box from NaN, 1 to 2, 3; expected four finite numbers"),
        ("a.jpg, line 6", "expected a width and a height above 0; the box is left out"),
        ("broken.jpg", "cannot be read"),
    ]) {
        assert!(line.contains(place) && line.contains(what), "{line}");
    }
    assert_eq!(lines.len(), 6);
    let coco = "{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"}], \"annotations\": [\n\n{\"image_id\": 1, \"bbox\": [0, 0, 900, 9]}]}";
    let plan = open.plan(&open.file("coco.json", coco));
    assert!(plan.view.problems[0].place.ends_with("a.jpg, annotation 1 (line 3)"), "{:?}", plan.view.problems);
}

#[test]
fn every_format_carries_a_project_into_another_one() {
    let names = ["bild 1.jpg", "ü 漢.jpg", "leer.jpg"];
    for format in Format::ALL {
        let from = open(&names);
        let mask = from.category("Maske, über");
        from.draw(from.images[0], 1, [10.0, 10.0, 60.0, 60.0], Some(mask));
        from.draw(from.images[0], 2, [100.0, 10.0, 150.0, 62.0], None);
        from.draw(from.images[2], 3, [0.0, 0.0, 200.0, 100.0], Some(mask));
        let target = from.folder.path().join("export").join(format.id());
        let summary = from.export(&target, format);
        assert_eq!((summary.boxes, summary.without_category), (3, 1), "{format:?}");
        assert!(summary.problems.is_empty(), "{:?}", summary.problems);

        let exported: Vec<_> = from.images.iter().map(|image| from.boxes(*image)).collect();
        // The other project is on another computer, where these paths lead nowhere.
        for name in names {
            std::fs::remove_file(from.folder.path().join(name)).unwrap();
        }
        let to = open(&names);
        let read = read_annotations(&target, Some(format), &mut |_| {}, &CancelToken::default()).unwrap();
        let plan =
            to.project.plan_import(&read, &ImportOptions::default(), &mut |_| {}, &CancelToken::default()).unwrap();
        assert!(plan.view.problems.is_empty(), "{format:?} {:?}", plan.view.problems);
        assert_eq!((plan.view.new_boxes, plan.view.missing_images), (3, 0), "{format:?}");
        to.apply(&plan, ConflictChoice::KeepMine);
        let imported: Vec<_> = to.images.iter().map(|image| to.boxes(*image)).collect();
        assert_eq!(exported, imported, "{format:?}");
    }
}

#[test]
fn the_format_of_an_exported_file_or_folder_is_detected() {
    let open = open(&["a.jpg"]);
    let mask = open.category("mask");
    open.draw(open.images[0], 1, [10.0, 10.0, 60.0, 60.0], Some(mask));
    for format in Format::ALL {
        let ending = if format.is_folder() { String::new() } else { format!(".{}", format.ending()) };
        let target = open.folder.path().join(format!("export-{}{ending}", format.id()));
        open.export(&target, format);
        let read = read_annotations(&target, None, &mut |_| {}, &CancelToken::default()).unwrap();
        assert_eq!(read.detected.format, format);
    }
}

#[test]
fn an_export_counts_what_it_reads_and_writes_and_ends_at_the_disk() {
    let open = open(&["a.jpg", "b.jpg", "c.jpg"]);
    for format in Format::ALL {
        let target = open.folder.path().join(format!("counted-{}", format.id()));
        let to = ExportFormat { format, byte_order_mark: false };
        let mut told = Vec::new();
        let mut hear = |progress: Progress| told.push((progress.done, progress.total, progress.current));
        open.project.export_annotations(&target, to, &mut hear, &CancelToken::default()).unwrap();
        assert!(told.is_sorted_by_key(|(done, ..)| *done), "{format:?}: {told:?}");
        assert_eq!(told[0].0, 0, "{format:?}");
        assert_eq!(told.last(), Some(&(3, 3, "saving to the disk".to_owned())), "{format:?}");
    }
}

#[test]
fn a_cancelled_export_leaves_the_earlier_one() {
    let open = open(&["a.jpg"]);
    for format in [Format::Coco, Format::Yolo] {
        let target = open.folder.path().join(format!("out-{}", format.id()));
        open.export(&target, format);
        let cancel = CancelToken::default();
        let files = |path: &Path| {
            if path.is_dir() { std::fs::read(path.join("classes.txt")) } else { std::fs::read(path) }.unwrap()
        };
        let before = files(&target);
        open.category(format.id());
        let to = ExportFormat { format, byte_order_mark: false };
        let mut stop = |_| cancel.cancel();
        let summary = open.project.export_annotations(&target, to, &mut stop, &cancel).unwrap();
        assert!(summary.cancelled);
        assert_eq!(files(&target), before, "{format:?}");
    }
}

#[test]
fn categories_are_added_renamed_and_completed_and_never_reordered() {
    let open = open(&["a.jpg"]);
    let (mask, hat) = (open.category("mask"), open.category("Hat"));
    open.draw(open.images[0], 1, [10.0, 10.0, 60.0, 60.0], Some(hat));
    let text =
        "name;colour;hotkey;description\nhat;#010203;h;on the head\nNone;;;\nbeard;;h;\nmask;;;\nbeard;;;\n;;;x\n";
    let plan = open.project.plan_category_import(&open.file("list.csv", text)).unwrap();
    let kinds: Vec<_> = plan.categories.iter().map(|planned| (planned.kind, planned.name.as_str())).collect();
    assert_eq!(
        kinds,
        [
            (PlannedCategoryKind::Renamed, "hat"),
            (PlannedCategoryKind::New, "beard"),
            (PlannedCategoryKind::Unchanged, "mask"),
        ]
    );
    let lines: Vec<String> = plan.problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].contains("line 7") && lines[1].contains("line 4") && lines[2].contains("line 6"), "{lines:?}");
    let changed = open.project.apply_category_import(&plan).unwrap();
    let names: Vec<_> = changed.categories.iter().map(|category| (category.id, category.name.as_str())).collect();
    assert_eq!(names[..2], [(mask, "mask"), (hat, "hat")]);
    assert_eq!((names[2].1, changed.categories[1].description.as_str()), ("beard", "on the head"));
    assert_eq!(open.boxes(open.images[0])[0].0.as_deref(), Some("hat"));
    assert_eq!(open.project.undo().unwrap().unwrap().step, Step::ImportCategories);
    assert_eq!(open.project.categories().unwrap()[1].name, "Hat");
}

#[test]
fn categories_go_out_and_come_back_unchanged() {
    let open = open(&["a.jpg"]);
    let mask = open.category("=Maske \"über\"");
    open.draw(open.images[0], 1, [10.0, 10.0, 60.0, 60.0], Some(mask));
    for name in ["list.json", "list.csv", "list.xlsx"] {
        let path = open.folder.path().join(name);
        assert_eq!(open.project.export_categories(&path).unwrap(), 1);
        let plan = open.project.plan_category_import(&path).unwrap();
        assert_eq!(plan.categories[0].kind, PlannedCategoryKind::Unchanged, "{name}");
    }
    assert!(open.project.export_categories(&open.folder.path().join("list.pdf")).is_err());
}
