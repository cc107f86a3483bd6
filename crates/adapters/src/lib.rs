//! Connects the real adapters to the ports: the one composition that window and command line share.
//! No decisions are made here but where files lie.

mod models;
mod sample;

use std::{path::PathBuf, sync::Arc, time::SystemTime};

use bauta_app::Adapters;
use bauta_capture::CaptureSources;
use bauta_domain::ports::PortError;
use bauta_imaging::{DiskImages, GreyFollower};
use bauta_inference::Runtime;
use bauta_training::OnnxTrainer;

pub use bauta_inference::forbid_telemetry;
pub use sample::{draw_sample, open_sample};

/// Loads the ONNX Runtime and connects everything. `resources` are folders that may hold the runtime and
/// the models (`runtime/`, `files/`), the first match wins; without one they are looked for beside the
/// program. `user_models` is a folder of the user's own detectors.
///
/// # Errors
/// When the runtime library is missing or cannot be loaded, with the folder that was searched.
pub fn connect(resources: &[PathBuf], user_models: Option<PathBuf>) -> Result<Adapters, PortError> {
    let bundled = resources.iter().find(|folder| folder.join("runtime").is_dir());
    let runtime = match bundled {
        Some(folder) => Runtime::open(folder)?,
        None => Runtime::find()?,
    };
    let images = Arc::new(DiskImages);
    Ok(Adapters {
        images: images.clone(),
        cropper: images.clone(),
        samples: images,
        follower: Arc::new(GreyFollower),
        models: Arc::new(models::AllModels { runtime: runtime.clone(), user_models }),
        sources: Arc::new(CaptureSources::default()),
        trainer: Arc::new(OnnxTrainer::new(runtime, cache_folder().join("features"))),
        clock: SystemTime::now,
    })
}

/// Where this program keeps what it can compute again: the system's place for it.
fn cache_folder() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        variable("HOME").map(|home| home.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")))
    };
    folder.unwrap_or_else(std::env::temp_dir).join("bauta")
}
