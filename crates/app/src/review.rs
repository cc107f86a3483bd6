//! The fast lane through what waits for an answer: the least sure proposal first, wherever it is.

use bauta_domain::{AnnotationChange, AnnotationId, AnnotationState, BoxRules, ChangeSet, Fingerprint, ImageId, Step};
use bauta_store::{OpenBox, Store};
use uuid::Uuid;

use crate::{
    AcceptSummary, AppError, Project, ReviewItem, ReviewView,
    annotations::{answered, categories},
    preferences::rules,
    project::count,
};

/// Images that are read ahead after the one that is shown.
const AHEAD: u32 = 3;

impl Project {
    /// What waits for an answer: how much, and the least sure of it; the one after `after`, when given, for those
    /// who put that one off.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn review(&self, after: Option<AnnotationId>) -> Result<ReviewView, AppError> {
        let store = self.settled_store()?;
        let mut found = store.least_sure(after, 1 + AHEAD)?.into_iter();
        let next = found.next();
        let next = next.map(|OpenBox { image, annotation, sureness }| {
            let copy_of = copy_of(&store, image)?;
            Ok::<_, AppError>(ReviewItem { image, annotation, sureness, copy_of })
        });
        let next = next.transpose()?;
        let mut ahead: Vec<ImageId> = found.map(|open| open.image).collect();
        ahead.retain(|image| next.as_ref().is_none_or(|next| next.image != *image));
        ahead.dedup();
        Ok(ReviewView { at_least: store.open_boxes_by_sureness()?, next, ahead })
    }

    /// Rejects every proposed box that is a duplicate: of an accepted box, which it overlaps by more than a half of
    /// the smaller one, or of a proposal that is surer. One step.
    ///
    /// # Errors
    /// When the project cannot be read or written; then nothing is changed.
    pub fn reject_duplicates(&self) -> Result<AcceptSummary, AppError> {
        let waiting = self.images_with_proposals(None)?;
        let mut store = self.settled_store()?;
        let (categories, rules) = (categories(&store)?, rules(&store)?);
        let group = Uuid::new_v4();
        let (mut rejected, mut touched) = (0, Vec::new());
        for id in waiting {
            let (_, before) = store.annotations(id)?;
            let (mut kept, mut proposals): (Vec<_>, Vec<_>) =
                before.iter().partition(|a| a.state == AnnotationState::Accepted);
            proposals.sort_by(|a, b| b.sureness().total_cmp(&a.sureness()));
            let mut changes = ChangeSet::default();
            for proposal in proposals {
                if kept.iter().any(|other| is_duplicate(&proposal.bbox, &other.bbox, &rules)) {
                    changes.0.push(AnnotationChange::Remove { id: proposal.id });
                } else {
                    kept.push(proposal);
                }
            }
            let Some(size) = store.image(id)?.and_then(|record| record.size) else { continue };
            let edits = bauta_domain::resolve_changes(id, size, &before, &changes, &categories, &rules)?;
            if !edits.is_empty() {
                rejected += edits.len();
                self.apply_in_group(&mut store, Step::DeleteBoxes, group, &edits)?;
                touched.push(id);
            }
        }
        answered(&store, 0, count(rejected), touched)
    }
}

/// The first other image that shows the same picture, as far as a detector looked at both.
fn copy_of(store: &Store, image: ImageId) -> Result<Option<ImageId>, AppError> {
    let prints = store.prints()?;
    let print = |bytes: &[u8]| Fingerprint::from_bytes(bytes);
    let Some(own) = prints.iter().find(|(id, _)| *id == image).and_then(|(_, bytes)| print(bytes)) else {
        return Ok(None);
    };
    let mut others = prints.iter().filter(|(id, _)| *id != image);
    let copy = others.find(|(_, bytes)| print(bytes).is_some_and(|other| own.is_copy_of(&other)));
    Ok(copy.map(|(id, _)| *id))
}

/// As in the page's `geometry/duplicates.ts`.
fn is_duplicate(bbox: &bauta_domain::BoundingBox, other: &bauta_domain::BoundingBox, rules: &BoxRules) -> bool {
    const STRONG: f64 = 0.5;
    bbox.overlap(other) > rules.max_overlap.max(STRONG)
}
