//! What a study came to: for each grid the curves laid over each other, and a table with what seeds leave open.

use bauta_domain::{Contender, EpochFigures, Loss, Ranking, TrainingConfig};

use super::{Grid, StudyCell, StudyPlan};
use crate::{
    RunOutcome,
    report::{
        Block, Plot, RecordedRun, Report, Section, Series, Table, counted, of_ranking, report_of_runs, shell_words,
    },
};

/// The report of a study, of whatever trainings there are yet. `command` is what was typed to do it.
pub fn study_report(plan: &StudyPlan, runs: &[RecordedRun], command: &[String]) -> Report {
    let done = runs.iter().filter(|run| run.outcome == RunOutcome::Finished).count();
    let planned = plan.trainings().len();
    let sides = sides(runs).map_or_else(String::new, |(training, validation)| {
        format!(" ({training} to learn from, {validation} to check with)")
    });
    let mut intro = vec![Block::Text(format!(
        "One thing is changed at a time, all else stays as in the paper. {done} of {planned} trainings are finished, {} each: a seed sets the first weights and which pictures are kept to check with{sides}, the same for all that is compared.",
        counted(plan.seeds.len(), "seed")
    ))];
    let failed: Vec<&RecordedRun> = runs.iter().filter(|run| run.outcome == RunOutcome::Failed).collect();
    for run in failed {
        intro.push(Block::Text(format!("{} failed: {}", run.name, run.failure.as_deref().unwrap_or_default())));
    }
    intro.push(Block::Text("This command repeats the study, or goes on with it:".to_owned()));
    intro.push(Block::Command(shell_words(command)));
    let mut sections = vec![Section { heading: String::new(), blocks: intro }];
    sections.extend(plan.grids.iter().map(|grid| of_grid(plan, *grid, runs)));
    sections.push(all(runs));
    Report { title: "Study".to_owned(), sections }
}

/// A cell with its trainings, one for each seed of the plan.
struct Filled<'a> {
    cell: StudyCell,
    runs: Vec<Option<&'a RecordedRun>>,
}

impl<'a> Filled<'a> {
    fn new(plan: &StudyPlan, cell: StudyCell, runs: &'a [RecordedRun]) -> Self {
        let of_seed = |seed: &u32| {
            let config = TrainingConfig { seed: *seed, ..cell.config.clone() };
            runs.iter().find(|run| run.config == config && run.outcome == RunOutcome::Finished)
        };
        let runs = plan.seeds.iter().map(of_seed).collect();
        Self { cell, runs }
    }

    fn contender(&self) -> Contender {
        let score = |run: &Option<&RecordedRun>| run.and_then(RecordedRun::val_accuracy);
        Contender { name: self.cell.variant.clone(), scores: self.runs.iter().map(score).collect() }
    }

    /// Means over seeds, epoch by epoch.
    fn curve(&self, of: impl Fn(&EpochFigures) -> f64) -> Vec<(f64, f64)> {
        let mean = |epoch: u32| {
            let all = self.runs.iter().flatten().flat_map(|run| &run.figures);
            let values: Vec<f64> = all.filter(|figures| figures.epoch == epoch).map(&of).collect();
            (!values.is_empty()).then(|| (f64::from(epoch), values.iter().sum::<f64>() / values.len() as f64))
        };
        (1..=self.cell.config.epochs).filter_map(mean).collect()
    }

    fn series(&self, colour: usize, of: [fn(&EpochFigures) -> f64; 2]) -> [Series; 2] {
        [false, true].map(|is_thick| Series {
            name: self.cell.variant.clone(),
            colour,
            is_thick,
            points: self.curve(of[usize::from(is_thick)]),
        })
    }
}

fn of_grid(plan: &StudyPlan, grid: Grid, runs: &[RecordedRun]) -> Section {
    let cells = plan.cells().into_iter().filter(|cell| cell.grid == grid);
    let cells: Vec<Filled> = cells.map(|cell| Filled::new(plan, cell, runs)).collect();
    let contenders: Vec<Contender> = cells.iter().map(Filled::contender).collect();
    let ranking = sides(runs).and_then(|(training, validation)| Ranking::of(&contenders, training, validation));
    let says = of_ranking(&contenders, ranking.as_ref());
    let mut blocks = vec![Block::Plot(Plot {
        name: format!("{}-accuracy", grid.name()),
        title: "Accuracy, mean over seeds".to_owned(),
        x: "epoch".to_owned(),
        y: "share called right".to_owned(),
        is_share: true,
        series: curves(cells.iter().enumerate(), [|figures| figures.accuracy, |figures| figures.val_accuracy]),
        sentence: says.clone(),
    })];
    for (loss, name) in
        [(Loss::Mse, "mse"), (Loss::CategoricalCrossentropy, "categorical-crossentropy"), (Loss::Msle, "msle")]
    {
        let of_loss = || cells.iter().enumerate().filter(|(_, filled)| filled.cell.config.loss == loss);
        if of_loss().next().is_some() {
            blocks.push(Block::Plot(Plot {
                name: format!("{}-loss-{name}", grid.name()),
                title: format!("Loss ({name}), mean over seeds"),
                x: "epoch".to_owned(),
                y: name.to_owned(),
                is_share: false,
                series: curves(of_loss(), [|figures| figures.loss, |figures| figures.val_loss]),
                sentence: lowest(of_loss().map(|(_, filled)| filled)),
            }));
        }
    }
    blocks.push(Block::Table(Table {
        name: format!("{}-seeds", grid.name()),
        title: "Accuracy of the best epoch, over seeds".to_owned(),
        columns: ["", "mean", "spread", "least", "most", "seeds", "best is better by", "chance", "seconds an epoch"].map(str::to_owned).to_vec(),
        rows: cells.iter().enumerate().map(|(place, filled)| row(place, filled, &contenders[place], ranking.as_ref())).collect(),
        sentence: format!("{says} Spread: standard deviation over seeds. Chance: how often chance alone would show such a difference (corrected resampled t-test of Nadeau and Bengio 2003, paired over seeds, with Holm's correction)."),
    }));
    Section { heading: grid.title().to_owned(), blocks }
}

fn curves<'a>(cells: impl Iterator<Item = (usize, &'a Filled<'a>)>, of: [fn(&EpochFigures) -> f64; 2]) -> Vec<Series> {
    cells.flat_map(|(colour, filled)| filled.series(colour, of)).collect()
}

/// Which curve of the validation side gets lowest.
fn lowest<'a>(cells: impl Iterator<Item = &'a Filled<'a>>) -> String {
    let point = |filled: &'a Filled<'a>| {
        let least = filled.curve(|figures| figures.val_loss).into_iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some((filled.cell.variant.clone(), least))
    };
    match cells.filter_map(point).min_by(|a, b| a.1.1.total_cmp(&b.1.1)) {
        Some((name, (epoch, loss))) => {
            format!("On the pictures kept to check with, {name} gets lowest: {loss:.4} in epoch {epoch}.")
        }
        None => "No training of these is finished yet.".to_owned(),
    }
}

fn row(place: usize, filled: &Filled<'_>, contender: &Contender, ranking: Option<&Ranking>) -> Vec<String> {
    let scores: Vec<f64> = contender.scores.iter().flatten().copied().collect();
    let known =
        |value: Option<f64>, digits: usize| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.digits$}"));
    let duel = ranking.and_then(|ranking| ranking.duels.iter().find(|duel| duel.other == place));
    let figures: Vec<f64> =
        filled.runs.iter().flatten().flat_map(|run| &run.figures).map(|figures| figures.seconds).collect();
    let seconds = (!figures.is_empty()).then(|| figures.iter().sum::<f64>() / figures.len() as f64);
    vec![
        filled.cell.variant.clone(),
        known(contender.mean(), 4),
        known(contender.deviation(), 4),
        known(scores.iter().copied().reduce(f64::min), 4),
        known(scores.iter().copied().reduce(f64::max), 4),
        scores.len().to_string(),
        known(duel.map(|duel| duel.difference), 4),
        known(duel.and_then(|duel| duel.p), 3),
        known(seconds, 2),
    ]
}

/// Every training in one table; each one's own report is one command away.
fn all(runs: &[RecordedRun]) -> Section {
    let table = |report: Report| report.tables().find(|table| table.name == "trainings").cloned();
    let mut blocks: Vec<Block> = table(report_of_runs("", runs)).map(Block::Table).into_iter().collect();
    blocks.push(Block::Text(
        "The folder runs has each training with its model and record; bauta report makes a page of any of them."
            .to_owned(),
    ));
    Section { heading: "All trainings".to_owned(), blocks }
}

/// How many pictures a finished training learned from and was checked with.
fn sides(runs: &[RecordedRun]) -> Option<(u32, u32)> {
    let finished = runs.iter().find(|run| run.outcome == RunOutcome::Finished)?;
    Some((finished.training, finished.validation))
}
