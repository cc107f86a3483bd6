//! Annotations and categories in and out. Paths come from native dialogs only; what was read waits in the
//! [`ImportDesk`] until the user has seen the plan.

use bauta_app::{
    CategoryImportPlan, Changed, ConflictChoices, ExportFormat, ExportSummary, ImportDesk, ImportPlanView, Imported,
    JobKind,
};
use bauta_domain::FrameChoice;
use tauri::{AppHandle, Manager as _};

use super::{ask_file, ask_folder, ask_target, away, jobs::report};
use crate::{error::CommandError, messages::message};

/// Asks for a file of annotations (or a folder of them), reads it and plans its import; nothing is changed
/// yet. `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn plan_import(app: AppHandle, folder: bool) -> Result<Option<ImportPlanView>, CommandError> {
    away(&app, move |app, workspace| {
        let project = workspace.project()?;
        let endings = ["json", "xml", "txt", "yaml", "yml", "csv", "tsv", "xlsx"];
        let path = match folder {
            true => ask_folder(app, message("dialog.importFolder")),
            false => ask_file(app, message("dialog.importFile"), message("dialog.annotations"), &endings),
        };
        let Some(path) = path else { return Ok(None) };
        let job = workspace.begin(JobKind::Import)?;
        let desk = app.state::<ImportDesk>();
        desk.plan(&project, &path, &mut report(app, JobKind::Import), &job.cancel).map(Some)
    })
    .await
}

/// Asks for a folder with pictures that were not found, and plans again. `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn locate_import(app: AppHandle) -> Result<Option<ImportPlanView>, CommandError> {
    away(&app, |app, workspace| {
        let project = workspace.project()?;
        let Some(folder) = ask_folder(app, message("dialog.importPictures")) else { return Ok(None) };
        let job = workspace.begin(JobKind::Import)?;
        let desk = app.state::<ImportDesk>();
        desk.look_in(&project, folder, &mut report(app, JobKind::Import), &job.cancel).map(Some)
    })
    .await
}

/// Plans again with boxes taken to be this way up on pictures that are stored turned.
#[tauri::command]
#[specta::specta]
pub async fn frame_import(app: AppHandle, frame: FrameChoice) -> Result<ImportPlanView, CommandError> {
    away(&app, move |app, workspace| {
        let (project, job) = (workspace.project()?, workspace.begin(JobKind::Import)?);
        app.state::<ImportDesk>().take_frame(&project, frame, &mut report(app, JobKind::Import), &job.cancel)
    })
    .await
}

/// Makes the import that was planned, as one step.
#[tauri::command]
#[specta::specta]
pub async fn apply_import(app: AppHandle, choices: ConflictChoices) -> Result<Imported, CommandError> {
    away(&app, move |app, workspace| {
        let (project, job) = (workspace.project()?, workspace.begin(JobKind::Import)?);
        app.state::<ImportDesk>().apply(&project, &choices, &mut report(app, JobKind::Import), &job.cancel)
    })
    .await
}

/// Forgets the import that was planned.
#[tauri::command]
#[specta::specta]
pub fn forget_import(desk: tauri::State<'_, ImportDesk>) {
    desk.clear();
}

/// Asks where, and writes all accepted boxes there. `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn export_annotations(app: AppHandle, to: ExportFormat) -> Result<Option<ExportSummary>, CommandError> {
    away(&app, move |app, workspace| {
        let project = workspace.project()?;
        let format = to.format;
        let target = match format.is_folder() {
            true => ask_folder(app, message("dialog.exportFolder")),
            false => {
                let name = format!("annotations.{}", format.ending());
                ask_target(app, message("dialog.exportFile"), format.name(), format.ending(), &name)
            }
        };
        let Some(target) = target else { return Ok(None) };
        let job = workspace.begin(JobKind::Export)?;
        project.export_annotations(&target, to, &mut report(app, JobKind::Export), &job.cancel).map(Some)
    })
    .await
}

/// Asks for a list of categories and plans its import. `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn plan_category_import(app: AppHandle) -> Result<Option<CategoryImportPlan>, CommandError> {
    away(&app, |app, workspace| {
        let project = workspace.project()?;
        let endings = ["json", "csv", "tsv", "txt", "xlsx"];
        let file = ask_file(app, message("dialog.importCategories"), message("dialog.lists"), &endings);
        file.map(|file| app.state::<ImportDesk>().plan_categories(&project, &file)).transpose()
    })
    .await
}

/// Makes the import of categories that was planned, as one step.
#[tauri::command]
#[specta::specta]
pub async fn apply_category_import(app: AppHandle) -> Result<Changed, CommandError> {
    away(&app, |app, workspace| app.state::<ImportDesk>().apply_categories(&*workspace.project()?)).await
}

/// Asks where, and writes the categories there as `json`, `csv` or `xlsx`; returns the path. `null`: the
/// dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn export_categories(app: AppHandle, ending: String) -> Result<Option<String>, CommandError> {
    away(&app, move |app, workspace| {
        let project = workspace.project()?;
        let name = format!("categories.{ending}");
        let target = ask_target(app, message("dialog.exportCategories"), message("dialog.lists"), &ending, &name);
        let Some(target) = target else { return Ok(None) };
        project.export_categories(&target)?;
        Ok(Some(target.display().to_string()))
    })
    .await
}
