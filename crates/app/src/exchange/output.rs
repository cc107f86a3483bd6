//! Writing files so that they are there whole or as they were: beside the target, synced, renamed.

use std::{
    collections::BTreeSet,
    io::{self, Write},
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
        Ok(Self { staging: builder.tempdir_in(parent)?, target: target.to_owned() })
    }

    /// Writes a file at this path below the folder, with `/`.
    pub fn write(&self, inside: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.staging.path().join(inside);
        let mut file = match fs_err::File::create(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs_err::create_dir_all(folder_of(&path))?;
                fs_err::File::create(&path)?
            }
            opened => opened?,
        };
        file.write_all(bytes)?;
        if SYNCS_WHOLE { Ok(()) } else { file.sync_all() }
    }

    /// Puts these files in their place, replacing those of the same names. Their contents are on the disk before
    /// the first of them has its name.
    pub fn publish<'f>(self, files: impl Iterator<Item = &'f str>) -> io::Result<()> {
        sync_all_of(self.staging.path())?;
        // An empty folder gives way to ours, which then appears at once; a full one keeps what is in it.
        let _ = std::fs::remove_dir(&self.target);
        if !self.target.exists() {
            let staging = self.staging.keep();
            fs_err::rename(&staging, &self.target).inspect_err(|_| drop(std::fs::remove_dir_all(&staging)))?;
        } else {
            let mut folders = BTreeSet::from([self.target.clone()]);
            for file in files {
                let to = self.target.join(file);
                let folder = folder_of(&to);
                if !folders.contains(folder) {
                    fs_err::create_dir_all(folder)?;
                    folders.insert(folder.to_owned());
                }
                fs_err::rename(self.staging.path().join(file), to)?;
            }
            folders.iter().try_for_each(|folder| sync_folder(folder))?;
        }
        sync_folder(folder_of(&self.target))
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Linux syncs a whole file system in one call, and reports what could not be written: a hundred thousand small
/// files one by one take minutes.
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
            let out = OutputFolder::new(&target).unwrap();
            for (name, text) in files {
                out.write(name, text.as_bytes()).unwrap();
            }
            out
        };
        drop(export(&[("a.xml", "never published")]));
        assert!(!target.exists());
        export(&[("a.xml", "1"), ("sub/b.xml", "1")]).publish(["a.xml", "sub/b.xml"].into_iter()).unwrap();
        std::fs::write(target.join("mine.txt"), "mine").unwrap();
        export(&[("a.xml", "2")]).publish(["a.xml"].into_iter()).unwrap();
        assert_eq!(names(&target), ["a.xml", "mine.txt", "sub"]);
        assert_eq!(std::fs::read_to_string(target.join("a.xml")).unwrap(), "2");
        assert_eq!(names(folder.path()), ["out"]);
    }
}
