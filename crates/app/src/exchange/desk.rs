//! The import that a person is looking at, between its plan and the decision.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bauta_domain::{FrameChoice, ports::CancelToken};
use serde::{Deserialize, Serialize};

use super::{
    CategoryImportPlan, ConflictChoices, ImportOptions, ImportPlan, ImportPlanView, ImportSummary, ReadAnnotations,
    read_annotations,
};
use crate::{AppError, Changed, Progress, Project, ProjectView};

/// Holds what was read and planned until it is applied or another one takes its place.
#[derive(Debug, Default)]
pub struct ImportDesk {
    annotations: Mutex<Option<Pending>>,
    categories: Mutex<Option<(PathBuf, CategoryImportPlan)>>,
}

#[derive(Debug)]
struct Pending {
    project: PathBuf,
    read: ReadAnnotations,
    options: ImportOptions,
    plan: ImportPlan,
}

/// What an import did, and the project as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Imported {
    /// What it did.
    pub summary: ImportSummary,
    /// The project with it.
    pub project: ProjectView,
}

impl ImportDesk {
    /// Reads a file or folder and plans its import.
    ///
    /// # Errors
    /// When it cannot be read, or `cancel` asks to stop.
    pub fn plan(
        &self,
        project: &Project,
        path: &Path,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ImportPlanView, AppError> {
        let read = read_annotations(path, None, progress, cancel)?;
        self.replan(project, read, ImportOptions::default(), progress, cancel)
    }

    /// Plans again with one more folder to look for pictures in.
    ///
    /// # Errors
    /// When nothing is planned, or `cancel` asks to stop; then the earlier plan stays.
    pub fn look_in(
        &self,
        project: &Project,
        folder: PathBuf,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ImportPlanView, AppError> {
        let (read, mut options) = self.pending(project)?;
        options.folders.push(folder);
        self.replan(project, read, options, progress, cancel)
    }

    /// Plans again with boxes taken to be this way up.
    ///
    /// # Errors
    /// When nothing is planned, or `cancel` asks to stop; then the earlier plan stays.
    pub fn take_frame(
        &self,
        project: &Project,
        frame: FrameChoice,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ImportPlanView, AppError> {
        let (read, options) = self.pending(project)?;
        self.replan(project, read, ImportOptions { frame, ..options }, progress, cancel)
    }

    fn pending(&self, project: &Project) -> Result<(ReadAnnotations, ImportOptions), AppError> {
        match &*lock(&self.annotations) {
            Some(pending) if pending.project == project.path() => Ok((pending.read.clone(), pending.options.clone())),
            _ => Err(nothing_planned()),
        }
    }

    fn replan(
        &self,
        project: &Project,
        read: ReadAnnotations,
        options: ImportOptions,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ImportPlanView, AppError> {
        let plan = project.plan_import(&read, &options, progress, cancel)?;
        let view = plan.view.clone();
        *lock(&self.annotations) = Some(Pending { project: project.path().to_owned(), read, options, plan });
        Ok(view)
    }

    /// Makes what was planned. A cancelled import changes nothing.
    ///
    /// # Errors
    /// When nothing is planned, or the project changed since.
    pub fn apply(
        &self,
        project: &Project,
        choices: &ConflictChoices,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<Imported, AppError> {
        let pending = lock(&self.annotations).take().filter(|pending| pending.project == project.path());
        let pending = pending.ok_or_else(nothing_planned)?;
        let summary = project.apply_import(&pending.plan, choices, progress, cancel)?;
        Ok(Imported { summary, project: project.view()? })
    }

    /// Plans the import of a list of categories.
    ///
    /// # Errors
    /// When the file cannot be read or is no list of categories.
    pub fn plan_categories(&self, project: &Project, path: &Path) -> Result<CategoryImportPlan, AppError> {
        let plan = project.plan_category_import(path)?;
        *lock(&self.categories) = Some((project.path().to_owned(), plan.clone()));
        Ok(plan)
    }

    /// Makes what was planned for categories.
    ///
    /// # Errors
    /// When nothing is planned, or the categories changed since.
    pub fn apply_categories(&self, project: &Project) -> Result<Changed, AppError> {
        let pending = lock(&self.categories).take().filter(|(path, _)| path == project.path());
        let (_, plan) = pending.ok_or_else(nothing_planned)?;
        project.apply_category_import(&plan)
    }

    /// Forgets what was planned.
    pub fn clear(&self) {
        *lock(&self.annotations) = None;
        *lock(&self.categories) = None;
    }
}

fn nothing_planned() -> AppError {
    AppError::Invalid("nothing is waiting to be imported; choose the file again".to_owned())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these locks guard is replaced whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
