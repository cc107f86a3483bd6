//! What kind of file this is, found out without changing it or anything beside it.

use std::{io::Read as _, path::Path};

use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::{
    error::{Fault, StoreError},
    files::{beside, has_content},
    schema::{APPLICATION_ID, FORMAT, tables, version},
};

/// How every SQLite database begins (<https://www.sqlite.org/fileformat.html#the_database_header>).
const DATABASE: &[u8] = b"SQLite format 3\0";

/// Whether a file begins as every project does. What is no file, or cannot be read, is none.
pub fn is_database(path: &Path) -> bool {
    let mut begin = Vec::with_capacity(DATABASE.len());
    let read = |file: fs_err::File| file.take(DATABASE.len() as u64).read_to_end(&mut begin);
    // Opening a pipe would wait for ever.
    path.is_file() && fs_err::File::open(path).and_then(read).is_ok() && begin == DATABASE
}

/// Refuses a file that is not a sound project of a version that this program reads.
/// The caller holds the project's lock, so no other connection of this program is open on it.
pub(crate) fn inspect(path: &Path) -> Result<(), Fault> {
    check_header(path)?;
    check_structure(path)
}

/// Judges by the first 100 bytes (<https://www.sqlite.org/fileformat.html#the_database_header>).
///
/// A project is marked before it gets its name, so the mark is never in the log only.
pub(crate) fn check_header(path: &Path) -> Result<(), Fault> {
    let mut header = Vec::with_capacity(100);
    fs_err::File::open(path)?.take(100).read_to_end(&mut header)?;
    let number = |at: usize| header.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    let owned = || path.to_owned();
    if !header.starts_with(DATABASE) {
        return Err(StoreError::NotSqlite { path: owned() }.into());
    }
    let (Some(user_version), Some(application_id)) = (number(60), number(68)) else {
        let found = format!("only {} bytes are left", header.len());
        return Err(StoreError::Damaged { path: owned(), found }.into());
    };
    if application_id != APPLICATION_ID {
        return Err(StoreError::Foreign { path: owned(), application_id }.into());
    }
    check_version(path, user_version)
}

fn check_version(path: &Path, found: u32) -> Result<(), Fault> {
    let path = path.to_owned();
    match found {
        0 => Err(StoreError::Damaged { path, found: "its format has no version".to_owned() }.into()),
        newer if newer > FORMAT => Err(StoreError::Newer { path, found: newer, supported: FORMAT }.into()),
        _ => Ok(()),
    }
}

fn check_structure(path: &Path) -> Result<(), Fault> {
    let conn = connect_without_traces(path)?;
    conn.execute_batch("PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -65536;")?;
    // Once more, because the log may hold a later version than the header.
    let version = version(&conn)?;
    check_version(path, version)?;
    let damaged = |found: String| StoreError::Damaged { path: path.to_owned(), found };
    let verdict: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(damaged(verdict.trim().replace('\n', "; ")).into());
    }
    for table in tables(version) {
        if !conn.table_exists(None, table)? {
            return Err(damaged(format!("the table {table} is missing")).into());
        }
    }
    Ok(())
}

/// A connection that leaves the file, its log and its folder as they are.
pub(crate) fn connect_without_traces(path: &Path) -> Result<Connection, Fault> {
    if !has_content(&beside(path, "-wal")) {
        // All is in the file. `immutable` keeps SQLite from making an (empty) log beside it.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        return Ok(Connection::open_with_flags(immutable_uri(path)?, flags)?);
    }
    // A program was killed before the log was merged, and only file and log together are the project.
    // In exclusive mode the index of the log is kept in memory, and without a checkpoint nothing is merged.
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if conn.is_readonly("main")? {
        return Err(StoreError::ReadOnly { path: path.to_owned() }.into());
    }
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    conn.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    Ok(conn)
}

/// The path as an SQLite URI (<https://www.sqlite.org/uri.html>).
fn immutable_uri(path: &Path) -> Result<String, Fault> {
    let mut uri = String::from("file://");
    for (index, byte) in path_bytes(path)?.into_iter().enumerate() {
        if index == 0 && byte != b'/' {
            uri.push('/');
        }
        if byte.is_ascii_alphanumeric() || b"/:-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri.push_str("?immutable=1");
    Ok(uri)
}

#[cfg(unix)]
fn path_bytes(path: &Path) -> Result<Vec<u8>, Fault> {
    use std::os::unix::ffi::OsStrExt as _;
    Ok(path.as_os_str().as_bytes().to_vec())
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Result<Vec<u8>, Fault> {
    let text = path.to_str().ok_or_else(|| {
        let message = format!("{} is not valid Unicode; rename the file", path.display());
        std::io::Error::new(std::io::ErrorKind::InvalidInput, message)
    })?;
    Ok(text.replace('\\', "/").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_marks_of_a_uri_names_the_same_file() {
        let uri = immutable_uri(Path::new("/tmp/50% #1?/ä.bauta")).unwrap();
        assert_eq!(uri, "file:///tmp/50%25%20%231%3F/%C3%A4.bauta?immutable=1");
    }
}
