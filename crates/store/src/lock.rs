//! One window at a time: a lock file beside the project, held by the operating system, so it ends with
//! the process however that ends. SQLite's own locks would let two windows take turns and overwrite
//! each other's idea of the history; and this file keeps us from opening the database twice in one
//! process, where closing one handle would drop the other's POSIX locks.

use std::{
    fs::{File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use crate::{
    error::{Fault, StoreError},
    files::beside,
};

/// The right to open a project; gives it back, and removes its file, when dropped.
#[derive(Debug)]
pub(crate) struct ProjectLock {
    path: PathBuf,
    _file: File,
}

impl ProjectLock {
    /// Takes the lock of the project at `project`, or says at once who stands in the way.
    pub(crate) fn acquire(project: &Path) -> Result<Self, Fault> {
        let path = beside(project, "-lock");
        // The holder removes the file when it goes. Whoever opened it just before has a lock on nothing
        // and tries again; it can meet that case only as often as others come and go.
        for _ in 0..16 {
            let file = fs_err::OpenOptions::new().write(true).create(true).truncate(false).open(&path)?.into_file();
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => break,
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            if is_at(&file, &path)? {
                return Ok(Self { path, _file: file });
            }
        }
        Err(StoreError::Locked { path: project.to_owned() }.into())
    }
}

/// Whether somebody, in this process or another, has the lock of the project at `project`. Changes nothing; where that
/// cannot be found out, somebody counts as having it.
pub(crate) fn is_held(project: &Path) -> bool {
    match File::open(beside(project, "-lock")) {
        // There is no way to ask without taking it; it is given back when the file is closed.
        Ok(file) => file.try_lock_shared().is_err(),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

impl Drop for ProjectLock {
    fn drop(&mut self) {
        // One that cannot be removed does no harm: the next one to open the project locks it again.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Whether this open file is the one that the path names now.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let open = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (open.dev(), open.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}
