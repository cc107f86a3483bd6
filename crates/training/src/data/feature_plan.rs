//! Which features of a dataset are computed: of what versions of every picture, and under what name they are kept.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash as _, Hasher as _},
    time::UNIX_EPOCH,
};

use bauta_domain::{Architecture, Augmentation, Dataset, Preprocessing, Sample, ports::SampleReader};

use super::{Affine, Normalisation, source::write_changed};
use crate::extractor::Extractor;

/// Raised whenever the same pictures would give other features.
const VERSION: u32 = 2;
/// Share of a picture's sides that its zoomed version shows, of the middle of it.
const ZOOMED: f64 = 0.85;
/// Most numbers of a dataset that are kept; beyond, there are fewer versions of each picture.
const MOST_NUMBERS: usize = 1 << 30;

/// What is computed, of what.
pub struct FeaturePlan<'a> {
    /// The pictures.
    pub dataset: &'a Dataset,
    /// Where their pixels come from.
    pub reader: &'a dyn SampleReader,
    /// What computes features.
    pub extractor: &'a Extractor,
    /// The architecture that `extractor` belongs to, and whether it gives maps for the last blocks.
    pub kind: (Architecture, bool),
    /// Side of the pictures.
    pub side: usize,
    /// Random changes of all versions but the plain, the mirrored and the zoomed one; `None` for one version only.
    pub augmentation: Option<Augmentation>,
    /// Whether there is a version that shows the middle of the picture only.
    pub zoomed: bool,
    /// Versions with random changes, beside the others.
    pub changed: usize,
    /// Whether the mirror image is needed to check with, even when it is not learned from.
    pub mirrored: bool,
    /// Seed of the changes.
    pub seed: u64,
}

impl FeaturePlan<'_> {
    /// In how many versions each picture is kept.
    pub fn views(&self) -> usize {
        let least = 1 + usize::from(self.mirrored);
        if self.augmentation.is_none() {
            return least;
        }
        let numbers = self.dataset.samples.len().max(1) * self.extractor.shape().count();
        (MOST_NUMBERS / numbers).clamp(least, 2 + usize::from(self.zoomed) + self.changed)
    }

    /// How many of them are learned from.
    pub fn training_views(&self) -> usize {
        if self.augmentation.is_some() { self.views() } else { 1 }
    }

    /// Names everything but the pictures that features depend on.
    pub fn recipe(&self) -> String {
        let mut hasher = DefaultHasher::new();
        (VERSION, self.kind, self.side, self.views(), self.zoomed, self.seed).hash(&mut hasher);
        format!("{:?}", self.augmentation).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// What each picture is, as its file is now: another number for another picture.
    pub fn pictures(&self) -> Vec<u64> {
        let name = |sample: &Sample| {
            let mut hasher = DefaultHasher::new();
            sample.source.path.hash(&mut hasher);
            format!("{:?}", sample.source.bbox).hash(&mut hasher);
            let metadata = std::fs::metadata(&sample.source.path).ok();
            let changed = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
            let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            (metadata.map(|metadata| metadata.len()), changed).hash(&mut hasher);
            hasher.finish()
        };
        self.dataset.samples.iter().map(name).collect()
    }

    /// The versions of a picture, RGB 0 to 255 as planes, one after the other. They depend on nothing but the plan
    /// and what the picture shows, so that they stay the same in another dataset.
    pub fn versions(&self, picture: &[u8]) -> Vec<f32> {
        let (side, views) = (self.side, self.views());
        let mut content = DefaultHasher::new();
        content.write(picture);
        let content = content.finish();
        let bytes = Normalisation::new(&Preprocessing { mean: [0.0; 3], std: [1.0 / 255.0; 3] });
        let length = 3 * side * side;
        let mut planes = vec![0.0; views * length];
        for (view, planes) in planes.chunks_exact_mut(length).enumerate() {
            match (view, &self.augmentation) {
                (0, _) => bytes.write_planes(picture, planes),
                (1, _) | (_, None) => Affine::mirror(side).write_planes(picture, side, &bytes, planes),
                (2, _) if self.zoomed => Affine::middle(ZOOMED, side).write_planes(picture, side, &bytes, planes),
                (view, Some(augmentation)) => {
                    let item = (view as u32, content);
                    write_changed(picture, side, augmentation, &bytes, (self.seed, item), planes);
                }
            }
        }
        planes
    }
}
