//! Reading and writing boxes.

use bauta_domain::{Annotation, AnnotationState, CategoryId, ImageId, ImageRecord, Revision, Source};
use rusqlite::{Connection, Row};

use crate::{
    Store, StoreError,
    error::{Fault, RowId},
    images::image_key,
    rows::{self, ANNOTATION_COLUMNS, Fields, IMAGE_COLUMNS, all, first},
};

/// A box with what the store alone knows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAnnotation {
    /// The box.
    pub annotation: Annotation,
    /// When it was changed last, ISO 8601; unknown for boxes from before version 2 of the format.
    pub changed_at: Option<String>,
}

impl Store {
    /// The boxes of an image, in the order in which they were made, and their version.
    ///
    /// # Errors
    /// When the project has no such image, the file cannot be read, or a row is damaged.
    pub fn annotations(&self, image: ImageId) -> Result<(Revision, Vec<Annotation>), StoreError> {
        self.read(|conn| {
            let (key, revision) = image_key(conn, image)?;
            Ok((revision, of_image(conn, key)?))
        })
    }

    /// All boxes with this category, accepted or proposed, with the images they are on.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn annotations_with_category(&self, category: CategoryId) -> Result<Vec<(ImageId, Annotation)>, StoreError> {
        let sql = format!(
            "SELECT {}, i.id FROM annotations a JOIN images i ON i.key = a.image
             WHERE a.category = ?1 ORDER BY i.position, a.ordinal",
            rows::ANNOTATION
        );
        self.read(|conn| {
            all(conn.prepare_cached(&sql)?, [category.uuid().as_bytes()], |row| {
                let image = Fields::new(row, "annotations").uuid(ANNOTATION_COLUMNS)?;
                Ok((ImageId::from_uuid(image), rows::annotation(row)?))
            })
        })
    }

    /// Shows every image with its boxes to `visit`, in the project's order, until `visit` fails; images
    /// without boxes too. Only one image is held in memory.
    ///
    /// # Errors
    /// What `visit` returns, or when the file cannot be read, or a row is damaged.
    pub fn visit_annotations<E: From<StoreError>>(
        &self,
        mut visit: impl FnMut(&ImageRecord, &[StoredAnnotation]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut stopped = None;
        let read = self.read(|conn| {
            let sql = format!("SELECT {}, i.key FROM images i ORDER BY i.position", rows::IMAGE);
            let mut images = conn.prepare_cached(&sql)?;
            let mut images = images.query([])?;
            while let Some(row) = images.next()? {
                let boxes = stored_of_image(conn, Fields::new(row, "images").get(IMAGE_COLUMNS)?)?;
                if let Err(error) = visit(&rows::image(row)?, &boxes) {
                    stopped = Some(error);
                    break;
                }
            }
            Ok(())
        });
        stopped.map_or(Ok(()), Err).and(read.map_err(E::from))
    }
}

fn of_image(conn: &Connection, key: i64) -> Result<Vec<Annotation>, Fault> {
    let sql = format!("SELECT {} FROM annotations a WHERE a.image = ?1 ORDER BY a.ordinal", rows::ANNOTATION);
    all(conn.prepare_cached(&sql)?, [key], rows::annotation)
}

fn stored_of_image(conn: &Connection, key: i64) -> Result<Vec<StoredAnnotation>, Fault> {
    let sql =
        format!("SELECT {}, a.changed_at FROM annotations a WHERE a.image = ?1 ORDER BY a.ordinal", rows::ANNOTATION);
    all(conn.prepare_cached(&sql)?, [key], stored)
}

/// Reads [`rows::ANNOTATION`] followed by `changed_at`.
pub(crate) fn stored(row: &Row) -> Result<StoredAnnotation, Fault> {
    let changed_at = Fields::new(row, "annotations").get(ANNOTATION_COLUMNS)?;
    Ok(StoredAnnotation { annotation: rows::annotation(row)?, changed_at })
}

/// What the last edit looked up, for the next one: the edits of an image mostly follow each other.
#[derive(Default)]
pub(crate) struct LastImage {
    image: Option<(ImageId, i64)>,
    /// The place behind the image's last box.
    end: Option<i64>,
}

impl LastImage {
    fn key(&mut self, conn: &Connection, image: ImageId) -> Result<i64, Fault> {
        match self.image {
            Some((last, key)) if last == image => Ok(key),
            _ => {
                let (key, _) = image_key(conn, image)?;
                *self = Self { image: Some((image, key)), end: None };
                Ok(key)
            }
        }
    }

    /// The place of one more box at the end of the image with this key, which is the one asked for last.
    fn next_place(&mut self, conn: &Connection, key: i64) -> Result<i64, Fault> {
        let sql = "SELECT coalesce(max(ordinal) + 1, 0) FROM annotations WHERE image = ?1";
        let place = match self.end {
            Some(end) => end,
            None => conn.prepare_cached(sql)?.query_row([key], |row| row.get(0))?,
        };
        self.end = Some(place + 1);
        Ok(place)
    }
}

/// Makes the row what the edit says, if it is what the edit says it was; `at` becomes the time of its last
/// change. A box that appears takes the place `ordinal`, or the last one; the place of one that appears or
/// disappears is returned.
pub(crate) fn write(
    conn: &Connection,
    image: ImageId,
    before: Option<&Annotation>,
    after: Option<&Annotation>,
    ordinal: Option<i64>,
    at: &str,
    last: &mut LastImage,
) -> Result<Option<i64>, Fault> {
    let key = last.key(conn, image)?;
    match (before, after) {
        (None, None) => Ok(None),
        (None, Some(after)) => {
            let place = match ordinal {
                Some(place) => {
                    last.end = None;
                    place
                }
                None => last.next_place(conn, key)?,
            };
            insert(conn, key, place, after, at)?;
            Ok(Some(place))
        }
        (Some(before), Some(after)) if before.id != after.id => {
            Err(unstorable(before, "an edit cannot change its identity"))
        }
        (Some(before), after) => {
            let place = place_of(conn, key, before)?;
            match after {
                Some(after) => update(conn, after, at).map(|()| None),
                None => {
                    last.end = None;
                    let sql = "DELETE FROM annotations WHERE id = ?1";
                    conn.prepare_cached(sql)?.execute([before.id.uuid().as_bytes()])?;
                    Ok(Some(place))
                }
            }
        }
    }
}

/// The place of a box on this image, if it is there as it is said to be.
fn place_of(conn: &Connection, image: i64, expected: &Annotation) -> Result<i64, Fault> {
    let sql = format!("SELECT {}, a.image, a.ordinal FROM annotations a WHERE a.id = ?1", rows::ANNOTATION);
    let now = first(conn.prepare_cached(&sql)?, [expected.id.uuid().as_bytes()], |row| {
        let fields = Fields::new(row, "annotations");
        Ok((rows::annotation(row)?, fields.get::<i64>(ANNOTATION_COLUMNS)?, fields.get::<i64>(ANNOTATION_COLUMNS + 1)?))
    })?;
    match now {
        Some((now, on, place)) if now == *expected && on == image => Ok(place),
        _ => Err(StoreError::Conflict { row: RowId::Annotation(expected.id) }.into()),
    }
}

fn insert(conn: &Connection, image: i64, place: i64, new: &Annotation, at: &str) -> Result<(), Fault> {
    let sql = "INSERT INTO annotations (id, x1, y1, x2, y2, category, accepted, source, detector, score,
                                        suggestion, confidence, changed_at, image, ordinal)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    let mut statement = conn.prepare_cached(sql)?;
    bind(&mut statement, new, at)?;
    statement.raw_bind_parameter(14, image)?;
    statement.raw_bind_parameter(15, place)?;
    match statement.raw_execute() {
        // Its identity is taken, by a box that the edit does not know of.
        Err(error) if error.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE) => {
            Err(StoreError::Conflict { row: RowId::Annotation(new.id) }.into())
        }
        done => Ok(done.map(drop)?),
    }
}

fn update(conn: &Connection, new: &Annotation, at: &str) -> Result<(), Fault> {
    let sql = "UPDATE annotations SET x1 = ?2, y1 = ?3, x2 = ?4, y2 = ?5, category = ?6, accepted = ?7, source = ?8,
                   detector = ?9, score = ?10, suggestion = ?11, confidence = ?12, changed_at = ?13
               WHERE id = ?1";
    let mut statement = conn.prepare_cached(sql)?;
    bind(&mut statement, new, at)?;
    Ok(statement.raw_execute().map(drop)?)
}

/// Binds the first thirteen parameters of [`insert`] and [`update`].
fn bind(statement: &mut rusqlite::Statement, annotation: &Annotation, at: &str) -> Result<(), Fault> {
    let (source, detector, score) = match &annotation.source {
        Source::Drawn => ("drawn", None, None),
        Source::Detected { detector, score } => ("detected", Some(detector), Some(*score)),
        Source::Generated => ("generated", None, None),
        Source::Imported => ("imported", None, None),
    };
    let (label, confidence) = annotation.suggestion.as_ref().map(|s| (&s.label, s.confidence)).unzip();
    if [score, confidence].into_iter().flatten().any(|value| !value.is_finite()) {
        return Err(unstorable(annotation, "its score is not a number"));
    }
    let bbox = &annotation.bbox;
    let category = annotation.category.map(|id| id.uuid().into_bytes());
    let accepted = annotation.state == AnnotationState::Accepted;
    statement.raw_bind_parameter(1, annotation.id.uuid().as_bytes())?;
    for (index, side) in (2..).zip([bbox.x1(), bbox.y1(), bbox.x2(), bbox.y2()]) {
        statement.raw_bind_parameter(index, side)?;
    }
    statement.raw_bind_parameter(6, category)?;
    statement.raw_bind_parameter(7, accepted)?;
    statement.raw_bind_parameter(8, source)?;
    statement.raw_bind_parameter(9, detector)?;
    statement.raw_bind_parameter(10, score)?;
    statement.raw_bind_parameter(11, label)?;
    statement.raw_bind_parameter(12, confidence)?;
    Ok(statement.raw_bind_parameter(13, at)?)
}

fn unstorable(annotation: &Annotation, reason: &str) -> Fault {
    StoreError::Unstorable { row: RowId::Annotation(annotation.id), reason: reason.to_owned() }.into()
}
