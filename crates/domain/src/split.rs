//! Dividing a dataset into training and validation.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng as _, SeedableRng},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Dataset;

/// Indices of samples on either side, each in ascending order. Together they name every sample once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Samples to learn from.
    pub training: Vec<usize>,
    /// Samples to check with.
    pub validation: Vec<usize>,
}

/// Why a dataset cannot be divided.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SplitError {
    /// The share is not between 0 and 1.
    #[error("the share of pictures to check with must lie between 0 and 1, found {0}")]
    Share(f64),
    /// A label has all its samples in one group.
    #[error(
        "all pictures of {0:?} belong to one group, so there is nothing to check it with; add pictures of another group"
    )]
    OneGroup(String),
}

/// Divides at random within each label, as the paper does: `validation_share` (0 to 1) of the samples
/// of a label, rounded, but at least one on each side. The same seed gives the same split everywhere:
/// ChaCha8 is a fixed algorithm.
///
/// # Errors
/// When the share is not between 0 and 1.
pub fn split_stratified(dataset: &Dataset, validation_share: f64, seed: u64) -> Result<Split, SplitError> {
    check_share(validation_share)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut split = Split { training: Vec::new(), validation: Vec::new() };
    for label in 0..dataset.labels.len() {
        let mut members: Vec<usize> =
            (0..dataset.samples.len()).filter(|&i| dataset.samples[i].label == label).collect();
        shuffle(&mut members, &mut rng);
        let wished = (members.len() as f64 * validation_share).round() as usize;
        let count = wished.clamp(usize::from(members.len() > 1), members.len().saturating_sub(1));
        split.validation.extend(&members[..count]);
        split.training.extend(&members[count..]);
    }
    Ok(sorted(split))
}

/// Divides whole groups at random, so that no group falls on both sides. Groups are taken in random
/// order while they bring some label closer to its share and leave it at least one training group.
/// Samples without a group are groups of their own.
///
/// # Errors
/// When the share is not between 0 and 1, or a label has one group only.
pub fn split_by_group(dataset: &Dataset, validation_share: f64, seed: u64) -> Result<Split, SplitError> {
    check_share(validation_share)?;
    let labels = dataset.labels.len();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for (index, sample) in dataset.samples.iter().enumerate() {
        let place = match &sample.group {
            Some(name) => *known.entry(name.as_str()).or_insert(groups.len()),
            None => groups.len(),
        };
        if place == groups.len() {
            groups.push(Vec::new());
        }
        groups[place].push(index);
    }
    let counts_in = |group: &[usize]| {
        let mut counts = vec![0usize; labels];
        for &index in group {
            counts[dataset.samples[index].label] += 1;
        }
        counts
    };
    let totals = dataset.counts();
    let mut training_groups: Vec<usize> = vec![0; labels];
    for group in &groups {
        for (label, count) in counts_in(group).into_iter().enumerate() {
            training_groups[label] += usize::from(count > 0);
        }
    }
    if let Some(label) = (0..labels).find(|&l| totals[l] > 0 && training_groups[l] < 2) {
        return Err(SplitError::OneGroup(dataset.labels[label].clone()));
    }
    shuffle(&mut groups, &mut ChaCha8Rng::seed_from_u64(seed));
    let mut split = Split { training: Vec::new(), validation: Vec::new() };
    let mut taken = vec![0usize; labels];
    for group in groups {
        let counts = counts_in(&group);
        let present = || (0..labels).filter(|&l| counts[l] > 0);
        let wished = |l: usize| (totals[l] as f64 * validation_share).max(1.0);
        let needed = present().any(|l| taken[l] == 0 || (taken[l] + counts[l]) as f64 <= wished(l) + 0.5);
        let affordable = present().all(|l| {
            training_groups[l] > 1 && (taken[l] == 0 || (taken[l] + counts[l]) as f64 <= wished(l) * 1.5 + 0.5)
        });
        if needed && affordable {
            for l in present() {
                taken[l] += counts[l];
                training_groups[l] -= 1;
            }
            split.validation.extend(group);
        } else {
            split.training.extend(group);
        }
    }
    if let Some(label) = (0..labels).find(|&l| totals[l] > 0 && taken[l] == 0) {
        return Err(SplitError::OneGroup(dataset.labels[label].clone()));
    }
    Ok(sorted(split))
}

fn check_share(share: f64) -> Result<(), SplitError> {
    if share > 0.0 && share < 1.0 { Ok(()) } else { Err(SplitError::Share(share)) }
}

/// Fisher–Yates. Written out because a library's shuffle may change its use of the stream between
/// versions, and with it everybody's splits.
fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        let choice = (u128::from(rng.next_u64()) * (last as u128 + 1)) >> 64;
        items.swap(last, choice as usize);
    }
}

fn sorted(mut split: Split) -> Split {
    split.training.sort_unstable();
    split.validation.sort_unstable();
    split
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{PixelSource, Sample};

    fn dataset(samples: &[(usize, Option<&str>)]) -> Dataset {
        let labels = samples.iter().map(|s| s.0).max().unwrap_or(0) + 1;
        let sample = |&(label, group): &(usize, Option<&str>)| Sample {
            source: PixelSource { path: "x.png".into(), bbox: None },
            label,
            group: group.map(str::to_owned),
        };
        Dataset {
            labels: (0..labels).map(|l| format!("label {l}")).collect(),
            samples: samples.iter().map(sample).collect(),
        }
    }

    #[test]
    fn each_label_gives_its_share_and_one_seed_gives_one_split() {
        let data = dataset(&(0..150).map(|i| (usize::from(i >= 100), None)).collect::<Vec<_>>());
        let split = split_stratified(&data, 0.2, 42).unwrap();
        let in_validation = |label| split.validation.iter().filter(|&&i| data.samples[i].label == label).count();
        assert_eq!((in_validation(0), in_validation(1)), (20, 10));
        assert_eq!(split.training.len() + split.validation.len(), 150);
        assert_eq!(split, split_stratified(&data, 0.2, 42).unwrap());
        assert_ne!(split, split_stratified(&data, 0.2, 43).unwrap());
    }

    #[test]
    fn two_samples_of_a_label_fall_on_both_sides() {
        let data = dataset(&[(0, None), (0, None), (1, None), (1, None)]);
        let split = split_stratified(&data, 0.05, 1).unwrap();
        assert_eq!(split.validation.len(), 2);
    }

    #[test]
    fn no_group_falls_on_both_sides() {
        let names: Vec<String> = (0..30).map(|g| format!("person {}", g / 3)).collect();
        let data = dataset(&names.iter().enumerate().map(|(i, n)| (i % 3, Some(n.as_str()))).collect::<Vec<_>>());
        for seed in 0..20 {
            let split = split_by_group(&data, 0.2, seed).unwrap();
            let groups = |side: &[usize]| side.iter().map(|&i| data.samples[i].group.clone()).collect::<HashSet<_>>();
            assert!(groups(&split.training).is_disjoint(&groups(&split.validation)), "seed {seed}");
            assert_eq!(split.training.len() + split.validation.len(), 30);
            assert!((3..=9).contains(&split.validation.len()), "seed {seed}: {}", split.validation.len());
        }
    }

    #[test]
    fn a_label_with_one_group_is_reported() {
        let data = dataset(&[(0, Some("a")), (0, Some("a")), (1, Some("a")), (1, Some("b"))]);
        assert_eq!(split_by_group(&data, 0.2, 0), Err(SplitError::OneGroup("label 0".to_owned())));
    }
}
