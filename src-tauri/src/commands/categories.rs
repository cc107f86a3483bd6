//! Categories.

use std::sync::Arc;

use bauta_app::{CategoryChange, CategoryFate, Changed, Workspace};
use bauta_domain::CategoryId;
use tauri::State;

use crate::error::CommandError;

type Shared<'a> = State<'a, Arc<Workspace>>;

/// Adds a category at the end.
#[tauri::command(async)]
#[specta::specta]
pub fn add_category(workspace: Shared<'_>, name: String) -> Result<Changed, CommandError> {
    Ok(workspace.project()?.add_category(&name)?)
}

/// Renames everywhere, recolours, and changes key and description.
#[tauri::command(async)]
#[specta::specta]
pub fn change_category(workspace: Shared<'_>, id: CategoryId, change: CategoryChange) -> Result<Changed, CommandError> {
    Ok(workspace.project()?.change_category(id, &change)?)
}

/// Puts the categories into this order.
#[tauri::command(async)]
#[specta::specta]
pub fn reorder_categories(workspace: Shared<'_>, order: Vec<CategoryId>) -> Result<Changed, CommandError> {
    Ok(workspace.project()?.reorder_categories(&order)?)
}

/// Merges a category into another one: its boxes get that one, and it goes.
#[tauri::command(async)]
#[specta::specta]
pub fn merge_category(workspace: Shared<'_>, id: CategoryId, into: CategoryId) -> Result<Changed, CommandError> {
    Ok(workspace.project()?.merge_category(id, into)?)
}

/// Deletes a category; `fate` says what becomes of its boxes.
#[tauri::command(async)]
#[specta::specta]
pub fn remove_category(workspace: Shared<'_>, id: CategoryId, fate: CategoryFate) -> Result<Changed, CommandError> {
    Ok(workspace.project()?.remove_category(id, fate)?)
}
