//! `bauta tune`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;
use bauta_app::{
    Adapters, RunOutcome, TrainingSet,
    report::write_report,
    tuning::{
        SearchSpace, Trial, TuneEvent, Tuning, TuningResult, cancel_when_input_ends, collect, in_own_program,
        read_trial, run_trial, run_tuning, trial_file, write_trials,
    },
};
use bauta_domain::{Preset, ports::CancelToken};
use serde_json::json;

use super::{
    report::say_written,
    study::{ended_json, ended_line},
};
use crate::{
    output::{self, Bar},
    train_arguments::ArchitectureName,
    tune_arguments::Tune,
};

pub(crate) fn run(adapters: &Adapters, arguments: &Tune, cancel: &CancelToken) -> anyhow::Result<()> {
    if let Some(folder) = &arguments.collect {
        return finish(&collect(folder)?, folder, arguments.json);
    }
    let out = arguments.out.as_deref().context("expected --out DIR, where the trials go")?;
    if let Some(place) = &arguments.trial {
        return one(adapters, arguments, place, out, cancel);
    }
    let dataset = arguments.dataset.as_deref().context("expected a folder of category folders, or a .bauta project")?;
    let tuning = tuning(adapters, arguments, dataset)?;
    if arguments.plan {
        let due = bauta_app::tuning::plan(&tuning, out)?;
        write_trials(&due)?.lines().for_each(output::line);
        return output::complete();
    }
    let bar = Bar::new("tuning");
    let as_json = arguments.json;
    let mut told = Ok(());
    let mut listen = |event: TuneEvent<'_>| match event {
        TuneEvent::Begins(trial, due) => bar.message(format!("{}, {due} left in this round", trial.id)),
        TuneEvent::Ended(_, run) if as_json => told = output::json(&ended_json(run)),
        TuneEvent::Ended(trial, run) => bar.println(&ended_line(&trial.id, run)),
    };
    let mut start = |trial: &Trial| {
        let command = own_program(trial, dataset, out)?;
        in_own_program(command, &mut |_| {}, cancel)
    };
    run_tuning(adapters, &tuning, out, &mut start, &mut listen, cancel)?;
    drop(bar);
    told?;
    finish(&collect(out)?, out, as_json)?;
    anyhow::ensure!(!cancel.is_cancelled(), "stopped; what was tried is kept, and the same command goes on");
    Ok(())
}

/// Does one trial of a plan, here. It ends early, to go on later, when the program that started it is gone.
fn one(
    adapters: &Adapters,
    arguments: &Tune,
    (plan, line): &(PathBuf, usize),
    out: &Path,
    cancel: &CancelToken,
) -> anyhow::Result<()> {
    if arguments.until_input_ends {
        cancel_when_input_ends(cancel);
    }
    let trial = read_trial(plan, *line)?;
    let place = arguments.dataset.clone().unwrap_or_else(|| trial.dataset.clone().into());
    let (dataset, _) = super::dataset(adapters, &place)?;
    let run = run_trial(adapters, &trial, (&place, dataset), out, &mut |_| {}, cancel)?;
    if arguments.json {
        output::json(&ended_json(&run))?;
    } else {
        output::line(&ended_line(&trial.id, &run));
    }
    anyhow::ensure!(run.outcome == RunOutcome::Finished, "{}: the trial is not finished", trial.id);
    output::complete()
}

/// The program that does a trial: this one, once more.
fn own_program(trial: &Trial, dataset: &Path, out: &Path) -> Result<Command, String> {
    let file = trial_file(trial, out).map_err(|error| error.full_message())?;
    let program = std::env::current_exe().map_err(|error| format!("this program is gone: {error}"))?;
    let mut command = Command::new(program);
    command.arg("tune").arg(dataset).arg("--out").arg(out);
    command.arg("--trial").arg(format!("{}:1", file.display())).arg("--until-input-ends");
    Ok(command)
}

fn tuning(adapters: &Adapters, arguments: &Tune, place: &Path) -> anyhow::Result<Tuning> {
    let (dataset, problems) = super::dataset(adapters, place)?;
    output::problems(&problems);
    let set = TrainingSet::new(place, dataset)?;
    let space = SearchSpace {
        architectures: arguments.arch.iter().copied().map(ArchitectureName::architecture).collect(),
        epochs: arguments.epochs,
        sizes: arguments.sizes.clone(),
        seed: arguments.seed.unwrap_or(Preset::Paper.config().seed),
        split_by_group: !arguments.random_split,
        threads: arguments.threads,
    };
    Ok(Tuning {
        format: Tuning::FORMAT,
        dataset: set.place.display().to_string(),
        fingerprint: set.fingerprint,
        space,
        trials: arguments.trials.unwrap_or_else(|| Tuning::usual_trials(arguments.minutes)),
        minutes: arguments.minutes,
        seeds: arguments.seeds,
    })
}

/// Prints what the tuning came to, and writes its report.
fn finish(result: &TuningResult, out: &Path, as_json: bool) -> anyhow::Result<()> {
    let page = out.join("report.html");
    let written = write_report(&result.report(), &page)?;
    if as_json {
        let finalists: Vec<_> = result
            .finalists
            .iter()
            .map(|(config, contender)| {
                json!({
                    "name": contender.name, "mean": contender.mean(), "deviation": contender.deviation(),
                    "scores": contender.scores, "config": config,
                })
            })
            .collect();
        let best = result.ranking.as_ref().map(|ranking| ranking.best);
        let shown = result.ranking.iter().flat_map(|ranking| &ranking.duels).any(bauta_domain::Duel::is_shown);
        output::json(&json!({
            "event": "finished", "trials": result.trials.len(), "due": result.due.len(), "seconds": result.seconds(),
            "finalists": finalists, "best": best, "difference_shown": shown, "verdict": result.verdict,
            "command": result.command, "report": page,
        }))?;
        return output::complete();
    }
    for (config, contender) in &result.finalists {
        let spread = contender.deviation().map_or_else(String::new, |d| format!(" ± {d:.3}"));
        let mean = contender.mean().map_or_else(|| "failed".to_owned(), |mean| format!("{mean:.3}{spread}"));
        output::line(&format!("{mean}  {}: {}", contender.name, TuningResult::words(config)));
    }
    output::line(&result.verdict);
    if !result.due.is_empty() {
        output::line(&format!("{} trial(s) may be done now", result.due.len()));
    }
    if let Some(command) = &result.command {
        output::line(command);
    }
    say_written(&page, &written);
    output::complete()
}
