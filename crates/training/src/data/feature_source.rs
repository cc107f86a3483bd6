//! Kept features as the inputs of a network.

use bauta_domain::Problem;

use super::{Features, Source};
use crate::{TrainingError, extractor::Standardisation};

/// Features, standardised or not.
pub struct FeatureSource {
    /// The features.
    pub features: Features,
    /// Centring and scaling.
    pub standardisation: Option<Standardisation>,
}

impl Source for FeatureSource {
    fn views(&self) -> usize {
        self.features.training_views()
    }

    fn write_training(&self, _: u32, sample: usize, view: usize, input: &mut [f32]) -> Result<(), TrainingError> {
        self.features.read(sample, view, input)?;
        if let Some(standardisation) = &self.standardisation {
            standardisation.apply(input);
        }
        Ok(())
    }

    fn write_plain(&self, sample: usize, input: &mut [f32]) -> Result<(), TrainingError> {
        self.write_training(0, sample, 0, input)
    }

    fn write_mirrored(&self, sample: usize, input: &mut [f32]) -> Result<(), TrainingError> {
        self.write_training(0, sample, 1, input)
    }

    fn is_in_memory(&self) -> bool {
        true
    }

    fn is_readable(&self, sample: usize) -> bool {
        self.features.is_readable(sample)
    }

    fn problems(&self) -> &[Problem] {
        self.features.problems()
    }
}
