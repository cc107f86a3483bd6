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
    /// Fewer than two folds.
    #[error("cross-validation needs at least 2 folds, found {0}")]
    Folds(usize),
    /// A label has fewer groups than there are folds.
    #[error(
        "{label:?} has {found} group(s) of pictures, and each of {needed} folds needs one; add pictures or ask for fewer folds"
    )]
    TooFewGroups {
        /// The label.
        label: String,
        /// Its groups.
        found: usize,
        /// Folds.
        needed: usize,
    },
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

/// Divides whole groups at random, so that no group falls on both sides. `groups` gives each sample's
/// (see [`crate::groups`]). Groups are taken in random order while they bring some label closer to its
/// share and leave it at least one training group.
///
/// # Errors
/// When the share is not between 0 and 1, or a label has one group only.
pub fn split_by_group(
    dataset: &Dataset,
    groups: &[usize],
    validation_share: f64,
    seed: u64,
) -> Result<Split, SplitError> {
    check_share(validation_share)?;
    let labels = dataset.labels.len();
    let totals = dataset.counts();
    let mut groups = members(dataset, groups);
    let mut training_groups = groups_of_labels(dataset, &groups);
    if let Some(label) = (0..labels).find(|&l| totals[l] > 0 && training_groups[l] < 2) {
        return Err(SplitError::OneGroup(dataset.labels[label].clone()));
    }
    shuffle(&mut groups, &mut ChaCha8Rng::seed_from_u64(seed));
    let mut split = Split { training: Vec::new(), validation: Vec::new() };
    let mut taken = vec![0usize; labels];
    for group in groups {
        let counts = counts_in(dataset, &group);
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

/// Divides whole groups into `count` parts of about equal numbers of every label, and gives for each part
/// the split that checks with it: cross-validation. Large groups are placed first, each where its labels
/// are furthest behind; the seed orders equals.
///
/// # Errors
/// When `count` is below 2, or a label has fewer groups than parts.
pub fn folds(dataset: &Dataset, groups: &[usize], count: usize, seed: u64) -> Result<Vec<Split>, SplitError> {
    let labels = dataset.labels.len();
    let mut groups = members(dataset, groups);
    let available = groups_of_labels(dataset, &groups);
    let short = (0..labels).find(|&l| available[l] < count);
    match short {
        _ if count < 2 => return Err(SplitError::Folds(count)),
        Some(l) => {
            let label = dataset.labels[l].clone();
            return Err(SplitError::TooFewGroups { label, found: available[l], needed: count });
        }
        None => {}
    }
    shuffle(&mut groups, &mut ChaCha8Rng::seed_from_u64(seed));
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let totals = dataset.counts();
    let mut parts: Vec<(Vec<usize>, Vec<usize>)> = vec![(Vec::new(), vec![0; labels]); count];
    for group in groups {
        let counts = counts_in(dataset, &group);
        // How full a part is with the group's labels, each as a share of all there are.
        let fullness = |taken: &[usize]| -> f64 {
            let shares =
                (0..labels).filter(|&l| counts[l] > 0).map(|l| (taken[l] + counts[l]) as f64 / totals[l] as f64);
            shares.sum()
        };
        let emptiest = (0..count).min_by(|&a, &b| fullness(&parts[a].1).total_cmp(&fullness(&parts[b].1)));
        let (members, taken) = &mut parts[emptiest.expect("there are at least two parts")];
        members.extend(group);
        taken.iter_mut().zip(counts).for_each(|(taken, count)| *taken += count);
    }
    let split = |checked: usize| {
        let others = parts.iter().enumerate().filter(|(part, _)| *part != checked);
        let training = others.flat_map(|(_, (members, _))| members.clone()).collect();
        sorted(Split { training, validation: parts[checked].0.clone() })
    };
    Ok((0..count).map(split).collect())
}

/// The samples of each group, groups in the order of their first sample.
fn members(dataset: &Dataset, groups: &[usize]) -> Vec<Vec<usize>> {
    let mut places = std::collections::HashMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    debug_assert_eq!(groups.len(), dataset.samples.len(), "a group for each sample");
    for (index, group) in groups.iter().enumerate() {
        let place = *places.entry(group).or_insert(members.len());
        if place == members.len() {
            members.push(Vec::new());
        }
        members[place].push(index);
    }
    members
}

fn counts_in(dataset: &Dataset, group: &[usize]) -> Vec<usize> {
    let mut counts = vec![0; dataset.labels.len()];
    group.iter().for_each(|&index| counts[dataset.samples[index].label] += 1);
    counts
}

/// How many groups have samples of each label.
fn groups_of_labels(dataset: &Dataset, groups: &[Vec<usize>]) -> Vec<usize> {
    let mut found = vec![0; dataset.labels.len()];
    for group in groups {
        let counts = counts_in(dataset, group);
        found.iter_mut().zip(counts).for_each(|(found, count)| *found += usize::from(count > 0));
    }
    found
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
    use crate::{PixelSource, Sample, groups};

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
            let split = split_by_group(&data, &groups(&data, true, &[]), 0.2, seed).unwrap();
            let groups = |side: &[usize]| side.iter().map(|&i| data.samples[i].group.clone()).collect::<HashSet<_>>();
            assert!(groups(&split.training).is_disjoint(&groups(&split.validation)), "seed {seed}");
            assert_eq!(split.training.len() + split.validation.len(), 30);
            assert!((3..=9).contains(&split.validation.len()), "seed {seed}: {}", split.validation.len());
        }
    }

    #[test]
    fn every_sample_is_checked_in_one_fold_and_no_group_is_divided() {
        let names: Vec<String> = (0..60).map(|i| format!("person {}", i * i % 23)).collect();
        let data = dataset(&names.iter().enumerate().map(|(i, n)| (i % 3, Some(n.as_str()))).collect::<Vec<_>>());
        let numbers = groups(&data, true, &[]);
        let folds = folds(&data, &numbers, 4, 1).unwrap();
        let mut checked: Vec<usize> = folds.iter().flat_map(|fold| fold.validation.clone()).collect();
        checked.sort_unstable();
        assert_eq!(checked, (0..60).collect::<Vec<_>>());
        for fold in &folds {
            let of = |side: &[usize]| side.iter().map(|&i| numbers[i]).collect::<HashSet<_>>();
            assert!(of(&fold.training).is_disjoint(&of(&fold.validation)));
            assert_eq!(fold.training.len() + fold.validation.len(), 60);
            assert!((10..=20).contains(&fold.validation.len()), "{}", fold.validation.len());
        }
    }

    #[test]
    fn folds_need_a_group_of_every_label() {
        let data = dataset(&[(0, None), (0, None), (0, None), (1, None), (1, None)]);
        let numbers = groups(&data, false, &[]);
        let error = folds(&data, &numbers, 3, 0).unwrap_err();
        assert_eq!(error, SplitError::TooFewGroups { label: "label 1".to_owned(), found: 2, needed: 3 });
        assert_eq!(folds(&data, &numbers, 1, 0), Err(SplitError::Folds(1)));
    }

    #[test]
    fn a_label_with_one_group_is_reported() {
        let data = dataset(&[(0, Some("a")), (0, Some("a")), (1, Some("a")), (1, Some("b"))]);
        assert_eq!(
            split_by_group(&data, &groups(&data, true, &[]), 0.2, 0),
            Err(SplitError::OneGroup("label 0".to_owned()))
        );
    }
}
