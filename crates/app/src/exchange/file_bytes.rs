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
        // Lines of old Macs end with a carriage return alone.
        let end = if piece.contains(&b'\n') { b'\n' } else { b'\r' };
        line += piece.iter().filter(|byte| **byte == end).count() as u64;
        length = match piece.iter().rposition(|byte| *byte == end) {
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

/// Opens a file, and nothing else: opening a pipe waits for ever, and so does reading a device.
fn open(path: &Path) -> Result<fs_err::File, AppError> {
    match fs_err::metadata(path)?.is_file() {
        true => Ok(fs_err::File::open(path)?),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_on_any_system_and_an_endless_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("boxes.csv");
        for end in ["\n", "\r\n", "\r"] {
            std::fs::write(&path, format!("a.jpg,1,2,3,4{end}").repeat(200_000)).unwrap();
            refuse_endless_lines(&path, &CancelToken::default()).unwrap();
        }
        std::fs::write(&path, format!("image\r{}", "x".repeat(2 * MAX_LINE_BYTES))).unwrap();
        let error = refuse_endless_lines(&path, &CancelToken::default()).unwrap_err();
        assert!(error.to_string().contains("line 2"), "{error}");
    }
}
