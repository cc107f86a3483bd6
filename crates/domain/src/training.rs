//! Settings of a training and what it reports while it runs.

use serde::{Deserialize, Serialize};

use crate::ConfusionMatrix;

/// Networks that can be trained. All convolutions are 3×3 without padding, all pools 2×2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// The paper's: Conv 64-64-128-128, each ReLU and pooled; Dropout 0.5, Dense 120 ReLU, Dense n softmax.
    SmallVgg,
    /// The paper's other one: Conv 100-100, each ReLU and pooled; Dropout 0.5, Dense 50 ReLU, Dense n softmax.
    TwoConv,
    /// For quick tries: Conv 16-32-32, each ReLU and pooled; Dropout 0.25, Dense 48 ReLU, Dense n softmax.
    Tiny,
    /// Doubled convolutions: Conv 32-32 pool, 64-64 pool, 128-128 pool; Dropout 0.5, Dense 120 ReLU, Dense n softmax.
    VggLike,
}

/// What is minimised. All are means over the batch (and over the classes, but for cross-entropy), as in Keras.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Mean squared error between probabilities and one-hot labels: the paper's.
    Mse,
    /// Categorical cross-entropy.
    CategoricalCrossentropy,
    /// Mean squared logarithmic error.
    Msle,
}

/// Random changes of every training picture, each epoch anew (the paper's Listing 3).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Augmentation {
    /// Rotation by up to ± this many degrees.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub rotation_degrees: f64,
    /// Shift by up to ± this share of width and of height.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub shift: f64,
    /// Zoom between 1 − this and 1 + this, for each axis on its own.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub zoom: f64,
    /// Mirror left and right, half of the time.
    pub flip: bool,
}

impl Default for Augmentation {
    /// The paper's: ±20°, shifts ±0.2, zoom ±0.2, mirrored at random.
    fn default() -> Self {
        Self { rotation_degrees: 20.0, shift: 0.2, zoom: 0.2, flip: true }
    }
}

/// Named settings for people who do not want to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// All as in the paper: small VGG at 180 px, 15 epochs.
    Paper,
    /// The paper's network on pictures of 96 px: a quarter of the time.
    PaperSmall,
    /// The tiny network on pictures of 64 px: to see in a minute whether the labels make sense.
    Tiny,
}

/// Every setting of a training. The same settings, dataset and thread count give the same figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TrainingConfig {
    /// The network.
    pub architecture: Architecture,
    /// What is minimised.
    pub loss: Loss,
    /// Side of the square input in pixels, 32 to 256.
    pub image_size: u32,
    /// Passes over the training pictures, at least 1.
    pub epochs: u32,
    /// Pictures per step, at least 1.
    pub batch_size: u32,
    /// Step size of Adam, above 0.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub learning_rate: f64,
    /// Seed of weights, order, dropout and augmentation, and of the split.
    pub seed: u32,
    /// Share of pictures that are kept to check with, between 0 and 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub validation_share: f64,
    /// Keep all crops of one photo, or of one group, on one side of the split.
    pub split_by_group: bool,
    /// Random changes of training pictures, or `None` for none.
    pub augmentation: Option<Augmentation>,
    /// Worker threads, at least 1; `None` uses all cores.
    pub threads: Option<u32>,
}

impl Preset {
    /// The settings that this name stands for.
    pub fn config(self) -> TrainingConfig {
        let paper = TrainingConfig {
            architecture: Architecture::SmallVgg,
            loss: Loss::Mse,
            image_size: 180,
            epochs: 15,
            batch_size: 32,
            learning_rate: 1e-3,
            seed: 42,
            validation_share: 0.2,
            split_by_group: false,
            augmentation: Some(Augmentation::default()),
            threads: None,
        };
        match self {
            Self::Paper => paper,
            Self::PaperSmall => TrainingConfig { image_size: 96, ..paper },
            Self::Tiny => TrainingConfig {
                architecture: Architecture::Tiny,
                loss: Loss::CategoricalCrossentropy,
                image_size: 64,
                epochs: 30,
                split_by_group: true,
                ..paper
            },
        }
    }
}

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
    /// Its confusion on the validation side.
    pub confusion: ConfusionMatrix,
    /// Wall seconds in all.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub seconds: f64,
    /// Whether it was cancelled before the last epoch.
    pub cancelled: bool,
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
    /// An epoch ended.
    Epoch(EpochFigures),
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
