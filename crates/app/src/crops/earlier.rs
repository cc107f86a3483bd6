//! What earlier runs left for this one: their rows by photo, also of photos that were moved or took each other's
//! names since, the labels that photos have, and the crops that somebody deleted.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bauta_formats::CropRow;

use super::names::label_of;
use crate::{alike::folded, files::real_path};

/// A box that covers this much (IoU) of an earlier crop's box is the same face.
const SAME_FACE_IOU: f64 = 0.5;

/// Auto-crop and several projects may share a folder; none touches the others' crops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Found by a detector, without a category.
    Autocrop,
    /// Accepted boxes of the project in this file; they have a category.
    Project(String),
}

impl Kind {
    /// Whether a run of this kind wrote the row, so that the next may replace and remove it.
    fn owns(&self, row: &CropRow) -> bool {
        match self {
            Self::Autocrop => row.category.is_empty(),
            Self::Project(_) if row.category.is_empty() => false,
            // Rows once did not say which project they are of.
            Self::Project(file) => row.project.is_empty() || row.project == *file || was_moved(&row.project, file),
        }
    }

    /// The project's file, as rows have it.
    pub(super) fn project(&self) -> &str {
        match self {
            Self::Autocrop => "",
            Self::Project(file) => file,
        }
    }
}

/// Whether a project that is not there any more is the one in `now`: with the same name elsewhere, or with another
/// in the same folder.
fn was_moved(before: &str, now: &str) -> bool {
    let (before, now) = (Path::new(before), Path::new(now));
    !before.exists() && (before.file_name() == now.file_name() || before.parent() == now.parent())
}

/// The rows that earlier runs of one kind left.
pub(super) struct Earlier {
    by_source: HashMap<String, Vec<CropRow>>,
    /// Photos that are not where they were, by their contents. Each is found again once.
    away: Mutex<HashMap<String, Vec<String>>>,
    /// Crops that are gone although they had been written.
    deleted: HashSet<String>,
    /// Places of the crops of other kinds, without case.
    others: HashSet<String>,
    labels: HashMap<PathBuf, String>,
    /// All labels in the names of crops.
    spent: HashSet<String>,
}

impl Earlier {
    /// Takes the rows of all kinds; `deleted` are crops that somebody deleted. [`Earlier::follow`] comes next.
    pub(super) fn new<'a>(rows: impl Iterator<Item = &'a CropRow>, kind: &Kind, deleted: HashSet<String>) -> Self {
        let (mut by_source, mut labels) = (HashMap::<String, Vec<CropRow>>::new(), HashMap::<PathBuf, String>::new());
        let (mut spent, mut others) = (HashSet::new(), HashSet::new());
        for row in rows {
            if let Some(label) = label_of(&row.crop) {
                spent.insert(label.to_owned());
                let known = labels.entry(PathBuf::from(&row.source)).or_insert_with(|| label.to_owned());
                // Crops of equal corners once had their number behind the label.
                if label.len() < known.len() {
                    label.clone_into(known);
                }
            }
            if kind.owns(row) {
                by_source.entry(row.source.clone()).or_default().push(row.clone());
            } else {
                others.insert(folded(&row.crop));
            }
        }
        Self { by_source, away: Mutex::default(), deleted, others, labels, spent }
    }

    /// Whether there are rows of the photo of this path.
    pub(super) fn knows(&self, source: &Path) -> bool {
        source.to_str().is_some_and(|source| self.by_source.contains_key(source))
    }

    /// Whether a photo with rows has other contents now; `present` are the contents of photos that were looked at.
    pub(super) fn has_changed(&self, present: &HashMap<String, String>) -> bool {
        present.iter().any(|(source, hash)| self.is_changed(source, hash))
    }

    fn is_changed(&self, source: &str, hash: &str) -> bool {
        let rows = self.of(source);
        !rows.is_empty() && rows.iter().all(|row| row.source_sha256 != *hash)
    }

    /// Gives photos the rows of their contents where names went to other photos. When some photo has changed,
    /// `present` must have all photos of the run.
    pub(super) fn follow(&mut self, present: &HashMap<String, String>) {
        let changed: BTreeSet<String> =
            present.iter().filter(|(source, hash)| self.is_changed(source, hash)).map(|(s, _)| s.clone()).collect();
        let mut loose: HashMap<String, Vec<String>> = HashMap::new();
        let is_loose = |source: &&String| changed.contains(*source) || !is_there(Path::new(source));
        for source in self.by_source.keys().filter(is_loose) {
            if let Some(row) = self.of(source).first() {
                loose.entry(row.source_sha256.clone()).or_default().push(source.clone());
            }
        }
        loose.values_mut().for_each(|sources| sources.sort_unstable());
        let mut moves: Vec<(String, String)> = Vec::new();
        if !changed.is_empty() {
            let mut looking: Vec<_> =
                present.iter().filter(|(source, _)| changed.contains(*source) || self.of(source).is_empty()).collect();
            looking.sort_unstable();
            moves.extend(
                looking.into_iter().filter_map(|(to, hash)| Some((taken_from(&mut loose, hash, to)?, to.clone()))),
            );
        }
        let taken: Vec<(String, Vec<CropRow>)> = moves
            .into_iter()
            .filter_map(|(from, to)| self.by_source.remove(&from).map(|rows| (from, to, rows)))
            .map(|(from, to, rows)| {
                // The name of the crops goes along; who has the photo's old name now needs another.
                self.labels.remove(Path::new(&from));
                (to, rows)
            })
            .collect();
        for (to, mut rows) in taken {
            // Behind them those of contents that are nowhere any more: their crops go.
            rows.extend(self.by_source.remove(&to).unwrap_or_default());
            self.by_source.insert(to, rows);
        }
        // What only changed keeps its rows, and is no other photo's.
        loose.values_mut().for_each(|sources| sources.retain(|source| !changed.contains(source)));
        self.away = Mutex::new(loose);
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
        taken_from(&mut away, hash, source).map_or(&[], |from| self.of(&from))
    }

    /// Whether a crop of another kind has this place.
    pub(super) fn is_anothers(&self, crop: &str) -> bool {
        self.others.contains(&folded(crop))
    }

    /// Whether somebody deleted the crop.
    pub(super) fn is_deleted(&self, row: &CropRow) -> bool {
        self.deleted.contains(&row.crop)
    }
}

/// Takes the photo of these contents out of the list, the one with the same file name if there is one.
fn taken_from(photos: &mut HashMap<String, Vec<String>>, hash: &str, source: &str) -> Option<String> {
    let same = photos.get_mut(hash).filter(|same| !same.is_empty())?;
    let name = Path::new(source).file_name();
    let at = same.iter().position(|old| Path::new(old).file_name() == name).unwrap_or(0);
    Some(same.remove(at))
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
