//! A training on its way into the project's record.

use std::{path::PathBuf, sync::Arc};

use bauta_domain::{Dataset, RunEnvironment, RunId, Split, TrainingConfig, TrainingEvent};
use bauta_store::{EpochDetails, NewRun, RunEnd};
use uuid::Uuid;

use crate::{Adapters, AppError, Project, cores, project::count};

/// On what a training with these settings runs here.
pub(crate) fn environment(adapters: &Adapters, config: &TrainingConfig) -> RunEnvironment {
    let cores = count(cores());
    RunEnvironment {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        trainer: adapters.trainer.describe(),
        cores,
        threads: config.threads.unwrap_or(cores),
    }
}

/// Writes what a training says into the record of a project.
pub struct RunRecorder {
    project: Arc<Project>,
    run: RunId,
    /// Of the epoch under way.
    details: EpochDetails,
    /// The epochs that the record of a training which goes on has already. The training tells them again, without what
    /// they were made of, and perhaps one more: it keeps its state first.
    earlier: Vec<u32>,
    /// The settings of a training that goes on, until it does: one that is refused keeps its record as it was.
    resumed: Option<TrainingConfig>,
}

impl RunRecorder {
    /// Records that a training begins.
    ///
    /// # Errors
    /// When the project cannot be written.
    pub fn begin(
        project: Arc<Project>,
        name: &str,
        (dataset, split): (&Dataset, &Split),
        config: &TrainingConfig,
    ) -> Result<Self, AppError> {
        let run = RunId::from_uuid(Uuid::new_v4());
        let new = NewRun {
            id: run,
            name: name.to_owned(),
            started: project.adapters.now(),
            config: config.clone(),
            environment: environment(&project.adapters, config),
            dataset: dataset.clone(),
            split: split.clone(),
        };
        project.store().insert_run(&new)?;
        Ok(Self { project, run, details: EpochDetails::default(), earlier: Vec::new(), resumed: None })
    }

    /// Records that a training goes on with these settings, as soon as it does.
    ///
    /// # Errors
    /// When there is no such training, or the project cannot be read.
    pub fn resume(project: Arc<Project>, run: RunId, config: &TrainingConfig) -> Result<Self, AppError> {
        let earlier = project.run(run)?.figures.iter().map(|figures| figures.epoch).collect();
        let resumed = Some(config.clone());
        Ok(Self { project, run, details: EpochDetails::default(), earlier, resumed })
    }

    /// Where the training's state is kept: its last and its best weights.
    pub fn checkpoint(&self) -> PathBuf {
        self.project.checkpoint_path(self.run)
    }

    /// Takes in an event. A figure that cannot be written (the disk is full) is missing from the record, not from
    /// the training.
    pub fn hear(&mut self, event: &TrainingEvent) {
        let goes_on = !matches!(event, TrainingEvent::Preparing { .. } | TrainingEvent::Warning { .. });
        if let Some(config) = self.resumed.take_if(|_| goes_on) {
            let _ = self.project.store().resume_run(self.run, &config);
        }
        match event {
            TrainingEvent::Step { step, loss, accuracy, .. } => {
                // What is left of an epoch that was interrupted gives way to the same epoch.
                self.details.steps.truncate(*step as usize - 1);
                self.details.steps.push((*loss, *accuracy));
            }
            TrainingEvent::Checked { confusion, .. } => self.details.confusion.clone_from(&confusion.counts),
            TrainingEvent::Epoch(figures) => {
                let details = std::mem::take(&mut self.details);
                let is_known = details.steps.is_empty() && self.earlier.contains(&figures.epoch);
                if !is_known {
                    let _ = self.project.store().append_epoch(self.run, figures, &details);
                }
            }
            _ => {}
        }
    }

    /// Records how the training ended, by its last event. One that was to go on and did not keeps its record.
    ///
    /// # Errors
    /// When the project cannot be written; the training counts as interrupted then.
    pub fn end(&self, last: &TrainingEvent) -> Result<(), AppError> {
        if self.resumed.is_some() {
            return Ok(());
        }
        let end = match last {
            TrainingEvent::Finished(summary) => RunEnd::Finished(summary.clone()),
            TrainingEvent::Failed { message } => RunEnd::Failed { message: message.clone() },
            _ => RunEnd::Cancelled,
        };
        Ok(self.project.store().finish_run(self.run, &end)?)
    }
}
