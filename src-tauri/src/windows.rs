//! The two windows.

use std::sync::Arc;

use bauta_app::Workspace;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder};

use crate::{menu_bar, messages::message};

const MAIN: &str = "main";
const LIVE: &str = "live";

/// Opens the main window with its menu bar.
pub(crate) fn open_main(app: &AppHandle) -> tauri::Result<()> {
    let detectors = app.state::<Arc<Workspace>>().adapters().models.detectors();
    let detectors: Vec<(String, String)> =
        detectors.into_iter().map(|d| (d.id.to_owned(), d.name.to_owned())).collect();
    let menu = menu_bar::main_menu(app, &detectors)?;
    WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Bauta")
        .inner_size(1280.0, 840.0)
        .min_inner_size(900.0, 600.0)
        .menu(menu)
        .build()?;
    Ok(())
}

/// Opens the live window, or brings it to the front.
pub(crate) fn open_live(app: &AppHandle) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(LIVE) {
        return window.set_focus();
    }
    let window = WebviewWindowBuilder::new(app, LIVE, WebviewUrl::App("live.html".into()))
        .title(message("live.windowTitle"))
        .inner_size(900.0, 720.0)
        .min_inner_size(560.0, 420.0)
        .build()?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let tauri::WindowEvent::Destroyed = event {
            let workspace = Arc::clone(&app.state::<Arc<Workspace>>());
            // Closing a camera may take a moment: not on the window's thread.
            tauri::async_runtime::spawn_blocking(move || workspace.stop_live());
        }
    });
    Ok(())
}
