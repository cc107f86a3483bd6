//! Drawing, changing, accepting; undo and redo.

use std::collections::HashSet;

use bauta_domain::{
    Annotation, AnnotationChange, AnnotationState, Category, ChangeSet, EditError, ImageId, Revision, Step,
    category_named, resolve_changes,
};
use bauta_store::Store;
use uuid::Uuid;

use crate::{
    AcceptSummary, AppError, Project, Saved, Undone,
    preferences::rules,
    project::{category_views, changed, history, image_view, rows},
};

impl Project {
    /// Saves changes of one image as one step. `revision` is the version they were made on.
    ///
    /// # Errors
    /// [`AppError::Stale`] when the image has another version by now; a rejected box or a missing
    /// annotation changes nothing.
    pub fn save_annotations(&self, id: ImageId, revision: Revision, changes: &ChangeSet) -> Result<Saved, AppError> {
        let mut store = self.settled_store()?;
        let size = store.image(id)?.ok_or(AppError::NoImage)?.size.ok_or(AppError::Stale)?;
        let (current, annotations) = store.annotations(id)?;
        if current != revision {
            return Err(AppError::Stale);
        }
        let categories = categories(&store)?;
        let edits = resolve_changes(id, size, &annotations, changes, &categories, &rules(&store)?)?;
        self.apply(&mut store, Step::of_changes(changes), &edits)?;
        Ok(Saved {
            image: image_view(&store, id, size)?,
            row: rows(&store, &[id])?.pop().ok_or(AppError::NoImage)?,
            categories: category_views(&store)?,
            history: history(&store)?,
        })
    }

    /// Accepts all that waits for an answer and is as sure as `min_score` (0 to 1) at least on these images, or on
    /// all, the surest first: proposed boxes, and suggested categories that the project has. Those that a rule
    /// forbids stay proposals. One step.
    ///
    /// # Errors
    /// When the project cannot be read or written.
    pub fn accept_proposals(&self, images: Option<&[ImageId]>, min_score: f64) -> Result<AcceptSummary, AppError> {
        let waiting = self.images_with_proposals(images)?;
        let mut store = self.settled_store()?;
        let (categories, rules) = (categories(&store)?, rules(&store)?);
        let group = Uuid::new_v4();
        let (mut accepted, mut rejected, mut touched) = (0, 0, Vec::new());
        for id in waiting {
            let (_, before) = store.annotations(id)?;
            let mut open: Vec<_> = before.iter().filter(|a| a.is_open() && a.sureness() >= min_score).collect();
            open.retain(|a| a.state == AnnotationState::Proposed || suggests_known(a, &categories));
            if open.is_empty() {
                continue;
            }
            open.sort_by(|a, b| b.sureness().total_cmp(&a.sureness()));
            let Some(size) = store.image(id)?.and_then(|record| record.size) else { continue };
            let mut kept = ChangeSet::default();
            for proposal in open {
                kept.0.push(AnnotationChange::Accept { id: proposal.id });
                match resolve_changes(id, size, &before, &kept, &categories, &rules) {
                    Ok(_) => accepted += 1,
                    Err(EditError::Rejected(_)) => {
                        kept.0.pop();
                        rejected += 1;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            let edits = resolve_changes(id, size, &before, &kept, &categories, &rules)?;
            if !edits.is_empty() {
                self.apply_in_group(&mut store, Step::AcceptProposals, group, &edits)?;
                touched.push(id);
            }
        }
        answered(&store, accepted, rejected, touched)
    }

    /// The images on which something waits for an answer, of these or of all.
    pub(crate) fn images_with_proposals(&self, images: Option<&[ImageId]>) -> Result<Vec<ImageId>, AppError> {
        let wanted: Option<HashSet<&ImageId>> = images.map(|ids| ids.iter().collect());
        let waiting = self.store().images()?.into_iter().filter(|summary| summary.proposals > 0);
        let ids = waiting.map(|summary| summary.record.id);
        Ok(ids.filter(|id| wanted.as_ref().is_none_or(|wanted| wanted.contains(id))).collect())
    }

    /// Takes the latest step back; `None` when there is none.
    ///
    /// # Errors
    /// When the project cannot be read or written.
    pub fn undo(&self) -> Result<Option<Undone>, AppError> {
        let now = self.adapters.now();
        let mut store = self.store();
        let undone = store.undo(&now)?;
        undone.map(|undone| undone_view(&store, &undone)).transpose()
    }

    /// Does the step again that was taken back last; `None` when there is none.
    ///
    /// # Errors
    /// When the project cannot be read or written.
    pub fn redo(&self) -> Result<Option<Undone>, AppError> {
        let now = self.adapters.now();
        let mut store = self.store();
        let redone = store.redo(&now)?;
        redone.map(|redone| undone_view(&store, &redone)).transpose()
    }
}

/// What became of proposals, for the window.
pub(crate) fn answered(
    store: &Store,
    accepted: u32,
    rejected: u32,
    images: Vec<ImageId>,
) -> Result<AcceptSummary, AppError> {
    Ok(AcceptSummary {
        accepted,
        rejected,
        rows: rows(store, &images)?,
        images,
        categories: category_views(store)?,
        history: history(store)?,
    })
}

fn suggests_known(annotation: &Annotation, categories: &[Category]) -> bool {
    let label = annotation.suggestion.as_ref().map(|suggestion| suggestion.label.as_str());
    label.is_some_and(|label| category_named(label, categories).is_some())
}

fn undone_view(store: &Store, undone: &bauta_store::Undone) -> Result<Undone, AppError> {
    Ok(Undone { step: undone.step, changed: changed(store, &undone.applied)? })
}

pub(crate) fn categories(store: &Store) -> Result<Vec<Category>, AppError> {
    Ok(store.categories()?.into_iter().map(|(category, _)| category).collect())
}
