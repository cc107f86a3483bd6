//! The port: `ModelTrainer` on the ONNX Runtime.

use std::path::PathBuf;

use bauta_domain::{
    Augmentation, RgbImage, TrainingEvent, TrainingSummary,
    ports::{CancelToken, ModelTrainer, PortError, TrainingJob},
};
use bauta_inference::Runtime;

use crate::{
    data::{self, MEMORY},
    engine::Computation,
    run,
};

/// Trains networks on the ONNX Runtime, on the processor. A handle: cheap to clone, holds no training.
#[derive(Clone, Debug)]
pub struct OnnxTrainer {
    runtime: Runtime,
    cache: PathBuf,
    computation: Computation,
    memory: usize,
}

impl OnnxTrainer {
    /// A trainer on this runtime, which keeps the features of pretrained networks in the folder `cache`.
    pub fn new(runtime: Runtime, cache: PathBuf) -> Self {
        Self { runtime, cache, computation: Computation::Fast, memory: MEMORY }
    }

    /// The same, computing gradients in this way: to compare the ways with each other.
    #[must_use]
    pub fn computing(self, computation: Computation) -> Self {
        Self { computation, ..self }
    }

    /// The same, keeping at most this many bytes of pixels in memory; more are read again in each epoch.
    #[must_use]
    pub fn keeping(self, memory: usize) -> Self {
        Self { memory, ..self }
    }
}

impl ModelTrainer for OnnxTrainer {
    fn describe(&self) -> String {
        format!("ONNX Runtime ({})", ort::info())
    }

    /// Errors are [`TrainingError`](crate::TrainingError)s. The last event is `Finished` or `Cancelled`
    /// when there is no error; `Failed` is left to the caller, who has the error's message.
    fn train(
        &self,
        job: &TrainingJob<'_>,
        events: &mut dyn FnMut(TrainingEvent),
        cancel: &CancelToken,
    ) -> Result<Option<TrainingSummary>, PortError> {
        let means = run::Means {
            runtime: &self.runtime,
            cache: &self.cache,
            computation: self.computation,
            memory: self.memory,
        };
        let summary = run::train(means, job, events, cancel)?;
        events(summary.clone().map_or(TrainingEvent::Cancelled, TrainingEvent::Finished));
        Ok(summary)
    }

    fn changed(&self, picture: &RgbImage, changes: &Augmentation, seed: u64, item: (u32, u64)) -> RgbImage {
        data::shown_changed(picture, changes, (seed, item))
    }
}
