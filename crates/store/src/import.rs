//! Importing: images, categories and boxes from elsewhere, all or nothing, as one step.

use std::ops::ControlFlow;

use bauta_domain::{Edit, ImageId, ImageSize, Step};
use rusqlite::params;
use uuid::Uuid;

use crate::{NewImage, Store, StoreError, images, journal, journal::Applied, touched::Touched};

/// What an import changes.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// Images that the project does not have yet. They stay when the step is undone, as all added images do.
    pub images: Vec<NewImage>,
    /// Sizes of upright pictures that were looked at.
    pub sizes: Vec<(ImageId, ImageSize)>,
    /// What becomes of categories, destinations and boxes.
    pub edits: Vec<Edit>,
}

impl Store {
    /// Makes all of an import in one transaction, as one step of the history. `tick` hears how many edits
    /// are made and may stop the import; then, and when it fails, nothing is changed and the answer is
    /// `None`. `at` is the time, in ISO 8601.
    ///
    /// # Errors
    /// As for [`Store::apply`], or when an added image's identity or path is taken.
    pub fn import(
        &mut self,
        import: &Import,
        step: Step,
        at: &str,
        tick: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Option<Applied>, StoreError> {
        self.change(|conn| {
            conn.execute_batch("SAVEPOINT import")?;
            images::insert(conn, &import.images)?;
            for (id, size) in &import.sizes {
                let sql = "UPDATE images SET width = ?2, height = ?3, problem = NULL WHERE id = ?1";
                conn.prepare_cached(sql)?.execute(params![id.uuid().as_bytes(), size.width, size.height])?;
            }
            let mut touched = Touched::default();
            if !import.edits.is_empty() {
                let edits: Vec<&Edit> = import.edits.iter().collect();
                let made = journal::append(conn, step, Uuid::new_v4(), &edits, at, &mut touched, tick)?;
                if made.is_break() {
                    conn.execute_batch("ROLLBACK TO import; RELEASE import")?;
                    return Ok(None);
                }
            }
            touched.finish(conn).map(Some)
        })
    }
}
