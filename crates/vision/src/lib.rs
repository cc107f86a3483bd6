//! Haar faces through OpenCV, the paper's detector.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod cascade_file;
mod error;
mod haar;

pub use error::VisionError;
pub use haar::HaarDetector;
