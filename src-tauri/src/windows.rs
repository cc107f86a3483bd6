//! The two windows, and how large they are written.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use bauta_app::Workspace;
use tauri::{AppHandle, Manager as _, WebviewUrl, WebviewWindowBuilder};

use crate::{leaving, menu_bar, messages::message};

const MAIN: &str = "main";
const LIVE: &str = "live";

/// How large everything is written, in percent.
pub(crate) struct TextSize(AtomicU32);

impl Default for TextSize {
    fn default() -> Self {
        Self(AtomicU32::new(100))
    }
}

impl TextSize {
    /// Writes all windows in this size, and those that open later.
    pub(crate) fn choose(&self, app: &AppHandle, percent: u32) -> tauri::Result<()> {
        self.0.store(percent.clamp(50, 300), Ordering::Relaxed);
        app.webview_windows().values().try_for_each(|window| window.set_zoom(self.factor()))
    }

    fn factor(&self) -> f64 {
        f64::from(self.0.load(Ordering::Relaxed)) / 100.0
    }
}

/// Opens the main window, without its menu bar ([`give_menu`]): the page's process starts at once.
pub(crate) fn open_main(app: &AppHandle) -> tauri::Result<()> {
    let (width, height) = main_size(app);
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("Bauta")
        .inner_size(width, height)
        .min_inner_size(900.0, 600.0)
        .build()?;
    #[cfg(target_os = "linux")]
    crate::pinch::tell_page(&window)?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if let tauri::WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            leaving::wanted(&app);
        }
    });
    Ok(())
}

/// Gives the main window its menu bar, with the detectors that there are.
pub(crate) fn give_menu(app: &AppHandle) -> tauri::Result<()> {
    let detectors = app.state::<Arc<Workspace>>().adapters().models.detectors();
    let detectors: Vec<(String, String)> =
        detectors.into_iter().map(|d| (d.id.to_owned(), d.name.to_owned())).collect();
    let menu = menu_bar::main_menu(app, &detectors)?;
    if let Some(window) = app.get_webview_window(MAIN) {
        window.set_menu(menu)?;
    }
    Ok(())
}

/// Width and height of the main window in CSS pixels: comfortable, and no larger than the screen.
fn main_size(app: &AppHandle) -> (f64, f64) {
    let (wanted_width, wanted_height) = (1280.0, 840.0);
    let Ok(Some(screen)) = app.primary_monitor() else { return (wanted_width, wanted_height) };
    let room = screen.work_area().size.to_logical::<f64>(screen.scale_factor());
    // Title and frame take some of the height too.
    (room.width.min(wanted_width), (room.height - 32.0).min(wanted_height))
}

/// Shows the live window, if it is open, on the whole screen, or no longer.
pub(crate) fn set_live_full_screen(app: &AppHandle, on: bool) -> tauri::Result<()> {
    app.get_webview_window(LIVE).map_or(Ok(()), |window| window.set_fullscreen(on))
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
    window.set_zoom(app.state::<TextSize>().factor())?;
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
