//! Freezing datasets: from folders of pictures, and from the accepted boxes of a project.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bauta_domain::{AnnotationState, Dataset, PixelSource, Problem, Sample, natural_cmp};

use crate::{
    Adapters, AppError, DatasetSummary, LabelCount, Project,
    project::{category_views, count},
};

/// A dataset from a folder that holds one folder of pictures for each category. Labels are the folders'
/// names in natural order; folders without pictures are left out. Crops that this program cut from one
/// photo (`stem__x1-y1-x2-y2.png`) are one group.
///
/// # Errors
/// When the folder cannot be read.
pub fn folder_dataset(adapters: &Adapters, folder: &Path) -> Result<(Dataset, Vec<Problem>), AppError> {
    if !folder.is_dir() {
        return Err(AppError::NoFolder(folder.to_owned()));
    }
    let mut categories: Vec<(String, PathBuf)> = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') {
            categories.push((name, path));
        }
    }
    categories.sort_by(|a, b| natural_cmp(&a.0, &b.0));
    let (mut dataset, mut problems) = (Dataset::default(), Vec::new());
    for (name, path) in categories {
        let (files, trouble) = adapters.images.list(&path);
        problems.extend(trouble);
        if files.is_empty() {
            continue;
        }
        let label = dataset.labels.len();
        dataset.labels.push(name);
        dataset.samples.extend(files.into_iter().map(|path| Sample {
            group: Some(photo_of_crop(&path)),
            source: PixelSource { path, bbox: None },
            label,
        }));
    }
    Ok((dataset, problems))
}

/// The photo that a crop was cut from, by its name; the name itself for any other picture.
fn photo_of_crop(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let photo = stem.rsplit_once("__").filter(|(_, corners)| {
        let numbers: Vec<&str> = corners.split('-').collect();
        numbers.len() == 4 && numbers.iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    });
    photo.map_or_else(|| path.display().to_string(), |(photo, _)| photo.to_owned())
}

/// Gives samples the groups of a table: file name (or the path's last parts) → group. Samples that the
/// table does not name keep theirs; returns how many those are.
pub fn with_groups(dataset: &mut Dataset, groups: &HashMap<String, String>) -> usize {
    let mut unnamed = 0;
    for sample in &mut dataset.samples {
        let path = sample.source.path.to_string_lossy().replace('\\', "/");
        let parts = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
        match std::iter::once(path.as_str()).chain(parts).find_map(|tail| groups.get(tail)) {
            Some(group) => sample.group = Some(group.clone()),
            None => unnamed += 1,
        }
    }
    unnamed
}

impl Project {
    /// A dataset from the project's accepted boxes that have a category. Boxes of one photo are one
    /// group, so that they never fall on both sides of a split by group.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn dataset(&self) -> Result<Dataset, AppError> {
        let store = self.store();
        let mut dataset = Dataset::default();
        for category in category_views(&store)? {
            let members = store.annotations_with_category(category.id)?;
            let mut samples = Vec::new();
            for (image, annotation) in members {
                if annotation.state != AnnotationState::Accepted {
                    continue;
                }
                let Some(record) = store.image(image)? else { continue };
                samples.push(Sample {
                    group: Some(record.path.clone()),
                    source: PixelSource { path: record.path.into(), bbox: Some(annotation.bbox) },
                    label: dataset.labels.len(),
                });
            }
            if !samples.is_empty() {
                dataset.labels.push(category.name);
                dataset.samples.extend(samples);
            }
        }
        Ok(dataset)
    }
}

impl DatasetSummary {
    /// What a training on `dataset` would learn from.
    pub fn new(place: &Path, dataset: &Dataset) -> Self {
        let pairs = dataset.labels.iter().zip(dataset.counts());
        Self {
            place: place.display().to_string(),
            counts: pairs.map(|(label, n)| LabelCount { label: label.clone(), count: count(n) }).collect(),
            problem: dataset.check().err().map(|error| error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crops_of_one_photo_are_one_group_and_other_pictures_their_own() {
        assert_eq!(photo_of_crop(Path::new("/d/ffp2/party__3-4-50-60.png")), "party");
        assert_eq!(photo_of_crop(Path::new("/d/no_mask/party__3-4-50-60.png")), "party");
        assert_eq!(photo_of_crop(Path::new("/d/a__b.png")), "/d/a__b.png");
        assert_eq!(photo_of_crop(Path::new("/d/a__1-2-3.png")), "/d/a__1-2-3.png");
    }

    #[test]
    fn a_table_names_groups_by_any_tail_of_the_path() {
        let sample =
            |path: &str| Sample { source: PixelSource { path: path.into(), bbox: None }, label: 0, group: None };
        let mut dataset = Dataset {
            labels: vec!["a".into()],
            samples: vec![sample("/d/a/1.jpg"), sample("/d/a/2.jpg"), sample("/d/a/3.jpg")],
        };
        let table = [("a/1.jpg", "Ann"), ("2.jpg", "Bob")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(with_groups(&mut dataset, &table.into()), 1);
        let groups: Vec<_> = dataset.samples.iter().map(|s| s.group.as_deref()).collect();
        assert_eq!(groups, [Some("Ann"), Some("Bob"), None]);
    }
}
