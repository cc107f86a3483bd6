//! The format of the file: its mark, its versions, and the steps from each to the next.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};

use crate::{
    error::{Fault, StoreError},
    files::{beside, copy_whole, has_content},
};

/// SQLite's `application_id` of a project: the ASCII letters `Baut`. The `file` command shows it, and
/// other SQLite files are told apart by it.
pub const APPLICATION_ID: u32 = u32::from_be_bytes(*b"Baut");

/// The format that this program writes, and the latest that it reads: SQLite's `user_version`.
pub const FORMAT: u32 = MIGRATIONS.len() as u32;

/// `MIGRATIONS[n]` leads from version n to n + 1. Steps that were released never change.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("schema/v1.sql"),
    include_str!("schema/v2.sql"),
    include_str!("schema/v3.sql"),
    include_str!("schema/v4.sql"),
];

/// The tables that every version has. A file without one of them is damaged, whatever else it holds.
const TABLES: &[&str] = &["meta", "settings", "images", "categories", "annotations", "journal", "runs", "epochs"];

/// Those that came later, with the version that brought them.
const LATER_TABLES: &[(u32, &str)] = &[(2, "destinations"), (3, "looks"), (3, "prints")];

/// The tables that a file of this version must have.
pub(crate) fn tables(version: u32) -> impl Iterator<Item = &'static str> {
    let later = LATER_TABLES.iter().filter(move |(since, _)| *since <= version).map(|(_, table)| *table);
    TABLES.iter().copied().chain(later)
}

/// The version of the format that a connection sees.
pub(crate) fn version(conn: &Connection) -> Result<u32, Fault> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Brings a database to the version that `migrations` end with, each step in a transaction of its own,
/// so that a program that is killed in between goes on from the last whole step.
pub(crate) fn migrate(conn: &mut Connection, migrations: &[&str]) -> Result<(), Fault> {
    for (from, step) in (0..).zip(migrations).skip(version(conn)? as usize) {
        let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", from + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Where the copy goes that is made before a file of an older version is changed.
pub(crate) fn backup_path(project: &Path, version: u32) -> PathBuf {
    beside(project, &format!(".backup-v{version}"))
}

/// Copies the file to [`backup_path`]. No connection may be open: closing the copied file would drop
/// SQLite's locks on it. A backup of the same version from an earlier attempt is replaced; the file is
/// still of that version, so it holds all that the backup holds.
pub(crate) fn back_up(project: &Path, version: u32) -> Result<(), Fault> {
    // The last connection to close merges the log into the file. If the log is still there, somebody
    // else reads the file, and a copy would lack what only the log holds.
    if has_content(&beside(project, "-wal")) {
        return Err(StoreError::Locked { path: project.to_owned() }.into());
    }
    Ok(copy_whole(project, &backup_path(project, version))?)
}
