//! What a transaction changed so far, and the counts that follow from it.

use std::collections::{BTreeMap, BTreeSet};

use bauta_domain::{CategoryId, Edit, ImageId, Revision};
use rusqlite::Connection;

use crate::{categories, error::Fault, images::IMAGE_COUNTS, journal::Applied};

#[derive(Default)]
pub(crate) struct Touched {
    images: BTreeSet<ImageId>,
    marked: BTreeSet<ImageId>,
    /// By how much the number of boxes of a category changes.
    boxes: BTreeMap<CategoryId, i64>,
    categories: bool,
    destinations: bool,
}

impl Touched {
    /// Takes an edit into account.
    pub(crate) fn note(&mut self, edit: &Edit) {
        match edit {
            Edit::Annotation { image, before, after } => {
                self.images.insert(*image);
                for (annotation, change) in [(before, -1), (after, 1)] {
                    if let Some(category) = annotation.as_ref().and_then(|a| a.category) {
                        *self.boxes.entry(category).or_default() += change;
                    }
                }
            }
            Edit::Category { .. } => self.categories = true,
            Edit::Destination { .. } => self.destinations = true,
            Edit::Marks { image, .. } => {
                self.marked.insert(*image);
                self.destinations = true;
            }
            Edit::Path { image, .. } => {
                self.marked.insert(*image);
            }
        }
    }

    /// Gives each image whose boxes changed its next version and its counts, and categories theirs.
    pub(crate) fn finish(self, conn: &Connection) -> Result<Applied, Fault> {
        for (category, change) in self.boxes.into_iter().filter(|(_, change)| *change != 0) {
            categories::count_boxes(conn, category, change)?;
        }
        let sql = format!("UPDATE images SET revision = revision + 1, {IMAGE_COUNTS} WHERE id = ?1 RETURNING revision");
        let mut bump = conn.prepare_cached(&sql)?;
        let mut images = Vec::with_capacity(self.images.len());
        for id in self.images {
            images.push((id, Revision(bump.query_row([id.uuid().as_bytes()], |row| row.get(0))?)));
        }
        Ok(Applied {
            images,
            marked: self.marked.into_iter().collect(),
            categories_changed: self.categories,
            destinations_changed: self.destinations,
        })
    }
}
