//! Why a whole file cannot be read or written.

use thiserror::Error;

use crate::Format;

/// Why a file gives nothing at all. Single bad entries are [`Problems`](crate::Problems) instead.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It is something else.
    #[error("this is not {}: {reason}", format.indefinite_name())]
    NotThisFormat {
        /// What it was read as.
        format: Format,
        /// What was found and what was expected.
        reason: String,
    },
    /// It is not written as its kind of file has to be.
    #[error("{place}: {reason}")]
    Damaged {
        /// Line and column, or a part of the file.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// A line is endless.
    #[error("line {line} is at least {bytes} bytes long; a line may have at most 1 MB")]
    LineTooLong {
        /// Line number, from 1.
        line: u64,
        /// So much of it was read.
        bytes: usize,
    },
    /// An XML file defines entities, with which a small file can grow without end or fetch others.
    #[error(
        "line {line}: the file has a document type definition, which is not read for safety; remove its line <!DOCTYPE …>"
    )]
    DocumentType {
        /// Line number, from 1.
        line: usize,
    },
    /// A packed file would grow past what is sensible.
    #[error("{part} unpacks to more than {limit_megabytes} MB; this is no ordinary spreadsheet, save it again as CSV")]
    TooLarge {
        /// The part of the package.
        part: String,
        /// The limit.
        limit_megabytes: u64,
    },
}

/// Why a file was not written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The listener asked to stop.
    #[error("stopped")]
    Cancelled,
    /// The target does not take it.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// More than the format can hold.
    #[error("{found} rows do not fit into a spreadsheet of at most {limit}; export to CSV instead")]
    TooManyRows {
        /// Rows to write.
        found: usize,
        /// Rows that fit.
        limit: usize,
    },
    /// The spreadsheet cannot be written.
    #[error("the spreadsheet cannot be written: {0}")]
    Spreadsheet(#[from] rust_xlsxwriter::XlsxError),
}
