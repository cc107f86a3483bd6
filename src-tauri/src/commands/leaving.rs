//! The page's answers to [`LeaveWanted`](crate::events::LeaveWanted).

use tauri::{AppHandle, Manager as _};

use crate::leaving::Leaving;

/// Nothing is to be lost: the program ends.
#[tauri::command]
#[specta::specta]
pub fn leave(app: AppHandle) {
    app.exit(0);
}

/// The page hears when the program is to end, and has not agreed to it yet.
#[tauri::command]
#[specta::specta]
pub fn stay(app: AppHandle) {
    app.state::<Leaving>().stay();
}
