//! Training and models.

use std::sync::Arc;

use bauta_app::{
    AppError, ChosenModel, DatasetCheck, DatasetChoice, DatasetSummary, ModelView, ResumableTraining, TrainingLog,
    Workspace,
};
use bauta_domain::{ForeignAnswers, Preset, RunId, TrainingConfig, TrainingEvent};
use tauri::{AppHandle, Manager as _, State};
use tauri_specta::Event as _;

use super::{ask_file, ask_folder, ask_target, away};
use crate::{
    error::CommandError,
    events::{ModelChanged, TrainingProgress},
    leaving::Leaving,
    messages::message,
    previews::in_background,
};

type Shared<'a> = State<'a, Arc<Workspace>>;

/// The settings of a preset.
#[tauri::command]
#[specta::specta]
pub fn preset_config(preset: Preset) -> TrainingConfig {
    preset.config()
}

/// Asks for a folder that holds one folder of pictures a category. `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn choose_dataset_folder(app: AppHandle) -> Result<Option<DatasetSummary>, CommandError> {
    away(&app, |app, workspace| {
        let folder = ask_folder(app, message("dialog.datasetFolder"));
        folder.map(|folder| workspace.choose_dataset_folder(&folder)).transpose()
    })
    .await
}

/// What the open project would be trained on.
#[tauri::command(async)]
#[specta::specta]
pub fn project_dataset(workspace: Shared<'_>) -> Result<DatasetSummary, CommandError> {
    Ok(workspace.project_dataset()?)
}

/// Looks at every picture of a dataset for what is nearly the same or cannot be read; a later look ends an earlier one.
#[tauri::command]
#[specta::specta]
pub async fn check_dataset(
    app: AppHandle,
    source: DatasetChoice,
    config: TrainingConfig,
) -> Result<DatasetCheck, CommandError> {
    let workspace = Arc::clone(&app.state::<Arc<Workspace>>());
    let found = in_background(move || workspace.check_dataset(source, &config)).await;
    Ok(found.map_err(AppError::Invalid)??)
}

/// Ends a look at the pictures of a dataset, if there is one.
#[tauri::command]
#[specta::specta]
pub fn stop_check(workspace: Shared<'_>) {
    workspace.stop_check();
}

/// Starts a training in the background, when those before it have ended; it reports by `trainingProgress`, and its model is loaded when
/// it ends.
#[tauri::command]
#[specta::specta]
pub async fn start_training(app: AppHandle, source: DatasetChoice, config: TrainingConfig) -> Result<(), CommandError> {
    away(&app, move |app, workspace| workspace.start_training(source, &config, listener(app, workspace))).await
}

/// The latest training of the project, or the one that no project remembers, if it ended early and can go on.
#[tauri::command(async)]
#[specta::specta]
pub fn resumable_training(workspace: Shared<'_>) -> Result<Option<ResumableTraining>, CommandError> {
    Ok(workspace.resumable_training()?)
}

/// Goes on with a training that ended early, in steps of this size when one is given; it reports as one that starts.
#[tauri::command]
#[specta::specta]
pub async fn resume_training(app: AppHandle, run: RunId, learning_rate: Option<f64>) -> Result<(), CommandError> {
    away(&app, move |app, workspace| workspace.resume_training(run, learning_rate, listener(app, workspace))).await
}

/// Tells the windows what a training says, and ends a program that waited for the last one.
pub(crate) fn listener(app: &AppHandle, workspace: &Arc<Workspace>) -> Arc<dyn Fn(&TrainingEvent) + Send + Sync> {
    let (app, told) = (app.clone(), Arc::clone(workspace));
    Arc::new(move |event: &TrainingEvent| {
        if matches!(event, TrainingEvent::Finished(_)) {
            let _ = ModelChanged { model: told.model() }.emit(&app);
        }
        let _ = TrainingProgress(event.clone()).emit(&app);
        let is_last =
            matches!(event, TrainingEvent::Finished(_) | TrainingEvent::Cancelled | TrainingEvent::Failed { .. });
        if is_last && !told.is_training() {
            app.state::<Leaving>().trained(&app);
        }
    })
}

/// Stops the training; the best epoch so far is kept.
#[tauri::command]
#[specta::specta]
pub fn cancel_training(workspace: Shared<'_>) {
    workspace.cancel_training();
}

/// Forgets a training that waits, by its number.
#[tauri::command]
#[specta::specta]
pub fn cancel_waiting(workspace: Shared<'_>, number: u32) {
    workspace.cancel_waiting(number);
}

/// What the running, or the latest, training said so far, and which wait.
#[tauri::command]
#[specta::specta]
pub fn training_log(workspace: Shared<'_>) -> TrainingLog {
    workspace.training_log()
}

/// The loaded model, if any.
#[tauri::command]
#[specta::specta]
pub fn current_model(workspace: Shared<'_>) -> Option<ModelView> {
    workspace.model()
}

/// Asks for a model and loads it, or tells what has to be said of one that another program made. `null`: the dialog was
/// cancelled.
#[tauri::command]
#[specta::specta]
pub async fn load_model(app: AppHandle) -> Result<Option<ChosenModel>, CommandError> {
    away(&app, |app, workspace| {
        let path = ask_file(app, message("dialog.loadModel"), message("dialog.models"), &["onnx"]);
        let chosen = path.map(|path| workspace.choose_model(&path)).transpose()?;
        let _ = ModelChanged { model: workspace.model() }.emit(app);
        Ok(chosen)
    })
    .await
}

/// Keeps what was said of the model of another program that was chosen last, and loads it.
#[tauri::command]
#[specta::specta]
pub async fn describe_model(app: AppHandle, answers: ForeignAnswers) -> Result<ModelView, CommandError> {
    away(&app, move |app, workspace| {
        let model = workspace.describe_model(&answers)?;
        let _ = ModelChanged { model: workspace.model() }.emit(app);
        Ok(model)
    })
    .await
}

/// Asks where, and copies the loaded model and its description there; returns the path.
#[tauri::command]
#[specta::specta]
pub async fn save_model(app: AppHandle) -> Result<Option<String>, CommandError> {
    away(&app, |app, workspace| {
        let name = workspace.model().map_or_else(|| "model".to_owned(), |model| model.name) + ".onnx";
        let path = ask_target(app, message("dialog.saveModel"), message("dialog.models"), "onnx", &name);
        path.map(|path| Ok(workspace.save_model(&path)?.display().to_string())).transpose()
    })
    .await
}
