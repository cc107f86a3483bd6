//! `bauta study`.

use bauta_app::{
    Adapters, RunOutcome, TrainingSet,
    report::{RecordedRun, write_report},
    study::{Grid, StudyEvent, StudyPlan, run_study, study_report},
};
use bauta_domain::{Preset, TrainingConfig, TrainingEvent, ports::CancelToken};
use serde_json::json;

use super::report::say_written;
use crate::{
    output::{self, Bar},
    study_arguments::{GridName, Study},
};

pub(crate) fn run(adapters: &Adapters, arguments: &Study, cancel: &CancelToken) -> anyhow::Result<()> {
    let plan = plan(arguments);
    let set = training_set(adapters, &arguments.dataset, cancel)?;
    let bar = Bar::new("study");
    let as_json = arguments.json;
    let mut place = String::new();
    let mut told = Ok(());
    let mut listen = |event: StudyEvent<'_>| match event {
        StudyEvent::Begins { number, total, name } => {
            place = format!("{number} of {total}  {name}");
            bar.set(number as u32 - 1, total as u32, name.to_owned());
        }
        StudyEvent::Training(TrainingEvent::Step { epoch, accuracy, .. }) => {
            bar.message(format!("{place}  epoch {epoch}  accuracy {accuracy:.3}"));
        }
        StudyEvent::Training(TrainingEvent::Warning { message }) => output::note(message),
        StudyEvent::Training(_) => {}
        StudyEvent::Ended(run) if as_json => told = output::json(&ended_json(run)),
        StudyEvent::Ended(run) => bar.println(&ended_line(&place, run)),
    };
    let runs = run_study(adapters, &set, &plan, &arguments.out, &mut listen, cancel)?;
    drop(bar);
    told?;
    let page = arguments.out.join("report.html");
    // So that it can be typed in any working folder.
    let [dataset, out] = [&arguments.dataset, &arguments.out].map(std::path::absolute);
    let command = plan.command(&dataset?.display().to_string(), &out?.display().to_string());
    let written = write_report(&study_report(&plan, &runs, &command), &page)?;
    if as_json {
        output::json(&json!({"event": "finished", "report": page, "trainings": runs.len()}))?;
    } else {
        say_written(&page, &written);
    }
    anyhow::ensure!(!cancel.is_cancelled(), "stopped; what was trained is kept, and the same command goes on");
    let failure = runs.iter().find_map(|run| run.failure.as_deref());
    let has_any = runs.iter().any(|run| run.outcome == RunOutcome::Finished);
    anyhow::ensure!(has_any, "none of the study's trainings could be done: {}", failure.unwrap_or_default());
    output::complete()
}

/// The pictures, compared with each other once.
pub(super) fn training_set(
    adapters: &Adapters,
    place: &std::path::Path,
    cancel: &CancelToken,
) -> anyhow::Result<TrainingSet> {
    let (dataset, problems) = super::dataset(adapters, place)?;
    output::problems(&problems);
    let mut set = TrainingSet::new(place, dataset)?;
    let bar = Bar::new("comparing pictures");
    set.compare_pictures(adapters, &mut |progress| bar.show(&progress), cancel);
    drop(bar);
    super::not_cancelled(cancel)?;
    Ok(set)
}

/// One training that ended, for a program.
pub(super) fn ended_json(run: &RecordedRun) -> serde_json::Value {
    json!({
        "event": "training", "name": run.name, "outcome": run.outcome, "failure": run.failure,
        "val_accuracy": run.val_accuracy(), "best_epoch": run.best().map(|figures| figures.epoch),
        "epochs": run.figures.len(), "seconds": run.seconds(), "config": run.config,
    })
}

/// The same for a person.
pub(super) fn ended_line(place: &str, run: &RecordedRun) -> String {
    match (run.outcome, &run.failure, run.val_accuracy()) {
        (RunOutcome::Failed, failure, _) => format!("{place}: failed: {}", failure.as_deref().unwrap_or_default()),
        (_, _, Some(share)) => format!("{place}: {share:.3} ({:.0} s)", run.seconds()),
        (_, _, None) => format!("{place}: stopped before its first epoch ended"),
    }
}

fn plan(arguments: &Study) -> StudyPlan {
    let grids = match arguments.grid {
        GridName::Models => vec![Grid::Models],
        GridName::Losses => vec![Grid::Losses],
        GridName::Sizes => vec![Grid::Sizes],
        GridName::Epochs => vec![Grid::Epochs],
        GridName::All => Grid::ALL.to_vec(),
    };
    let paper = Preset::Paper.config();
    let first = arguments.seed.unwrap_or(paper.seed);
    let base = TrainingConfig {
        image_size: arguments.size.unwrap_or(paper.image_size),
        epochs: arguments.epochs.unwrap_or(paper.epochs),
        split_by_group: !arguments.random_split,
        threads: arguments.threads,
        seed: first,
        ..paper
    };
    StudyPlan { grids, base, seeds: (0..arguments.seeds).map(|more| first.wrapping_add(more)).collect() }
}
