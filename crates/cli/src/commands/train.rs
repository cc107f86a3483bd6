//! `bauta train`.

use anyhow::Context as _;
use bauta_app::{Adapters, split_for, train, with_groups};
use bauta_domain::{Dataset, EpochFigures, TrainingEvent, ports::CancelToken};
use serde_json::json;

use crate::{
    arguments::Train,
    output::{self, Bar},
};

pub(crate) fn run(adapters: &Adapters, arguments: &Train, cancel: &CancelToken) -> anyhow::Result<()> {
    let (mut dataset, problems) = super::dataset(adapters, &arguments.dataset)?;
    output::problems(&problems);
    let mut config = super::train_config::config(arguments);
    if let Some(groups) = &arguments.groups {
        config.split_by_group = true;
        name_groups(&mut dataset, groups)?;
    }
    let split = split_for(&dataset, &config)?;
    fs_err::create_dir_all(&arguments.out)?;
    let model = arguments.out.join("model.onnx");
    let name = arguments.dataset.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let bar = Bar::new("training");
    let mut shown = Ok(());
    let mut listen = |event: TrainingEvent| {
        if let Err(error) = show(&event, arguments.json, &bar) {
            shown = Err(error);
        }
    };
    let summary = train(adapters, (&dataset, &split), &config, (&model, &name), &mut listen, cancel)?;
    shown?;
    drop(bar);
    let summary = summary.context("stopped before the first epoch ended; there is no model")?;
    if arguments.json {
        output::json(&json!({
            "event": "finished", "model": summary.model, "val_accuracy": summary.val_accuracy,
            "best_epoch": summary.best_epoch, "cancelled": summary.cancelled,
            "stopped_early": summary.stopped_early, "seconds": summary.seconds,
        }))?;
    } else {
        output::line(&format!(
            "model of epoch {} saved as {}: {:.1} % of the validation pictures right ({:.0} s)",
            summary.best_epoch,
            summary.model,
            summary.val_accuracy * 100.0,
            summary.seconds
        ));
    }
    Ok(())
}

fn show(event: &TrainingEvent, as_json: bool, bar: &Bar) -> anyhow::Result<()> {
    match event {
        TrainingEvent::Preparing { done, total } => bar.set(*done, *total, "reading pictures".to_owned()),
        TrainingEvent::Started { training, validation, steps, parameters, problems, .. } => {
            output::problems(problems);
            if as_json {
                output::json(&json!({
                    "event": "started", "training": training, "validation": validation, "steps": steps,
                    "parameters": parameters, "left_out": problems.len(),
                }))?;
            } else {
                bar.println(&format!(
                    "{training} pictures to learn from, {validation} to check with, {parameters} weights"
                ));
            }
        }
        TrainingEvent::Step { epoch, step, steps, loss, accuracy, .. } => {
            bar.set(*step, *steps, format!("epoch {epoch}  loss {loss:.4}  accuracy {accuracy:.3}"));
        }
        TrainingEvent::Epoch(figures) if as_json => output::json(&epoch_json(figures))?,
        TrainingEvent::Epoch(figures) => bar.println(&epoch_line(figures)),
        // What ends a training is printed from its summary.
        TrainingEvent::Finished(_) | TrainingEvent::Cancelled | TrainingEvent::Failed { .. } => {}
    }
    Ok(())
}

fn epoch_json(figures: &EpochFigures) -> serde_json::Value {
    json!({
        "event": "epoch", "epoch": figures.epoch, "loss": figures.loss, "accuracy": figures.accuracy,
        "val_loss": figures.val_loss, "val_accuracy": figures.val_accuracy,
        "seconds": figures.seconds, "cpu_seconds": figures.cpu_seconds,
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
    let (file, column) = table.rsplit_once(':').context("--groups is written FILE.csv:COLUMN")?;
    let bytes = fs_err::read(file)?;
    let groups = bauta_formats::read_groups(&bytes, column).with_context(|| file.to_owned())?;
    let unnamed = with_groups(dataset, &groups);
    if unnamed > 0 {
        output::note(&format!("{unnamed} picture(s) are not in {file}; each counts as a group of its own"));
    }
    Ok(())
}
