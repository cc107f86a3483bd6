//! A training in a folder of its own, as `bauta train` writes it: the model, how the pictures were divided, the state to
//! go on from, and the record of what it said.

mod recorder;
mod split_file;
mod training;

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

pub use recorder::FolderRecorder;
pub use split_file::{read_split, write_split};
pub use training::{FolderTraining, TrainingSet};

use crate::{AppError, report::RecordedRun};

/// The folder of one training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFolder(PathBuf);

impl RunFolder {
    /// The folder at this place, be it there or not.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The model; its manifest lies beside it.
    pub fn model(&self) -> PathBuf {
        self.0.join("model.onnx")
    }

    /// The state to go on from.
    pub fn checkpoint(&self) -> PathBuf {
        self.0.join("model.checkpoint")
    }

    /// How the pictures were divided.
    pub fn split(&self) -> PathBuf {
        self.0.join("split.json")
    }

    /// What the training said.
    pub fn record(&self) -> PathBuf {
        self.0.join("run.json")
    }

    /// Whether a program works on it now.
    pub(crate) fn is_busy(&self) -> bool {
        lock_file(&self.0).is_ok_and(|file| file.try_lock().is_err())
    }

    /// What was recorded; `None` when nothing was yet.
    ///
    /// # Errors
    /// When the record is damaged, or a later version of this program wrote it.
    pub fn read(&self) -> Result<Option<RecordedRun>, AppError> {
        read_json(&self.record(), RecordedRun::FORMAT)
    }
}

/// Locks a folder while a program works on it; the lock ends with what is returned, or with the program, however that
/// ends. `what` is said to be busy when another program has it.
///
/// # Errors
/// When another program has locked it, or it cannot be written.
pub(crate) fn lock(folder: &Path, what: &'static str) -> Result<std::fs::File, AppError> {
    let file = lock_file(folder)?;
    if file.try_lock().is_err() {
        return Err(AppError::Busy(what));
    }
    Ok(file)
}

fn lock_file(folder: &Path) -> Result<std::fs::File, AppError> {
    let file = fs_err::OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(".lock"))?;
    Ok(file.into_file())
}

/// Reads a document that says in `format` which version it has; `None` when there is no such file.
///
/// # Errors
/// When it cannot be read, is damaged, or a later version of this program wrote it.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path, known: u32) -> Result<Option<T>, AppError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(AppError::Invalid(format!("{}: it cannot be read: {error}", path.display()))),
    };
    let damaged = |error: serde_json::Error| {
        AppError::Invalid(format!("{}: it is damaged ({error}); delete it, or the folder it is in", path.display()))
    };
    let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(damaged)?;
    check_format(&value, known, &path.display())?;
    serde_json::from_value(value).map(Some).map_err(damaged)
}

/// Refuses a document, at this place, that a later version of this program wrote.
///
/// # Errors
/// When its `format` is a later one than `known`.
pub(crate) fn check_format(document: &serde_json::Value, known: u32, place: &dyn Display) -> Result<(), AppError> {
    match document["format"].as_u64() {
        Some(found) if found > u64::from(known) => Err(AppError::Invalid(format!(
            "{place}: it has format {found}, this version reads format {known}; update Bauta"
        ))),
        _ => Ok(()),
    }
}

/// Writes a document whole.
///
/// # Errors
/// When its folder cannot be written, or the disk is full.
pub(crate) fn write_json(path: &Path, document: &impl Serialize) -> Result<(), AppError> {
    let json = serde_json::to_vec_pretty(document)
        .map_err(|error| AppError::Invalid(format!("{}: it cannot be written down: {error}", path.display())))?;
    bauta_files::write_whole(path, &json).map_err(|error| {
        AppError::Invalid(format!(
            "{}: it cannot be written ({error}); make space on that disk, or choose another folder",
            path.display()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_a_later_version_and_a_damaged_one_are_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder::new(folder.path());
        assert_eq!(run.read().unwrap(), None);
        for (content, expected) in
            [("{\"format\": 2, \"new\": 1}", "update Bauta"), ("{\"format\"", "damaged"), ("{}", "damaged")]
        {
            std::fs::write(run.record(), content).unwrap();
            let message = run.read().unwrap_err().to_string();
            assert!(message.contains(expected) && message.contains("run.json"), "{content}: {message}");
        }
    }
}
