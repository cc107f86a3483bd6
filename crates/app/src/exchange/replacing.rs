//! Many files in place of many others: all of them, or those that were there.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use thiserror::Error;

use super::output::{folder_of, sync_folder};

/// Some files are new and their earlier ones could not be put back.
#[derive(Debug, Error)]
#[error("{reason}; {files} earlier files could not be put back and are kept in {}", kept.display())]
pub(super) struct Torn {
    reason: String,
    files: usize,
    kept: PathBuf,
}

impl Torn {
    /// Whether this error is one.
    pub fn is_in(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}

/// Folders that files go to, each looked at once.
#[derive(Default)]
pub(super) struct Folders(BTreeSet<PathBuf>);

impl Folders {
    /// Whether a file can have this path below `target`: no folder is there already, and no file where a folder is
    /// needed.
    ///
    /// # Errors
    /// When something is in the way; it is named.
    pub fn check(&mut self, target: &Path, file: &str) -> io::Result<()> {
        let in_the_way = |path: &Path, what: &str| {
            let message = format!("{}: {what}; move it away or choose another folder", path.display());
            Err(io::Error::new(io::ErrorKind::AlreadyExists, message))
        };
        let to = target.join(file);
        if to.is_dir() && !to.is_symlink() {
            return in_the_way(&to, "there is a folder of that name");
        }
        for folder in to.ancestors().skip(1).take_while(|folder| folder.starts_with(target)) {
            if self.0.contains(folder) {
                break;
            }
            if folder.symlink_metadata().is_ok() && !folder.is_dir() {
                return in_the_way(folder, "there is a file where a folder is needed");
            }
            self.0.insert(folder.to_owned());
        }
        Ok(())
    }

    /// Puts their new names on the disk.
    pub fn sync(&self) -> io::Result<()> {
        self.0.iter().try_for_each(|folder| sync_folder(folder))
    }
}

/// Replaces files one after the other, and remembers how to take it back.
pub(super) struct Replacing {
    /// The earlier files, by their numbers.
    earlier: TempDir,
    /// The new files, and whether there was an earlier one.
    done: Vec<(PathBuf, bool)>,
    /// Folders that were made.
    made: Vec<PathBuf>,
}

impl Replacing {
    /// Begins to replace files in `target`.
    pub fn begin(target: &Path) -> io::Result<Self> {
        let earlier = tempfile::Builder::new().prefix(".bauta-").suffix(".part").tempdir_in(folder_of(target))?;
        Ok(Self { earlier, done: Vec::new(), made: Vec::new() })
    }

    /// Gives the file at `from` the name `to`.
    pub fn replace(&mut self, from: &Path, to: PathBuf) -> io::Result<()> {
        self.make_folder(folder_of(&to))?;
        let was_there = to.symlink_metadata().is_ok();
        if was_there {
            // A second name keeps the earlier file while the new one takes its place in one step. Some file systems
            // know no second names; then nothing has the name for a moment.
            let kept = self.earlier.path().join(self.done.len().to_string());
            if std::fs::hard_link(&to, &kept).is_err() {
                fs_err::rename(&to, &kept)?;
                self.done.push((to.clone(), true));
                return fs_err::rename(from, to);
            }
        }
        fs_err::rename(from, &to)?;
        self.done.push((to, was_there));
        Ok(())
    }

    fn make_folder(&mut self, folder: &Path) -> io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        self.make_folder(folder_of(folder))?;
        fs_err::create_dir(folder)?;
        self.made.push(folder.to_owned());
        Ok(())
    }

    /// Puts the earlier files back, and returns the error with what could not be.
    pub fn take_back(self, error: io::Error) -> io::Error {
        let mut left = 0;
        for (number, (to, was_there)) in self.done.iter().enumerate().rev() {
            let back = match was_there {
                true => std::fs::rename(self.earlier.path().join(number.to_string()), to),
                false => std::fs::remove_file(to),
            };
            left += usize::from(back.is_err() && *was_there);
        }
        for folder in self.made.iter().rev() {
            // Somebody else's file in it keeps it.
            let _ = std::fs::remove_dir(folder);
        }
        if left == 0 {
            return error;
        }
        io::Error::other(Torn { reason: error.to_string(), files: left, kept: self.earlier.keep() })
    }
}
