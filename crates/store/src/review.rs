//! What waits for a yes or a no, all over the project, the least sure first.

use bauta_domain::{AnnotationId, ImageId};
use rusqlite::{Connection, params};

use crate::{
    Store, StoreError,
    error::Fault,
    rows::{Fields, all, first},
};

/// How sure the source of an open box is, 0 to 1: the words of the index in `schema/v3.sql`, which is found by them.
const SURENESS: &str = "min(iif(accepted = 0, coalesce(score, 1.0), 1.0), coalesce(confidence, 1.0))";
const OPEN: &str = "(accepted = 0 OR suggestion IS NOT NULL)";

/// A box that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpenBox {
    /// The image that it is on.
    pub image: ImageId,
    /// Which one.
    pub annotation: AnnotationId,
    /// How sure its source is, 0 to 1.
    pub sureness: f64,
}

impl Store {
    /// The `limit` least sure boxes that wait for an answer, in that order; those after `after`, when given. A box
    /// that is gone is before all others.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn least_sure(&self, after: Option<AnnotationId>, limit: u32) -> Result<Vec<OpenBox>, StoreError> {
        self.read(|conn| {
            let (sureness, image, ordinal) = after.map_or(Ok(None), |id| place(conn, id))?.unwrap_or((-1.0, 0, 0));
            let sql = format!(
                "SELECT i.id, a.id, a.sureness FROM (
                     SELECT id, image, ordinal, {SURENESS} AS sureness FROM annotations
                     WHERE {OPEN} AND ({SURENESS}, image, ordinal) > (?1, ?2, ?3)
                     ORDER BY {SURENESS}, image, ordinal LIMIT ?4) a
                 JOIN images i ON i.key = a.image ORDER BY a.sureness, a.image, a.ordinal"
            );
            all(conn.prepare_cached(&sql)?, params![sureness, image, ordinal, limit], |row| {
                let fields = Fields::new(row, "annotations");
                Ok(OpenBox {
                    image: ImageId::from_uuid(fields.uuid(0)?),
                    annotation: AnnotationId::from_uuid(fields.uuid(1)?),
                    sureness: fields.get(2)?,
                })
            })
        })
    }

    /// How many boxes wait for an answer, by how sure their source is: element *n* counts those of at least *n* in
    /// the hundred, so the first one counts all.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_boxes_by_sureness(&self) -> Result<Vec<u32>, StoreError> {
        self.read(|conn| {
            // 0.29 · 100 is a little less than 29.
            let sql = format!(
                "SELECT cast({SURENESS} * 100 + 1e-9 AS INTEGER) AS hundredth, count(*)
                 FROM annotations WHERE {OPEN} GROUP BY hundredth"
            );
            let mut counts = vec![0; 101];
            for (hundredth, count) in all(conn.prepare_cached(&sql)?, [], |row| {
                let fields = Fields::new(row, "annotations");
                Ok((fields.get::<i64>(0)?, fields.get::<u32>(1)?))
            })? {
                counts[usize::try_from(hundredth).unwrap_or(0).min(100)] += count;
            }
            for n in (0..100).rev() {
                counts[n] += counts[n + 1];
            }
            Ok(counts)
        })
    }
}

/// Where a box stands in the order of [`Store::least_sure`]; `None` when it is gone.
fn place(conn: &Connection, id: AnnotationId) -> Result<Option<(f64, i64, i64)>, Fault> {
    let sql = format!("SELECT {SURENESS}, image, ordinal FROM annotations WHERE id = ?1");
    first(conn.prepare_cached(&sql)?, [id.uuid().as_bytes()], |row| {
        let fields = Fields::new(row, "annotations");
        Ok((fields.get(0)?, fields.get(1)?, fields.get(2)?))
    })
}
