//! Training: the run. The split is in `splitting`.

use std::path::Path;

use bauta_domain::{
    Dataset, Split, TrainingConfig, TrainingEvent, TrainingSummary,
    ports::{CancelToken, Checkpointing, TrainingJob},
};

use crate::{Adapters, AppError};

/// Trains on one side of `split`, checks on the other, and exports the best epoch to `model` (`….onnx`, with its manifest beside it).
/// `None` when it was cancelled before the first epoch ended. With a checkpoint it can go on after a crash.
///
/// # Errors
/// When the settings or the folder cannot be used, or the training cannot go on; an
/// earlier model at that place stays as it was.
pub fn train(
    adapters: &Adapters,
    (dataset, split): (&Dataset, &Split),
    config: &TrainingConfig,
    (model, name, checkpoint): (&Path, &str, Option<Checkpointing<'_>>),
    events: &mut dyn FnMut(TrainingEvent),
    cancel: &CancelToken,
) -> Result<Option<TrainingSummary>, AppError> {
    let samples = adapters.samples.as_ref();
    let job = TrainingJob { dataset, split, config, samples, model, name, checkpoint };
    adapters.trainer.train(&job, events, cancel).map_err(AppError::Adapter)
}
