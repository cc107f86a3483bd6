//! Which pictures learned and which checked, in a file beside the model: for whoever wants to repeat or examine it, and
//! for a training that goes on when one of its pictures is gone.

use std::path::{Path, PathBuf};

use bauta_domain::{BoundingBox, Dataset, PixelSource, Sample, Split, TrainingConfig};
use serde::{Deserialize, Serialize};

use crate::AppError;

#[derive(Serialize, Deserialize)]
struct SplitFile {
    seed: u32,
    by_group: bool,
    labels: Vec<String>,
    training: Vec<Entry>,
    validation: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    /// Its number in the dataset, from 0.
    sample: usize,
    path: PathBuf,
    #[serde(rename = "box")]
    bbox: Option<BoundingBox>,
    label: String,
    group: Option<String>,
}

/// Writes the file.
///
/// # Errors
/// When its folder cannot be written, or the disk is full.
pub fn write_split(path: &Path, dataset: &Dataset, split: &Split, config: &TrainingConfig) -> Result<(), AppError> {
    let side = |side: &[usize]| -> Vec<Entry> {
        let entry = |&sample: &usize| {
            let Sample { source, label, group } = &dataset.samples[sample];
            let (path, bbox) = (source.path.clone(), source.bbox);
            Entry { sample, path, bbox, label: dataset.labels[*label].clone(), group: group.clone() }
        };
        side.iter().map(entry).collect()
    };
    let file = SplitFile {
        seed: config.seed,
        by_group: config.split_by_group,
        labels: dataset.labels.clone(),
        training: side(&split.training),
        validation: side(&split.validation),
    };
    super::write_json(path, &file)
}

/// The dataset and the division in the file, when they are those of `dataset` as it was before some of its files went;
/// `None` otherwise, or when there is no such file.
pub fn read_split(path: &Path, dataset: &Dataset) -> Option<(Dataset, Split)> {
    let file: SplitFile = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    let numbers = |side: &[Entry]| side.iter().map(|entry| entry.sample).collect();
    let split = Split { training: numbers(&file.training), validation: numbers(&file.validation) };
    let mut entries: Vec<Entry> = file.training.into_iter().chain(file.validation).collect();
    entries.sort_by_key(|entry| entry.sample);
    let are_all = entries.iter().enumerate().all(|(place, entry)| entry.sample == place);
    let labels = file.labels;
    let sample = |Entry { path, bbox, label, group, .. }: Entry| {
        let label = labels.iter().position(|name| *name == label)?;
        Some(Sample { source: PixelSource { path, bbox }, label, group })
    };
    let samples = entries.into_iter().map(sample).collect::<Option<Vec<_>>>()?;
    let whole = Dataset { labels, samples };
    (are_all && is_left_of(dataset, &whole)).then_some((whole, split))
}

/// Whether `left` is what remains of `whole` when the samples whose files are gone are taken out.
fn is_left_of(left: &Dataset, whole: &Dataset) -> bool {
    let mut rest = left.samples.iter().peekable();
    let mut is_there_or_gone = |sample: &Sample| rest.next_if_eq(&sample).is_some() || !sample.source.path.exists();
    left.labels == whole.labels && whole.samples.iter().all(&mut is_there_or_gone) && rest.next().is_none()
}
