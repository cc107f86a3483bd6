//! The journal: what undo and redo make of random work, of groups, of edits that do not fit.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_domain::{Annotation, BoundingBox, Edit, Revision, Source, Step};
use bauta_store::{RowId, Store, StoreError};
use common::{
    NOW, add_images, added, annotation, category, group, image_id,
    model::{Deed, IMAGES, Model, State, perform},
};
use proptest::prelude::*;

fn deed() -> impl Strategy<Value = Deed> {
    let (image, which) = (0..IMAGES, 0..8_usize);
    prop_oneof![
        6 => (image.clone(), any::<bool>()).prop_map(|(image, same_group)| Deed::Draw { image, same_group }),
        2 => (image.clone(), which.clone()).prop_map(|(image, which)| Deed::Move { image, which }),
        3 => (image.clone(), which.clone(), which.clone())
            .prop_map(|(image, which, category)| Deed::Label { image, which, category }),
        2 => (image, which.clone()).prop_map(|(image, which)| Deed::Remove { image, which }),
        1 => Just(Deed::RemoveAll),
        2 => Just(Deed::AddCategory),
        1 => which.clone().prop_map(|which| Deed::Rename { which }),
        1 => Just(Deed::SwapNames),
        1 => which.prop_map(|which| Deed::DeleteCategory { which }),
        1 => (0..IMAGES).prop_map(|image| Deed::MarkBackground { image }),
        1 => (0..IMAGES).prop_map(|image| Deed::SendTo { image }),
        1 => Just(Deed::Relocate),
        6 => Just(Deed::Undo),
        4 => Just(Deed::Redo),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn random_work_leaves_what_plain_values_say_also_across_restarts(
        deeds in prop::collection::vec((deed(), prop::bool::weighted(0.1)), 1..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.bauta");
        let mut store = Store::create(&path).unwrap();
        add_images(&mut store, IMAGES);
        let mut model = Model::default();
        for (deed, restart) in deeds {
            perform(&mut store, &model.perform(deed));
            if restart {
                drop(store);
                store = Store::open(&path).unwrap();
            }
            prop_assert_eq!(&State::of(&store), &model.now);
            prop_assert_eq!(store.history().unwrap(), model.history());
            model.now.check_counts(&store);
        }
    }
}

struct Project {
    _folder: tempfile::TempDir,
    store: Store,
}

fn project() -> Project {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::create(&folder.path().join("p.bauta")).unwrap();
    add_images(&mut store, IMAGES);
    Project { _folder: folder, store }
}

#[test]
fn neighbouring_steps_of_one_group_are_undone_and_redone_together() {
    let Project { mut store, _folder } = project();
    store.apply(Step::DrawBox, group(1), &[added(0, annotation(0))], NOW).unwrap();
    for n in 1..3 {
        store.apply(Step::DetectFaces, group(2), &[added(n, annotation(n))], NOW).unwrap();
    }
    let detected = State::of(&store);

    let undone = store.undo(NOW).unwrap().unwrap();
    assert_eq!(undone.step, Step::DetectFaces);
    assert_eq!(undone.applied.images, [(image_id(1), Revision(2)), (image_id(2), Revision(2))]);
    assert!(!undone.applied.categories_changed);
    assert_eq!(store.history().unwrap(), (Some(Step::DrawBox), Some(Step::DetectFaces)));

    assert_eq!(store.redo(NOW).unwrap().unwrap().step, Step::DetectFaces);
    assert_eq!(State::of(&store), detected);
    assert_eq!(store.redo(NOW).unwrap(), None);
}

#[test]
fn a_step_over_many_boxes_is_undone_as_one() {
    let Project { mut store, _folder } = project();
    let ffp2 = category(0, "ffp2");
    let labelled = |n| Annotation { category: Some(ffp2.id), ..annotation(n) };
    let mut edits: Vec<Edit> = (0..2500).map(|n| added(n % IMAGES, labelled(n))).collect();
    edits.push(Edit::Category { before: None, after: Some(ffp2.clone()) });
    store.apply(Step::EditBoxes, group(1), &edits, NOW).unwrap();
    assert_eq!(store.categories().unwrap(), [(ffp2, 2500)]);

    assert!(store.undo(NOW).unwrap().unwrap().applied.categories_changed);
    assert_eq!(State::of(&store), State::default());
    assert_eq!(store.history().unwrap(), (None, Some(Step::EditBoxes)));
}

#[test]
fn boxes_of_any_fractions_can_be_undone() {
    let Project { mut store, _folder } = project();
    // Numbers of seventeen digits, as detectors give them: the last one counts when undo asks for the box that was.
    let fraction = |n: usize| (n as f64 + 0.1).sqrt() * 9.111_111_111_111_109;
    let found = |n: usize| {
        let (x, y) = (fraction(n), fraction(3 * n));
        let bbox = BoundingBox::from_corners(x, y, x + fraction(n + 1), y + fraction(n + 2)).unwrap();
        let source = Source::Detected { detector: "a".to_owned(), score: fraction(n) % 1.0 };
        Annotation { bbox, source, ..annotation(n) }
    };
    let edits: Vec<Edit> = (0..2000).map(|n| added(n % IMAGES, found(n))).collect();
    store.apply(Step::DetectFaces, group(1), &edits, NOW).unwrap();
    let detected = State::of(&store);
    store.undo(NOW).unwrap();
    store.redo(NOW).unwrap();
    assert_eq!(State::of(&store), detected);
}

#[test]
fn a_new_step_forgets_what_was_undone() {
    let Project { mut store, _folder } = project();
    store.apply(Step::DrawBox, group(1), &[added(0, annotation(0))], NOW).unwrap();
    store.undo(NOW).unwrap();
    store.apply(Step::DrawBox, group(2), &[added(0, annotation(2))], NOW).unwrap();
    assert_eq!(store.history().unwrap(), (Some(Step::DrawBox), None));
    assert_eq!(store.redo(NOW).unwrap(), None);
}

#[test]
fn an_undone_deletion_puts_the_box_back_in_its_place() {
    let Project { mut store, _folder } = project();
    let edits: Vec<Edit> = (0..3).map(|n| added(0, annotation(n))).collect();
    store.apply(Step::EditBoxes, group(1), &edits, NOW).unwrap();
    store.apply(Step::DeleteBoxes, group(2), &[edits[1].clone().inverted()], NOW).unwrap();
    store.undo(NOW).unwrap();
    let (revision, boxes) = store.annotations(image_id(0)).unwrap();
    assert_eq!(boxes, [annotation(0), annotation(1), annotation(2)]);
    assert_eq!(revision, Revision(3));
}

#[test]
fn edits_of_one_row_in_one_step_are_undone_from_the_last() {
    let Project { mut store, _folder } = project();
    let moved = Annotation { bbox: annotation(5).bbox, ..annotation(0) };
    let then = |before: &Annotation, after: Option<&Annotation>| Edit::Annotation {
        image: image_id(0),
        before: Some(before.clone()),
        after: after.cloned(),
    };
    let edits = [added(0, annotation(0)), then(&annotation(0), Some(&moved)), then(&moved, None)];
    store.apply(Step::EditBoxes, group(1), &edits, NOW).unwrap();
    store.undo(NOW).unwrap();
    store.redo(NOW).unwrap();
    assert_eq!(State::of(&store), State::default());
    assert_eq!(store.history().unwrap(), (Some(Step::EditBoxes), None));
}

#[test]
fn a_step_that_does_not_fit_is_refused_and_nothing_of_it_is_kept() {
    type Expected = fn(&StoreError) -> bool;
    struct Case(&'static str, Vec<Edit>, Expected);
    let (a, b) = (category(0, "a"), category(1, "b"));
    let there = Annotation { category: Some(a.id), ..annotation(0) };
    let other = Annotation { category: None, ..annotation(0) };
    let conflict: Expected = |e| matches!(e, StoreError::Conflict { .. });
    let unstorable: Expected = |e| matches!(e, StoreError::Unstorable { .. });
    let boxed = |image, before: Option<&Annotation>, after: Option<&Annotation>| Edit::Annotation {
        image: image_id(image),
        before: before.cloned(),
        after: after.cloned(),
    };
    let nan = Annotation {
        suggestion: Some(bauta_domain::Suggestion { label: "x".to_owned(), confidence: f64::NAN }),
        ..annotation(7)
    };
    let cases = [
        Case("the box is another by now", vec![boxed(0, Some(&other), None)], conflict),
        Case("the box is gone", vec![boxed(0, Some(&annotation(6)), None)], conflict),
        Case("the box is there already", vec![boxed(0, None, Some(&there))], conflict),
        Case("the box is on another image", vec![boxed(1, Some(&there), Some(&other))], conflict),
        Case("the image is not there", vec![boxed(IMAGES, None, Some(&annotation(6)))], |e| {
            matches!(e, StoreError::NotInProject { row: RowId::Image(_) })
        }),
        Case("the box gets another identity", vec![boxed(0, Some(&there), Some(&annotation(6)))], unstorable),
        Case("the confidence is not a number", vec![boxed(0, None, Some(&nan))], unstorable),
        Case("the category is still in use", vec![Edit::Category { before: Some(a.clone()), after: None }], |e| {
            matches!(e, StoreError::UnknownCategory)
        }),
        Case(
            "the category is not there",
            vec![boxed(0, Some(&there), Some(&Annotation { category: Some(category(5, "x").id), ..there.clone() }))],
            |e| matches!(e, StoreError::UnknownCategory),
        ),
        Case(
            "the category is another by now",
            vec![Edit::Category { before: Some(category(0, "old")), after: Some(category(0, "new")) }],
            conflict,
        ),
        Case("the name is taken", vec![Edit::Category { before: None, after: Some(category(9, "B")) }], conflict),
    ];
    let Project { mut store, _folder } = project();
    let start = [
        Edit::Category { before: None, after: Some(a) },
        Edit::Category { before: None, after: Some(b) },
        added(0, there),
    ];
    store.apply(Step::EditBoxes, group(1), &start, NOW).unwrap();
    store.apply(Step::DrawBox, group(2), &[added(1, annotation(2))], NOW).unwrap();
    store.undo(NOW).unwrap();
    let (state, history, images) = (State::of(&store), store.history().unwrap(), store.images().unwrap());
    for Case(name, mut edits, expected) in cases {
        // A good edit before the bad one must not survive it.
        edits.insert(0, added(2, annotation(99)));
        let error = store.apply(Step::EditBoxes, group(3), &edits, NOW).expect_err(name);
        assert!(expected(&error), "{name}: {error:?}");
        assert_eq!(State::of(&store), state, "{name}");
        assert_eq!(store.history().unwrap(), history, "{name}: what was undone can still be redone");
        assert_eq!(store.images().unwrap(), images, "{name}");
    }
}

#[test]
fn a_step_without_edits_is_no_step() {
    let Project { mut store, _folder } = project();
    store.apply(Step::DrawBox, group(1), &[added(0, annotation(0))], NOW).unwrap();
    store.undo(NOW).unwrap();
    assert_eq!(store.apply(Step::EditBoxes, group(2), &[], NOW).unwrap(), bauta_store::Applied::default());
    assert_eq!(store.history().unwrap(), (None, Some(Step::DrawBox)));
}
