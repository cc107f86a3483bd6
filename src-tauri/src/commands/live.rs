//! The live view.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD as BASE64};
use bauta_app::{
    AppError, CategoryView, Workspace,
    live::{CollectListener, LiveEvent, LiveListener},
};
use bauta_domain::{CategoryId, ports::FrameAddress};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _};
use tauri_specta::Event as _;

use super::{annotations::Share, ask_file, away};
use crate::{
    error::CommandError,
    events::{CollectingFailed, FrameSaved, LiveState, LiveStatus},
    messages::message,
    windows,
};

/// A camera that is plugged in.
#[derive(Clone, Debug, Serialize, specta::Type)]
pub struct CameraView {
    index: u32,
    name: String,
}

/// Where the live view takes its pictures from.
#[derive(Clone, Debug, Deserialize, specta::Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum LiveChoice {
    /// A camera by its number.
    Camera {
        /// Its number.
        index: u32,
    },
    /// The video file that was chosen last.
    File,
    /// A stream.
    Url {
        /// Its address.
        url: String,
    },
}

/// Opens the live window, or brings it to the front.
#[tauri::command]
#[specta::specta]
pub async fn open_live(app: AppHandle) -> Result<(), CommandError> {
    Ok(windows::open_live(&app)?)
}

/// The cameras that are plugged in.
#[tauri::command]
#[specta::specta]
pub async fn cameras(app: AppHandle) -> Vec<CameraView> {
    let found = away(&app, |_, workspace| {
        let cameras = workspace.adapters().sources.cameras().into_iter();
        Ok(cameras.map(|camera| CameraView { index: camera.index, name: camera.name }).collect())
    });
    // A system that cannot list its cameras has none to offer; files and streams remain.
    found.await.unwrap_or_default()
}

/// Asks for a video file and remembers it; returns its name. `null`: the dialog was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn choose_video(app: AppHandle) -> Result<Option<String>, CommandError> {
    away(&app, |app, workspace| {
        let endings = ["mp4", "avi", "mkv", "mov", "webm", "mpg", "mpeg", "m4v"];
        let file = ask_file(app, message("dialog.chooseVideo"), message("dialog.videos"), &endings);
        Ok(file.map(|file| workspace.choose_video(file)))
    })
    .await
}

/// Name of the video file that was chosen last, when it is still there.
#[tauri::command]
#[specta::specta]
pub async fn last_video(app: AppHandle) -> Option<String> {
    app.state::<Arc<Workspace>>().last_video()
}

/// Starts the live view; frames are pulled from the `live:` scheme.
#[tauri::command]
#[specta::specta]
pub async fn start_live(
    app: AppHandle,
    source: LiveChoice,
    detector: String,
    min_confidence: Share,
) -> Result<(), CommandError> {
    away(&app, move |app, workspace| {
        let address = match source {
            LiveChoice::Camera { index } => FrameAddress::Camera(index),
            LiveChoice::File => workspace.video()?,
            LiveChoice::Url { url } => FrameAddress::Url(url),
        };
        let listener = app.clone();
        let events: LiveListener = Arc::new(move |event| match event {
            LiveEvent::Opening => tell(&listener, LiveState::Opening, None, None),
            LiveEvent::Running => tell(&listener, LiveState::Running, None, None),
            LiveEvent::Waiting { message, seconds } => {
                tell(&listener, LiveState::Waiting, Some(message), Some(seconds));
            }
            LiveEvent::Ended => tell(&listener, LiveState::Ended, None, None),
            LiveEvent::Failed(message) => tell(&listener, LiveState::Failed, Some(message), None),
        });
        workspace.start_live(address, &detector, min_confidence.0, &events)
    })
    .await
}

/// From which probability on a label is said to be sure, while the live view runs.
#[tauri::command]
#[specta::specta]
pub async fn set_live_confidence(app: AppHandle, min_confidence: Share) {
    if let Some(live) = app.state::<Arc<Workspace>>().live() {
        live.session().set_min_confidence(min_confidence.0);
    }
}

/// Tries a source that is waited for at once.
#[tauri::command]
#[specta::specta]
pub async fn retry_live(app: AppHandle) {
    if let Some(live) = app.state::<Arc<Workspace>>().live() {
        live.session().retry_now();
    }
}

/// The categories of the open project, to save faces as; `null`: none is open.
#[tauri::command]
#[specta::specta]
pub async fn live_categories(app: AppHandle) -> Result<Option<Vec<CategoryView>>, CommandError> {
    away(&app, |_, workspace| workspace.current_project().map(|project| project.categories()).transpose()).await
}

/// Saves a face of the shown frame as an accepted box of a category, and the frame as an image of the open project.
/// Frames of one burst belong together.
#[tauri::command]
#[specta::specta]
pub async fn save_live_face(
    app: AppHandle,
    frame: u32,
    track: u32,
    category: CategoryId,
    burst: u32,
) -> Result<(), CommandError> {
    away(&app, move |app, workspace| {
        let saved = workspace.save_live_face(frame, track, category, burst)?;
        let _ = FrameSaved { saved, collected: false }.emit(app);
        Ok(())
    })
    .await
}

/// Saves frames of which the model is unsure as proposals into the open project, from now on or no longer.
#[tauri::command]
#[specta::specta]
pub async fn collect_doubts(app: AppHandle, on: bool) -> Result<(), CommandError> {
    away(&app, move |app, workspace| {
        let listener = app.clone();
        let told: CollectListener = Box::new(move |outcome| match outcome {
            Ok(saved) => drop(FrameSaved { saved, collected: true }.emit(&listener)),
            Err(message) => drop(CollectingFailed { message }.emit(&listener)),
        });
        workspace.collect_doubts(on, told)
    })
    .await
}

/// Saves a picture of what the live window shows (a PNG file in base64) among the user's pictures; returns its path.
#[tauri::command]
#[specta::specta]
pub async fn save_snapshot(app: AppHandle, png: String) -> Result<String, CommandError> {
    away(&app, move |app, workspace| {
        let pictures = app.path().picture_dir().unwrap_or_else(|_| workspace.data_folder().to_owned());
        let png = BASE64.decode(png).map_err(|error| AppError::Invalid(format!("the snapshot: {error}")))?;
        Ok(workspace.save_snapshot(&pictures.join("Bauta"), &png)?.display().to_string())
    })
    .await
}

/// Shows the live window on the whole screen, or no longer.
#[tauri::command]
#[specta::specta]
pub async fn set_live_full_screen(app: AppHandle, on: bool) -> Result<(), CommandError> {
    Ok(windows::set_live_full_screen(&app, on)?)
}

/// Stops the live view.
#[tauri::command]
#[specta::specta]
pub async fn stop_live(app: AppHandle) -> Result<(), CommandError> {
    away(&app, |app, workspace| {
        workspace.stop_live();
        tell(app, LiveState::Stopped, None, None);
        Ok(())
    })
    .await
}

fn tell(app: &AppHandle, state: LiveState, message: Option<String>, retry_seconds: Option<u32>) {
    let _ = LiveStatus { state, message, retry_seconds }.emit(app);
}
