//! The trainings that a project remembers: listed, renamed, compared, deleted. How they get there is in `recorder`,
//! how they start, go on and are repeated in `training_job`.

mod answers;
mod command;
mod compare;
mod curves;
mod page;
mod pictures;
mod recorder;

use std::path::{Path, PathBuf};

use bauta_domain::{Dataset, EpochFigures, RunEnvironment, RunId, Split, TrainingConfig, TrainingSummary};
use bauta_store::{EpochDetails, RunEnd, RunRecord, RunState, StrangeRun};
use serde::{Deserialize, Serialize};

pub(crate) use answers::LookedAt;
pub use answers::{RunAnswers, SampleAnswer};
pub(crate) use command::{dataset_place, repeat_command};
pub(crate) use compare::settings;
pub use compare::{RunComparison, SettingDifference};
pub use curves::StepCurves;
pub use page::{LabelReport, RunPage};
pub use pictures::RunPictures;
pub use recorder::RunRecorder;
pub(crate) use recorder::environment;

use crate::{AppError, Project, workspace::free_model_path};

/// What became of a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum RunOutcome {
    /// It runs now.
    Running,
    /// It did all its epochs, or as many as got better.
    Finished,
    /// It was cancelled; there is a model when an epoch had ended.
    Cancelled,
    /// It could not go on.
    Failed,
    /// The program ended before it did.
    Interrupted,
}

/// A training as the project remembers it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RunView {
    /// Identity.
    pub id: RunId,
    /// What the user calls it.
    pub name: String,
    /// When it began, in ISO 8601.
    pub started: String,
    /// Its settings.
    pub config: TrainingConfig,
    /// On what it ran, when that is known.
    pub environment: Option<RunEnvironment>,
    /// What became of it.
    pub outcome: RunOutcome,
    /// Why it failed.
    pub failure: Option<String>,
    /// Its epochs, in order.
    pub figures: Vec<EpochFigures>,
    /// How it ended, when there is a model.
    pub summary: Option<TrainingSummary>,
    /// Whether the model's file is still where it was written.
    pub has_model: bool,
    /// Whether it ended early and can go on.
    pub can_resume: bool,
}

/// A training that this version does not understand: of a newer one, or damaged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StrangeRunView {
    /// Identity.
    pub id: RunId,
    /// What the user calls it.
    pub name: String,
    /// When it began, in ISO 8601.
    pub started: String,
    /// What is the matter and what helps.
    pub message: String,
}

/// What an epoch of a training was made of. Empty where it was not recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EpochParts {
    /// For each step, mean loss of the epoch so far.
    pub step_losses: Vec<f64>,
    /// For each step, mean accuracy of the epoch so far, 0 to 1.
    pub step_accuracies: Vec<f64>,
    /// Counts of the validation pictures after it: a row for each true label, a column for each answer.
    pub confusion: Vec<Vec<u32>>,
}

impl Project {
    /// All trainings in the order in which they began.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn runs(&self) -> Result<Vec<RunView>, AppError> {
        let records = self.store().runs()?;
        Ok(records.into_iter().map(|record| self.run_view(record)).collect())
    }

    /// The trainings that this version does not understand.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn strange_runs(&self) -> Result<Vec<StrangeRunView>, AppError> {
        let strange = self.store().strange_runs()?.into_iter();
        Ok(strange
            .map(|run| StrangeRunView {
                message: strange_message(&run),
                id: run.id,
                name: run.name,
                started: run.started,
            })
            .collect())
    }

    /// One training.
    ///
    /// # Errors
    /// When the project does not have it, this version does not understand it, or the project cannot be read.
    pub fn run(&self, run: RunId) -> Result<RunView, AppError> {
        if let Some(found) = self.runs()?.into_iter().find(|view| view.id == run) {
            return Ok(found);
        }
        let strange = self.store().strange_runs()?.into_iter().find(|strange| strange.id == run);
        Err(strange.map_or(AppError::NoRun, |run| AppError::Invalid(strange_message(&run))))
    }

    /// What a training learned from and was checked with.
    ///
    /// # Errors
    /// When the project does not have it, or cannot be read.
    pub fn run_samples(&self, run: RunId) -> Result<(Dataset, Split), AppError> {
        Ok(self.store().run_samples(run)?)
    }

    /// The latest training of this name that can go on, or be done for longer, with these settings; how long it goes and
    /// how large its steps are may be others now.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn run_to_resume(&self, name: &str, config: &TrainingConfig) -> Result<Option<RunView>, AppError> {
        let fits = |run: &RunView| {
            let is_this = run.name == name && run.outcome != RunOutcome::Running;
            is_this && run.config.is_of_one_training(config) && self.checkpoint_path(run.id).exists()
        };
        Ok(self.runs()?.into_iter().rfind(fits))
    }

    /// Where the model of a training goes that begins now: beside the project.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn next_model_path(&self) -> Result<PathBuf, AppError> {
        free_model_path(&self.path().with_extension("models"), &self.adapters)
    }

    /// What each epoch of a training was made of, in order.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn run_parts(&self, run: RunId) -> Result<Vec<EpochParts>, AppError> {
        let details = self.store().run_details(run)?;
        let parts = details.into_iter().map(|EpochDetails { steps, confusion }| {
            let (step_losses, step_accuracies) = steps.into_iter().unzip();
            EpochParts { step_losses, step_accuracies, confusion }
        });
        Ok(parts.collect())
    }

    /// Gives a training another name.
    ///
    /// # Errors
    /// When the name is empty, or the project does not have the training or cannot be written.
    pub fn rename_run(&self, run: RunId, name: &str) -> Result<(), AppError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(AppError::Invalid("a training needs a name; type one".to_owned()));
        }
        self.run(run)?;
        Ok(self.store().rename_run(run, name)?)
    }

    /// Forgets a training: its record, its figures and its state; with `model`, its model's files too.
    ///
    /// # Errors
    /// When it runs now, or the project does not have it or cannot be written.
    pub fn delete_run(&self, run: RunId, model: bool) -> Result<(), AppError> {
        let view = self.runs()?.into_iter().find(|view| view.id == run);
        if view.as_ref().is_some_and(|view| view.outcome == RunOutcome::Running) {
            return Err(AppError::Busy("this training"));
        }
        let known = view.is_some() || self.store().strange_runs()?.iter().any(|strange| strange.id == run);
        if !known {
            return Err(AppError::NoRun);
        }
        self.store().delete_run(run)?;
        // The record is gone: a file that is left takes room and harms nothing else.
        let _ = std::fs::remove_file(self.checkpoint_path(run));
        if let Some(summary) = view.and_then(|view| view.summary).filter(|_| model) {
            let file = PathBuf::from(summary.model);
            let _ = std::fs::remove_file(file.with_extension("json"));
            let _ = std::fs::remove_file(file);
        }
        Ok(())
    }

    /// Where the state of a training is kept: its last and its best weights.
    pub(crate) fn checkpoint_path(&self, run: RunId) -> PathBuf {
        self.path().with_extension("models").join(format!("{run}.checkpoint"))
    }

    fn run_view(&self, record: RunRecord) -> RunView {
        let can_resume = ended_early(&record) && self.checkpoint_path(record.id).exists();
        let (outcome, failure, summary) = match record.state {
            RunState::Running => (RunOutcome::Running, None, None),
            RunState::Interrupted => (RunOutcome::Interrupted, None, None),
            RunState::Ended(RunEnd::Cancelled) => (RunOutcome::Cancelled, None, None),
            RunState::Ended(RunEnd::Failed { message }) => (RunOutcome::Failed, Some(message), None),
            RunState::Ended(RunEnd::Finished(summary)) => {
                let outcome = if summary.cancelled { RunOutcome::Cancelled } else { RunOutcome::Finished };
                (outcome, None, Some(summary))
            }
        };
        RunView {
            id: record.id,
            name: record.name,
            started: record.started,
            config: record.config,
            environment: record.environment,
            outcome,
            failure,
            figures: record.figures,
            has_model: summary.as_ref().is_some_and(|summary| Path::new(&summary.model).exists()),
            summary,
            can_resume,
        }
    }
}

/// What is the matter with a training that this version does not understand.
fn strange_message(run: &StrangeRun) -> String {
    let StrangeRun { name, program, found, .. } = run;
    let (ours, theirs) = (env!("CARGO_PKG_VERSION"), program.as_deref());
    match theirs.filter(|theirs| *theirs != ours) {
        Some(theirs) => format!(
            "{name:?} was made by Bauta {theirs}, which knows settings that this one ({ours}) does not; update Bauta to open it ({found})"
        ),
        None => format!("the record of {name:?} is of a newer Bauta, or damaged; update Bauta, or delete it ({found})"),
    }
}

/// Whether a training stopped before its last epoch.
pub(crate) fn ended_early(run: &RunRecord) -> bool {
    match &run.state {
        RunState::Running => false,
        RunState::Interrupted | RunState::Ended(RunEnd::Cancelled | RunEnd::Failed { .. }) => true,
        RunState::Ended(RunEnd::Finished(summary)) => summary.cancelled,
    }
}
