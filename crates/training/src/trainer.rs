//! The port: `ModelTrainer` on the ONNX Runtime.

use bauta_domain::{
    TrainingEvent, TrainingSummary,
    ports::{CancelToken, ModelTrainer, PortError, TrainingJob},
};
use bauta_inference::Runtime;

use crate::run;

/// Trains networks on the ONNX Runtime, on the processor. A handle: cheap to clone, holds no training.
#[derive(Clone, Debug)]
pub struct OnnxTrainer {
    runtime: Runtime,
}

impl OnnxTrainer {
    /// A trainer on this runtime.
    pub fn new(runtime: Runtime) -> Self {
        Self { runtime }
    }
}

impl ModelTrainer for OnnxTrainer {
    /// Errors are [`TrainingError`](crate::TrainingError)s. The last event is `Finished` or `Cancelled`
    /// when there is no error; `Failed` is left to the caller, who has the error's message.
    fn train(
        &self,
        job: &TrainingJob<'_>,
        events: &mut dyn FnMut(TrainingEvent),
        cancel: &CancelToken,
    ) -> Result<Option<TrainingSummary>, PortError> {
        let summary = run::train(&self.runtime, job, events, cancel)?;
        events(summary.clone().map_or(TrainingEvent::Cancelled, TrainingEvent::Finished));
        Ok(summary)
    }
}
