//! Reading and writing categories.

use bauta_domain::{Category, CategoryId};
use rusqlite::{Connection, params};

use crate::{
    Store, StoreError,
    error::{Fault, RowId},
    rows::{self, all, first, to_name},
};

impl Store {
    /// All categories by position, then name, each with the number of boxes that refer to it,
    /// accepted or proposed.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn categories(&self) -> Result<Vec<(Category, u32)>, StoreError> {
        let sql = format!("SELECT {}, c.boxes FROM categories c ORDER BY c.position, c.folded", rows::CATEGORY);
        self.read(|conn| all(conn.prepare_cached(&sql)?, [], |row| Ok((rows::category(row)?, row.get(6)?))))
    }
}

/// Makes the row what the edit says, if it is what the edit says it was.
pub(crate) fn write(conn: &Connection, before: Option<&Category>, after: Option<&Category>) -> Result<(), Fault> {
    let id = match (before, after) {
        (Some(before), Some(after)) if before.id != after.id => {
            let reason = "an edit cannot change its identity".to_owned();
            return Err(StoreError::Unstorable { row: RowId::Category(before.id), reason }.into());
        }
        (Some(category), _) | (None, Some(category)) => category.id,
        (None, None) => return Ok(()),
    };
    if current(conn, id)?.as_ref() != before {
        return Err(conflict(id));
    }
    let key = id.uuid();
    let Some(after) = after else {
        conn.prepare_cached("DELETE FROM categories WHERE id = ?1")?.execute([key.as_bytes()])?;
        return Ok(());
    };
    let sql = if before.is_some() {
        "UPDATE categories SET name = ?2, folded = ?3, color = ?4, position = ?5, hotkey = ?6, description = ?7
         WHERE id = ?1"
    } else {
        "INSERT INTO categories (id, name, folded, color, position, hotkey, description)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
    };
    let color = to_name(&after.color, || RowId::Category(id))?;
    let folded = after.name.to_lowercase();
    let hotkey = after.hotkey.map(|key| key.to_string());
    let values = params![key.as_bytes(), after.name, folded, color, after.position, hotkey, after.description];
    match conn.prepare_cached(sql)?.execute(values) {
        // Another category took the name since the edit was made.
        Err(error) if error.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE) => {
            Err(conflict(id))
        }
        done => Ok(done.map(drop)?),
    }
}

/// Adds `change` to the number of boxes that refer to a category; one that is gone by now needs none.
pub(crate) fn count_boxes(conn: &Connection, id: CategoryId, change: i64) -> Result<(), Fault> {
    let sql = "UPDATE categories SET boxes = boxes + ?2 WHERE id = ?1";
    conn.prepare_cached(sql)?.execute(params![id.uuid().as_bytes(), change])?;
    Ok(())
}

/// Frees the name of a category that later edits of the same step rename, so that two can swap names.
/// No name starts with white space, so none is hit.
pub(crate) fn free_name(conn: &Connection, id: CategoryId) -> Result<(), Fault> {
    let sql = "UPDATE categories SET folded = char(10) || hex(id) WHERE id = ?1";
    conn.prepare_cached(sql)?.execute([id.uuid().as_bytes()])?;
    Ok(())
}

fn current(conn: &Connection, id: CategoryId) -> Result<Option<Category>, Fault> {
    let sql = format!("SELECT {} FROM categories c WHERE c.id = ?1", rows::CATEGORY);
    first(conn.prepare_cached(&sql)?, [id.uuid().as_bytes()], rows::category)
}

fn conflict(id: CategoryId) -> Fault {
    StoreError::Conflict { row: RowId::Category(id) }.into()
}
