//! Freezing datasets: from folders of pictures, and from the accepted boxes of a project.

use std::path::{Path, PathBuf};

use bauta_domain::{AnnotationState, Dataset, PixelSource, Problem, Sample, groups, natural_cmp};

use crate::{
    Adapters, AppError, DatasetSummary, LabelCount, Project,
    files::settled,
    grouping::group_by_files,
    live::group_of_frame,
    project::{category_views, count},
};

/// A dataset from a folder that holds one folder of pictures for each category. Labels are the folders'
/// names in natural order, paths are absolute; folders without pictures are left out and listed. Groups are those of a
/// `manifest.csv` in the folder, else the folders below the categories', else the photos that crops were cut from
/// (`stem__x1-y1-x2-y2.png`).
///
/// # Errors
/// When the folder cannot be read.
pub fn folder_dataset(adapters: &Adapters, folder: &Path) -> Result<(Dataset, Vec<Problem>), AppError> {
    if !folder.is_dir() {
        return Err(AppError::NoFolder(folder.to_owned()));
    }
    // Whoever goes on with a training may do so from another working folder.
    let folder = &settled(folder)?;
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
            let place = path.display().to_string();
            problems.push(Problem::new(place, "it holds no pictures, so there is no such category in this training"));
            continue;
        }
        let label = dataset.labels.len();
        dataset.labels.push(name);
        dataset.samples.extend(files.into_iter().map(|path| Sample {
            group: None,
            source: PixelSource { path, bbox: None },
            label,
        }));
    }
    group_by_files(&mut dataset, folder);
    Ok((dataset, problems))
}

impl Project {
    /// A dataset from the project's accepted boxes that have a category. Boxes of one photo are one
    /// group, and those of one burst of camera frames are, so that they never fall on both sides of a split by group.
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
                let burst = group_of_frame(Path::new(&record.path));
                samples.push(Sample {
                    group: Some(burst.unwrap_or_else(|| record.path.clone())),
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
        let mut numbers = groups(dataset, true, &[]);
        numbers.sort_unstable();
        numbers.dedup();
        Self {
            groups: (numbers.len() < dataset.samples.len()).then(|| count(numbers.len())),
            place: place.display().to_string(),
            counts: pairs.map(|(label, n)| LabelCount { label: label.clone(), count: count(n) }).collect(),
            problem: dataset.check().err().map(|error| error.to_string()),
        }
    }
}
