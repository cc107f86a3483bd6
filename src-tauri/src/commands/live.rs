//! The live view.

use std::sync::Arc;

use bauta_app::live::LiveEvent;
use bauta_domain::ports::FrameAddress;
use serde::{Deserialize, Serialize};
use tauri::AppHandle;
use tauri_specta::Event as _;

use super::{ask_file, away};
use crate::{
    error::CommandError,
    events::{LiveState, LiveStatus},
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

/// Starts the live view; frames are pulled from the `live:` scheme.
#[tauri::command]
#[specta::specta]
pub async fn start_live(app: AppHandle, source: LiveChoice, detector: String) -> Result<(), CommandError> {
    away(&app, move |app, workspace| {
        let address = match source {
            LiveChoice::Camera { index } => FrameAddress::Camera(index),
            LiveChoice::File => workspace.video()?,
            LiveChoice::Url { url } => FrameAddress::Url(url),
        };
        let listener = app.clone();
        tell(app, LiveState::Opening, None);
        let outcome = workspace.start_live(
            &address,
            &detector,
            Arc::new(move |event| match event {
                LiveEvent::Running => tell(&listener, LiveState::Running, None),
                LiveEvent::Ended => tell(&listener, LiveState::Ended, None),
                LiveEvent::Failed(message) => tell(&listener, LiveState::Failed, Some(message)),
            }),
        );
        if let Err(error) = &outcome {
            tell(app, LiveState::Failed, Some(error.to_string()));
        }
        outcome
    })
    .await
}

/// Stops the live view.
#[tauri::command]
#[specta::specta]
pub async fn stop_live(app: AppHandle) -> Result<(), CommandError> {
    away(&app, |app, workspace| {
        workspace.stop_live();
        tell(app, LiveState::Stopped, None);
        Ok(())
    })
    .await
}

fn tell(app: &AppHandle, state: LiveState, message: Option<String>) {
    let _ = LiveStatus { state, message }.emit(app);
}
