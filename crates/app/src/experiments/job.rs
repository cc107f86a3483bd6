//! What the thread of a study or tuning does: one training after the other, each told of and written down.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use bauta_domain::{TrainingEvent, ports::CancelToken};

use super::{ExperimentEvent, ExperimentFolder};
use crate::{
    Adapters, AppError, Progress, TrainingSet, Workspace,
    project::count,
    study::{StudyEvent, StudyPlan, run_study},
    train::guarded,
    tuning::{Trial, TuneEvent, Tuning, in_own_program, read_trial, run_trial, run_tuning, trial_file},
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
        let mut run = |trial: &Trial| {
            let mut listen = |event: &TrainingEvent| teller.training(&trial.id, event);
            if let Some(program) = &self.workspace.trial_program {
                let file = trial_file(trial, out).map_err(|error| error.full_message())?;
                return in_own_program(program(&file), &mut |line| hear(line, &mut listen), &self.cancel);
            }
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

/// Does one trial of a tuning that the window started, in the program that the window started for it: `file` is what
/// [`trial_file`] wrote. `say` is given what the training tells, as lines.
///
/// # Errors
/// When the trial or the tuning's folder cannot be read, the pictures have changed, or the training fails.
pub fn run_trial_of_window(
    adapters: &Adapters,
    file: &Path,
    say: &mut dyn FnMut(&str),
    cancel: &CancelToken,
) -> Result<(), AppError> {
    let trial = read_trial(file, 1)?;
    let out = file.ancestors().nth(3).unwrap_or(file);
    let folder = ExperimentFolder::at(out)?;
    let set = folder.pictures()?;
    let mut listen = |event: &TrainingEvent| say(&serde_json::to_string(event).unwrap_or_default());
    let record = run_trial(adapters, &trial, (&set.place, set.dataset), out, &mut listen, cancel)?;
    match record.failure {
        Some(failure) => Err(AppError::Invalid(failure)),
        None => Ok(()),
    }
}

/// Passes on what a trial's program printed, when that is what a training tells.
fn hear(line: &str, listen: &mut impl FnMut(&TrainingEvent)) {
    if let Ok(event) = serde_json::from_str(line) {
        listen(&event);
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
