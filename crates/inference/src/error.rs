//! What goes wrong with models, in words for the person who chose them.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
};

use thiserror::Error;

/// Why a model could not be opened or run.
#[derive(Clone, Debug, Error)]
pub enum InferenceError {
    /// No folder with models and the runtime library was found.
    #[error(
        "the folder with the models was not found; looked for models/models.toml and models/runtime upwards from {}; run \"npm start\", or set BAUTA_MODELS to the folder",
        searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" and ")
    )]
    NoModelsFolder {
        /// Where the search began.
        searched: Vec<PathBuf>,
    },
    /// The runtime library is not where it should be.
    #[error("the ONNX Runtime library is missing: expected {}; run \"npm start\", which fetches it", path.display())]
    LibraryMissing {
        /// Where it was expected.
        path: PathBuf,
    },
    /// The runtime library cannot be used.
    #[error("the ONNX Runtime library {} cannot be used: {reason}; delete it and run \"npm start\", which fetches it anew", path.display())]
    LibraryUnusable {
        /// The library.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// There is no such file, or it cannot be read.
    #[error("the model {} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The model.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The file is not an ONNX model that the runtime takes.
    #[error("{} is not a usable ONNX model: {reason}; copy it again or train it anew", path.display())]
    Damaged {
        /// The model.
        path: PathBuf,
        /// What the parser or the runtime said.
        reason: String,
    },
    /// Made for operators that this runtime does not have.
    #[error("{}: the model is made for version {version} of ONNX's operators, which is not supported here; export it with an older one, such as 17 ({reason})", path.display())]
    NewerOperators {
        /// The model.
        path: PathBuf,
        /// The version.
        version: i64,
        /// What the runtime said.
        reason: String,
    },
    /// Weights in other files: they could name any file of this computer.
    #[error("{}: the weights of tensor {tensor:?} lie outside the file; expected a model that holds its own weights: save it as one file", path.display())]
    ExternalData {
        /// The model.
        path: PathBuf,
        /// Name of the first such tensor.
        tensor: String,
    },
    /// A model, but not of the expected kind.
    #[error("{}: expected {expected}, found {found}; {remedy}", path.display())]
    WrongModel {
        /// The model.
        path: PathBuf,
        /// What is needed.
        expected: String,
        /// What is there.
        found: String,
        /// What helps.
        remedy: &'static str,
    },
    /// The model's description cannot be used.
    #[error("the description of the model {} cannot be used: {reason}; train or export the model anew", path.display())]
    Manifest {
        /// The model or its `.json`.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A classifier of another program that nobody described yet.
    #[error("{}: another program made this model, and it does not say all of how it wants its pictures; expected a description in {}; load the model in the window once (Model > Load), which asks for the rest, or use \"bauta describe\"", path.display(), json.display())]
    Undescribed {
        /// The model.
        path: PathBuf,
        /// Where its description belongs.
        json: PathBuf,
    },
    /// No detector of that name.
    #[error("there is no detector {found:?}; choose one of {}", known.join(", "))]
    UnknownDetector {
        /// What was asked for.
        found: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// The file of a detector is not there.
    #[error("the detector {id} needs a model file that is missing: expected {}; {remedy}", path.display())]
    DetectorMissing {
        /// Name of the detector.
        id: &'static str,
        /// Where the file was expected.
        path: PathBuf,
        /// What helps.
        remedy: &'static str,
    },
    /// A crop has not the size that the model takes.
    #[error("the model takes pictures of {expected}×{expected} pixels, found one of {width}×{height}")]
    CropSize {
        /// Side that the model takes.
        expected: u32,
        /// Width found.
        width: u32,
        /// Height found.
        height: u32,
    },
    /// The runtime failed while it computed.
    #[error("the model {model} failed while it ran: {reason}")]
    Run {
        /// Name of the model.
        model: String,
        /// What the runtime said.
        reason: String,
    },
}

/// Runs code of the runtime library's binding; its panic becomes a reason like any other.
pub(crate) fn guarded<T, E: ToString>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(panic) => Err(panic_message(panic.as_ref())),
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words").to_owned()
}
