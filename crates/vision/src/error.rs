//! What goes wrong with cascades, in words for the person in front of them.

use std::path::PathBuf;

use thiserror::Error;

/// Why there are no faces.
#[derive(Clone, Debug, Error)]
pub enum VisionError {
    /// The cascade of the Haar detector is not on this computer.
    #[error(
        "the Haar cascade {file} was not found in {}; install OpenCV's data (Debian: apt install opencv-data), or put the file into the models folder",
        searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    CascadeMissing {
        /// Its file name.
        file: &'static str,
        /// Folders that were looked into.
        searched: Vec<PathBuf>,
    },
    /// The file with the cascade's name has something else in it.
    #[error("{}: expected OpenCV's cascade for frontal faces, found {found}; delete the file and install OpenCV's data anew (Debian: apt install --reinstall opencv-data), or choose another detector", path.display())]
    WrongCascade {
        /// The file.
        path: PathBuf,
        /// What is there.
        found: String,
    },
    /// Something that should not happen in OpenCV.
    #[error("OpenCV failed in {doing}: {reason}")]
    OpenCv {
        /// What was being done.
        doing: &'static str,
        /// What it said.
        reason: String,
    },
}

impl VisionError {
    pub(crate) fn open_cv(doing: &'static str) -> impl FnOnce(opencv::Error) -> Self {
        move |error| Self::OpenCv { doing, reason: error.message }
    }
}

/// What OpenCV prints about a file or a backend that does not fit helps nobody; our errors say what does.
pub(crate) fn silence_opencv() {
    // It answers with the level before; there is nothing to do about a failure.
    let _ = opencv::core::set_log_level(opencv::core::LogLevel::LOG_LEVEL_SILENT);
}
