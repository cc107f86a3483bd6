//! What the project remembers beside its contents: small values by key. Not part of the history.

use rusqlite::params;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Store, StoreError,
    error::RowId,
    rows::{Fields, first, to_json},
};

impl Store {
    /// A setting, or `None` when it was never made.
    ///
    /// # Errors
    /// When the file cannot be read, or the value is not a `T`.
    pub fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        self.read(|conn| {
            let statement = conn.prepare_cached("SELECT key, value FROM settings WHERE key = ?1")?;
            first(statement, [key], |row| Fields::new(row, "settings").json(1))
        })
    }

    /// Makes or replaces a setting.
    ///
    /// # Errors
    /// When the value has no JSON form, or the file cannot be written.
    pub fn set_setting<T: Serialize>(&mut self, key: &str, value: &T) -> Result<(), StoreError> {
        self.write(|tx| {
            let json = to_json(value, || RowId::Setting(key.to_owned()))?;
            let sql = "INSERT INTO settings (key, value) VALUES (?1, ?2)
                       ON CONFLICT (key) DO UPDATE SET value = excluded.value";
            tx.prepare_cached(sql)?.execute(params![key, json])?;
            Ok(())
        })
    }
}
