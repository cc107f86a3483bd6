//! Auto-crop and "find unprocessed": folders are asked for first, then the job runs on those.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use bauta_app::{
    AddedImages, AppError, AutocropSummary, ChosenFolder, CropLook, DetectOptions, FolderRole, JobKind,
    UnprocessedSummary, Workspace,
};
use tauri::{AppHandle, State};

use super::{ask_folder, away, jobs::report};
use crate::{error::CommandError, messages::message};

#[cfg(target_os = "linux")]
const FILE_MANAGER: &str = "xdg-open";
#[cfg(target_os = "macos")]
const FILE_MANAGER: &str = "open";
#[cfg(target_os = "windows")]
const FILE_MANAGER: &str = "explorer";

/// The folders that were chosen since the program was started.
#[tauri::command(async)]
#[specta::specta]
pub fn chosen_folders(workspace: State<'_, Arc<Workspace>>) -> Vec<ChosenFolder> {
    workspace.chosen_folders()
}

/// Asks for a folder and keeps it for what it is for; answers with all that were chosen.
#[tauri::command]
#[specta::specta]
pub async fn choose_folder(app: AppHandle, role: FolderRole) -> Result<Vec<ChosenFolder>, CommandError> {
    away(&app, move |app, workspace| {
        let title = match role {
            FolderRole::AutocropPhotos | FolderRole::RawPhotos => "dialog.photosFolder",
            FolderRole::AutocropCrops => "dialog.cropFolder",
            FolderRole::ProcessedCrops => "dialog.processedFolder",
            FolderRole::Unprocessed => "dialog.unprocessedFolder",
        };
        if let Some(folder) = ask_folder(app, message(title)) {
            workspace.choose_folder(role, &folder)?;
        }
        Ok(workspace.chosen_folders())
    })
    .await
}

/// Shows a chosen folder in the system's file manager.
#[tauri::command]
#[specta::specta]
pub async fn show_folder(app: AppHandle, role: FolderRole) -> Result<(), CommandError> {
    away(&app, move |_, workspace| show_in_file_manager(&workspace.chosen_folder(role)?)).await
}

/// Crops the faces of the chosen folder whose longer side has `min_face` pixels at least into the other one; with
/// `again` also those whose crops somebody deleted.
#[tauri::command]
#[specta::specta]
pub async fn autocrop(
    app: AppHandle,
    look: CropLook,
    detector: String,
    min_face: u32,
    again: bool,
) -> Result<AutocropSummary, CommandError> {
    away(&app, move |app, workspace| {
        let job = workspace.begin(JobKind::Autocrop)?;
        let options = DetectOptions { min_face: f64::from(min_face), ..DetectOptions::new(&detector) };
        workspace.autocrop(look, again, &options, &mut report(app, JobKind::Autocrop), &job.cancel)
    })
    .await
}

/// Copies the photos without a crop into the chosen third folder.
#[tauri::command]
#[specta::specta]
pub async fn find_unprocessed(app: AppHandle) -> Result<UnprocessedSummary, CommandError> {
    away(&app, move |app, workspace| {
        let job = workspace.begin(JobKind::Unprocessed)?;
        workspace.find_unprocessed(&mut report(app, JobKind::Unprocessed), &job.cancel)
    })
    .await
}

/// Adds the photos that were copied as unprocessed to the open project, or to a new one.
#[tauri::command]
#[specta::specta]
pub async fn annotate_unprocessed(app: AppHandle) -> Result<AddedImages, CommandError> {
    away(&app, |_, workspace| {
        let _job = workspace.begin(JobKind::AddFolder)?;
        workspace.annotate_unprocessed()
    })
    .await
}

/// Shows a folder in the system's file manager.
pub(crate) fn show_in_file_manager(folder: &Path) -> Result<(), AppError> {
    let mut command = Command::new(FILE_MANAGER);
    let shown = command.arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match shown {
        // Windows' own answers 1 even when all is well.
        Ok(status) if status.success() || cfg!(windows) => Ok(()),
        _ => Err(AppError::Invalid(format!(
            "the system's file manager did not open; the folder is {}",
            folder.display()
        ))),
    }
}
