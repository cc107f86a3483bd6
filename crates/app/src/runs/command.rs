//! The commands that do a training again: what they are about. How settings are written is in `report::command`.

use std::path::{Path, PathBuf};

use bauta_domain::{Dataset, RunId};

use super::RunView;
use crate::report;

/// The command that trains with a training's settings on what its dataset is now.
pub(super) fn train_command(project: &Path, dataset: &Dataset, run: &RunView) -> String {
    let place = dataset_place(project, dataset);
    let out = project.with_extension("models").display().to_string();
    let threads = run.environment.as_ref().map(|environment| environment.threads);
    report::train_command(&run.config, &place, &out, threads, &[])
}

/// The command that repeats a training on its own pictures and division.
pub(crate) fn repeat_command(project: &Path, run: RunId) -> String {
    let words = ["bauta", "runs", "repeat"].map(str::to_owned).into_iter();
    report::shell_words(&words.chain([project.display().to_string(), run.to_string()]).collect::<Vec<_>>())
}

/// Where the pictures of a training are from: the project, or a folder of category folders.
pub(crate) fn dataset_place(project: &Path, dataset: &Dataset) -> String {
    folder_of(dataset).unwrap_or_else(|| project.to_owned()).display().to_string()
}

/// The folder of category folders that a dataset was read from; `None` when it is a project's boxes.
fn folder_of(dataset: &Dataset) -> Option<PathBuf> {
    let sample = dataset.samples.first().filter(|sample| sample.source.bbox.is_none())?;
    let label = Path::new(&dataset.labels[sample.label]);
    let category = sample.source.path.ancestors().skip(1).find(|folder| folder.file_name() == label.file_name())?;
    category.parent().map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use bauta_domain::{PixelSource, Sample};

    use super::*;

    #[test]
    fn the_folder_of_a_dataset_is_above_its_categories() {
        let sample = Sample {
            source: PixelSource { path: "/d/crops/ffp2/Ann/1.png".into(), bbox: None },
            label: 0,
            group: None,
        };
        let dataset = Dataset { labels: vec!["ffp2".to_owned()], samples: vec![sample] };
        assert_eq!(folder_of(&dataset), Some("/d/crops".into()));
    }
}
