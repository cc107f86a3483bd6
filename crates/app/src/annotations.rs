//! Drawing, changing, accepting; undo and redo.

use bauta_domain::{
    AnnotationChange, AnnotationState, Category, ChangeSet, EditError, ImageId, Revision, Source, Step, resolve_changes,
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

    /// Accepts all proposals with a score of at least `min_score` (0 to 1) on these images, or on all,
    /// best score first; those that a rule forbids stay proposals. One step.
    ///
    /// # Errors
    /// When the project cannot be read or written.
    pub fn accept_proposals(&self, images: Option<&[ImageId]>, min_score: f64) -> Result<AcceptSummary, AppError> {
        let files = self.image_files(images)?;
        let mut store = self.settled_store()?;
        let (categories, rules) = (categories(&store)?, rules(&store)?);
        let group = Uuid::new_v4();
        let (mut accepted, mut rejected, mut touched) = (0, 0, Vec::new());
        for (id, _) in files {
            let (_, before) = store.annotations(id)?;
            let mut proposals: Vec<_> = before.iter().filter(|a| a.state == AnnotationState::Proposed).collect();
            proposals.retain(|a| score(&a.source) >= min_score);
            if proposals.is_empty() {
                continue;
            }
            proposals.sort_by(|a, b| score(&b.source).total_cmp(&score(&a.source)));
            let Some(size) = store.image(id)?.and_then(|record| record.size) else { continue };
            let mut kept = ChangeSet::default();
            for proposal in proposals {
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
        Ok(AcceptSummary {
            accepted,
            rejected,
            rows: rows(&store, &touched)?,
            images: touched,
            categories: category_views(&store)?,
            history: history(&store)?,
        })
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

/// How sure the source of a proposal is, 0 to 1; a generator is certain.
fn score(source: &Source) -> f64 {
    match source {
        Source::Detected { score, .. } => *score,
        Source::Drawn | Source::Generated | Source::Imported => 1.0,
    }
}

fn undone_view(store: &Store, undone: &bauta_store::Undone) -> Result<Undone, AppError> {
    Ok(Undone { step: undone.step, changed: changed(store, &undone.applied)? })
}

pub(crate) fn categories(store: &Store) -> Result<Vec<Category>, AppError> {
    Ok(store.categories()?.into_iter().map(|(category, _)| category).collect())
}
