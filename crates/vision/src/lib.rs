//! The only place OpenCV exists: Haar faces, and frames from cameras, video files and streams. OpenCV
//! answers many failures with silence (a camera that is not there opens "successfully"); each of them is
//! an error with a remedy here.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cameras;
mod capture;
mod clip;
mod error;
mod frame;
mod haar;
mod sources;

pub use cameras::cameras;
pub use clip::write_clip;
pub use error::VisionError;
pub use haar::HaarDetector;
pub use sources::{OpenCvSources, open_source};
