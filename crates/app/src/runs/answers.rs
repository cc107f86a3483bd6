//! What the model of a training says of each picture it was checked with. The record keeps only how many were taken for
//! what; which they were is asked of the model, which says the same as in its training as long as the pictures are the
//! same.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use bauta_domain::{Dataset, Problem, RgbImage, RunId, Split, ports::CancelToken};
use serde::{Deserialize, Serialize};

use crate::{
    AppError, Workspace,
    adapters::cores,
    error::{said, unreadable},
    project::count,
    workspace::lock,
};

/// How many pictures are asked about at once.
const BATCH: usize = 16;

/// What a model says of the pictures that it was checked with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RunAnswers {
    /// Labels in the order of the probabilities.
    pub labels: Vec<String>,
    /// One for each picture that could be read, in the order of the check.
    pub answers: Vec<SampleAnswer>,
    /// Pictures that could not be read.
    pub problems: Vec<Problem>,
}

/// What a model says of one picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SampleAnswer {
    /// Its place in the dataset of the training.
    pub sample: u32,
    /// Its file.
    pub path: String,
    /// What it is, as a place in the labels.
    pub truth: u32,
    /// What it was taken for.
    pub said: u32,
    /// Probability of each label, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = Vec<specta_typescript::Number>))]
    pub probabilities: Vec<f32>,
}

/// Which model: a training that goes on later has another one then.
type Asked = (RunId, PathBuf);
type Samples = Arc<(Dataset, Split)>;

/// What of the training that was looked at last is kept, because its page asks for it picture by picture.
#[derive(Default)]
pub(crate) struct LookedAt {
    samples: Mutex<Option<(RunId, Samples)>>,
    answers: Mutex<Option<(Asked, RunAnswers)>>,
}

impl Workspace {
    /// Asks the model of a training about each picture that it was checked with.
    ///
    /// # Errors
    /// When the project does not have the training, it has no model (any more), or the model cannot run.
    pub fn run_answers(&self, run: RunId, cancel: &CancelToken) -> Result<RunAnswers, AppError> {
        let summary = self.project()?.run(run)?.summary;
        let summary = summary.ok_or_else(|| AppError::Invalid("this training has no model to ask".to_owned()))?;
        let asked = (run, PathBuf::from(&summary.model));
        if let Some((of, answers)) = &*lock(&self.looked_at.answers)
            && *of == asked
        {
            return Ok(answers.clone());
        }
        let answers = self.ask(run, Path::new(&summary.model), cancel)?;
        *lock(&self.looked_at.answers) = Some((asked, answers.clone()));
        Ok(answers)
    }

    fn ask(&self, run: RunId, model: &Path, cancel: &CancelToken) -> Result<RunAnswers, AppError> {
        if !model.exists() {
            return Err(AppError::Invalid(format!(
                "the model of this training is no longer at {}; repeat the training to make it again",
                model.display()
            )));
        }
        let samples = self.samples_of(run)?;
        let (dataset, split) = &*samples;
        let mut classifier = self.adapters.models.open_classifier(model, cores()).map_err(AppError::Model)?;
        let manifest = classifier.manifest().clone();
        let mut answers = RunAnswers { labels: manifest.labels.clone(), answers: Vec::new(), problems: Vec::new() };
        for chunk in split.validation.chunks(BATCH) {
            if cancel.is_cancelled() {
                return Err(AppError::Cancelled);
            }
            let (mut asked, mut crops) = (Vec::new(), Vec::new());
            for &index in chunk {
                let source = &dataset.samples[index].source;
                match self.adapters.samples.read(source, manifest.input_size) {
                    Ok(crop) => {
                        asked.push(index);
                        crops.push(crop);
                    }
                    Err(error) => {
                        answers.problems.push(Problem::new(source.path.display().to_string(), said(&error)));
                    }
                }
            }
            let found = classifier.classify(&crops).map_err(AppError::Adapter)?;
            for (index, answer) in asked.into_iter().zip(found) {
                let sample = &dataset.samples[index];
                let truth = manifest.labels.iter().position(|label| *label == dataset.labels[sample.label]);
                let (Some(truth), Some((best, _))) = (truth, answer.best()) else { continue };
                answers.answers.push(SampleAnswer {
                    sample: count(index),
                    path: sample.source.path.display().to_string(),
                    truth: count(truth),
                    said: count(best),
                    probabilities: answer.probabilities,
                });
            }
        }
        Ok(answers)
    }

    /// A picture of a training's dataset as the network sees it, `side` × `side` pixels.
    ///
    /// # Errors
    /// When the project does not have the training, or it has no such picture or its file cannot be read.
    pub fn sample_picture(&self, run: RunId, sample: usize, side: u32) -> Result<RgbImage, AppError> {
        let samples = self.samples_of(run)?;
        let sample = samples.0.samples.get(sample).ok_or(AppError::NoImage)?;
        self.adapters.samples.read(&sample.source, side).map_err(|error| unreadable(&sample.source.path, &error))
    }

    fn samples_of(&self, run: RunId) -> Result<Samples, AppError> {
        if let Some((of, samples)) = &*lock(&self.looked_at.samples)
            && *of == run
        {
            return Ok(Arc::clone(samples));
        }
        let samples = Arc::new(self.project()?.run_samples(run)?);
        *lock(&self.looked_at.samples) = Some((run, Arc::clone(&samples)));
        Ok(samples)
    }
}
