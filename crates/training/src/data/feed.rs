//! Batches, prepared beside the step.

use std::{
    ops::RangeInclusive,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{Scope, ScopedJoinHandle},
};

use bauta_domain::Problem;

use super::Source;
use crate::{
    TrainingError,
    engine::Batch,
    random::{Purpose, shuffle, stream},
};

/// Batches that may wait, for each preparing thread. Two bridge the check after an epoch and a step
/// that was quicker than usual.
const WAITING: usize = 2;

/// A batch, and what is missing in it.
pub struct Fed {
    /// What could be prepared.
    pub batch: Batch,
    /// Pictures that had to be read again and could not be.
    pub lost: Vec<Problem>,
}

/// What is to be prepared.
pub struct FeedPlan<'a> {
    /// What goes into the network.
    pub source: &'a dyn Source,
    /// Numbers of one input.
    pub length: usize,
    /// Label of every sample of the dataset.
    pub labels: &'a [usize],
    /// Samples to learn from.
    pub training: &'a [usize],
    /// Samples a batch; the last one of an epoch has what is left.
    pub batch_size: usize,
    /// Epochs to prepare, counted from 1: an earlier part of the training did those before.
    pub epochs: RangeInclusive<u32>,
    /// Seed of the order.
    pub seed: u64,
}

impl FeedPlan<'_> {
    /// Batches an epoch.
    pub fn steps(&self) -> usize {
        (self.training.len() * self.source.views()).div_ceil(self.batch_size)
    }

    /// The samples of an epoch in its order, each in all its versions.
    fn order(&self, epoch: u32) -> Vec<(usize, usize)> {
        let views = self.source.views();
        let versions = self.training.iter().flat_map(|&sample| (0..views).map(move |view| (sample, view)));
        let mut order: Vec<_> = versions.collect();
        shuffle(&mut order, &mut stream(self.seed, Purpose::Order, epoch, 0));
        order
    }

    fn prepare(&self, epoch: u32, items: &[(usize, usize)]) -> Result<Fed, TrainingError> {
        let views = self.source.views();
        let mut batch = Batch { epoch, inputs: vec![0.0; items.len() * self.length], ..Batch::default() };
        let mut lost = Vec::new();
        for &(sample, view) in items {
            let start = batch.labels.len() * self.length;
            let input = &mut batch.inputs[start..start + self.length];
            match self.source.write_training(epoch, sample, view, input) {
                Ok(()) => {
                    batch.labels.push(self.labels[sample]);
                    batch.samples.push(sample * views + view);
                }
                Err(TrainingError::PictureLost { place, reason }) => lost.push(Problem::new(place, reason)),
                Err(error) => return Err(error),
            }
        }
        batch.inputs.truncate(batch.labels.len() * self.length);
        Ok(Fed { batch, lost })
    }

    /// Prepares every batch whose number, counted through all epochs, is `first` plus a multiple of `stride`.
    fn run(&self, first: usize, stride: usize, batches: &SyncSender<Result<Fed, TrainingError>>) {
        let steps = self.steps();
        for (index, epoch) in self.epochs.clone().enumerate() {
            let order = self.order(epoch);
            let before = index * steps;
            let ours = |(step, _): &(usize, &[(usize, usize)])| (before + step) % stride == first;
            for (_, items) in order.chunks(self.batch_size).enumerate().filter(ours) {
                let batch = self.prepare(epoch, items);
                let failed = batch.is_err();
                // Nobody listens any more when the training was cancelled.
                if batches.send(batch).is_err() || failed {
                    return;
                }
            }
        }
    }
}

/// One preparing thread and what it has ready.
struct Preparer<'scope> {
    batches: Receiver<Result<Fed, TrainingError>>,
    thread: ScopedJoinHandle<'scope, ()>,
}

/// The batches of all epochs, in order, whatever the number of preparing threads.
pub struct Feed<'scope> {
    preparers: Vec<Preparer<'scope>>,
    next: usize,
}

impl<'scope> Feed<'scope> {
    /// Begins to prepare on `threads` threads, at least 1: thread `i` prepares every `threads`-th batch.
    pub fn start<'env>(scope: &'scope Scope<'scope, 'env>, plan: &'env FeedPlan<'env>, threads: usize) -> Self {
        let thread = |first| {
            let (sender, batches) = sync_channel(WAITING);
            Preparer { batches, thread: scope.spawn(move || plan.run(first, threads, &sender)) }
        };
        Self { preparers: (0..threads).map(thread).collect(), next: 0 }
    }

    /// The next batch.
    ///
    /// # Errors
    /// When features cannot be read again, or the preparing thread is gone.
    pub fn next_batch(&mut self) -> Result<Fed, TrainingError> {
        let preparer = &self.preparers[self.next];
        self.next = (self.next + 1) % self.preparers.len();
        preparer.batches.recv().unwrap_or(Err(TrainingError::ThreadLost))
    }
}

impl Drop for Feed<'_> {
    fn drop(&mut self) {
        for Preparer { batches, thread } in self.preparers.drain(..) {
            drop(batches);
            // A panic was reported as the missing batch already; joining keeps it from the scope.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use bauta_domain::{
        Augmentation, Dataset, ImageSize, PixelSource, Preprocessing, RgbImage, Sample,
        ports::{CancelToken, PortError, SampleReader},
    };

    use super::*;
    use crate::data::{Normalisation, PictureSource, Pictures};

    const SIDE: usize = 8;
    const SAMPLES: usize = 11;

    /// A picture of one grey, the sample's number.
    struct Greys;

    impl SampleReader for Greys {
        fn read(&self, source: &PixelSource, side: u32) -> Result<RgbImage, PortError> {
            let grey = source.path.to_str().unwrap().parse()?;
            Ok(RgbImage::filled(ImageSize::new(side, side), [grey; 3]))
        }

        fn taken(&self, _: &std::path::Path) -> Option<f64> {
            None
        }
    }

    fn batches(memory: usize, threads: usize) -> Vec<Batch> {
        let source = |i: usize| PixelSource { path: i.to_string().into(), bbox: None };
        let sample = |i| Sample { source: source(i), label: i % 2, group: None };
        let labels = vec!["even".to_owned(), "odd".to_owned()];
        let dataset = Dataset { labels, samples: (0..SAMPLES).map(sample).collect() };
        let cancel = CancelToken::default();
        let pictures = Pictures::read(&dataset, &Greys, SIDE, memory, 2, &cancel, &mut |_| {}).unwrap().unwrap();
        assert_eq!(pictures.are_kept(), memory > 0);
        let source = PictureSource {
            pictures,
            augmentation: Some(Augmentation::default()),
            normalisation: Normalisation::new(&Preprocessing { mean: [0.0; 3], std: [1.0 / 255.0; 3] }),
            seed: 5,
        };
        let plan = FeedPlan {
            source: &source,
            length: 3 * SIDE * SIDE,
            labels: &dataset.samples.iter().map(|s| s.label).collect::<Vec<_>>(),
            training: &(1..SAMPLES).collect::<Vec<_>>(),
            batch_size: 4,
            epochs: 1..=2,
            seed: 5,
        };
        std::thread::scope(|scope| {
            let mut feed = Feed::start(scope, &plan, threads);
            (0..2 * plan.steps()).map(|_| feed.next_batch().unwrap().batch).collect()
        })
    }

    #[test]
    fn each_epoch_has_every_training_sample_once_with_its_label_and_pixels() {
        let batches = batches(1 << 20, 1);
        assert_eq!(batches.iter().map(|b| b.labels.len()).collect::<Vec<_>>(), [4, 4, 2, 4, 4, 2]);
        for epoch in 1..=2 {
            let ours = || batches.iter().filter(|b| b.epoch == epoch);
            let mut samples: Vec<usize> = ours().flat_map(|b| b.samples.clone()).collect();
            assert_ne!(samples, (1..SAMPLES).collect::<Vec<_>>(), "the order is random");
            samples.sort_unstable();
            assert_eq!(samples, (1..SAMPLES).collect::<Vec<_>>());
            for batch in ours() {
                let pictures = batch.inputs.chunks_exact(3 * SIDE * SIDE);
                for ((&sample, &label), pixels) in batch.samples.iter().zip(&batch.labels).zip(pictures) {
                    assert_eq!(label, sample % 2);
                    assert!(pixels.iter().all(|&p| (p - sample as f32).abs() < 1e-3));
                }
            }
        }
        assert_ne!(batches[0].samples, batches[3].samples);
    }

    #[test]
    fn threads_and_memory_do_not_change_the_batches() {
        let expected = batches(1 << 20, 1);
        assert_eq!(expected, batches(0, 1));
        assert_eq!(expected, batches(0, 3));
    }
}
