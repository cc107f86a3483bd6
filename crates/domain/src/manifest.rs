//! The contract of a model: what it takes, what it gives, how it was made.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{ForeignNetwork, TrainingConfig};

/// What travels beside `NAME.onnx` as `NAME.json`, and inside the ONNX file's metadata under the key
/// `bauta.manifest`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ModelManifest {
    /// Version of this format; this program writes and reads 1.
    pub format: u32,
    /// What the user calls the model.
    pub name: String,
    /// Labels in output order, at least two, all different.
    pub labels: Vec<String>,
    /// Side of the square input in pixels.
    pub input_size: u32,
    /// What happens to the pixels before the network sees them.
    pub preprocessing: Preprocessing,
    /// Whether each picture is answered together with its mirror image, and their probabilities averaged: a
    /// little better, at twice the time. The exported graph does this itself.
    #[serde(default)]
    pub averages_views: bool,
    /// Milliseconds that one picture took on one core of the machine that trained it.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    #[serde(default)]
    pub milliseconds: Option<f64>,
    /// How it was trained, when this program did.
    pub trained_with: Option<TrainedWith>,
    /// How a network that another program made is to be used; what ours want is in their graphs.
    #[serde(default)]
    pub foreign: Option<ForeignNetwork>,
}

/// What happens to pixels. The exported graph does this itself: it takes RGB values 0 to 255 and
/// computes `(value / 255 − mean) / std` per channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Preprocessing {
    /// Mean of each of R, G, B over the training pictures, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = [specta_typescript::Number; 3]))]
    pub mean: [f64; 3],
    /// Standard deviation of each of R, G, B over the training pictures, above 0.
    #[cfg_attr(feature = "specta", specta(type = [specta_typescript::Number; 3]))]
    pub std: [f64; 3],
}

/// How a model was trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TrainedWith {
    /// Version of this program.
    pub program: String,
    /// Settings.
    pub config: TrainingConfig,
    /// Pictures it learned from.
    pub training_samples: u32,
    /// Pictures it was checked with.
    pub validation_samples: u32,
    /// Epoch that was kept.
    pub best_epoch: u32,
    /// Share of the validation pictures called right, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub val_accuracy: f64,
}

/// Why a manifest cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ManifestError {
    /// Written by a later version of this program.
    #[error("the model's description has format {found}, this version reads format 1; update Bauta")]
    Newer {
        /// The format found.
        found: u32,
    },
    /// Labels are missing or repeated.
    #[error("a model needs at least two different labels, found {0:?}")]
    Labels(Vec<String>),
    /// The input size makes no sense.
    #[error("the input size must lie between 16 and 1024 pixels, found {0}")]
    InputSize(u32),
    /// A label is missing or there are too many.
    #[error(
        "the model gives {expected} scores, and {found} labels are named; name one label for each score, in their order"
    )]
    LabelCount {
        /// Scores of the network.
        expected: u32,
        /// Labels that were named.
        found: usize,
    },
    /// The network takes another size.
    #[error("the model takes pictures of {expected} pixels only, found {found}")]
    OtherSize {
        /// Side that the network takes.
        expected: u32,
        /// Side that was given.
        found: u32,
    },
    /// A mean or standard deviation makes no sense.
    #[error("means must be finite and standard deviations above 0")]
    Preprocessing,
}

impl ModelManifest {
    /// The format that this program writes.
    pub const FORMAT: u32 = 1;

    /// Checks what was read from a file.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), ManifestError> {
        if self.format != Self::FORMAT {
            return Err(ManifestError::Newer { found: self.format });
        }
        let different: std::collections::HashSet<&String> = self.labels.iter().collect();
        if self.labels.len() < 2 || different.len() != self.labels.len() {
            return Err(ManifestError::Labels(self.labels.clone()));
        }
        if !(16..=1024).contains(&self.input_size) {
            return Err(ManifestError::InputSize(self.input_size));
        }
        let Preprocessing { mean, std } = &self.preprocessing;
        if !mean.iter().chain(std).all(|v| v.is_finite()) || std.iter().any(|&v| v <= 0.0) {
            return Err(ManifestError::Preprocessing);
        }
        Ok(())
    }
}
