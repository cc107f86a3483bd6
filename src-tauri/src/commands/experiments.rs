//! Studies and tunings of many trainings.

use std::sync::Arc;

use bauta_app::{
    DatasetChoice, ExperimentEvent, ExperimentView, Question, Workspace,
    report::{Report, write_report},
};
use tauri::{AppHandle, Manager as _, State};
use tauri_specta::Event as _;

use super::{ask_target, away};
use crate::{error::CommandError, events::ExperimentProgress, leaving::Leaving, messages::message};

type Shared<'a> = State<'a, Arc<Workspace>>;

/// The studies and tunings of the open project, or of no project, the latest first.
#[tauri::command(async)]
#[specta::specta]
pub fn experiments(workspace: Shared<'_>) -> Result<Vec<ExperimentView>, CommandError> {
    Ok(workspace.experiments()?)
}

/// Starts a study or tuning in the background, when the trainings before it have ended; it reports by
/// `experimentProgress`.
#[tauri::command]
#[specta::specta]
pub async fn start_experiment(
    app: AppHandle,
    source: DatasetChoice,
    question: Question,
) -> Result<ExperimentView, CommandError> {
    away(&app, move |app, workspace| workspace.start_experiment(source, question, listener(app, workspace))).await
}

/// Goes on with a study or tuning that was stopped; it reports as one that starts.
#[tauri::command]
#[specta::specta]
pub async fn resume_experiment(app: AppHandle, id: String) -> Result<ExperimentView, CommandError> {
    away(&app, move |app, workspace| workspace.resume_experiment(&id, listener(app, workspace))).await
}

/// Stops a study or tuning, or takes it out of the queue; what it has done is kept.
#[tauri::command]
#[specta::specta]
pub fn stop_experiment(workspace: Shared<'_>, id: String) {
    workspace.stop_experiment(&id);
}

/// What a study or tuning came to so far.
#[tauri::command(async)]
#[specta::specta]
pub fn experiment_report(workspace: Shared<'_>, id: String) -> Result<Report, CommandError> {
    Ok(workspace.experiment_report(&id)?)
}

/// Forgets a study or tuning for good, with its trainings and their models.
#[tauri::command]
#[specta::specta]
pub async fn delete_experiment(app: AppHandle, id: String) -> Result<(), CommandError> {
    away(&app, move |_, workspace| workspace.delete_experiment(&id)).await
}

/// Asks where, and writes the report of a study or tuning: a page that stands alone, and its figures beside it. Answers
/// with the page's path; `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn export_experiment(app: AppHandle, id: String) -> Result<Option<String>, CommandError> {
    away(&app, move |app, workspace| {
        let report = workspace.experiment_report(&id)?;
        let suggested = format!("{id}.html");
        let target = ask_target(app, message("dialog.saveReport"), message("dialog.reports"), "html", &suggested);
        let Some(target) = target else { return Ok(None) };
        write_report(&report, &target)?;
        Ok(Some(target.display().to_string()))
    })
    .await
}

/// Tells the windows, and ends a program that waited for the last training.
fn listener(app: &AppHandle, workspace: &Arc<Workspace>) -> Arc<dyn Fn(&ExperimentEvent) + Send + Sync> {
    let (app, told) = (app.clone(), Arc::clone(workspace));
    Arc::new(move |event: &ExperimentEvent| {
        let _ = ExperimentProgress(event.clone()).emit(&app);
        if !told.is_training() {
            app.state::<Leaving>().trained(&app);
        }
    })
}
