//! Edits: what one step changes, row by row, with the row before and after. Undoing a step swaps the
//! two, so the journal needs no code of its own for each kind of step.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    Annotation, AnnotationChange, AnnotationId, AnnotationState, BoundingBox, BoxRejection, BoxRules, Category,
    ChangeSet, Destination, ImageId, ImageMarks, ImageSize, Source,
};

/// One row before and after. `None` before means that the row is new, `None` after that it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "row", rename_all = "camelCase")]
pub enum Edit {
    /// A row of annotations.
    Annotation {
        /// The image it belongs to.
        image: ImageId,
        /// As it was.
        before: Option<Annotation>,
        /// As it becomes.
        after: Option<Annotation>,
    },
    /// A row of categories.
    Category {
        /// As it was.
        before: Option<Category>,
        /// As it becomes.
        after: Option<Category>,
    },
    /// A row of destinations.
    Destination {
        /// As it was.
        before: Option<Destination>,
        /// As it becomes.
        after: Option<Destination>,
    },
    /// What the user says of an image beside its boxes.
    Marks {
        /// The image.
        image: ImageId,
        /// As it was.
        before: ImageMarks,
        /// As it becomes.
        after: ImageMarks,
    },
    /// Where the file of an image is.
    Path {
        /// The image.
        image: ImageId,
        /// Absolute path as it was.
        before: String,
        /// Absolute path as it becomes.
        after: String,
    },
}

impl Edit {
    /// The edit that takes this one back.
    #[must_use]
    pub fn inverted(self) -> Self {
        match self {
            Self::Annotation { image, before, after } => Self::Annotation { image, before: after, after: before },
            Self::Category { before, after } => Self::Category { before: after, after: before },
            Self::Destination { before, after } => Self::Destination { before: after, after: before },
            Self::Marks { image, before, after } => Self::Marks { image, before: after, after: before },
            Self::Path { image, before, after } => Self::Path { image, before: after, after: before },
        }
    }
}

/// What a step does, for the words "Undo …" in the menu. The text itself is the window's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// A box was drawn.
    DrawBox,
    /// Boxes were pasted, duplicated, or copied from another image.
    AddBoxes,
    /// Boxes were moved or resized.
    ChangeBox,
    /// Boxes got another category, or none.
    SetCategory,
    /// Proposals were accepted.
    AcceptProposals,
    /// Boxes were deleted, or proposals rejected.
    DeleteBoxes,
    /// Several kinds of changes at once.
    EditBoxes,
    /// A detector proposed boxes.
    DetectFaces,
    /// A classifier suggested categories.
    Classify,
    /// A category was added.
    AddCategory,
    /// A category was changed in several ways, or in its description or key.
    ChangeCategory,
    /// A category was renamed, everywhere.
    RenameCategory,
    /// A category got another colour.
    RecolorCategory,
    /// Categories got another order.
    ReorderCategories,
    /// A category was merged into another one.
    MergeCategory,
    /// A category was deleted.
    DeleteCategory,
    /// Categories were imported.
    ImportCategories,
    /// Annotations were imported.
    ImportAnnotations,
    /// Images were marked as background, or no longer.
    MarkBackground,
    /// Images got another destination, or none.
    SetDestination,
    /// A destination was replaced for all images that use it.
    ReplaceDestination,
    /// Moved pictures were found again.
    LocateImages,
}

impl Step {
    /// The name of a step that makes these changes.
    pub fn of_changes(changes: &ChangeSet) -> Self {
        let kind = |change: &AnnotationChange| match change {
            AnnotationChange::Add { .. } => Self::DrawBox,
            AnnotationChange::SetBox { .. } => Self::ChangeBox,
            AnnotationChange::SetCategory { .. } => Self::SetCategory,
            AnnotationChange::Accept { .. } => Self::AcceptProposals,
            AnnotationChange::Remove { .. } => Self::DeleteBoxes,
        };
        let mut kinds = changes.0.iter().map(kind);
        match kinds.next() {
            Some(Self::DrawBox) if changes.0.len() > 1 && kinds.clone().all(|next| next == Self::DrawBox) => {
                Self::AddBoxes
            }
            // A box drawn and labelled in one gesture is still one that was drawn.
            Some(first) if kinds.all(|next| next == first || (first == Self::DrawBox && next == Self::SetCategory)) => {
                first
            }
            _ => Self::EditBoxes,
        }
    }
}

/// Why changes cannot be made.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum EditError {
    /// The annotation is not on this image (any more).
    #[error("the box {0} is no longer on this image; reload it")]
    Missing(AnnotationId),
    /// A new annotation has an identity that is taken.
    #[error("the box {0} is on this image already; reload it")]
    Duplicate(AnnotationId),
    /// A category does not exist (any more).
    #[error("the chosen category is no longer in the project; choose another one")]
    UnknownCategory,
    /// The box breaks a rule.
    #[error(transparent)]
    Rejected(#[from] BoxRejection),
}

/// Works out what `changes` do to an image's annotations: boxes are clamped to the picture, and those that
/// were placed are checked against `rules` and the other accepted boxes as all of them are in the end. So a
/// group that is moved together does not trip over its own old places.
///
/// # Errors
/// The first change that cannot be made, or the first box that breaks a rule; then no change is made.
pub fn resolve_changes(
    image: ImageId,
    size: ImageSize,
    current: &[Annotation],
    changes: &ChangeSet,
    categories: &[Category],
    rules: &BoxRules,
) -> Result<Vec<Edit>, EditError> {
    let mut now = current.to_vec();
    let mut placed = HashSet::new();
    for change in &changes.0 {
        if apply(&mut now, change, size, categories)? {
            placed.insert(change.id());
        }
    }
    for annotation in now.iter().filter(|annotation| placed.contains(&annotation.id)) {
        rules.check(&annotation.bbox, &accepted_except(&now, annotation.id))?;
    }
    Ok(differences(image, current, &now))
}

/// Makes one change; whether its box is at a new place, or counts from now on.
fn apply(
    now: &mut Vec<Annotation>,
    change: &AnnotationChange,
    size: ImageSize,
    categories: &[Category],
) -> Result<bool, EditError> {
    let id = change.id();
    let place = now.iter().position(|annotation| annotation.id == id);
    if let AnnotationChange::Add { bbox, category, .. } = change {
        if place.is_some() {
            return Err(EditError::Duplicate(id));
        }
        known_category(*category, categories)?;
        now.push(Annotation {
            id,
            bbox: bbox.clamped(size),
            category: *category,
            state: AnnotationState::Accepted,
            source: Source::Drawn,
            suggestion: None,
        });
        return Ok(true);
    }
    let place = place.ok_or(EditError::Missing(id))?;
    let annotation = &mut now[place];
    let counts_now = annotation.state == AnnotationState::Proposed;
    match change {
        AnnotationChange::Add { .. } => unreachable!("handled above"),
        AnnotationChange::SetBox { bbox, .. } => {
            annotation.bbox = bbox.clamped(size);
            annotation.state = AnnotationState::Accepted;
            return Ok(true);
        }
        AnnotationChange::SetCategory { category, .. } => {
            known_category(*category, categories)?;
            annotation.category = *category;
            annotation.suggestion = None;
            annotation.state = AnnotationState::Accepted;
        }
        AnnotationChange::Accept { .. } => {
            annotation.state = AnnotationState::Accepted;
            if annotation.category.is_none() {
                annotation.category = annotation.suggestion.as_ref().and_then(|s| category_named(&s.label, categories));
            }
            if annotation.category.is_some() {
                annotation.suggestion = None;
            }
        }
        AnnotationChange::Remove { .. } => {
            now.remove(place);
            return Ok(false);
        }
    }
    Ok(counts_now)
}

fn accepted_except(annotations: &[Annotation], id: AnnotationId) -> Vec<BoundingBox> {
    let accepted = annotations.iter().filter(|a| a.state == AnnotationState::Accepted && a.id != id);
    accepted.map(|a| a.bbox).collect()
}

fn known_category(id: Option<crate::CategoryId>, categories: &[Category]) -> Result<(), EditError> {
    match id {
        Some(id) if !categories.iter().any(|c| c.id == id) => Err(EditError::UnknownCategory),
        _ => Ok(()),
    }
}

/// The category that a model's label means, by name without regard to case.
pub fn category_named(label: &str, categories: &[Category]) -> Option<crate::CategoryId> {
    let label = label.to_lowercase();
    categories.iter().find(|c| c.name.to_lowercase() == label).map(|c| c.id)
}

fn differences(image: ImageId, before: &[Annotation], after: &[Annotation]) -> Vec<Edit> {
    let find = |list: &[Annotation], id| list.iter().find(|a| a.id == id).cloned();
    let gone_or_changed = before.iter().filter_map(|old| {
        let new = find(after, old.id);
        (new.as_ref() != Some(old)).then(|| Edit::Annotation { image, before: Some(old.clone()), after: new })
    });
    let added = after.iter().filter(|new| find(before, new.id).is_none()).map(|new| Edit::Annotation {
        image,
        before: None,
        after: Some(new.clone()),
    });
    gone_or_changed.chain(added).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{CATEGORY_COLORS, CategoryId, Suggestion};

    fn id(n: u128) -> AnnotationId {
        AnnotationId::from_uuid(Uuid::from_u128(n))
    }
    fn bbox(x1: f64, y1: f64, x2: f64, y2: f64) -> BoundingBox {
        BoundingBox::from_corners(x1, y1, x2, y2).unwrap()
    }
    fn category(n: u128, name: &str) -> Category {
        Category {
            id: CategoryId::from_uuid(Uuid::from_u128(n)),
            name: name.to_owned(),
            color: CATEGORY_COLORS[0],
            position: 0,
            hotkey: None,
            description: String::new(),
        }
    }
    fn proposal(n: u128, place: BoundingBox) -> Annotation {
        Annotation {
            id: id(n),
            bbox: place,
            category: None,
            state: AnnotationState::Proposed,
            source: Source::Detected { detector: "centerface".to_owned(), score: 0.9 },
            suggestion: Some(Suggestion { label: "FFP2".to_owned(), confidence: 0.8 }),
        }
    }
    fn resolve(current: &[Annotation], changes: Vec<AnnotationChange>) -> Result<Vec<Edit>, EditError> {
        let image = ImageId::from_uuid(Uuid::from_u128(9));
        let categories = [category(1, "ffp2")];
        resolve_changes(
            image,
            ImageSize::new(100, 100),
            current,
            &ChangeSet(changes),
            &categories,
            &BoxRules::default(),
        )
    }
    fn after(edits: &[Edit]) -> Vec<Option<Annotation>> {
        edits.iter().map(|e| if let Edit::Annotation { after, .. } = e { after.clone() } else { None }).collect()
    }

    #[test]
    fn box_dragged_past_the_edge_is_clamped() {
        let edits = resolve(
            &[],
            vec![AnnotationChange::Add { id: id(1), bbox: bbox(50.0, 50.0, 500.0, 500.0), category: None }],
        );
        assert_eq!(after(&edits.unwrap())[0].as_ref().unwrap().bbox, bbox(50.0, 50.0, 100.0, 100.0));
    }

    #[test]
    fn accepting_a_proposal_takes_the_suggested_category_by_name() {
        let edits =
            resolve(&[proposal(1, bbox(0.0, 0.0, 50.0, 50.0))], vec![AnnotationChange::Accept { id: id(1) }]).unwrap();
        let accepted = after(&edits)[0].clone().unwrap();
        assert_eq!(accepted.state, AnnotationState::Accepted);
        assert_eq!(accepted.category, Some(category(1, "ffp2").id));
        assert_eq!(accepted.suggestion, None);
    }

    #[test]
    fn a_proposal_does_not_stand_in_the_way_of_a_drawn_box_but_an_accepted_box_does() {
        let mut there = proposal(1, bbox(0.0, 0.0, 50.0, 50.0));
        let draw = vec![AnnotationChange::Add { id: id(2), bbox: bbox(0.0, 0.0, 40.0, 40.0), category: None }];
        assert!(resolve(std::slice::from_ref(&there), draw.clone()).is_ok());
        there.state = AnnotationState::Accepted;
        assert!(matches!(resolve(&[there], draw), Err(EditError::Rejected(BoxRejection::Overlaps { .. }))));
    }

    #[test]
    fn a_group_moves_onto_its_own_old_places() {
        let there = |n, x| Annotation {
            state: AnnotationState::Accepted,
            suggestion: None,
            ..proposal(n, bbox(x, 0.0, x + 20.0, 20.0))
        };
        let right = |n, x| AnnotationChange::SetBox { id: id(n), bbox: bbox(x, 0.0, x + 20.0, 20.0) };
        let current = [there(1, 0.0), there(2, 25.0)];
        assert!(resolve(&current, vec![right(1, 25.0), right(2, 50.0)]).is_ok());
        assert!(matches!(resolve(&current, vec![right(1, 25.0)]), Err(EditError::Rejected(_))));
    }

    #[test]
    fn one_bad_change_makes_none_of_them() {
        let changes = vec![
            AnnotationChange::Add { id: id(1), bbox: bbox(0.0, 0.0, 40.0, 40.0), category: None },
            AnnotationChange::Remove { id: id(7) },
        ];
        assert_eq!(resolve(&[], changes), Err(EditError::Missing(id(7))));
    }

    #[test]
    fn inverting_an_edit_twice_gives_it_back() {
        let edit = Edit::Category { before: None, after: Some(category(1, "a")) };
        assert_eq!(edit.clone().inverted().inverted(), edit);
        assert_eq!(edit.inverted(), Edit::Category { before: Some(category(1, "a")), after: None });
    }

    #[test]
    fn a_box_drawn_and_labelled_at_once_is_one_drawing() {
        let draw = AnnotationChange::Add { id: id(1), bbox: bbox(0.0, 0.0, 9.0, 9.0), category: None };
        let label = AnnotationChange::SetCategory { id: id(1), category: None };
        assert_eq!(Step::of_changes(&ChangeSet(vec![draw.clone(), label.clone()])), Step::DrawBox);
        assert_eq!(Step::of_changes(&ChangeSet(vec![draw.clone(), draw.clone()])), Step::AddBoxes);
        assert_eq!(Step::of_changes(&ChangeSet(vec![label, draw])), Step::EditBoxes);
    }
}
