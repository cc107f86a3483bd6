//! A study on its way: each training in a folder of its own, done once.

use std::path::Path;

use bauta_domain::{TrainingConfig, TrainingEvent, ports::CancelToken};

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

/// The records of a study's trainings in the folder `out` that were begun, of the pictures with this fingerprint.
///
/// # Errors
/// When a record is damaged or of a later version.
pub fn recorded(plan: &StudyPlan, out: &Path, fingerprint: &str) -> Result<Vec<RecordedRun>, AppError> {
    let read = |config: &TrainingConfig| RunFolder::new(out.join("runs").join(training_name(config))).read();
    let runs = plan.trainings().iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(runs.into_iter().flatten().filter(|run| run.fingerprint.as_deref() == Some(fingerprint)).collect())
}

/// Seconds that the trainings of a study that are not done will take, from what those before took; `None` before the
/// first is done. The time of a training grows with its pixels and its epochs.
pub fn seconds_left(plan: &StudyPlan, runs: &[RecordedRun]) -> Option<f64> {
    let work = |config: &TrainingConfig| f64::from(config.image_size).powi(2) * f64::from(config.epochs);
    let done: Vec<&RecordedRun> = runs.iter().filter(|run| run.outcome == RunOutcome::Finished).collect();
    let rate = |of: &dyn Fn(&RecordedRun) -> bool| {
        let like: Vec<_> = done.iter().filter(|run| of(run)).collect();
        let seconds: f64 = like.iter().map(|run| run.seconds()).sum();
        (!like.is_empty()).then(|| seconds / like.iter().map(|run| work(&run.config)).sum::<f64>())
    };
    let usual = rate(&|_| true)?;
    let is_over = |config: &TrainingConfig| {
        runs.iter().any(|run| run.config == *config && matches!(run.outcome, RunOutcome::Finished | RunOutcome::Failed))
    };
    let left = plan.trainings().into_iter().filter(|config| !is_over(config));
    Some(
        left.map(|config| work(&config) * rate(&|run| run.config.architecture == config.architecture).unwrap_or(usual))
            .sum(),
    )
}
