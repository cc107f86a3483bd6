//! The table of all boxes of a project. Sorting gives keys only; rows are read for the window that is shown.

use std::collections::HashMap;

use bauta_domain::{
    AnnotationId, AnnotationState, CategoryFilter, ImageId, ImageRecord, SourceKind, TableOrder, TableQuery,
    natural_cmp,
};
use rusqlite::{Connection, ToSql};

use crate::{
    Store, StoreError,
    annotations::StoredAnnotation,
    error::Fault,
    rows::{self, Fields, all, first},
};

/// Names a box and its image inside the file; worthless once the project was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowKey {
    annotation: i64,
    image: i64,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRecord {
    /// The image that the box is on.
    pub image: ImageRecord,
    /// The box.
    pub stored: StoredAnnotation,
}

impl Store {
    /// The boxes that the query asks for, in its order.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn table(&self, query: &TableQuery) -> Result<Vec<RowKey>, StoreError> {
        self.read(|conn| {
            let (sql, values) = table_sql(query);
            let values: Vec<&dyn ToSql> = values.iter().map(|value| value.as_ref() as &dyn ToSql).collect();
            let mut keys = all(conn.prepare_cached(&sql)?, values.as_slice(), |row| {
                let fields = Fields::new(row, "annotations");
                Ok(RowKey { annotation: fields.get(0)?, image: fields.get(1)? })
            })?;
            let by_name = query.order == TableOrder::Image;
            if by_name || !query.search.trim().is_empty() {
                let ranks = ranks_of_images(conn, query.search.trim())?;
                keys.retain(|key| ranks.contains_key(&key.image));
                // Both sorts keep the project's order of boxes that are equal.
                match (by_name, query.descending) {
                    (true, false) => keys.sort_by_key(|key| ranks[&key.image]),
                    (true, true) => keys.sort_by_key(|key| std::cmp::Reverse(ranks[&key.image])),
                    (false, _) => {}
                }
            }
            Ok(keys)
        })
    }

    /// Rows of the table, in the order of the keys; those that are gone are left out.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged.
    pub fn table_rows(&self, keys: &[RowKey]) -> Result<Vec<TableRecord>, StoreError> {
        self.read(|conn| {
            let boxes = format!("SELECT {}, a.changed_at FROM annotations a WHERE a.key = ?1", rows::ANNOTATION);
            let images = format!("SELECT {} FROM images i WHERE i.key = ?1", rows::IMAGE);
            let mut found = Vec::with_capacity(keys.len());
            for key in keys {
                let stored = first(conn.prepare_cached(&boxes)?, [key.annotation], crate::annotations::stored)?;
                let image = first(conn.prepare_cached(&images)?, [key.image], rows::image)?;
                found.extend(stored.zip(image).map(|(stored, image)| TableRecord { image, stored }));
            }
            Ok(found)
        })
    }

    /// The keys of these boxes; those that the project does not have are left out.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn keys_of(&self, boxes: &[AnnotationId]) -> Result<Vec<RowKey>, StoreError> {
        self.read(|conn| {
            let sql = "SELECT key, image FROM annotations WHERE id = ?1";
            let one = |id: &AnnotationId| {
                first(conn.prepare_cached(sql)?, [id.uuid().as_bytes()], |row| {
                    let fields = Fields::new(row, "annotations");
                    Ok(RowKey { annotation: fields.get(0)?, image: fields.get(1)? })
                })
            };
            boxes.iter().filter_map(|id| one(id).transpose()).collect()
        })
    }

    /// Identities of these boxes, image by image, in the order of the keys' first mention.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn boxes_by_image(&self, keys: &[RowKey]) -> Result<Vec<(ImageId, Vec<AnnotationId>)>, StoreError> {
        self.read(|conn| {
            let mut places: HashMap<i64, usize> = HashMap::new();
            let mut found: Vec<(ImageId, Vec<AnnotationId>)> = Vec::new();
            for key in keys {
                let id = uuid_at(conn, "SELECT id FROM annotations WHERE key = ?1", key.annotation)?;
                let Some(id) = id.map(AnnotationId::from_uuid) else { continue };
                if let Some(&place) = places.get(&key.image) {
                    found[place].1.push(id);
                } else if let Some(image) = uuid_at(conn, "SELECT id FROM images WHERE key = ?1", key.image)? {
                    places.insert(key.image, found.len());
                    found.push((ImageId::from_uuid(image), vec![id]));
                }
            }
            Ok(found)
        })
    }
}

fn uuid_at(conn: &Connection, sql: &str, key: i64) -> Result<Option<uuid::Uuid>, Fault> {
    first(conn.prepare_cached(sql)?, [key], |row| Fields::new(row, "annotations").uuid(0))
}

/// The place of each image, whose file name contains `search` (any case), in natural order of name and folder.
fn ranks_of_images(conn: &Connection, search: &str) -> Result<HashMap<i64, usize>, Fault> {
    let search = search.to_lowercase();
    let mut images: Vec<(i64, String)> = all(conn.prepare_cached("SELECT key, path FROM images")?, [], |row| {
        let fields = Fields::new(row, "images");
        Ok((fields.get(0)?, fields.get(1)?))
    })?;
    images.retain(|(_, path)| search.is_empty() || split(path).1.to_lowercase().contains(&search));
    images.sort_by(|(_, a), (_, b)| {
        let ((folder_a, name_a), (folder_b, name_b)) = (split(a), split(b));
        natural_cmp(name_a, name_b).then_with(|| natural_cmp(folder_a, folder_b))
    });
    Ok(images.into_iter().enumerate().map(|(rank, (key, _))| (key, rank)).collect())
}

/// Folder and name of a path of any system.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once(['/', '\\']).unwrap_or(("", path))
}

fn table_sql(query: &TableQuery) -> (String, Vec<Box<dyn ToSql>>) {
    let mut conditions = Vec::new();
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    match query.category {
        CategoryFilter::Any => {}
        CategoryFilter::None => conditions.push("a.category IS NULL"),
        CategoryFilter::Is { id } => {
            conditions.push("a.category = ?");
            values.push(Box::new(id.uuid().into_bytes()));
        }
    }
    if let Some(state) = query.state {
        conditions.push("a.accepted = ?");
        values.push(Box::new(state == AnnotationState::Accepted));
    }
    if let Some(source) = query.source {
        conditions.push("a.source = ?");
        values.push(Box::new(match source {
            SourceKind::Drawn => "drawn",
            SourceKind::Detected => "detected",
            SourceKind::Generated => "generated",
            SourceKind::Imported => "imported",
        }));
    }
    if let Some(image) = query.image {
        conditions.push("i.id = ?");
        values.push(Box::new(image.uuid().into_bytes()));
    }
    let condition = if conditions.is_empty() { "1".to_owned() } else { conditions.join(" AND ") };
    let by = match query.order {
        TableOrder::Image => None,
        TableOrder::Category => Some("c.position"),
        TableOrder::Width => Some("a.x2 - a.x1"),
        TableOrder::Height => Some("a.y2 - a.y1"),
        TableOrder::Area => Some("(a.x2 - a.x1) * (a.y2 - a.y1)"),
        TableOrder::State => Some("1 - a.accepted"),
        TableOrder::Source => {
            Some("CASE a.source WHEN 'drawn' THEN 0 WHEN 'detected' THEN 1 WHEN 'generated' THEN 2 ELSE 3 END")
        }
        TableOrder::Score => Some("coalesce(a.confidence, a.score)"),
        TableOrder::Changed => Some("a.changed_at"),
    };
    let direction = if query.descending { "DESC" } else { "ASC" };
    let by = by.map(|by| format!("{by} {direction} NULLS LAST, ")).unwrap_or_default();
    // Without a condition on them, the images are walked in their order, which is nearly that of their keys.
    let categories = match query.order {
        TableOrder::Category => "LEFT JOIN categories c ON c.id = a.category",
        _ => "",
    };
    let sql = format!(
        "SELECT a.key, a.image FROM annotations a JOIN images i ON i.key = a.image {categories}
         WHERE {condition} ORDER BY {by}i.position, a.ordinal"
    );
    (sql, values)
}
