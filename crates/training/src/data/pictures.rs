//! The dataset's pixels: read once and kept when they fit, read again each epoch when they do not.

use std::{
    borrow::Cow,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use bauta_domain::{
    Dataset, Preprocessing, Problem,
    ports::{CancelToken, SampleReader},
};

use super::ChannelSums;
use crate::TrainingError;

/// Bytes of pixels that are kept in memory: 5,500 pictures of 180 px. With what the steps take, a training stays
/// below 1.2 GB.
pub const MEMORY: usize = 1 << 29;

/// Pictures whose pixels are measured; more do not change the figures any more.
const MEASURED: usize = 4096;

/// The pixels of a dataset.
pub struct Pictures<'a> {
    dataset: &'a Dataset,
    reader: &'a dyn SampleReader,
    side: usize,
    /// For each sample; empty for those that are read again each time.
    kept: Vec<Vec<u8>>,
    sums: Vec<Option<ChannelSums>>,
    problems: Vec<Problem>,
}

impl<'a> Pictures<'a> {
    /// Reads every picture once, on `threads` threads, keeping at most `memory` bytes of pixels (all or
    /// none). Those that cannot be read are listed. `None` when it was cancelled.
    ///
    /// # Errors
    /// When a reading thread panics.
    pub fn read(
        dataset: &'a Dataset,
        reader: &'a dyn SampleReader,
        side: usize,
        memory: usize,
        threads: usize,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Option<Self>, TrainingError> {
        let count = dataset.samples.len();
        let keep = count * side * side * 3 <= memory;
        let mut failures: Vec<(usize, String)> = Vec::new();
        let mut kept = vec![Vec::new(); count];
        let mut sums = vec![None; count];
        let next = AtomicUsize::new(0);
        let read_on = |sender: mpsc::SyncSender<(usize, Result<Vec<u8>, String>)>| {
            while !cancel.is_cancelled() {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count || sender.send((index, read_one(dataset, reader, side, index))).is_err() {
                    return;
                }
            }
        };
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(2 * threads);
            let readers: Vec<_> = (0..threads.max(1))
                .map(|_| {
                    let sender = sender.clone();
                    scope.spawn(|| read_on(sender))
                })
                .collect();
            drop(sender);
            for (done, (index, result)) in receiver.iter().enumerate() {
                match result {
                    Ok(pixels) => {
                        sums[index] = Some(ChannelSums::of(&pixels));
                        if keep {
                            kept[index] = pixels;
                        }
                    }
                    Err(message) => failures.push((index, message)),
                }
                progress(done + 1);
            }
            let joined: Vec<_> = readers.into_iter().map(thread::ScopedJoinHandle::join).collect();
            joined.into_iter().collect::<Result<(), _>>().map_err(|_| TrainingError::ThreadLost)
        })?;
        if cancel.is_cancelled() {
            return Ok(None);
        }
        failures.sort_unstable_by_key(|&(index, _)| index);
        let problem = |(index, message): (usize, String)| Problem::new(place(dataset, index), message);
        let problems = failures.into_iter().map(problem).collect();
        Ok(Some(Self { dataset, reader, side, kept, sums, problems }))
    }

    /// Side of the squares in pixels.
    pub fn side(&self) -> usize {
        self.side
    }

    /// What could not be read, in the order of the dataset.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether sample `index` could be read.
    pub fn is_readable(&self, index: usize) -> bool {
        self.sums[index].is_some()
    }

    /// Whether pixels come from memory and cost nothing.
    pub fn are_kept(&self) -> bool {
        self.kept.iter().any(|pixels| !pixels.is_empty())
    }

    /// Interleaved RGB of sample `index`.
    ///
    /// # Errors
    /// When it has to be read again and cannot be.
    pub fn pixels(&self, index: usize) -> Result<Cow<'_, [u8]>, TrainingError> {
        let kept = &self.kept[index];
        if !kept.is_empty() {
            return Ok(Cow::Borrowed(kept));
        }
        let pixels = read_one(self.dataset, self.reader, self.side, index);
        let lost = |reason| TrainingError::PictureLost { place: place(self.dataset, index), reason };
        pixels.map(Cow::Owned).map_err(lost)
    }

    /// Mean and standard deviation of these samples, or of some thousands of them taken at even distances.
    pub fn preprocessing(&self, samples: &[usize]) -> Preprocessing {
        let mut total = ChannelSums::default();
        let measured = samples.len().min(MEASURED);
        for place in 0..measured {
            if let Some(sums) = &self.sums[samples[place * samples.len() / measured]] {
                total.add(sums);
            }
        }
        total.preprocessing()
    }
}

fn place(dataset: &Dataset, index: usize) -> String {
    dataset.samples[index].source.path.display().to_string()
}

/// Interleaved RGB of sample `index`, a square of `side` pixels, or what the reader said.
pub fn read_one(dataset: &Dataset, reader: &dyn SampleReader, side: usize, index: usize) -> Result<Vec<u8>, String> {
    let image = reader.read(&dataset.samples[index].source, side as u32).map_err(|error| error.to_string())?;
    let size = image.size();
    let pixels = image.into_pixels();
    if pixels.len() != side * side * 3 || size.width != size.height {
        return Err(format!("expected a square of {side} px from the reader, found {}×{}", size.width, size.height));
    }
    Ok(pixels)
}
