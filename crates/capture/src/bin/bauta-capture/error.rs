//! What goes wrong with cameras and videos, in words for the person in front of them.

use std::path::PathBuf;

use thiserror::Error;

/// Why there are no frames.
#[derive(Clone, Debug, Error)]
pub enum SourceError {
    /// No such camera, or it cannot be had.
    #[error("camera {index}: {found}; {remedy}")]
    Camera {
        /// Its number, from 0.
        index: u32,
        /// What was found.
        found: String,
        /// What helps.
        remedy: &'static str,
    },
    /// A file that is not a video that can be read.
    #[error("{}: expected a video file, found {found}; {remedy}", path.display())]
    Video {
        /// The file.
        path: PathBuf,
        /// What was found.
        found: &'static str,
        /// What helps.
        remedy: &'static str,
    },
    /// The address is not one of a stream.
    #[error("{url:?} is not the address of a stream; expected one that begins with http://, https:// or rtsp://")]
    Address {
        /// What was given.
        url: String,
    },
    /// A stream that does not open or gives no pictures.
    #[error(
        "{url}: no pictures came within {seconds} seconds; check the address in a browser or player, and that the camera is on and in this network"
    )]
    Stream {
        /// The address.
        url: String,
        /// How long was waited.
        seconds: u32,
    },
    /// A source that gave pictures and stopped.
    #[error("{source_name}: no more pictures after frame {frames}; {remedy}")]
    Broken {
        /// The camera or address.
        source_name: String,
        /// Frames read before.
        frames: u64,
        /// What helps.
        remedy: &'static str,
    },
    /// A video cannot be written.
    #[error("{}: the video cannot be written: {reason}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What happened, with the remedy where there is one.
        reason: String,
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

impl SourceError {
    pub fn open_cv(doing: &'static str) -> impl FnOnce(opencv::Error) -> Self {
        move |error| Self::OpenCv { doing, reason: error.message }
    }
}

/// What OpenCV prints about a file or a backend that does not fit helps nobody; our errors say what does.
pub fn silence_opencv() {
    // It answers with the level before; there is nothing to do about a failure.
    let _ = opencv::core::set_log_level(opencv::core::LogLevel::LOG_LEVEL_SILENT);
}
