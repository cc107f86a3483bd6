//! The training that runs, those that wait for it, and what a reloaded window needs to catch up. Studies and tunings, of
//! many trainings each, take their turn like one.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bauta_domain::{RunId, TrainingConfig, TrainingEvent, ports::CancelToken};

use crate::{
    AppError, ExperimentState, TrainingLog, WaitingTraining,
    experiments::{ExperimentEvent, ExperimentJob},
    training_thread::Job,
};

/// What runs in its turn.
pub(crate) enum Work {
    Training(Box<Job>),
    Experiment(Box<ExperimentJob>),
}

impl Work {
    pub(crate) fn run(self) {
        match self {
            Self::Training(job) => job.run(),
            Self::Experiment(job) => job.run(),
        }
    }

    /// Says that it cannot be started.
    pub(crate) fn refuser(&self) -> Box<dyn FnOnce(String)> {
        match self {
            Self::Training(job) => {
                let listener = job.listener.clone();
                Box::new(move |message| listener(&TrainingEvent::Failed { message }))
            }
            Self::Experiment(job) => {
                let (listener, id) = (job.listener.clone(), job.folder.id().to_owned());
                Box::new(move |_| listener(&ExperimentEvent::Changed { id }))
            }
        }
    }

    const fn cancel(&self) -> &CancelToken {
        match self {
            Self::Training(job) => &job.cancel,
            Self::Experiment(job) => &job.cancel,
        }
    }

    /// The earlier training that goes on, when it is one.
    fn resumes(&self) -> Option<RunId> {
        match self {
            Self::Training(job) => job.resumes(),
            Self::Experiment(_) => None,
        }
    }

    /// The study's or tuning's name, when it is one.
    fn experiment(&self) -> Option<&str> {
        match self {
            Self::Training(_) => None,
            Self::Experiment(job) => Some(job.folder.id()),
        }
    }
}

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
    /// The study's or tuning's name, when it is one.
    experiment: Option<String>,
}

struct Waiting {
    number: u32,
    work: Work,
}

impl Known {
    /// Notes that this runs now.
    fn run(&mut self, work: &Work) {
        let (cancel, experiment) = (work.cancel().clone(), work.experiment().map(str::to_owned));
        self.running = Some(Running { cancel, resumed: work.resumes(), experiment });
        // What the latest training came to stays to be seen while a study runs.
        if let Work::Training(job) = work {
            self.config = Some(job.config.clone());
            self.milestones = Vec::new();
            self.latest_step = None;
        }
    }

    fn is_running_experiment(&self, id: &str) -> bool {
        self.running.as_ref().is_some_and(|running| running.experiment.as_deref() == Some(id))
    }

    fn is_waiting_experiment(&self, id: &str) -> bool {
        self.waiting.iter().any(|waiting| waiting.work.experiment() == Some(id))
    }
}

impl TrainingState {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes work in: gives it back when it is to run now, else keeps it until that before it has ended.
    ///
    /// # Errors
    /// When it would go on with what is going on or is to go on already.
    pub(crate) fn take(&self, work: Work) -> Result<Option<Work>, AppError> {
        let mut known = self.lock();
        let resumed = work.resumes();
        let mut others = known.waiting.iter().map(|waiting| waiting.work.resumes());
        let goes_on =
            others.any(|other| other == resumed) || known.running.as_ref().is_some_and(|r| r.resumed == resumed);
        if resumed.is_some() && goes_on {
            return Err(AppError::Busy("this training"));
        }
        if work.experiment().is_some_and(|id| known.is_running_experiment(id) || known.is_waiting_experiment(id)) {
            return Err(AppError::Busy("this study or tuning"));
        }
        if known.running.is_none() {
            known.run(&work);
            return Ok(Some(work));
        }
        known.waited += 1;
        let number = known.waited;
        known.waiting.push_back(Waiting { number, work });
        Ok(None)
    }

    /// What ran has ended; returns the next, which runs from now on.
    pub(crate) fn end(&self) -> Option<Work> {
        let mut known = self.lock();
        known.running = None;
        let next = known.waiting.pop_front()?.work;
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

    /// Whether a training, a study or a tuning runs.
    pub(crate) fn is_running(&self) -> bool {
        self.lock().running.is_some()
    }

    /// Asks the running training to stop; a study or tuning goes on.
    pub(crate) fn cancel(&self) {
        if let Some(running) = self.lock().running.as_ref().filter(|running| running.experiment.is_none()) {
            running.cancel.cancel();
        }
    }

    /// Forgets a training that waits; one that runs by now goes on.
    pub(crate) fn forget(&self, number: u32) {
        self.lock().waiting.retain(|waiting| waiting.number != number);
    }

    /// Forgets all that waits.
    pub(crate) fn forget_all(&self) {
        self.lock().waiting.clear();
    }

    /// Asks what runs to stop, and forgets all that waits.
    pub(crate) fn cancel_all(&self) {
        let mut known = self.lock();
        known.waiting.clear();
        if let Some(running) = &known.running {
            running.cancel.cancel();
        }
    }

    /// Asks a study or tuning to stop, or forgets that it waits.
    pub(crate) fn stop_experiment(&self, id: &str) {
        let mut known = self.lock();
        known.waiting.retain(|waiting| waiting.work.experiment() != Some(id));
        if let Some(running) = known.running.as_ref().filter(|running| running.experiment.as_deref() == Some(id)) {
            running.cancel.cancel();
        }
    }

    /// Whether a study or tuning runs or waits; `None` when it does neither.
    pub(crate) fn place_of_experiment(&self, id: &str) -> Option<ExperimentState> {
        let known = self.lock();
        if known.is_running_experiment(id) {
            return Some(ExperimentState::Running);
        }
        known.is_waiting_experiment(id).then_some(ExperimentState::Waiting)
    }

    pub(crate) fn log(&self) -> TrainingLog {
        let known = self.lock();
        let running = known.running.as_ref();
        let trains = running.is_some_and(|running| running.experiment.is_none());
        let step = known.latest_step.iter().filter(|_| trains);
        let waiting = known.waiting.iter().filter_map(|Waiting { number, work }| match work {
            Work::Training(job) => {
                Some(WaitingTraining { number: *number, name: job.name.clone(), config: job.config.clone() })
            }
            Work::Experiment(_) => None,
        });
        TrainingLog {
            running: trains,
            experiment: running.and_then(|running| running.experiment.clone()),
            config: known.config.clone(),
            events: known.milestones.iter().chain(step).cloned().collect(),
            waiting: waiting.collect(),
        }
    }
}
