//! What can go wrong with a project file.

use std::{fmt, io, path::PathBuf};

use bauta_domain::{AnnotationId, CategoryId, DestinationId, ImageId, RunId};
use rusqlite::{ErrorCode, ffi};
use thiserror::Error;

/// Why a project could not be opened, read or written. After any of them the file holds what it held before.
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no file.
    #[error("there is no project at {}; it may have been moved or renamed", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A new project would replace something.
    #[error("there is something at {} already; choose another name", path.display())]
    AlreadyExists {
        /// The place that is taken.
        path: PathBuf,
    },
    /// Not an SQLite file at all, or its first bytes are destroyed.
    #[error("{} is not a Bauta project, or its beginning is damaged; choose a .bauta file or restore a backup", path.display())]
    NotSqlite {
        /// The file.
        path: PathBuf,
    },
    /// An SQLite file of another program.
    #[error("{} belongs to another program (its mark is {application_id:#010x}); choose a Bauta project", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The `application_id` found.
        application_id: u32,
    },
    /// Written by a later version of this program.
    #[error(
        "{} was written by a newer Bauta (format {found}, this one reads up to {supported}); update Bauta to open it",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Version of its format.
        found: u32,
        /// The latest version that this program reads.
        supported: u32,
    },
    /// A Bauta project whose structure is broken.
    #[error("{} is damaged ({found}); restore a backup of it", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite or this program found.
        found: String,
    },
    /// A row that makes no sense, in a file that is otherwise whole.
    #[error("row {row} of {table} is damaged: {found}; restore a backup of the project")]
    DamagedRow {
        /// Name of the table.
        table: &'static str,
        /// Identity of the row, as well as it can be read.
        row: String,
        /// What was found and expected.
        found: String,
    },
    /// Somebody else has it open.
    #[error("{} is open in another window or program; close it there first", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file or its folder cannot be written.
    #[error("{} cannot be written: the file or its folder is read-only; allow writing, or copy the project elsewhere", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The project was opened for looking only.
    #[error("{} is open for reading only; save it under another name to go on working", path.display())]
    OpenedToRead {
        /// The file.
        path: PathBuf,
    },
    /// Of an older version, which only somebody who may write can bring up to date.
    #[error("{} was written by an older Bauta; open it once for writing, or copy it elsewhere first", path.display())]
    OlderToRead {
        /// The file.
        path: PathBuf,
    },
    /// The file is no longer where it was opened: what is written now would be lost with it, or land elsewhere.
    #[error(
        "{} is no longer there: it was moved, deleted or replaced while it was open; put it back, or save the project under another name",
        path.display()
    )]
    Gone {
        /// Where it was.
        path: PathBuf,
    },
    /// The disk is full. Nothing of the change was kept.
    #[error("there is no space left on the disk of {}; free some and try again", path.display())]
    NoSpace {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused something else.
    #[error("the project file cannot be used")]
    Io(#[source] io::Error),
    /// SQLite refused something else.
    #[error("the database in {} refused", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// Its reason.
        source: rusqlite::Error,
    },
    /// A row is not what an edit says it was. Nothing of the step was kept.
    #[error("{row} has changed since it was read; reload it and try again")]
    Conflict {
        /// The row.
        row: RowId,
    },
    /// A box refers to a category that the project does not have, or would not have after the step.
    #[error("a box refers to a category that is not in the project; reload the image and choose another one")]
    UnknownCategory,
    /// The project has no such row.
    #[error("{row} is not in the project (any more)")]
    NotInProject {
        /// The row asked for.
        row: RowId,
    },
    /// A value that no row can hold: an empty edit, an edit that changes identities, a score that is not a number.
    #[error("{row} cannot be stored: {reason}")]
    Unstorable {
        /// The row.
        row: RowId,
        /// What is wrong with the value.
        reason: String,
    },
}

/// Names a row in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowId {
    /// A row of images.
    Image(ImageId),
    /// A row of annotations.
    Annotation(AnnotationId),
    /// A row of categories.
    Category(CategoryId),
    /// A row of destinations.
    Destination(DestinationId),
    /// A row of runs.
    Run(RunId),
    /// A setting, by its key.
    Setting(String),
    /// A step of the journal.
    Step,
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(id) => write!(f, "the image {id}"),
            Self::Annotation(id) => write!(f, "the box {id}"),
            Self::Category(id) => write!(f, "the category {id}"),
            Self::Destination(id) => write!(f, "the destination {id}"),
            Self::Run(id) => write!(f, "the training {id}"),
            Self::Setting(key) => write!(f, "the setting {key:?}"),
            Self::Step => write!(f, "the step"),
        }
    }
}

/// An error inside a read or a transaction, before it is known which file it concerns.
#[derive(Debug)]
pub(crate) enum Fault {
    Sqlite(rusqlite::Error),
    Io(io::Error),
    Store(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    /// The error as the user of the project at `path` should hear it.
    pub(crate) fn in_file(self, path: &std::path::Path) -> StoreError {
        let path = path.to_owned();
        match self {
            Self::Store(error) => error,
            Self::Io(source) => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { path },
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::NoSpace { path },
                _ => StoreError::Io(source),
            },
            Self::Sqlite(source) => match source.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => StoreError::NoSpace { path },
                Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly { path },
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Locked { path },
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                    StoreError::Damaged { path, found: source.to_string() }
                }
                _ => match source.sqlite_extended_error_code() {
                    Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => StoreError::UnknownCategory,
                    // The index of the log could not grow: seen on a full disk, and only there.
                    Some(ffi::SQLITE_IOERR_SHMSIZE) => StoreError::NoSpace { path },
                    _ => StoreError::Database { path, source },
                },
            },
        }
    }
}
