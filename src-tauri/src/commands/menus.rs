//! Native menus.

use std::sync::Arc;

use bauta_app::{History, Workspace};
use bauta_domain::CategoryId;
use serde::Deserialize;
use tauri::{AppHandle, Manager as _, Window};

use super::away;
use crate::{error::CommandError, menu};

/// A menu at the pointer. Choices come back as `menuEvent`.
#[derive(Clone, Debug, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ContextMenu {
    /// On a box.
    Box {
        /// Its category now.
        category: Option<CategoryId>,
        /// Whether it is a proposal.
        proposed: bool,
    },
    /// On the empty picture.
    Picture,
}

/// What the menu bar enables and how it names undo and redo.
#[derive(Clone, Debug, PartialEq, Deserialize, specta::Type)]
pub struct MenuState {
    /// A project is open.
    pub project: bool,
    /// An image is open.
    pub image: bool,
    /// A box is selected.
    pub selection: bool,
    /// The image has proposals.
    pub proposals: bool,
    /// A model is loaded.
    pub model: bool,
    /// A training runs.
    pub training: bool,
    /// Undo and redo.
    pub history: History,
}

/// Shows a native context menu at the pointer.
#[tauri::command]
#[specta::specta]
pub async fn popup_menu(app: AppHandle, window: Window, menu: ContextMenu) -> Result<(), CommandError> {
    let categories = away(&app, |_, workspace: &Arc<Workspace>| workspace.project()?.categories()).await?;
    Ok(menu::popup(&app, window, &menu, &categories)?)
}

/// Enables menu entries and names the undo step.
#[tauri::command]
#[specta::specta]
pub async fn set_menu_state(app: AppHandle, state: MenuState) -> Result<(), CommandError> {
    Ok(app.state::<menu::MainMenu>().show(&state)?)
}
