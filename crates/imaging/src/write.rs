//! Files that are there whole or not at all.

use std::path::Path;

use crate::{ImagingError, error::explain};

/// Writes a file beside its target, syncs it, renames it and syncs the folder. Missing folders are
/// made. An earlier file stays as it was until the new one is complete, whatever happens.
///
/// # Errors
/// When the folder cannot be made or written, or the disk is full.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), ImagingError> {
    bauta_files::write_whole(path, bytes)
        .map_err(|error| ImagingError::Write { path: path.into(), reason: explain(&error) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_cannot_be_written_is_named_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        std::fs::create_dir_all(path.join("inside")).unwrap();
        let message = write_atomically(&path, b"x").unwrap_err().to_string();
        assert!(message.contains("taken"), "{message}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let below_a_file = folder.path().join("file");
        std::fs::write(&below_a_file, b"x").unwrap();
        assert!(write_atomically(&below_a_file.join("y"), b"x").is_err());
    }
}
