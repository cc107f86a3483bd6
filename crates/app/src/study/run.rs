//! A study on its way: each training in a folder of its own, done once.

use std::path::Path;

use bauta_domain::{TrainingEvent, ports::CancelToken};

use super::{StudyPlan, grid::training_name};
use crate::{Adapters, AppError, FolderTraining, RunFolder, RunOutcome, TrainingSet, report::RecordedRun};

/// What a study says while it runs.
pub enum StudyEvent<'a> {
    /// A training begins, or is looked up.
    Begins {
        /// Its number, from 1.
        number: usize,
        /// How many there are.
        total: usize,
        /// What it is called.
        name: &'a str,
    },
    /// What the training says.
    Training(&'a TrainingEvent),
    /// A training ended, or had ended before.
    Ended(&'a RecordedRun),
}

/// Does what is left of a study in the folder `out`, and gives the record of every training that there is then, also when
/// it was cancelled. One that failed is recorded as such, the others go on; it is tried again when the study is.
///
/// # Errors
/// When the folder holds trainings of other pictures or cannot be written, or the pictures are gone. What was done is kept.
pub fn run_study(
    adapters: &Adapters,
    set: &TrainingSet,
    plan: &StudyPlan,
    out: &Path,
    events: &mut dyn FnMut(StudyEvent<'_>),
    cancel: &CancelToken,
) -> Result<Vec<RecordedRun>, AppError> {
    let trainings = plan.trainings();
    let mut runs = Vec::new();
    for (index, config) in trainings.iter().enumerate() {
        let name = training_name(config);
        let folder = RunFolder::new(out.join("runs").join(&name));
        let earlier = folder.read()?;
        if cancel.is_cancelled() {
            runs.extend(earlier.filter(|run| run.fingerprint.as_ref() == Some(&set.fingerprint)));
            continue;
        }
        if earlier.is_some_and(|run| run.outcome == RunOutcome::Failed) {
            fs_err::remove_file(folder.record())?;
        }
        events(StudyEvent::Begins { number: index + 1, total: trainings.len(), name: &name });
        let job = FolderTraining { name: &name, config, folder: &folder };
        let outcome = set.train(adapters, &job, &mut |event| events(StudyEvent::Training(event)), cancel);
        let run = match outcome {
            Err(AppError::Cancelled) => continue,
            outcome => outcome?,
        };
        events(StudyEvent::Ended(&run));
        runs.push(run);
    }
    Ok(runs)
}
