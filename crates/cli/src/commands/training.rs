//! One training of the command line: heard, printed, and remembered by its project.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use bauta_app::{
    Adapters, FolderRecorder, Project, RunFolder, RunRecorder, last_event,
    report::{NewRecord, RecordedRun},
    train,
};
use bauta_domain::{
    ConfusionMatrix, Dataset, EpochFigures, Interval, RunId, Split, TrainingConfig, TrainingEvent, TrainingSummary,
    ports::{CancelToken, Checkpointing},
};
use serde_json::json;

use crate::output::{self, Bar};

/// What one training needs.
pub(crate) struct Training<'a> {
    pub adapters: &'a Adapters,
    /// The project that remembers it.
    pub project: Option<&'a Arc<Project>>,
    pub dataset: &'a Dataset,
    pub split: &'a Split,
    pub config: &'a TrainingConfig,
    /// What the user calls the model, and the project the training.
    pub names: (&'a str, &'a str),
    pub model: &'a Path,
    pub state: State<'a>,
    /// Which part of a cross-validation it is, from 1.
    pub fold: Option<usize>,
    /// The folder that is to have a record of its own, with where the pictures are and the command that repeats it.
    pub record: Option<(&'a RunFolder, &'a str, &'a str)>,
    pub as_json: bool,
    pub cancel: &'a CancelToken,
}

/// Where the training's state is kept, and whether it is there already.
#[derive(Clone, Copy)]
pub(crate) enum State<'a> {
    /// With the project's record, which goes on when there is one.
    OfProject(Option<RunId>),
    /// In this file; when `resume` is set, it goes on from there.
    File { path: &'a Path, resume: bool },
}

impl Training<'_> {
    /// Trains; `began` is called when the settings, the pictures and the state of an earlier part were found good.
    pub fn run(&self, began: &dyn Fn() -> anyhow::Result<()>) -> anyhow::Result<TrainingSummary> {
        let bar = Bar::new("training");
        let mut shown = Ok(());
        let (name, run_name) = self.names;
        let mut recorder = match (self.project, self.state) {
            (Some(project), State::OfProject(Some(run))) => {
                Some(RunRecorder::resume(Arc::clone(project), run, self.config)?)
            }
            (Some(project), State::OfProject(None)) => {
                let samples = (self.dataset, self.split);
                Some(RunRecorder::begin(Arc::clone(project), run_name, samples, self.config)?)
            }
            _ => None,
        };
        let mut in_folder = self.folder_recorder();
        let recorded = recorder.as_ref().map(RunRecorder::checkpoint);
        let checkpoint = match (self.state, &recorded) {
            (State::File { path, resume }, _) => Some(Checkpointing { path, resume }),
            (State::OfProject(run), Some(path)) => Some(Checkpointing { path, resume: run.is_some() }),
            (State::OfProject(_), None) => None,
        };
        let mut listen = |event: TrainingEvent| {
            if let Some(recorder) = &mut recorder {
                recorder.hear(&event);
            }
            if let Some(recorder) = &mut in_folder {
                recorder.hear(&event);
            }
            let begins = matches!(event, TrainingEvent::Started { .. });
            let outcome = if begins { began() } else { Ok(()) };
            if let Err(error) = outcome.and_then(|()| show(&event, self.as_json, self.fold, &bar)) {
                shown = Err(error);
            }
        };
        let place = (self.model, name, checkpoint);
        let outcome = train(self.adapters, (self.dataset, self.split), self.config, place, &mut listen, self.cancel);
        let last = last_event(&outcome);
        if let Some(recorder) = recorder {
            recorder.end(&last)?;
        }
        if let Some(recorder) = in_folder {
            recorder.end(&last)?;
        }
        let summary = outcome?;
        shown?;
        summary.context("stopped before the first epoch ended; there is no model")
    }

    fn folder_recorder(&self) -> Option<FolderRecorder> {
        let (folder, place, command) = self.record?;
        let new = NewRecord {
            name: self.names.1,
            dataset: place,
            fingerprint: None,
            labels: &self.dataset.labels,
            config: self.config,
            sides: (self.split.training.len(), self.split.validation.len()),
            command,
        };
        let resume = matches!(self.state, State::File { resume: true, .. } | State::OfProject(Some(_)));
        Some(FolderRecorder::begin(folder.clone(), RecordedRun::begin(self.adapters, new), resume))
    }
}

/// Prints what came out of one training; `again` is how an interrupted one goes on.
pub(crate) fn print(summary: &TrainingSummary, as_json: bool, again: &str) -> anyhow::Result<()> {
    if as_json {
        return output::json(&json!({
            "event": "finished", "model": summary.model, "val_accuracy": summary.val_accuracy,
            "val_accuracy_interval": summary.val_accuracy_interval, "best_epoch": summary.best_epoch, "cancelled": summary.cancelled,
            "stopped_early": summary.stopped_early, "seconds": summary.seconds,
        }));
    }
    if summary.cancelled {
        output::line(&format!("stopped before the last epoch, as you asked; {again}"));
    }
    output::line(&format!(
        "model of epoch {} saved as {} ({:.0} s)",
        summary.best_epoch, summary.model, summary.seconds
    ));
    output::line(&accuracy_line(&summary.confusion));
    Ok(())
}

/// The accuracy as it should be read: with what so few pictures leave open.
pub(crate) fn accuracy_line(confusion: &ConfusionMatrix) -> String {
    let (share, total) = (confusion.accuracy(), confusion.total());
    match confusion.accuracy_interval() {
        Some(Interval { low, high }) => {
            format!("{share:.3} of {total} validation pictures right; on others like them, {low:.2} to {high:.2}")
        }
        None => "no validation pictures".to_owned(),
    }
}

fn show(event: &TrainingEvent, as_json: bool, fold: Option<usize>, bar: &Bar) -> anyhow::Result<()> {
    match event {
        TrainingEvent::Preparing { done, total } => bar.set(*done, *total, "reading pictures".to_owned()),
        TrainingEvent::Started { training, validation, steps, parameters, problems, resumed, .. } => {
            output::problems(problems);
            if as_json {
                output::json(&json!({
                    "event": "started", "training": training, "validation": validation, "steps": steps,
                    "parameters": parameters, "left_out": problems.len(), "resumed": resumed, "fold": fold,
                }))?;
            } else {
                bar.println(&format!(
                    "{training} pictures to learn from, {validation} to check with, {parameters} weights"
                ));
                if *resumed > 0 {
                    bar.println(&format!("going on after epoch {resumed}"));
                }
            }
        }
        TrainingEvent::Step { epoch, step, steps, loss, accuracy, .. } => {
            bar.set(*step, *steps, format!("epoch {epoch}  loss {loss:.4}  accuracy {accuracy:.3}"));
        }
        TrainingEvent::Epoch(figures) if as_json => output::json(&epoch_json(figures, fold))?,
        TrainingEvent::Epoch(figures) => bar.println(&epoch_line(figures)),
        TrainingEvent::Warning { message } => output::note(message),
        // For the record of a project. What ends a training is printed from its summary.
        TrainingEvent::Checked { .. } => {}
        TrainingEvent::Finished(_) | TrainingEvent::Cancelled | TrainingEvent::Failed { .. } => {}
    }
    Ok(())
}

fn epoch_json(figures: &EpochFigures, fold: Option<usize>) -> serde_json::Value {
    json!({
        "event": "epoch", "epoch": figures.epoch, "loss": figures.loss, "accuracy": figures.accuracy,
        "val_loss": figures.val_loss, "val_accuracy": figures.val_accuracy,
        "seconds": figures.seconds, "cpu_seconds": figures.cpu_seconds, "fold": fold,
    })
}

/// One line for a person.
pub(crate) fn epoch_line(figures: &EpochFigures) -> String {
    format!(
        "epoch {:2}: loss {}  accuracy {:.3}  validation loss {}  accuracy {:.3}  ({:.1} s)",
        figures.epoch,
        loss_text(figures.loss),
        figures.accuracy,
        loss_text(figures.val_loss),
        figures.val_accuracy,
        figures.seconds
    )
}

/// A loss in few digits, also that of a training which runs away.
fn loss_text(loss: f64) -> String {
    if loss < 1e6 { format!("{loss:.4}") } else { format!("{loss:.1e}") }
}
