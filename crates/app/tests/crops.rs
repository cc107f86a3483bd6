//! Crop and save, auto-crop and unprocessed photos, with fake pictures and real folders.
#![allow(clippy::unwrap_used)]

mod common;

use std::{path::Path, sync::Arc};

use bauta_app::{
    ComparedBy, CropSummary, CropTarget, DetectOptions, Project, UnprocessedSummary, autocrop_folder, find_unprocessed,
};
use bauta_domain::{AnnotationChange, AnnotationId, ChangeSet, CropShape, ports::CancelToken};
use common::{Fakes, adapters, bbox, face, photos};

fn autocrop(fakes: &Arc<Fakes>, raw: &Path, target: &CropTarget) -> Result<CropSummary, String> {
    let options = DetectOptions::new("fake");
    let done = autocrop_folder(&adapters(fakes), raw, target, &options, &mut |_| {}, &CancelToken::default());
    done.map(|(summary, _)| summary).map_err(|error| error.full_message())
}

fn unprocessed(raw: &Path, cropped: &Path, out: &Path) -> UnprocessedSummary {
    let fakes = Arc::new(Fakes::default());
    find_unprocessed(&adapters(&fakes), (raw, cropped, out), &mut |_| {}, &CancelToken::default()).unwrap()
}

fn figures(summary: &CropSummary) -> [u32; 4] {
    [summary.written, summary.updated, summary.unchanged, summary.removed]
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn two_faces(fakes: &Fakes) {
    *fakes.faces.lock().unwrap() = vec![face(10.0, 10.0, 60.0, 60.0, 0.9), face(100.0, 10.0, 150.0, 60.0, 0.8)];
}

/// Photos that differ in content, as photos do.
fn raw(files: &[&str]) -> tempfile::TempDir {
    let folder = photos(files);
    files.iter().for_each(|name| std::fs::write(folder.path().join(name), name).unwrap());
    folder
}

#[test]
fn a_second_run_doubles_nothing_and_a_changed_one_removes_only_what_it_wrote() {
    let (fakes, raw, out) = (Arc::new(Fakes::default()), raw(&["a.jpg"]), tempfile::tempdir().unwrap());
    let target = CropTarget::new(out.path().join("crops"));
    two_faces(&fakes);
    assert_eq!(figures(&autocrop(&fakes, raw.path(), &target).unwrap()), [2, 0, 0, 0]);
    assert_eq!(figures(&autocrop(&fakes, raw.path(), &target).unwrap()), [0, 0, 2, 0]);
    assert_eq!(names(&target.folder), ["a__10-10-60-60.png", "a__100-10-150-60.png", "manifest.csv"]);

    // Other settings: made anew. Other faces: the old crop goes, what somebody else put there stays.
    std::fs::write(target.folder.join("mine.png"), b"mine").unwrap();
    let smaller = CropTarget { shape: CropShape { side: 64, ..target.shape }, ..target.clone() };
    assert_eq!(figures(&autocrop(&fakes, raw.path(), &smaller).unwrap()), [2, 2, 0, 0]);
    std::fs::write(raw.path().join("a.jpg"), b"retouched").unwrap();
    fakes.faces.lock().unwrap().pop();
    assert_eq!(figures(&autocrop(&fakes, raw.path(), &smaller).unwrap()), [0, 0, 1, 1]);
    assert_eq!(names(&target.folder), ["a__10-10-60-60.png", "manifest.csv", "mine.png"]);
}

#[test]
fn a_crop_that_somebody_changed_is_neither_replaced_nor_removed() {
    let (fakes, raw, out) = (Arc::new(Fakes::default()), raw(&["a.jpg"]), tempfile::tempdir().unwrap());
    let target = CropTarget::new(out.path().to_owned());
    two_faces(&fakes);
    autocrop(&fakes, raw.path(), &target).unwrap();
    let edited = out.path().join("a__10-10-60-60.png");
    std::fs::write(&edited, b"painted over").unwrap();
    let again = autocrop(&fakes, raw.path(), &target).unwrap();
    assert_eq!((figures(&again), again.problems.len()), ([0, 0, 1, 0], 1));
    assert!(again.problems[0].message.contains("left as it is"), "{:?}", again.problems);
    fakes.faces.lock().unwrap().clear();
    std::fs::write(raw.path().join("a.jpg"), b"retouched").unwrap();
    autocrop(&fakes, raw.path(), &target).unwrap();
    assert_eq!(std::fs::read(&edited).unwrap(), b"painted over");
}

#[test]
fn a_run_that_was_stopped_goes_on_where_it_was_and_half_a_line_does_no_harm() {
    let (fakes, raw, out) = (Arc::new(Fakes::default()), raw(&["a.jpg", "b.jpg"]), tempfile::tempdir().unwrap());
    let target = CropTarget::new(out.path().to_owned());
    two_faces(&fakes);
    autocrop(&fakes, raw.path(), &target).unwrap();
    // As if killed: one crop has a line and no file, and the last line is half there.
    std::fs::remove_file(out.path().join("b__10-10-60-60.png")).unwrap();
    let manifest = out.path().join("manifest.csv");
    let mut text = std::fs::read_to_string(&manifest).unwrap();
    text.push_str("c__1-2-3-4.png,/nowhe");
    std::fs::write(&manifest, text).unwrap();
    assert_eq!(figures(&autocrop(&fakes, raw.path(), &target).unwrap()), [1, 0, 3, 0]);
    let text = std::fs::read_to_string(&manifest).unwrap();
    assert!(text.lines().count() == 5 && !text.contains("nowhe"), "{text}");
}

#[test]
fn a_photo_in_which_nothing_was_found_is_looked_at_once() {
    let (fakes, raw, out) = (Arc::new(Fakes::default()), raw(&["a.jpg", "broken.jpg"]), tempfile::tempdir().unwrap());
    let target = CropTarget::new(out.path().to_owned());
    let look = || {
        let options = DetectOptions::new("fake");
        autocrop_folder(&adapters(&fakes), raw.path(), &target, &options, &mut |_| {}, &CancelToken::default()).unwrap()
    };
    let (summary, without_face) = look();
    assert_eq!((without_face.len(), summary.problems.len()), (1, 1));
    two_faces(&fakes);
    assert_eq!(figures(&look().0), [0; 4]);
}

#[test]
fn faces_below_the_least_size_are_left_out() {
    let (fakes, raw, out) = (Arc::new(Fakes::default()), raw(&["a.jpg"]), tempfile::tempdir().unwrap());
    *fakes.faces.lock().unwrap() = vec![face(0.0, 0.0, 39.0, 20.0, 0.9), face(100.0, 10.0, 140.0, 40.0, 0.8)];
    let options = DetectOptions { min_face: 40.0, ..DetectOptions::new("fake") };
    let target = CropTarget::new(out.path().to_owned());
    let done = autocrop_folder(&adapters(&fakes), raw.path(), &target, &options, &mut |_| {}, &CancelToken::default());
    assert_eq!(done.unwrap().0.written, 1);
}

#[test]
fn folders_that_would_do_harm_are_refused_with_the_remedy() {
    let (fakes, raw) = (Arc::new(Fakes::default()), raw(&["a.jpg"]));
    two_faces(&fakes);
    let inside = autocrop(&fakes, raw.path(), &CropTarget::new(raw.path().join("new/crops"))).unwrap_err();
    assert!(inside.contains("lies inside the folder of photos") && inside.contains("beside it"), "{inside}");
    assert_eq!(names(raw.path()), ["a.jpg"]);
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("manifest.csv"), "path,label\nx,y\n").unwrap();
    let foreign = autocrop(&fakes, raw.path(), &CropTarget::new(other.path().to_owned())).unwrap_err();
    assert!(foreign.contains("manifest.csv") && foreign.contains("another table"), "{foreign}");
    assert_eq!(std::fs::read_to_string(other.path().join("manifest.csv")).unwrap(), "path,label\nx,y\n");
    let file = other.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let taken = autocrop(&fakes, raw.path(), &CropTarget::new(file)).unwrap_err();
    assert!(taken.contains("there is a file of that name"), "{taken}");
}

#[test]
fn a_folder_that_vanishes_stops_the_run_and_the_next_one_goes_on() {
    let names: Vec<String> = (0..60).map(|n| format!("{n}.jpg")).collect();
    let raw = raw(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let (fakes, out) = (Arc::new(Fakes::default()), tempfile::tempdir().unwrap());
    let target = CropTarget::new(out.path().join("crops"));
    two_faces(&fakes);
    let moved = out.path().join("unplugged");
    let mut progress = |at: bauta_app::Progress| {
        if at.done == 0 {
            std::fs::rename(&target.folder, &moved).unwrap();
        }
    };
    let (options, never) = (DetectOptions::new("fake"), CancelToken::default());
    let error = autocrop_folder(&adapters(&fakes), raw.path(), &target, &options, &mut progress, &never).unwrap_err();
    assert!(error.to_string().contains("the folder is gone"), "{error}");
    assert!(!target.folder.exists(), "nothing is written where the disk was");
    std::fs::rename(&moved, &target.folder).unwrap();
    assert_eq!(autocrop(&fakes, raw.path(), &target).unwrap().written, 120);
}

#[test]
fn moving_a_box_moves_its_crop_and_another_category_another_folder() {
    let (fakes, raw, out) = (Arc::new(Fakes::default()), raw(&["a.jpg"]), tempfile::tempdir().unwrap());
    let project = Project::create(&raw.path().join("p.bauta"), adapters(&fakes)).unwrap();
    let image = project.add_folder(raw.path()).unwrap().project.images[0].id;
    let categories = ["one", "two"].map(|name| project.add_category(name).unwrap().categories.pop().unwrap().id);
    let id = AnnotationId::from_uuid(uuid::Uuid::from_u128(1));
    let save = |change| {
        let revision = project.open_image(image).unwrap().revision;
        project.save_annotations(image, revision, &ChangeSet(vec![change])).unwrap();
        let target = CropTarget::new(out.path().to_owned());
        figures(&project.save_crops(&target, &mut |_| {}, &CancelToken::default()).unwrap())
    };
    let add = AnnotationChange::Add { id, bbox: bbox(10.0, 10.0, 60.0, 60.0), category: Some(categories[0]) };
    assert_eq!(save(add), [1, 0, 0, 0]);
    assert_eq!(save(AnnotationChange::SetBox { id, bbox: bbox(20.0, 10.0, 60.0, 60.0) }), [1, 0, 0, 1]);
    assert_eq!(names(&out.path().join("one")), ["a__20-10-60-60.png"]);
    assert_eq!(save(AnnotationChange::SetCategory { id, category: Some(categories[1]) }), [1, 0, 0, 1]);
    assert_eq!(names(out.path()), ["manifest.csv", "two"], "the emptied folder goes too");
    assert_eq!(save(AnnotationChange::Remove { id }), [0, 0, 0, 1]);
}

#[test]
fn photos_without_a_crop_are_copied_once_and_nothing_is_overwritten() {
    let (fakes, raw, out) = (Arc::new(Fakes::default()), raw(&["a.jpg", "b.jpg"]), tempfile::tempdir().unwrap());
    let (crops, rest) = (out.path().join("crops"), out.path().join("rest"));
    two_faces(&fakes);
    autocrop(&fakes, raw.path(), &CropTarget::new(crops.clone())).unwrap();
    std::fs::write(raw.path().join("c.jpg"), b"c").unwrap();
    // A photo that was renamed since is known by its contents.
    std::fs::rename(raw.path().join("a.jpg"), raw.path().join("z.jpg")).unwrap();
    let first = unprocessed(raw.path(), &crops, &rest);
    assert_eq!((first.compared_by, first.processed, first.copied), (ComparedBy::Manifest, 2, 1));
    assert_eq!((names(&rest), names(raw.path()).len()), (vec!["c.jpg".to_owned()], 3));
    assert_eq!(unprocessed(raw.path(), &crops, &rest).already, 1);
    std::fs::write(rest.join("c.jpg"), b"other").unwrap();
    assert_eq!(unprocessed(raw.path(), &crops, &rest).problems.len(), 1);
    assert_eq!(std::fs::read(rest.join("c.jpg")).unwrap(), b"other");
}

#[test]
fn without_a_manifest_contents_and_names_tell() {
    let (raw, out) = (raw(&["a.jpg", "b.jpg", "c.jpg"]), tempfile::tempdir().unwrap());
    let crops = out.path().join("crops");
    std::fs::create_dir(&crops).unwrap();
    std::fs::write(crops.join("a_face0.jpg"), b"crop").unwrap();
    std::fs::copy(raw.path().join("b.jpg"), crops.join("sorted.jpg")).unwrap();
    let summary = unprocessed(raw.path(), &crops, &out.path().join("rest"));
    assert_eq!((summary.compared_by, summary.processed, summary.copied), (ComparedBy::Names, 2, 1));
    assert_eq!(names(&out.path().join("rest")), ["c.jpg"]);
}

#[test]
fn copying_stops_when_the_folder_vanishes_and_goes_on_when_it_is_back() {
    let names: Vec<String> = (0..60).map(|n| format!("{n}.jpg")).collect();
    let raw = raw(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let (fakes, out) = (Arc::new(Fakes::default()), tempfile::tempdir().unwrap());
    let (crops, rest, moved) = (out.path().join("crops"), out.path().join("rest"), out.path().join("unplugged"));
    std::fs::create_dir(&crops).unwrap();
    let mut progress = |at: bauta_app::Progress| {
        if at.done == 0 {
            std::fs::rename(&rest, &moved).unwrap();
        }
    };
    let (folders, never) = ((raw.path(), crops.as_path(), rest.as_path()), CancelToken::default());
    let error = find_unprocessed(&adapters(&fakes), folders, &mut progress, &never).unwrap_err().to_string();
    assert!(error.contains("the folder is gone") && error.contains("goes on from there"), "{error}");
    assert!(!rest.exists(), "nothing is written where the disk was");
    std::fs::rename(&moved, &rest).unwrap();
    let done = unprocessed(raw.path(), &crops, &rest);
    assert_eq!((done.copied, names.len()), (60, 60));
}

#[test]
fn a_folder_of_fifty_thousand_files_is_cropped_in_bounded_steps() {
    const FILES: u32 = 50_000;
    let (fakes, folder, out) = (Arc::new(Fakes::default()), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for n in 0..FILES {
        std::fs::write(folder.path().join(format!("{n}.jpg")), n.to_le_bytes()).unwrap();
    }
    let target = CropTarget::new(out.path().join("crops"));
    let (options, mut told) = (DetectOptions::new("fake"), Vec::new());
    let mut progress = |at: bauta_app::Progress| told.push((at.done, at.total));
    let never = CancelToken::default();
    let done = autocrop_folder(&adapters(&fakes), folder.path(), &target, &options, &mut progress, &never).unwrap();
    // Each has its line in the list, so that the next run looks at none again.
    let lines = std::fs::read_to_string(target.folder.join("manifest.csv")).unwrap().lines().count();
    assert_eq!((done.1.len(), lines), (FILES as usize, FILES as usize + 1));
    assert_eq!(told.last(), Some(&(FILES as usize, FILES as usize)));
    assert!(told.len() < FILES as usize, "not one message a file");
}
