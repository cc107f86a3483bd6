//! Crops that are saved again: after photos were moved, after people sorted and deleted crops, beside crops of
//! another kind.
#![allow(clippy::unwrap_used)]

mod common;

use std::{path::Path, sync::Arc};

use bauta_app::{
    CropSummary, CropTarget, DetectOptions, Project, UnprocessedSummary, autocrop_folder, find_unprocessed,
};
use bauta_domain::{AnnotationChange, AnnotationId, ChangeSet, CropShape, ports::CancelToken};
use common::{Fakes, adapters, bbox, face};

/// A folder in which photos and crops lie side by side, and a detector that finds two faces on each photo.
struct Desk {
    fakes: Arc<Fakes>,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let fakes = Arc::new(Fakes::default());
        *fakes.faces.lock().unwrap() = vec![face(10.0, 10.0, 60.0, 60.0, 0.9), face(100.0, 10.0, 150.0, 60.0, 0.8)];
        Self { fakes, folder: tempfile::tempdir().unwrap() }
    }

    fn at(&self, place: &str) -> std::path::PathBuf {
        self.folder.path().join(place)
    }

    fn photo(&self, place: &str, contents: &str) {
        std::fs::create_dir_all(self.at(place).parent().unwrap()).unwrap();
        std::fs::write(self.at(place), contents).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        std::fs::create_dir_all(self.at(to).parent().unwrap()).unwrap();
        std::fs::rename(self.at(from), self.at(to)).unwrap();
    }

    fn try_autocrop(&self, photos: &Path, target: &CropTarget) -> Result<CropSummary, String> {
        let options = DetectOptions::new("fake");
        let (adapters, never) = (adapters(&self.fakes), CancelToken::default());
        let done = autocrop_folder(&adapters, photos, target, &options, &mut |_| {}, &never);
        done.map(|(summary, _)| summary).map_err(|error| error.full_message())
    }

    /// Written, replaced, unchanged, removed and deleted crops.
    fn autocrop(&self, photos: &str) -> [u32; 5] {
        figures(&self.try_autocrop(&self.at(photos), &self.target()).unwrap())
    }

    fn target(&self) -> CropTarget {
        CropTarget::new(self.at("crops"))
    }

    fn unprocessed(&self, photos: &str, crops: &str) -> UnprocessedSummary {
        let out = self.at("rest");
        let (adapters, never) = (adapters(&self.fakes), CancelToken::default());
        let folders = (self.at(photos), self.at(crops));
        find_unprocessed(&adapters, (&folders.0, &folders.1, &out), &mut |_| {}, &never).unwrap()
    }

    fn crops(&self) -> Vec<String> {
        below(&self.at("crops"), "")
    }
}

fn figures(summary: &CropSummary) -> [u32; 5] {
    assert_eq!(summary.problems, []);
    [summary.written, summary.updated, summary.unchanged, summary.removed, summary.deleted]
}

/// The pictures below a folder.
fn below(folder: &Path, before: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = format!("{before}{}", entry.file_name().into_string().unwrap());
        if entry.path().is_dir() {
            found.extend(below(&entry.path(), &format!("{name}/")));
        } else if name.ends_with(".png") {
            found.push(name);
        }
    }
    found.sort();
    found
}

#[cfg(unix)]
#[test]
fn however_the_folder_of_photos_is_spelled_its_crops_are_the_same() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    assert_eq!(desk.autocrop("ph"), [2, 0, 0, 0, 0]);
    std::os::unix::fs::symlink(desk.at("ph"), desk.at("link")).unwrap();
    for spelling in ["./ph/", "ph/../ph", "link"] {
        assert_eq!(desk.autocrop(spelling), [0, 0, 2, 0, 0], "{spelling}");
    }
    // Rows of a version that wrote paths as they were typed.
    let manifest = desk.at("crops/manifest.csv");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let real = desk.at("ph").canonicalize().unwrap();
    let old = text.replace(real.to_str().unwrap(), "ph");
    assert_ne!(old, text);
    std::fs::write(&manifest, old).unwrap();
    assert_eq!(desk.autocrop("ph"), [0, 0, 2, 0, 0]);
    assert_eq!(std::fs::read_to_string(&manifest).unwrap(), text, "paths are absolute again");
}

#[test]
fn photos_whose_folder_was_renamed_are_known_by_their_contents() {
    let desk = Desk::new();
    desk.photo("ph/x/img.jpg", "one");
    desk.photo("ph/y/img.jpg", "two");
    assert_eq!(desk.autocrop("ph"), [4, 0, 0, 0, 0]);
    let before = desk.crops();
    desk.rename("ph", "moved");
    assert_eq!(desk.autocrop("moved"), [0, 0, 4, 0, 0]);
    assert_eq!(desk.autocrop("moved"), [0, 0, 4, 0, 0], "and from then on by their new places");
    // Now the manifest names the new places: another size replaces.
    let smaller = CropTarget { shape: CropShape { side: 64, ..CropShape::default() }, ..desk.target() };
    assert_eq!(figures(&desk.try_autocrop(&desk.at("moved"), &smaller).unwrap()), [4, 4, 0, 0, 0]);
    assert_eq!(desk.crops(), before);
}

#[test]
fn the_crops_of_a_photo_that_is_away_stay_when_another_of_its_name_comes() {
    let desk = Desk::new();
    desk.photo("a/img.jpg", "one");
    desk.photo("b/img.jpg", "another");
    desk.autocrop("a");
    desk.rename("a", "away");
    assert_eq!(desk.autocrop("b"), [2, 0, 0, 0, 0]);
    assert_eq!(desk.crops().len(), 4);
}

#[test]
fn crops_that_were_sorted_by_hand_are_found_and_stay_sorted() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    desk.photo("ph/b.jpg", "b");
    desk.autocrop("ph");
    desk.rename("crops/a__10-10-60-60.png", "crops/ffp2/a__10-10-60-60.png");
    desk.rename("crops/a__100-10-150-60.png", "crops/no mask/women/a__100-10-150-60.png");
    desk.rename("crops/b__10-10-60-60.png", "crops/ffp2/by another name.png");
    assert_eq!(desk.unprocessed("ph", "crops").processed, 2);
    assert_eq!(desk.autocrop("ph"), [0, 0, 4, 0, 0]);
    assert_eq!(desk.autocrop("ph"), [0, 0, 4, 0, 0]);
    assert_eq!(desk.crops().len(), 4);
    // Replaced where they lie, also when the detector draws the box a little otherwise.
    *desk.fakes.faces.lock().unwrap() = vec![face(12.0, 10.0, 60.0, 60.0, 0.9), face(100.0, 10.0, 150.0, 60.0, 0.8)];
    let smaller = CropTarget { shape: CropShape { side: 64, ..CropShape::default() }, ..desk.target() };
    desk.try_autocrop(&desk.at("ph"), &smaller).unwrap();
    let sorted = ["b__100-10-150-60.png", "ffp2/a__12-10-60-60.png", "ffp2/b__12-10-60-60.png"];
    assert_eq!(desk.crops(), [&sorted[..], &["no mask/women/a__100-10-150-60.png"]].concat());
}

#[test]
fn a_crop_that_was_deleted_stays_away_until_it_is_asked_for() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    desk.photo("ph/b.jpg", "b");
    desk.autocrop("ph");
    for crop in ["a__100-10-150-60.png", "b__10-10-60-60.png", "b__100-10-150-60.png"] {
        std::fs::remove_file(desk.at("crops").join(crop)).unwrap();
    }
    assert_eq!(desk.autocrop("ph"), [0, 0, 1, 0, 3]);
    assert_eq!(desk.autocrop("ph"), [0, 0, 1, 0, 3]);
    assert_eq!(desk.unprocessed("ph", "crops").processed, 1, "all crops of the other photo were wrong");
    // Other settings find the same faces, a little otherwise.
    *desk.fakes.faces.lock().unwrap() = vec![face(10.0, 10.0, 60.0, 60.0, 0.9), face(101.0, 10.0, 150.0, 60.0, 0.8)];
    let smaller = CropTarget { shape: CropShape { side: 64, ..CropShape::default() }, ..desk.target() };
    let run = |target: &CropTarget| figures(&desk.try_autocrop(&desk.at("ph"), target).unwrap());
    assert_eq!(run(&smaller), [1, 1, 0, 0, 3]);
    assert_eq!(run(&smaller), [0, 0, 1, 0, 3]);
    assert_eq!(desk.crops(), ["a__10-10-60-60.png"]);
    assert_eq!(run(&CropTarget { again: true, ..smaller }), [3, 0, 1, 0, 0]);
    assert_eq!(desk.crops().len(), 4);
}

#[test]
fn crops_that_a_killed_run_did_not_come_to_write_are_written_by_the_next() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    desk.autocrop("ph");
    std::fs::remove_file(desk.at("crops/a__10-10-60-60.png")).unwrap();
    let confirmed = std::fs::metadata(desk.at("crops/manifest.csv")).unwrap().len();
    desk.photo("ph/b.jpg", "b");
    desk.autocrop("ph");
    // As if killed in the second run: its lines are there, its marker, and one of its files.
    std::fs::remove_file(desk.at("crops/b__10-10-60-60.png")).unwrap();
    std::fs::write(desk.at("crops/.bauta-crops.running"), confirmed.to_string()).unwrap();
    assert_eq!(desk.autocrop("ph"), [1, 0, 2, 0, 1], "the crop that was deleted before stays away");
    assert!(!desk.at("crops/.bauta-crops.running").exists());
}

#[test]
fn a_second_run_at_the_same_time_is_refused() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    let mut refused = None;
    let (options, never) = (DetectOptions::new("fake"), CancelToken::default());
    let mut progress = |_| refused = Some(desk.try_autocrop(&desk.at("ph"), &desk.target()).unwrap_err());
    autocrop_folder(&adapters(&desk.fakes), &desk.at("ph"), &desk.target(), &options, &mut progress, &never).unwrap();
    let refused = refused.unwrap();
    assert!(refused.contains("another run is saving crops in this folder; wait"), "{refused}");
    assert_eq!(desk.autocrop("ph"), [0, 0, 2, 0, 0], "afterwards the folder is free");
}

/// A project with the photos of `ph` in which the first has a box of a category.
fn project(desk: &Desk, boxes: &[bauta_domain::BoundingBox]) -> Project {
    let project = Project::create(&desk.at("p.bauta"), adapters(&desk.fakes)).unwrap();
    let image = project.add_folder(&desk.at("ph")).unwrap().project.images[0].id;
    let category = project.add_category("one").unwrap().categories.pop().unwrap().id;
    let add = |(n, bbox): (u128, &bauta_domain::BoundingBox)| AnnotationChange::Add {
        id: AnnotationId::from_uuid(uuid::Uuid::from_u128(n)),
        bbox: *bbox,
        category: Some(category),
    };
    let changes = ChangeSet((1..).zip(boxes).map(add).collect());
    project.save_annotations(image, project.open_image(image).unwrap().revision, &changes).unwrap();
    project
}

fn save(project: &Project, target: &CropTarget) -> [u32; 5] {
    figures(&project.save_crops(target, &mut |_| {}, &CancelToken::default()).unwrap())
}

#[test]
fn auto_crop_and_crop_and_save_share_a_folder_and_leave_each_other_alone() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    desk.photo("ph/b.jpg", "b");
    let project = project(&desk, &[bbox(20.0, 20.0, 80.0, 80.0)]);
    for (auto, saved) in [([4, 0, 0, 0, 0], [1, 0, 0, 0, 0]), ([0, 0, 4, 0, 0], [0, 0, 1, 0, 0])] {
        assert_eq!(desk.autocrop("ph"), auto);
        assert_eq!(save(&project, &desk.target()), saved);
    }
    assert_eq!(desk.crops().len(), 5);
}

#[test]
fn crops_of_a_project_that_were_sorted_by_hand_stay_and_deleted_ones_come_back() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    let project = project(&desk, &[bbox(20.0, 20.0, 80.0, 80.0), bbox(100.0, 20.0, 180.0, 80.0)]);
    assert_eq!(save(&project, &desk.target()), [2, 0, 0, 0, 0]);
    desk.rename("crops/one/a__20-20-80-80.png", "crops/doubtful/a__20-20-80-80.png");
    std::fs::remove_file(desk.at("crops/one/a__100-20-180-80.png")).unwrap();
    assert_eq!(save(&project, &desk.target()), [1, 0, 1, 0, 0]);
    assert_eq!(desk.crops(), ["doubtful/a__20-20-80-80.png", "one/a__100-20-180-80.png"]);
}

#[test]
fn a_photo_named_like_a_numbered_crop_keeps_its_crops() {
    let desk = Desk::new();
    desk.photo("ph/x.jpg", "x");
    desk.photo("ph/x-2.jpg", "x-2");
    *desk.fakes.faces.lock().unwrap() = vec![face(10.0, 10.0, 60.0, 60.0, 0.9), face(10.2, 10.2, 60.2, 60.2, 0.8)];
    assert_eq!(desk.autocrop("ph"), [4, 0, 0, 0, 0]);
    assert_eq!(desk.autocrop("ph"), [0, 0, 4, 0, 0]);
    let names = ["x-2__10-10-60-60-2.png", "x-2__10-10-60-60.png", "x__10-10-60-60-2.png", "x__10-10-60-60.png"];
    assert_eq!(desk.crops(), names);
}

#[test]
fn crops_of_a_project_do_not_go_among_its_photos() {
    let desk = Desk::new();
    desk.photo("ph/sub/a.jpg", "a");
    let project = project(&desk, &[bbox(20.0, 20.0, 80.0, 80.0)]);
    for around in ["ph/sub", "ph"] {
        let target = CropTarget::new(desk.at(around));
        let refused = project.save_crops(&target, &mut |_| {}, &CancelToken::default()).unwrap_err().to_string();
        assert!(
            refused.contains("holds photos of the project") && refused.contains("choose a new folder"),
            "{refused}"
        );
    }
    assert_eq!(std::fs::read_dir(desk.at("ph/sub")).unwrap().count(), 1, "nothing was written");
    assert_eq!(save(&project, &CropTarget::new(desk.at("ph/crops"))), [1, 0, 0, 0, 0]);
}

#[test]
fn crops_of_manifests_further_down_and_crops_beside_them_count_for_finding_unprocessed() {
    let desk = Desk::new();
    for name in ["a", "b", "c", "d"] {
        desk.photo(&format!("ph/{name}.jpg"), name);
    }
    let first = CropTarget::new(desk.at("all/auto"));
    desk.photo("few/a.jpg", "a");
    desk.try_autocrop(&desk.at("few"), &first).unwrap();
    desk.photo("all/auto/b by hand.png", "cut in another program");
    desk.photo("all/c.png", "c");
    let found = desk.unprocessed("ph", "all");
    assert_eq!((found.processed, found.copied), (3, 1));
    assert_eq!(found.compared_by, bauta_app::ComparedBy::Manifest);
    assert!(desk.at("rest/d.jpg").is_file());
}

#[test]
fn auto_crop_unprocessed_by_hand_crop_leaves_no_photo_unprocessed() {
    let desk = Desk::new();
    desk.photo("found/a.jpg", "a");
    desk.autocrop("found");
    // What the detector does not see on the others.
    desk.photo("raw/a.jpg", "a");
    desk.photo("raw/hard.jpg", "hard");
    desk.fakes.faces.lock().unwrap().clear();
    desk.autocrop("raw");
    let found = desk.unprocessed("raw", "crops");
    assert_eq!((found.processed, found.copied), (1, 1));
    desk.rename("rest", "ph");
    let project = project(&desk, &[bbox(20.0, 20.0, 80.0, 80.0)]);
    assert_eq!(save(&project, &desk.target()), [1, 0, 0, 0, 0]);
    let found = desk.unprocessed("raw", "crops");
    assert_eq!((found.processed, found.copied), (2, 0));
}

#[test]
fn a_file_where_a_folder_of_crops_belongs_is_named() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    desk.photo("crops/one", "no folder");
    let project = project(&desk, &[bbox(20.0, 20.0, 80.0, 80.0)]);
    let stopped = project.save_crops(&desk.target(), &mut |_| {}, &CancelToken::default()).unwrap_err().to_string();
    assert!(stopped.contains("saving crops stopped after 0"), "{stopped}");
    let file = desk.at("crops/one").display().to_string();
    assert!(stopped.contains(&format!("{file} is a file where a folder for crops belongs")), "{stopped}");
}

#[cfg(unix)]
#[test]
fn pipes_and_dangling_links_are_left_out_and_said_with_the_remedy() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    let made = std::process::Command::new("mkfifo").arg(desk.at("ph/pipe.jpg")).status().unwrap();
    assert!(made.success());
    std::os::unix::fs::symlink("nowhere.jpg", desk.at("ph/link.jpg")).unwrap();
    let summary = desk.try_autocrop(&desk.at("ph"), &desk.target()).unwrap();
    let mut said: Vec<String> = summary.problems.iter().map(|problem| problem.message.clone()).collect();
    said.sort();
    assert_eq!((summary.photos, summary.unreadable, summary.written), (3, 2, 2));
    let found = desk.unprocessed("ph", "crops");
    let mut again: Vec<String> = found.problems.iter().map(|problem| problem.message.clone()).collect();
    again.sort();
    assert_eq!(said, again);
    assert!(said[0].contains("found a device or a pipe; move it away"), "{said:?}");
    assert!(said[1].contains("a link to a file that does not exist; mend the link"), "{said:?}");
}

/// The rows of the manifest: the crop, the file name of its photo, and the contents of that photo.
fn sources(desk: &Desk) -> Vec<(String, String)> {
    let manifest = std::fs::read_to_string(desk.at("crops/manifest.csv")).unwrap();
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        (fields[0].to_owned(), std::fs::read_to_string(fields[1]).unwrap_or_default())
    };
    manifest.lines().skip(1).map(row).collect()
}

#[test]
fn crops_of_photos_that_swapped_their_names_follow_the_contents() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "one");
    desk.photo("ph/b.jpg", "two");
    desk.fakes.faces.lock().unwrap().pop();
    assert_eq!(desk.autocrop("ph"), [2, 0, 0, 0, 0]);
    desk.rename("crops/a__10-10-60-60.png", "crops/ffp2/a__10-10-60-60.png");
    desk.rename("ph/a.jpg", "ph/c.jpg");
    desk.rename("ph/b.jpg", "ph/a.jpg");
    desk.rename("ph/c.jpg", "ph/b.jpg");
    for _ in 0..2 {
        assert_eq!(desk.autocrop("ph"), [0, 0, 2, 0, 0], "nothing is made, replaced or removed");
        let expected = [("b__10-10-60-60.png", "two"), ("ffp2/a__10-10-60-60.png", "one")];
        assert_eq!(sources(&desk), expected.map(|(crop, photo)| (crop.to_owned(), photo.to_owned())));
    }
}

#[test]
fn a_photo_that_took_the_name_of_another_gets_crops_of_its_own() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "one");
    desk.fakes.faces.lock().unwrap().pop();
    assert_eq!(desk.autocrop("ph"), [1, 0, 0, 0, 0]);
    desk.rename("ph/a.jpg", "ph/old.jpg");
    desk.photo("ph/a.jpg", "new");
    for figures in [[1, 0, 1, 0, 0], [0, 0, 2, 0, 0]] {
        assert_eq!(desk.autocrop("ph"), figures);
        let expected = [("a__10-10-60-60.png", "one"), ("ph_a__10-10-60-60.png", "new")];
        assert_eq!(sources(&desk), expected.map(|(crop, photo)| (crop.to_owned(), photo.to_owned())));
    }
}

#[test]
fn a_name_that_went_round_three_photos_with_one_edited_keeps_the_other_two() {
    let desk = Desk::new();
    for (name, contents) in [("a", "one"), ("b", "two"), ("c", "three")] {
        desk.photo(&format!("ph/{name}.jpg"), contents);
    }
    desk.fakes.faces.lock().unwrap().pop();
    assert_eq!(desk.autocrop("ph"), [3, 0, 0, 0, 0]);
    for (name, contents) in [("a", "two"), ("b", "one"), ("c", "three, edited")] {
        desk.photo(&format!("ph/{name}.jpg"), contents);
    }
    // The same bytes again: the fake cropper draws all alike.
    assert_eq!(desk.autocrop("ph"), [0, 0, 3, 0, 0]);
    let expected = [("a", "one"), ("b", "two"), ("c", "three, edited")];
    let crop = |(name, photo): (&str, &str)| (format!("{name}__10-10-60-60.png"), photo.to_owned());
    assert_eq!(sources(&desk), expected.map(crop));
}

/// A second project, in its own file, with the photos of `ph`.
fn second_project(desk: &Desk, boxes: &[bauta_domain::BoundingBox]) -> Project {
    std::fs::rename(desk.at("p.bauta"), desk.at("first.bauta")).unwrap();
    project(desk, boxes)
}

#[test]
fn two_projects_with_a_photo_and_a_folder_in_common_leave_each_others_crops_alone() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    drop(project(&desk, &[bbox(20.0, 20.0, 80.0, 80.0), bbox(100.0, 20.0, 180.0, 80.0)]));
    drop(second_project(&desk, &[bbox(20.0, 20.0, 80.0, 80.0)]));
    let open = |name: &str| Project::open(&desk.at(name), adapters(&desk.fakes)).unwrap();
    let smaller = CropTarget { shape: CropShape { side: 64, ..CropShape::default() }, ..desk.target() };
    assert_eq!(save(&open("first.bauta"), &desk.target()), [2, 0, 0, 0, 0]);
    // The same box in another size: a crop of its own instead of the other's.
    assert_eq!(save(&open("p.bauta"), &smaller), [1, 0, 0, 0, 0]);
    let all = ["one/a__100-20-180-80.png", "one/a__20-20-80-80-2.png", "one/a__20-20-80-80.png"];
    assert_eq!(desk.crops(), all);
    for _ in 0..2 {
        assert_eq!(save(&open("first.bauta"), &desk.target()), [0, 0, 2, 0, 0]);
        assert_eq!(save(&open("p.bauta"), &smaller), [0, 0, 1, 0, 0]);
    }
    // Without boxes, a project's own crops go, and only these.
    let second = open("p.bauta");
    let image = second.view().unwrap().images[0].id;
    let view = second.open_image(image).unwrap();
    let delete = AnnotationChange::Remove { id: view.annotations[0].id };
    second.save_annotations(image, view.revision, &ChangeSet(vec![delete])).unwrap();
    assert_eq!(save(&second, &smaller), [0, 0, 0, 1, 0]);
    assert_eq!(desk.crops(), [all[0], all[2]]);
}

#[test]
fn a_project_that_was_renamed_or_moved_knows_its_crops() {
    let desk = Desk::new();
    desk.photo("ph/a.jpg", "a");
    drop(project(&desk, &[bbox(20.0, 20.0, 80.0, 80.0)]));
    let save_in = |place: &str, target: &CropTarget| {
        save(&Project::open(&desk.at(place), adapters(&desk.fakes)).unwrap(), target)
    };
    assert_eq!(save_in("p.bauta", &desk.target()), [1, 0, 0, 0, 0]);
    desk.rename("p.bauta", "masks.bauta");
    assert_eq!(save_in("masks.bauta", &desk.target()), [0, 0, 1, 0, 0]);
    let smaller = CropTarget { shape: CropShape { side: 64, ..CropShape::default() }, ..desk.target() };
    assert_eq!(save_in("masks.bauta", &smaller), [1, 1, 0, 0, 0]);
    assert_eq!(desk.crops(), ["one/a__20-20-80-80.png"]);
}
