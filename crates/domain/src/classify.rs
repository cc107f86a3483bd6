//! What models say before anyone accepts it.

use serde::{Deserialize, Serialize};

use crate::BoundingBox;

/// One region that a detector found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// Where, in upright image pixels, inside the picture.
    pub bbox: BoundingBox,
    /// How sure the detector is, 0 to 1. Scores of different detectors do not compare.
    pub score: f64,
}

/// What a classifier says of one crop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// One probability a label, in the order of the model's labels; they sum to 1.
    pub probabilities: Vec<f32>,
}

impl Classification {
    /// Index and probability of the most likely label; the first one among equals.
    /// `None` only when the model has no labels.
    pub fn best(&self) -> Option<(usize, f32)> {
        let mut best: Option<(usize, f32)> = None;
        for (index, &p) in self.probabilities.iter().enumerate() {
            if best.is_none_or(|(_, top)| p > top) {
                best = Some((index, p));
            }
        }
        best
    }
}
