//! Files that are there whole or not at all: written beside their target, synced, renamed, and the folder
//! synced. An earlier file stays as it was until the new one is complete, whatever happens.

#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
};

/// Writes a file whole. Missing folders are made.
///
/// # Errors
/// When the folder cannot be made or written, or the disk is full.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with(path, |file| file.write_all(bytes))
}

/// Copies a file whole; one that is copied onto itself stays as it is.
///
/// # Errors
/// When the source cannot be read, the folder cannot be made or written, or the disk is full.
pub fn copy_whole(from: &Path, to: &Path) -> io::Result<()> {
    if from == to {
        return Ok(());
    }
    let mut source = File::open(from)?;
    write_with(to, |file| io::copy(&mut source, file).map(drop))
}

/// Writes a file whole, piece by piece. When `write` fails, nothing is left of the new file.
///
/// # Errors
/// What `write` returns, or when the folder cannot be made or written, or the disk is full.
pub fn write_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bauta-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Temporary files are private by default; what we save is as readable as any other file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    write(file.as_file_mut())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|failed| failed.error)?;
    sync_folder(folder)
}

/// Only a synced folder remembers the new name after a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows has no such call; renaming is journalled there.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/deep/file.bin");
        write_whole(&path, b"first").unwrap();
        write_whole(&path, b"second").unwrap();
        let failed = write_with(&path, |file| file.write_all(b"thi").and(Err(io::Error::other("full"))));
        assert_eq!(failed.unwrap_err().to_string(), "full");
        copy_whole(&path, &path).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_was_written() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (ours, usual) = (folder.path().join("ours"), folder.path().join("usual"));
        write_whole(&ours, b"x").unwrap();
        std::fs::write(&usual, b"x").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&usual));
    }
}
