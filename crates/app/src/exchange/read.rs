//! Annotations to a document: which format, and the files of formats that are one file.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
};

use bauta_domain::{AnnotationDocument, ports::CancelToken};
use bauta_formats::{
    DETECT_BYTES, Detected, Format, MAX_LINE_BYTES, Problems, ReadError, coco, csv_table, detect_file, paper, xlsx,
};

use super::read_folder::{read_files, read_folder};
use crate::{AppError, Progress};

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
/// When the file or folder is not there, is not of a known format, or `cancel` asks to stop.
pub fn read_annotations(
    path: &Path,
    format: Option<Format>,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<ReadAnnotations, AppError> {
    let path = std::path::absolute(path)?;
    let known = format.map(|format| Detected { format, certain: true });
    if path.is_dir() {
        return read_folder(&path, known, progress, cancel);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let detected = match known {
        Some(known) => known,
        None => detect_file(&name, &beginning(&path)?).ok_or_else(|| unknown(&path))?,
    };
    if detected.format == Format::Csv {
        refuse_endless_lines(&path)?;
    }
    let bytes = read_limited(&path, MAX_FILE_BYTES)?;
    let folder = path.parent().unwrap_or(&path).to_owned();
    if detected.format.is_folder() {
        let files = if detected.format == Format::Yolo && !name.ends_with(".txt") {
            return read_folder(&folder, Some(detected), progress, cancel);
        } else {
            vec![path.clone()]
        };
        let mut read = read_files(&folder, &files, detected, progress, cancel)?;
        read.path = path;
        return Ok(read);
    }
    let read = match detected.format {
        Format::Coco => coco::read(&bytes),
        Format::Csv => csv_table::read(&bytes),
        Format::Xlsx => xlsx::read(&bytes),
        _ => paper::read(&bytes),
    };
    let read = read.map_err(|error| refused(&path, &error))?;
    let mut problems = Problems::default();
    problems.extend(&path.display().to_string(), read.problems);
    Ok(ReadAnnotations { path, folder, detected, document: read.document, problems })
}

fn beginning(path: &Path) -> Result<Vec<u8>, AppError> {
    let (file, mut bytes) = (open(path)?, Vec::new());
    file.take(DETECT_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A table with a line of a gigabyte is refused before the gigabyte is in the memory.
fn refuse_endless_lines(path: &Path) -> Result<(), AppError> {
    let mut reader = BufReader::with_capacity(1 << 16, open(path)?);
    let (mut line, mut length) = (1, 0);
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            return Ok(());
        }
        line += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
        length = match piece.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => piece.len() - end - 1,
            None => length + piece.len(),
        };
        if length > MAX_LINE_BYTES {
            return Err(refused(path, &ReadError::LineTooLong { line, bytes: length }));
        }
        let read = piece.len();
        reader.consume(read);
    }
}

/// Opening a pipe or a device would read for ever.
fn open(path: &Path) -> Result<fs_err::File, AppError> {
    let file = fs_err::File::open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(AppError::Invalid(format!("{}: expected a file", path.display()))),
    }
}

pub(super) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, AppError> {
    let file = open(path)?;
    let facts = file.metadata()?;
    let too_long = || {
        let message =
            format!("{}: the file is longer than {} MB, which no list of boxes is", path.display(), limit >> 20);
        AppError::Invalid(message)
    };
    if facts.len() > limit {
        return Err(too_long());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(facts.len()).unwrap_or(0) + 1);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_long()) } else { Ok(bytes) }
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
