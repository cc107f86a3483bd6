//! Trainings whose record this version cannot read: of a newer version with settings that are unknown here, or damaged.
//! They stay in the file as they are, and do not keep the others from being read.

use bauta_domain::RunId;
use rusqlite::{Connection, Row};
use serde_json::Value;

use crate::{
    Store, StoreError,
    error::Fault,
    rows::{Fields, all},
    runs::{RECORD, record},
};

/// A training of which this version understands only who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrangeRun {
    /// Identity.
    pub id: RunId,
    /// What the user calls it.
    pub name: String,
    /// When it began, in ISO 8601.
    pub started: String,
    /// Version of the program that it ran in, when the record says so.
    pub program: Option<String>,
    /// What could not be read, for somebody who wants to know.
    pub found: String,
}

impl Store {
    /// The trainings that [`runs`](Self::runs) leaves out, in the order in which they began.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn strange_runs(&self) -> Result<Vec<StrangeRun>, StoreError> {
        self.read(|conn| {
            let rows = all(conn.prepare_cached(RECORD)?, [], |row| strange(conn, row))?;
            Ok(rows.into_iter().flatten().collect())
        })
    }
}

fn strange(conn: &Connection, row: &Row) -> Result<Option<StrangeRun>, Fault> {
    let found = match record(conn, row) {
        Ok(_) => return Ok(None),
        Err(Fault::Store(error @ StoreError::DamagedRow { .. })) => error.to_string(),
        Err(fault) => return Err(fault),
    };
    let fields = Fields::new(row, "runs");
    let environment: Option<Value> =
        fields.get::<Option<String>>(8).ok().flatten().and_then(|text| serde_json::from_str(&text).ok());
    let program = environment.as_ref().and_then(|environment| environment.get("program")).and_then(Value::as_str);
    Ok(Some(StrangeRun {
        id: RunId::from_uuid(fields.uuid(0)?),
        name: fields.get(1)?,
        started: fields.get(2)?,
        program: program.map(str::to_owned),
        found,
    }))
}
