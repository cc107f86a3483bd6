//! Writing files so that they are there whole or as they were: beside the target, synced, renamed.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use bauta_formats::WriteError;

pub(super) use super::replacing::Torn;
use super::replacing::{Folders, Replacing};

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

    /// Puts these files in their place, replacing those of the same names: all of them, or none. Their contents are
    /// on the disk before the first of them has its name.
    ///
    /// # Errors
    /// When one of them has no place there; then all is as it was, unless the error holds a [`Torn`].
    pub fn publish(self, files: &[String]) -> io::Result<()> {
        sync_all_of(self.staging.path())?;
        // An empty folder gives way to ours, which then appears at once; a full one keeps what is in it.
        let _ = std::fs::remove_dir(&self.target);
        if self.target.symlink_metadata().is_err() {
            let staging = self.staging.keep();
            fs_err::rename(&staging, &self.target).inspect_err(|_| drop(std::fs::remove_dir_all(&staging)))?;
            return sync_folder(folder_of(&self.target));
        }
        let mut folders = Folders::default();
        for file in files {
            folders.check(&self.target, file)?;
        }
        let mut replacing = Replacing::begin(&self.target)?;
        let replaced = files
            .iter()
            .try_for_each(|file| replacing.replace(&self.staging.path().join(file), self.target.join(file)));
        match replaced.and_then(|()| folders.sync()) {
            Ok(()) => Ok(()),
            Err(error) => Err(replacing.take_back(error)),
        }
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
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
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    fs_err::File::open(folder)?.sync_all()
}

/// Windows has no such call; renaming is journalled there.
#[cfg(not(unix))]
pub(super) fn sync_folder(_folder: &Path) -> io::Result<()> {
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

    fn listed(files: &[&str]) -> Vec<String> {
        files.iter().map(|file| (*file).to_owned()).collect()
    }

    #[test]
    fn a_folder_or_file_in_the_way_is_found_before_anything_is_replaced() {
        for (in_the_way, is_folder, said) in
            [("b.xml", true, "there is a folder of that name"), ("sub", false, "there is a file where a folder")]
        {
            let folder = tempfile::tempdir().unwrap();
            let target = folder.path().join("out");
            std::fs::create_dir(&target).unwrap();
            std::fs::write(target.join("a.xml"), "earlier").unwrap();
            let way = target.join(in_the_way);
            if is_folder {
                std::fs::create_dir(&way).unwrap();
            } else {
                std::fs::write(&way, "").unwrap();
            }
            let out = OutputFolder::new(&target).unwrap();
            let files = listed(&["a.xml", "b.xml", "sub/c.xml"]);
            files.iter().for_each(|file| out.write(file, b"new").unwrap());
            let error = out.publish(&files).unwrap_err().to_string();
            assert!(error.contains(in_the_way) && error.contains(said), "{error}");
            assert_eq!(std::fs::read(target.join("a.xml")).unwrap(), b"earlier");
            assert_eq!((names(&target), names(folder.path())), (listed(&["a.xml", in_the_way]), listed(&["out"])));
        }
    }

    #[test]
    fn what_was_replaced_is_taken_back_when_a_later_file_fails() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("out");
        std::fs::create_dir(&target).unwrap();
        std::fs::write(target.join("a.xml"), "earlier").unwrap();
        let out = OutputFolder::new(&target).unwrap();
        out.write("a.xml", b"new").unwrap();
        out.write("deep/new/b.xml", b"new").unwrap();
        // The third was never written: its renaming fails.
        let error = out.publish(&listed(&["a.xml", "deep/new/b.xml", "c.xml"])).unwrap_err();
        assert!(!Torn::is_in(&error), "{error}");
        assert_eq!(std::fs::read(target.join("a.xml")).unwrap(), b"earlier");
        assert_eq!((names(&target), names(folder.path())), (listed(&["a.xml"]), listed(&["out"])));
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
        export(&[("a.xml", "1"), ("sub/b.xml", "1")]).publish(&listed(&["a.xml", "sub/b.xml"])).unwrap();
        std::fs::write(target.join("mine.txt"), "mine").unwrap();
        export(&[("a.xml", "2")]).publish(&listed(&["a.xml"])).unwrap();
        assert_eq!(names(&target), ["a.xml", "mine.txt", "sub"]);
        assert_eq!(std::fs::read_to_string(target.join("a.xml")).unwrap(), "2");
        assert_eq!(names(folder.path()), ["out"]);
    }
}
