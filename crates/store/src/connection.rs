//! Connections to a project's file, each with what SQLite must promise on it.

use std::{io, path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::{
    error::{Fault, StoreError},
    files::{beside, has_content, remove_database},
    inspect::connect_without_traces,
    runs, schema,
};

/// Makes an empty project under a temporary name, in WAL mode already: so a project that has its name
/// never has a rollback journal, which only a writing connection could read.
pub(crate) fn make_empty(part: &Path) -> Result<(), Fault> {
    // Left behind by a program that was killed here.
    remove_database(part)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(part, flags)?;
    conn.pragma_update(None, "application_id", schema::APPLICATION_ID)?;
    schema::migrate(&mut conn, schema::MIGRATIONS)?;
    conn.execute("INSERT INTO meta (key, value) VALUES ('created_with', ?1)", [env!("CARGO_PKG_VERSION")])?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.close().map_err(|(_, error)| error.into())
}

/// A connection for work on a file that was inspected and that we hold the lock of.
pub(crate) fn connect_up_to_date(path: &Path, migrations: &[&str]) -> Result<Connection, Fault> {
    let mut conn = connect(path)?;
    let version = schema::version(&conn)?;
    if (version as usize) < migrations.len() {
        drop(conn);
        schema::back_up(path, version)?;
        conn = connect(path)?;
        schema::migrate(&mut conn, migrations)?;
    }
    // The lock is ours, so a run that is said to be running ended with a program that was killed.
    runs::mark_interrupted(&conn)?;
    Ok(conn)
}

/// Every statement is prepared once. Without the planner's stability guarantee, SQLite prepares each one that could use
/// a partial index anew for every value it is given: half the time of a large import.
fn keep_statements(conn: &Connection) -> Result<(), Fault> {
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)?)
}

/// A connection that changes nothing.
pub(crate) fn connect_to_read(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let usable = |conn: Connection| -> Result<Connection, Fault> {
        conn.busy_timeout(Duration::from_secs(5))?;
        keep_statements(&conn)?;
        conn.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384;")?;
        schema::version(&conn)?;
        Ok(conn)
    };
    if has_content(&beside(path, "-wal")) {
        // Somebody works on it: file and log together are the project.
        return usable(Connection::open_with_flags(path, flags)?);
    }
    match Connection::open_with_flags(path, flags).map_err(Fault::from).and_then(usable) {
        Ok(conn) => Ok(conn),
        // A folder that takes no log beside the file: all is in the file.
        Err(_) => connect_without_traces(path).and_then(usable),
    }
}

fn connect(path: &Path) -> Result<Connection, Fault> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // SQLite silently falls back to reading when the file cannot be written.
    if conn.is_readonly("main")? {
        return Err(StoreError::ReadOnly { path: path.to_owned() }.into());
    }
    conn.busy_timeout(Duration::from_secs(5))?;
    keep_statements(&conn)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.execute_batch(
        "PRAGMA trusted_schema = OFF;
         PRAGMA foreign_keys = ON;
         PRAGMA synchronous = FULL;
         PRAGMA cache_size = -16384;",
    )?;
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        // A folder where SQLite cannot share memory, such as some network drives.
        let error = io::Error::new(
            io::ErrorKind::Unsupported,
            format!("{}: this drive cannot keep a project safe; keep it on a local disk", path.display()),
        );
        return Err(error.into());
    }
    Ok(conn)
}
