//! What is going on in one running program: the open project, the loaded model, jobs. The window's commands
//! are one expression each over this. How projects are opened is in `opening`, the live view in `live_view`.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bauta_domain::{
    Dataset, ForeignFacts, ModelManifest,
    ports::{CancelToken, Classifier},
};
use serde::{Deserialize, Serialize};

use crate::{
    Adapters, AppError, DatasetSummary, FolderRole, ModelView, Project, adapters::cores, folder_dataset,
    left_projects::LeftProjects, live_view::LiveView, runs::LookedAt, training_queue::TrainingState,
};

/// Setting of a project: path of the model that was loaded last.
pub(crate) const MODEL: &str = "model";

/// Jobs that run in the background, one of each kind at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum JobKind {
    /// Looking for faces.
    Detect,
    /// Writing crops.
    Crop,
    /// Suggesting categories.
    Classify,
    /// Drawing the sample.
    Sample,
    /// Listing a folder.
    AddFolder,
    /// Reading annotations, or taking them over.
    Import,
    /// Writing annotations.
    Export,
    /// Saving resized pictures.
    Resize,
    /// Copying the project.
    Backup,
    /// Looking for moved pictures.
    Locate,
    /// Cropping the faces of a folder.
    Autocrop,
    /// Copying photos without a crop.
    Unprocessed,
}

impl JobKind {
    const fn words(self) -> &'static str {
        match self {
            Self::Detect => "face detection",
            Self::Crop => "saving crops",
            Self::Classify => "classification",
            Self::Sample => "drawing the sample",
            Self::AddFolder => "adding a folder",
            Self::Import => "an import",
            Self::Export => "an export",
            Self::Resize => "saving resized pictures",
            Self::Backup => "copying the project",
            Self::Locate => "looking for moved pictures",
            Self::Autocrop => "auto-crop",
            Self::Unprocessed => "finding unprocessed photos",
        }
    }
}

/// Where a training takes its samples from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum DatasetChoice {
    /// The accepted boxes of the open project.
    Project,
    /// The folder that was chosen last.
    Folder,
}

/// The state of one running program. All methods take `&self`.
pub struct Workspace {
    pub(crate) adapters: Adapters,
    data_folder: PathBuf,
    pub(crate) project: Mutex<Option<Arc<Project>>>,
    pub(crate) left: LeftProjects,
    model: Mutex<Option<LoadedModel>>,
    /// The model of another program that somebody chose and has to describe.
    pub(crate) foreign: Mutex<Option<(PathBuf, ForeignFacts)>>,
    jobs: Mutex<HashMap<JobKind, CancelToken>>,
    pub(crate) training: TrainingState,
    pub(crate) trial_program: Option<TrialProgram>,
    pub(crate) looked_at: LookedAt,
    /// Ends the look at the pictures of a dataset.
    pub(crate) checking: Mutex<Option<CancelToken>>,
    pub(crate) live: Mutex<Option<Arc<LiveView>>>,
    dataset_folder: Mutex<Option<PathBuf>>,
    pub(crate) video: Mutex<Option<PathBuf>>,
    pub(crate) folders: Mutex<BTreeMap<FolderRole, PathBuf>>,
    /// The project that could not be opened for writing, so that it can be opened for looking.
    pub(crate) refused: Mutex<Option<PathBuf>>,
}

/// The command that does one trial with [`run_trial_of_window`](crate::run_trial_of_window), given its file.
pub type TrialProgram = Box<dyn Fn(&Path) -> std::process::Command + Send + Sync>;

#[derive(Clone)]
struct LoadedModel {
    path: PathBuf,
    manifest: ModelManifest,
}

/// A running job; dropping it makes room for the next of its kind.
pub struct Job<'a> {
    workspace: &'a Workspace,
    kind: JobKind,
    /// Asks the job to stop.
    pub cancel: CancelToken,
}

impl Drop for Job<'_> {
    fn drop(&mut self) {
        lock(&self.workspace.jobs).remove(&self.kind);
    }
}

impl Workspace {
    /// A program with nothing open. `data_folder` holds what belongs to no project: the sample, and models
    /// trained without one.
    pub fn new(adapters: Adapters, data_folder: PathBuf) -> Self {
        Self {
            adapters,
            data_folder,
            project: Mutex::default(),
            left: LeftProjects::default(),
            model: Mutex::default(),
            foreign: Mutex::default(),
            jobs: Mutex::default(),
            training: TrainingState::default(),
            trial_program: None,
            looked_at: LookedAt::default(),
            checking: Mutex::default(),
            live: Mutex::default(),
            dataset_folder: Mutex::default(),
            video: Mutex::default(),
            folders: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// With the trials of tunings in programs of their own, so that one that crashes takes nothing with it. Without,
    /// they run in this one.
    #[must_use]
    pub fn with_trial_program(self, program: TrialProgram) -> Self {
        Self { trial_program: Some(program), ..self }
    }

    /// Folder for what belongs to no project.
    pub fn data_folder(&self) -> &Path {
        &self.data_folder
    }

    /// The outside world.
    pub fn adapters(&self) -> &Adapters {
        &self.adapters
    }

    /// The open project.
    ///
    /// # Errors
    /// When none is open.
    pub fn project(&self) -> Result<Arc<Project>, AppError> {
        self.current_project().ok_or(AppError::NoProject)
    }

    /// The open project, if any.
    pub fn current_project(&self) -> Option<Arc<Project>> {
        lock(&self.project).clone()
    }

    /// Closes the open project, if any: all of it is in its file then, with nothing beside it that would have to be
    /// copied or moved with it. A job that still runs ends without it.
    pub fn close_project(&self) {
        for cancel in lock(&self.jobs).values() {
            cancel.cancel();
        }
        let closed = lock(&self.project).take();
        if let Some(project) = closed {
            project.settle();
        }
    }

    /// Begins a job.
    ///
    /// # Errors
    /// When one of its kind is running.
    pub fn begin(&self, kind: JobKind) -> Result<Job<'_>, AppError> {
        let mut jobs = lock(&self.jobs);
        if jobs.contains_key(&kind) {
            return Err(AppError::Busy(kind.words()));
        }
        let cancel = CancelToken::default();
        jobs.insert(kind, cancel.clone());
        Ok(Job { workspace: self, kind, cancel })
    }

    /// Asks a job to stop; nothing happens when it is not running.
    pub fn cancel(&self, kind: JobKind) {
        if let Some(cancel) = lock(&self.jobs).get(&kind) {
            cancel.cancel();
        }
    }

    /// The loaded model, if any.
    pub fn model(&self) -> Option<ModelView> {
        lock(&self.model).as_ref().map(|model| ModelView::new(&model.manifest, &model.path))
    }

    /// Loads a model and remembers it with the open project.
    ///
    /// # Errors
    /// When it cannot be used; the model loaded before stays.
    pub fn load_model(&self, path: &Path) -> Result<ModelView, AppError> {
        let classifier = self.adapters.models.open_classifier(path, 1).map_err(AppError::Model)?;
        let manifest = classifier.manifest().clone();
        let view = ModelView::new(&manifest, path);
        *lock(&self.model) = Some(LoadedModel { path: path.to_owned(), manifest });
        if let Some(project) = self.current_project() {
            // A project that cannot be written does not keep a model from being used.
            if !project.is_read_only() {
                project.store().set_setting(MODEL, &path)?;
            }
        }
        Ok(view)
    }

    /// Copies the loaded model and its manifest to `target` (`….onnx`).
    ///
    /// # Errors
    /// When no model is loaded or the folder cannot be written; an earlier file stays whole.
    pub fn save_model(&self, target: &Path) -> Result<PathBuf, AppError> {
        let model = lock(&self.model).clone().ok_or(AppError::NoModel)?;
        let target = target.with_extension("onnx");
        for ending in ["json", "onnx"] {
            bauta_files::copy_whole(&model.path.with_extension(ending), &target.with_extension(ending))?;
        }
        Ok(target)
    }

    /// The loaded model, opened for work on `threads` threads.
    ///
    /// # Errors
    /// When no model is loaded, or it cannot be opened any more.
    pub fn open_classifier(&self, threads: usize) -> Result<Box<dyn Classifier>, AppError> {
        let path = lock(&self.model).as_ref().map(|model| model.path.clone()).ok_or(AppError::NoModel)?;
        self.adapters.models.open_classifier(&path, threads).map_err(AppError::Model)
    }

    /// The loaded model for work on many pictures: once for each core, on one thread.
    ///
    /// # Errors
    /// As for [`open_classifier`](Self::open_classifier).
    pub fn open_classifiers(&self) -> Result<Vec<Box<dyn Classifier>>, AppError> {
        (0..cores()).map(|_| self.open_classifier(1)).collect()
    }

    /// Remembers a folder of category folders to train on.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn choose_dataset_folder(&self, folder: &Path) -> Result<DatasetSummary, AppError> {
        let (dataset, _) = folder_dataset(&self.adapters, folder)?;
        *lock(&self.dataset_folder) = Some(folder.to_owned());
        Ok(DatasetSummary::new(folder, &dataset))
    }

    /// What the open project would be trained on.
    ///
    /// # Errors
    /// When no project is open or it cannot be read.
    pub fn project_dataset(&self) -> Result<DatasetSummary, AppError> {
        let project = self.project()?;
        Ok(DatasetSummary::new(project.path(), &project.dataset()?))
    }

    pub(crate) fn dataset(&self, choice: DatasetChoice) -> Result<Dataset, AppError> {
        Ok(self.dataset_at(choice)?.1)
    }

    /// What would be trained on, and the project's file or the folder that it is from.
    pub(crate) fn dataset_at(&self, choice: DatasetChoice) -> Result<(PathBuf, Dataset), AppError> {
        match choice {
            DatasetChoice::Project => {
                let project = self.project()?;
                Ok((project.path().to_owned(), project.dataset()?))
            }
            DatasetChoice::Folder => {
                let folder = lock(&self.dataset_folder).clone();
                let folder = folder.ok_or_else(|| AppError::Invalid("choose a folder to train on first".to_owned()))?;
                let dataset = folder_dataset(&self.adapters, &folder)?.0;
                Ok((folder, dataset))
            }
        }
    }

    /// Where the next model goes: beside the open project when that can be written, or in the data folder.
    pub(crate) fn next_model_path(&self) -> Result<PathBuf, AppError> {
        match self.current_project().filter(|project| !project.is_read_only()) {
            Some(project) => project.next_model_path(),
            None => free_model_path(&self.data_folder.join("models"), &self.adapters),
        }
    }
}

/// A name in `folder` for a model of now that no other has. The folder is made.
pub(crate) fn free_model_path(folder: &Path, adapters: &Adapters) -> Result<PathBuf, AppError> {
    fs_err::create_dir_all(folder)?;
    free_path(folder, &adapters.now(), |stamp| format!("{stamp}.onnx"))
}

/// A path in `folder` that nothing has: the `name` made of this time, an instant in ISO 8601, and of a number where the
/// time alone is taken.
pub(crate) fn free_path(folder: &Path, now: &str, name: impl Fn(&str) -> String) -> Result<PathBuf, AppError> {
    let stamp = now.replace(':', "-").replace('T', " ");
    let stamp = stamp.trim_end_matches('Z');
    let free = (1..).map(|n| if n == 1 { name(stamp) } else { name(&format!("{stamp} ({n})")) });
    let path = free.map(|name| folder.join(name)).find(|path| !path.exists());
    path.ok_or_else(|| AppError::Invalid(format!("{}: no name is free in it", folder.display())))
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these locks guard is replaced whole, so a panic elsewhere leaves nothing half-done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
