//! All that is shown of one training: its figures by category, what became of its pictures, how to do it again.

use bauta_domain::{ClassReport, RunId};
use serde::{Deserialize, Serialize};

use super::{RunView, command::repeat_command, command::train_command, pictures::RunPictures};
use crate::{AppError, Project};

/// All that is shown of one training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RunPage {
    /// Its record.
    pub run: RunView,
    /// Figures of each category on the pictures kept aside; none without a model.
    pub report: Vec<LabelReport>,
    /// Mean recall over the categories that were checked, 0 to 1; unknown without a model.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub balanced_accuracy: Option<f64>,
    /// What it learned from, and what became of it.
    pub pictures: RunPictures,
    /// The command that trains with these settings on what the dataset is now.
    pub train_command: String,
    /// The command that repeats it on the very pictures and division that it had.
    pub repeat_command: String,
}

/// Figures of one category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LabelReport {
    /// The category.
    pub label: String,
    /// How well it is found.
    #[serde(flatten)]
    pub figures: ClassReport,
}

impl Project {
    /// All that is shown of one training. One whose pictures have changed or are gone is shown all the same.
    ///
    /// # Errors
    /// When the project does not have it, this version does not understand it, or the project cannot be read.
    pub fn run_page(&self, run: RunId) -> Result<RunPage, AppError> {
        let view = self.run(run)?;
        let (dataset, split) = self.run_samples(run)?;
        let confusion = view.summary.as_ref().map(|summary| &summary.confusion);
        let report = confusion.map_or_else(Vec::new, |confusion| {
            let label = |(index, label): (usize, &String)| LabelReport {
                label: label.clone(),
                figures: confusion.report(index),
            };
            confusion.labels.iter().enumerate().map(label).collect()
        });
        Ok(RunPage {
            report,
            balanced_accuracy: confusion.map(bauta_domain::ConfusionMatrix::balanced_accuracy),
            pictures: self.run_pictures(&view, &dataset, &split)?,
            train_command: train_command(self.path(), &dataset, &view),
            repeat_command: repeat_command(self.path(), run),
            run: view,
        })
    }
}
