//! The file that is in a folder of crops while a run saves there. It keeps a second run out. One that a killed run
//! left behind says how much of the manifest was true before that run: a crop behind it that is missing was never
//! written, while one in front of it was deleted by somebody.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use super::output::unusable;
use crate::AppError;

/// Hidden, so that no listing of pictures shows it.
const MARKER: &str = ".bauta-crops.running";

/// Locked as long as it lives.
pub(super) struct Marker {
    path: PathBuf,
    file: File,
    /// Bytes of the manifest that a killed run found; `None` when none was killed.
    pub confirmed: Option<usize>,
}

impl Marker {
    /// # Errors
    /// When another run has it, or the folder cannot be written.
    pub(super) fn take(folder: &Path) -> Result<Self, AppError> {
        let path = folder.join(MARKER);
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = opened.map_err(|error| unusable(folder, &error))?;
        // A file system that knows no locks is no reason to save nothing.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(AppError::Invalid(format!(
                "{}: another run is saving crops in this folder; wait until it has ended, or choose another folder",
                folder.display()
            )));
        }
        let mut text = String::new();
        // Nothing in it: killed before it wrote anything.
        let confirmed = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
        Ok(Self { path, file, confirmed })
    }

    /// Notes how many bytes of the manifest are true, unless a killed run noted it before.
    pub(super) fn note(&mut self, bytes: usize) -> std::io::Result<()> {
        match self.confirmed {
            Some(_) => Ok(()),
            None => self.file.write_all(bytes.to_string().as_bytes()),
        }
    }

    /// The whole manifest is true.
    pub(super) fn remove(&self) {
        // One that stays makes the next run look more closely, no more.
        let _ = std::fs::remove_file(&self.path);
    }
}
