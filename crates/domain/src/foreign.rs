//! Classifiers that other programs made: what their files tell, and what only people know.

use serde::{Deserialize, Serialize};

use crate::{ManifestError, ModelManifest, Preprocessing};

/// The order of a pixel's three values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ChannelOrder {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Blue, green, red, as OpenCV and Caffe have it.
    Bgr,
}

/// The values that a network wants for the pixels 0 to 255.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ValueRange {
    /// 0 to 255, as they are.
    Bytes,
    /// 0 to 1.
    Unit,
    /// −1 to 1.
    Signed,
    /// By mean and deviation of ImageNet's pictures, as most networks that began with its weights.
    #[default]
    ImageNet,
}

impl ValueRange {
    /// As mean and standard deviation of values 0 to 1.
    pub const fn preprocessing(self) -> Preprocessing {
        match self {
            Self::Bytes => Preprocessing { mean: [0.0; 3], std: [1.0 / 255.0; 3] },
            Self::Unit => Preprocessing { mean: [0.0; 3], std: [1.0; 3] },
            Self::Signed => Preprocessing { mean: [0.5; 3], std: [0.5; 3] },
            Self::ImageNet => Preprocessing { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
        }
    }
}

/// How such a network is to be used, besides the manifest's labels, size and preprocessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ForeignNetwork {
    /// Whether it takes whole pixels one after the other (`[N, H, W, 3]`) and not planes (`[N, 3, H, W]`).
    pub channels_last: bool,
    /// The order of a pixel's values.
    pub order: ChannelOrder,
    /// Whether its scores are logits, of which softmax makes probabilities.
    pub gives_logits: bool,
}

/// What the file of such a network tells; what it does not tell is for people to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ForeignFacts {
    /// Name of the file without its ending.
    pub name: String,
    /// Side of its pictures, when it takes one size only.
    pub side: Option<u32>,
    /// Whether it takes whole pixels one after the other.
    pub channels_last: bool,
    /// Whether it takes bytes, which are not scaled.
    pub takes_bytes: bool,
    /// Number of its scores.
    pub scores: u32,
    /// Whether the scores are logits, as it seems from a trial.
    pub gives_logits: bool,
    /// The labels, from its metadata or from a list beside it; empty when there is none.
    pub labels: Vec<String>,
    /// The order of a pixel's values, from its metadata.
    pub order: Option<ChannelOrder>,
    /// The values that it wants, from its metadata.
    pub range: Option<ValueRange>,
}

/// What people say of such a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ForeignAnswers {
    /// Side of its pictures.
    pub side: u32,
    /// The order of a pixel's values.
    pub order: ChannelOrder,
    /// The values that it wants.
    pub range: ValueRange,
    /// A label for each score.
    pub labels: Vec<String>,
}

impl ForeignFacts {
    /// The manifest of the network as it was described.
    ///
    /// # Errors
    /// When the answers do not fit the network.
    pub fn described(&self, answers: &ForeignAnswers) -> Result<ModelManifest, ManifestError> {
        if let Some(expected) = self.side.filter(|side| *side != answers.side) {
            return Err(ManifestError::OtherSize { expected, found: answers.side });
        }
        if answers.labels.len() != self.scores as usize {
            return Err(ManifestError::LabelCount { expected: self.scores, found: answers.labels.len() });
        }
        let range = if self.takes_bytes { ValueRange::Bytes } else { answers.range };
        let manifest = ModelManifest {
            format: ModelManifest::FORMAT,
            name: self.name.clone(),
            labels: answers.labels.clone(),
            input_size: answers.side,
            preprocessing: range.preprocessing(),
            averages_views: false,
            milliseconds: None,
            trained_with: None,
            foreign: Some(ForeignNetwork {
                channels_last: self.channels_last,
                order: answers.order,
                gives_logits: self.gives_logits,
            }),
        };
        manifest.check().map(|()| manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> ForeignFacts {
        ForeignFacts {
            name: "masks".to_owned(),
            side: Some(224),
            channels_last: false,
            takes_bytes: false,
            scores: 2,
            gives_logits: true,
            labels: Vec::new(),
            order: None,
            range: None,
        }
    }

    fn answers(side: u32, labels: &[&str]) -> ForeignAnswers {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        ForeignAnswers { side, order: ChannelOrder::Bgr, range: ValueRange::Signed, labels }
    }

    #[test]
    fn answers_must_fit_the_network() {
        let manifest = facts().described(&answers(224, &["mask", "none"])).unwrap();
        assert_eq!((manifest.input_size, manifest.preprocessing.mean), (224, [0.5; 3]));
        assert_eq!(manifest.foreign.map(|foreign| foreign.order), Some(ChannelOrder::Bgr));
        for (side, labels, said) in [
            (128, &["mask", "none"][..], "takes pictures of 224 pixels only, found 128"),
            (224, &["mask"], "gives 2 scores, and 1 labels are named"),
            (224, &["mask", "mask"], "two different labels"),
        ] {
            let refused = facts().described(&answers(side, labels)).unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
        let bytes = ForeignFacts { takes_bytes: true, ..facts() };
        let manifest = bytes.described(&answers(224, &["mask", "none"])).unwrap();
        assert_eq!(manifest.preprocessing, ValueRange::Bytes.preprocessing());
    }
}
