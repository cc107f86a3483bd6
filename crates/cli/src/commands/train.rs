//! `bauta train`.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use bauta_app::{
    Adapters, ErrorCode, Project, RunRecorder, find_look_alikes, folds_for, group_by_folder, split_for, train,
    with_groups,
};
use bauta_domain::{
    ConfusionMatrix, Dataset, EpochFigures, Interval, Likeness, Sample, Split, TrainingConfig, TrainingEvent,
    TrainingSummary,
    ports::{CancelToken, Checkpointing},
};
use serde_json::json;

use crate::{
    arguments::Train,
    output::{self, Bar},
};

pub(crate) fn run(adapters: &Adapters, arguments: &Train, cancel: &CancelToken) -> anyhow::Result<()> {
    let project = project(adapters, &arguments.dataset)?;
    let (mut dataset, problems) = match &project {
        Some(project) => (project.dataset()?, Vec::new()),
        None => super::dataset(adapters, &arguments.dataset)?,
    };
    output::problems(&problems);
    let config = super::train_config::config(arguments);
    match arguments.groups.as_deref() {
        // What is known by itself.
        None | Some("photo") => {}
        Some("folder") => group_by_folder(&mut dataset),
        Some(table) => name_groups(&mut dataset, table)?,
    }
    dataset.check()?;
    let bar = Bar::new("comparing pictures");
    let alike = find_look_alikes(adapters, &dataset, &mut |progress| bar.show(&progress), cancel);
    drop(bar);
    super::not_cancelled(cancel)?;
    if !arguments.json {
        let Likeness { copies, bursts } = &alike;
        for (pairs, are) in [(copies, "are nearly the same"), (bursts, "were taken in one burst")] {
            if !pairs.is_empty() && (pairs == copies || config.split_by_group) {
                output::note(&format!("{} pair(s) of pictures {are}; they stay on one side of the split", pairs.len()));
            }
        }
    }
    let job = Job { adapters, project, dataset: &dataset, config: &config, arguments, cancel };
    match arguments.folds {
        Some(count) => job.folds(&folds_for(&dataset, &config, count as usize, &alike)?),
        None => job.once(&split_for(&dataset, &config, &alike)?),
    }
}

/// The project that is trained on, so that it can remember the training; `None` for a folder.
fn project(adapters: &Adapters, path: &Path) -> anyhow::Result<Option<Arc<Project>>> {
    if !super::names_project(path) {
        return Ok(None);
    }
    match Project::open(path, adapters.clone()) {
        Ok(project) => Ok(Some(Arc::new(project))),
        Err(error) if matches!(error.code(), ErrorCode::Locked | ErrorCode::ReadOnly) => {
            output::note(&format!("{}; so it will not remember this training", error.full_message()));
            Ok(Some(Arc::new(Project::open_to_read(path, adapters.clone())?)))
        }
        Err(error) => Err(error.into()),
    }
}

/// All that one training, or several, need.
struct Job<'a> {
    adapters: &'a Adapters,
    project: Option<Arc<Project>>,
    dataset: &'a Dataset,
    config: &'a TrainingConfig,
    arguments: &'a Train,
    cancel: &'a CancelToken,
}

impl Job<'_> {
    fn once(&self, split: &Split) -> anyhow::Result<()> {
        let summary = self.train(split, &self.arguments.out, None)?;
        if self.arguments.json {
            return output::json(&json!({
                "event": "finished", "model": summary.model, "val_accuracy": summary.val_accuracy,
                "val_accuracy_interval": summary.val_accuracy_interval, "best_epoch": summary.best_epoch, "cancelled": summary.cancelled,
                "stopped_early": summary.stopped_early, "seconds": summary.seconds,
            }));
        }
        output::line(&format!(
            "model of epoch {} saved as {} ({:.0} s)",
            summary.best_epoch, summary.model, summary.seconds
        ));
        output::line(&accuracy_line(&summary.confusion));
        Ok(())
    }

    fn folds(&self, splits: &[Split]) -> anyhow::Result<()> {
        let mut all = ConfusionMatrix::new(self.dataset.labels.clone());
        let mut accuracies = Vec::new();
        for (index, split) in splits.iter().enumerate() {
            let fold = index + 1;
            let summary = self.train(split, &self.arguments.out.join(format!("fold-{fold}")), Some(fold))?;
            anyhow::ensure!(!summary.cancelled, "stopped in fold {fold}; the models of the folds before it were kept");
            if !self.arguments.json {
                output::line(&format!("fold {fold} of {}: {}", splits.len(), accuracy_line(&summary.confusion)));
            }
            accuracies.push(summary.confusion.accuracy());
            all.add_all(&summary.confusion);
        }
        if self.arguments.json {
            return output::json(&json!({
                "event": "folds", "accuracy": all.accuracy(), "accuracy_interval": all.accuracy_interval(),
                "balanced_accuracy": all.balanced_accuracy(), "folds": accuracies, "labels": all.labels,
                "confusion": all.counts,
            }));
        }
        output::line(&format!("all folds: {}", accuracy_line(&all)));
        output::line(&format!("balanced accuracy {:.3}", all.balanced_accuracy()));
        Ok(())
    }

    /// One training into the folder `out`, which also gets the split.
    fn train(&self, split: &Split, out: &Path, fold: Option<usize>) -> anyhow::Result<TrainingSummary> {
        fs_err::create_dir_all(out)?;
        self.save_split(split, &out.join("split.json"))?;
        let model = out.join("model.onnx");
        let name = self.arguments.dataset.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let bar = Bar::new("training");
        let mut shown = Ok(());
        let mut recorder = match &self.project {
            Some(project) if !project.is_read_only() => {
                let name = fold.map_or_else(|| name.clone(), |fold| format!("{name}, fold {fold}"));
                let samples = (self.dataset, split);
                Some(RunRecorder::begin(Arc::clone(project), &name, samples, self.config)?)
            }
            _ => None,
        };
        let mut listen = |event: TrainingEvent| {
            if let Some(recorder) = &mut recorder {
                recorder.hear(&event);
            }
            if let Err(error) = show(&event, self.arguments.json, fold, &bar) {
                shown = Err(error);
            }
        };
        let samples = (self.dataset, split);
        let state = out.join("model.checkpoint");
        let checkpoint = Checkpointing { path: &state, resume: self.arguments.resume };
        let place = (model.as_path(), name.as_str(), Some(checkpoint));
        let outcome = train(self.adapters, samples, self.config, place, &mut listen, self.cancel);
        if let Some(recorder) = recorder {
            recorder.end(&match &outcome {
                Ok(Some(summary)) => TrainingEvent::Finished(summary.clone()),
                Ok(None) => TrainingEvent::Cancelled,
                Err(error) => TrainingEvent::Failed { message: error.full_message() },
            })?;
        }
        let summary = outcome?;
        shown?;
        summary.context("stopped before the first epoch ended; there is no model")
    }

    /// Which pictures learned and which checked, for whoever wants to repeat or examine it.
    fn save_split(&self, split: &Split, path: &Path) -> anyhow::Result<()> {
        let side = |side: &[usize]| -> Vec<serde_json::Value> {
            let samples = side.iter().map(|&index| &self.dataset.samples[index]);
            let entry = |sample: &Sample| {
                json!({
                    "path": sample.source.path.to_string_lossy(), "box": sample.source.bbox,
                    "label": self.dataset.labels[sample.label], "group": sample.group,
                })
            };
            samples.map(entry).collect()
        };
        let saved = json!({
            "seed": self.config.seed, "by_group": self.config.split_by_group,
            "training": side(&split.training), "validation": side(&split.validation),
        });
        Ok(fs_err::write(path, serde_json::to_string_pretty(&saved)?)?)
    }
}

/// The accuracy as it should be read: with what so few pictures leave open.
fn accuracy_line(confusion: &ConfusionMatrix) -> String {
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
        "epoch {:2}: loss {:.4}  accuracy {:.3}  validation loss {:.4}  accuracy {:.3}  ({:.1} s)",
        figures.epoch, figures.loss, figures.accuracy, figures.val_loss, figures.val_accuracy, figures.seconds
    )
}

fn name_groups(dataset: &mut Dataset, table: &str) -> anyhow::Result<()> {
    let (file, column) = table.rsplit_once(':').context("--groups is photo, folder, or FILE.csv:COLUMN")?;
    let bytes = fs_err::read(file)?;
    let groups = bauta_formats::read_groups(&bytes, column).with_context(|| file.to_owned())?;
    let unnamed = with_groups(dataset, &groups);
    if unnamed > 0 {
        output::note(&format!("{unnamed} picture(s) are not in {file}; each counts as a group of its own"));
    }
    Ok(())
}
