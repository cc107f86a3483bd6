//! One project is one `.bauta` file: an SQLite database with the images, the boxes, the categories, the
//! journal that undo and redo replay, the settings and the record of every training.
//!
//! - Every change is one transaction, on the disk (`synchronous=FULL`) before the call returns: a program
//!   that is killed loses nothing that was reported as saved.
//! - A file that is refused (missing, foreign, newer, damaged, open elsewhere, read-only) stays as it was.
//! - Adding images is not in the journal, because it destroys nothing. Everything that changes boxes or
//!   categories is, and can be undone after a restart.
//!
//! Pictures and models are not in here: the project names their paths.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod annotations;
mod backup;
mod categories;
mod connection;
mod destinations;
mod error;
mod files;
mod images;
mod import;
mod inspect;
mod journal;
mod lock;
mod looks;
mod review;
mod rows;
mod runs;
mod schema;
mod settings;
mod store;
mod strange_runs;
mod table;
mod touched;

pub use annotations::StoredAnnotation;
pub use error::{RowId, StoreError};
pub use files::beside;
pub use images::{ImageSummary, NewImage};
pub use import::Import;
pub use inspect::is_database;
pub use journal::{Applied, Undone};
pub use looks::Look;
pub use review::OpenBox;
pub use runs::{EpochDetails, NewRun, RunEnd, RunRecord, RunState};
pub use schema::{APPLICATION_ID, FORMAT};
pub use store::Store;
pub use strange_runs::StrangeRun;
pub use table::{RowKey, TableRecord};
