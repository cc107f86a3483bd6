//! The page's answers to [`LeaveWanted`](crate::events::LeaveWanted).

use std::sync::Arc;

use bauta_app::Workspace;
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

/// The windows close, and the program ends with the last training: at its end or, with `stop`, as soon as the best epoch
/// so far is kept; then those that wait are forgotten.
#[tauri::command]
#[specta::specta]
pub fn leave_when_trained(app: AppHandle, stop: bool) {
    let workspace = app.state::<Arc<Workspace>>();
    if stop {
        workspace.cancel_trainings();
    }
    app.state::<Leaving>().when_trained(&app, &workspace);
}
