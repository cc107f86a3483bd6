//! Applying a plan: one transaction, one step for undo.

use std::ops::ControlFlow;

use bauta_domain::{Annotation, AnnotationId, AnnotationState, Edit, Step, ports::CancelToken};
use bauta_store::Import;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::plan::{ImportPlan, Met, PlannedBox};
use crate::{AppError, Meter, Progress, Project, project::count};

/// What becomes of boxes that the project has otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ConflictChoice {
    /// The project's boxes stay.
    #[default]
    KeepMine,
    /// The file's boxes take their place.
    TakeTheirs,
    /// The file's boxes are added.
    KeepBoth,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ImportSummary {
    /// Boxes that were added.
    pub added: u32,
    /// Boxes that got a category, or were proposals and are accepted now.
    pub completed: u32,
    /// Boxes that were replaced.
    pub replaced: u32,
    /// Images that were added.
    pub images: u32,
    /// Categories that were added.
    pub categories: u32,
    /// Whether it was cancelled; then nothing was changed.
    pub cancelled: bool,
}

impl Project {
    /// Makes what was planned: all of it, as one step for undo, or nothing.
    ///
    /// # Errors
    /// When the project changed since the plan was made, or cannot be written.
    pub fn apply_import(
        &self,
        plan: &ImportPlan,
        choice: ConflictChoice,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ImportSummary, AppError> {
        let mut summary = ImportSummary {
            images: count(plan.new_images.len()),
            categories: count(plan.categories.len()),
            ..ImportSummary::default()
        };
        let mut edits: Vec<Edit> = Vec::with_capacity(plan.images.iter().map(|image| image.boxes.len()).sum());
        edits.extend(plan.categories.iter().map(|new| Edit::Category { before: None, after: Some(new.clone()) }));
        edits.extend(plan.destinations.iter().map(|new| Edit::Destination { before: None, after: Some(new.clone()) }));
        edits.extend(plan.marks.iter().map(|&(image, before, after)| Edit::Marks { image, before, after }));
        for image in &plan.images {
            let changes = image.boxes.iter().filter_map(|planned| change(planned, choice, &mut summary));
            edits.extend(changes.map(|(before, after)| Edit::Annotation {
                image: image.id,
                before,
                after: Some(after),
            }));
        }
        let total = edits.len();
        let import = Import { images: plan.new_images.clone(), sizes: plan.sizes.clone(), edits };
        let mut meter = Meter::new(total, progress);
        let mut told = 0;
        let mut tick = |made: usize| {
            meter.advance(made - told, "");
            told = made;
            if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let at = self.adapters.now();
        match self.store().import(&import, Step::ImportAnnotations, &at, &mut tick)? {
            Some(_) => Ok(summary),
            None => Ok(ImportSummary { cancelled: true, ..ImportSummary::default() }),
        }
    }
}

/// The row before and after, when the box changes something.
fn change(
    planned: &PlannedBox,
    choice: ConflictChoice,
    summary: &mut ImportSummary,
) -> Option<(Option<Annotation>, Annotation)> {
    let theirs = Annotation {
        id: AnnotationId::from_uuid(Uuid::new_v4()),
        bbox: planned.bbox,
        category: planned.category,
        state: AnnotationState::Accepted,
        source: planned.source.clone(),
        suggestion: None,
    };
    let replaced = |mine: &Annotation| Annotation {
        id: mine.id,
        // A box without category says nothing against the one that is there.
        category: theirs.category.or(mine.category),
        ..theirs.clone()
    };
    match (&planned.meets, choice) {
        (Met::Conflict(_), ConflictChoice::KeepMine) => None,
        (Met::Nothing, _) | (Met::Conflict(_), ConflictChoice::KeepBoth) => {
            summary.added += 1;
            Some((None, theirs))
        }
        (Met::Completes(mine), _) => {
            summary.completed += 1;
            Some((Some(mine.as_ref().clone()), replaced(mine)))
        }
        (Met::Conflict(mine), ConflictChoice::TakeTheirs) => {
            summary.replaced += 1;
            Some((Some(mine.as_ref().clone()), replaced(mine)))
        }
    }
}
