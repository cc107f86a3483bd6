//! The folder that crops are written to, and the manifest in it. One thread writes.
//!
//! The lines of new crops are appended before their files appear, so that a file of ours always has a line, also
//! after the program was killed; at the end the manifest is written anew without the lines that are no longer true.
//! Crops are not synced one by one: the manifest has the hash of each, and a run that finds another one writes
//! the crop again.

use std::{
    collections::{BTreeMap, HashMap},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use bauta_domain::Problem;
use bauta_formats::{CROP_MANIFEST, CropRow, is_crop_manifest, read_crop_manifest, write_crop_rows};

use crate::{AppError, files::sha256_of};

/// Name of a file that is being written; there is one writer.
const PART: &str = ".bauta-crop.part";

/// What was done to files.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub written: usize,
    pub updated: usize,
    pub unchanged: usize,
    pub removed: usize,
}

/// A folder of crops.
pub(super) struct Output {
    folder: PathBuf,
    manifest: PathBuf,
    journal: fs_err::File,
    /// By the crop's place; what has no crop by its photo.
    rows: BTreeMap<(String, String), CropRow>,
    has_news: bool,
    pub counts: Counts,
    pub problems: Vec<Problem>,
}

/// The rows that an earlier run left, by photo.
pub(super) type Earlier = HashMap<String, Vec<CropRow>>;

impl Output {
    /// Opens a folder, which is made when it is not there.
    pub(super) fn open(folder: &Path) -> Result<(Self, Earlier), AppError> {
        let folder = std::path::absolute(folder)?;
        let manifest = folder.join(CROP_MANIFEST);
        fs_err::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
        let bytes = match fs_err::read(&manifest) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(unusable(&folder, &error)),
        };
        if !bytes.is_empty() && !is_crop_manifest(&bytes) {
            return Err(AppError::Invalid(format!(
                "{}: expected a list of crops that Bauta wrote, found another table; choose an empty folder for the crops",
                manifest.display()
            )));
        }
        let mut rows = BTreeMap::new();
        let mut earlier = Earlier::new();
        for row in read_crop_manifest(&bytes).into_iter().filter(is_harmless) {
            rows.insert(key(&row), row);
        }
        for row in rows.values() {
            earlier.entry(row.source.clone()).or_default().push(row.clone());
        }
        let mut journal = fs_err::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&manifest)
            .map_err(|error| unusable(&folder, &error))?;
        // Behind a line that was cut off, the next one begins on a line of its own.
        let begin = match bytes.last() {
            None => write_crop_rows(&[], true),
            Some(b'\n') => Vec::new(),
            Some(_) => vec![b'\n'],
        };
        journal.write_all(&begin).map_err(|error| unusable(&folder, &error))?;
        let (counts, problems) = (Counts::default(), Vec::new());
        let has_news = begin.len() == 1;
        Ok((Self { folder, manifest, journal, rows, has_news, counts, problems }, earlier))
    }

    /// Takes the crops of one photo: writes what is new or changed, removes what an earlier run wrote and is not
    /// among them.
    pub(super) fn take(&mut self, earlier: &[CropRow], made: Vec<(CropRow, Vec<u8>)>) -> Result<(), AppError> {
        // An unplugged disk leaves an empty folder behind, which would take the crops silently.
        if !self.manifest.is_file() {
            return Err(self.stopped("the folder is gone; connect its disk again"));
        }
        // Before writing: on disks that know no case, the old name may be the new one.
        for old in earlier.iter().filter(|old| !made.iter().any(|(row, _)| key(row) == key(old))) {
            self.remove(old)?;
        }
        let lines: Vec<CropRow> =
            made.iter().filter(|(row, _)| self.rows.get(&key(row)) != Some(row)).map(|(row, _)| row.clone()).collect();
        if !lines.is_empty() {
            self.has_news = true;
            let written = self.journal.write_all(&write_crop_rows(&lines, false));
            written.map_err(|error| self.stopped_by(&error))?;
        }
        for (row, bytes) in made {
            self.write(&row, &bytes)?;
        }
        Ok(())
    }

    /// Writes the manifest anew, when something changed.
    pub(super) fn finish(&mut self) -> Result<(), AppError> {
        if !self.has_news {
            return Ok(());
        }
        let mut rows: Vec<CropRow> = self.rows.values().cloned().collect();
        rows.sort_by(|a, b| bauta_domain::natural_cmp(&a.crop, &b.crop).then_with(|| a.source.cmp(&b.source)));
        let written = tempfile::NamedTempFile::new_in(&self.folder).and_then(|mut file| {
            file.write_all(&write_crop_rows(&rows, true))?;
            file.as_file().sync_all()?;
            readable(file.path())?;
            file.persist(&self.manifest).map_err(|error| error.error).map(drop)
        });
        written.map_err(|error| self.stopped_by(&error))
    }

    fn write(&mut self, row: &CropRow, bytes: &[u8]) -> Result<(), AppError> {
        let before = self.rows.insert(key(row), row.clone());
        if row.crop.is_empty() {
            return Ok(());
        }
        let path = self.folder.join(&row.crop);
        let there = sha256_of(&path).ok();
        match (&there, &before) {
            (Some(hash), _) if *hash == row.crop_sha256 => {
                self.counts.unchanged += 1;
                return Ok(());
            }
            (Some(hash), Some(before)) if *hash == before.crop_sha256 => self.counts.updated += 1,
            (Some(_), _) if !is_unfinished(&path) => {
                let message = "a file of that name is there that was made or changed by somebody else; it was left as it is, move it away to have the crop";
                self.problems.push(Problem::new(path.display().to_string(), message));
                return Ok(());
            }
            _ => self.counts.written += 1,
        }
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        let part = folder.join(PART);
        let saved = make_folder(&folder)
            .and_then(|()| std::fs::write(&part, bytes))
            .and_then(|()| std::fs::rename(&part, &path));
        saved.map_err(|error| {
            let _ = std::fs::remove_file(&part);
            self.stopped_by(&error)
        })
    }

    fn remove(&mut self, old: &CropRow) -> Result<(), AppError> {
        self.rows.remove(&key(old));
        self.has_news = true;
        if old.crop.is_empty() {
            return Ok(());
        }
        let path = self.folder.join(&old.crop);
        match sha256_of(&path) {
            Ok(hash) if hash == old.crop_sha256 => {
                fs_err::remove_file(&path).map_err(|error| self.stopped_by(&error))?;
                self.counts.removed += 1;
                // Goes only when it is empty.
                if let Some(folder) = path.parent().filter(|folder| *folder != self.folder) {
                    let _ = std::fs::remove_dir(folder);
                }
            }
            Ok(_) => {
                let message =
                    "the box of this crop is gone, but the file was changed by somebody else and was left as it is";
                self.problems.push(Problem::new(path.display().to_string(), message));
            }
            // Removed before by somebody else.
            Err(_) => {}
        }
        Ok(())
    }

    fn stopped_by(&self, error: &std::io::Error) -> AppError {
        self.stopped(&why_unwritable(error))
    }

    fn stopped(&self, reason: &str) -> AppError {
        let done = self.counts.written + self.counts.updated;
        AppError::Invalid(format!(
            "{}: saving crops stopped after {done}: {reason}. The crops written until then are whole; the next run goes on from there",
            self.folder.display()
        ))
    }
}

/// Refuses a folder for results inside the folder that is read: the next run would take them for photos.
pub(crate) fn refuse_inside(out: &Path, input: &Path, what: &str) -> Result<(), AppError> {
    let (out, input) = (real(out)?, real(input)?);
    if !out.starts_with(&input) {
        return Ok(());
    }
    Err(AppError::Invalid(format!(
        "the folder for {what}, {}, lies inside the folder of photos, {}: the next run would take them for photos; choose a folder beside it",
        out.display(),
        input.display()
    )))
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> Result<PathBuf, AppError> {
    let path = std::path::absolute(path)?;
    let mut missing = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            return Ok(missing.iter().rev().fold(real, |real, name| real.join(name)));
        }
        missing.extend(ancestor.file_name());
    }
    Ok(path)
}

/// A row of a manifest that somebody edited must not lead to files elsewhere.
fn is_harmless(row: &CropRow) -> bool {
    let parts: Vec<_> = Path::new(&row.crop).components().collect();
    parts.len() <= 2 && parts.iter().all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn key(row: &CropRow) -> (String, String) {
    let photo = if row.crop.is_empty() { row.source.clone() } else { String::new() };
    (row.crop.clone(), photo)
}

/// A crop that a power cut left without its contents.
fn is_unfinished(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|facts| facts.len() == 0)
}

/// Makes a folder in one that must be there.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Temporary files are private; what we save is as readable as other files of the folder.
#[cfg(unix)]
fn readable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

fn unusable(folder: &Path, error: &std::io::Error) -> AppError {
    let reason = why_unwritable(error);
    AppError::Invalid(format!("{}: crops cannot be saved here: {reason}; choose another folder", folder.display()))
}

/// Why a folder takes no file, and what helps.
pub(crate) fn why_unwritable(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full; free some space".to_owned(),
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            "the folder cannot be written; change its permissions".to_owned()
        }
        ErrorKind::NotFound => "the folder is gone; connect its disk again".to_owned(),
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "there is a file of that name".to_owned(),
        _ => error.to_string(),
    }
}
