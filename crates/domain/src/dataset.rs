//! A frozen training set.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::BoundingBox;

/// Where the pixels of a sample are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PixelSource {
    /// The file.
    pub path: PathBuf,
    /// The region to crop, or `None` when the whole file is the crop already.
    pub bbox: Option<BoundingBox>,
}

/// One item of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Its pixels.
    pub source: PixelSource,
    /// Index into [`Dataset::labels`].
    pub label: usize,
    /// Samples of one group never fall on both sides of a split (crops of one photo, photos of one person).
    pub group: Option<String>,
}

/// Labels and samples as they were when the training began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// Category names, in the order of the model's outputs.
    pub labels: Vec<String>,
    /// All samples.
    pub samples: Vec<Sample>,
}

/// Why a dataset cannot be trained on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DatasetError {
    /// No samples at all.
    #[error(
        "there is nothing to train on: no labelled pictures were found; label some boxes or choose a folder with one folder of pictures a category"
    )]
    Empty,
    /// Only one category.
    #[error("a classifier needs at least two categories, found only {0:?}; label a second one")]
    OneClass(String),
    /// A category with fewer than two samples cannot be on both sides of the split.
    #[error(
        "{label:?} has {found} picture(s); each category needs at least two, one to learn from and one to check with"
    )]
    TooFew {
        /// The category.
        label: String,
        /// How many samples it has.
        found: usize,
    },
}

impl Dataset {
    /// Number of samples for each label.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.labels.len()];
        for sample in &self.samples {
            counts[sample.label] += 1;
        }
        counts
    }

    /// Checks that a classifier can be trained on it.
    ///
    /// # Errors
    /// When there are fewer than two categories, or one of them has fewer than two samples.
    pub fn check(&self) -> Result<(), DatasetError> {
        match self.labels.as_slice() {
            [] => return Err(DatasetError::Empty),
            [only] => return Err(DatasetError::OneClass(only.clone())),
            _ => {}
        }
        match self.counts().into_iter().zip(&self.labels).find(|(count, _)| *count < 2) {
            Some((found, label)) => Err(DatasetError::TooFew { label: label.clone(), found }),
            None => Ok(()),
        }
    }
}
