//! The images of a project and what the strip says of them.

use bauta_domain::{CategoryId, FileFacts, ImageId, ImageMarks, ImageRecord, ImageSize, Revision};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    error::{Fault, RowId},
    rows::{self, Fields, IMAGE_COLUMNS, all, first},
};

/// An image to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImage {
    /// Identity, made by the caller.
    pub id: ImageId,
    /// Absolute path of the file.
    pub path: String,
    /// The file as it is now, when it could be looked at.
    pub file: Option<FileFacts>,
}

/// An image with its counts.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSummary {
    /// The image.
    pub record: ImageRecord,
    /// Version of its annotations.
    pub revision: Revision,
    /// Accepted boxes, with a category or without.
    pub accepted: u32,
    /// Accepted boxes without a category.
    pub unlabelled: u32,
    /// Boxes, and categories of boxes, that a model suggests and nobody accepted yet.
    pub proposals: u32,
    /// 1 − the score of the least sure of these, 0 to 1; `None` when there is no score.
    pub doubt: Option<f64>,
    /// Categories of the accepted boxes.
    pub categories: Vec<CategoryId>,
}

/// Makes the counts of an image those of its boxes: assignments of an `UPDATE images`. The words of
/// `schema/v2.sql`, which filled them first.
pub(crate) const IMAGE_COUNTS: &str = "
    (accepted, unlabelled, proposals, doubt) = (
        SELECT count(*) FILTER (WHERE a.accepted = 1),
               count(*) FILTER (WHERE a.accepted = 1 AND a.category IS NULL),
               count(*) FILTER (WHERE a.accepted = 0 OR a.suggestion IS NOT NULL),
               nullif(max(max(coalesce(iif(a.accepted = 0, 1.0 - a.score, NULL), -1.0),
                              coalesce(1.0 - a.confidence, -1.0))), -1.0)
        FROM annotations a WHERE a.image = images.key),
    categories = (
        SELECT group_concat(hex(c), '') FROM (
            SELECT DISTINCT a.category AS c FROM annotations a
            WHERE a.image = images.key AND a.accepted = 1 AND a.category IS NOT NULL
            ORDER BY a.category))";

impl Store {
    /// Adds images after those that are there, in the order given, and returns the identities of those
    /// that are new: a path that the project has already is skipped. Not a step of the history.
    ///
    /// # Errors
    /// When the file cannot be written, or an identity is taken; then none is added.
    pub fn add_images(&mut self, images: &[NewImage]) -> Result<Vec<ImageId>, StoreError> {
        self.change(|tx| insert(tx, images))
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

    /// Notes what looking at these pictures gave: the size of the upright picture, or why it cannot be read.
    ///
    /// # Errors
    /// When the project has no such image, or the file cannot be written; then nothing is noted.
    pub fn note_pictures(&mut self, seen: &[(ImageId, Result<ImageSize, String>)]) -> Result<(), StoreError> {
        self.write(|tx| {
            let mut readable =
                tx.prepare_cached("UPDATE images SET width = ?2, height = ?3, problem = NULL WHERE id = ?1")?;
            let mut unreadable = tx.prepare_cached("UPDATE images SET problem = ?2 WHERE id = ?1")?;
            for (id, outcome) in seen {
                let changed = match outcome {
                    Ok(size) => readable.execute(params![id.uuid().into_bytes(), size.width, size.height])?,
                    Err(problem) => unreadable.execute(params![id.uuid().into_bytes(), problem])?,
                };
                found(changed, *id)?;
            }
            Ok(())
        })
    }

    /// Notes what the files of these images are like now.
    ///
    /// # Errors
    /// When the project has no such image, or the file cannot be written; then none is noted.
    pub fn set_file_facts(&mut self, facts: &[(ImageId, FileFacts)]) -> Result<(), StoreError> {
        self.write(|tx| {
            let mut update =
                tx.prepare_cached("UPDATE images SET bytes = ?2, modified = ?3, hash = ?4 WHERE id = ?1")?;
            for (id, file) in facts {
                let values = params![id.uuid().into_bytes(), length(file), file.modified, file.hash];
                found(update.execute(values)?, *id)?;
            }
            Ok(())
        })
    }

    /// How many images there are.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn image_count(&self) -> Result<usize, StoreError> {
        let counted: i64 =
            self.read(|conn| Ok(conn.query_row("SELECT count(*) FROM images", [], |row| row.get(0))?))?;
        Ok(usize::try_from(counted).unwrap_or(0))
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

/// Adds images after those that are there; returns those that are new.
pub(crate) fn insert(conn: &Connection, images: &[NewImage]) -> Result<Vec<ImageId>, Fault> {
    let next: i64 = conn.query_row("SELECT coalesce(max(position) + 1, 0) FROM images", [], |row| row.get(0))?;
    let mut insert = conn.prepare_cached(
        "INSERT INTO images (id, path, position, bytes, modified, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (path) DO NOTHING",
    )?;
    let mut added = Vec::with_capacity(images.len());
    for (image, position) in images.iter().zip(next..) {
        let file = image.file.as_ref();
        let values = params![
            image.id.uuid().into_bytes(),
            image.path,
            position,
            file.map(length),
            file.map(|f| &f.modified),
            file.map(|f| &f.hash),
        ];
        if insert.execute(values)? == 1 {
            added.push(image.id);
        }
    }
    Ok(added)
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

fn summary_sql(condition: &str) -> String {
    format!(
        "SELECT {}, i.revision, i.position, i.accepted, i.unlabelled, i.proposals, i.doubt, i.categories
         FROM images i {condition}",
        rows::IMAGE
    )
}

/// SQLite's integers have a sign; no file is that long.
fn length(file: &FileFacts) -> i64 {
    i64::try_from(file.bytes).unwrap_or(i64::MAX)
}

fn position(row: &Row) -> Result<i64, Fault> {
    Fields::new(row, "images").get(IMAGE_COLUMNS + 1)
}

fn summary(row: &Row) -> Result<ImageSummary, Fault> {
    let fields = Fields::new(row, "images");
    Ok(ImageSummary {
        record: rows::image(row)?,
        revision: Revision(fields.get(IMAGE_COLUMNS)?),
        accepted: fields.get(IMAGE_COLUMNS + 2)?,
        unlabelled: fields.get(IMAGE_COLUMNS + 3)?,
        proposals: fields.get(IMAGE_COLUMNS + 4)?,
        doubt: fields.get(IMAGE_COLUMNS + 5)?,
        categories: category_ids(&fields, IMAGE_COLUMNS + 6)?,
    })
}

/// Identities written one after the other as 32 hexadecimal digits each.
fn category_ids(fields: &Fields, column: usize) -> Result<Vec<CategoryId>, Fault> {
    let Some(text) = fields.get::<Option<String>>(column)? else { return Ok(Vec::new()) };
    let ids = text.as_bytes().chunks(32).map(|digits| Uuid::try_parse_ascii(digits).map(CategoryId::from_uuid));
    ids.collect::<Result<_, _>>().map_err(|error| fields.damaged(column, error))
}

/// Makes the marks of an image what the edit says, if they are what the edit says they were.
pub(crate) fn write_marks(
    conn: &Connection,
    id: ImageId,
    before: &ImageMarks,
    after: &ImageMarks,
) -> Result<(), Fault> {
    let statement = conn.prepare_cached("SELECT id, background, destination FROM images WHERE id = ?1")?;
    let now = first(statement, [id.uuid().as_bytes()], |row| rows::marks(&Fields::new(row, "images"), 1))?;
    match now {
        None => return Err(StoreError::NotInProject { row: RowId::Image(id) }.into()),
        Some(now) if now != *before => return Err(StoreError::Conflict { row: RowId::Image(id) }.into()),
        Some(_) => {}
    }
    let destination = after.destination.map(|id| id.uuid().into_bytes());
    let sql = "UPDATE images SET background = ?2, destination = ?3 WHERE id = ?1";
    conn.prepare_cached(sql)?.execute(params![id.uuid().as_bytes(), after.background, destination])?;
    Ok(())
}

/// Frees the path of an image that later edits of the same step give another one, so that two can swap
/// theirs, if it is the path that the edit says.
pub(crate) fn free_path(conn: &Connection, id: ImageId, before: &str) -> Result<(), Fault> {
    // No absolute path begins with a line feed, so none is hit.
    let sql = "UPDATE images SET path = char(10) || hex(id) WHERE id = ?1 AND path = ?2";
    match conn.prepare_cached(sql)?.execute(params![id.uuid().as_bytes(), before])? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict { row: RowId::Image(id) }.into()),
    }
}

/// Gives an image another file. Whether that can be read will show when it is opened.
pub(crate) fn write_path(conn: &Connection, id: ImageId, path: &str) -> Result<(), Fault> {
    let sql = "UPDATE images SET path = ?2, problem = NULL WHERE id = ?1";
    match conn.prepare_cached(sql)?.execute(params![id.uuid().as_bytes(), path]) {
        // The project has that file as another image.
        Err(error) if error.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE) => {
            Err(StoreError::Conflict { row: RowId::Image(id) }.into())
        }
        done => Ok(done.map(drop)?),
    }
}
