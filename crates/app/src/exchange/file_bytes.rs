//! The bytes of a file that is to be read: not too many, and not without end.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use bauta_domain::ports::CancelToken;
use bauta_formats::{DETECT_BYTES, MAX_LINE_BYTES, ReadError};

use super::read::refused;
use crate::{AppError, Meter, Progress};

/// So much is read between two questions whether to go on.
const PIECE: u64 = 1 << 20;

/// So much of a file as its format can be told from.
pub(super) fn beginning(path: &Path) -> Result<Vec<u8>, AppError> {
    let (file, mut bytes) = (open(path)?, Vec::new());
    file.take(DETECT_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A table with a line of a gigabyte is refused before the gigabyte is in the memory.
pub(super) fn refuse_endless_lines(path: &Path, cancel: &CancelToken) -> Result<(), AppError> {
    let mut reader = BufReader::with_capacity(1 << 16, open(path)?);
    let (mut line, mut length) = (1, 0);
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            return Ok(());
        }
        if cancel.is_cancelled() {
            return Err(AppError::Cancelled);
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

/// All bytes of a file of at most `limit`.
pub(super) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, AppError> {
    read_watched(path, limit, &mut |_| {}, &CancelToken::default())
}

/// All bytes of a file of at most `limit`. `progress` counts megabytes.
pub(super) fn read_watched(
    path: &Path,
    limit: u64,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<Vec<u8>, AppError> {
    let mut file = open(path)?;
    let length = file.metadata()?.len();
    let too_long = || {
        let message =
            format!("{}: the file is longer than {} MB, which no list of boxes is", path.display(), limit >> 20);
        AppError::Invalid(message)
    };
    if length > limit {
        return Err(too_long());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    let mut meter = Meter::new(usize::try_from(length.div_ceil(PIECE)).unwrap_or(0), progress);
    while file.by_ref().take(PIECE).read_to_end(&mut bytes)? > 0 {
        if bytes.len() as u64 > limit {
            return Err(too_long());
        }
        if cancel.is_cancelled() {
            return Err(AppError::Cancelled);
        }
        meter.step(&name);
    }
    Ok(bytes)
}
