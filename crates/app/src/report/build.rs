//! The report of trainings: what they came to beside each other, then each on its own.

use bauta_domain::{ConfusionMatrix, Loss};

use super::{Block, Plot, RecordedRun, Report, Section, Series, Table, counted, percent, words};
use crate::{RunOutcome, runs::settings};

/// The report of one training or more, in the order in which they are given.
pub fn report_of_runs(title: &str, runs: &[RecordedRun]) -> Report {
    let names = names(runs);
    let named: Vec<(&str, &RecordedRun)> = names.iter().map(String::as_str).zip(runs).collect();
    let mut sections = Vec::new();
    if runs.is_empty() {
        sections.push(Section {
            heading: String::new(),
            blocks: vec![Block::Text("There is no training in it.".to_owned())],
        });
    }
    if runs.len() > 1 {
        sections.push(together(&named));
    }
    sections.extend(named.iter().enumerate().map(|(index, (name, run))| alone(index, name, run)));
    Report { title: title.to_owned(), sections }
}

/// A name for each, no two the same.
fn names(runs: &[RecordedRun]) -> Vec<String> {
    let is_only = |name: &str| runs.iter().filter(|run| run.name == name).count() == 1;
    let name = |(index, run): (usize, &RecordedRun)| {
        if is_only(&run.name) && !run.name.is_empty() {
            run.name.clone()
        } else {
            format!("{} {}", index + 1, run.name).trim().to_owned()
        }
    };
    runs.iter().enumerate().map(name).collect()
}

fn together(runs: &[(&str, &RecordedRun)]) -> Section {
    let accuracy = Plot {
        name: "accuracy".to_owned(),
        title: "Accuracy".to_owned(),
        x: "epoch".to_owned(),
        y: "share called right".to_owned(),
        is_share: true,
        series: series(runs.iter().copied().enumerate(), |figures| (figures.accuracy, figures.val_accuracy)),
        sentence: words::of_several(runs),
    };
    let mut blocks = vec![Block::Table(overview(runs)), Block::Plot(accuracy)];
    for (loss, name) in
        [(Loss::Mse, "mse"), (Loss::CategoricalCrossentropy, "categorical-crossentropy"), (Loss::Msle, "msle")]
    {
        let of_loss = || runs.iter().copied().enumerate().filter(|(_, (_, run))| run.config.loss == loss);
        if of_loss().next().is_some() {
            blocks.push(Block::Plot(Plot {
                name: format!("loss-{name}"),
                title: format!("Loss ({name})"),
                x: "epoch".to_owned(),
                y: name.to_owned(),
                is_share: false,
                series: series(of_loss(), |figures| (figures.loss, figures.val_loss)),
                sentence: "What the training makes small. Only trainings with the same loss can be compared by it."
                    .to_owned(),
            }));
        }
    }
    blocks.extend(differences(runs).map(Block::Table));
    Section { heading: "Beside each other".to_owned(), blocks }
}

fn series<'a>(
    runs: impl Iterator<Item = (usize, (&'a str, &'a RecordedRun))>,
    of: impl Fn(&bauta_domain::EpochFigures) -> (f64, f64),
) -> Vec<Series> {
    let mut all = Vec::new();
    for (colour, (name, run)) in runs {
        for is_thick in [false, true] {
            let value = |figures: &bauta_domain::EpochFigures| if is_thick { of(figures).1 } else { of(figures).0 };
            let points = run.figures.iter().map(|figures| (f64::from(figures.epoch), value(figures))).collect();
            all.push(Series { name: name.to_owned(), colour, is_thick, points });
        }
    }
    all
}

fn overview(runs: &[(&str, &RecordedRun)]) -> Table {
    let row = |(name, run): &(&str, &RecordedRun)| {
        let interval = run.summary.as_ref().and_then(|summary| summary.val_accuracy_interval);
        let balanced = run.summary.as_ref().map(|summary| summary.confusion.balanced_accuracy());
        let known = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), |share| format!("{share:.3}"));
        vec![
            (*name).to_owned(),
            known(run.val_accuracy()),
            interval.map_or_else(|| "–".to_owned(), |open| format!("{:.2} to {:.2}", open.low, open.high)),
            known(balanced),
            run.best().map_or_else(|| "–".to_owned(), |best| best.epoch.to_string()),
            run.figures.len().to_string(),
            format!("{:.1}", run.seconds()),
            outcome(run).to_owned(),
        ]
    };
    let columns =
        ["training", "accuracy", "on others like them", "balanced", "best epoch", "epochs", "seconds", "state"];
    Table {
        name: "trainings".to_owned(),
        title: "Trainings".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: runs.iter().map(row).collect(),
        sentence: format!(
            "{} Accuracies on different pictures say little about which training is better.",
            words::of_several(runs)
        ),
    }
}

fn differences(runs: &[(&str, &RecordedRun)]) -> Option<Table> {
    let all: Vec<Vec<(String, String)>> = runs.iter().map(|(_, run)| settings(&run.config)).collect();
    let mut names: Vec<&String> = all.iter().flatten().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    let value = |settings: &[(String, String)], name: &String| {
        let found = settings.iter().find(|(other, _)| other == name);
        found.map_or_else(|| "–".to_owned(), |(_, value)| shown(value))
    };
    let row = |name: &&String| -> Vec<String> {
        std::iter::once((*name).clone()).chain(all.iter().map(|settings| value(settings, name))).collect()
    };
    let differ = |row: &Vec<String>| row[1..].windows(2).any(|pair| pair[0] != pair[1]);
    let rows: Vec<Vec<String>> = names.iter().map(row).filter(differ).collect();
    let sentence = match rows.len() {
        0 => return None,
        1 => "They differ in this one setting.".to_owned(),
        n => format!("They differ in {n} settings; all others are the same."),
    };
    let columns = std::iter::once("setting").chain(runs.iter().map(|(name, _)| *name)).map(str::to_owned).collect();
    Some(Table { name: "differences".to_owned(), title: "Settings that differ".to_owned(), columns, rows, sentence })
}

/// A setting's value for people.
fn shown(value: &str) -> String {
    if value == "null" { "none".to_owned() } else { value.trim_matches('"').to_owned() }
}

fn alone(index: usize, name: &str, run: &RecordedRun) -> Section {
    let file = |what: &str| format!("{}-{what}", index + 1);
    let curves =
        |what: &str, title: &str, y: &str, is_share, of: fn(&bauta_domain::EpochFigures) -> (f64, f64), sentence| {
            Block::Plot(Plot {
                name: file(what),
                title: title.to_owned(),
                x: "epoch".to_owned(),
                y: y.to_owned(),
                is_share,
                series: series(std::iter::once((index, (name, run))), of),
                sentence,
            })
        };
    let mut blocks = vec![Block::Text(headline(run))];
    if let Some(failure) = &run.failure {
        blocks.push(Block::Text(format!("It failed: {failure}")));
    }
    let confusion = run.summary.as_ref().map(|summary| &summary.confusion).filter(|confusion| confusion.total() > 0);
    if let Some(confusion) = confusion {
        blocks.push(Block::Text(words::of_accuracy(confusion)));
    }
    if !run.figures.is_empty() {
        let accuracy = |figures: &bauta_domain::EpochFigures| (figures.accuracy, figures.val_accuracy);
        blocks.push(curves("accuracy", "Accuracy", "share called right", true, accuracy, words::of_accuracies(run)));
        let loss = |figures: &bauta_domain::EpochFigures| (figures.loss, figures.val_loss);
        blocks.push(curves("loss", "Loss", "loss", false, loss, words::of_losses(&run.figures)));
    }
    if let Some(confusion) = confusion {
        blocks.push(Block::Table(classes(confusion, file("classes"))));
        blocks.push(Block::Table(matrix(confusion, file("confusion"))));
    }
    if !run.figures.is_empty() {
        blocks.push(Block::Table(epochs(run, file("epochs"))));
    }
    blocks.push(Block::Table(all_settings(run, file("settings"))));
    blocks.push(Block::Text("This command repeats it:".to_owned()));
    blocks.push(Block::Command(run.command.clone()));
    Section { heading: name.to_owned(), blocks }
}

fn outcome(run: &RecordedRun) -> &'static str {
    match run.outcome {
        RunOutcome::Running => "not ended",
        RunOutcome::Finished => "finished",
        RunOutcome::Cancelled => "stopped early",
        RunOutcome::Failed => "failed",
        RunOutcome::Interrupted => "interrupted",
    }
}

fn headline(run: &RecordedRun) -> String {
    let on = run.environment.as_ref().map(|on| {
        format!(
            " On {} of {}, {}, Bauta {}, {}.",
            counted(on.threads as usize, "thread"),
            counted(on.cores as usize, "core"),
            on.system,
            on.program,
            on.trainer
        )
    });
    let cpu = run.summary.as_ref().map(|summary| format!(", {:.0} seconds of the processor", summary.cpu_seconds));
    format!(
        "Begun {}, {}. {} pictures to learn from, {} to check with, of {}. {:.1} seconds{}.{}",
        run.started,
        outcome(run),
        run.training,
        run.validation,
        run.dataset,
        run.seconds(),
        cpu.unwrap_or_default(),
        on.unwrap_or_default()
    )
}

fn classes(confusion: &ConfusionMatrix, name: String) -> Table {
    let row = |(index, label): (usize, &String)| {
        let report = confusion.report(index);
        let shares = [report.precision, report.recall, report.f1].map(|share| format!("{share:.3}"));
        [vec![label.clone()], shares.to_vec(), vec![report.support.to_string()]].concat()
    };
    Table {
        name,
        title: "Classification report".to_owned(),
        columns: ["label", "precision", "recall", "F1", "pictures"].map(str::to_owned).to_vec(),
        rows: confusion.labels.iter().enumerate().map(row).collect(),
        sentence: format!(
            "{} Precision: of those called so, the share that are. Recall: of those that are, the share called so.",
            words::of_classes(confusion)
        ),
    }
}

fn matrix(confusion: &ConfusionMatrix, name: String) -> Table {
    let columns =
        std::iter::once("is".to_owned()).chain(confusion.labels.iter().map(|label| format!("called {label}")));
    let rows = confusion.labels.iter().zip(&confusion.counts);
    let row = |(label, counts): (&String, &Vec<u32>)| {
        std::iter::once(label.clone()).chain(counts.iter().map(ToString::to_string)).collect()
    };
    Table {
        name,
        title: "Confusion".to_owned(),
        columns: columns.collect(),
        rows: rows.map(row).collect(),
        sentence: words::of_confusion(confusion),
    }
}

fn epochs(run: &RecordedRun, name: String) -> Table {
    let row = |figures: &bauta_domain::EpochFigures| {
        vec![
            figures.epoch.to_string(),
            format!("{:.5}", figures.loss),
            format!("{:.4}", figures.accuracy),
            format!("{:.5}", figures.val_loss),
            format!("{:.4}", figures.val_accuracy),
            format!("{:.1}", figures.seconds),
            format!("{:.1}", figures.cpu_seconds),
        ]
    };
    let columns = ["epoch", "loss", "accuracy", "validation loss", "validation accuracy", "seconds", "CPU seconds"];
    let seconds = run.figures.iter().map(|figures| figures.seconds).sum::<f64>() / run.figures.len().max(1) as f64;
    Table {
        name,
        title: "Epochs".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: run.figures.iter().map(row).collect(),
        sentence: format!(
            "An epoch took {seconds:.1} seconds; from the first to the best one, accuracy on the pictures kept to check with went from {} to {}.",
            run.figures.first().map_or_else(String::new, |figures| percent(figures.val_accuracy)),
            run.val_accuracy().map_or_else(String::new, percent)
        ),
    }
}

fn all_settings(run: &RecordedRun, name: String) -> Table {
    let rows = settings(&run.config).into_iter().map(|(name, value)| vec![name, shown(&value)]);
    Table {
        name,
        title: "Settings".to_owned(),
        columns: ["setting", "value"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
        sentence: "The same settings, pictures and number of threads give the same figures.".to_owned(),
    }
}
