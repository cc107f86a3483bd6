//! What goes into the network of each sample: pixels that change at random, or features that are kept.

use bauta_domain::{Augmentation, Problem};

use super::{Affine, Light, Normalisation, Pictures};
use crate::{
    TrainingError,
    random::{Purpose, stream},
};

/// Gives the inputs of samples.
pub trait Source: Sync {
    /// In how many versions an epoch shows each training sample.
    fn views(&self) -> usize;

    /// Writes version `view` of a training sample, as epoch `epoch` shows it.
    ///
    /// # Errors
    /// When the sample has to be read again and cannot be.
    fn write_training(&self, epoch: u32, sample: usize, view: usize, input: &mut [f32]) -> Result<(), TrainingError>;

    /// Writes a sample as it is, to check with.
    ///
    /// # Errors
    /// As for [`write_training`](Self::write_training).
    fn write_plain(&self, sample: usize, input: &mut [f32]) -> Result<(), TrainingError>;

    /// Writes a sample's mirror image, to check with.
    ///
    /// # Errors
    /// As for [`write_training`](Self::write_training).
    fn write_mirrored(&self, sample: usize, input: &mut [f32]) -> Result<(), TrainingError>;

    /// Whether inputs come from memory and cost nothing to decode.
    fn is_in_memory(&self) -> bool;

    /// Whether sample `sample` could be read.
    fn is_readable(&self, sample: usize) -> bool;

    /// What could not be read, in the order of the dataset.
    fn problems(&self) -> &[Problem];
}

/// Pictures, changed anew in each epoch.
pub struct PictureSource<'a> {
    /// The pixels.
    pub pictures: Pictures<'a>,
    /// Random changes.
    pub augmentation: Option<Augmentation>,
    /// Centring and scaling.
    pub normalisation: Normalisation,
    /// Seed of the changes.
    pub seed: u64,
}

impl Source for PictureSource<'_> {
    fn views(&self) -> usize {
        1
    }

    fn write_training(&self, epoch: u32, sample: usize, _: usize, input: &mut [f32]) -> Result<(), TrainingError> {
        let Some(augmentation) = &self.augmentation else { return self.write_plain(sample, input) };
        let picture = self.pictures.pixels(sample)?;
        let item = (epoch, sample as u64);
        write_changed(&picture, self.pictures.side(), augmentation, &self.normalisation, (self.seed, item), input);
        Ok(())
    }

    fn write_plain(&self, sample: usize, input: &mut [f32]) -> Result<(), TrainingError> {
        self.normalisation.write_planes(&self.pictures.pixels(sample)?, input);
        Ok(())
    }

    fn write_mirrored(&self, sample: usize, input: &mut [f32]) -> Result<(), TrainingError> {
        let side = self.pictures.side();
        Affine::mirror(side).write_planes(&self.pictures.pixels(sample)?, side, &self.normalisation, input);
        Ok(())
    }

    fn is_in_memory(&self) -> bool {
        self.pictures.are_kept()
    }

    fn is_readable(&self, sample: usize) -> bool {
        self.pictures.is_readable(sample)
    }

    fn problems(&self) -> &[Problem] {
        self.pictures.problems()
    }
}

/// Writes a picture with a random change, which depends on seed, epoch and item alone.
pub fn write_changed(
    picture: &[u8],
    side: usize,
    augmentation: &Augmentation,
    normalisation: &Normalisation,
    (seed, (epoch, item)): (u64, (u32, u64)),
    planes: &mut [f32],
) {
    let mut random = stream(seed, Purpose::Augmentation, epoch, item);
    let change = Affine::random(augmentation, side, &mut random);
    let light = Light::random(augmentation, side, &mut random);
    change.write_planes(picture, side, &light.in_normalisation(normalisation), planes);
    light.finish(planes, side);
}
