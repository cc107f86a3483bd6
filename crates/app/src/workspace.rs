//! What is going on in one running program: the open project, the loaded model, jobs, the training, the
//! live view. The window's commands are one expression each over this.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bauta_domain::{
    Dataset, ModelManifest,
    ports::{CancelToken, Classifier, FrameAddress},
};
use bauta_store::StoreError;
use serde::{Deserialize, Serialize};

use crate::{
    Adapters, AppError, DatasetSummary, ModelView, Project,
    error::unreadable,
    folder_dataset,
    live::{LiveEngine, LiveEvent, LiveSession},
    training_job::TrainingState,
};

/// Setting of a project: path of the model that was loaded last.
const MODEL: &str = "model";

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
    project: Mutex<Option<Arc<Project>>>,
    model: Mutex<Option<LoadedModel>>,
    jobs: Mutex<HashMap<JobKind, CancelToken>>,
    pub(crate) training: TrainingState,
    live: Mutex<Option<Arc<LiveSession>>>,
    dataset_folder: Mutex<Option<PathBuf>>,
    video: Mutex<Option<PathBuf>>,
}

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
            model: Mutex::default(),
            jobs: Mutex::default(),
            training: TrainingState::default(),
            live: Mutex::default(),
            dataset_folder: Mutex::default(),
            video: Mutex::default(),
        }
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

    /// Makes a project in a new file and opens it.
    ///
    /// # Errors
    /// When the file is there already or cannot be written; the open project stays open.
    pub fn create_project(&self, path: &Path) -> Result<Arc<Project>, AppError> {
        let project = Arc::new(Project::create(path, self.adapters.clone())?);
        *lock(&self.project) = Some(Arc::clone(&project));
        Ok(project)
    }

    /// Opens a project, and the model that was loaded in it last when that is still there.
    ///
    /// # Errors
    /// When it cannot be opened; the open project stays open.
    pub fn open_project(&self, path: &Path) -> Result<Arc<Project>, AppError> {
        let path = std::path::absolute(path)?;
        if let Some(open) = self.current_project().filter(|open| open.path() == path) {
            return Ok(open);
        }
        let project = Arc::new(Project::open(&path, self.adapters.clone())?);
        let model: Option<PathBuf> = project.store().setting(MODEL)?;
        *lock(&self.project) = Some(Arc::clone(&project));
        // A model that was moved or deleted is not a reason to keep the project shut.
        if let Some(model) = model.filter(|path| path.is_file()) {
            let _ = self.load_model(&model);
        }
        Ok(project)
    }

    /// The open project, or a new one beside the pictures of `folder`.
    ///
    /// # Errors
    /// When a new one cannot be written.
    pub fn project_for_folder(&self, folder: &Path) -> Result<Arc<Project>, AppError> {
        if let Some(open) = self.current_project() {
            return Ok(open);
        }
        let name = folder.file_name().map_or_else(|| "project".to_owned(), |n| n.to_string_lossy().into_owned());
        let beside = folder.join(format!("{name}.bauta"));
        if beside.exists() {
            return self.open_project(&beside);
        }
        match self.create_project(&beside) {
            Err(AppError::Store(StoreError::ReadOnly { .. })) => {
                let elsewhere = self.data_folder.join("projects").join(folder.strip_prefix("/").unwrap_or(folder));
                fs_err::create_dir_all(&elsewhere)?;
                let file = elsewhere.join(format!("{name}.bauta"));
                if file.exists() { self.open_project(&file) } else { self.create_project(&file) }
            }
            outcome => outcome,
        }
    }

    /// Opens what was named on the command line: a project, a folder of photos, or one photo (then its
    /// folder, with that photo in front). A folder's project lies beside the photos, or in the data
    /// folder when the photos' folder cannot be written.
    ///
    /// # Errors
    /// When there is no such file, or it is neither.
    pub fn open_path(&self, path: &Path) -> Result<Arc<Project>, AppError> {
        let path = std::path::absolute(path)?;
        if path.extension().is_some_and(|ending| ending == "bauta") {
            return self.open_project(&path);
        }
        let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
        let project = self.project_for_folder(folder)?;
        project.add_folder(folder)?;
        if path.is_file() {
            self.adapters.images.size(&path).map_err(|error| unreadable(&path, &error))?;
            project.start_with(&path)?;
        }
        Ok(project)
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
            project.store().set_setting(MODEL, &path)?;
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
            copy_whole(&model.path.with_extension(ending), &target.with_extension(ending))?;
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
        match choice {
            DatasetChoice::Project => self.project()?.dataset(),
            DatasetChoice::Folder => {
                let folder = lock(&self.dataset_folder).clone();
                let folder = folder.ok_or_else(|| AppError::Invalid("choose a folder to train on first".to_owned()))?;
                Ok(folder_dataset(&self.adapters, &folder)?.0)
            }
        }
    }

    /// Remembers a video file for the live view; returns its name.
    pub fn choose_video(&self, file: PathBuf) -> String {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        *lock(&self.video) = Some(file);
        name
    }

    /// The video file that was chosen last.
    ///
    /// # Errors
    /// When none was chosen.
    pub fn video(&self) -> Result<FrameAddress, AppError> {
        let file = lock(&self.video).clone();
        file.map(FrameAddress::File).ok_or_else(|| AppError::Invalid("choose a video file first".to_owned()))
    }

    /// Starts the live view on a source, in place of the one that runs. Without a model it shows faces only.
    ///
    /// # Errors
    /// When the source or a model cannot be opened.
    pub fn start_live(
        &self,
        address: &FrameAddress,
        detector: &str,
        events: Arc<dyn Fn(LiveEvent) + Send + Sync>,
    ) -> Result<(), AppError> {
        self.stop_live();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let detector = self.adapters.models.open_detector(detector, threads).map_err(AppError::Adapter)?;
        let classifier = match self.open_classifier(threads) {
            Ok(classifier) => Some(classifier),
            Err(AppError::NoModel) => None,
            Err(error) => return Err(error),
        };
        let source = self.adapters.sources.open(address).map_err(AppError::Source)?;
        let engine = LiveEngine::new(detector, classifier, Arc::clone(&self.adapters.cropper));
        *lock(&self.live) = Some(Arc::new(LiveSession::start(source, engine, events)));
        Ok(())
    }

    /// Stops the live view, if it runs, and waits until its source is closed.
    pub fn stop_live(&self) {
        let running = lock(&self.live).take();
        drop(running);
    }

    /// The running live view.
    pub fn live(&self) -> Option<Arc<LiveSession>> {
        lock(&self.live).clone()
    }

    /// Where the next model goes: beside the open project, or in the data folder.
    pub(crate) fn next_model_path(&self) -> Result<PathBuf, AppError> {
        let folder = match self.current_project() {
            Some(project) => project.path().with_extension("models"),
            None => self.data_folder.join("models"),
        };
        fs_err::create_dir_all(&folder)?;
        let stamp = self.adapters.now().replace(':', "-").replace('T', " ");
        let stamp = stamp.trim_end_matches('Z');
        let free = (1..).map(|n| if n == 1 { format!("{stamp}.onnx") } else { format!("{stamp} ({n}).onnx") });
        let path = free.map(|name| folder.join(name)).find(|path| !path.exists());
        path.ok_or_else(|| AppError::Invalid("no free file name for the model".to_owned()))
    }
}

/// Copies a file beside its target and renames it, so that the target is whole or as it was.
fn copy_whole(from: &Path, to: &Path) -> Result<(), AppError> {
    if from == to {
        return Ok(());
    }
    let folder = to.parent().unwrap_or_else(|| Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    std::io::copy(&mut fs_err::File::open(from)?, &mut temporary)?;
    temporary.as_file().sync_all()?;
    temporary.persist(to).map_err(|error| error.error)?;
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these locks guard is replaced whole, so a panic elsewhere leaves nothing half-done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
