//! Training: the run. The split is in `splitting`.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use bauta_domain::{
    Dataset, Split, TrainingConfig, TrainingEvent, TrainingSummary,
    ports::{CancelToken, Checkpointing, TrainingJob},
};

use crate::{Adapters, AppError};

/// Does the work of a training; a mistake in the program ends the training and not the program.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, AppError>) -> Result<T, AppError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(AppError::Invalid("the training met a mistake in the program; please report it".to_owned()))
    })
}

/// The last event of a training that came to this.
pub fn last_event(outcome: &Result<Option<TrainingSummary>, AppError>) -> TrainingEvent {
    match outcome {
        Ok(Some(summary)) => TrainingEvent::Finished(summary.clone()),
        Ok(None) => TrainingEvent::Cancelled,
        Err(error) => TrainingEvent::Failed { message: error.full_message() },
    }
}

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
