//! What the page is told without asking.

use bauta_app::{ExperimentEvent, ImageRow, JobKind, ModelView, Progress, Project, SavedFrame};
use bauta_domain::{ImageId, TrainingEvent};
use serde::{Deserialize, Serialize};
use tauri_specta::Event;

/// A menu entry was chosen; the page's dispatcher does what it says.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
pub struct MenuEvent {
    /// Id of the entry, such as `edit.undo`.
    pub id: String,
}

/// The user wants the program to end; the page answers with `leave` or `stay`.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
pub struct LeaveWanted {}

/// Two fingers pinch a touchpad over the window, where the page does not hear of it (Linux).
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
pub struct Pinched {
    /// Distance from the page's left edge in pixels of the screen's scale, before the page's zoom.
    #[specta(type = specta_typescript::Number)]
    pub x: f64,
    /// Distance from its upper edge, likewise.
    #[specta(type = specta_typescript::Number)]
    pub y: f64,
    /// How far apart the fingers are, compared with when they began.
    #[specta(type = specta_typescript::Number)]
    pub scale: f64,
    /// Whether this is the beginning.
    pub begins: bool,
}

/// How far a job is; at most twenty a second.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
#[serde(rename_all = "camelCase")]
pub struct JobProgress {
    job: JobKind,
    done: u32,
    total: u32,
    #[specta(type = Option<specta_typescript::Number>)]
    seconds_left: Option<f64>,
    current: String,
}

impl JobProgress {
    /// The event for a job's progress.
    pub fn new(job: JobKind, progress: Progress) -> Self {
        let Progress { done, total, seconds_left, current } = progress;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { job, done: count(done), total: count(total), seconds_left, current }
    }
}

/// Lines of the strip that a job changed in the background.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
pub struct RowsChanged {
    /// The lines as they are now.
    pub rows: Vec<ImageRow>,
}

impl RowsChanged {
    /// Tells the page how this image's line is now.
    pub(crate) fn tell(app: &tauri::AppHandle, project: &Project, image: ImageId) {
        if let Ok(rows) = project.rows(&[image]) {
            let _ = Self { rows }.emit(app);
        }
    }
}

/// What the training says.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
#[serde(transparent)]
pub struct TrainingProgress(pub TrainingEvent);

/// What a study or tuning says.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
#[serde(transparent)]
pub struct ExperimentProgress(pub ExperimentEvent);

/// Another model is loaded, or none.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
pub struct ModelChanged {
    /// The model.
    pub model: Option<ModelView>,
}

/// State of the live view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub enum LiveState {
    /// Nothing runs.
    Stopped,
    /// The source is being opened.
    Opening,
    /// The source cannot be had or is gone, and is tried again soon.
    Waiting,
    /// Frames come.
    Running,
    /// The file is at its end.
    Ended,
    /// The source or a model failed.
    Failed,
}

/// The live view changed its state.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
#[serde(rename_all = "camelCase")]
pub struct LiveStatus {
    /// The state.
    pub state: LiveState,
    /// What happened and what helps, when it failed or waits.
    pub message: Option<String>,
    /// Seconds until a source that is waited for is tried again.
    pub retry_seconds: Option<u32>,
}

/// A frame of the live view became an image of the open project.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
pub struct FrameSaved {
    /// What changed.
    pub saved: SavedFrame,
    /// Whether it was collected because the model was unsure, and not saved by a key.
    pub collected: bool,
}

/// A doubtful frame could not be saved.
#[derive(Clone, Debug, Serialize, Deserialize, specta::Type, Event)]
pub struct CollectingFailed {
    /// Why, with what helps.
    pub message: String,
}
