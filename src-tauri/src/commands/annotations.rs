//! One image: its boxes, undo and redo.

use std::sync::Arc;

use bauta_app::{AcceptSummary, ImageView, ReviewView, Saved, Undone, Workspace};
use bauta_domain::{AnnotationId, ChangeSet, ImageId, Revision};
use tauri::{AppHandle, State};

use crate::{error::CommandError, events::RowsChanged};

/// A number from 0 to 1.
#[derive(Clone, Copy, Debug, serde::Deserialize, specta::Type)]
#[serde(transparent)]
pub struct Share(#[specta(type = specta_typescript::Number)] pub(super) f64);

type Shared<'a> = State<'a, Arc<Workspace>>;

/// One image with its annotations.
#[tauri::command(async)]
#[specta::specta]
pub fn open_image(app: AppHandle, workspace: Shared<'_>, id: ImageId) -> Result<ImageView, CommandError> {
    let project = workspace.project()?;
    Ok(project.open_image(id).inspect_err(|_| RowsChanged::tell(&app, &project, id))?)
}

/// One image with its annotations, read ahead of time: it does not become the one to start with next time.
#[tauri::command(async)]
#[specta::specta]
pub fn look_at_image(app: AppHandle, workspace: Shared<'_>, id: ImageId) -> Result<ImageView, CommandError> {
    let project = workspace.project()?;
    Ok(project.look_at_image(id).inspect_err(|_| RowsChanged::tell(&app, &project, id))?)
}

/// Saves changes made on the image as it was at `revision`; code `conflict` when it has changed since.
#[tauri::command(async)]
#[specta::specta]
pub fn save_annotations(
    workspace: Shared<'_>,
    id: ImageId,
    revision: Revision,
    changes: ChangeSet,
) -> Result<Saved, CommandError> {
    Ok(workspace.project()?.save_annotations(id, revision, &changes)?)
}

/// Accepts all proposals of these images (null: all) with a score of at least `minScore`.
#[tauri::command(async)]
#[specta::specta]
pub fn accept_proposals(
    workspace: Shared<'_>,
    images: Option<Vec<ImageId>>,
    min_score: Share,
) -> Result<AcceptSummary, CommandError> {
    Ok(workspace.project()?.accept_proposals(images.as_deref(), min_score.0)?)
}

/// What waits for an answer, and the least sure of it; the one after `after`, when given.
#[tauri::command(async)]
#[specta::specta]
pub fn review(workspace: Shared<'_>, after: Option<AnnotationId>) -> Result<ReviewView, CommandError> {
    Ok(workspace.project()?.review(after)?)
}

/// Rejects every proposed box that is a duplicate of another one.
#[tauri::command(async)]
#[specta::specta]
pub fn reject_duplicates(workspace: Shared<'_>) -> Result<AcceptSummary, CommandError> {
    Ok(workspace.project()?.reject_duplicates()?)
}

/// Takes the latest step back.
#[tauri::command(async)]
#[specta::specta]
pub fn undo(workspace: Shared<'_>) -> Result<Option<Undone>, CommandError> {
    Ok(workspace.project()?.undo()?)
}

/// Does the step again that was taken back last.
#[tauri::command(async)]
#[specta::specta]
pub fn redo(workspace: Shared<'_>) -> Result<Option<Undone>, CommandError> {
    Ok(workspace.project()?.redo()?)
}
