//! Reading and writing destinations.

use bauta_domain::{Destination, DestinationId, ImageId};
use rusqlite::{Connection, params};

use crate::{
    Store, StoreError,
    error::{Fault, RowId},
    rows::{self, Fields, all, first},
};

impl Store {
    /// All destinations by position, each with the number of images that use it.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn destinations(&self) -> Result<Vec<(Destination, u32)>, StoreError> {
        let sql = format!(
            "SELECT {}, (SELECT count(*) FROM images i WHERE i.destination = d.id)
             FROM destinations d ORDER BY d.position, d.path",
            rows::DESTINATION
        );
        self.read(|conn| all(conn.prepare_cached(&sql)?, [], |row| Ok((rows::destination(row)?, row.get(3)?))))
    }

    /// The images that use a destination, in the project's order.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn images_with_destination(&self, id: DestinationId) -> Result<Vec<ImageId>, StoreError> {
        let sql = "SELECT id FROM images WHERE destination = ?1 ORDER BY position";
        self.read(|conn| {
            all(conn.prepare_cached(sql)?, [id.uuid().as_bytes()], |row| {
                Ok(ImageId::from_uuid(Fields::new(row, "images").uuid(0)?))
            })
        })
    }
}

/// Makes the row what the edit says, if it is what the edit says it was.
pub(crate) fn write(conn: &Connection, before: Option<&Destination>, after: Option<&Destination>) -> Result<(), Fault> {
    let id = match (before, after) {
        (Some(before), Some(after)) if before.id != after.id => {
            let reason = "an edit cannot change its identity".to_owned();
            return Err(StoreError::Unstorable { row: RowId::Destination(before.id), reason }.into());
        }
        (Some(destination), _) | (None, Some(destination)) => destination.id,
        (None, None) => return Ok(()),
    };
    let sql = format!("SELECT {} FROM destinations d WHERE d.id = ?1", rows::DESTINATION);
    let current = first(conn.prepare_cached(&sql)?, [id.uuid().as_bytes()], rows::destination)?;
    if current.as_ref() != before {
        return Err(conflict(id));
    }
    let Some(after) = after else {
        conn.prepare_cached("DELETE FROM destinations WHERE id = ?1")?.execute([id.uuid().as_bytes()])?;
        return Ok(());
    };
    let sql = if before.is_some() {
        "UPDATE destinations SET path = ?2, position = ?3 WHERE id = ?1"
    } else {
        "INSERT INTO destinations (id, path, position) VALUES (?1, ?2, ?3)"
    };
    match conn.prepare_cached(sql)?.execute(params![id.uuid().as_bytes(), after.path, after.position]) {
        // Another destination took the folder since the edit was made.
        Err(error) if error.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE) => {
            Err(conflict(id))
        }
        done => Ok(done.map(drop)?),
    }
}

fn conflict(id: DestinationId) -> Fault {
    StoreError::Conflict { row: RowId::Destination(id) }.into()
}
