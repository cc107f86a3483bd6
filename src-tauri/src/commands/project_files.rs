//! The project's file and the pictures' files: recent projects, copies, looking only, moved pictures.

use std::sync::{Arc, Mutex, PoisonError};

use bauta_app::{AppError, Changed, JobKind, LocatePlan, ProjectView, RecentProject, ResizedSummary, Workspace};
use tauri::{AppHandle, Manager as _, State};
use tauri_specta::Event as _;

use super::{ask_folder, ask_target, away, jobs::report};
use crate::{error::CommandError, events::ModelChanged, menu_bar::MainMenu, messages::message};

/// The plan that the user looks at: the page names no path, so it is kept here until it is agreed to.
#[derive(Default)]
pub(crate) struct PlannedMoves(Mutex<Option<LocatePlan>>);

/// The projects that were opened lately, the latest first; the menu lists them from now on.
#[tauri::command]
#[specta::specta]
pub async fn recent_projects(app: AppHandle) -> Result<Vec<RecentProject>, CommandError> {
    let recent = away(&app, |_, workspace| Ok(workspace.recent_projects())).await?;
    let (handle, listed) = (app.clone(), recent.clone());
    app.run_on_main_thread(move || {
        // Without its menu the program is still usable; the first window lists projects too.
        let _ = handle.state::<MainMenu>().show_recent(&handle, &listed);
    })?;
    Ok(recent)
}

/// Opens a project of the list of recent ones.
#[tauri::command]
#[specta::specta]
pub async fn open_recent(app: AppHandle, path: String) -> Result<ProjectView, CommandError> {
    away(&app, move |app, workspace| {
        let view = workspace.open_recent(&path)?.view()?;
        let _ = ModelChanged { model: workspace.model() }.emit(app);
        Ok(view)
    })
    .await
}

/// Takes a project off the list of recent ones.
#[tauri::command(async)]
#[specta::specta]
pub fn forget_recent(workspace: State<'_, Arc<Workspace>>, path: String) -> Result<(), CommandError> {
    Ok(workspace.forget_recent(&path)?)
}

/// Opens the project that was refused last (code `locked` or `readOnly`) for looking only.
#[tauri::command]
#[specta::specta]
pub async fn open_to_read(app: AppHandle) -> Result<ProjectView, CommandError> {
    away(&app, |app, workspace| {
        let view = workspace.open_refused_to_read()?.view()?;
        let _ = ModelChanged { model: workspace.model() }.emit(app);
        Ok(view)
    })
    .await
}

/// Asks where, copies the project there and goes on with the copy. `null`: cancelled.
#[tauri::command]
#[specta::specta]
pub async fn save_project_as(app: AppHandle) -> Result<Option<ProjectView>, CommandError> {
    away(&app, |app, workspace| {
        let Some(target) = ask_project(app, workspace, "dialog.saveProjectAs", "dialog.copyName")? else {
            return Ok(None);
        };
        let job = workspace.begin(JobKind::Backup)?;
        let copy = workspace.save_as(&target, &mut report(app, JobKind::Backup), &job.cancel)?;
        copy.map(|project| project.view()).transpose()
    })
    .await
}

/// Asks where and copies the project there; returns the path. `null`: cancelled.
#[tauri::command]
#[specta::specta]
pub async fn back_up_project(app: AppHandle) -> Result<Option<String>, CommandError> {
    away(&app, |app, workspace| {
        let Some(target) = ask_project(app, workspace, "dialog.backup", "dialog.backupName")? else {
            return Ok(None);
        };
        let job = workspace.begin(JobKind::Backup)?;
        let copy = workspace.back_up(&target, &mut report(app, JobKind::Backup), &job.cancel)?;
        Ok(copy.map(|path| path.display().to_string()))
    })
    .await
}

/// Saves every picture that has a destination into it, resized.
#[tauri::command]
#[specta::specta]
pub async fn save_resized(app: AppHandle) -> Result<ResizedSummary, CommandError> {
    away(&app, |app, workspace| {
        let (project, job) = (workspace.project()?, workspace.begin(JobKind::Resize)?);
        project.save_resized(&mut report(app, JobKind::Resize), &job.cancel)
    })
    .await
}

/// Asks for a folder and looks there for pictures that are not where they were. Changes nothing yet.
/// `null`: the dialog or the job was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn plan_locate(app: AppHandle) -> Result<Option<LocatePlan>, CommandError> {
    away(&app, |app, workspace| {
        let Some(folder) = ask_folder(app, message("dialog.locate")) else { return Ok(None) };
        let job = workspace.begin(JobKind::Locate)?;
        let plan = workspace.project()?.plan_locate(&folder, &mut report(app, JobKind::Locate), &job.cancel)?;
        planned(app).clone_from(&plan);
        Ok(plan)
    })
    .await
}

/// Does what the plan says that was made last.
#[tauri::command]
#[specta::specta]
pub async fn apply_locate(app: AppHandle) -> Result<Changed, CommandError> {
    away(&app, |app, workspace| {
        let plan = planned(app).take();
        let plan = plan.ok_or_else(|| AppError::Invalid("look for the pictures first".to_owned()))?;
        workspace.project()?.apply_locate(&plan)
    })
    .await
}

fn planned(app: &AppHandle) -> std::sync::MutexGuard<'_, Option<LocatePlan>> {
    app.state::<PlannedMoves>().inner().0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks where a copy of the open project goes; its name is suggested.
fn ask_project(
    app: &AppHandle,
    workspace: &Workspace,
    title: &str,
    name: &str,
) -> Result<Option<std::path::PathBuf>, AppError> {
    let project = workspace.project()?;
    let stem = project.path().file_stem().unwrap_or_default().to_string_lossy();
    let name = crate::messages::message_with(name, "name", &stem) + ".bauta";
    Ok(ask_target(app, message(title), message("dialog.projects"), "bauta", &name))
}
