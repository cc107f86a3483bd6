//! What the thread of a study or tuning does: one training after the other, each told of and written down.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bauta_domain::{TrainingEvent, ports::CancelToken};

use super::{ExperimentEvent, ExperimentFolder};
use crate::{
    AppError, Progress, TrainingSet, Workspace,
    project::count,
    study::{StudyEvent, StudyPlan, run_study},
    train::guarded,
    tuning::{TuneEvent, Tuning, run_trial, run_tuning},
};

pub(crate) type Listener = Arc<dyn Fn(&ExperimentEvent) + Send + Sync>;

/// Steps come many times a second.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// All that the thread works on.
pub(crate) struct ExperimentJob {
    pub workspace: Arc<Workspace>,
    pub folder: ExperimentFolder,
    pub cancel: CancelToken,
    pub listener: Listener,
}

impl ExperimentJob {
    pub(crate) fn run(self) {
        let teller = Teller::new(&self);
        if let Err(error) = guarded(|| self.answer(&teller)) {
            // A disk that is full keeps it from being written; then it is "stopped", and the log tells.
            let _ = self.folder.note_failure(Some(error.full_message()));
        }
        let next = self.workspace.training.end();
        teller.changed();
        self.workspace.go_on_with(next);
    }

    fn answer(&self, teller: &Teller<'_>) -> Result<(), AppError> {
        let mut set = self.folder.pictures()?;
        let question = self.folder.question();
        if let Some(plan) = question.study() {
            return self.study(&mut set, &plan, teller);
        }
        let tuning = question.tuning(&set.place.display().to_string(), &set.fingerprint);
        tuning.map_or(Ok(()), |tuning| self.tune(&set, &tuning, teller))
    }

    fn study(&self, set: &mut TrainingSet, plan: &StudyPlan, teller: &Teller<'_>) -> Result<(), AppError> {
        let adapters = &self.workspace.adapters;
        set.compare_pictures(adapters, &mut |progress| teller.preparing(&progress), &self.cancel);
        let mut current = String::new();
        let mut listen = |event: StudyEvent<'_>| match event {
            StudyEvent::Begins { name, .. } => current = name.to_owned(),
            StudyEvent::Training(event) => teller.training(&current, event),
            StudyEvent::Ended(_) => teller.changed(),
        };
        run_study(adapters, set, plan, self.folder.path(), &mut listen, &self.cancel).map(drop)
    }

    fn tune(&self, set: &TrainingSet, tuning: &Tuning, teller: &Teller<'_>) -> Result<(), AppError> {
        let adapters = &self.workspace.adapters;
        let out = self.folder.path();
        let mut run = |trial: &crate::tuning::Trial| {
            let mut listen = |event: &TrainingEvent| teller.training(&trial.id, event);
            let samples = (set.place.as_path(), set.dataset.clone());
            let done = run_trial(adapters, trial, samples, out, &mut listen, &self.cancel);
            done.map(drop).map_err(|error| error.full_message())
        };
        let mut listen = |event: TuneEvent<'_>| {
            if let TuneEvent::Ended(..) = event {
                teller.changed();
            }
        };
        run_tuning(adapters, tuning, out, &mut run, &mut listen, &self.cancel)
    }
}

/// Tells the window, steps not too often.
struct Teller<'a> {
    id: &'a str,
    listener: &'a Listener,
    told: std::cell::Cell<Option<Instant>>,
    epochs: std::cell::Cell<u32>,
}

impl<'a> Teller<'a> {
    fn new(job: &'a ExperimentJob) -> Self {
        let (told, epochs) = Default::default();
        Self { id: job.folder.id(), listener: &job.listener, told, epochs }
    }

    fn changed(&self) {
        (self.listener)(&ExperimentEvent::Changed { id: self.id.to_owned() });
    }

    /// Whether it is time to tell of a step again.
    fn is_due(&self) -> bool {
        let now = Instant::now();
        let is_due = self.told.get().is_none_or(|then| now.duration_since(then) >= TOLD_EVERY);
        if is_due {
            self.told.set(Some(now));
        }
        is_due
    }

    fn preparing(&self, progress: &Progress) {
        if self.is_due() {
            let (done, total) = (count(progress.done), count(progress.total));
            (self.listener)(&ExperimentEvent::Preparing { id: self.id.to_owned(), done, total });
        }
    }

    fn training(&self, name: &str, event: &TrainingEvent) {
        let id = || self.id.to_owned();
        match event {
            TrainingEvent::Started { epochs, .. } => {
                self.epochs.set(*epochs);
                // However short it is, it is told of.
                self.told.set(None);
            }
            TrainingEvent::Preparing { done, total } if self.is_due() => {
                (self.listener)(&ExperimentEvent::Preparing { id: id(), done: *done, total: *total });
            }
            TrainingEvent::Step { epoch, .. } if self.is_due() => {
                let (name, epochs) = (name.to_owned(), self.epochs.get());
                (self.listener)(&ExperimentEvent::Training { id: id(), name, epoch: *epoch, epochs });
            }
            _ => {}
        }
    }
}
