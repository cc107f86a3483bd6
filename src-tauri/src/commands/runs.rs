//! The trainings that the open project remembers.

use std::sync::Arc;

use bauta_app::{
    AppError, RepeatChanges, RunAnswers, RunComparison, RunPage, RunView, StepCurves, StrangeRunView, Workspace,
};
use bauta_domain::{RunId, ports::CancelToken};
use serde::Serialize;
use tauri::{AppHandle, State};

use super::{away, training::listener};
use crate::error::CommandError;

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
    away(&app, move |app, workspace| {
        workspace.repeat_training(run, RepeatChanges::default(), listener(app, workspace))
    })
    .await
}

fn listed(workspace: &Workspace) -> Result<RunList, AppError> {
    let project = workspace.project()?;
    Ok(RunList { runs: project.runs()?, strange: project.strange_runs()? })
}
