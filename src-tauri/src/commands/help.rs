//! Help: where the log is.

use std::process::{Command, Stdio};

use bauta_app::AppError;
use tauri::{AppHandle, Manager as _};

use super::away;
use crate::{error::CommandError, log_file::LogFolder};

#[cfg(target_os = "linux")]
const FILE_MANAGER: &str = "xdg-open";
#[cfg(target_os = "macos")]
const FILE_MANAGER: &str = "open";
#[cfg(target_os = "windows")]
const FILE_MANAGER: &str = "explorer";

/// Shows the folder of the log files in the system's file manager.
#[tauri::command]
#[specta::specta]
pub async fn open_log_folder(app: AppHandle) -> Result<(), CommandError> {
    away(&app, |app, _| {
        let folder = &app.state::<LogFolder>().0;
        fs_err::create_dir_all(folder)?;
        let mut command = Command::new(FILE_MANAGER);
        let shown = command.arg(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        match shown {
            // Windows' own answers 1 even when all is well.
            Ok(status) if status.success() || cfg!(windows) => Ok(()),
            _ => Err(AppError::Invalid(format!(
                "the system's file manager did not open; the log files are in {}",
                folder.display()
            ))),
        }
    })
    .await
}
