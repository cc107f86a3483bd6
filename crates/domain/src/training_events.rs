//! What a training reports while it runs, and at its end.

use serde::{Deserialize, Serialize};

use crate::{ConfusionMatrix, Interval};

/// Figures of one epoch. Losses and accuracies of the training side are running means over the epoch
/// with dropout and augmentation on, as in Keras; those of the validation side are measured after it, without.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EpochFigures {
    /// From 1.
    pub epoch: u32,
    /// Training loss.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub loss: f64,
    /// Training accuracy, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub accuracy: f64,
    /// Validation loss.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub val_loss: f64,
    /// Validation accuracy, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub val_accuracy: f64,
    /// Wall seconds of this epoch.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub seconds: f64,
    /// CPU seconds of the process in this epoch.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub cpu_seconds: f64,
}

/// What a training ends with. The model is that of the best epoch (highest validation accuracy, then
/// lowest validation loss).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TrainingSummary {
    /// Path of the exported `.onnx`; its manifest lies beside it.
    pub model: String,
    /// Epoch that the model is of.
    pub best_epoch: u32,
    /// Its validation accuracy, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub val_accuracy: f64,
    /// Where its accuracy on other pictures of the same kind probably lies: so few were checked.
    #[serde(default)]
    pub val_accuracy_interval: Option<Interval>,
    /// Its confusion on the validation side.
    pub confusion: ConfusionMatrix,
    /// Wall seconds in all.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub seconds: f64,
    /// CPU seconds of the process in all.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    #[serde(default)]
    pub cpu_seconds: f64,
    /// Whether it was cancelled before the last epoch.
    pub cancelled: bool,
    /// Whether it ended before the last epoch because it got no better.
    #[serde(default)]
    pub stopped_early: bool,
}

/// What a training says while it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "event", rename_all = "camelCase")]
pub enum TrainingEvent {
    /// Pictures are being read and measured before the first step.
    #[serde(rename_all = "camelCase")]
    Preparing {
        /// Pictures read so far.
        done: u32,
        /// Pictures to read.
        total: u32,
    },
    /// The first step is about to run.
    #[serde(rename_all = "camelCase")]
    Started {
        /// Labels in output order.
        labels: Vec<String>,
        /// Pictures to learn from.
        training: u32,
        /// Pictures to check with.
        validation: u32,
        /// Steps in each epoch.
        steps: u32,
        /// Epochs planned.
        epochs: u32,
        /// Epochs that an earlier part of this training did; their figures follow at once.
        #[serde(default)]
        resumed: u32,
        /// Weights of the network.
        parameters: u32,
        /// Pictures that were left out, with the reason.
        problems: Vec<crate::Problem>,
    },
    /// One step of the optimiser.
    #[serde(rename_all = "camelCase")]
    Step {
        /// Epoch, from 1.
        epoch: u32,
        /// Step in the epoch, from 1.
        step: u32,
        /// Steps in the epoch.
        steps: u32,
        /// Mean loss of the epoch so far.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        loss: f64,
        /// Mean accuracy of the epoch so far, 0 to 1.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        accuracy: f64,
        /// Estimated seconds until the training ends.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        seconds_left: f64,
    },
    /// What the network took the validation pictures for after an epoch; comes before the epoch's figures.
    #[serde(rename_all = "camelCase")]
    Checked {
        /// Epoch, from 1.
        epoch: u32,
        /// Truth against answer.
        confusion: ConfusionMatrix,
    },
    /// An epoch ended.
    Epoch(EpochFigures),
    /// Something went wrong that the training does not need to end for.
    Warning {
        /// What happened and what helps.
        message: String,
    },
    /// The training ended, or was cancelled after at least one epoch; a model was exported.
    Finished(TrainingSummary),
    /// The training was cancelled before the first epoch ended: there is no model.
    Cancelled,
    /// The training failed; nothing was exported.
    Failed {
        /// What happened and what helps.
        message: String,
    },
}

/// On what a training ran: what its seconds, and in the last digits its figures, depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RunEnvironment {
    /// Version of this program.
    pub program: String,
    /// Operating system and kind of processor, such as `linux x86_64`.
    pub system: String,
    /// What computes, with its version.
    pub trainer: String,
    /// Cores of the processor.
    pub cores: u32,
    /// Worker threads.
    pub threads: u32,
}
