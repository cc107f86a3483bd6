//! Projects and the images in them.

use std::sync::Arc;

use bauta_app::{AddedImages, JobKind, ProjectView, Workspace};
use tauri::{AppHandle, State};
use tauri_specta::Event as _;

use super::{ask_file, ask_folder, ask_target, away, jobs::report};
use crate::{
    arguments::{StartSlot, Startup},
    error::CommandError,
    events::{JobProgress, ModelChanged},
    messages::message,
};

/// The project that is open, if any.
#[tauri::command(async)]
#[specta::specta]
pub fn current_project(
    workspace: State<'_, Arc<Workspace>>,
    start: State<'_, StartSlot>,
) -> Result<Option<ProjectView>, CommandError> {
    let opened = start.project();
    Ok(opened
        .map_or_else(|| workspace.current_project().map(|project| project.view()).transpose(), |view| Ok(Some(view)))?)
}

/// What the page should do when it loads first; told once.
#[tauri::command(async)]
#[specta::specta]
pub fn startup(start: State<'_, StartSlot>) -> Option<Startup> {
    start.startup()
}

/// Asks where, makes an empty project and opens it. `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn create_project(app: AppHandle) -> Result<Option<ProjectView>, CommandError> {
    away(&app, |app, workspace| {
        let path = ask_target(app, message("dialog.newProject"), message("dialog.projects"), "bauta", "project.bauta");
        path.map(|path| workspace.replace_project(&path)?.view()).transpose()
    })
    .await
}

/// Asks for a project and opens it. `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn open_project(app: AppHandle) -> Result<Option<ProjectView>, CommandError> {
    away(&app, |app, workspace| {
        let path = ask_file(app, message("dialog.openProject"), message("dialog.projects"), &["bauta"]);
        let view = path.map(|path| workspace.open_project(&path)?.view()).transpose()?;
        let _ = ModelChanged { model: workspace.model() }.emit(app);
        Ok(view)
    })
    .await
}

/// Draws the sample at the first call and opens it.
#[tauri::command]
#[specta::specta]
pub async fn open_sample(app: AppHandle) -> Result<ProjectView, CommandError> {
    away(&app, |app, workspace| {
        let job = workspace.begin(JobKind::Sample)?;
        let mut progress = |progress| {
            let _ = JobProgress::new(JobKind::Sample, progress).emit(app);
        };
        let view = bauta_adapters::open_sample(workspace, &mut progress, &job.cancel)?.view()?;
        let _ = ModelChanged { model: workspace.model() }.emit(app);
        Ok(view)
    })
    .await
}

/// Asks for a folder and adds its images; makes a project beside them when none is open.
/// `null`: the dialog or the job was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn add_folder(app: AppHandle) -> Result<Option<AddedImages>, CommandError> {
    away(&app, |app, workspace| {
        let Some(folder) = ask_folder(app, message("dialog.addFolder")) else { return Ok(None) };
        let job = workspace.begin(JobKind::AddFolder)?;
        workspace.add_folder(&folder, &mut report(app, JobKind::AddFolder), &job.cancel)
    })
    .await
}

/// Asks for a photo and shows it, with its neighbours of the same folder around it.
/// `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn open_image_file(app: AppHandle) -> Result<Option<ProjectView>, CommandError> {
    away(&app, |app, workspace| {
        let (title, kind) = (message("dialog.openImage"), message("dialog.pictures"));
        let file = ask_file(app, title, kind, &bauta_imaging::EXTENSIONS);
        let Some(file) = file else { return Ok(None) };
        let _job = workspace.begin(JobKind::AddFolder)?;
        workspace.open_path(&file)?.view().map(Some)
    })
    .await
}
