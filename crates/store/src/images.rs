//! The images of a project and what the strip says of them.

use bauta_domain::{ImageId, ImageRecord, ImageSize, Revision};
use rusqlite::{Connection, Row, params};

use crate::{
    Store, StoreError,
    error::{Fault, RowId},
    rows::{self, Fields, all, first},
};

/// An image to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImage {
    /// Identity, made by the caller.
    pub id: ImageId,
    /// Absolute path of the file.
    pub path: String,
}

/// An image with its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSummary {
    /// The image.
    pub record: ImageRecord,
    /// Version of its annotations.
    pub revision: Revision,
    /// Accepted boxes, with a category or without.
    pub accepted: u32,
    /// Accepted boxes without a category.
    pub unlabelled: u32,
    /// Boxes that nobody accepted yet.
    pub proposals: u32,
}

impl Store {
    /// Adds images after those that are there, in the order given, and returns the identities of those
    /// that are new: a path that the project has already is skipped. Not a step of the history.
    ///
    /// # Errors
    /// When the file cannot be written, or an identity is taken; then none is added.
    pub fn add_images(&mut self, images: &[NewImage]) -> Result<Vec<ImageId>, StoreError> {
        self.write(|tx| {
            let next: i64 = tx.query_row("SELECT coalesce(max(position) + 1, 0) FROM images", [], |row| row.get(0))?;
            let mut insert = tx.prepare_cached(
                "INSERT INTO images (id, path, position) VALUES (?1, ?2, ?3) ON CONFLICT (path) DO NOTHING",
            )?;
            let mut added = Vec::with_capacity(images.len());
            for (image, position) in images.iter().zip(next..) {
                if insert.execute(params![image.id.uuid().as_bytes(), image.path, position])? == 1 {
                    added.push(image.id);
                }
            }
            Ok(added)
        })
    }

    /// Notes the size of the upright picture; the image counts as readable from now on.
    ///
    /// # Errors
    /// When the project has no such image, the size has a zero, or the file cannot be written.
    pub fn set_image_size(&mut self, id: ImageId, size: ImageSize) -> Result<(), StoreError> {
        if size.pixels() == 0 {
            let reason = format!("its size is {} × {} pixels", size.width, size.height);
            return Err(StoreError::Unstorable { row: RowId::Image(id), reason });
        }
        self.write(|tx| {
            let sql = "UPDATE images SET width = ?2, height = ?3, problem = NULL WHERE id = ?1";
            let changed = tx.prepare_cached(sql)?.execute(params![id.uuid().as_bytes(), size.width, size.height])?;
            found(changed, id)
        })
    }

    /// Notes why the picture cannot be read. Its boxes, and its size if it was known, stay.
    ///
    /// # Errors
    /// When the project has no such image, or the file cannot be written.
    pub fn set_image_problem(&mut self, id: ImageId, problem: &str) -> Result<(), StoreError> {
        self.write(|tx| {
            let sql = "UPDATE images SET problem = ?2 WHERE id = ?1";
            let changed = tx.prepare_cached(sql)?.execute(params![id.uuid().as_bytes(), problem])?;
            found(changed, id)
        })
    }

    /// All images in the order in which they were added, with their counts.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn images(&self) -> Result<Vec<ImageSummary>, StoreError> {
        self.read(|conn| {
            let mut images =
                all(conn.prepare_cached(&summary_sql(""))?, [], |row| Ok((position(row)?, summary(row)?)))?;
            // Sorted here because rows come by their key, which is nearly this order: SQLite would have
            // to sort the whole rows.
            images.sort_by_key(|(position, _)| *position);
            Ok(images.into_iter().map(|(_, summary)| summary).collect())
        })
    }

    /// Some images with their counts, in the order asked for; those that the project does not have are left out.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn image_summaries(&self, ids: &[ImageId]) -> Result<Vec<ImageSummary>, StoreError> {
        self.read(|conn| {
            let sql = summary_sql("WHERE i.id = ?1");
            let one = |id: &ImageId| first(conn.prepare_cached(&sql)?, [id.uuid().as_bytes()], summary);
            ids.iter().filter_map(|id| one(id).transpose()).collect()
        })
    }

    /// One image, if the project has it.
    ///
    /// # Errors
    /// When the file cannot be read, or the row is damaged.
    pub fn image(&self, id: ImageId) -> Result<Option<ImageRecord>, StoreError> {
        let sql = format!("SELECT {} FROM images i WHERE i.id = ?1", rows::IMAGE);
        self.read(|conn| first(conn.prepare_cached(&sql)?, [id.uuid().as_bytes()], rows::image))
    }
}

/// The row number and the version of an image.
pub(crate) fn image_key(conn: &Connection, id: ImageId) -> Result<(i64, Revision), Fault> {
    let statement = conn.prepare_cached("SELECT key, revision FROM images WHERE id = ?1")?;
    let found = first(statement, [id.uuid().as_bytes()], |row| {
        let fields = Fields::new(row, "images");
        Ok((fields.get(0)?, Revision(fields.get(1)?)))
    })?;
    found.ok_or_else(|| StoreError::NotInProject { row: RowId::Image(id) }.into())
}

fn found(changed: usize, id: ImageId) -> Result<(), Fault> {
    if changed == 1 { Ok(()) } else { Err(StoreError::NotInProject { row: RowId::Image(id) }.into()) }
}

/// Grouped by the images' own order, so that SQLite walks images and the index `annotations_by_image`
/// side by side and never reads a box.
fn summary_sql(condition: &str) -> String {
    format!(
        "SELECT {}, i.revision, i.position,
                count(*) FILTER (WHERE a.accepted = 1),
                count(*) FILTER (WHERE a.accepted = 1 AND a.category IS NULL),
                count(*) FILTER (WHERE a.accepted = 0)
         FROM images i LEFT JOIN annotations a ON a.image = i.key {condition} GROUP BY i.key",
        rows::IMAGE
    )
}

fn position(row: &Row) -> Result<i64, Fault> {
    Fields::new(row, "images").get(6)
}

fn summary(row: &Row) -> Result<ImageSummary, Fault> {
    let fields = Fields::new(row, "images");
    Ok(ImageSummary {
        record: rows::image(row)?,
        revision: Revision(fields.get(5)?),
        accepted: fields.get(7)?,
        unlabelled: fields.get(8)?,
        proposals: fields.get(9)?,
    })
}
