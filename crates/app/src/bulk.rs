//! The table of all boxes, and changes of many boxes and images at once: each is one step to undo.

use bauta_domain::{
    Annotation, AnnotationChange, AnnotationId, AnnotationState, CategoryId, ChangeSet, Edit, EditError, ImageId,
    ImageMarks, ImageSize, Step, TableQuery, resolve_changes,
};
use bauta_store::{RowKey, Store, TableRecord};
use serde::{Deserialize, Serialize};

use crate::{
    AppError, BulkChange, Changed, Project,
    annotations::categories,
    preferences::rules,
    project::{changed, count, names_of},
};

/// The answer to a query that was asked last, as long as the project does not change.
#[derive(Debug)]
pub(crate) struct SortedTable {
    query: TableQuery,
    generation: u64,
    keys: Vec<RowKey>,
}

/// One row of the table of all boxes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TableRow {
    /// The image that the box is on.
    pub image: ImageId,
    /// Its file name.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// Size of the upright picture, once it was read.
    pub size: Option<ImageSize>,
    /// The box.
    pub annotation: Annotation,
    /// When it was changed last, ISO 8601 in UTC; unknown for old boxes.
    pub changed: Option<String>,
}

/// A window of the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TablePage {
    /// Rows of the whole table.
    pub total: u32,
    /// Place of the first row of this window.
    pub first: u32,
    /// The rows.
    pub rows: Vec<TableRow>,
}

/// Which boxes a change of many is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum BoxChoice {
    /// These.
    Ids {
        /// Their identities.
        ids: Vec<AnnotationId>,
    },
    /// All that the table shows for this query.
    Table {
        /// The query.
        query: TableQuery,
    },
}

impl Project {
    /// Rows `first..first + limit` of the table. Asking for another window of the same query is quick.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn annotations_table(&self, query: &TableQuery, first: u32, limit: u32) -> Result<TablePage, AppError> {
        let store = self.store();
        let (window, total) =
            self.with_keys(&store, query, |keys| (window(keys, first, limit).to_vec(), keys.len()))?;
        let rows = store.table_rows(&window)?.into_iter().map(table_row).collect();
        Ok(TablePage { total: count(total), first, rows })
    }

    /// Identities of the boxes in rows `first..first + limit` of the table, to select a range.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn table_ids(&self, query: &TableQuery, first: u32, limit: u32) -> Result<Vec<AnnotationId>, AppError> {
        let store = self.store();
        let window = self.with_keys(&store, query, |keys| window(keys, first, limit).to_vec())?;
        Ok(store.table_rows(&window)?.into_iter().map(|record| record.stored.annotation.id).collect())
    }

    /// Gives many boxes a category, or none; proposals become accepted, those that a rule forbids stay as
    /// they were. One step.
    ///
    /// # Errors
    /// When the category is gone, or the project cannot be read or written; then nothing is changed.
    pub fn set_category_of(&self, choice: &BoxChoice, category: Option<CategoryId>) -> Result<BulkChange, AppError> {
        self.change_many(choice, Step::SetCategory, |id| AnnotationChange::SetCategory { id, category })
    }

    /// Deletes many boxes. One step.
    ///
    /// # Errors
    /// When the project cannot be read or written; then nothing is changed.
    pub fn delete_boxes(&self, choice: &BoxChoice) -> Result<BulkChange, AppError> {
        self.change_many(choice, Step::DeleteBoxes, |id| AnnotationChange::Remove { id })
    }

    /// Says that images show background only and have no boxes on purpose, or takes that back. One step.
    ///
    /// # Errors
    /// When an image is gone, or the project cannot be written; then nothing is changed.
    pub fn mark_background(&self, images: &[ImageId], background: bool) -> Result<Changed, AppError> {
        let mut store = self.store();
        let edits = mark_edits(&store, images, |marks| ImageMarks { background, ..marks })?;
        let applied = self.apply(&mut store, Step::MarkBackground, &edits)?;
        changed(&store, &applied)
    }

    fn change_many(
        &self,
        choice: &BoxChoice,
        step: Step,
        change: impl Fn(AnnotationId) -> AnnotationChange,
    ) -> Result<BulkChange, AppError> {
        let mut store = self.store();
        let keys = match choice {
            BoxChoice::Ids { ids } => store.keys_of(ids)?,
            BoxChoice::Table { query } => self.with_keys(&store, query, <[RowKey]>::to_vec)?,
        };
        let (categories, rules) = (categories(&store)?, rules(&store)?);
        let (mut edits, mut boxes, mut refused) = (Vec::new(), 0, 0);
        for (image, ids) in store.boxes_by_image(&keys)? {
            let (_, before) = store.annotations(image)?;
            // Without a size nothing of the picture was seen, and a change of category needs none.
            let size = store.image(image)?.and_then(|record| record.size).unwrap_or(LARGEST);
            let mut made = ChangeSet(ids.iter().map(|id| change(*id)).collect());
            if before.iter().any(|a| a.state == AnnotationState::Proposed && ids.contains(&a.id)) {
                // One by one, because accepting a proposal may forbid the next one.
                let wished = std::mem::take(&mut made.0);
                for change in wished {
                    made.0.push(change);
                    match resolve_changes(image, size, &before, &made, &categories, &rules) {
                        Err(EditError::Rejected(_)) => drop(made.0.pop()),
                        outcome => drop(outcome?),
                    }
                }
            }
            boxes += made.0.len();
            refused += ids.len() - made.0.len();
            edits.extend(resolve_changes(image, size, &before, &made, &categories, &rules)?);
        }
        let applied = self.apply(&mut store, step, &edits)?;
        Ok(BulkChange { boxes: count(boxes), refused: count(refused), changed: changed(&store, &applied)? })
    }

    /// Shows the keys of a query's rows, sorted, to `use_keys`; they are kept for the next question.
    fn with_keys<T>(
        &self,
        store: &Store,
        query: &TableQuery,
        use_keys: impl FnOnce(&[RowKey]) -> T,
    ) -> Result<T, AppError> {
        let mut kept = self.table.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let generation = store.generation();
        let current = kept.as_ref().is_some_and(|kept| kept.generation == generation && kept.query == *query);
        if !current {
            *kept = Some(SortedTable { query: query.clone(), generation, keys: store.table(query)? });
        }
        Ok(use_keys(kept.as_ref().map(|kept| kept.keys.as_slice()).unwrap_or_default()))
    }
}

/// Every box fits into it.
const LARGEST: ImageSize = ImageSize { width: u32::MAX, height: u32::MAX };

fn window(keys: &[RowKey], first: u32, limit: u32) -> &[RowKey] {
    let first = (first as usize).min(keys.len());
    &keys[first..first.saturating_add(limit as usize).min(keys.len())]
}

fn table_row(TableRecord { image, stored }: TableRecord) -> TableRow {
    let (name, folder) = names_of(&image.path);
    TableRow {
        image: image.id,
        name,
        folder,
        size: image.size,
        annotation: stored.annotation,
        changed: stored.changed_at,
    }
}

/// Edits that change the marks of these images; those that stay as they are need none.
pub(crate) fn mark_edits(
    store: &Store,
    images: &[ImageId],
    change: impl Fn(ImageMarks) -> ImageMarks,
) -> Result<Vec<Edit>, AppError> {
    let mut edits = Vec::new();
    for &image in images {
        let before = store.image(image)?.ok_or(AppError::NoImage)?.marks;
        let after = change(before);
        if after != before {
            edits.push(Edit::Marks { image, before, after });
        }
    }
    Ok(edits)
}
