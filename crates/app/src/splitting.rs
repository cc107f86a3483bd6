//! Who learns and who checks: the split, or the folds, that the settings ask for.

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use bauta_domain::{
    Dataset, Fingerprint, Likeness, Split, SplitError, TrainingConfig, folds, groups, ports::CancelToken,
    split_by_group, split_stratified,
};

use crate::{Adapters, AppError, Meter, Progress, adapters::worker_count};

/// Divides a dataset as the settings ask for: by group where groups are known, else at random. Pictures that are
/// nearly the same stay on one side either way (see [`find_look_alikes`]), unless nothing else would be left to check
/// a label with.
///
/// # Errors
/// When the dataset cannot be trained on or not be divided.
pub fn split_for(dataset: &Dataset, config: &TrainingConfig, likeness: &Likeness) -> Result<Split, AppError> {
    dataset.check()?;
    let (share, seed) = (config.validation_share, u64::from(config.seed));
    let Some(parts) = parts(dataset, config, &pairs(config, likeness)) else {
        return Ok(split_stratified(dataset, share, seed)?);
    };
    match split_by_group(dataset, &parts, share, seed) {
        // Likeness alone leaves nothing to check with: what is known otherwise decides.
        Err(SplitError::OneGroup(_)) => match self::parts(dataset, config, &[]) {
            Some(parts) => Ok(split_by_group(dataset, &parts, share, seed)?),
            None => Ok(split_stratified(dataset, share, seed)?),
        },
        other => Ok(other?),
    }
}

/// Divides a dataset for cross-validation, as [`split_for`] does.
///
/// # Errors
/// When the dataset cannot be trained on, or a label has fewer groups than folds.
pub fn folds_for(
    dataset: &Dataset,
    config: &TrainingConfig,
    count: usize,
    likeness: &Likeness,
) -> Result<Vec<Split>, AppError> {
    dataset.check()?;
    let groups = groups(dataset, config.split_by_group, &pairs(config, likeness));
    Ok(folds(dataset, &groups, count, u64::from(config.seed))?)
}

/// What must not be parted: copies never, bursts when the split is by group.
fn pairs(config: &TrainingConfig, likeness: &Likeness) -> Vec<(usize, usize)> {
    let bursts = likeness.bursts.iter().filter(|_| config.split_by_group);
    likeness.copies.iter().chain(bursts).copied().collect()
}

/// The group of each sample, `None` when each would be a group of its own: then the paper's split will do.
fn parts(dataset: &Dataset, config: &TrainingConfig, pairs: &[(usize, usize)]) -> Option<Vec<usize>> {
    let groups = groups(dataset, config.split_by_group, pairs);
    let alone = groups.iter().enumerate().all(|(sample, &group)| group == sample);
    (!alone).then_some(groups)
}

/// Looks at every picture and finds those that are nearly the same, and those of one capture burst. Pictures that cannot be read are like none; the training lists them. What was found so far when it is
/// cancelled.
pub fn find_look_alikes(
    adapters: &Adapters,
    dataset: &Dataset,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Likeness {
    let count = dataset.samples.len();
    let next = AtomicUsize::new(0);
    let mut prints: Vec<Option<Fingerprint>> = vec![None; count];
    let mut taken = vec![None; count];
    let mut meter = Meter::new(count, progress);
    let read = |sender: &mpsc::SyncSender<(usize, Option<Fingerprint>, Option<f64>)>| {
        while !cancel.is_cancelled() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(sample) = dataset.samples.get(index) else { return };
            let picture = adapters.samples.read(&sample.source, Fingerprint::SIDE).ok();
            let print = picture.as_ref().and_then(Fingerprint::of);
            if sender.send((index, print, adapters.samples.taken(&sample.source.path))).is_err() {
                return;
            }
        }
    };
    std::thread::scope(|scope| {
        let workers = worker_count(count);
        let (sender, receiver) = mpsc::sync_channel(2 * workers);
        for _ in 0..workers {
            let (sender, read) = (sender.clone(), &read);
            scope.spawn(move || read(&sender));
        }
        drop(sender);
        for (index, print, time) in receiver {
            prints[index] = print;
            taken[index] = time;
            meter.step("");
        }
    });
    Likeness::of(&prints, &taken)
}

#[cfg(test)]
mod tests {
    use bauta_domain::{PixelSource, Preset, Sample};

    use super::*;

    fn dataset(labels: &[usize]) -> Dataset {
        let sample = |(index, &label): (usize, &usize)| Sample {
            source: PixelSource { path: format!("{index}.png").into(), bbox: None },
            label,
            group: Some(format!("photo {index}")),
        };
        Dataset {
            labels: vec!["a".to_owned(), "b".to_owned()],
            samples: labels.iter().enumerate().map(sample).collect(),
        }
    }

    fn copies(copies: &[(usize, usize)]) -> Likeness {
        Likeness { copies: copies.to_vec(), bursts: Vec::new() }
    }

    #[test]
    fn pictures_that_are_alike_are_never_parted_whatever_the_split() {
        let data = dataset(&[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
        let alike = [(0, 1), (1, 2), (7, 9)];
        for split_by_group in [false, true] {
            for seed in 0..20 {
                let config = TrainingConfig { seed, split_by_group, ..Preset::Paper.config() };
                let split = split_for(&data, &config, &copies(&alike)).unwrap();
                let parted = alike.iter().any(|(a, b)| split.validation.contains(a) != split.validation.contains(b));
                assert!(!parted, "seed {seed}: {split:?}");
            }
        }
    }

    #[test]
    fn a_label_of_nothing_but_copies_is_still_checked() {
        let data = dataset(&[0, 0, 0, 1, 1, 1]);
        for split_by_group in [false, true] {
            let config = TrainingConfig { split_by_group, ..Preset::Paper.config() };
            let split = split_for(&data, &config, &copies(&[(0, 1), (1, 2)])).unwrap();
            assert!(split.validation.iter().any(|&sample| data.samples[sample].label == 0));
        }
    }

    #[test]
    fn groups_that_are_known_are_kept_together_by_default_and_the_papers_split_does_for_the_rest() {
        let mut data = dataset(&[0; 40]);
        data.samples.iter_mut().skip(20).for_each(|sample| sample.label = 1);
        let config = Preset::Paper.config();
        let papers = split_stratified(&data, 0.2, 42).unwrap();
        assert_eq!(split_for(&data, &config, &Likeness::default()).unwrap(), papers);
        data.samples.iter_mut().enumerate().for_each(|(place, sample)| sample.group = Some(format!("{}", place % 10)));
        let split = split_for(&data, &config, &Likeness::default()).unwrap();
        let groups = |side: &[usize]| side.iter().map(|place| place % 10).collect::<std::collections::HashSet<_>>();
        assert!(groups(&split.training).is_disjoint(&groups(&split.validation)), "{split:?}");
        let at_random = TrainingConfig { split_by_group: false, ..config };
        assert_eq!(split_for(&data, &at_random, &Likeness::default()).unwrap(), papers);
    }

    #[test]
    fn a_burst_stays_together_unless_the_split_is_asked_to_be_random() {
        let data = dataset(&[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
        let likeness = Likeness { copies: Vec::new(), bursts: vec![(0, 1), (1, 2)] };
        let parted = |seed, split_by_group| {
            let config = TrainingConfig { seed, split_by_group, ..Preset::Paper.config() };
            let split = split_for(&data, &config, &likeness).unwrap();
            (0..3).filter(|place| split.validation.contains(place)).count() % 3 != 0
        };
        assert!((0..20).all(|seed| !parted(seed, true)));
        assert!((0..20).any(|seed| parted(seed, false)));
    }
}
