//! What the user says of images beside their boxes: background, destination; and the project's settings.

use std::sync::Arc;

use bauta_app::{Changed, ProjectPreferences, Workspace};
use bauta_domain::{DestinationId, ImageId};
use tauri::{AppHandle, State};

use super::{ask_folder, away};
use crate::{error::CommandError, messages::message};

type Shared<'a> = State<'a, Arc<Workspace>>;

/// Says that images show background only, or takes that back: one step.
#[tauri::command(async)]
#[specta::specta]
pub fn mark_background(workspace: Shared<'_>, images: Vec<ImageId>, background: bool) -> Result<Changed, CommandError> {
    Ok(workspace.project()?.mark_background(&images, background)?)
}

/// Asks for a folder and makes it the destination of these images. `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn choose_destination(app: AppHandle, images: Vec<ImageId>) -> Result<Option<Changed>, CommandError> {
    away(&app, move |app, workspace| {
        let folder = ask_folder(app, message("dialog.destination"));
        folder.map(|folder| workspace.project()?.set_destination(&images, Some(&folder))).transpose()
    })
    .await
}

/// Gives images a destination that the project has already, or none (null).
#[tauri::command(async)]
#[specta::specta]
pub fn set_destination(
    workspace: Shared<'_>,
    images: Vec<ImageId>,
    destination: Option<DestinationId>,
) -> Result<Changed, CommandError> {
    let project = workspace.project()?;
    Ok(match destination {
        Some(id) => project.reuse_destination(&images, id),
        None => project.set_destination(&images, None),
    }?)
}

/// Asks for a folder and puts it in the place of a destination, for all images that use it.
/// `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn replace_destination(app: AppHandle, id: DestinationId) -> Result<Option<Changed>, CommandError> {
    away(&app, move |app, workspace| {
        let folder = ask_folder(app, message("dialog.destination"));
        folder.map(|folder| workspace.project()?.replace_destination(id, &folder)).transpose()
    })
    .await
}

/// Changes the settings of the open project.
#[tauri::command(async)]
#[specta::specta]
pub fn set_preferences(workspace: Shared<'_>, preferences: ProjectPreferences) -> Result<(), CommandError> {
    Ok(workspace.project()?.set_preferences(&preferences)?)
}
