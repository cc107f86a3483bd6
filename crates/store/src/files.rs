//! Files beside the project: their names, and copies that are whole or not there.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

/// The path with `suffix` after its last character: `a.bauta` and `-wal` give `a.bauta-wal`.
pub fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Removes a database and what SQLite keeps beside it, as far as they are there.
pub(crate) fn remove_database(path: &Path) -> io::Result<()> {
    remove(path)?;
    remove_beside(path)
}

/// Removes what SQLite keeps beside a database, as far as it is there.
pub(crate) fn remove_beside(path: &Path) -> io::Result<()> {
    ["-wal", "-shm", "-journal"].iter().try_for_each(|suffix| remove(&beside(path, suffix)))
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Copies a file under a temporary name and renames it when it is on the disk.
pub(crate) fn copy_whole(from: &Path, to: &Path) -> io::Result<()> {
    let part = beside(to, ".part");
    fs_err::copy(from, &part)?;
    publish(&part, to)
}

/// Gives a finished file its name, once its contents are on the disk.
pub(crate) fn publish(part: &Path, to: &Path) -> io::Result<()> {
    // Windows syncs only what is open for writing.
    fs_err::OpenOptions::new().write(true).open(part)?.sync_all()?;
    fs_err::rename(part, to)?;
    sync_folder(to)
}

/// Puts the name of a file on the disk. Windows has no such call and needs none.
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if cfg!(unix) => fs_err::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// Whether there is a file with something in it.
pub(crate) fn has_content(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|facts| facts.len() > 0)
}

/// Keeps a file in hand, to notice that its name belongs to another one now, or to none.
#[derive(Debug)]
pub(crate) struct HeldFile(#[cfg_attr(not(unix), expect(dead_code, reason = "held only"))] std::fs::File);

impl HeldFile {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        fs_err::File::open(path).map(|file| Self(file.into_parts().0))
    }

    /// Whether the file at `path` is this one. Where files have no numbers, whether there is one: an open file
    /// cannot be moved or deleted there.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        let Ok(there) = std::fs::metadata(path) else { return false };
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            // Of the open file, not remembered: some file systems number files anew as long as nobody holds them.
            self.0.metadata().is_ok_and(|held| (held.dev(), held.ino()) == (there.dev(), there.ino()))
        }
        #[cfg(not(unix))]
        there.is_file()
    }
}
