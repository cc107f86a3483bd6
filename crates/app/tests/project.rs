//! What a user does in a project, with fake pictures and a fake detector.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use bauta_app::{AppError, CategoryChange, CategoryFate, CropTarget, DetectOptions, ErrorCode, ImageRow, Project};
use bauta_domain::{
    AnnotationChange, AnnotationId, AnnotationState, ChangeSet, CropShape, ImageId, Revision, Step, ports::CancelToken,
};
use common::{Fakes, adapters, bbox, face, photos};

struct Open {
    project: Project,
    fakes: Arc<Fakes>,
    folder: tempfile::TempDir,
}

fn open(names: &[&str]) -> (Open, Vec<ImageRow>) {
    let (fakes, folder) = (Arc::new(Fakes::default()), photos(names));
    let project = Project::create(&folder.path().join("test.bauta"), adapters(&fakes)).unwrap();
    let added = project.add_folder(folder.path()).unwrap();
    (Open { project, fakes, folder }, added.project.images)
}

fn id(n: u128) -> AnnotationId {
    AnnotationId::from_uuid(uuid::Uuid::from_u128(n))
}

impl Open {
    fn draw(&self, image: ImageId, n: u128, x1: f64, x2: f64) -> Result<bauta_app::Saved, AppError> {
        let revision = self.project.open_image(image)?.revision;
        let add = AnnotationChange::Add { id: id(n), bbox: bbox(x1, 10.0, x2, 60.0), category: None };
        self.project.save_annotations(image, revision, &ChangeSet(vec![add]))
    }

    fn detect(&self) -> bauta_app::DetectSummary {
        let options = DetectOptions::new("fake");
        self.project.detect_faces(None, &options, false, &mut |_| {}, &mut |_| {}, &CancelToken::default()).unwrap()
    }
}

#[test]
fn a_folder_is_added_in_natural_order_and_a_second_time_adds_nothing() {
    let (open, images) = open(&["img10.jpg", "img2.jpg", "IMG3.jpg"]);
    assert_eq!(images.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["img2.jpg", "IMG3.jpg", "img10.jpg"]);
    let again = open.project.add_folder(open.folder.path()).unwrap();
    assert_eq!((again.added, again.already, again.project.images.len()), (0, 3, 3));
}

#[test]
fn a_drawn_box_is_there_after_the_project_is_opened_again_and_can_still_be_undone() {
    let (open, images) = open(&["a.jpg"]);
    let saved = open.draw(images[0].id, 1, 10.0, 60.0).unwrap();
    assert_eq!((saved.row.boxes, saved.row.unlabelled, saved.history.undo), (1, 1, Some(Step::DrawBox)));
    let (path, fakes) = (open.project.path().to_owned(), Arc::clone(&open.fakes));
    drop(open.project);
    let project = Project::open(&path, adapters(&fakes)).unwrap();
    assert_eq!(project.view().unwrap().last_image, Some(images[0].id));
    assert_eq!(project.undo().unwrap().unwrap().changed.images, [images[0].id]);
    assert!(project.open_image(images[0].id).unwrap().annotations.is_empty());
    project.redo().unwrap().unwrap();
    assert_eq!(project.open_image(images[0].id).unwrap().annotations.len(), 1);
    assert!(project.redo().unwrap().is_none());
}

#[test]
fn changes_made_on_an_old_version_are_a_conflict_and_change_nothing() {
    let (open, images) = open(&["a.jpg"]);
    open.draw(images[0].id, 1, 10.0, 60.0).unwrap();
    let remove = ChangeSet(vec![AnnotationChange::Remove { id: id(1) }]);
    let error = open.project.save_annotations(images[0].id, Revision(0), &remove).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Conflict);
    assert_eq!(open.project.open_image(images[0].id).unwrap().annotations.len(), 1);
}

#[test]
fn a_box_that_overlaps_too_much_is_refused_with_the_reason() {
    let (open, images) = open(&["a.jpg"]);
    open.draw(images[0].id, 1, 10.0, 60.0).unwrap();
    let error = open.draw(images[0].id, 2, 20.0, 70.0).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidInput);
    assert!(error.to_string().contains("80 %"), "{error}");
}

#[test]
fn detecting_twice_proposes_once_and_is_one_step_to_undo() {
    let (open, images) = open(&["a.jpg", "b.jpg", "broken.jpg"]);
    open.draw(images[0].id, 1, 10.0, 60.0).unwrap();
    *open.fakes.faces.lock().unwrap() = vec![face(11.0, 11.0, 61.0, 61.0, 0.9), face(100.0, 10.0, 150.0, 60.0, 0.8)];
    let first = open.detect();
    assert_eq!((first.images, first.faces, first.problems.len()), (3, 3, 1), "the drawn face is not proposed again");
    assert!(first.problems[0].place.ends_with("broken.jpg") && first.problems[0].message.contains("copy it again"));
    assert_eq!(open.detect().faces, 0);
    let rows = open.project.view().unwrap().images;
    assert_eq!(rows.iter().map(|r| (r.boxes, r.proposals)).collect::<Vec<_>>(), [(1, 1), (0, 2), (0, 0)]);
    assert!(rows[2].problem.is_some());
    assert_eq!(open.project.undo().unwrap().unwrap().step, Step::DetectFaces);
    assert!(open.project.view().unwrap().images.iter().all(|row| row.proposals == 0));
}

#[test]
fn accepting_all_takes_the_sure_ones_and_leaves_what_a_rule_forbids() {
    let (open, images) = open(&["a.jpg"]);
    *open.fakes.faces.lock().unwrap() =
        vec![face(10.0, 10.0, 60.0, 60.0, 0.9), face(30.0, 10.0, 80.0, 60.0, 0.8), face(100.0, 10.0, 150.0, 60.0, 0.6)];
    open.detect();
    let summary = open.project.accept_proposals(None, 0.7).unwrap();
    assert_eq!((summary.accepted, summary.rejected), (1, 1));
    let states: Vec<_> = open.project.open_image(images[0].id).unwrap().annotations.iter().map(|a| a.state).collect();
    assert_eq!(states.iter().filter(|s| **s == AnnotationState::Accepted).count(), 1);
    open.project.undo().unwrap();
    assert_eq!(open.project.view().unwrap().images[0].proposals, 3);
}

#[test]
fn deleting_a_category_asks_what_becomes_of_its_boxes() {
    for (fate, boxes, unlabelled) in [(CategoryFate::Unlabel, 1, 1), (CategoryFate::Delete, 0, 0)] {
        let (open, images) = open(&["a.jpg"]);
        let category = open.project.add_category("ffp2").unwrap().categories[0].id;
        let saved = open.draw(images[0].id, 1, 10.0, 60.0).unwrap();
        let label = ChangeSet(vec![AnnotationChange::SetCategory { id: id(1), category: Some(category) }]);
        open.project.save_annotations(images[0].id, saved.image.revision, &label).unwrap();
        let changed = open.project.remove_category(category, fate).unwrap();
        assert!(changed.categories.is_empty());
        assert_eq!((changed.rows[0].boxes, changed.rows[0].unlabelled), (boxes, unlabelled), "{fate:?}");
        let back = open.project.undo().unwrap().unwrap().changed;
        assert_eq!((back.categories[0].boxes, back.rows[0].unlabelled), (1, 0), "{fate:?}");
    }
}

#[test]
fn renaming_touches_the_category_only_and_a_taken_name_is_refused() {
    let (open, _) = open(&[]);
    let first = open.project.add_category("mask").unwrap().categories[0].clone();
    open.project.add_category("hat").unwrap();
    let named = |name: &str| CategoryChange {
        name: name.to_owned(),
        color: first.color,
        hotkey: first.hotkey,
        description: first.description.clone(),
    };
    assert_eq!(open.project.change_category(first.id, &named("Hat")).unwrap_err().code(), ErrorCode::InvalidInput);
    let changed = open.project.change_category(first.id, &named(" ffp2 ")).unwrap();
    assert_eq!(changed.categories.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["ffp2", "hat"]);
    assert_ne!(changed.categories[0].color, changed.categories[1].color);
}

#[test]
fn crops_are_saved_under_their_category_and_boxes_without_one_are_counted() {
    let (open, images) = open(&["a.jpg", "b.jpg"]);
    let category = open.project.add_category("a/b").unwrap().categories[0].id;
    let saved = open.draw(images[0].id, 1, 10.0, 60.0).unwrap();
    let label = ChangeSet(vec![AnnotationChange::SetCategory { id: id(1), category: Some(category) }]);
    open.project.save_annotations(images[0].id, saved.image.revision, &label).unwrap();
    open.draw(images[1].id, 2, 10.0, 60.0).unwrap();
    let out = tempfile::tempdir().unwrap();
    let target = CropTarget::new(out.path().to_owned());
    let summary = open.project.save_crops(&target, &mut |_| {}, &CancelToken::default()).unwrap();
    assert_eq!((summary.written, summary.without_category), (1, 1));
    assert!(out.path().join("a_b").join("a__10-10-60-60.png").is_file());
    let wrong = CropTarget { shape: CropShape { side: 8, ..CropShape::default() }, ..target };
    assert_eq!(
        open.project.save_crops(&wrong, &mut |_| {}, &CancelToken::default()).unwrap_err().code(),
        ErrorCode::InvalidInput
    );
}

#[test]
fn a_suggestion_becomes_the_category_when_it_is_accepted() {
    let (open, images) = open(&["a.jpg", "broken.jpg"]);
    let category = open.project.add_category("no_mask").unwrap().categories[0].id;
    open.draw(images[0].id, 1, 10.0, 60.0).unwrap();
    *open.fakes.answer.lock().unwrap() = vec![0.1, 0.9];
    let open_model = || adapters(&open.fakes).models.open_classifier("model".as_ref(), 1).unwrap();
    let run = || {
        let (cancel, classifiers) = (CancelToken::default(), vec![open_model(), open_model()]);
        open.project.classify_images(None, classifiers, &mut |_| {}, &mut |_| {}, &cancel).unwrap()
    };
    let first = run();
    assert_eq!((first.boxes, first.unknown), (1, vec![]));
    assert_eq!(run().boxes, 0, "the same suggestion is not a new step");
    let image = open.project.open_image(images[0].id).unwrap();
    assert_eq!(image.annotations[0].suggestion.as_ref().unwrap().label, "no_mask");
    let accept = ChangeSet(vec![AnnotationChange::Accept { id: id(1) }]);
    let saved = open.project.save_annotations(images[0].id, image.revision, &accept).unwrap();
    assert_eq!(saved.image.annotations[0].category, Some(category));
}

#[test]
fn a_suggested_label_that_is_no_category_is_told_and_mapped_to_none() {
    let (open, images) = open(&["a.jpg", "b.jpg"]);
    open.project.add_category("FFP2").unwrap();
    open.draw(images[0].id, 1, 10.0, 60.0).unwrap();
    open.draw(images[1].id, 2, 10.0, 60.0).unwrap();
    let ask = |answer: [f32; 2], cancel: &CancelToken| {
        *open.fakes.answer.lock().unwrap() = answer.to_vec();
        let classifier = adapters(&open.fakes).models.open_classifier("model".as_ref(), 1).unwrap();
        let mut told = Vec::new();
        let mut progress = |progress: bauta_app::Progress| told.push((progress.done, progress.total));
        let done = open.project.classify_images(None, vec![classifier], &mut progress, &mut |_| {}, cancel).unwrap();
        (done, told)
    };
    let never = CancelToken::default();
    let (done, told) = ask([0.1, 0.9], &never);
    assert_eq!((done.boxes, done.unknown), (2, vec!["no_mask".to_owned()]));
    assert_eq!(told.last(), Some(&(2, 2)));
    let image = open.project.open_image(images[0].id).unwrap();
    assert_eq!(image.annotations[0].category, None);
    // A label that differs in case only is the category's.
    let (done, _) = ask([0.9, 0.1], &never);
    assert_eq!((done.boxes, done.unknown), (2, vec![]));
    let stopped = CancelToken::default();
    stopped.cancel();
    assert!(ask([0.2, 0.8], &stopped).0.cancelled);
}

#[test]
fn an_unreadable_image_keeps_its_reason_in_the_list() {
    let (open, images) = open(&["broken.jpg"]);
    let error = open.project.open_image(images[0].id).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidInput);
    let row = &open.project.view().unwrap().images[0];
    assert_eq!(row.problem.as_deref(), Some("the file is damaged; copy it again"));
}

#[test]
fn pixels_that_cannot_be_read_stay_a_problem_until_they_can() {
    let (open, images) = open(&["a.jpg"]);
    let id = images[0].id;
    open.project.open_image(id).unwrap();
    let error = std::io::Error::other("half of the picture is missing");
    let news = [open.project.note_unreadable(id, &error).unwrap(), open.project.note_unreadable(id, &error).unwrap()];
    assert_eq!(news, [true, false]);
    // The header is fine: opening the image again proves nothing about its pixels.
    open.project.open_image(id).unwrap();
    let problem = || open.project.rows(&[id]).unwrap().remove(0).problem;
    assert_eq!(problem().as_deref(), Some("half of the picture is missing"));
    assert!(open.project.note_readable(id).unwrap());
    assert_eq!((problem(), open.project.note_readable(id).unwrap()), (None, false));
}
