//! What goes into the network of each sample: pixels that change at random, or features that are kept.

use bauta_domain::{Augmentation, Preprocessing, Problem, RgbImage};

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

/// A square picture with a random change, as pixels again: what [`write_changed`] makes of it, for people. The mean
/// colour, which covers what is erased, is the middle grey here.
pub fn shown_changed(picture: &RgbImage, augmentation: &Augmentation, draw: (u64, (u32, u64))) -> RgbImage {
    let side = picture.size().width as usize;
    let grey = 127.5;
    let around_grey = Normalisation::new(&Preprocessing { mean: [0.5; 3], std: [1.0 / 255.0; 3] });
    let mut planes = vec![0.0; 3 * side * side];
    write_changed(picture.pixels(), side, augmentation, &around_grey, draw, &mut planes);
    let mut changed = picture.clone();
    for (place, pixel) in changed.pixels_mut().chunks_exact_mut(3).enumerate() {
        for (channel, value) in pixel.iter_mut().enumerate() {
            *value = (planes[channel * side * side + place] + grey).round().clamp(0.0, 255.0) as u8;
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use bauta_domain::ImageSize;

    use super::*;

    #[test]
    fn a_picture_is_shown_as_it_is_without_changes_and_otherwise_with_them() {
        let pixels: Vec<u8> = (0..3 * 16 * 16).map(|at| (at * 7 % 256) as u8).collect();
        let picture = RgbImage::new(ImageSize::new(16, 16), pixels).unwrap();
        let shown = |changes: &Augmentation, epoch| shown_changed(&picture, changes, (42, (epoch, 0)));
        assert_eq!(shown(&Augmentation::NONE, 1), picture);
        let changes = Augmentation::default();
        assert_ne!(shown(&changes, 1), picture);
        assert_ne!(shown(&changes, 1), shown(&changes, 2));
        assert_eq!(shown(&changes, 1), shown(&changes, 1));
    }
}
