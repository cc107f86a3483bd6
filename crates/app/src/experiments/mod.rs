//! Studies and tunings that the window starts: many trainings that answer one question, in a folder of their own beside
//! the project. It is laid out as `bauta study` and `bauta tune` lay out theirs, so that they can go on with it.

mod folder;
mod job;
mod views;

pub(crate) use folder::ExperimentFolder;
pub use job::run_trial_of_window;
pub(crate) use job::{ExperimentJob, Listener as ExperimentListener};
pub use views::{ExperimentEvent, ExperimentState, ExperimentView, Question};

use std::sync::Arc;

use bauta_domain::ports::CancelToken;

use crate::{AppError, DatasetChoice, TrainingSet, Workspace, report::Report, training_queue::Work};

impl Workspace {
    /// The studies and tunings of the open project, or of no project, the latest first. A folder that cannot be read is
    /// left out.
    ///
    /// # Errors
    /// When the folder that holds theirs is there and cannot be read.
    pub fn experiments(&self) -> Result<Vec<ExperimentView>, AppError> {
        let folders = ExperimentFolder::all(&self.experiments_folder())?;
        Ok(folders.iter().filter_map(|folder| self.view(folder).ok()).collect())
    }

    /// Starts a study or a tuning of the pictures of now, as soon as the trainings before it have ended.
    ///
    /// # Errors
    /// When the pictures cannot be trained on, or nothing can be written beside the project.
    pub fn start_experiment(
        self: &Arc<Self>,
        choice: DatasetChoice,
        question: Question,
        listener: ExperimentListener,
    ) -> Result<ExperimentView, AppError> {
        let question = question.checked()?;
        let (place, dataset) = self.dataset_at(choice)?;
        // What cannot be divided at all is said here, at once.
        crate::split_for(&dataset, &question.first_config(), &bauta_domain::Likeness::default())?;
        let set = TrainingSet::new(&place, dataset)?;
        let folder = ExperimentFolder::begin(&self.experiments_folder(), &self.adapters, question, &set)?;
        self.run_experiment(&folder, listener)
    }

    /// Goes on with a study or tuning that was stopped or that failed, on the pictures that it had.
    ///
    /// # Errors
    /// When there is none of this name, it goes on already, or it cannot be read.
    pub fn resume_experiment(
        self: &Arc<Self>,
        id: &str,
        listener: ExperimentListener,
    ) -> Result<ExperimentView, AppError> {
        self.run_experiment(&self.experiment(id)?, listener)
    }

    /// Asks a study or tuning to stop; what it has done is kept. One that waits is taken out of the queue.
    pub fn stop_experiment(&self, id: &str) {
        self.training.stop_experiment(id);
    }

    /// What a study or tuning came to so far.
    ///
    /// # Errors
    /// When there is none of this name, or what it wrote down is damaged.
    pub fn experiment_report(&self, id: &str) -> Result<Report, AppError> {
        self.experiment(id)?.report()
    }

    /// Forgets a study or tuning for good, with its trainings and their models.
    ///
    /// # Errors
    /// When there is none of this name, it runs or waits, or its folder cannot be removed.
    pub fn delete_experiment(&self, id: &str) -> Result<(), AppError> {
        let folder = self.experiment(id)?;
        if self.training.place_of_experiment(id).is_some() {
            return Err(AppError::Busy("this study or tuning"));
        }
        Ok(fs_err::remove_dir_all(folder.path())?)
    }

    fn run_experiment(
        self: &Arc<Self>,
        folder: &ExperimentFolder,
        listener: ExperimentListener,
    ) -> Result<ExperimentView, AppError> {
        folder.note_failure(None)?;
        let (workspace, cancel) = (Arc::clone(self), CancelToken::default());
        let job = ExperimentJob { workspace, folder: folder.clone(), cancel, listener };
        self.enqueue(Work::Experiment(Box::new(job)))?;
        self.view(folder)
    }

    fn experiment(&self, id: &str) -> Result<ExperimentFolder, AppError> {
        ExperimentFolder::find(&self.experiments_folder(), id)
    }

    fn view(&self, folder: &ExperimentFolder) -> Result<ExperimentView, AppError> {
        folder.view(self.training.place_of_experiment(folder.id()))
    }

    /// Beside the open project when that can be written, or in the data folder.
    fn experiments_folder(&self) -> std::path::PathBuf {
        match self.current_project().filter(|project| !project.is_read_only()) {
            Some(project) => project.path().with_extension("studies"),
            None => self.data_folder().join("studies"),
        }
    }
}
