//! The trainings that the open project remembers.

use std::sync::Arc;

use bauta_app::{
    AppError, RepeatChanges, RunAnswers, RunComparison, RunPage, RunView, StepCurves, StrangeRunView, Workspace,
    report::{report_of_runs, write_report},
};
use bauta_domain::{RunId, ports::CancelToken};
use serde::Serialize;
use tauri::{AppHandle, State};

use super::{ask_target, away, training::listener};
use crate::{error::CommandError, messages::message};

type Shared<'a> = State<'a, Arc<Workspace>>;

/// The trainings of the open project.
#[derive(Clone, Debug, Serialize, specta::Type)]
pub struct RunList {
    /// In the order in which they began.
    runs: Vec<RunView>,
    /// Those that this version does not understand.
    strange: Vec<StrangeRunView>,
}

/// The trainings that the open project remembers.
#[tauri::command(async)]
#[specta::specta]
pub fn runs(workspace: Shared<'_>) -> Result<RunList, CommandError> {
    Ok(listed(&workspace)?)
}

/// All that is shown of one training.
#[tauri::command(async)]
#[specta::specta]
pub fn run_page(workspace: Shared<'_>, run: RunId) -> Result<RunPage, CommandError> {
    Ok(workspace.project()?.run_page(run)?)
}

/// The steps of a training between two places in epochs, thinned out to what a screen can show.
#[tauri::command(async)]
#[specta::specta]
pub fn step_curves(workspace: Shared<'_>, run: RunId, from: f64, to: f64) -> Result<StepCurves, CommandError> {
    Ok(workspace.project()?.step_curves(run, from, to)?)
}

/// What the model of a training says of each picture that it was checked with.
#[tauri::command]
#[specta::specta]
pub async fn run_answers(app: AppHandle, run: RunId) -> Result<RunAnswers, CommandError> {
    away(&app, move |_, workspace| workspace.run_answers(run, &CancelToken::default())).await
}

/// Trainings beside each other.
#[tauri::command(async)]
#[specta::specta]
pub fn compare_runs(workspace: Shared<'_>, runs: Vec<RunId>) -> Result<RunComparison, CommandError> {
    Ok(workspace.project()?.compare_runs(&runs)?)
}

/// Gives a training another name.
#[tauri::command(async)]
#[specta::specta]
pub fn rename_run(workspace: Shared<'_>, run: RunId, name: String) -> Result<RunList, CommandError> {
    workspace.project()?.rename_run(run, &name)?;
    Ok(listed(&workspace)?)
}

/// Forgets a training for good; with `model`, its model's files too.
#[tauri::command(async)]
#[specta::specta]
pub fn delete_run(workspace: Shared<'_>, run: RunId, model: bool) -> Result<RunList, CommandError> {
    workspace.project()?.delete_run(run, model)?;
    Ok(listed(&workspace)?)
}

/// Trains once more on the pictures, division and settings of a training; it reports as one that starts.
#[tauri::command]
#[specta::specta]
pub async fn repeat_training(app: AppHandle, run: RunId) -> Result<(), CommandError> {
    away(&app, move |app, workspace| workspace.repeat_training(run, RepeatChanges::default(), listener(app, workspace)))
        .await
}

/// Asks where, and writes a report of these trainings: a page that stands alone, and its figures beside it. Answers with
/// the page's path; `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn export_report(app: AppHandle, runs: Vec<RunId>) -> Result<Option<String>, CommandError> {
    away(&app, move |app, workspace| {
        let project = workspace.project()?;
        let name = project.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let suggested = format!("{name}.html");
        let target = ask_target(app, message("dialog.saveReport"), message("dialog.reports"), "html", &suggested);
        let Some(target) = target else { return Ok(None) };
        let recorded = runs.iter().map(|run| project.recorded_run(*run)).collect::<Result<Vec<_>, _>>()?;
        write_report(&report_of_runs(&name, &recorded), &target)?;
        Ok(Some(target.display().to_string()))
    })
    .await
}

fn listed(workspace: &Workspace) -> Result<RunList, AppError> {
    let project = workspace.project()?;
    Ok(RunList { runs: project.runs()?, strange: project.strange_runs()? })
}
