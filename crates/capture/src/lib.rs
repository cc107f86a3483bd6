//! Frames from cameras, video files and streams. OpenCV's video library needs more than two hundred others, which
//! take a fifth of a second to load at every start; and a driver or a damaged video can hang or end the process that
//! reads it. So a small program of our own, `bauta-capture`, reads and writes videos, started when somebody wants one,
//! and this library talks to it. Nothing here names OpenCV; only that program's own modules do.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cameras;
mod error;
mod program;
pub mod protocol;
mod sources;
mod watch;

pub use cameras::cameras;
pub use error::CaptureError;
pub use sources::{CaptureSources, open_source, write_clip};
