//! Opening model files: read once, looked into for weights outside the file, given to the runtime.

use std::path::Path;

use ort::session::{Session, builder::GraphOptimizationLevel};

use crate::{
    InferenceError, Runtime,
    error::guarded,
    weights::{external_tensor, operators_version},
};

/// Models are a few to some tens of megabytes; protobuf ends at two gigabytes.
const MAX_MODEL_BYTES: u64 = 1 << 30;

/// How a model is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionOptions {
    /// Threads that share the work of one run, at least 1.
    pub threads: usize,
}

impl Runtime {
    /// Opens a model file. Its threads sleep between runs, since the window and the decoders need the
    /// processor as well.
    ///
    /// # Errors
    /// When the file cannot be read, is no ONNX model, or keeps weights in other files.
    pub fn open_session(&self, path: &Path, options: SessionOptions) -> Result<Session, InferenceError> {
        let unreadable = |reason: String| InferenceError::Unreadable { path: path.into(), reason };
        let metadata = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
        if !metadata.is_file() || metadata.len() > MAX_MODEL_BYTES {
            return Err(unreadable(format!("expected a file of at most {} MiB", MAX_MODEL_BYTES >> 20)));
        }
        let bytes = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        let damaged = |reason: String| InferenceError::Damaged { path: path.into(), reason };
        if let Some(tensor) = external_tensor(&bytes).map_err(damaged)? {
            return Err(InferenceError::ExternalData { path: path.into(), tensor });
        }
        guarded(|| commit(self, &bytes, options)).map_err(|reason| match operators_version(&bytes) {
            // The runtime's own words name the version only.
            Some(version) if reason.to_ascii_lowercase().contains("opset") => {
                InferenceError::NewerOperators { path: path.into(), version, reason }
            }
            _ => damaged(reason),
        })
    }
}

fn commit(runtime: &Runtime, bytes: &[u8], options: SessionOptions) -> ort::Result<Session> {
    Session::builder(runtime.environment())?
        .with_optimization_level(GraphOptimizationLevel::Level3)?
        .with_intra_threads(options.threads.max(1))?
        .with_intra_op_spinning(false)?
        // Sizes and batches change from run to run; a remembered memory plan would be of no use.
        .with_memory_pattern(false)?
        .commit_from_memory(bytes)
}
