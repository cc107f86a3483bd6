//! The ONNX detectors that this installation knows, and where their files lie. Haar is in
//! `bauta-vision`; the composition root puts both together.

use std::path::{Path, PathBuf};

use bauta_domain::{
    natural_cmp,
    ports::{Detector as _, DetectorInfo},
};

use crate::{InferenceError, OnnxDetector, Runtime, shipped};

struct Known {
    id: &'static str,
    name: &'static str,
    /// File name, or the beginning of it when any ending will do.
    prefix: &'static str,
    /// Whether set-up puts it with the installation's models; else it is the user's to bring.
    ships: bool,
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
        ships: true,
        remedy: "run \"npm start\", which fetches it",
        renewal: "delete it and run \"npm start\", which fetches it anew, or install Bauta again",
    },
    Known {
        id: "yunet",
        name: "YuNet",
        prefix: "yunet",
        ships: false,
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
    let wrong = |found: String| {
        let expected = format!("the {} network, for pictures of any size", known.name);
        InferenceError::WrongModel { path: file.as_path().into(), expected, found, remedy: known.renewal }
    };
    if file.parent() == Some(runtime.model_file("").as_path()) && !shipped::is_as_shipped(&file) {
        return Err(wrong("a file that was damaged or changed since it was installed".to_owned()));
    }
    let detector = OnnxDetector::open(runtime, &file, threads).map_err(|error| match error {
        InferenceError::Damaged { reason, .. } => wrong(format!("a damaged file ({reason})")),
        InferenceError::WrongModel { found, .. } => wrong(found),
        other => other,
    })?;
    match KNOWN.iter().find(|other| other.id == detector.name()) {
        Some(other) if other.id != known.id => Err(wrong(format!("the {} network", other.name))),
        _ => Ok(detector),
    }
}

fn file_of(known: &Known, runtime: &Runtime, user_models: Option<&Path>) -> Result<PathBuf, InferenceError> {
    let files = runtime.model_file("");
    let folders = std::iter::once(files.as_path()).chain(user_models);
    let Some(file) = folders.into_iter().find_map(|folder| first_model(folder, known.prefix)) else {
        let folder = user_models.filter(|_| !known.ships).unwrap_or(&files);
        let path = folder.join(format!("{}.onnx", known.prefix));
        return Err(InferenceError::DetectorMissing { id: known.id, path, remedy: known.remedy });
    };
    // Opening a pipe would wait for a writer for ever.
    let found = match std::fs::metadata(&file) {
        Ok(facts) if facts.is_file() => return Ok(file),
        Ok(facts) if facts.is_dir() => "a folder",
        Ok(_) => "a device or a pipe",
        Err(_) => "a link to a file that does not exist, or that cannot be read",
    };
    let expected = format!("a file with the {} network", known.name);
    Err(InferenceError::WrongModel { path: file, expected, found: found.to_owned(), remedy: known.renewal })
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
