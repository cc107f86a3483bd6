//! `bauta evaluate`.

use bauta_app::{Adapters, evaluate};
use bauta_domain::{ConfusionMatrix, Interval, ports::CancelToken};
use serde_json::{Map, Value, json};

use crate::{
    arguments::Evaluate,
    output::{self, Bar},
};

pub(crate) fn run(adapters: &Adapters, arguments: &Evaluate, cancel: &CancelToken) -> anyhow::Result<()> {
    let threads = bauta_app::cores();
    let mut classifier =
        adapters.models.open_classifier(&arguments.model, threads).map_err(anyhow::Error::from_boxed)?;
    let (dataset, mut problems) = super::dataset(adapters, &arguments.dataset)?;
    let bar = Bar::new("evaluating");
    let evaluation = evaluate(adapters, classifier.as_mut(), &dataset, &mut |progress| bar.show(&progress), cancel)?;
    drop(bar);
    problems.extend(evaluation.problems);
    output::problems(&problems);
    super::not_cancelled(cancel)?;
    let confusion = &evaluation.confusion;
    anyhow::ensure!(confusion.total() > 0, "no picture of {} could be classified", arguments.dataset.display());
    if arguments.json {
        output::json(&as_json(confusion))?;
    } else {
        print(confusion);
    }
    output::complete()
}

fn as_json(confusion: &ConfusionMatrix) -> Value {
    let report = |(index, label): (usize, &String)| (label.clone(), json!(confusion.report(index)));
    let per_class: Map<String, Value> = confusion.labels.iter().enumerate().map(report).collect();
    json!({
        "accuracy": confusion.accuracy(), "accuracy_interval": confusion.accuracy_interval(),
        "balanced_accuracy": confusion.balanced_accuracy(), "labels": confusion.labels, "confusion": confusion.counts, "per_class": per_class,
    })
}

pub(super) fn print(confusion: &ConfusionMatrix) {
    let open = confusion.accuracy_interval().map(|Interval { low, high }| format!(" ({low:.2} to {high:.2})"));
    output::line(&format!(
        "accuracy {:.3}{}, balanced {:.3}, {} pictures",
        confusion.accuracy(),
        open.unwrap_or_default(),
        confusion.balanced_accuracy(),
        confusion.total()
    ));
    let width = confusion.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(5);
    output::line(&format!(
        "{:width$}  precision  recall     f1  pictures   called as {}",
        "",
        confusion.labels.join(" | ")
    ));
    for (index, label) in confusion.labels.iter().enumerate() {
        let report = confusion.report(index);
        let row: Vec<String> = confusion.counts[index].iter().map(ToString::to_string).collect();
        output::line(&format!(
            "{label:width$}      {:.3}   {:.3}  {:.3}  {:8}   {}",
            report.precision,
            report.recall,
            report.f1,
            report.support,
            row.join(" | ")
        ));
    }
}
