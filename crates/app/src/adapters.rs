//! The outside world as the use cases see it.

use std::{sync::Arc, time::SystemTime};

use bauta_domain::ports::{Cropper, Follower, FrameSources, ImageReader, ModelTrainer, Models, SampleReader};

/// One implementation of each port. Clones share them.
#[derive(Clone)]
pub struct Adapters {
    /// Reads pictures.
    pub images: Arc<dyn ImageReader>,
    /// Cuts and writes crops.
    pub cropper: Arc<dyn Cropper>,
    /// Gives the pixels of samples.
    pub samples: Arc<dyn SampleReader>,
    /// Follows faces from frame to frame.
    pub follower: Arc<dyn Follower>,
    /// Opens detectors and classifiers.
    pub models: Arc<dyn Models>,
    /// Opens cameras, files and streams.
    pub sources: Arc<dyn FrameSources>,
    /// Trains networks.
    pub trainer: Arc<dyn ModelTrainer>,
    /// The time, for the journal.
    pub clock: fn() -> SystemTime,
}

impl Adapters {
    /// The time as ISO 8601 in UTC, to the second.
    pub(crate) fn now(&self) -> String {
        humantime::format_rfc3339_seconds((self.clock)()).to_string()
    }
}

/// Threads that a background job may use: all cores, at least one.
pub(crate) fn worker_count(jobs: usize) -> usize {
    cores().min(jobs).max(1)
}

/// The processor's cores that this program may use, at least one.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
