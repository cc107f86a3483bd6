//! What a training learned from, and what became of those pictures since.

use std::{collections::HashSet, fs::Metadata, path::Path, time::SystemTime};

use bauta_domain::{Dataset, Split};
use serde::{Deserialize, Serialize};

use super::RunView;
use crate::{AppError, LabelCount, Project, project::count};

/// Files that are named of those that are gone or have changed.
const NAMED: usize = 5;

/// What a training learned from, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RunPictures {
    /// Pictures that it learned from.
    pub training: u32,
    /// Pictures that it was checked with.
    pub validation: u32,
    /// Pictures of each category, in both together.
    pub counts: Vec<LabelCount>,
    /// Files that are no longer where they were.
    pub missing: u32,
    /// Files that were written after it began.
    pub changed: u32,
    /// Some of them.
    pub examples: Vec<String>,
    /// Boxes that the project has now and did not have then; 0 for a training on a folder.
    pub added: u32,
    /// Boxes that the project had then, as they were, and has no longer; 0 for a training on a folder.
    pub removed: u32,
}

impl Project {
    pub(super) fn run_pictures(
        &self,
        run: &RunView,
        dataset: &Dataset,
        split: &Split,
    ) -> Result<RunPictures, AppError> {
        let began = humantime::parse_rfc3339(&run.started).ok();
        let mut files: Vec<&Path> = dataset.samples.iter().map(|sample| sample.source.path.as_path()).collect();
        files.sort_unstable();
        files.dedup();
        let (mut missing, mut changed) = (Vec::new(), Vec::new());
        for file in files {
            match std::fs::metadata(file) {
                Err(_) => missing.push(file),
                Ok(facts) if is_later(&facts, began) => changed.push(file),
                Ok(_) => {}
            }
        }
        let examples = missing.iter().chain(&changed).take(NAMED).map(|file| file.display().to_string()).collect();
        let (added, removed) = self.boxes_since(dataset)?;
        let pairs = dataset.labels.iter().zip(dataset.counts());
        Ok(RunPictures {
            training: count(split.training.len()),
            validation: count(split.validation.len()),
            counts: pairs.map(|(label, n)| LabelCount { label: label.clone(), count: count(n) }).collect(),
            missing: count(missing.len()),
            changed: count(changed.len()),
            examples,
            added,
            removed,
        })
    }

    /// How many boxes came and went since the dataset was frozen; none when it was a folder's.
    fn boxes_since(&self, then: &Dataset) -> Result<(u32, u32), AppError> {
        if then.samples.iter().all(|sample| sample.source.bbox.is_none()) {
            return Ok((0, 0));
        }
        let now = self.dataset()?;
        let (then, now) = (named(then), named(&now));
        Ok((count(now.difference(&then).count()), count(then.difference(&now).count())))
    }
}

fn is_later(facts: &Metadata, began: Option<SystemTime>) -> bool {
    facts.modified().ok().zip(began).is_some_and(|(written, began)| written > began)
}

/// Each sample as text: its file, its box, its category.
fn named(dataset: &Dataset) -> HashSet<String> {
    let name = |sample: &bauta_domain::Sample| {
        format!("{} {:?} {}", sample.source.path.display(), sample.source.bbox, dataset.labels[sample.label])
    };
    dataset.samples.iter().map(name).collect()
}
