//! Making, opening and copying projects.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bauta_domain::ports::CancelToken;
use bauta_store::StoreError;

use crate::{
    AddedImages, AppError, Meter, Progress, Project, RecentProject, Workspace,
    error::unreadable,
    files::listed_folder,
    recent,
    workspace::{MODEL, lock},
};

impl Workspace {
    /// Makes a project in a new file and opens it.
    ///
    /// # Errors
    /// When the file is there already or cannot be written; the open project stays open.
    pub fn create_project(&self, path: &Path) -> Result<Arc<Project>, AppError> {
        let project = Arc::new(Project::create(path, self.adapters.clone())?);
        self.show(&project);
        Ok(project)
    }

    /// Makes a project in the place of whatever the user chose to replace in the dialog that asked where.
    ///
    /// # Errors
    /// When the file is an open project or cannot be written; the open project stays open.
    pub fn replace_project(&self, path: &Path) -> Result<Arc<Project>, AppError> {
        match self.create_project(path) {
            Err(AppError::Store(StoreError::AlreadyExists { .. })) => {
                // Opened first, so that one that somebody works on is refused.
                drop(Project::open(path, self.adapters.clone())?);
                fs_err::remove_file(path)?;
                self.create_project(path)
            }
            outcome => outcome,
        }
    }

    /// Opens a project, and the model that was loaded in it last when that is still there.
    ///
    /// # Errors
    /// When it cannot be opened; the open project stays open.
    pub fn open_project(&self, path: &Path) -> Result<Arc<Project>, AppError> {
        let path = std::path::absolute(path)?;
        if let Some(open) = self.current_project().filter(|open| open.path() == path && !open.is_read_only()) {
            return Ok(open);
        }
        if let Some(left) = self.left.again(&path) {
            self.show(&left);
            return Ok(left);
        }
        let opened = Project::open(&path, self.adapters.clone());
        if let Err(AppError::Store(StoreError::Locked { .. } | StoreError::ReadOnly { .. })) = &opened {
            *lock(&self.refused) = Some(path);
        }
        let project = Arc::new(opened?);
        self.show(&project);
        Ok(project)
    }

    /// Opens the project that was refused last because another program has it open or its folder is
    /// read-only, for looking only.
    ///
    /// # Errors
    /// When none was refused, or it cannot be read.
    pub fn open_refused_to_read(&self) -> Result<Arc<Project>, AppError> {
        let path = lock(&self.refused).clone().ok_or(AppError::NoProject)?;
        let project = Arc::new(Project::open_to_read(&path, self.adapters.clone())?);
        self.show(&project);
        Ok(project)
    }

    /// Opens a project of the list of recent ones.
    ///
    /// # Errors
    /// When it is not on the list, or cannot be opened.
    pub fn open_recent(&self, path: &str) -> Result<Arc<Project>, AppError> {
        let known = self.recent_projects().into_iter().any(|project| project.path == path);
        if !known {
            return Err(AppError::Invalid(
                "this project is not on the list of recent ones; open it by File ▸ Open".into(),
            ));
        }
        self.open_project(Path::new(path))
    }

    /// The projects that were opened lately, the latest first.
    pub fn recent_projects(&self) -> Vec<RecentProject> {
        recent::list(self.data_folder())
    }

    /// Takes a project off the list of recent ones.
    ///
    /// # Errors
    /// When the data folder cannot be written.
    pub fn forget_recent(&self, path: &str) -> Result<(), AppError> {
        recent::forget(self.data_folder(), path)
    }

    /// Copies the open project, as it is now, to another file, which is there whole or not at all. `None`
    /// when it was cancelled.
    ///
    /// # Errors
    /// When no project is open, the target is a file of that project or open elsewhere, or cannot be written.
    pub fn back_up(
        &self,
        target: &Path,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<Option<PathBuf>, AppError> {
        let project = self.project()?;
        project.own_files()?.refuse(target)?;
        let store = project.store();
        let mut meter: Option<Meter<'_>> = None;
        let mut progress = Some(progress);
        let whole = store.back_up_to(target, &mut |done, total| {
            if let (None, Some(progress)) = (&meter, progress.take()) {
                meter = Some(Meter::new(total, progress));
            }
            if let Some(meter) = &mut meter {
                meter.reach(done, "");
            }
            !cancel.is_cancelled()
        });
        Ok(whole?.then(|| target.to_owned()))
    }

    /// Copies the open project and goes on with the copy. `None` when it was cancelled.
    ///
    /// # Errors
    /// As for [`Self::back_up`]; then the open project stays open.
    pub fn save_as(
        &self,
        target: &Path,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<Option<Arc<Project>>, AppError> {
        let copied = self.back_up(target, progress, cancel)?;
        copied.map(|copy| self.open_project(&copy)).transpose()
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
                let elsewhere = self.data_folder().join("projects").join(folder.strip_prefix("/").unwrap_or(folder));
                fs_err::create_dir_all(&elsewhere)?;
                let file = elsewhere.join(format!("{name}.bauta"));
                if file.exists() { self.open_project(&file) } else { self.create_project(&file) }
            }
            outcome => outcome,
        }
    }

    /// Adds all pictures below a folder to the open project, or to a new one beside them. `progress` hears how many
    /// entries were looked at, with a total of 0 as long as nobody knows it. `None` when it was cancelled: then
    /// nothing was added, and no project made or opened.
    ///
    /// # Errors
    /// When the folder cannot be read, or the project cannot be opened or written.
    pub fn add_folder(
        &self,
        folder: &Path,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<Option<AddedImages>, AppError> {
        let listed = listed_folder(self.adapters.images.as_ref(), folder, progress, cancel)?;
        let Some((files, problems)) = listed else { return Ok(None) };
        let all = files.len().max(1);
        progress(Progress { done: all, total: all, seconds_left: None, current: String::new() });
        self.project_for_folder(folder)?.add_listed(&files, problems).map(Some)
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

    /// Makes a project the open one.
    fn show(&self, project: &Arc<Project>) {
        let before = lock(&self.project).replace(Arc::clone(project));
        if let Some(before) = &before {
            self.left.note(before);
        }
        // Closing it may take a moment, and nobody needs to wait for the lock meanwhile.
        drop(before);
        // A list that cannot be written is no reason to keep the project shut.
        let _ = recent::remember(self.data_folder(), project.path());
        // Nor is a model that was moved or deleted.
        let model: Option<PathBuf> = project.store().setting(MODEL).ok().flatten();
        if let Some(model) = model.filter(|path| path.is_file()) {
            let _ = self.load_model(&model);
        }
    }
}
