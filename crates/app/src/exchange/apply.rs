//! Applying a plan: one transaction, one step for undo.

use std::{collections::HashMap, ops::ControlFlow};

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

/// What becomes of each box that the project has otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ConflictChoices {
    /// What becomes of all that are not decided one by one.
    pub all: ConflictChoice,
    /// Those that are: the number of the conflict, as [`ImportPlanView`](super::ImportPlanView) lists them, and the
    /// choice.
    pub each: Vec<(u32, ConflictChoice)>,
}

impl From<ConflictChoice> for ConflictChoices {
    fn from(all: ConflictChoice) -> Self {
        Self { all, each: Vec::new() }
    }
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
    /// When there is nothing to bring in, the project changed since the plan was made, or it cannot be written.
    pub fn apply_import(
        &self,
        plan: &ImportPlan,
        choices: &ConflictChoices,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ImportSummary, AppError> {
        plan.refuse_nothing()?;
        let mut summary = ImportSummary {
            images: count(plan.new_images.len()),
            categories: count(plan.categories.len()),
            ..ImportSummary::default()
        };
        let each: HashMap<u32, ConflictChoice> = choices.each.iter().copied().collect();
        let choice = |number: u32| each.get(&number).copied().unwrap_or(choices.all);
        let mut ids = NewIds::new();
        let mut edits: Vec<Edit> = Vec::with_capacity(plan.images.iter().map(|image| image.boxes.len()).sum());
        edits.extend(plan.categories.iter().map(|new| Edit::Category { before: None, after: Some(new.clone()) }));
        edits.extend(plan.destinations.iter().map(|new| Edit::Destination { before: None, after: Some(new.clone()) }));
        edits.extend(plan.marks.iter().map(|&(image, before, after)| Edit::Marks { image, before, after }));
        for image in &plan.images {
            let changes = image.boxes.iter().filter_map(|planned| change(planned, &choice, &mut ids, &mut summary));
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

/// New identities that follow each other, so that the index over them grows at its end.
struct NewIds {
    high: u64,
    next: u64,
}

impl NewIds {
    fn new() -> Self {
        let (high, low) = Uuid::new_v4().as_u64_pair();
        // 2⁴⁰ to count through; what is before them is random, as all of another identity is.
        Self { high, next: low & !((1 << 40) - 1) }
    }

    fn next(&mut self) -> AnnotationId {
        self.next += 1;
        AnnotationId::from_uuid(Uuid::from_u64_pair(self.high, self.next))
    }
}

/// The row before and after, when the box changes something.
fn change(
    planned: &PlannedBox,
    choice: &dyn Fn(u32) -> ConflictChoice,
    ids: &mut NewIds,
    summary: &mut ImportSummary,
) -> Option<(Option<Annotation>, Annotation)> {
    let theirs = |id: AnnotationId| Annotation {
        id,
        bbox: planned.bbox,
        category: planned.category,
        state: AnnotationState::Accepted,
        source: planned.source.clone(),
        suggestion: None,
    };
    let replaced = |mine: &Annotation| Annotation {
        // A box without category says nothing against the one that is there.
        category: planned.category.or(mine.category),
        ..theirs(mine.id)
    };
    let mine = match &planned.meets {
        Met::Nothing => None,
        Met::Completes(mine) => {
            summary.completed += 1;
            return Some((Some(mine.as_ref().clone()), replaced(mine)));
        }
        Met::Conflict(mine, number) => Some((mine, choice(*number))),
    };
    match mine {
        Some((_, ConflictChoice::KeepMine)) => None,
        Some((mine, ConflictChoice::TakeTheirs)) => {
            summary.replaced += 1;
            Some((Some(mine.as_ref().clone()), replaced(mine)))
        }
        None | Some((_, ConflictChoice::KeepBoth)) => {
            summary.added += 1;
            Some((None, theirs(ids.next())))
        }
    }
}
