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

/// A dataset divided for one training, or for the folds of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Division {
    /// One, or one for each fold.
    pub splits: Vec<Split>,
    /// Labels with nothing but copies of too few pictures: theirs had to be parted, so that the check repeats the lesson.
    pub parted: Vec<String>,
}

impl Division {
    /// What a person should know of it, when there is something.
    pub fn warning(&self) -> Option<String> {
        let labels = self.parted.iter().map(|label| format!("{label:?}")).collect::<Vec<_>>().join(", ");
        (!self.parted.is_empty()).then(|| {
            format!(
                "too few pictures of {labels} differ from each other, so copies of one picture are learned from and checked with; what is said of their accuracy means nothing; add other pictures"
            )
        })
    }
}

/// Divides a dataset as the settings ask for, once or into `folds` for cross-validation: by group where groups are
/// known, else at random. Pictures that are nearly the same stay on one side either way (see [`find_look_alikes`]),
/// unless nothing else would be left to check a label with. Pictures that could not be read are left to learn from,
/// where the training lists them: a check must not count on them.
///
/// # Errors
/// When the dataset cannot be trained on or not be divided, or a label has fewer groups than folds.
pub fn divide(
    dataset: &Dataset,
    config: &TrainingConfig,
    folds: Option<usize>,
    likeness: &Likeness,
) -> Result<Division, AppError> {
    dataset.check()?;
    let readable = Readable::of(dataset, likeness);
    let mut pairs = readable.pairs(config, likeness);
    let mut parted = Vec::new();
    loop {
        let label = match divided(&readable.dataset, config, folds, &pairs) {
            Ok(splits) => {
                return Ok(Division {
                    splits: splits.into_iter().map(|split| readable.whole(split)).collect(),
                    parted,
                });
            }
            // With two groups or more, fewer folds are the honest way.
            Err(SplitError::OneGroup(label) | SplitError::TooFewGroups { label, found: 0..2, .. })
                if readable.has_pair_of(&pairs, &label) =>
            {
                label
            }
            Err(error) => return Err(error.into()),
        };
        // Likeness alone leaves nothing to check with: what is known otherwise decides.
        pairs.retain(|&pair| !readable.is_pair_of(pair, &label));
        parted.push(label);
    }
}

/// As [`divide`], once.
///
/// # Errors
/// When the dataset cannot be trained on or not be divided.
pub fn split_for(dataset: &Dataset, config: &TrainingConfig, likeness: &Likeness) -> Result<Split, AppError> {
    let mut division = divide(dataset, config, None, likeness)?;
    Ok(division.splits.swap_remove(0))
}

fn divided(
    dataset: &Dataset,
    config: &TrainingConfig,
    count: Option<usize>,
    pairs: &[(usize, usize)],
) -> Result<Vec<Split>, SplitError> {
    let (share, seed) = (config.validation_share, u64::from(config.seed));
    let groups = groups(dataset, config.split_by_group, pairs);
    if let Some(count) = count {
        return folds(dataset, &groups, count, seed);
    }
    // When each would be a group of its own, the paper's split will do.
    let alone = groups.iter().enumerate().all(|(sample, &group)| group == sample);
    let split =
        if alone { split_stratified(dataset, share, seed) } else { split_by_group(dataset, &groups, share, seed) };
    Ok(vec![split?])
}

/// The samples that could be read, and where they are in the whole dataset.
struct Readable {
    dataset: Dataset,
    places: Vec<usize>,
    unreadable: Vec<usize>,
}

impl Readable {
    /// All of them when too few can be read: the training says then which cannot, and what is missing.
    fn of(dataset: &Dataset, likeness: &Likeness) -> Self {
        let is_readable = |place: &usize| likeness.unreadable.binary_search(place).is_err();
        let places: Vec<usize> = (0..dataset.samples.len()).filter(is_readable).collect();
        let samples = places.iter().map(|&place| dataset.samples[place].clone()).collect();
        let readable = Dataset { labels: dataset.labels.clone(), samples };
        match readable.check() {
            Ok(()) => Self { dataset: readable, places, unreadable: likeness.unreadable.clone() },
            Err(_) => {
                Self { dataset: dataset.clone(), places: (0..dataset.samples.len()).collect(), unreadable: Vec::new() }
            }
        }
    }

    /// What must not be parted: copies never, bursts when the split is by group.
    fn pairs(&self, config: &TrainingConfig, likeness: &Likeness) -> Vec<(usize, usize)> {
        let bursts = likeness.bursts.iter().filter(|_| config.split_by_group);
        let here = |place: usize| self.places.binary_search(&place).ok();
        likeness.copies.iter().chain(bursts).filter_map(|&(a, b)| here(a).zip(here(b))).collect()
    }

    fn is_pair_of(&self, (a, b): (usize, usize), label: &str) -> bool {
        [a, b].iter().any(|&place| self.dataset.labels[self.dataset.samples[place].label] == label)
    }

    fn has_pair_of(&self, pairs: &[(usize, usize)], label: &str) -> bool {
        pairs.iter().any(|&pair| self.is_pair_of(pair, label))
    }

    /// The same division of the whole dataset.
    fn whole(&self, split: Split) -> Split {
        let place = |index: usize| self.places[index];
        let mut training: Vec<usize> = split.training.into_iter().map(place).chain(self.unreadable.clone()).collect();
        training.sort_unstable();
        Split { training, validation: split.validation.into_iter().map(place).collect() }
    }
}

/// Looks at every picture and finds those that are nearly the same, those of one capture burst, and those that cannot be
/// read. What was found so far when it is cancelled.
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
    Likeness::of(&prints, &taken, cancel)
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
        Likeness { copies: copies.to_vec(), ..Likeness::default() }
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
    fn only_copies_of_a_label_that_has_nothing_else_are_parted_and_that_is_said() {
        let data = dataset(&[0, 0, 0, 1, 1, 1, 1, 1, 1]);
        let alike = copies(&[(0, 1), (1, 2), (4, 7)]);
        let config = Preset::Paper.config();
        for folds in [None, Some(2)] {
            for seed in 0..20 {
                let division = divide(&data, &TrainingConfig { seed, ..config.clone() }, folds, &alike).unwrap();
                assert_eq!(division.parted, ["a"], "{folds:?}");
                assert!(division.warning().unwrap().contains("\"a\""));
                for Split { validation, .. } in &division.splits {
                    assert!(validation.iter().any(|sample| *sample < 3), "{folds:?}: the label is checked");
                    assert_eq!(validation.contains(&4), validation.contains(&7), "{folds:?}: the others stay together");
                }
            }
        }
        assert_eq!(divide(&data, &config, None, &copies(&[(4, 7)])).unwrap().warning(), None);
    }

    #[test]
    fn pictures_that_could_not_be_read_are_never_counted_on_to_check_with() {
        let data = dataset(&[0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
        for folds in [None, Some(2)] {
            for seed in 0..20 {
                let config = TrainingConfig { seed, ..Preset::Paper.config() };
                let likeness = Likeness { unreadable: vec![1, 2, 8], ..copies(&[(3, 4)]) };
                let division = divide(&data, &config, folds, &likeness).unwrap();
                for Split { training, validation } in &division.splits {
                    let checks = |label: usize| validation.iter().any(|&place| data.samples[place].label == label);
                    assert!(checks(0) && checks(1), "{validation:?}");
                    assert!([1, 2, 8].iter().all(|place| training.contains(place)), "{training:?}");
                    assert_eq!(training.len() + validation.len(), 10);
                }
            }
        }
        // With one left of a label the training says what is wrong; here all are divided as if nothing were known.
        let likeness = Likeness { unreadable: vec![0, 1, 2, 3], ..Likeness::default() };
        assert_eq!(
            split_for(&data, &Preset::Paper.config(), &likeness).unwrap(),
            split_for(&data, &Preset::Paper.config(), &Likeness::default()).unwrap()
        );
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
        let likeness = Likeness { bursts: vec![(0, 1), (1, 2)], ..Likeness::default() };
        let parted = |seed, split_by_group| {
            let config = TrainingConfig { seed, split_by_group, ..Preset::Paper.config() };
            let split = split_for(&data, &config, &likeness).unwrap();
            (0..3).filter(|place| split.validation.contains(place)).count() % 3 != 0
        };
        assert!((0..20).all(|seed| !parted(seed, true)));
        assert!((0..20).any(|seed| parted(seed, false)));
    }
}
