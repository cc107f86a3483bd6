//! The pictures in a folder, by their names without case.

use std::{
    collections::HashMap,
    ffi::{OsStr, OsString},
    path::Path,
};

use crate::alike::folded;

/// Endings of picture files.
pub(super) const ENDINGS: [&str; 8] = ["jpg", "jpeg", "png", "bmp", "gif", "webp", "tif", "tiff"];

/// Whether a name, as [`folded`] makes it, is that of a picture.
pub(super) fn is_picture(folded: &str) -> bool {
    folded.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// The names of the pictures in a folder.
pub(super) struct PictureListing(HashMap<String, Vec<OsString>>);

impl PictureListing {
    /// A folder that is not there has none.
    pub fn of(folder: &Path) -> Self {
        let mut names: HashMap<String, Vec<OsString>> = HashMap::new();
        for name in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name()) {
            let key = folded(&name.to_string_lossy());
            if is_picture(&key) {
                names.entry(key).or_default().push(name);
            }
        }
        names.values_mut().for_each(|alike| alike.sort());
        Self(names)
    }

    /// Whether there are no pictures.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The files of this name without case, the one that is written like `wanted` first.
    pub fn find(&self, folded: &str, wanted: &OsStr) -> Vec<&OsString> {
        let mut alike: Vec<&OsString> = self.0.get(folded).into_iter().flatten().collect();
        alike.sort_by_key(|name| *name != wanted);
        alike
    }

    /// All names.
    pub fn into_names(self) -> impl Iterator<Item = OsString> {
        self.0.into_values().flatten()
    }
}
