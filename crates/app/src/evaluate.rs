//! What a model is worth on a labelled dataset.

use bauta_domain::{
    ConfusionMatrix, Dataset, Problem,
    ports::{CancelToken, Classifier},
};

use crate::{Adapters, AppError, Meter, Progress, error::said};

/// How a model did.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Truth against answer, in the model's labels.
    pub confusion: ConfusionMatrix,
    /// Pictures that could not be read.
    pub problems: Vec<Problem>,
}

/// How many crops are classified at once: enough to use the batch, few enough to stay small.
const BATCH: usize = 16;

/// Classifies every sample of `dataset` and compares. Labels are matched by name.
///
/// # Errors
/// When the dataset has a label that the model does not know, or the model cannot run.
pub fn evaluate(
    adapters: &Adapters,
    classifier: &mut dyn Classifier,
    dataset: &Dataset,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<Evaluation, AppError> {
    let manifest = classifier.manifest().clone();
    let known = |label: &String| {
        manifest.labels.iter().position(|l| l == label).ok_or_else(|| {
            AppError::Invalid(format!(
                "the dataset has the category {label:?}, which the model does not know; it knows {}",
                manifest.labels.join(", ")
            ))
        })
    };
    let truth = dataset.labels.iter().map(known).collect::<Result<Vec<usize>, _>>()?;
    let mut evaluation = Evaluation { confusion: ConfusionMatrix::new(manifest.labels.clone()), problems: Vec::new() };
    let mut meter = Meter::new(dataset.samples.len(), progress);
    for chunk in dataset.samples.chunks(BATCH) {
        if cancel.is_cancelled() {
            break;
        }
        let (mut labels, mut crops) = (Vec::new(), Vec::new());
        for sample in chunk {
            match adapters.samples.read(&sample.source, manifest.input_size) {
                Ok(crop) => {
                    labels.push(truth[sample.label]);
                    crops.push(crop);
                }
                Err(error) => {
                    let place = sample.source.path.display().to_string();
                    evaluation.problems.push(Problem::new(place, said(&error)));
                }
            }
            meter.step(&sample.source.path.file_name().unwrap_or_default().to_string_lossy());
        }
        let answers = classifier.classify(&crops).map_err(AppError::Adapter)?;
        for (truth, answer) in labels.into_iter().zip(answers) {
            if let Some((predicted, _)) = answer.best() {
                evaluation.confusion.add(truth, predicted);
            }
        }
    }
    Ok(evaluation)
}
