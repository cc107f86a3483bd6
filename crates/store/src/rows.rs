//! Rows ⇄ domain values. A row that makes no sense is an error that names it.

use bauta_domain::{
    Annotation, AnnotationId, AnnotationState, BoundingBox, Category, CategoryId, Destination, DestinationId,
    FileFacts, ImageId, ImageMarks, ImageRecord, ImageSize, Source, Suggestion,
};
use rusqlite::{
    CachedStatement, Params, Row,
    types::{FromSql, ValueRef},
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::error::{Fault, RowId, StoreError};

/// One row, whose first column identifies it in messages.
pub(crate) struct Fields<'a> {
    row: &'a Row<'a>,
    table: &'static str,
}

impl<'a> Fields<'a> {
    pub(crate) const fn new(row: &'a Row<'a>, table: &'static str) -> Self {
        Self { row, table }
    }

    pub(crate) fn get<T: FromSql>(&self, column: usize) -> Result<T, Fault> {
        self.row.get(column).map_err(|error| self.damaged(column, error))
    }

    pub(crate) fn uuid(&self, column: usize) -> Result<Uuid, Fault> {
        self.get(column).map(Uuid::from_bytes)
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, Fault> {
        // Borrowed: the steps of a long training are megabytes.
        let value = self.row.get_ref(column).map_err(|error| self.damaged(column, error))?;
        let text = value.as_str().map_err(|error| self.damaged(column, error))?;
        serde_json::from_str(text).map_err(|error| self.damaged(column, error))
    }

    /// One of the names that an enumeration without fields has in JSON.
    pub(crate) fn name<T: DeserializeOwned>(&self, column: usize) -> Result<T, Fault> {
        let text: String = self.get(column)?;
        serde_json::from_value(text.into()).map_err(|error| self.damaged(column, error))
    }

    pub(crate) fn damaged(&self, column: usize, found: impl std::fmt::Display) -> Fault {
        let name = self.row.as_ref().column_name(column).unwrap_or("?");
        let row = match self.row.get_ref(0) {
            Ok(ValueRef::Blob(bytes)) => Uuid::from_slice(bytes).map_or("?".to_owned(), |id| id.to_string()),
            Ok(ValueRef::Integer(number)) => number.to_string(),
            Ok(ValueRef::Text(text)) => String::from_utf8_lossy(text).into_owned(),
            _ => "?".to_owned(),
        };
        StoreError::DamagedRow { table: self.table, row, found: format!("{name}: {found}") }.into()
    }
}

/// The first row of a query, if there is one.
pub(crate) fn first<T>(
    mut statement: CachedStatement,
    params: impl Params,
    read: impl FnOnce(&Row) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut rows = statement.query(params)?;
    rows.next()?.map(read).transpose()
}

/// All rows of a query.
pub(crate) fn all<T>(
    mut statement: CachedStatement,
    params: impl Params,
    mut read: impl FnMut(&Row) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// A value as JSON text.
pub(crate) fn to_json(value: &impl Serialize, row: impl FnOnce() -> RowId) -> Result<String, Fault> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Unstorable { row: row(), reason: error.to_string() }.into())
}

/// The name of a value of an enumeration without fields, as JSON has it but without the quotes.
pub(crate) fn to_name(value: &impl Serialize, row: impl FnOnce() -> RowId) -> Result<String, Fault> {
    to_json(value, row).map(|json| json.trim_matches('"').to_owned())
}

/// Columns that [`image`] reads.
pub(crate) const IMAGE: &str = "i.id, i.path, i.width, i.height, i.problem, i.background, i.destination, i.bytes, \
     i.modified, i.hash";

/// How many columns [`IMAGE`] has; a query's own columns follow them.
pub(crate) const IMAGE_COLUMNS: usize = 10;

pub(crate) fn image(row: &Row) -> Result<ImageRecord, Fault> {
    let fields = Fields::new(row, "images");
    let (width, height): (Option<u32>, Option<u32>) = (fields.get(2)?, fields.get(3)?);
    Ok(ImageRecord {
        id: ImageId::from_uuid(fields.uuid(0)?),
        path: fields.get(1)?,
        size: width.zip(height).map(|(width, height)| ImageSize { width, height }),
        problem: fields.get(4)?,
        marks: marks(&fields, 5)?,
        file: match fields.get::<Option<i64>>(7)? {
            Some(bytes) => {
                Some(FileFacts { bytes: bytes.unsigned_abs(), modified: fields.get(8)?, hash: fields.get(9)? })
            }
            None => None,
        },
    })
}

/// Reads the columns `background` and `destination`, the first of which has this number.
pub(crate) fn marks(fields: &Fields, first: usize) -> Result<ImageMarks, Fault> {
    let destination: Option<[u8; 16]> = fields.get(first + 1)?;
    let destination = destination.map(|id| DestinationId::from_uuid(Uuid::from_bytes(id)));
    Ok(ImageMarks { background: fields.get(first)?, destination })
}

/// Columns that [`destination`] reads.
pub(crate) const DESTINATION: &str = "d.id, d.path, d.position";

pub(crate) fn destination(row: &Row) -> Result<Destination, Fault> {
    let fields = Fields::new(row, "destinations");
    Ok(Destination { id: DestinationId::from_uuid(fields.uuid(0)?), path: fields.get(1)?, position: fields.get(2)? })
}

/// Columns that [`category`] reads.
pub(crate) const CATEGORY: &str = "c.id, c.name, c.color, c.position, c.hotkey, c.description";

pub(crate) fn category(row: &Row) -> Result<Category, Fault> {
    let fields = Fields::new(row, "categories");
    Ok(Category {
        id: CategoryId::from_uuid(fields.uuid(0)?),
        name: fields.get(1)?,
        color: fields.name(2)?,
        position: fields.get(3)?,
        hotkey: match fields.get::<Option<String>>(4)? {
            Some(key) => Some(key.parse().map_err(|error: String| fields.damaged(4, error))?),
            None => None,
        },
        description: fields.get(5)?,
    })
}

/// Columns that [`annotation`] reads.
pub(crate) const ANNOTATION: &str = "a.id, a.x1, a.y1, a.x2, a.y2, a.category, a.accepted, a.source, a.detector, \
     a.score, a.suggestion, a.confidence";

/// How many columns [`ANNOTATION`] has; a query's own columns follow them.
pub(crate) const ANNOTATION_COLUMNS: usize = 12;

pub(crate) fn annotation(row: &Row) -> Result<Annotation, Fault> {
    let fields = Fields::new(row, "annotations");
    let bbox = BoundingBox::from_corners(fields.get(1)?, fields.get(2)?, fields.get(3)?, fields.get(4)?);
    let source: String = fields.get(7)?;
    let suggestion: Option<String> = fields.get(10)?;
    Ok(Annotation {
        id: AnnotationId::from_uuid(fields.uuid(0)?),
        bbox: bbox.map_err(|error| fields.damaged(1, error))?,
        category: fields.get::<Option<[u8; 16]>>(5)?.map(|id| CategoryId::from_uuid(Uuid::from_bytes(id))),
        state: if fields.get(6)? { AnnotationState::Accepted } else { AnnotationState::Proposed },
        source: match source.as_str() {
            "drawn" => Source::Drawn,
            "detected" => Source::Detected { detector: fields.get(8)?, score: fields.get(9)? },
            "generated" => Source::Generated,
            "imported" => Source::Imported,
            other => {
                return Err(
                    fields.damaged(7, format!("expected drawn, detected, generated or imported, found {other:?}"))
                );
            }
        },
        suggestion: match suggestion {
            Some(label) => Some(Suggestion { label, confidence: fields.get(11)? }),
            None => None,
        },
    })
}
