//! Categories.

use std::sync::Arc;

use bauta_app::{CategoriesChanged, CategoryFate, Workspace};
use bauta_domain::{CategoryId, Rgb};
use tauri::State;

use crate::error::CommandError;

type Shared<'a> = State<'a, Arc<Workspace>>;

/// Adds a category at the end.
#[tauri::command(async)]
#[specta::specta]
pub fn add_category(workspace: Shared<'_>, name: String) -> Result<CategoriesChanged, CommandError> {
    Ok(workspace.project()?.add_category(&name)?)
}

/// Renames everywhere, and recolours.
#[tauri::command(async)]
#[specta::specta]
pub fn change_category(
    workspace: Shared<'_>,
    id: CategoryId,
    name: String,
    color: Rgb,
) -> Result<CategoriesChanged, CommandError> {
    Ok(workspace.project()?.change_category(id, &name, color)?)
}

/// Deletes a category; `fate` says what becomes of its boxes.
#[tauri::command(async)]
#[specta::specta]
pub fn remove_category(
    workspace: Shared<'_>,
    id: CategoryId,
    fate: CategoryFate,
) -> Result<CategoriesChanged, CommandError> {
    Ok(workspace.project()?.remove_category(id, fate)?)
}
