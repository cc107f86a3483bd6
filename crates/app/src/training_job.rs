//! The one training that runs in the background: its thread, its events, its record in the project, and
//! what a reloaded window needs to catch up.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bauta_domain::{
    Dataset, Likeness, RunId, Split, TrainingConfig, TrainingEvent,
    ports::{CancelToken, Checkpointing},
};

use crate::{
    AppError, DatasetChoice, Progress, Project, ResumableTraining, RunRecorder, TrainingLog, Workspace,
    find_look_alikes, project::count, runs::ended_early, split_for, train,
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
    project: Option<Arc<Project>>,
    dataset: Dataset,
    config: TrainingConfig,
    model: PathBuf,
    name: String,
    /// How the dataset is divided, when that is known already.
    split: Option<Split>,
    /// The training that goes on, when it is not a new one.
    resumed: Option<RunId>,
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
        split_for(&dataset, config, &Likeness::default())?;
        let model = self.next_model_path()?;
        let project = self.current_project();
        let name = project.as_ref().map_or("model".into(), |project| {
            project.path().file_stem().unwrap_or_default().to_string_lossy().into_owned()
        });
        let cancel = self.training.begin(config)?;
        let (workspace, config) = (Arc::clone(self), config.clone());
        let (split, resumed) = (None, None);
        self.spawn(Job { workspace, project, dataset, config, model, name, split, resumed, cancel, listener })
    }

    /// The latest training of the open project, if it ended early and can go on.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn resumable_training(&self) -> Result<Option<ResumableTraining>, AppError> {
        let Some(project) = self.current_project().filter(|project| !project.is_read_only()) else { return Ok(None) };
        let latest = project.store().runs()?.pop();
        Ok(latest.filter(|run| ended_early(run) && project.checkpoint_path(run.id).exists()).map(|run| {
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
        let (workspace, project) = (Arc::clone(self), Some(project));
        let (config, name, split, resumed) = (record.config, record.name, Some(split), Some(run));
        self.spawn(Job { workspace, project, dataset, config, model, name, split, resumed, cancel, listener })
    }

    /// Trains once more on the pictures, division and settings of an earlier training, as a new one. With the
    /// same number of threads and unchanged pictures it comes to the same figures.
    ///
    /// # Errors
    /// When one is running already, or the project does not have the earlier one.
    pub fn repeat_training(self: &Arc<Self>, run: RunId, listener: Listener) -> Result<(), AppError> {
        let project = self.project()?;
        let earlier = project.run(run)?;
        let (dataset, split) = project.store().run_samples(run)?;
        let model = self.next_model_path()?;
        let cancel = self.training.begin(&earlier.config)?;
        let (workspace, project) = (Arc::clone(self), Some(project));
        let (config, name, split, resumed) = (earlier.config, earlier.name, Some(split), None);
        self.spawn(Job { workspace, project, dataset, config, model, name, split, resumed, cancel, listener })
    }

    fn spawn(&self, job: Job) -> Result<(), AppError> {
        // The window stays smooth while all cores train: the threads that this one starts are as patient.
        let work = move || {
            lpt::lpt();
            job.run();
        };
        let started = std::thread::Builder::new().name("training".to_owned()).spawn(work);
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
        let recorder = RefCell::new(None);
        let outcome = catch_unwind(AssertUnwindSafe(|| self.train(&recorder))).unwrap_or_else(|_| {
            Err(AppError::Invalid("the training met a mistake in the program; please report it".to_owned()))
        });
        let last = outcome.unwrap_or_else(|error| TrainingEvent::Failed { message: error.full_message() });
        // The model is there all the same: a record that cannot be written (the disk is full) stays
        // "interrupted" and does not spoil the training.
        let _ = recorder.into_inner().map(|recorder| recorder.end(&last));
        self.workspace.training.record(&last);
        self.workspace.training.end();
        (self.listener)(&last);
    }

    /// Trains; returns the last event, which is told only when the model is loaded, so that nobody asks
    /// for it too early. The recorder is there as soon as the project remembers the training.
    fn train(&self, recorder: &RefCell<Option<RunRecorder>>) -> Result<TrainingEvent, AppError> {
        let mut tell = |event: TrainingEvent| {
            if is_last(&event) {
                return;
            }
            if let Some(recorder) = recorder.borrow_mut().as_mut() {
                recorder.hear(&event);
            }
            // A large matrix after every epoch, for the record alone.
            if !matches!(event, TrainingEvent::Checked { .. }) {
                self.workspace.training.record(&event);
                (self.listener)(&event);
            }
        };
        let split = match &self.split {
            Some(split) => split.clone(),
            None => match self.split(&mut tell)? {
                Some(split) => split,
                None => return Ok(TrainingEvent::Cancelled),
            },
        };
        if let Some(project) = self.project.clone() {
            recorder.replace(Some(match self.resumed {
                Some(run) => RunRecorder::resume(project, run)?,
                None => RunRecorder::begin(project, &self.name, (&self.dataset, &split), &self.config)?,
            }));
        }
        let checkpoint = recorder.borrow().as_ref().map(RunRecorder::checkpoint);
        let checkpoint = checkpoint.as_deref().map(|path| Checkpointing { path, resume: self.resumed.is_some() });
        let samples = (&self.dataset, &split);
        let place = (self.model.as_path(), self.name.as_str(), checkpoint);
        let adapters = &self.workspace.adapters;
        let Some(summary) = train(adapters, samples, &self.config, place, &mut tell, &self.cancel)? else {
            return Ok(TrainingEvent::Cancelled);
        };
        self.workspace.load_model(Path::new(&summary.model))?;
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
}

fn is_last(event: &TrainingEvent) -> bool {
    matches!(event, TrainingEvent::Finished(_) | TrainingEvent::Cancelled | TrainingEvent::Failed { .. })
}
