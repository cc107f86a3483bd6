//! Help: where the log is.

use tauri::{AppHandle, Manager as _};

use super::{away, folder_jobs::show_in_file_manager};
use crate::{error::CommandError, log_file::LogFolder};

/// Shows the folder of the log files in the system's file manager.
#[tauri::command]
#[specta::specta]
pub async fn open_log_folder(app: AppHandle) -> Result<(), CommandError> {
    away(&app, |app, _| {
        let folder = &app.state::<LogFolder>().0;
        fs_err::create_dir_all(folder)?;
        show_in_file_manager(folder)
    })
    .await
}
