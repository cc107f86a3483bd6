//! What a tuning came to so far: read from its folder, ranked, and written as a report.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bauta_domain::{Contender, Ranking, TrainingConfig};

use super::{Trial, TrialOutcome, Tuning};
use crate::{
    AppError, RunFolder, RunOutcome,
    report::{
        Block, Plot, RecordedRun, Report, Section, Series, Table, counted, of_ranking, percent, train_command, word,
    },
    run_folder::read_json,
};

/// The tuning's own file in its folder.
pub(super) const PLAN: &str = "tune.json";
/// A trial that ended its program this often is not tried once more.
const MOST_ATTEMPTS: u32 = 3;

/// A trial that was begun.
#[derive(Clone, Debug, PartialEq)]
pub struct TuningTrial {
    /// Its settings in words.
    pub settings: String,
    /// Its record.
    pub run: RecordedRun,
}

/// What a tuning came to so far.
#[derive(Clone, Debug)]
pub struct TuningResult {
    /// What it was asked to do.
    pub tuning: Tuning,
    /// Every trial that was begun, by its name.
    pub trials: Vec<TuningTrial>,
    /// The trials that may be done now; none when all is done.
    pub due: Vec<Trial>,
    /// The settings in the finals with their scores over seeds; none before.
    pub finalists: Vec<(TrainingConfig, Contender)>,
    /// Which of them is best.
    pub ranking: Option<Ranking>,
    /// That in words.
    pub verdict: String,
    /// The command that trains with the best settings.
    pub command: Option<String>,
}

/// Where a trial is in the tuning's folder.
pub(super) fn folder(out: &Path, trial: &Trial) -> PathBuf {
    out.join("trials").join(&trial.id)
}

/// What every trial in the folder came to that has ended.
pub(super) fn outcomes(out: &Path) -> Result<HashMap<String, TrialOutcome>, AppError> {
    Ok(records(out)?.into_iter().filter_map(|(id, run)| Some((id, outcome(&run)?))).collect())
}

/// Forgets the trials of a tuning that has ended and of which all failed: it was not for their settings, and what it was
/// for may be over.
pub(super) fn forget_if_all_failed(tuning: &Tuning, out: &Path) -> Result<(), AppError> {
    let outcomes = outcomes(out)?;
    if outcomes.values().all(|outcome| outcome.accuracy.is_none()) && tuning.due(&outcomes).is_empty() {
        for id in outcomes.keys() {
            fs_err::remove_file(RunFolder::new(out.join("trials").join(id)).record())?;
        }
    }
    Ok(())
}

fn outcome(run: &RecordedRun) -> Option<TrialOutcome> {
    let crashes = run.outcome == RunOutcome::Running && run.attempts >= MOST_ATTEMPTS;
    match run.outcome {
        RunOutcome::Finished => Some(TrialOutcome { accuracy: run.val_accuracy(), seconds: run.seconds() }),
        RunOutcome::Failed => Some(TrialOutcome { accuracy: None, seconds: run.seconds() }),
        _ => crashes.then(|| TrialOutcome { accuracy: None, seconds: run.seconds() }),
    }
}

/// Every trial that was begun, by its name.
fn records(out: &Path) -> Result<Vec<(String, RecordedRun)>, AppError> {
    let mut all = Vec::new();
    let entries = match std::fs::read_dir(out.join("trials")) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(all),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let entry = entry?;
        if let Some(run) = RunFolder::new(entry.path()).read()? {
            all.push((entry.file_name().to_string_lossy().into_owned(), run));
        }
    }
    all.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(all)
}

/// Whether a tuning was begun in this folder.
pub fn is_begun(out: &Path) -> bool {
    out.join(PLAN).exists()
}

/// Joins what the trials in a tuning's folder came to, wherever they ran.
///
/// # Errors
/// When it is no tuning's folder, or something in it is damaged or of a later version.
pub fn collect(out: &Path) -> Result<TuningResult, AppError> {
    let tuning: Tuning = read_json(&out.join(PLAN), Tuning::FORMAT)?.ok_or_else(|| {
        AppError::Invalid(format!(
            "{}: there is no {PLAN} in it, so no tuning; expected a folder that bauta tune --out wrote",
            out.display()
        ))
    })?;
    let records = records(out)?;
    let outcomes: HashMap<String, TrialOutcome> =
        records.iter().filter_map(|(id, run)| Some((id.clone(), outcome(run)?))).collect();
    let finalist = |number: u32| {
        let config = tuning.final_trial(number, 0).config;
        let score = |seed| outcomes.get(&tuning.final_trial(number, seed).id).and_then(|outcome| outcome.accuracy);
        let name = if number == 0 { "usual settings".to_owned() } else { format!("trial t{number:03}") };
        (config, Contender { name, scores: (0..tuning.seeds).map(score).collect() })
    };
    let finalists: Vec<_> = tuning.finalists(&outcomes).into_iter().map(finalist).collect();
    let contenders: Vec<Contender> = finalists.iter().map(|(_, contender)| contender.clone()).collect();
    let finished = records.iter().map(|(_, run)| run).find(|run| run.outcome == RunOutcome::Finished);
    let (training, validation) = finished.map_or((0, 0), |run| (run.training, run.validation));
    let ranking = Ranking::of(&contenders, training, validation);
    let verdict = match &ranking {
        None if finished.is_none() => "No trial is finished yet.".to_owned(),
        None => "The search is under way; the best are trained with several seeds at its end.".to_owned(),
        ranking => of_ranking(&contenders, ranking.as_ref()),
    };
    let best = ranking.as_ref().map(|ranking| &finalists[ranking.best].0);
    let threads = finished.and_then(|run| run.environment.as_ref()).map(|environment| environment.threads);
    let command =
        best.map(|config| train_command(config, &tuning.dataset, &format!("{}-best", out.display()), threads, &[]));
    let due = tuning.due(&outcomes);
    let trials =
        records.into_iter().map(|(_, run)| TuningTrial { settings: TuningResult::words(&run.config), run }).collect();
    Ok(TuningResult { tuning, trials, due, finalists, ranking, verdict, command })
}

impl TuningResult {
    /// The report.
    pub fn report(&self) -> Report {
        let mut blocks = vec![Block::Text(self.verdict.clone())];
        if !self.due.is_empty() {
            let due = counted(self.due.len(), "trial");
            blocks.push(Block::Text(match self.tuning.minutes {
                Some(_) => format!("It is not done: up to {due} more in this round, as the time allows."),
                None => format!("It is not done: at least {due} more."),
            }));
        }
        if self.ranking.is_some() {
            blocks.push(Block::Table(self.finals()));
        }
        if let Some(command) = &self.command {
            blocks.push(Block::Text("This command trains with the best settings:".to_owned()));
            blocks.push(Block::Command(command.clone()));
        }
        let search = Section {
            heading: "All trials".to_owned(),
            blocks: vec![Block::Plot(self.progress()), Block::Table(self.table())],
        };
        Report {
            title: "Tuning".to_owned(),
            sections: vec![Section { heading: "The best".to_owned(), blocks }, search],
        }
    }

    fn finals(&self) -> Table {
        let row = |(place, (config, contender)): (usize, &(TrainingConfig, Contender))| {
            let known = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
            let duel = self.ranking.iter().flat_map(|ranking| &ranking.duels).find(|duel| duel.other == place);
            let range = duel.and_then(|duel| duel.range);
            vec![
                contender.name.clone(),
                known(contender.mean()),
                known(contender.deviation()),
                contender.scores.iter().flatten().count().to_string(),
                known(duel.map(|duel| duel.difference)),
                known(range.map(|(low, _)| low)),
                known(range.map(|(_, high)| high)),
                known(duel.and_then(|duel| duel.p)),
                Self::words(config),
            ]
        };
        let columns = ["", "mean accuracy", "spread", "seeds", "best is better by", "from", "to", "chance", "settings"];
        Table {
            name: "finals".to_owned(),
            title: "The best with several seeds".to_owned(),
            columns: columns.map(str::to_owned).to_vec(),
            rows: self.finalists.iter().enumerate().map(row).collect(),
            sentence: format!(
                "{} Each seed divides the pictures anew, the same for all; none is the search's own. From, to: where the difference probably lies. Chance: how often chance alone would show such a difference (corrected resampled t-test of Nadeau and Bengio 2003, paired over seeds, with Holm's correction).",
                self.verdict
            ),
        }
    }

    fn table(&self) -> Table {
        let row = |trial: &TuningTrial| {
            let run = &trial.run;
            vec![
                run.name.clone(),
                run.val_accuracy().map_or_else(|| "–".to_owned(), |share| format!("{share:.4}")),
                run.figures.len().to_string(),
                format!("{:.1}", run.seconds()),
                trial.settings.clone(),
                run.failure
                    .as_ref()
                    .map_or_else(|| format!("{:?}", run.outcome).to_lowercase(), |why| format!("failed: {why}")),
            ]
        };
        let failed = self.trials.iter().filter(|trial| trial.run.outcome == RunOutcome::Failed).count();
        Table {
            name: "trials".to_owned(),
            title: "Trials".to_owned(),
            columns: ["trial", "accuracy", "epochs", "seconds", "settings", "state"].map(str::to_owned).to_vec(),
            rows: self.trials.iter().map(row).collect(),
            sentence: format!(
                "{} trials took {:.0} seconds in all; {failed} failed.",
                self.trials.len(),
                self.seconds()
            ),
        }
    }

    /// What the tuner chose, in words.
    pub fn words(config: &TrainingConfig) -> String {
        let (network, loss) = (word(&config.architecture), word(&config.loss));
        let dropout = config.dropout.map_or_else(|| "its own dropout".to_owned(), |share| format!("dropout {share}"));
        let changes = config.augmentation.map_or_else(
            || "no changes of pictures".to_owned(),
            |changes| {
                format!(
                    "turned by up to {}°, shifted by {}, zoomed by {}",
                    changes.rotation_degrees, changes.shift, changes.zoom
                )
            },
        );
        format!("{network}, {} px, {loss}, rate {}, {dropout}, {changes}", config.image_size, config.learning_rate)
    }

    /// Seconds of all trials.
    pub fn seconds(&self) -> f64 {
        self.trials.iter().fold(0.0, |sum, trial| sum + trial.run.seconds())
    }

    fn progress(&self) -> Plot {
        let mut runs: Vec<&RecordedRun> = self.trials.iter().map(|trial| &trial.run).collect();
        runs.sort_by(|a, b| a.started.cmp(&b.started).then(a.name.cmp(&b.name)));
        let scores: Vec<f64> = runs.iter().filter_map(|run| run.val_accuracy()).collect();
        let points = |of: &dyn Fn(usize) -> f64| (0..scores.len()).map(|at| ((at + 1) as f64, of(at))).collect();
        let highest = |at: usize| scores[..=at].iter().copied().fold(0.0, f64::max);
        let series = |name: &str, is_thick, points| Series {
            name: name.to_owned(),
            colour: usize::from(is_thick),
            is_thick,
            points,
        };
        Plot {
            name: "search".to_owned(),
            title: "How the search went".to_owned(),
            x: "trial".to_owned(),
            y: "share called right".to_owned(),
            is_share: true,
            series: vec![
                series("this trial", false, points(&|at| scores[at])),
                series("the best so far", true, points(&highest)),
            ],
            sentence: format!(
                "The highest accuracy of any trial was {}. The highest of many is partly luck: believe what the finals say.",
                percent(highest_of(&scores))
            ),
        }
    }
}

fn highest_of(scores: &[f64]) -> f64 {
    scores.iter().copied().fold(0.0, f64::max)
}
