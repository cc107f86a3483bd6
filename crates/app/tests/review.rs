//! Detection that goes on where it was, and the review of what it proposes, with a fake detector.
#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::HashSet, sync::Arc};

use bauta_app::{DetectOptions, DetectSummary, Project};
use bauta_domain::{
    AnnotationChange, AnnotationId, AnnotationState, ChangeSet, Detection, ImageId, Step, ports::CancelToken,
};
use common::{Fakes, adapters, bbox, face, photos};

struct Open {
    project: Project,
    fakes: Arc<Fakes>,
    folder: tempfile::TempDir,
    images: Vec<ImageId>,
}

fn open(names: &[&str], faces: &[Detection]) -> Open {
    let (fakes, folder) = (Arc::new(Fakes::default()), photos(names));
    *fakes.faces.lock().unwrap() = faces.to_vec();
    let project = Project::create(&folder.path().join("test.bauta"), adapters(&fakes)).unwrap();
    let images = project.add_folder(folder.path()).unwrap().project.images.iter().map(|row| row.id).collect();
    Open { project, fakes, folder, images }
}

impl Open {
    fn look(&self, options: &DetectOptions, again: bool) -> DetectSummary {
        let never = CancelToken::default();
        self.project.detect_faces(None, options, again, &mut |_| {}, &mut |_| {}, &never).unwrap()
    }

    fn detect(&self) -> DetectSummary {
        self.look(&DetectOptions::new("fake"), false)
    }

    fn now_finds(&self, faces: &[Detection]) {
        *self.fakes.faces.lock().unwrap() = faces.to_vec();
    }

    fn boxes(&self, image: usize) -> Vec<bauta_domain::Annotation> {
        self.project.open_image(self.images[image]).unwrap().annotations
    }

    fn change(&self, image: usize, change: AnnotationChange) {
        let view = self.project.open_image(self.images[image]).unwrap();
        self.project.save_annotations(view.id, view.revision, &ChangeSet(vec![change])).unwrap();
    }

    /// The scores of what waits, in the order of the review.
    fn order(&self) -> Vec<f64> {
        let (mut scores, mut after) = (Vec::new(), None);
        while let Some(next) = self.project.review(after).unwrap().next {
            scores.push(next.sureness);
            after = Some(next.annotation);
        }
        scores
    }
}

fn looked(summary: &DetectSummary) -> (u32, u32, u32) {
    (summary.images, summary.skipped, summary.faces)
}

const ONE: fn() -> Detection = || face(10.0, 10.0, 60.0, 60.0, 0.9);
const OTHER: fn() -> Detection = || face(100.0, 10.0, 150.0, 60.0, 0.7);

#[test]
fn a_second_run_skips_what_was_looked_at_like_this_and_looks_again_when_asked_to() {
    let open = open(&["a.jpg", "b.jpg"], &[ONE()]);
    assert_eq!(looked(&open.detect()), (2, 0, 2));
    open.now_finds(&[ONE(), OTHER()]);
    assert_eq!(looked(&open.detect()), (0, 2, 0));
    // What lies there is not proposed again, neither as it was nor accepted.
    open.project.accept_proposals(Some(&open.images[..1]), 0.0).unwrap();
    assert_eq!(looked(&open.look(&DetectOptions::new("fake"), true)), (2, 0, 2));
    let larger = DetectOptions { min_face: 20.0, ..DetectOptions::new("fake") };
    assert_eq!(looked(&open.look(&larger, false)), (2, 0, 0), "other limits are another look");
    assert_eq!(open.boxes(0).iter().filter(|a| a.state == AnnotationState::Accepted).count(), 1);
}

#[test]
fn a_photo_that_was_changed_or_could_not_be_read_is_looked_at_again() {
    let open = open(&["a.jpg", "broken.jpg"], &[ONE()]);
    assert_eq!((looked(&open.detect()), open.detect().problems.len()), ((2, 0, 1), 1));
    std::fs::write(open.folder.path().join("a.jpg"), "retouched").unwrap();
    assert_eq!(looked(&open.detect()), (2, 0, 0));
    assert_eq!(looked(&open.detect()), (1, 1, 0));
}

#[test]
fn a_detection_that_was_stopped_goes_on_where_it_was() {
    let names: Vec<String> = (0..100).map(|n| format!("{n}.jpg")).collect();
    let open = open(&names.iter().map(String::as_str).collect::<Vec<_>>(), &[ONE()]);
    let (stop, options) = (CancelToken::default(), DetectOptions::new("fake"));
    let mut progress = |at: bauta_app::Progress| {
        if at.done == 0 {
            stop.cancel();
        }
    };
    let first = open.project.detect_faces(None, &options, false, &mut progress, &mut |_| {}, &stop).unwrap();
    assert!(first.cancelled && first.images < 100, "{first:?}");
    let path = open.project.path().to_owned();
    let Open { project, fakes, folder: _folder, .. } = open;
    drop(project);
    let project = Project::open(&path, adapters(&fakes)).unwrap();
    let never = CancelToken::default();
    let rest = project.detect_faces(None, &options, false, &mut |_| {}, &mut |_| {}, &never).unwrap();
    assert_eq!((rest.skipped, rest.images), (first.images, 100 - first.images));
    assert_eq!(first.faces + rest.faces, 100);
}

#[test]
fn a_face_inside_a_box_of_the_user_is_not_proposed_and_the_box_stays_as_it_was() {
    let open = open(&["a.jpg"], &[face(40.0, 30.0, 70.0, 60.0, 0.9)]);
    let id = AnnotationId::from_uuid(uuid::Uuid::from_u128(1));
    open.change(0, AnnotationChange::Add { id, bbox: bbox(10.0, 5.0, 100.0, 95.0), category: None });
    let drawn = open.boxes(0);
    assert_eq!(open.detect().faces, 0);
    assert_eq!(open.boxes(0), drawn);
}

#[test]
fn the_review_asks_for_the_least_sure_first_wherever_it_is() {
    let open = open(&["a.jpg", "b.jpg"], &[ONE(), OTHER()]);
    open.detect();
    open.now_finds(&[face(10.0, 70.0, 30.0, 90.0, 0.55)]);
    std::fs::write(open.folder.path().join("b.jpg"), "retouched").unwrap();
    open.detect();
    assert_eq!(open.order(), [0.55, 0.7, 0.7, 0.9, 0.9]);
    let review = open.project.review(None).unwrap();
    assert_eq!(review.next.as_ref().map(|next| next.image), Some(open.images[1]));
    let counts = [0, 55, 56, 70, 71, 90, 91, 100].map(|n| review.at_least[n]);
    assert_eq!((counts, review.at_least.len()), ([5, 5, 4, 4, 2, 2, 0, 0], 101));
    for hundredths in [90, 56, 0] {
        let wanted = open.project.review(None).unwrap().at_least[hundredths];
        let done = open.project.accept_proposals(None, hundredths as f64 / 100.0).unwrap();
        assert_eq!(done.accepted + done.rejected, wanted, "{hundredths}");
    }
    assert!(open.order().is_empty());
}

#[test]
fn a_suggested_category_waits_for_an_answer_too() {
    let open = open(&["a.jpg"], &[ONE()]);
    open.detect();
    open.project.accept_proposals(None, 0.0).unwrap();
    open.project.add_category("ffp2").unwrap();
    *open.fakes.answer.lock().unwrap() = vec![0.6, 0.4];
    let classifier = adapters(&open.fakes).models.open_classifier(std::path::Path::new("m.onnx"), 1).unwrap();
    let never = CancelToken::default();
    open.project.classify_images(None, vec![classifier], &mut |_| {}, &mut |_| {}, &never).unwrap();
    let sureness = open.order();
    assert!(sureness.len() == 1 && (sureness[0] - 0.6).abs() < 1e-6, "{sureness:?}");
    assert_eq!(open.project.accept_proposals(None, 0.7).unwrap().accepted, 0);
    assert_eq!(open.project.accept_proposals(None, 0.5).unwrap().accepted, 1);
    assert!(open.boxes(0)[0].category.is_some() && open.order().is_empty());
}

#[test]
fn duplicates_are_rejected_in_one_step_and_what_is_no_duplicate_stays() {
    let inside = || face(15.0, 15.0, 55.0, 55.0, 0.6);
    let open = open(&["a.jpg", "b.jpg"], &[ONE(), OTHER(), inside()]);
    open.detect();
    let rejected = open.project.reject_duplicates().unwrap();
    assert_eq!((rejected.rejected, rejected.history.undo), (2, Some(Step::DeleteBoxes)));
    assert_eq!(open.order(), [0.7, 0.7, 0.9, 0.9]);
    let back: HashSet<_> = open.project.undo().unwrap().unwrap().changed.images.into_iter().collect();
    assert_eq!(back.len(), 2);
    assert_eq!(open.project.review(None).unwrap().at_least[0], 6);
}

#[test]
fn an_image_that_shows_the_same_picture_is_named() {
    // All fake pictures are alike.
    let open = open(&["a.jpg", "b.jpg", "c.jpg"], &[ONE()]);
    open.detect();
    let next = open.project.review(None).unwrap().next.unwrap();
    assert_eq!((next.image, next.copy_of), (open.images[0], Some(open.images[1])));
}
