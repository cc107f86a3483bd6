//! Native menus.

use std::sync::Arc;

use bauta_app::{History, Workspace};
use bauta_domain::CategoryId;
use serde::Deserialize;
use tauri::{AppHandle, Manager as _, Window};

use super::away;
use crate::{error::CommandError, menu, menu_bar::MainMenu, windows::TextSize};

/// A menu at the pointer. Choices come back as `menuEvent`.
#[derive(Clone, Debug, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ContextMenu {
    /// On the selected boxes.
    Box {
        /// How many they are.
        count: u32,
        /// Their category now, when they have the same.
        category: Option<CategoryId>,
        /// Whether they have different categories.
        mixed: bool,
        /// Whether there is a proposal among them.
        proposed: bool,
        /// Whether a model is loaded and one of them has no category.
        can_classify: bool,
    },
    /// On the empty picture.
    Picture {
        /// Whether the clipboard holds boxes.
        can_paste: bool,
        /// Whether faces can be looked for now.
        can_detect: bool,
    },
}

/// What the menu bar shows: the page asks its commands.
#[derive(Clone, Debug, PartialEq, Deserialize, specta::Type)]
pub struct MenuState {
    /// Ids that make sense now.
    pub enabled: Vec<String>,
    /// Ids whose entries have a tick.
    pub checked: Vec<String>,
    /// Undo and redo.
    pub history: History,
}

/// Light or dark, as the user chose it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum ThemeChoice {
    /// What the system says.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Gives the native parts of the windows (menus, dialogs) the page's theme.
#[tauri::command]
#[specta::specta]
pub fn set_theme(app: AppHandle, theme: ThemeChoice) {
    app.set_theme(match theme {
        ThemeChoice::System => None,
        ThemeChoice::Light => Some(tauri::Theme::Light),
        ThemeChoice::Dark => Some(tauri::Theme::Dark),
    });
}

/// Writes everything in the windows larger or smaller: 100 is as designed.
#[tauri::command]
#[specta::specta]
pub async fn set_text_size(app: AppHandle, percent: u32) -> Result<(), CommandError> {
    Ok(app.state::<TextSize>().choose(&app, percent)?)
}

/// Shows a native context menu at the pointer.
#[tauri::command]
#[specta::specta]
pub async fn popup_menu(app: AppHandle, window: Window, menu: ContextMenu) -> Result<(), CommandError> {
    let categories = away(&app, |_, workspace: &Arc<Workspace>| workspace.project()?.categories()).await?;
    Ok(menu::popup(&app, window, &menu, &categories)?)
}

/// Enables and ticks menu entries and names the undo step.
#[tauri::command]
#[specta::specta]
pub async fn set_menu_state(app: AppHandle, state: MenuState) -> Result<(), CommandError> {
    let (handle, (done, shown)) = (app.clone(), tokio::sync::oneshot::channel());
    // At once on the window's thread: each entry alone would wait for it.
    app.run_on_main_thread(move || {
        let _ = done.send(handle.state::<MainMenu>().show(&state));
    })?;
    // Only a window system that has ended does not answer.
    Ok(shown.await.unwrap_or(Ok(()))?)
}
