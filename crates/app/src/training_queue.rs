//! The training that runs, those that wait for it, and what a reloaded window needs to catch up.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bauta_domain::{RunId, TrainingConfig, TrainingEvent, ports::CancelToken};

use crate::{AppError, TrainingLog, WaitingTraining, training_thread::Job};

/// What is known of the running, or the latest, training, and of those that wait.
#[derive(Default)]
pub(crate) struct TrainingState(Mutex<Known>);

#[derive(Default)]
struct Known {
    running: Option<Running>,
    waiting: VecDeque<Waiting>,
    /// How many waited until now: the next one's number.
    waited: u32,
    config: Option<TrainingConfig>,
    /// Everything but steps, in order.
    milestones: Vec<TrainingEvent>,
    latest_step: Option<TrainingEvent>,
}

struct Running {
    cancel: CancelToken,
    /// The earlier training that goes on, when it is one.
    resumed: Option<RunId>,
}

struct Waiting {
    number: u32,
    job: Job,
}

impl Known {
    /// Notes that this training runs now.
    fn run(&mut self, job: &Job) {
        self.running = Some(Running { cancel: job.cancel.clone(), resumed: job.resumes() });
        self.config = Some(job.config.clone());
        self.milestones = Vec::new();
        self.latest_step = None;
    }
}

impl TrainingState {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a training in: gives it back when it is to run now, else keeps it until those before it have ended.
    ///
    /// # Errors
    /// When it would go on with a training that is going on or is to go on already.
    pub(crate) fn take(&self, job: Job) -> Result<Option<Job>, AppError> {
        let mut known = self.lock();
        let resumed = job.resumes();
        let mut others = known.waiting.iter().map(|waiting| waiting.job.resumes());
        let goes_on =
            others.any(|other| other == resumed) || known.running.as_ref().is_some_and(|r| r.resumed == resumed);
        if resumed.is_some() && goes_on {
            return Err(AppError::Busy("this training"));
        }
        if known.running.is_none() {
            known.run(&job);
            return Ok(Some(job));
        }
        known.waited += 1;
        let number = known.waited;
        known.waiting.push_back(Waiting { number, job });
        Ok(None)
    }

    /// The running training has ended; returns the next one, which runs from now on.
    pub(crate) fn end(&self) -> Option<Job> {
        let mut known = self.lock();
        known.running = None;
        let next = known.waiting.pop_front()?.job;
        known.run(&next);
        Some(next)
    }

    pub(crate) fn record(&self, event: &TrainingEvent) {
        let mut known = self.lock();
        match event {
            TrainingEvent::Step { .. } | TrainingEvent::Preparing { .. } => known.latest_step = Some(event.clone()),
            _ => known.milestones.push(event.clone()),
        }
    }

    /// Whether a training runs.
    pub(crate) fn is_running(&self) -> bool {
        self.lock().running.is_some()
    }

    /// Asks the running training to stop.
    pub(crate) fn cancel(&self) {
        if let Some(running) = &self.lock().running {
            running.cancel.cancel();
        }
    }

    /// Forgets a training that waits; one that runs by now goes on.
    pub(crate) fn forget(&self, number: u32) {
        self.lock().waiting.retain(|waiting| waiting.number != number);
    }

    /// Forgets all that wait.
    pub(crate) fn forget_all(&self) {
        self.lock().waiting.clear();
    }

    pub(crate) fn log(&self) -> TrainingLog {
        let known = self.lock();
        let step = known.latest_step.iter().filter(|_| known.running.is_some());
        let waiting = known.waiting.iter().map(|Waiting { number, job }| WaitingTraining {
            number: *number,
            name: job.name.clone(),
            config: job.config.clone(),
        });
        TrainingLog {
            running: known.running.is_some(),
            config: known.config.clone(),
            events: known.milestones.iter().chain(step).cloned().collect(),
            waiting: waiting.collect(),
        }
    }
}
