//! A training as it was recorded, wherever that was: in a project or in a folder of its own.

use bauta_domain::{EpochFigures, RunEnvironment, RunId, TrainingConfig, TrainingEvent, TrainingSummary};
use serde::{Deserialize, Serialize};

use crate::{
    Adapters, AppError, Project, RunOutcome,
    project::count,
    runs::{dataset_place, environment, repeat_command},
};

/// A training as it was recorded: what it was asked, what it said, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedRun {
    /// Version of this record; this program writes and reads [`RecordedRun::FORMAT`].
    pub format: u32,
    /// What people call it.
    pub name: String,
    /// When it began, in ISO 8601.
    pub started: String,
    /// Where its pictures were: a folder or a project.
    pub dataset: String,
    /// What identifies the pictures, when that was taken down.
    #[serde(default)]
    pub fingerprint: Option<String>,
    /// Labels in output order.
    pub labels: Vec<String>,
    /// Its settings.
    pub config: TrainingConfig,
    /// On what it ran, when that is known.
    pub environment: Option<RunEnvironment>,
    /// Pictures that it learned from.
    pub training: u32,
    /// Pictures that it was checked with.
    pub validation: u32,
    /// Weights of the network, when it came to count them.
    #[serde(default)]
    pub parameters: Option<u32>,
    /// What became of it.
    pub outcome: RunOutcome,
    /// Why it failed.
    pub failure: Option<String>,
    /// Its epochs, in order.
    pub figures: Vec<EpochFigures>,
    /// How it ended, when there is a model.
    pub summary: Option<TrainingSummary>,
    /// The command that repeats it.
    pub command: String,
    /// How many times it was started: more than once when it was interrupted.
    #[serde(default)]
    pub attempts: u32,
}

/// What is known of a training that is about to begin.
#[derive(Clone, Copy)]
pub struct NewRecord<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Where its pictures are.
    pub dataset: &'a str,
    /// What identifies them.
    pub fingerprint: Option<&'a str>,
    /// Labels in output order.
    pub labels: &'a [String],
    /// Its settings.
    pub config: &'a TrainingConfig,
    /// Pictures to learn from and to check with.
    pub sides: (usize, usize),
    /// The command that repeats it.
    pub command: &'a str,
}

impl RecordedRun {
    /// The version of records that this program writes and reads.
    pub const FORMAT: u32 = 1;

    /// The record of a training that begins now.
    pub fn begin(adapters: &Adapters, new: NewRecord<'_>) -> Self {
        let NewRecord { name, dataset, fingerprint, labels, config, sides, command } = new;
        Self {
            format: Self::FORMAT,
            name: name.to_owned(),
            started: adapters.now(),
            dataset: dataset.to_owned(),
            fingerprint: fingerprint.map(str::to_owned),
            labels: labels.to_vec(),
            config: config.clone(),
            environment: Some(environment(adapters, config)),
            training: count(sides.0),
            validation: count(sides.1),
            parameters: None,
            outcome: RunOutcome::Running,
            failure: None,
            figures: Vec::new(),
            summary: None,
            command: command.to_owned(),
            attempts: 0,
        }
    }

    /// Takes in an event; whether the record is another one now.
    pub fn hear(&mut self, event: &TrainingEvent) -> bool {
        match event {
            TrainingEvent::Started { training, validation, parameters, .. } => {
                // Pictures that cannot be read are on neither side.
                (self.training, self.validation) = (*training, *validation);
                self.parameters = Some(*parameters);
                self.outcome = RunOutcome::Running;
                // A training that goes on tells its earlier epochs again.
                self.figures.clear();
            }
            TrainingEvent::Epoch(figures) => {
                self.figures.retain(|earlier| earlier.epoch < figures.epoch);
                self.figures.push(*figures);
            }
            TrainingEvent::Finished(summary) => {
                self.outcome = if summary.cancelled { RunOutcome::Cancelled } else { RunOutcome::Finished };
                self.failure = None;
                self.summary = Some(summary.clone());
            }
            TrainingEvent::Cancelled => self.outcome = RunOutcome::Cancelled,
            TrainingEvent::Failed { message } => {
                self.outcome = RunOutcome::Failed;
                self.failure = Some(message.clone());
            }
            _ => return false,
        }
        true
    }

    /// The figures of the epoch that the model is of; without a model, of the best so far.
    pub fn best(&self) -> Option<&EpochFigures> {
        let of_model = self.summary.as_ref().map(|summary| summary.best_epoch);
        match of_model {
            Some(epoch) => self.figures.iter().find(|figures| figures.epoch == epoch),
            None => self.figures.iter().max_by(|a, b| a.val_accuracy.total_cmp(&b.val_accuracy)),
        }
    }

    /// The share of validation pictures called right, 0 to 1, once an epoch has ended.
    pub fn val_accuracy(&self) -> Option<f64> {
        let of_model = self.summary.as_ref().map(|summary| summary.val_accuracy);
        of_model.or_else(|| self.best().map(|figures| figures.val_accuracy))
    }

    /// Wall seconds of its epochs, or in all when it is known.
    pub fn seconds(&self) -> f64 {
        let of_epochs = || self.figures.iter().fold(0.0, |sum, figures| sum + figures.seconds);
        self.summary.as_ref().map_or_else(of_epochs, |summary| summary.seconds)
    }
}

impl Project {
    /// What this project recorded of a training, for a report.
    ///
    /// # Errors
    /// When the project does not have it, or cannot be read.
    pub fn recorded_run(&self, run: RunId) -> Result<RecordedRun, AppError> {
        let view = self.run(run)?;
        let (dataset, split) = self.run_samples(run)?;
        Ok(RecordedRun {
            format: RecordedRun::FORMAT,
            name: view.name,
            started: view.started,
            dataset: dataset_place(self.path(), &dataset),
            fingerprint: None,
            labels: dataset.labels,
            config: view.config,
            environment: view.environment,
            training: count(split.training.len()),
            validation: count(split.validation.len()),
            parameters: None,
            outcome: view.outcome,
            failure: view.failure,
            figures: view.figures,
            summary: view.summary,
            command: repeat_command(self.path(), run),
            attempts: 1,
        })
    }
}
