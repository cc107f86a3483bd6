//! Which pictures a detector has looked at already, with which settings. Not part of the history.

use std::collections::HashMap;

use bauta_domain::ImageId;
use rusqlite::params;

use crate::{
    Store, StoreError,
    images::image_key,
    rows::{Fields, all},
};

/// That a detector has looked at an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The image.
    pub image: ImageId,
    /// What its file was like.
    pub file: String,
    /// By what copies of it are recognised, when that is known.
    pub print: Option<Vec<u8>>,
}

impl Store {
    /// The images that were looked at with these settings, each with what its file was like then.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn looks(&self, settings: &str) -> Result<HashMap<ImageId, String>, StoreError> {
        self.read(|conn| {
            let sql = "SELECT i.id, l.file FROM looks l JOIN images i ON i.key = l.image WHERE l.settings = ?1";
            let found = all(conn.prepare_cached(sql)?, [settings], |row| {
                let fields = Fields::new(row, "looks");
                Ok((ImageId::from_uuid(fields.uuid(0)?), fields.get(1)?))
            })?;
            Ok(found.into_iter().collect())
        })
    }

    /// By what copies of images are recognised: of all images of which it is known, in the order in which they were
    /// added.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn prints(&self) -> Result<Vec<(ImageId, Vec<u8>)>, StoreError> {
        self.read(|conn| {
            let sql = "SELECT i.id, p.print FROM prints p JOIN images i ON i.key = p.image ORDER BY i.position";
            all(conn.prepare_cached(sql)?, [], |row| {
                let fields = Fields::new(row, "prints");
                Ok((ImageId::from_uuid(fields.uuid(0)?), fields.get(1)?))
            })
        })
    }

    /// Notes that these images were looked at with these settings.
    ///
    /// # Errors
    /// When the project has no such image, or the file cannot be written; then none is noted.
    pub fn note_looks(&mut self, settings: &str, looks: &[Look]) -> Result<(), StoreError> {
        if looks.is_empty() {
            return Ok(());
        }
        self.write(|tx| {
            let sql = "INSERT INTO looks (image, settings, file) VALUES (?1, ?2, ?3)
                       ON CONFLICT (image, settings) DO UPDATE SET file = excluded.file";
            let mut insert = tx.prepare_cached(sql)?;
            let sql = "INSERT INTO prints (image, print) VALUES (?1, ?2)
                       ON CONFLICT (image) DO UPDATE SET print = excluded.print";
            let mut prints = tx.prepare_cached(sql)?;
            for Look { image, file, print } in looks {
                let (key, _) = image_key(tx, *image)?;
                insert.execute(params![key, settings, file])?;
                if let Some(print) = print {
                    prints.execute(params![key, print])?;
                }
            }
            Ok(())
        })
    }
}
