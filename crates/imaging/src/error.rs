//! What goes wrong with pictures, in words for the person who chose them.

use std::path::PathBuf;

use thiserror::Error;

/// Why a picture could not be read or written. Messages name the file, what was found, what was
/// expected and what helps.
#[derive(Debug, Error)]
pub enum ImagingError {
    /// The file cannot be opened or read.
    #[error("{}: cannot be read: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said, with the remedy where there is one.
        reason: String,
    },
    /// Not a file with bytes in it.
    #[error("{}: expected a picture file, found {found}", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What is there instead.
        found: &'static str,
    },
    /// Nothing in the file.
    #[error("{}: the file is empty (0 bytes); copy it again from where it came", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The first bytes are not those of a picture that we read.
    #[error(
        "{}: expected a JPEG, PNG, BMP, GIF, WebP or TIFF picture, found {found}; open it in another program and save it as JPEG or PNG",
        path.display()
    )]
    UnknownFormat {
        /// The file.
        path: PathBuf,
        /// What the first bytes look like.
        found: String,
    },
    /// More pixels than we decode.
    #[error(
        "{}: the picture has {width}×{height} pixels, at most {} million are read; save a smaller copy",
        path.display(), limit / 1_000_000
    )]
    TooManyPixels {
        /// The file.
        path: PathBuf,
        /// Width in the header.
        width: u32,
        /// Height in the header.
        height: u32,
        /// Highest number of pixels.
        limit: u64,
    },
    /// More memory than we spend on one picture.
    #[error(
        "{}: decoding it needs {} MiB of memory, at most {} MiB are spent on one picture; save a smaller copy or one with 8 bits a channel",
        path.display(), needed >> 20, limit >> 20
    )]
    TooMuchMemory {
        /// The file.
        path: PathBuf,
        /// Bytes needed.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// The decoder gave up.
    #[error("{}: the {format} data are damaged or of an unsupported kind: {reason}; copy the file again or save it anew as JPEG or PNG", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Format by content.
        format: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// A JPEG without its lower part.
    #[error("{}: the JPEG is cut off, the lower {missing_percent} % of the picture are missing; copy the file again", path.display())]
    CutOff {
        /// The file.
        path: PathBuf,
        /// Share of the rows that are missing.
        missing_percent: u32,
    },
    /// The file cannot be written.
    #[error("{}: cannot be written: {reason}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said, with the remedy where there is one.
        reason: String,
    },
    /// The picture does not fit the format.
    #[error("a picture of {width}×{height} pixels cannot be saved as {format}: {reason}")]
    Encode {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The format.
        format: &'static str,
        /// What the encoder said.
        reason: String,
    },
}

/// What the system said, and what helps against the usual causes.
pub(crate) fn explain(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    let remedy = match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder; it may have been moved or renamed",
        ErrorKind::PermissionDenied => "permission denied; change the permissions or choose another folder",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full; free some space and try again",
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only; choose another folder",
        ErrorKind::InvalidFilename => "the system does not take this name; choose a shorter one",
        _ => return error.to_string(),
    };
    remedy.to_owned()
}
