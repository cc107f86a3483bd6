//! The images of a project on their way to the window: field by field, each folder, size and set of categories once.
//! A hundred thousand lines take a quarter of the bytes that they take line by line, and the window is waiting.

use std::{collections::HashMap, hash::Hash};

use bauta_domain::{CategoryId, DestinationId, ImageId, ImageSize, Revision};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ImageRow;

/// [`ImageRow`]s, field by field. Lists without a place in them have one entry an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ImageList {
    ids: Vec<ImageId>,
    revisions: Vec<Revision>,
    names: Vec<String>,
    /// Each folder once.
    folders: Vec<String>,
    /// Place in `folders`.
    folder: Vec<u32>,
    /// Each size once.
    sizes: Vec<ImageSize>,
    /// Place in `sizes`.
    size: Vec<Option<u32>>,
    boxes: Vec<u32>,
    unlabelled: Vec<u32>,
    proposals: Vec<u32>,
    /// Each set of categories once.
    category_sets: Vec<Vec<CategoryId>>,
    /// Place in `category_sets`.
    categories: Vec<u32>,
    modified: Vec<Option<String>>,
    /// Place of an image that has it, and what.
    #[cfg_attr(feature = "specta", specta(type = Vec<(u32, specta_typescript::Number)>))]
    doubt: Vec<(u32, f64)>,
    /// Places of images that have it.
    background: Vec<u32>,
    destination: Vec<(u32, DestinationId)>,
    problem: Vec<(u32, String)>,
}

/// Values, each once, with their places.
struct Once<T>(HashMap<T, u32>, Vec<T>);

impl<T: Clone + Eq + Hash> Once<T> {
    fn place(&mut self, value: &T) -> u32 {
        if let Some(&place) = self.0.get(value) {
            return place;
        }
        let place = self.1.len() as u32;
        self.0.insert(value.clone(), place);
        self.1.push(value.clone());
        place
    }
}

impl From<&[ImageRow]> for ImageList {
    fn from(rows: &[ImageRow]) -> Self {
        let mut list = Self::default();
        let mut folders = Once(HashMap::new(), Vec::new());
        let mut sizes = Once(HashMap::new(), Vec::new());
        let mut sets = Once(HashMap::new(), Vec::new());
        for (at, row) in (0..).zip(rows) {
            list.ids.push(row.id);
            list.revisions.push(row.revision);
            list.names.push(row.name.clone());
            list.folder.push(folders.place(&row.folder));
            list.size.push(row.size.map(|size| sizes.place(&size)));
            list.boxes.push(row.boxes);
            list.unlabelled.push(row.unlabelled);
            list.proposals.push(row.proposals);
            list.categories.push(sets.place(&row.categories));
            list.modified.push(row.modified.clone());
            list.doubt.extend(row.doubt.map(|doubt| (at, doubt)));
            list.background.extend(row.background.then_some(at));
            list.destination.extend(row.destination.map(|destination| (at, destination)));
            list.problem.extend(row.problem.clone().map(|problem| (at, problem)));
        }
        (list.folders, list.sizes, list.category_sets) = (folders.1, sizes.1, sets.1);
        list
    }
}

impl ImageList {
    /// The lines again; `None` when the lists do not fit together.
    fn rows(&self) -> Option<Vec<ImageRow>> {
        let mut rows = Vec::with_capacity(self.ids.len());
        for (at, id) in self.ids.iter().enumerate() {
            let size = match self.size.get(at)? {
                Some(place) => Some(*self.sizes.get(*place as usize)?),
                None => None,
            };
            rows.push(ImageRow {
                id: *id,
                revision: *self.revisions.get(at)?,
                name: self.names.get(at)?.clone(),
                folder: self.folders.get(*self.folder.get(at)? as usize)?.clone(),
                size,
                boxes: *self.boxes.get(at)?,
                unlabelled: *self.unlabelled.get(at)?,
                proposals: *self.proposals.get(at)?,
                doubt: None,
                categories: self.category_sets.get(*self.categories.get(at)? as usize)?.clone(),
                background: false,
                destination: None,
                modified: self.modified.get(at)?.clone(),
                problem: None,
            });
        }
        for &(at, doubt) in &self.doubt {
            rows.get_mut(at as usize)?.doubt = Some(doubt);
        }
        for &at in &self.background {
            rows.get_mut(at as usize)?.background = true;
        }
        for &(at, destination) in &self.destination {
            rows.get_mut(at as usize)?.destination = Some(destination);
        }
        for (at, problem) in &self.problem {
            rows.get_mut(*at as usize)?.problem = Some(problem.clone());
        }
        Some(rows)
    }
}

/// For `#[serde(with)]`.
pub(crate) fn serialize<S: Serializer>(rows: &[ImageRow], serializer: S) -> Result<S::Ok, S::Error> {
    ImageList::from(rows).serialize(serializer)
}

/// For `#[serde(with)]`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ImageRow>, D::Error> {
    let rows = ImageList::deserialize(deserializer)?.rows();
    rows.ok_or_else(|| serde::de::Error::custom("lists of images that do not fit together"))
}

#[cfg(test)]
mod tests {
    use bauta_domain::DestinationId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let row = |n: u128, folder: &str| ImageRow {
            id: ImageId::from_uuid(Uuid::from_u128(n)),
            revision: Revision(n as u32),
            name: format!("{n}.jpg"),
            folder: folder.to_owned(),
            size: (n != 2).then(|| ImageSize::new(640, 480)),
            boxes: n as u32,
            unlabelled: 1,
            proposals: 2,
            doubt: (n == 3).then_some(0.25),
            categories: vec![CategoryId::from_uuid(Uuid::from_u128(n % 2))],
            background: n == 2,
            destination: (n == 1).then(|| DestinationId::from_uuid(Uuid::from_u128(9))),
            modified: (n == 3).then(|| "2030-01-02T03:04:05Z".to_owned()),
            problem: (n == 2).then(|| "gone".to_owned()),
        };
        let rows = [row(1, "/a"), row(2, "/b"), row(3, "/a")];
        let list = ImageList::from(rows.as_slice());
        assert_eq!((list.folders.len(), list.sizes.len(), list.category_sets.len()), (2, 1, 2));
        assert_eq!(list.rows().unwrap(), rows);
        let torn = ImageList { folders: Vec::new(), ..list };
        assert_eq!(torn.rows(), None);
    }
}
