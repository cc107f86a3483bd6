//! The one training that runs in the background: its thread, its events, its record in the project, and
//! what a reloaded window needs to catch up.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bauta_domain::{
    Dataset, RunId, Split, TrainingConfig, TrainingEvent,
    ports::{CancelToken, Checkpointing},
};
use bauta_store::{NewRun, RunEnd, RunRecord, RunState};
use uuid::Uuid;

use crate::{
    AppError, DatasetChoice, Progress, Project, ResumableTraining, TrainingLog, Workspace, find_look_alikes,
    project::count, split_for, train,
};

/// What is known of the running, or the latest, training.
#[derive(Default)]
pub(crate) struct TrainingState(Mutex<Known>);

#[derive(Default)]
struct Known {
    running: Option<CancelToken>,
    config: Option<TrainingConfig>,
    /// Everything but steps, in order.
    milestones: Vec<TrainingEvent>,
    latest_step: Option<TrainingEvent>,
}

impl TrainingState {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, config: &TrainingConfig) -> Result<CancelToken, AppError> {
        let mut known = self.lock();
        if known.running.is_some() {
            return Err(AppError::Busy("a training"));
        }
        let cancel = CancelToken::default();
        *known = Known { running: Some(cancel.clone()), config: Some(config.clone()), ..Known::default() };
        Ok(cancel)
    }

    fn end(&self) {
        self.lock().running = None;
    }

    fn record(&self, event: &TrainingEvent) {
        let mut known = self.lock();
        match event {
            TrainingEvent::Step { .. } | TrainingEvent::Preparing { .. } => known.latest_step = Some(event.clone()),
            _ => known.milestones.push(event.clone()),
        }
    }
}

type Listener = Arc<dyn Fn(&TrainingEvent) + Send + Sync>;

/// All that the training's thread works on.
struct Job {
    workspace: Arc<Workspace>,
    /// The project that remembers the run.
    project: Option<(Arc<Project>, RunId)>,
    dataset: Dataset,
    config: TrainingConfig,
    model: PathBuf,
    name: String,
    /// The division, when it was made by an earlier part of this training.
    resumed: Option<Split>,
    cancel: CancelToken,
    listener: Listener,
}

impl Workspace {
    /// Starts a training on its own thread. `listener` hears every event; the last is `Finished`,
    /// `Cancelled` or `Failed`. A finished model is loaded at once; the open project remembers the run.
    ///
    /// # Errors
    /// When one is running already, or the dataset cannot be trained on.
    pub fn start_training(
        self: &Arc<Self>,
        choice: DatasetChoice,
        config: &TrainingConfig,
        listener: Listener,
    ) -> Result<(), AppError> {
        let dataset = self.dataset(choice)?;
        // The thread divides it anew when it has seen which pictures are alike; what cannot be divided at
        // all is said here, at once.
        split_for(&dataset, config, &[])?;
        let model = self.next_model_path()?;
        let project = self.current_project();
        let name = project.as_ref().map_or("model".into(), |project| {
            project.path().file_stem().unwrap_or_default().to_string_lossy().into_owned()
        });
        let cancel = self.training.begin(config)?;
        let project = project.map(|project| (project, RunId::from_uuid(Uuid::new_v4())));
        let (workspace, config, resumed) = (Arc::clone(self), config.clone(), None);
        self.spawn(Job { workspace, project, dataset, config, model, name, resumed, cancel, listener })
    }

    /// The latest training of the open project, if it ended early and can go on.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn resumable_training(&self) -> Result<Option<ResumableTraining>, AppError> {
        let Some(project) = self.current_project().filter(|project| !project.is_read_only()) else { return Ok(None) };
        let latest = project.store().runs()?.pop();
        Ok(latest.filter(|run| ended_early(run) && checkpoint_path(&project, run.id).exists()).map(|run| {
            ResumableTraining {
                run: run.id,
                started: run.started,
                done: count(run.figures.len()),
                epochs: run.config.epochs,
            }
        }))
    }

    /// Goes on with a training of the open project on the pictures, division and settings that it had, as
    /// [`start_training`](Self::start_training) does.
    ///
    /// # Errors
    /// When one is running already, or the project has no such training that ended early.
    pub fn resume_training(self: &Arc<Self>, run: RunId, listener: Listener) -> Result<(), AppError> {
        let gone = || AppError::Invalid("this training cannot go on any more; train again".to_owned());
        let project = self.project()?;
        let record = project.store().runs()?.into_iter().find(|record| record.id == run && ended_early(record));
        let record = record.ok_or_else(gone)?;
        let (dataset, split) = project.store().run_samples(run)?;
        let model = self.next_model_path()?;
        let cancel = self.training.begin(&record.config)?;
        let (workspace, project, resumed) = (Arc::clone(self), Some((project, run)), Some(split));
        let (config, name) = (record.config, record.name);
        self.spawn(Job { workspace, project, dataset, config, model, name, resumed, cancel, listener })
    }

    fn spawn(&self, job: Job) -> Result<(), AppError> {
        let started = std::thread::Builder::new().name("training".to_owned()).spawn(move || job.run());
        if started.is_err() {
            self.training.end();
        }
        started?;
        Ok(())
    }

    /// Asks the training to stop; it keeps the best epoch so far.
    pub fn cancel_training(&self) {
        if let Some(cancel) = &self.training.lock().running {
            cancel.cancel();
        }
    }

    /// What the running, or the latest, training said so far.
    pub fn training_log(&self) -> TrainingLog {
        let known = self.training.lock();
        let step = known.latest_step.iter().filter(|_| known.running.is_some());
        TrainingLog {
            running: known.running.is_some(),
            config: known.config.clone(),
            events: known.milestones.iter().chain(step).cloned().collect(),
        }
    }
}

impl Job {
    fn run(self) {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.train())).unwrap_or_else(|_| {
            Err(AppError::Invalid("the training met a mistake in the program; please report it".to_owned()))
        });
        let last = outcome.unwrap_or_else(|error| TrainingEvent::Failed { message: error.full_message() });
        // The model is there all the same: a record that cannot be written (the disk is full) stays
        // "interrupted" and does not spoil the training.
        let _ = self.finish_run(&last);
        self.workspace.training.record(&last);
        self.workspace.training.end();
        (self.listener)(&last);
    }

    /// Trains; returns the last event, which is told only when the model is loaded, so that nobody asks
    /// for it too early.
    fn train(&self) -> Result<TrainingEvent, AppError> {
        let mut tell = |event: TrainingEvent| {
            if is_last(&event) {
                return;
            }
            if let TrainingEvent::Epoch(figures) = &event
                && let Some((project, run)) = &self.project
            {
                // A figure that could not be written is missing from the record, not from the screen.
                let _ = project.store().append_epoch(*run, figures);
            }
            self.workspace.training.record(&event);
            (self.listener)(&event);
        };
        let split = match (&self.resumed, &self.project) {
            (Some(split), Some((project, run))) => {
                project.store().resume_run(*run)?;
                split.clone()
            }
            _ => {
                let Some(split) = self.split(&mut tell)? else { return Ok(TrainingEvent::Cancelled) };
                self.insert_run(&split)?;
                split
            }
        };
        let checkpoint = self.project.as_ref().map(|(project, run)| checkpoint_path(project, *run));
        let checkpoint = checkpoint.as_deref().map(|path| Checkpointing { path, resume: self.resumed.is_some() });
        let samples = (&self.dataset, &split);
        let place = (self.model.as_path(), self.name.as_str(), checkpoint);
        let adapters = &self.workspace.adapters;
        let Some(summary) = train(adapters, samples, &self.config, place, &mut tell, &self.cancel)? else {
            return Ok(TrainingEvent::Cancelled);
        };
        self.workspace.load_model(Path::new(&summary.model))?;
        if let Some(checkpoint) = checkpoint.filter(|_| !summary.cancelled) {
            // It was for going on, which is over; a file that cannot be removed harms nobody.
            let _ = fs_err::remove_file(checkpoint.path);
        }
        Ok(TrainingEvent::Finished(summary))
    }

    /// Divides the dataset with pictures that look alike on one side; `None` when it was cancelled.
    fn split(&self, tell: &mut dyn FnMut(TrainingEvent)) -> Result<Option<Split>, AppError> {
        let mut preparing = |progress: Progress| {
            tell(TrainingEvent::Preparing { done: count(progress.done), total: count(progress.total) });
        };
        let alike = find_look_alikes(&self.workspace.adapters, &self.dataset, &mut preparing, &self.cancel);
        if self.cancel.is_cancelled() {
            return Ok(None);
        }
        split_for(&self.dataset, &self.config, &alike).map(Some)
    }

    fn insert_run(&self, split: &Split) -> Result<(), AppError> {
        let Some((project, id)) = &self.project else { return Ok(()) };
        let run = NewRun {
            id: *id,
            name: self.name.clone(),
            started: self.workspace.adapters.now(),
            config: self.config.clone(),
            dataset: self.dataset.clone(),
            split: split.clone(),
        };
        Ok(project.store().insert_run(&run)?)
    }

    fn finish_run(&self, last: &TrainingEvent) -> Result<(), AppError> {
        let Some((project, id)) = &self.project else { return Ok(()) };
        let end = match last {
            TrainingEvent::Finished(summary) => RunEnd::Finished(summary.clone()),
            TrainingEvent::Failed { message } => RunEnd::Failed { message: message.clone() },
            _ => RunEnd::Cancelled,
        };
        Ok(project.store().finish_run(*id, &end)?)
    }
}

/// Where the state of a training is kept while it runs, and afterwards when it ended early.
fn checkpoint_path(project: &Project, run: RunId) -> PathBuf {
    project.path().with_extension("models").join(format!("{run}.checkpoint"))
}

/// Whether a training stopped before its last epoch.
fn ended_early(run: &RunRecord) -> bool {
    match &run.state {
        RunState::Running => false,
        RunState::Interrupted | RunState::Ended(RunEnd::Cancelled | RunEnd::Failed { .. }) => true,
        RunState::Ended(RunEnd::Finished(summary)) => summary.cancelled,
    }
}

fn is_last(event: &TrainingEvent) -> bool {
    matches!(event, TrainingEvent::Finished(_) | TrainingEvent::Cancelled | TrainingEvent::Failed { .. })
}
