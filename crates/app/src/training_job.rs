//! Trainings in the background, one after the other: how they start, go on and are repeated. Which one runs and which
//! wait is in `training_queue`, what the thread of one does in `training_thread`.

use std::sync::Arc;

use bauta_domain::{Likeness, RunId, TrainingConfig, TrainingEvent, ports::CancelToken};
use bauta_store::{RunEnd, RunState};

use crate::{
    AppError, DatasetChoice, Project, ResumableTraining, TrainingLog, Workspace,
    project::count,
    runs::ended_early,
    split_for,
    training_queue::Work,
    training_thread::{Job, Resumed},
    unfinished::{find_unfinished, unfinished_samples},
};

pub(crate) type Listener = Arc<dyn Fn(&TrainingEvent) + Send + Sync>;

/// What of an earlier training's settings is other when it is repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RepeatChanges {
    /// Seed of weights, order, dropout and augmentation; the division stays.
    pub seed: Option<u32>,
    /// Size of the steps.
    pub learning_rate: Option<f64>,
}

impl RepeatChanges {
    /// These settings with the changes.
    pub fn applied_to(self, config: &TrainingConfig) -> TrainingConfig {
        TrainingConfig {
            seed: self.seed.unwrap_or(config.seed),
            learning_rate: self.learning_rate.unwrap_or(config.learning_rate),
            ..config.clone()
        }
    }
}

impl Workspace {
    /// Starts a training on its own thread, as soon as those before it have ended; its pictures are those of now.
    /// `listener` hears every event; the last is `Finished`, `Cancelled` or `Failed`. A finished model is loaded at once;
    /// the open project remembers the run.
    ///
    /// # Errors
    /// When the dataset cannot be trained on.
    pub fn start_training(
        self: &Arc<Self>,
        choice: DatasetChoice,
        config: &TrainingConfig,
        listener: Listener,
    ) -> Result<(), AppError> {
        let dataset = self.dataset(choice)?;
        // The thread divides it anew when it has seen which pictures are alike; what cannot be divided at
        // all is said here, at once.
        split_for(&dataset, config, &Likeness::default())?;
        self.next_model_path()?;
        let project = self.current_project();
        let name = project.as_ref().map_or("model".into(), |project| {
            project.path().file_stem().unwrap_or_default().to_string_lossy().into_owned()
        });
        let (workspace, config, cancel) = (Arc::clone(self), config.clone(), CancelToken::default());
        let (split, resumed) = (None, None);
        self.enqueue_training(Job { workspace, project, dataset, config, name, split, resumed, cancel, listener })
    }

    /// The latest training of the open project, or the one that no project remembers, if it ended early and can go on.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn resumable_training(&self) -> Result<Option<ResumableTraining>, AppError> {
        let Some(project) = self.remembering_project() else {
            return Ok(find_unfinished(self.data_folder()).map(|training| ResumableTraining {
                run: training.run,
                started: training.started,
                done: training.done,
                epochs: training.config.epochs,
                learning_rate: training.config.learning_rate,
                failed: training.failed,
            }));
        };
        let latest = project.store().runs()?.pop();
        Ok(latest.filter(|run| ended_early(run) && project.checkpoint_path(run.id).exists()).map(|run| {
            ResumableTraining {
                run: run.id,
                started: run.started,
                done: count(run.figures.len()),
                epochs: run.config.epochs,
                learning_rate: run.config.learning_rate,
                failed: matches!(run.state, RunState::Ended(RunEnd::Failed { .. })),
            }
        }))
    }

    /// Goes on with a training of the open project, or with the one that no project remembers, on the pictures, division
    /// and settings that it had, as [`start_training`](Self::start_training) does. With a `learning_rate`, above 0, it
    /// goes on in steps of that size: what helps one that ran away.
    ///
    /// # Errors
    /// When there is no such training that ended early, or it is going on or waits to go on already.
    pub fn resume_training(
        self: &Arc<Self>,
        run: RunId,
        learning_rate: Option<f64>,
        listener: Listener,
    ) -> Result<(), AppError> {
        let gone = || AppError::Invalid("this training cannot go on any more; train again".to_owned());
        let project = self.remembering_project();
        let (config, name, dataset, split, resumed) = match &project {
            Some(project) => {
                let record = project.store().runs()?.into_iter().find(|record| record.id == run && ended_early(record));
                let record = record.ok_or_else(gone)?;
                let (dataset, split) = project.store().run_samples(run)?;
                (record.config, record.name, dataset, split, Resumed::OfProject(run))
            }
            None => {
                let training = find_unfinished(self.data_folder()).filter(|training| training.run == run);
                let training = training.ok_or_else(gone)?;
                let (dataset, split) = unfinished_samples(self.data_folder())?;
                (training.config.clone(), training.name.clone(), dataset, split, Resumed::OfNone(Box::new(training)))
            }
        };
        let config = RepeatChanges { learning_rate, seed: None }.applied_to(&config);
        self.next_model_path()?;
        let (workspace, cancel) = (Arc::clone(self), CancelToken::default());
        let (split, resumed, project) = (Some(split), Some(resumed), self.current_project());
        self.enqueue_training(Job { workspace, project, dataset, config, name, split, resumed, cancel, listener })
    }

    /// Trains once more on the pictures, division and settings of an earlier training, with these changes, as a new one.
    /// Without changes, with the same number of threads and unchanged pictures, it comes to the same figures.
    ///
    /// # Errors
    /// When the project does not have the earlier one.
    pub fn repeat_training(
        self: &Arc<Self>,
        run: RunId,
        changes: RepeatChanges,
        listener: Listener,
    ) -> Result<(), AppError> {
        let project = self.project()?;
        let earlier = project.run(run)?;
        let (dataset, split) = project.store().run_samples(run)?;
        self.next_model_path()?;
        let config = changes.applied_to(&earlier.config);
        let (workspace, project, cancel) = (Arc::clone(self), Some(project), CancelToken::default());
        let (name, split, resumed) = (earlier.name, Some(split), None);
        self.enqueue_training(Job { workspace, project, dataset, config, name, split, resumed, cancel, listener })
    }

    /// The open project, when it can remember a training.
    fn remembering_project(&self) -> Option<Arc<Project>> {
        self.current_project().filter(|project| !project.is_read_only())
    }

    fn enqueue_training(&self, job: Job) -> Result<(), AppError> {
        self.enqueue(Work::Training(Box::new(job)))
    }

    /// Runs this when what is before it has ended.
    pub(crate) fn enqueue(&self, work: Work) -> Result<(), AppError> {
        self.stop_check();
        match self.training.take(work)? {
            Some(work) => self.spawn(work),
            None => Ok(()),
        }
    }

    /// Starts what waited and runs from now on.
    pub(crate) fn go_on_with(&self, next: Option<Work>) {
        let Some(next) = next else { return };
        let refuse = next.refuser();
        if let Err(error) = self.spawn(next) {
            refuse(error.full_message());
        }
    }

    /// Starts the thread of what runs from now on.
    fn spawn(&self, work: Work) -> Result<(), AppError> {
        // The window stays smooth while all cores train: the threads that this one starts are as patient.
        let work = move || {
            lpt::lpt();
            work.run();
        };
        let started = std::thread::Builder::new().name("training".to_owned()).spawn(work);
        if started.is_err() {
            // No more threads: those that wait would find none either.
            self.training.forget_all();
            self.training.end();
        }
        started?;
        Ok(())
    }

    /// Asks the training to stop; it keeps the best epoch so far. The next one that waits begins then.
    pub fn cancel_training(&self) {
        self.training.cancel();
    }

    /// Forgets a training that waits, by its number; one that runs by now goes on.
    pub fn cancel_waiting(&self, number: u32) {
        self.training.forget(number);
    }

    /// Asks the training to stop and keep the best epoch so far, or the study or tuning to stop, and forgets those that
    /// wait.
    pub fn cancel_trainings(&self) {
        self.training.cancel_all();
    }

    /// Whether a training, a study or a tuning runs; others may wait for it.
    pub fn is_training(&self) -> bool {
        self.training.is_running()
    }

    /// What the running, or the latest, training said so far, and what waits.
    pub fn training_log(&self) -> TrainingLog {
        self.training.log()
    }
}
