//! Annotations to a document: which format, and the files of formats that are one file.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{RecvTimeoutError, channel},
    time::Duration,
};

use bauta_domain::{AnnotationDocument, ports::CancelToken};
use bauta_formats::{Detected, Format, Problems, ReadDocument, ReadError, coco, csv_table, detect_file, paper, xlsx};

use super::{
    file_bytes::{beginning, read_watched, refuse_endless_lines},
    read_folder::{read_files, read_folder},
};
use crate::{AppError, Progress, files::tidy};

/// The longest file that is read whole, for formats that are one file; COCO's own largest has 450 MB.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// What a file or a folder holds.
#[derive(Clone, Debug)]
pub struct ReadAnnotations {
    /// Where it was read from.
    pub path: PathBuf,
    /// The folder that relative paths in it start from.
    pub(super) folder: PathBuf,
    /// Its format, and how sure that is.
    pub detected: Detected,
    /// What it says.
    pub document: AnnotationDocument,
    /// What was wrong in it.
    pub problems: Problems,
}

/// Reads annotations. The format is detected when it is not given. Single bad files of a folder are listed
/// and left out.
///
/// # Errors
/// When the file or folder is not there, is not of a known format, none of its files can be read, or `cancel` asks to
/// stop.
pub fn read_annotations(
    path: &Path,
    format: Option<Format>,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<ReadAnnotations, AppError> {
    let path = tidy(path);
    let known = format.map(|format| Detected { format, certain: true });
    if path.is_dir() {
        return read_folder(&path, known, progress, cancel);
    }
    let detected = match known {
        Some(known) => known,
        None => detected(&path)?.ok_or_else(|| unknown(&path))?,
    };
    if detected.format.is_folder() {
        let folder = path.parent().unwrap_or(&path).to_owned();
        let is_list = path.extension().is_none_or(|ending| ending != "txt");
        if detected.format == Format::Yolo && is_list {
            return read_folder(&folder, Some(detected), progress, cancel);
        }
        let mut read = read_files(&folder, std::slice::from_ref(&path), detected, progress, cancel)?;
        read.path = path;
        return Ok(read);
    }
    read_file(&path, detected, progress, cancel)
}

/// What a file is, by its name and the beginning of its content.
pub(super) fn detected(path: &Path) -> Result<Option<Detected>, AppError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(detect_file(&name, &beginning(path)?))
}

/// Reads a file of a format that is one file.
pub(super) fn read_file(
    path: &Path,
    detected: Detected,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<ReadAnnotations, AppError> {
    if detected.format == Format::Csv {
        refuse_endless_lines(path, cancel)?;
    }
    let bytes = read_watched(path, MAX_FILE_BYTES, progress, cancel)?;
    let read = understood(bytes, detected.format, cancel)?.map_err(|error| refused(path, &error))?;
    let mut problems = Problems::default();
    problems.extend(&path.display().to_string(), read.problems);
    let folder = path.parent().unwrap_or(path).to_owned();
    Ok(ReadAnnotations { path: path.to_owned(), folder, detected, document: read.document, problems })
}

/// So often it is asked whether to go on.
const PATIENCE: Duration = Duration::from_millis(20);

/// What the bytes of a file say. The readers know nothing of cancelling, and millions of rows take seconds: they work
/// on a thread of their own, which nobody waits for any more once `cancel` asks to stop.
fn understood(
    bytes: Vec<u8>,
    format: Format,
    cancel: &CancelToken,
) -> Result<Result<ReadDocument, ReadError>, AppError> {
    let (sender, receiver) = channel();
    let reader = std::thread::Builder::new().name("reading annotations".to_owned()).spawn(move || {
        let read = match format {
            Format::Coco => coco::read(&bytes),
            Format::Csv => csv_table::read(&bytes),
            Format::Xlsx => xlsx::read(&bytes),
            _ => paper::read(&bytes),
        };
        // Nobody listens after a stop.
        let _ = sender.send(read);
    })?;
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(read) => return Ok(read),
            Err(RecvTimeoutError::Timeout) if cancel.is_cancelled() => return Err(AppError::Cancelled),
            Err(RecvTimeoutError::Timeout) => {}
            // It sends before it ends, unless it panicked.
            Err(RecvTimeoutError::Disconnected) => match reader.join() {
                Ok(()) => return Err(AppError::Cancelled),
                Err(panic) => std::panic::resume_unwind(panic),
            },
        }
    }
}

pub(super) fn unknown(path: &Path) -> AppError {
    let formats: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    AppError::Invalid(format!(
        "{}: the format is not recognised; expected one of {}",
        path.display(),
        formats.join(", ")
    ))
}

pub(super) fn refused(path: &Path, error: &ReadError) -> AppError {
    AppError::Invalid(format!("{}: {error}", path.display()))
}
