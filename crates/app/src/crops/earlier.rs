//! What earlier runs left for this one: their rows by photo, also of photos that were moved since, the labels that
//! photos have, and the crops that somebody deleted.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bauta_formats::CropRow;

use super::names::label_of;
use crate::files::real_path;

/// A box that covers this much (IoU) of an earlier crop's box is the same face.
const SAME_FACE_IOU: f64 = 0.5;

/// Auto-crop and "crop and save" may share a folder; neither touches the other's crops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Found by a detector, without a category.
    Autocrop,
    /// Accepted boxes of a project; they have a category.
    Project,
}

impl Kind {
    fn of(row: &CropRow) -> Self {
        if row.category.is_empty() { Self::Autocrop } else { Self::Project }
    }
}

/// The rows that earlier runs of one kind left.
pub(super) struct Earlier {
    by_source: HashMap<String, Vec<CropRow>>,
    /// Photos that are not where they were, by their contents. Each is found again once.
    away: Mutex<HashMap<String, Vec<String>>>,
    /// Crops that are gone although they had been written.
    deleted: HashSet<String>,
    labels: HashMap<PathBuf, String>,
    /// All labels in the names of crops.
    spent: HashSet<String>,
}

impl Earlier {
    /// Takes the rows of all kinds; `deleted` are crops that somebody deleted.
    pub(super) fn new<'a>(rows: impl Iterator<Item = &'a CropRow>, kind: Kind, deleted: HashSet<String>) -> Self {
        let (mut by_source, mut labels) = (HashMap::<String, Vec<CropRow>>::new(), HashMap::<PathBuf, String>::new());
        let mut spent = HashSet::new();
        for row in rows {
            if let Some(label) = label_of(&row.crop) {
                spent.insert(label.to_owned());
                let known = labels.entry(PathBuf::from(&row.source)).or_insert_with(|| label.to_owned());
                // Crops of equal corners once had their number behind the label.
                if label.len() < known.len() {
                    label.clone_into(known);
                }
            }
            if Kind::of(row) == kind {
                by_source.entry(row.source.clone()).or_default().push(row.clone());
            }
        }
        let mut away: HashMap<String, Vec<String>> = HashMap::new();
        // A path that is not absolute is seen from a folder that nobody knows any more.
        for (source, rows) in by_source.iter().filter(|(source, _)| !is_there(Path::new(source))) {
            if let Some(row) = rows.first() {
                away.entry(row.source_sha256.clone()).or_default().push(source.clone());
            }
        }
        away.values_mut().for_each(|sources| sources.sort_unstable());
        Self { by_source, away: Mutex::new(away), deleted, labels, spent }
    }

    /// The labels in the names of crops, by photo.
    pub(super) const fn labels(&self) -> &HashMap<PathBuf, String> {
        &self.labels
    }

    /// All labels in the names of crops, also those that no photo has any more.
    pub(super) const fn spent(&self) -> &HashSet<String> {
        &self.spent
    }

    /// The rows of the photo of this path.
    pub(super) fn of(&self, source: &str) -> &[CropRow] {
        self.by_source.get(source).map_or(&[], Vec::as_slice)
    }

    /// The rows of a photo that is away and has these contents: it was moved to `source`.
    pub(super) fn adopt(&self, source: &str, hash: &str) -> &[CropRow] {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(same) = away.get_mut(hash) else { return &[] };
        let name = Path::new(source).file_name();
        let at = same.iter().position(|old| Path::new(old).file_name() == name).unwrap_or(0);
        if same.is_empty() { &[] } else { self.of(&same.remove(at)) }
    }

    /// Whether somebody deleted the crop.
    pub(super) fn is_deleted(&self, row: &CropRow) -> bool {
        self.deleted.contains(&row.crop)
    }
}

fn is_there(source: &Path) -> bool {
    source.is_absolute() && source.exists()
}

/// The one way to write the path of a photo: absolute, and its folder without links. `folders` keeps the answers.
pub(super) fn spelled(photo: &Path, folders: &mut HashMap<PathBuf, PathBuf>) -> PathBuf {
    let (Some(folder), Some(name)) = (photo.parent(), photo.file_name()) else { return photo.to_owned() };
    if let Some(real) = folders.get(folder) {
        return real.join(name);
    }
    let real = real_path(folder).or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.to_owned());
    folders.insert(folder.to_owned(), real.clone());
    real.join(name)
}

/// For each new row, the earlier one of the same face, if there is one: that of the same file name, or of a box at
/// the same place of the same photo.
pub(super) fn ancestors<'a>(new: &[CropRow], earlier: &'a [CropRow]) -> Vec<Option<&'a CropRow>> {
    let mut left: Vec<&CropRow> = earlier.iter().filter(|row| !row.crop.is_empty()).collect();
    let mut found = vec![None; new.len()];
    let fits: [fn(&CropRow, &CropRow) -> bool; 2] = [has_its_name, is_its_face];
    for fits in fits {
        for (row, found) in new.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            let same = |old: &&CropRow| {
                old.source_sha256 == row.source_sha256 && old.category == row.category && fits(old, row)
            };
            *found = left.iter().position(same).map(|at| left.remove(at));
        }
    }
    found
}

fn has_its_name(old: &CropRow, new: &CropRow) -> bool {
    file_name(&old.crop) == file_name(&new.crop)
}

fn is_its_face(old: &CropRow, new: &CropRow) -> bool {
    old.bbox().zip(new.bbox()).is_some_and(|(old, new)| old.iou(&new) >= SAME_FACE_IOU)
}

/// The last part of a crop's place.
pub(super) fn file_name(crop: &str) -> &str {
    crop.rsplit('/').next().unwrap_or(crop)
}
