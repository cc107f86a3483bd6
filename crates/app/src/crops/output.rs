//! The folder that crops are written to, and the manifest in it. One thread writes.
//!
//! The lines of new crops are appended before their files appear, so that a file of ours always has a line, also
//! after the program was killed; at the end the manifest is written anew without the lines that are no longer true.
//! Crops are not synced one by one: the manifest has the hash of each, and a run that finds another one writes
//! the crop again.

use std::{
    collections::{BTreeMap, HashSet},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use bauta_domain::{Problem, ports::ImageReader};
use bauta_formats::{CROP_MANIFEST, CropRow, is_crop_manifest, read_crop_manifest, write_crop_rows};

use super::{
    earlier::{Earlier, Kind},
    marker::Marker,
    places::placed,
};
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
    /// Left out, since somebody deleted them.
    pub deleted: usize,
}

/// A folder of crops.
pub(super) struct Output {
    folder: PathBuf,
    manifest: PathBuf,
    marker: Marker,
    journal: fs_err::File,
    /// By the crop's place; what has no crop by its photo.
    rows: BTreeMap<(String, String), CropRow>,
    has_news: bool,
    pub counts: Counts,
    pub problems: Vec<Problem>,
}

impl Output {
    /// Opens a folder, which is made when it is not there, for a run of this kind. Crops that were moved below the
    /// folder get their new places.
    ///
    /// # Errors
    /// When the folder cannot be written, another run writes to it, or it holds another `manifest.csv`.
    pub(super) fn open(folder: &Path, images: &dyn ImageReader, kind: &Kind) -> Result<(Self, Earlier), AppError> {
        let folder = std::path::absolute(folder)?;
        let manifest = folder.join(CROP_MANIFEST);
        fs_err::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
        // Before the marker: a folder that is not ours stays as it is.
        read(&manifest)?;
        let mut marker = Marker::take(&folder)?;
        let bytes = read(&manifest)?;
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
        let noted = marker.note(bytes.len()).and_then(|()| journal.write_all(&begin));
        noted.map_err(|error| unusable(&folder, &error))?;

        // Only a killed run leaves half a line; which of the others have their crops nobody knows then.
        let whole = if begin == b"\n" { 0 } else { bytes.len() };
        let confirmed = &bytes[..marker.confirmed.unwrap_or(whole).min(bytes.len())];
        let confirmed: HashSet<String> = read_crop_manifest(confirmed).into_iter().map(|row| row.crop).collect();
        let listed: Vec<CropRow> = read_crop_manifest(&bytes).into_iter().filter(is_harmless).collect();
        let (placed, missing) = placed(&folder, images, &listed);
        let has_news = begin == b"\n" || placed != listed;
        let rows: BTreeMap<_, _> = placed.into_iter().map(|row| (key(&row), row)).collect();
        let deleted = missing.into_iter().filter(|crop| confirmed.contains(crop)).collect();
        let earlier = Earlier::new(rows.values(), kind, deleted);
        let (counts, problems) = (Counts::default(), Vec::new());
        Ok((Self { folder, manifest, marker, journal, rows, has_news, counts, problems }, earlier))
    }

    /// Notes that rows are those of a photo that was moved.
    pub(super) fn rename(&mut self, earlier: &[CropRow], renamed: &[CropRow]) {
        for (old, new) in earlier.iter().zip(renamed).filter(|(old, new)| old != new) {
            self.rows.remove(&key(old));
            self.rows.insert(key(new), new.clone());
            self.has_news = true;
        }
    }

    /// Takes the crops of one photo: writes what is new or changed, removes what an earlier run wrote and is not
    /// among them. A crop without bytes is one that somebody deleted: only its row is kept.
    pub(super) fn take(&mut self, earlier: &[CropRow], made: Vec<(CropRow, Option<Vec<u8>>)>) -> Result<(), AppError> {
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
            match bytes {
                Some(bytes) => self.write(&row, &bytes)?,
                None => self.counts.deleted += usize::from(!row.crop.is_empty()),
            }
            // Now that its crop is there: a row without one says that somebody deleted it.
            self.rows.insert(key(&row), row);
        }
        Ok(())
    }

    /// Writes the manifest anew, when something changed.
    pub(super) fn finish(&mut self) -> Result<(), AppError> {
        if !self.has_news {
            self.marker.remove();
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
        written.map_err(|error| self.stopped_by(&error))?;
        self.marker.remove();
        Ok(())
    }

    fn write(&mut self, row: &CropRow, bytes: &[u8]) -> Result<(), AppError> {
        let path = self.folder.join(&row.crop);
        let (there, before) = (sha256_of(&path).ok(), self.rows.get(&key(row)));
        let replaces = match (&there, before) {
            (Some(hash), _) if *hash == row.crop_sha256 => {
                self.counts.unchanged += 1;
                return Ok(());
            }
            (Some(hash), Some(before)) if *hash == before.crop_sha256 => true,
            (Some(_), _) if !is_unfinished(&path) => {
                let message = "a file of that name is there that was made or changed by somebody else; it was left as it is, move it away to have the crop";
                self.problems.push(Problem::new(path.display().to_string(), message));
                return Ok(());
            }
            _ => false,
        };
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        let part = folder.join(PART);
        let saved = make_folders(&folder, &self.folder)
            .and_then(|()| std::fs::write(&part, bytes))
            .and_then(|()| std::fs::rename(&part, &path));
        if let Err(error) = saved {
            let _ = std::fs::remove_file(&part);
            return Err(match folder.ancestors().find(|place| place.is_file()) {
                Some(file) => self.stopped(&format!(
                    "{} is a file where a folder for crops belongs; move it away or rename it",
                    file.display()
                )),
                None => self.stopped_by(&error),
            });
        }
        if replaces {
            self.counts.updated += 1;
        } else {
            self.counts.written += 1;
        }
        Ok(())
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

/// The manifest's bytes; none when it is not there.
fn read(manifest: &Path) -> Result<Vec<u8>, AppError> {
    let bytes = match fs_err::read(manifest) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(unusable(manifest.parent().unwrap_or(manifest), &error)),
    };
    if bytes.is_empty() || is_crop_manifest(&bytes) {
        return Ok(bytes);
    }
    Err(AppError::Invalid(format!(
        "{}: expected a list of crops that Bauta wrote, found another table; choose an empty folder for the crops",
        manifest.display()
    )))
}

/// A row of a manifest that somebody edited must not lead to files elsewhere.
fn is_harmless(row: &CropRow) -> bool {
    let parts: Vec<_> = Path::new(&row.crop).components().collect();
    parts.iter().all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn key(row: &CropRow) -> (String, String) {
    let photo = if row.crop.is_empty() { row.source.clone() } else { String::new() };
    (row.crop.clone(), photo)
}

/// A crop that a power cut left without its contents.
fn is_unfinished(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|facts| facts.len() == 0)
}

/// Makes a folder below one that must be there: where a disk was, nothing must appear.
fn make_folders(folder: &Path, root: &Path) -> std::io::Result<()> {
    if folder == root || folder.is_dir() {
        return Ok(());
    }
    folder.parent().map_or(Ok(()), |above| make_folders(above, root))?;
    std::fs::create_dir(folder)
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

pub(super) fn unusable(folder: &Path, error: &std::io::Error) -> AppError {
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
