//! The commands: each translates and delegates to `bauta-app`.

#![allow(clippy::needless_pass_by_value, reason = "Tauri hands arguments over by value")]

pub(crate) mod annotations;
pub(crate) mod categories;
pub(crate) mod clipboard;
pub(crate) mod exchange;
pub(crate) mod experiments;
pub(crate) mod figures;
pub(crate) mod folder_jobs;
pub(crate) mod help;
pub(crate) mod jobs;
pub(crate) mod leaving;
pub(crate) mod live;
pub(crate) mod marks;
pub(crate) mod menus;
pub(crate) mod project_files;
pub(crate) mod projects;
pub(crate) mod runs;
pub(crate) mod table;
pub(crate) mod training;

use std::{path::PathBuf, sync::Arc};

use bauta_app::{AppError, Workspace};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, FilePath};

use crate::error::CommandError;

/// Runs work that touches disk, models or dialogs away from the window's thread and from the few
/// threads that answer commands.
async fn away<T: Send + 'static>(
    app: &AppHandle,
    work: impl FnOnce(&AppHandle, &Arc<Workspace>) -> Result<T, AppError> + Send + 'static,
) -> Result<T, CommandError> {
    let (handle, workspace) = (app.clone(), Arc::clone(&app.state::<Arc<Workspace>>()));
    Ok(tauri::async_runtime::spawn_blocking(move || work(&handle, &workspace)).await??)
}

/// Asks for a folder; `None` when the dialog was cancelled. Not for the window's thread.
fn ask_folder(app: &AppHandle, title: &str) -> Option<PathBuf> {
    app.dialog().file().set_title(title).blocking_pick_folder().and_then(into_path)
}

/// Asks for a file to open.
fn ask_file(app: &AppHandle, title: &str, kind: &str, endings: &[&str]) -> Option<PathBuf> {
    app.dialog().file().set_title(title).add_filter(kind, endings).blocking_pick_file().and_then(into_path)
}

/// Asks where to write a file; the ending is added when the user leaves it out.
fn ask_target(app: &AppHandle, title: &str, kind: &str, ending: &str, name: &str) -> Option<PathBuf> {
    let dialog = app.dialog().file().set_title(title).add_filter(kind, &[ending]).set_file_name(name);
    let path = dialog.blocking_save_file().and_then(into_path)?;
    Some(if path.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending)) {
        path
    } else {
        let mut with_ending = path.into_os_string();
        with_ending.push(".");
        with_ending.push(ending);
        with_ending.into()
    })
}

fn into_path(chosen: FilePath) -> Option<PathBuf> {
    chosen.into_path().ok()
}
