//! Writing files so that they are there whole or as they were: beside the target, synced, renamed.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use bauta_formats::WriteError;

/// Writes one file through `write`; when that fails, an earlier file stays as it was.
pub(super) fn write_file(
    target: &Path,
    write: impl FnOnce(&mut std::fs::File) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let folder = folder_of(target);
    fs_err::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bauta-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Temporary files are private by default; what we save is as readable as any other file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut part = builder.tempfile_in(folder)?;
    write(part.as_file_mut())?;
    part.as_file().sync_all()?;
    part.persist(target).map_err(|failed| failed.error)?;
    Ok(sync_folder(folder)?)
}

/// A folder of files in the making. Nothing appears at the target before [`OutputFolder::publish`].
pub(super) struct OutputFolder {
    staging: tempfile::TempDir,
    target: PathBuf,
    files: Vec<PathBuf>,
    last_folder: PathBuf,
}

impl OutputFolder {
    /// Begins an export to `target`, which need not exist.
    pub fn new(target: &Path) -> io::Result<Self> {
        let parent = folder_of(target);
        fs_err::create_dir_all(parent)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".bauta-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            builder.permissions(std::fs::Permissions::from_mode(0o777));
        }
        let staging = builder.tempdir_in(parent)?;
        Ok(Self { staging, target: target.to_owned(), files: Vec::new(), last_folder: PathBuf::new() })
    }

    /// Writes a file at this path below the folder, with `/`.
    pub fn write(&mut self, inside: &str, bytes: &[u8]) -> io::Result<()> {
        let inside: PathBuf = inside.split('/').collect();
        let path = self.staging.path().join(&inside);
        let folder = folder_of(&path);
        if folder != self.last_folder {
            fs_err::create_dir_all(folder)?;
            folder.clone_into(&mut self.last_folder);
        }
        let mut file = BufWriter::new(fs_err::File::create(&path)?);
        file.write_all(bytes)?;
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        if !SYNCS_WHOLE {
            file.sync_all()?;
        }
        self.files.push(inside);
        Ok(())
    }

    /// Puts the files in their place, replacing those of the same names. Returns how many there are.
    pub fn publish(self) -> io::Result<usize> {
        sync_all_of(self.staging.path())?;
        let count = self.files.len();
        // An empty folder gives way to ours, which then appears at once; a full one keeps what is in it.
        let _ = std::fs::remove_dir(&self.target);
        if !self.target.exists() {
            let staging = self.staging.keep();
            fs_err::rename(&staging, &self.target).inspect_err(|_| drop(std::fs::remove_dir_all(&staging)))?;
        } else {
            for file in &self.files {
                let to = self.target.join(file);
                fs_err::create_dir_all(folder_of(&to))?;
                fs_err::rename(self.staging.path().join(file), to)?;
            }
            sync_folder(&self.target)?;
        }
        sync_folder(folder_of(&self.target))?;
        Ok(count)
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Linux syncs a whole file system in one call: a hundred thousand small files one by one take minutes.
const SYNCS_WHOLE: bool = cfg!(target_os = "linux");

#[cfg(target_os = "linux")]
fn sync_all_of(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(fs_err::File::open(folder)?)?)
}

#[cfg(not(target_os = "linux"))]
fn sync_all_of(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Only a synced folder remembers new names after a power cut.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

/// Windows has no such call; renaming is journalled there.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_is_not_finished_leaves_the_earlier_one_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("boxes.json");
        write_file(&target, |out| Ok(out.write_all(b"first")?)).unwrap();
        let stopped = write_file(&target, |out| {
            out.write_all(b"half")?;
            Err(WriteError::Cancelled)
        });
        assert!(matches!(stopped, Err(WriteError::Cancelled)));
        assert_eq!(std::fs::read(&target).unwrap(), b"first");
        assert_eq!(names(folder.path()), ["boxes.json"]);
    }

    #[test]
    fn a_folder_appears_when_it_is_whole_and_keeps_other_files() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out");
        let export = |files: &[(&str, &str)]| {
            let mut out = OutputFolder::new(&target).unwrap();
            for (name, text) in files {
                out.write(name, text.as_bytes()).unwrap();
            }
            out
        };
        drop(export(&[("a.xml", "never published")]));
        assert!(!target.exists());
        assert_eq!(export(&[("a.xml", "1"), ("sub/b.xml", "1")]).publish().unwrap(), 2);
        std::fs::write(target.join("mine.txt"), "mine").unwrap();
        export(&[("a.xml", "2")]).publish().unwrap();
        assert_eq!(names(&target), ["a.xml", "mine.txt", "sub"]);
        assert_eq!(std::fs::read_to_string(target.join("a.xml")).unwrap(), "2");
        assert_eq!(names(folder.path()), ["out"]);
    }
}
