//! Reading and writing boxes.

use bauta_domain::{Annotation, AnnotationState, CategoryId, ImageId, ImageRecord, Revision, Source};
use rusqlite::{Connection, Row, params};

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
) -> Result<Option<i64>, Fault> {
    let id = match (before, after) {
        (Some(before), Some(after)) if before.id != after.id => {
            return Err(unstorable(before, "an edit cannot change its identity"));
        }
        (Some(annotation), _) | (None, Some(annotation)) => annotation.id,
        (None, None) => return Ok(None),
    };
    let (key, _) = image_key(conn, image)?;
    let sql = format!("SELECT {}, a.image, a.ordinal FROM annotations a WHERE a.id = ?1", rows::ANNOTATION);
    let current = first(conn.prepare_cached(&sql)?, [id.uuid().as_bytes()], |row| {
        let fields = Fields::new(row, "annotations");
        Ok((rows::annotation(row)?, fields.get::<i64>(ANNOTATION_COLUMNS)?, fields.get::<i64>(ANNOTATION_COLUMNS + 1)?))
    })?;
    let as_expected = match (&current, before) {
        (Some((now, on, _)), Some(before)) => now == before && *on == key,
        (None, None) => true,
        _ => false,
    };
    if !as_expected {
        return Err(StoreError::Conflict { row: RowId::Annotation(id) }.into());
    }
    match (current, after) {
        (None, Some(after)) => {
            let ordinal = ordinal.map_or_else(|| last_place(conn, key), Ok)?;
            put(conn, key, ordinal, after, at)?;
            Ok(Some(ordinal))
        }
        (Some((_, _, place)), Some(after)) => put(conn, key, place, after, at).map(|()| None),
        (Some((_, _, place)), None) => {
            conn.prepare_cached("DELETE FROM annotations WHERE id = ?1")?.execute([id.uuid().as_bytes()])?;
            Ok(Some(place))
        }
        (None, None) => Ok(None),
    }
}

fn last_place(conn: &Connection, image: i64) -> Result<i64, Fault> {
    let sql = "SELECT coalesce(max(ordinal) + 1, 0) FROM annotations WHERE image = ?1";
    Ok(conn.prepare_cached(sql)?.query_row([image], |row| row.get(0))?)
}

fn put(conn: &Connection, image: i64, ordinal: i64, annotation: &Annotation, at: &str) -> Result<(), Fault> {
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
    let sql = "INSERT INTO annotations (id, x1, y1, x2, y2, category, accepted, source, detector, score,
                                        suggestion, confidence, image, ordinal, changed_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
               ON CONFLICT (id) DO UPDATE SET
                   x1 = excluded.x1, y1 = excluded.y1, x2 = excluded.x2, y2 = excluded.y2,
                   category = excluded.category, accepted = excluded.accepted, source = excluded.source,
                   detector = excluded.detector, score = excluded.score,
                   suggestion = excluded.suggestion, confidence = excluded.confidence,
                   changed_at = excluded.changed_at";
    conn.prepare_cached(sql)?.execute(params![
        annotation.id.uuid().as_bytes(),
        bbox.x1(),
        bbox.y1(),
        bbox.x2(),
        bbox.y2(),
        annotation.category.map(|id| id.uuid().into_bytes()),
        annotation.state == AnnotationState::Accepted,
        source,
        detector,
        score,
        label,
        confidence,
        image,
        ordinal,
        at,
    ])?;
    Ok(())
}

fn unstorable(annotation: &Annotation, reason: &str) -> Fault {
    StoreError::Unstorable { row: RowId::Annotation(annotation.id), reason: reason.to_owned() }.into()
}
