//! `bauta runs`.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use bauta_app::{Adapters, Project, RepeatChanges, RunComparison, RunView};
use bauta_domain::{RunId, ports::CancelToken};
use serde_json::json;

use super::training::{self, State, Training, epoch_line};
use crate::{arguments::RunsCommand, output};

/// A training that is repeated stops when it is cancelled.
pub(crate) fn run(adapters: &Adapters, command: &RunsCommand, cancel: &CancelToken) -> anyhow::Result<()> {
    let to_read = |path: &Path| Project::open_to_read(path, adapters.clone());
    match command {
        RunsCommand::List { project, json } => {
            for (index, run) in to_read(project)?.runs()?.iter().enumerate() {
                if *json { output::json(run)? } else { output::line(&format!("{:3}  {}", index + 1, headline(run))) }
            }
        }
        RunsCommand::Show { project, run, json } => {
            let project = to_read(project)?;
            let view = project.run(named(&project, run)?)?;
            if *json {
                output::json(&json!({"run": view, "epochs": project.run_parts(view.id)?}))?;
            } else {
                show(&view)?;
            }
        }
        RunsCommand::Compare { project, runs, json } => {
            let project = to_read(project)?;
            let runs = runs.iter().map(|run| named(&project, run)).collect::<anyhow::Result<Vec<_>>>()?;
            let comparison = project.compare_runs(&runs)?;
            if *json { output::json(&comparison)? } else { compare(&comparison) }
        }
        RunsCommand::Rename { project, run, name } => {
            let project = Project::open(project, adapters.clone())?;
            project.rename_run(named(&project, run)?, name)?;
        }
        RunsCommand::Delete { project, run, model } => {
            let project = Project::open(project, adapters.clone())?;
            project.delete_run(named(&project, run)?, *model)?;
        }
        RunsCommand::Repeat { project, run, seed, learning_rate, json } => {
            let project = Arc::new(Project::open(project, adapters.clone())?);
            let changes = RepeatChanges { seed: *seed, learning_rate: *learning_rate };
            let run = named(&project, run)?;
            repeat(adapters, &project, (run, changes), *json, cancel)?;
        }
    }
    output::complete()
}

/// Trains once more on what an earlier training had, as a new one beside it.
fn repeat(
    adapters: &Adapters,
    project: &Arc<Project>,
    (run, changes): (RunId, RepeatChanges),
    as_json: bool,
    cancel: &CancelToken,
) -> anyhow::Result<()> {
    let earlier = project.run(run)?;
    let (dataset, split) = project.run_samples(run)?;
    let training = Training {
        adapters,
        project: Some(project),
        dataset: &dataset,
        split: &split,
        config: &changes.applied_to(&earlier.config),
        names: (&earlier.name, &earlier.name),
        model: &project.next_model_path()?,
        state: State::OfProject(None),
        fold: None,
        record: None,
        as_json,
        cancel,
    };
    let summary = training.run(&|| Ok(()))?;
    training::print(&summary, as_json, "the window goes on with it")
}

/// The training with this number in the list, or with this id.
pub(super) fn named(project: &Project, text: &str) -> anyhow::Result<RunId> {
    if let Ok(number) = text.parse::<usize>() {
        let runs = project.runs()?;
        let run = number.checked_sub(1).and_then(|index| runs.get(index));
        return run
            .map(|run| run.id)
            .with_context(|| format!("there is no training {number}; there are {}", runs.len()));
    }
    text.parse().with_context(|| format!("expected the number or the id of a training, found {text:?}"))
}

fn headline(run: &RunView) -> String {
    let outcome = json!(run.outcome);
    let outcome = outcome.as_str().unwrap_or_default();
    let accuracy = run.summary.as_ref().map(|summary| {
        let interval = summary.val_accuracy_interval.map(|i| format!(" ({:.2} to {:.2})", i.low, i.high));
        format!("  {:.3}{}", summary.val_accuracy, interval.unwrap_or_default())
    });
    let done = format!("{} of {} epochs", run.figures.len(), run.config.epochs);
    format!("{}  {}  {outcome}, {done}{}", run.started, run.name, accuracy.unwrap_or_default())
}

fn show(run: &RunView) -> anyhow::Result<()> {
    output::line(&headline(run));
    output::line(&format!("id {}", run.id));
    if let Some(environment) = &run.environment {
        output::line(&format!(
            "{} thread(s) of {} core(s), {}, version {}, {}",
            environment.threads, environment.cores, environment.system, environment.program, environment.trainer
        ));
    }
    output::line(&serde_json::to_string_pretty(&run.config)?);
    run.figures.iter().for_each(|figures| output::line(&epoch_line(figures)));
    if let Some(failure) = &run.failure {
        output::line(failure);
    }
    if let Some(summary) = &run.summary {
        output::line(&format!(
            "epoch {} is the best; {:.0} s, {:.0} CPU s; {}",
            summary.best_epoch, summary.seconds, summary.cpu_seconds, summary.model
        ));
        super::evaluate::print(&summary.confusion);
    }
    Ok(())
}

fn compare(comparison: &RunComparison) {
    comparison.runs.iter().for_each(|run| output::line(&headline(run)));
    for difference in &comparison.differences {
        output::line(&format!("{}: {}", difference.setting, difference.values.join(" | ")));
    }
    if !comparison.same_pictures {
        output::line("they were checked with different pictures: their accuracies cannot be compared");
    }
}
