//! Who learns and who checks: the split, or the folds, that the settings ask for.

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

use bauta_domain::{
    Dataset, Fingerprint, Split, SplitError, TrainingConfig, folds, groups, look_alikes, ports::CancelToken,
    split_by_group, split_stratified,
};

use crate::{Adapters, AppError, Meter, Progress, adapters::worker_count};

/// Divides a dataset as the settings ask for. `alike` are pairs of pictures that must not be parted (see
/// [`find_look_alikes`]); they are ignored where nothing else would be left to check a label with.
///
/// # Errors
/// When the dataset cannot be trained on or not be divided.
pub fn split_for(dataset: &Dataset, config: &TrainingConfig, alike: &[(usize, usize)]) -> Result<Split, AppError> {
    dataset.check()?;
    let (share, seed) = (config.validation_share, u64::from(config.seed));
    if alike.is_empty() && !config.split_by_group {
        return Ok(split_stratified(dataset, share, seed)?);
    }
    let by_group = |pairs: &[_]| split_by_group(dataset, &groups(dataset, config.split_by_group, pairs), share, seed);
    match by_group(alike) {
        Err(SplitError::OneGroup(_)) if !config.split_by_group => Ok(split_stratified(dataset, share, seed)?),
        Err(SplitError::OneGroup(_)) => Ok(by_group(&[])?),
        other => Ok(other?),
    }
}

/// Divides a dataset for cross-validation, by group when the settings ask for it. `alike` as for [`split_for`].
///
/// # Errors
/// When the dataset cannot be trained on, or a label has fewer groups than folds.
pub fn folds_for(
    dataset: &Dataset,
    config: &TrainingConfig,
    count: usize,
    alike: &[(usize, usize)],
) -> Result<Vec<Split>, AppError> {
    dataset.check()?;
    Ok(folds(dataset, &groups(dataset, config.split_by_group, alike), count, u64::from(config.seed))?)
}

/// Looks at every picture and finds those that are nearly the same, and the bursts among neighbours.
/// Pictures that cannot be read are like none; the training lists them. What was found so far when it is
/// cancelled.
pub fn find_look_alikes(
    adapters: &Adapters,
    dataset: &Dataset,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Vec<(usize, usize)> {
    let count = dataset.samples.len();
    let next = AtomicUsize::new(0);
    let mut prints: Vec<Option<Fingerprint>> = vec![None; count];
    let mut meter = Meter::new(count, progress);
    let read = |sender: &mpsc::SyncSender<(usize, Option<Fingerprint>)>| {
        while !cancel.is_cancelled() {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(sample) = dataset.samples.get(index) else { return };
            let picture = adapters.samples.read(&sample.source, Fingerprint::SIDE).ok();
            if sender.send((index, picture.as_ref().and_then(Fingerprint::of))).is_err() {
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
        for (index, print) in receiver {
            prints[index] = print;
            meter.step("");
        }
    });
    look_alikes(&prints)
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

    #[test]
    fn pictures_that_are_alike_are_never_parted_whatever_the_split() {
        let data = dataset(&[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
        let alike = [(0, 1), (1, 2), (7, 9)];
        for split_by_group in [false, true] {
            for seed in 0..20 {
                let config = TrainingConfig { seed, split_by_group, ..Preset::Paper.config() };
                let split = split_for(&data, &config, &alike).unwrap();
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
            let split = split_for(&data, &config, &[(0, 1), (1, 2)]).unwrap();
            assert!(split.validation.iter().any(|&sample| data.samples[sample].label == 0));
        }
    }
}
