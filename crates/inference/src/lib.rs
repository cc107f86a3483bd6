//! The only place that opens an ONNX model to predict: the runtime library, sessions, detectors,
//! classifiers. Pictures are read and cropped in `bauta-imaging`; models are made in `bauta-training`.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod classifier;
mod detector;
mod error;
mod faces;
mod foreign;
mod looks;
mod registry;
mod runtime;
mod session;
mod shipped;
mod tensor;
mod told;
mod weights;

pub use classifier::{INPUT, MANIFEST_KEY, OUTPUT, OnnxClassifier};
pub use detector::OnnxDetector;
pub use error::InferenceError;
pub use registry::{detectors, open_detector};
pub use runtime::{Runtime, forbid_telemetry};
pub use session::SessionOptions;
pub use tensor::{image_tensor, write_planes};
