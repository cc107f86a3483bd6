//! Random numbers that depend on what they are for and on nothing else: not on the order of the work,
//! nor on the number of threads.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

/// What random numbers are for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Weights before the first step.
    Weights,
    /// The order of an epoch.
    Order,
    /// The change of one picture in one epoch.
    Augmentation,
    /// What dropout leaves out for one picture in one epoch.
    Dropout,
}

/// The random numbers of one purpose, epoch and item. ChaCha8 is a fixed algorithm, and all four
/// numbers are its key, so that no two streams are related.
pub fn stream(seed: u64, purpose: Purpose, epoch: u32, item: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (bytes, number) in key.chunks_exact_mut(8).zip([seed, purpose as u64, u64::from(epoch), item]) {
        bytes.copy_from_slice(&number.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// A number from `low` up to but not `high`, of 2⁵³ equally likely ones.
pub fn uniform(random: &mut ChaCha8Rng, low: f64, high: f64) -> f64 {
    let unit = (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
    low + (high - low) * unit
}

/// Fisher–Yates, written out because a library's shuffle may change between versions.
pub fn shuffle<T>(items: &mut [T], random: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        let choice = (u128::from(random.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, choice as usize);
    }
}

/// Fills a dropout mask: 0 with probability `rate`, else 1 ÷ (1 − rate), which keeps the mean.
pub fn fill_dropout_mask(mask: &mut [f32], rate: f32, random: &mut ChaCha8Rng) {
    let keep = 1.0 / (1.0 - rate);
    let threshold = (f64::from(rate) * 2.0_f64.powi(32)) as u32;
    for element in mask {
        *element = if random.next_u32() < threshold { 0.0 } else { keep };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_in_every_part_of_their_key() {
        let first = |seed, purpose, epoch, item| stream(seed, purpose, epoch, item).next_u64();
        let numbers = [
            first(1, Purpose::Order, 1, 1),
            first(2, Purpose::Order, 1, 1),
            first(1, Purpose::Dropout, 1, 1),
            first(1, Purpose::Order, 2, 1),
            first(1, Purpose::Order, 1, 2),
        ];
        assert_eq!(std::collections::HashSet::from(numbers).len(), numbers.len());
        assert_eq!(numbers[0], first(1, Purpose::Order, 1, 1));
    }

    #[test]
    fn a_mask_drops_its_share_and_keeps_the_mean() {
        for rate in [0.0, 0.25, 0.5] {
            let mut mask = vec![-1.0; 20_000];
            fill_dropout_mask(&mut mask, rate, &mut stream(7, Purpose::Dropout, 0, 0));
            let dropped = mask.iter().filter(|&&m| m == 0.0).count() as f32 / mask.len() as f32;
            let mean = mask.iter().sum::<f32>() / mask.len() as f32;
            assert!((dropped - rate).abs() < 0.02 && (mean - 1.0).abs() < 0.03, "{rate}: {dropped}, {mean}");
        }
    }
}
