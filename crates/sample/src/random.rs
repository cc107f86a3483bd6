//! Chance, drawn from named streams: every picture and every purpose has its own, so adding a draw
//! to one thing never changes another.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// What a stream of chance is for. The category has its own, so nothing else can depend on it.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Which category the faces have.
    Category = 0,
    /// Background, light, camera, where people stand.
    Scene = 1,
    /// Grain of the sensor.
    Grain = 2,
    /// Who the first person is; person `k` of the picture uses `Person + 2k`.
    Person = 8,
    /// What the first person's mask looks like; person `k` uses `Mask + 2k`.
    Mask = 9,
}

/// A generator with the few distributions that drawing needs.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of one purpose, for one person of one picture.
    pub(crate) fn new(seed: u64, picture: u64, purpose: Purpose, person: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(picture.wrapping_mul(64).wrapping_add(purpose as u64 + 2 * person));
        Self(generator)
    }

    /// Uniform in 0 (included) to 1 (excluded).
    pub(crate) fn unit(&mut self) -> f32 {
        // 24 bits are what an f32 holds exactly; more could round up to 1.
        (self.0.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform between two bounds.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Bell-shaped around 0, within ±1, standard deviation 0.33.
    pub(crate) fn bell(&mut self) -> f32 {
        (self.unit() + self.unit() + self.unit()) / 1.5 - 1.0
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// Uniform in 0 to `count` − 1. `count` is at least 1.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((f64::from(self.unit()) * count as f64) as usize).min(count - 1)
    }

    /// One of several, equally likely. `choices` is not empty.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// One of several by weight. `choices` is not empty.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(f32, T)]) -> T {
        let mut left = self.unit() * choices.iter().map(|(weight, _)| weight).sum::<f32>();
        for (weight, choice) in choices {
            left -= weight;
            if left < 0.0 {
                return *choice;
            }
        }
        choices[choices.len() - 1].1
    }

    /// Random bytes, many at once.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}
