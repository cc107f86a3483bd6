//! The table of all boxes, and changes of many boxes at once.

use std::sync::Arc;

use bauta_app::{BoxChoice, BulkChange, TablePage, Workspace};
use bauta_domain::{AnnotationId, CategoryId, TableQuery};
use tauri::State;

use crate::error::CommandError;

type Shared<'a> = State<'a, Arc<Workspace>>;

/// Rows `first..first + limit` of the table of all boxes.
#[tauri::command(async)]
#[specta::specta]
pub fn annotations_table(
    workspace: Shared<'_>,
    query: TableQuery,
    first: u32,
    limit: u32,
) -> Result<TablePage, CommandError> {
    Ok(workspace.project()?.annotations_table(&query, first, limit)?)
}

/// Identities of the boxes in rows `first..first + limit`, to select a range.
#[tauri::command(async)]
#[specta::specta]
pub fn table_ids(
    workspace: Shared<'_>,
    query: TableQuery,
    first: u32,
    limit: u32,
) -> Result<Vec<AnnotationId>, CommandError> {
    Ok(workspace.project()?.table_ids(&query, first, limit)?)
}

/// Gives many boxes a category, or none: one step.
#[tauri::command(async)]
#[specta::specta]
pub fn set_category_of(
    workspace: Shared<'_>,
    boxes: BoxChoice,
    category: Option<CategoryId>,
) -> Result<BulkChange, CommandError> {
    Ok(workspace.project()?.set_category_of(&boxes, category)?)
}

/// Deletes many boxes: one step.
#[tauri::command(async)]
#[specta::specta]
pub fn delete_boxes(workspace: Shared<'_>, boxes: BoxChoice) -> Result<BulkChange, CommandError> {
    Ok(workspace.project()?.delete_boxes(&boxes)?)
}
