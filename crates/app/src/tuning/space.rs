//! The settings that the tuner tries.

use bauta_domain::{Architecture, Augmentation, Head, Loss, Preset, TrainingConfig};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use serde::{Deserialize, Serialize};

/// What the tuner may choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchSpace {
    /// The networks, at least one; the usual settings of the first are the first trial.
    pub architectures: Vec<Architecture>,
    /// The most epochs of a training; `None` for what each network usually has.
    pub epochs: Option<u32>,
    /// Sides of pictures in pixels, at least one, for networks that are not pretrained.
    pub sizes: Vec<u32>,
    /// What stays: the seed of the search, how the pictures are divided, threads.
    pub seed: u32,
    /// Whether what belongs together stays on one side of the division.
    pub split_by_group: bool,
    /// Worker threads of a training, at least 1; `None` for all cores.
    pub threads: Option<u32>,
}

impl SearchSpace {
    /// The settings with this number, trained in full. Number 0 are the usual ones of the first network; all others are
    /// drawn at random, the same for the same seed everywhere.
    pub fn settings(&self, number: u32) -> TrainingConfig {
        let mut rng = ChaCha8Rng::seed_from_u64(u64::from(self.seed) << 32 | u64::from(number));
        let architecture = if number == 0 { self.architectures[0] } else { *chosen(&mut rng, &self.architectures) };
        let usual = self.usual(architecture);
        if number == 0 {
            return usual;
        }
        let is_pretrained = architecture.head(None).is_some();
        let strength = *chosen(&mut rng, &[0.0, 0.5, 1.0, 1.5]);
        let (low, high) = if is_pretrained { (1e-4, 2e-3) } else { (2e-4, 3e-3) };
        let loss = *chosen(&mut rng, &[Loss::Mse, Loss::CategoricalCrossentropy, Loss::Msle]);
        let rate = low * f64::powf(high / low, share(&mut rng));
        let size = if is_pretrained { *chosen(&mut rng, &[160, 224]) } else { *chosen(&mut rng, &self.sizes) };
        TrainingConfig {
            image_size: size,
            loss,
            learning_rate: two_digits(rate),
            dropout: Some((share(&mut rng) * 12.0).round() / 20.0),
            augmentation: usual.augmentation.and_then(|augmentation| scaled(augmentation, strength)),
            ..usual
        }
    }

    /// What a network is trained with when nobody chooses.
    fn usual(&self, architecture: Architecture) -> TrainingConfig {
        let preset = match architecture.head(None) {
            None if architecture == Architecture::Tiny => Preset::Tiny,
            None => Preset::Paper,
            Some(Head::Blocks) => Preset::Transfer,
            Some(Head::Wide | Head::Tutorial) => Preset::Quick,
        };
        let usual = preset.config();
        let is_pretrained = architecture.head(None).is_some();
        let nearest = self.sizes.iter().copied().min_by_key(|size| size.abs_diff(usual.image_size));
        TrainingConfig {
            architecture,
            image_size: if is_pretrained { usual.image_size } else { nearest.unwrap_or(usual.image_size) },
            epochs: self.epochs.map_or(usual.epochs, |most| most.min(usual.epochs)),
            seed: self.seed,
            split_by_group: self.split_by_group,
            threads: self.threads,
            ..usual
        }
    }
}

/// From 0 up to but not 1.
fn share(rng: &mut ChaCha8Rng) -> f64 {
    f64::from(rng.next_u32()) / (f64::from(u32::MAX) + 1.0)
}

fn chosen<'a, T>(rng: &mut ChaCha8Rng, from: &'a [T]) -> &'a T {
    &from[(share(rng) * from.len() as f64) as usize]
}

/// The same number in two digits: more would only look exact.
fn two_digits(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

/// Changes of pictures, stronger or weaker; `None` at strength 0.
fn scaled(usual: Augmentation, strength: f64) -> Option<Augmentation> {
    let times = |value: f64, most: f64| ((value * strength * 1000.0).round() / 1000.0).min(most);
    (strength > 0.0).then(|| Augmentation {
        rotation_degrees: times(usual.rotation_degrees, 180.0),
        shift: times(usual.shift, 0.5),
        zoom: times(usual.zoom, 0.9),
        flip: usual.flip,
        brightness: times(usual.brightness, 1.0),
        contrast: times(usual.contrast, 0.9),
        blur: times(usual.blur, 0.1),
        erasing: times(usual.erasing, 1.0),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::tuning) fn space() -> SearchSpace {
        SearchSpace {
            architectures: vec![Architecture::SmallVgg, Architecture::Tiny, Architecture::MobilenetV2],
            epochs: Some(9),
            sizes: vec![64, 96],
            seed: 42,
            split_by_group: true,
            threads: None,
        }
    }

    #[test]
    fn settings_are_those_of_their_number_and_all_can_be_trained() {
        let space = space();
        assert_eq!(space.settings(0), TrainingConfig { image_size: 96, epochs: 9, ..Preset::Paper.config() });
        let all: Vec<TrainingConfig> = (0..200).map(|number| space.settings(number)).collect();
        assert_eq!(space.settings(7), all[7], "the same number, the same settings");
        for config in &all[1..] {
            let pretrained = config.architecture == Architecture::MobilenetV2;
            assert!(if pretrained {
                [160, 224].contains(&config.image_size)
            } else {
                space.sizes.contains(&config.image_size)
            });
            assert!((1e-4..=3e-3).contains(&config.learning_rate), "{config:?}");
            assert!(config.dropout.is_some_and(|share| (0.0..1.0).contains(&share)), "{config:?}");
            assert_eq!(config.epochs, if pretrained { 3 } else { 9 });
        }
        let differ =
            |of: fn(&TrainingConfig) -> String| all.iter().map(of).collect::<std::collections::HashSet<_>>().len();
        assert_eq!(differ(|config| format!("{:?}", config.architecture)), 3);
        assert_eq!(differ(|config| format!("{:?}", config.loss)), 3);
        assert!(differ(|config| format!("{:?}", config.augmentation)) > 4, "none and three strengths, of two kinds");
    }
}
