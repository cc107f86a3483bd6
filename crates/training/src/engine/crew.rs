//! The threads of an engine.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::{ThreadPool, ThreadPoolBuilder, prelude::*};

use crate::TrainingError;

/// Threads that live as long as their engine: one that is started for some milliseconds of work is often put on the
/// processor of another one, and waits for it while the next processor is idle.
pub(super) struct Crew(ThreadPool);

impl Crew {
    /// So many threads, at least 1.
    ///
    /// # Errors
    /// When the system does not give them.
    pub(super) fn new(threads: usize) -> Result<Self, TrainingError> {
        let pool = ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
        pool.map(Self).map_err(|error| TrainingError::Threads { reason: error.to_string() })
    }

    /// How many they are.
    pub(super) fn threads(&self) -> usize {
        self.0.current_num_threads()
    }

    /// Runs `work` for each item; results in the order of the items.
    ///
    /// # Errors
    /// The first of `work`, in the order of the items; [`TrainingError::ThreadLost`] when it panics.
    pub(super) fn each<I: Send, T: Send>(
        &self,
        items: impl Iterator<Item = I>,
        work: impl Fn(I) -> Result<T, TrainingError> + Sync,
    ) -> Result<Vec<T>, TrainingError> {
        let items: Vec<I> = items.collect();
        // Whoever hears of a panic ends the training, and what it left half done is looked at no more.
        let guarded = |item| catch_unwind(AssertUnwindSafe(|| work(item))).unwrap_or(Err(TrainingError::ThreadLost));
        let results: Vec<Result<T, TrainingError>> =
            self.0.install(|| items.into_par_iter().with_max_len(1).map(guarded).collect());
        results.into_iter().collect()
    }
}
