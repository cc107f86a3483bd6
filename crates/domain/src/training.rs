//! Settings of a training.

use serde::{Deserialize, Serialize};

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
    /// MobileNetV2, pretrained on pictures of 224 px. What of it is trained says [`Head`].
    MobilenetV2,
    /// EfficientNet-Lite0, pretrained on pictures of 224 px.
    EfficientnetLite0,
    /// The features of MobileNetV2 and EfficientNet-Lite0 together.
    TwoBackbones,
}

impl Architecture {
    /// What is trained of it when `wished` is; `None` for a network that is not pretrained.
    pub const fn head(self, wished: Option<Head>) -> Option<Head> {
        match (self, wished) {
            (Self::SmallVgg | Self::TwoConv | Self::Tiny | Self::VggLike, _) => None,
            (_, Some(head)) => Some(head),
            (Self::MobilenetV2 | Self::EfficientnetLite0, None) => Some(Head::Blocks),
            (Self::TwoBackbones, None) => Some(Head::Wide),
        }
    }
}

/// What is trained of a pretrained network, or behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Head {
    /// Its last blocks, and behind them Dropout 0.3, Dense n softmax. Of one network only.
    Blocks,
    /// The network stays; behind its features, centred and scaled, Dropout 0.2, Dense 256 ReLU, Dropout 0.5,
    /// Dense n softmax.
    Wide,
    /// The network stays; behind its features Dense 128 ReLU, Dropout 0.5, Dense n softmax: the head of the
    /// mask-detector tutorial that the paper cites.
    Tutorial,
}

/// What is minimised. All are means over the batch (and over the classes, but for cross-entropy), as in Keras.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Mean squared error between probabilities and one-hot labels: the paper's.
    #[default]
    Mse,
    /// Categorical cross-entropy.
    CategoricalCrossentropy,
    /// Mean squared logarithmic error.
    Msle,
}

/// How gradients become steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Optimizer {
    /// Adam as Keras computes it: the paper's.
    #[default]
    Adam,
    /// Stochastic gradient descent with a momentum of 0.9.
    Sgd,
}

/// How the step size changes over a training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// It stays: the paper's.
    #[default]
    Constant,
    /// It falls to 0 along half a cosine.
    Cosine,
    /// It rises over the first fifth of the steps, then falls to 0, both along half a cosine (Smith and Topin 2019).
    OneCycle,
}

impl Schedule {
    /// The share of the learning rate at step `step`, from 0, of `steps`.
    pub fn share(self, step: u64, steps: u64) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Cosine => half_cosine(step as f64 / steps.max(1) as f64),
            Self::OneCycle => {
                let (done, rise) = ((step as f64 + 0.5) / steps.max(1) as f64, 0.2);
                if done < rise { 1.0 - half_cosine(done / rise) } else { half_cosine((done - rise) / (1.0 - rise)) }
            }
        }
    }
}

/// From 1 to 0 as `done` goes from 0 to 1.
fn half_cosine(done: f64) -> f64 {
    f64::midpoint(1.0, (std::f64::consts::PI * done).cos())
}

/// Random changes of every training picture, each epoch anew (the paper's Listing 3, and more).
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
    /// Lighter or darker by up to ± this share of the whole range, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    #[serde(default)]
    pub brightness: f64,
    /// Contrast between 1 − this and 1 + this, 0 up to but not 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    #[serde(default)]
    pub contrast: f64,
    /// Gaussian blur with a standard deviation of up to this share of the side, 0 to 0.1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    #[serde(default)]
    pub blur: f64,
    /// Cover a rectangle of 2 % to 20 % of the picture with the mean colour, this share of the time, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    #[serde(default)]
    pub erasing: f64,
}

impl Augmentation {
    /// No change at all.
    pub const NONE: Self = Self {
        rotation_degrees: 0.0,
        shift: 0.0,
        zoom: 0.0,
        flip: false,
        brightness: 0.0,
        contrast: 0.0,
        blur: 0.0,
        erasing: 0.0,
    };
}

impl Default for Augmentation {
    /// The paper's: ±20°, shifts ±0.2, zoom ±0.2, mirrored at random.
    fn default() -> Self {
        Self { rotation_degrees: 20.0, shift: 0.2, zoom: 0.2, flip: true, ..Self::NONE }
    }
}

/// Named settings for people who do not want to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Best for few pictures: MobileNetV2 with its last blocks trained; the default.
    Transfer,
    /// The fastest good one: a small network behind the features of two pretrained ones.
    Quick,
    /// As the mask-detector tutorial that the paper cites: its head behind MobileNetV2's features.
    Tutorial,
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
    /// What is trained of a pretrained network; `None` for what suits it best. Other networks have no such choice.
    #[serde(default)]
    pub head: Option<Head>,
    /// What is minimised.
    pub loss: Loss,
    /// Side of the square input in pixels, 32 to 256. Pretrained networks were made for 224.
    pub image_size: u32,
    /// Passes over the training pictures, at least 1.
    pub epochs: u32,
    /// Pictures per step, at least 1.
    pub batch_size: u32,
    /// How gradients become steps.
    #[serde(default)]
    pub optimizer: Optimizer,
    /// Step size, above 0.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub learning_rate: f64,
    /// How the step size changes.
    #[serde(default)]
    pub schedule: Schedule,
    /// Stop when the validation side got no better for this many epochs, at least 1; `None` never does.
    #[serde(default)]
    pub patience: Option<u32>,
    /// Share of the learning rate by which weights shrink in each step, 0 or more.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    #[serde(default)]
    pub weight_decay: f64,
    /// Let a picture of a rare category count more, so that all categories count alike.
    #[serde(default)]
    pub class_weights: bool,
    /// Share of a label that is spread over all categories, 0 up to but not 1, so that the network is not
    /// pushed to be surer than the labels are.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    #[serde(default)]
    pub label_smoothing: f64,
    /// Share of numbers that dropout leaves out, 0 up to but not 1; `None` for the network's own.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    #[serde(default)]
    pub dropout: Option<f64>,
    /// Seed of weights, order, dropout and augmentation, and of the split.
    pub seed: u32,
    /// Share of pictures that are kept to check with, between 0 and 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub validation_share: f64,
    /// Keep what belongs together (crops of one photo, a person's, a folder's, a capture burst) on one side of the
    /// split, where that is known. Otherwise the split is at random, as in the paper.
    pub split_by_group: bool,
    /// Random changes of training pictures, or `None` for none.
    pub augmentation: Option<Augmentation>,
    /// Let the model answer for each picture together with its mirror image: a little better, at twice the
    /// time for every answer.
    #[serde(default)]
    pub average_views: bool,
    /// Worker threads, at least 1; `None` uses all cores.
    pub threads: Option<u32>,
}

impl TrainingConfig {
    /// Whether a training with these settings can go on with those: how long it goes and how large its steps are may
    /// change, so that one that ran away can go on with smaller ones.
    pub fn is_of_one_training(&self, other: &Self) -> bool {
        let Self { epochs, learning_rate, schedule, patience, threads, .. } = *other;
        Self { epochs, learning_rate, schedule, patience, threads, ..self.clone() } == *other
    }
}

impl Preset {
    /// The settings that this name stands for.
    pub fn config(self) -> TrainingConfig {
        let paper = TrainingConfig {
            architecture: Architecture::SmallVgg,
            head: None,
            loss: Loss::Mse,
            image_size: 180,
            epochs: 15,
            batch_size: 32,
            optimizer: Optimizer::Adam,
            learning_rate: 1e-3,
            schedule: Schedule::Constant,
            patience: None,
            weight_decay: 0.0,
            class_weights: false,
            label_smoothing: 0.0,
            dropout: None,
            seed: 42,
            validation_share: 0.2,
            split_by_group: true,
            augmentation: Some(Augmentation::default()),
            average_views: false,
            threads: None,
        };
        let changes = Augmentation {
            rotation_degrees: 12.0,
            shift: 0.08,
            zoom: 0.15,
            flip: true,
            brightness: 0.12,
            contrast: 0.25,
            blur: 0.008,
            erasing: 0.0,
        };
        let pretrained = TrainingConfig {
            loss: Loss::CategoricalCrossentropy,
            image_size: 224,
            schedule: Schedule::OneCycle,
            label_smoothing: 0.1,
            augmentation: Some(changes),
            ..paper
        };
        match self {
            Self::Transfer => TrainingConfig {
                architecture: Architecture::MobilenetV2,
                head: Some(Head::Blocks),
                epochs: 3,
                learning_rate: 3e-4,
                weight_decay: 0.02,
                ..pretrained
            },
            Self::Quick => TrainingConfig {
                architecture: Architecture::TwoBackbones,
                head: Some(Head::Wide),
                epochs: 12,
                batch_size: 128,
                weight_decay: 0.05,
                ..pretrained
            },
            Self::Tutorial => TrainingConfig {
                architecture: Architecture::MobilenetV2,
                head: Some(Head::Tutorial),
                epochs: 20,
                learning_rate: 1e-4,
                schedule: Schedule::Constant,
                label_smoothing: 0.0,
                augmentation: Some(Augmentation {
                    rotation_degrees: 20.0,
                    shift: 0.2,
                    zoom: 0.15,
                    ..Augmentation::default()
                }),
                ..pretrained
            },
            Self::Paper => paper,
            Self::PaperSmall => TrainingConfig { image_size: 96, ..paper },
            Self::Tiny => TrainingConfig {
                architecture: Architecture::Tiny,
                loss: Loss::CategoricalCrossentropy,
                image_size: 64,
                epochs: 30,
                ..paper
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_goes_on_with_other_steps_and_for_longer_but_is_another_one_with_other_settings() {
        let tiny = Preset::Tiny.config();
        let longer = TrainingConfig { epochs: 99, learning_rate: 1e-5, threads: Some(3), ..tiny };
        assert!(tiny.is_of_one_training(&longer));
        assert!(!tiny.is_of_one_training(&TrainingConfig { seed: 1, ..tiny }));
    }

    #[test]
    fn step_sizes_follow_their_schedule() {
        let at = |schedule: Schedule, steps: [u64; 5]| steps.map(|step| schedule.share(step, 100));
        let close = |found: [f64; 5], expected: [f64; 5]| {
            let differs = found.iter().zip(&expected).any(|(found, expected)| (found - expected).abs() > 1e-9);
            assert!(!differs, "{found:?}, expected {expected:?}");
        };
        assert_eq!(at(Schedule::Constant, [0, 25, 50, 75, 99]), [1.0; 5]);
        let half = f64::sqrt(0.5);
        close(at(Schedule::Cosine, [0, 25, 50, 75, 100]), [1.0, (1.0 + half) / 2.0, 0.5, (1.0 - half) / 2.0, 0.0]);
        let one_cycle: Vec<f64> = (0..100).map(|step| Schedule::OneCycle.share(step, 100)).collect();
        let top = one_cycle.iter().position(|share| *share > 0.998).unwrap();
        assert!((19..=20).contains(&top), "it rises over the first fifth: {top}");
        assert!(one_cycle[..19].is_sorted() && one_cycle[20..].iter().rev().is_sorted(), "{one_cycle:?}");
        assert!(one_cycle[0] < 0.01 && one_cycle[99] < 0.01, "{one_cycle:?}");
    }
}
