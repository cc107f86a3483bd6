//! The edit journal: every step with its rows before and after, kept in the file, so that undo and redo
//! work after a restart.

use std::ops::ControlFlow;

use bauta_domain::{Edit, ImageId, Revision, Step};
use rusqlite::{Connection, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Store, StoreError, annotations, categories, destinations,
    error::{Fault, RowId},
    images,
    rows::{Fields, first, to_json, to_name},
    touched::Touched,
};

/// Edits of boxes in one row of the journal. A step over thousands of images makes many rows of one
/// group, so undoing it never needs all of it in memory.
const EDITS_PER_ROW: usize = 1000;

/// What a step did to the project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The images whose boxes it changed, with their new versions.
    pub images: Vec<(ImageId, Revision)>,
    /// The images whose marks or files it changed.
    pub marked: Vec<ImageId>,
    /// Whether it changed categories.
    pub categories_changed: bool,
    /// Whether it changed destinations.
    pub destinations_changed: bool,
}

/// What was undone or redone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The step.
    pub step: Step,
    /// What undoing or redoing it did.
    pub applied: Applied,
}

impl Store {
    /// Makes all edits in one transaction and appends them to the journal; what had been undone can no
    /// longer be redone. Neighbouring calls with the same `group` are one step for the user and are
    /// undone together. `at` is the time, in ISO 8601. Without edits, nothing happens.
    ///
    /// Edits of one row follow each other; otherwise their order does not matter: two categories may
    /// swap names, and one may go before the boxes that had it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when a row is not what an edit says it was, [`StoreError::UnknownCategory`]
    /// when a box would be left with a category that does not exist, or when the file cannot be written.
    /// Then nothing is kept, of the edits or of the journal.
    pub fn apply(&mut self, step: Step, group: Uuid, edits: &[Edit], at: &str) -> Result<Applied, StoreError> {
        if edits.is_empty() {
            return Ok(Applied::default());
        }
        self.change(|conn| {
            let edits: Vec<&Edit> = edits.iter().collect();
            let mut touched = Touched::default();
            let go_on = &mut |_| ControlFlow::Continue(());
            let _ = append(conn, step, group, &edits, at, &mut touched, go_on)?;
            touched.finish(conn)
        })
    }

    /// Takes the last step back, with all neighbouring rows of its group; `None` when there is none.
    /// `at` is the time, in ISO 8601.
    ///
    /// # Errors
    /// When a row of the journal is damaged or does not fit what the project holds, or the file cannot be
    /// written; then nothing is changed.
    pub fn undo(&mut self, at: &str) -> Result<Option<Undone>, StoreError> {
        self.replay(Direction::Back, at)
    }

    /// Makes the step again that was undone last, as one with all of its group; `None` when there is none.
    /// `at` is the time, in ISO 8601.
    ///
    /// # Errors
    /// As for [`Store::undo`].
    pub fn redo(&mut self, at: &str) -> Result<Option<Undone>, StoreError> {
        self.replay(Direction::Forth, at)
    }

    /// The steps that undo would take back and that redo would make again.
    ///
    /// # Errors
    /// When the file cannot be read, or a row of the journal is damaged.
    pub fn history(&self) -> Result<(Option<Step>, Option<Step>), StoreError> {
        self.read(|conn| {
            let step = |direction| Ok::<_, Fault>(next(conn, direction)?.map(|row| row.step));
            Ok((step(Direction::Back)?, step(Direction::Forth)?))
        })
    }

    fn replay(&mut self, direction: Direction, at: &str) -> Result<Option<Undone>, StoreError> {
        self.change(|conn| {
            let Some(JournalRow { group, step, .. }) = next(conn, direction)? else { return Ok(None) };
            let mut touched = Touched::default();
            while let Some(row) = next(conn, direction)?.filter(|row| row.group == group) {
                let mut entries = load(conn, row.seq)?;
                let undone_at = match direction {
                    Direction::Back => {
                        entries.reverse();
                        entries = entries.into_iter().map(|e| Entry { edit: e.edit.inverted(), ..e }).collect();
                        Some(at)
                    }
                    Direction::Forth => None,
                };
                make(conn, entries.iter().map(|entry| (&entry.edit, entry.ordinal)), &mut touched, at)?;
                let sql = "UPDATE journal SET undone_at = ?2 WHERE seq = ?1";
                conn.prepare_cached(sql)?.execute(params![row.seq, undone_at])?;
            }
            Ok(Some(Undone { step, applied: touched.finish(conn)? }))
        })
    }
}

/// Makes the edits and appends them to the journal, until `tick`, which hears how many are made, asks to stop.
pub(crate) fn append(
    conn: &Connection,
    step: Step,
    group: Uuid,
    edits: &[&Edit],
    at: &str,
    touched: &mut Touched,
    tick: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<ControlFlow<()>, Fault> {
    let (names, others): (Vec<&Edit>, Vec<&Edit>) =
        edits.iter().partition(|edit| matches!(edit, Edit::Category { .. } | Edit::Path { .. }));
    conn.prepare_cached("DELETE FROM journal WHERE undone_at IS NOT NULL")?.execute([])?;
    // All names in one row, because freeing names for each other works within a row.
    let rows = (!names.is_empty()).then_some(names.as_slice()).into_iter();
    let mut made = 0;
    for edits in rows.chain(others.chunks(EDITS_PER_ROW)) {
        let places = make(conn, edits.iter().map(|&edit| (edit, None)), touched, at)?;
        let entries: Vec<_> = edits.iter().zip(places).map(|(&edit, ordinal)| MadeEntry { edit, ordinal }).collect();
        let sql = "INSERT INTO journal (group_id, step, edits, at) VALUES (?1, ?2, ?3, ?4)";
        let (step, json) = (to_name(&step, || RowId::Step)?, to_json(&entries, || RowId::Step)?);
        conn.prepare_cached(sql)?.execute(params![group.as_bytes(), step, json, at])?;
        made += edits.len();
        if tick(made).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

#[derive(Clone, Copy)]
enum Direction {
    Back,
    Forth,
}

/// An edit with the place, among the boxes of its image, of a box that it makes or removes.
#[derive(Deserialize)]
struct Entry {
    edit: Edit,
    #[serde(default)]
    ordinal: Option<i64>,
}

/// An [`Entry`] to be written.
#[derive(Serialize)]
struct MadeEntry<'e> {
    edit: &'e Edit,
    #[serde(skip_serializing_if = "Option::is_none")]
    ordinal: Option<i64>,
}

/// What is known of a row of the journal without its edits.
struct JournalRow {
    seq: i64,
    group: Uuid,
    step: Step,
}

/// The row that undo or redo begins with: undone rows are always the last ones.
fn next(conn: &Connection, direction: Direction) -> Result<Option<JournalRow>, Fault> {
    let sql = match direction {
        Direction::Back => {
            "SELECT seq, group_id, step FROM journal
             WHERE seq < coalesce((SELECT min(seq) FROM journal WHERE undone_at IS NOT NULL), 9223372036854775807)
             ORDER BY seq DESC LIMIT 1"
        }
        Direction::Forth => "SELECT seq, group_id, step FROM journal WHERE undone_at IS NOT NULL ORDER BY seq LIMIT 1",
    };
    first(conn.prepare_cached(sql)?, [], |row| {
        let fields = Fields::new(row, "journal");
        Ok(JournalRow { seq: fields.get(0)?, group: fields.uuid(1)?, step: fields.name(2)? })
    })
}

fn load(conn: &Connection, seq: i64) -> Result<Vec<Entry>, Fault> {
    let statement = conn.prepare_cached("SELECT seq, edits FROM journal WHERE seq = ?1")?;
    let read = |row: &Row| Fields::new(row, "journal").json(1);
    Ok(first(statement, [seq], read)?.unwrap_or_default())
}

/// Makes these edits, each with the place of its box where that is known. Returns the places of boxes that
/// appeared or disappeared, one for each edit.
fn make<'e>(
    conn: &Connection,
    edits: impl Iterator<Item = (&'e Edit, Option<i64>)> + Clone,
    touched: &mut Touched,
    at: &str,
) -> Result<Vec<Option<i64>>, Fault> {
    for (edit, _) in edits.clone() {
        match edit {
            Edit::Category { before: Some(before), .. } => categories::free_name(conn, before.id)?,
            Edit::Path { image, before, .. } => images::free_path(conn, *image, before)?,
            _ => {}
        }
    }
    let mut last = annotations::LastImage::default();
    let make_one = |(edit, place): (&Edit, Option<i64>)| {
        touched.note(edit);
        match edit {
            Edit::Annotation { image, before, after } => {
                return annotations::write(conn, *image, before.as_ref(), after.as_ref(), place, at, &mut last);
            }
            Edit::Category { before, after } => categories::write(conn, before.as_ref(), after.as_ref())?,
            Edit::Destination { before, after } => destinations::write(conn, before.as_ref(), after.as_ref())?,
            Edit::Marks { image, before, after } => images::write_marks(conn, *image, before, after)?,
            Edit::Path { image, after, .. } => images::write_path(conn, *image, after)?,
        }
        Ok(None)
    };
    edits.map(make_one).collect()
}
