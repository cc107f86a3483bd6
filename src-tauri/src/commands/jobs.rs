//! Jobs over many images: detect, crop, classify.

use std::sync::Arc;

use bauta_app::{ClassifySummary, CropLook, CropSummary, DetectOptions, DetectSummary, JobKind, Project, Workspace};
use bauta_domain::ImageId;
use serde::Serialize;
use tauri::{AppHandle, State};
use tauri_specta::Event as _;

use super::{ask_folder, away};
use crate::{
    error::CommandError,
    events::{JobProgress, RowsChanged},
    messages::message,
};

/// A detector that can be chosen.
#[derive(Clone, Debug, Serialize, specta::Type)]
pub struct DetectorView {
    id: String,
    name: String,
    /// Why it cannot be used now, with the remedy.
    problem: Option<String>,
}

/// The detectors of this installation; the first is the default.
#[tauri::command(async)]
#[specta::specta]
pub fn detectors(workspace: State<'_, Arc<Workspace>>) -> Vec<DetectorView> {
    let known = workspace.adapters().models.detectors().into_iter();
    known.map(|d| DetectorView { id: d.id.to_owned(), name: d.name.to_owned(), problem: d.problem }).collect()
}

/// Proposes a box for every face on these images (null: all) whose longer side has `min_face` pixels at least. Images
/// that were looked at like this before are skipped, unless `again`. Ends when done or cancelled.
#[tauri::command]
#[specta::specta]
pub async fn detect_faces(
    app: AppHandle,
    images: Option<Vec<ImageId>>,
    detector: String,
    min_face: u32,
    again: bool,
) -> Result<DetectSummary, CommandError> {
    away(&app, move |app, workspace| {
        let (project, job) = (workspace.project()?, workspace.begin(JobKind::Detect)?);
        let options = DetectOptions { min_face: f64::from(min_face), ..DetectOptions::new(&detector) };
        let mut progress = report(app, JobKind::Detect);
        let mut changed = tell_rows(app, &project);
        project.detect_faces(images.as_deref(), &options, again, &mut progress, &mut changed, &job.cancel)
    })
    .await
}

/// Asks for a folder and writes the crops of all accepted boxes with a category there.
/// `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn save_crops(app: AppHandle, look: CropLook) -> Result<Option<CropSummary>, CommandError> {
    away(&app, move |app, workspace| {
        let project = workspace.project()?;
        let Some(folder) = ask_folder(app, message("dialog.cropFolder")) else { return Ok(None) };
        let job = workspace.begin(JobKind::Crop)?;
        project.save_crops(&look.target(folder), &mut report(app, JobKind::Crop), &job.cancel).map(Some)
    })
    .await
}

/// Suggests a category for every box without one on these images (null: all).
#[tauri::command]
#[specta::specta]
pub async fn classify_images(app: AppHandle, images: Option<Vec<ImageId>>) -> Result<ClassifySummary, CommandError> {
    away(&app, move |app, workspace| {
        let (project, job) = (workspace.project()?, workspace.begin(JobKind::Classify)?);
        let classifiers = workspace.open_classifiers()?;
        let mut progress = report(app, JobKind::Classify);
        let mut changed = tell_rows(app, &project);
        project.classify_images(images.as_deref(), classifiers, &mut progress, &mut changed, &job.cancel)
    })
    .await
}

/// Asks a job to stop.
#[tauri::command]
#[specta::specta]
pub fn cancel_job(workspace: State<'_, Arc<Workspace>>, job: JobKind) {
    workspace.cancel(job);
}

pub(crate) fn report(app: &AppHandle, job: JobKind) -> impl FnMut(bauta_app::Progress) {
    let app = app.clone();
    move |progress| {
        let _ = JobProgress::new(job, progress).emit(&app);
    }
}

fn tell_rows(app: &AppHandle, project: &Arc<Project>) -> impl FnMut(ImageId) {
    let (app, project) = (app.clone(), Arc::clone(project));
    move |image| RowsChanged::tell(&app, &project, image)
}
