//! What the thread of a training does: divides, trains, and has it remembered, in the project or, without one, in the
//! program's data folder.

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
    sync::Arc,
};

use bauta_domain::{
    Dataset, RunId, Split, TrainingConfig, TrainingEvent,
    ports::{CancelToken, Checkpointing},
};
use uuid::Uuid;

use crate::{
    AppError, Division, Progress, Project, RunRecorder, Workspace, divide, find_look_alikes,
    project::count,
    train,
    train::guarded,
    training_job::Listener,
    unfinished::{Unfinished, UnfinishedTraining},
    workspace::free_model_path,
};

/// All that the training's thread works on.
pub(crate) struct Job {
    pub workspace: Arc<Workspace>,
    /// The open project, which remembers the run when it can be written.
    pub project: Option<Arc<Project>>,
    pub dataset: Dataset,
    pub config: TrainingConfig,
    pub name: String,
    /// How the dataset is divided, when that is known already.
    pub split: Option<Split>,
    /// The training that goes on, when it is not a new one.
    pub resumed: Option<Resumed>,
    pub cancel: CancelToken,
    pub listener: Listener,
}

/// A training that goes on.
pub(crate) enum Resumed {
    /// One of the open project.
    OfProject(RunId),
    /// The one that no project remembers.
    OfNone(Box<UnfinishedTraining>),
}

/// Who remembers the training.
enum Memory {
    Project(RunRecorder),
    DataFolder(Unfinished),
}

impl Memory {
    fn hear(&mut self, event: &TrainingEvent) {
        match self {
            Self::Project(recorder) => recorder.hear(event),
            Self::DataFolder(unfinished) => unfinished.hear(event),
        }
    }

    fn checkpoint(&self) -> PathBuf {
        match self {
            Self::Project(recorder) => recorder.checkpoint(),
            Self::DataFolder(unfinished) => unfinished.checkpoint(),
        }
    }

    fn end(self, last: &TrainingEvent) {
        match self {
            // The model is there all the same: a record that cannot be written (the disk is full) stays
            // "interrupted" and does not spoil the training.
            Self::Project(recorder) => drop(recorder.end(last)),
            Self::DataFolder(unfinished) => unfinished.end(last),
        }
    }
}

impl Job {
    /// The earlier training that goes on, when it is one.
    pub(crate) fn resumes(&self) -> Option<RunId> {
        self.resumed.as_ref().map(|resumed| match resumed {
            Resumed::OfProject(run) => *run,
            Resumed::OfNone(training) => training.run,
        })
    }

    pub(crate) fn run(self) {
        let memory = RefCell::new(None);
        let outcome = guarded(|| self.train(&memory));
        let last = outcome.unwrap_or_else(|error| TrainingEvent::Failed { message: error.full_message() });
        if let Some(memory) = memory.into_inner() {
            memory.end(&last);
        }
        self.workspace.training.record(&last);
        let next = self.workspace.training.end();
        (self.listener)(&last);
        self.workspace.go_on_with(next);
    }

    /// Trains; returns the last event, which is told only when the model is loaded, so that nobody asks
    /// for it too early. The memory is there as soon as the training is remembered.
    fn train(&self, memory: &RefCell<Option<Memory>>) -> Result<TrainingEvent, AppError> {
        // What is to be said once the training has started: nobody looks before.
        let warnings = RefCell::new(Vec::new());
        let say = |event: &TrainingEvent| {
            self.workspace.training.record(event);
            (self.listener)(event);
        };
        let mut tell = |event: TrainingEvent| {
            if is_last(&event) {
                return;
            }
            if let Some(memory) = memory.borrow_mut().as_mut() {
                memory.hear(&event);
            }
            // A large matrix after every epoch, for the record alone.
            if !matches!(event, TrainingEvent::Checked { .. }) {
                say(&event);
            }
            if matches!(event, TrainingEvent::Started { .. }) {
                warnings.take().into_iter().for_each(|message| say(&TrainingEvent::Warning { message }));
            }
        };
        let split = match &self.split {
            Some(split) => split.clone(),
            None => match self.divide(&mut tell)? {
                Some(mut division) => {
                    warnings.borrow_mut().extend(division.warning());
                    division.splits.swap_remove(0)
                }
                None => return Ok(TrainingEvent::Cancelled),
            },
        };
        memory.replace(self.memory(&split, &mut warnings.borrow_mut())?);
        let checkpoint = memory.borrow().as_ref().map(Memory::checkpoint);
        let checkpoint = checkpoint.as_deref().map(|path| Checkpointing { path, resume: self.resumed.is_some() });
        let samples = (&self.dataset, &split);
        let model = self.model_path()?;
        let place = (model.as_path(), self.name.as_str(), checkpoint);
        let adapters = &self.workspace.adapters;
        let Some(summary) = train(adapters, samples, &self.config, place, &mut tell, &self.cancel)? else {
            return Ok(TrainingEvent::Cancelled);
        };
        self.workspace.load_model(Path::new(&summary.model))?;
        Ok(TrainingEvent::Finished(summary))
    }

    /// Where the model goes: a name that is free now, not one that was when the training was asked for.
    fn model_path(&self) -> Result<PathBuf, AppError> {
        match self.project.as_ref().filter(|project| !project.is_read_only()) {
            Some(project) => project.next_model_path(),
            None => free_model_path(&self.workspace.data_folder().join("models"), &self.workspace.adapters),
        }
    }

    /// Has the training remembered. Where that is not possible, it trains all the same, and a warning says so.
    fn memory(&self, split: &Split, warnings: &mut Vec<String>) -> Result<Option<Memory>, AppError> {
        let project = self.project.clone();
        if let Some(project) = project.clone().filter(|project| !project.is_read_only()) {
            return Ok(Some(Memory::Project(match self.resumed {
                Some(Resumed::OfProject(run)) => RunRecorder::resume(project, run, &self.config)?,
                _ => RunRecorder::begin(project, &self.name, (&self.dataset, split), &self.config)?,
            })));
        }
        if let Some(project) = project {
            let path = project.path().display();
            warnings.push(format!("{path} is open for looking only; so it will not remember this training"));
        }
        let (training, samples) = match &self.resumed {
            Some(Resumed::OfNone(training)) => {
                (UnfinishedTraining { config: self.config.clone(), failed: false, ..(**training).clone() }, None)
            }
            _ => {
                let training = UnfinishedTraining {
                    run: RunId::from_uuid(Uuid::new_v4()),
                    name: self.name.clone(),
                    started: self.workspace.adapters.now(),
                    config: self.config.clone(),
                    done: 0,
                    failed: false,
                };
                (training, Some((&self.dataset, split)))
            }
        };
        let unfinished = Unfinished::begin(self.workspace.data_folder(), training, samples);
        let problem = match unfinished {
            Ok(Some(unfinished)) => return Ok(Some(Memory::DataFolder(unfinished))),
            // Going on needs the state of before.
            Err(error) if self.resumed.is_some() => return Err(error),
            Ok(None) if self.resumed.is_some() => return Err(AppError::Busy("a training without a project")),
            Ok(None) => "another window trains without a project".to_owned(),
            Err(error) => error.full_message(),
        };
        warnings.push(format!("this training could not go on after a crash: {problem}"));
        Ok(None)
    }

    /// Divides the dataset with pictures that look alike on one side; `None` when it was cancelled.
    fn divide(&self, tell: &mut dyn FnMut(TrainingEvent)) -> Result<Option<Division>, AppError> {
        let mut preparing = |progress: Progress| {
            tell(TrainingEvent::Preparing { done: count(progress.done), total: count(progress.total) });
        };
        let alike = find_look_alikes(&self.workspace.adapters, &self.dataset, &mut preparing, &self.cancel);
        if self.cancel.is_cancelled() {
            return Ok(None);
        }
        divide(&self.dataset, &self.config, None, &alike).map(Some)
    }
}

fn is_last(event: &TrainingEvent) -> bool {
    matches!(event, TrainingEvent::Finished(_) | TrainingEvent::Cancelled | TrainingEvent::Failed { .. })
}
