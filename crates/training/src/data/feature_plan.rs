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
const VERSION: u32 = 3;
/// Share of a picture's sides that its zoomed version shows, of the middle of it.
const ZOOMED: f64 = 0.85;
/// Most numbers of a dataset that are kept; beyond, there are fewer versions of each picture.
const MOST_NUMBERS: usize = 1 << 30;

/// Changed versions of a picture, with how many there are.
#[derive(Clone, Copy, Debug, Hash)]
pub enum Changes {
    /// The mirror image, and that many random ones.
    MirrorAndRandom(usize),
    /// That many of the mirror image, the zoomed middle and a random change, in turn. Each picture begins with another
    /// one, so that all kinds are learned from at the cost of few.
    InTurn(usize),
}

/// How a version of a picture differs from it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Version {
    Plain,
    Mirrored,
    Zoomed,
    Random(u32),
}

impl Changes {
    /// What version number `view` of a picture with this content is; `mirrored`: the first one beside the plain one is the
    /// mirror image.
    fn version(self, view: usize, content: u64, mirrored: bool) -> Version {
        let random = Version::Random(view as u32);
        match (view, self) {
            (0, _) => Version::Plain,
            (1, Self::MirrorAndRandom(_)) => Version::Mirrored,
            (1, Self::InTurn(_)) if mirrored => Version::Mirrored,
            (_, Self::MirrorAndRandom(_)) => random,
            (_, Self::InTurn(_)) => {
                let kinds = [random, Version::Zoomed, Version::Mirrored];
                let kinds = if mirrored { &kinds[..2] } else { &kinds[..] };
                kinds[((content % kinds.len() as u64) as usize + view) % kinds.len()]
            }
        }
    }
}

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
    /// Limits of random changes; `None` for the plain version only.
    pub augmentation: Option<Augmentation>,
    /// Changed versions beside the plain one.
    pub changes: Changes,
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
        let most = match self.changes {
            Changes::MirrorAndRandom(count) => 2 + count,
            Changes::InTurn(count) => least + count,
        };
        (MOST_NUMBERS / numbers).clamp(least, most)
    }

    /// How many of them are learned from.
    pub fn training_views(&self) -> usize {
        if self.augmentation.is_some() { self.views() } else { 1 }
    }

    /// Names everything but the pictures that features depend on.
    pub fn recipe(&self) -> String {
        let mut hasher = DefaultHasher::new();
        (VERSION, self.kind, self.side, self.views(), self.changes, self.mirrored, self.seed).hash(&mut hasher);
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
        let mirrored = self.mirrored || self.augmentation.is_none();
        for (view, planes) in planes.chunks_exact_mut(length).enumerate() {
            match (self.changes.version(view, content, mirrored), &self.augmentation) {
                (Version::Zoomed, _) => Affine::middle(ZOOMED, side).write_planes(picture, side, &bytes, planes),
                (Version::Mirrored, _) => Affine::mirror(side).write_planes(picture, side, &bytes, planes),
                (Version::Random(number), Some(augmentation)) => {
                    write_changed(picture, side, augmentation, &bytes, (self.seed, (number, content)), planes);
                }
                (Version::Plain | Version::Random(_), _) => bytes.write_planes(picture, planes),
            }
        }
        planes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_take_turns_with_their_changes_so_that_all_kinds_are_learned_from() {
        let second = |content| Changes::InTurn(1).version(1, content, false);
        let kinds: Vec<_> = (0..3).map(second).collect();
        assert_eq!(kinds, [Version::Zoomed, Version::Mirrored, Version::Random(1)]);
        assert_eq!(second(7), second(4), "it depends on nothing but the picture");
        // The mirror image that is checked with stays in its place.
        let after = |content| [1, 2].map(|view| Changes::InTurn(1).version(view, content, true));
        assert_eq!(after(0), [Version::Mirrored, Version::Random(2)]);
        assert_eq!(after(1), [Version::Mirrored, Version::Zoomed]);
        let maps = [0, 1, 2, 3].map(|view| Changes::MirrorAndRandom(2).version(view, 1, false));
        assert_eq!(maps, [Version::Plain, Version::Mirrored, Version::Random(2), Version::Random(3)]);
    }
}
