//! The one training that runs in the background: its thread, its events, its record in the project, and
//! what a reloaded window needs to catch up.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bauta_domain::{Dataset, RunId, Split, TrainingConfig, TrainingEvent, ports::CancelToken};
use bauta_store::{NewRun, RunEnd};
use uuid::Uuid;

use crate::{
    AppError, DatasetChoice, Progress, Project, TrainingLog, Workspace, find_look_alikes, project::count, split_for,
    train,
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
        let workspace = Arc::clone(self);
        let job = Job { workspace, project, dataset, config: config.clone(), model, name, cancel, listener };
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
        let Some(split) = self.split(&mut tell)? else { return Ok(TrainingEvent::Cancelled) };
        self.insert_run(&split)?;
        let samples = (&self.dataset, &split);
        let place = (self.model.as_path(), self.name.as_str(), None);
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

fn is_last(event: &TrainingEvent) -> bool {
    matches!(event, TrainingEvent::Finished(_) | TrainingEvent::Cancelled | TrainingEvent::Failed { .. })
}
