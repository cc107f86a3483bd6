//! Trainings beside each other: what was different, and whether their accuracies can be compared.

use bauta_domain::{PixelSource, RunId, TrainingConfig};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::RunView;
use crate::{AppError, Project};

/// Trainings beside each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RunComparison {
    /// The trainings, as they were asked for.
    pub runs: Vec<RunView>,
    /// The settings that are not the same in all.
    pub differences: Vec<SettingDifference>,
    /// Whether all were checked with the same pictures. Accuracies on different pictures say little about which
    /// training is better.
    pub same_pictures: bool,
}

/// A setting that trainings differ in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SettingDifference {
    /// Its name, such as `learningRate` or `augmentation.zoom`.
    pub setting: String,
    /// Its value in each training, as JSON; `null` where it is not set.
    pub values: Vec<String>,
}

impl Project {
    /// Trainings of this project beside each other.
    ///
    /// # Errors
    /// When the project does not have one of them, or cannot be read.
    pub fn compare_runs(&self, runs: &[RunId]) -> Result<RunComparison, AppError> {
        let all = self.runs()?;
        let find = |run: &RunId| all.iter().find(|view| view.id == *run).cloned().ok_or(AppError::NoRun);
        let views = runs.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let checked = runs.iter().map(|run| self.checked_pictures(*run)).collect::<Result<Vec<_>, _>>()?;
        let configs: Vec<&TrainingConfig> = views.iter().map(|view| &view.config).collect();
        let differences = differences(&configs);
        let same_pictures = checked.windows(2).all(|pair| pair[0] == pair[1]);
        Ok(RunComparison { runs: views, differences, same_pictures })
    }

    /// What a training was checked with, and the labels, in an order that does not depend on the dataset's.
    fn checked_pictures(&self, run: RunId) -> Result<Vec<(String, String)>, AppError> {
        let (dataset, split) = self.store().run_samples(run)?;
        let named = |&index: &usize| {
            let sample = &dataset.samples[index];
            let PixelSource { path, bbox } = &sample.source;
            (format!("{} {bbox:?}", path.display()), dataset.labels[sample.label].clone())
        };
        let mut pictures: Vec<_> = split.validation.iter().map(named).collect();
        pictures.sort_unstable();
        Ok(pictures)
    }
}

fn differences(configs: &[&TrainingConfig]) -> Vec<SettingDifference> {
    let settings: Vec<Vec<(String, String)>> = configs.iter().map(|config| settings(config)).collect();
    let mut names: Vec<&String> = settings.iter().flatten().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    let difference = |name: &String| {
        let value = |settings: &Vec<(String, String)>| {
            let found = settings.iter().find(|(other, _)| other == name);
            found.map_or_else(|| Value::Null.to_string(), |(_, value)| value.clone())
        };
        SettingDifference { setting: name.clone(), values: settings.iter().map(value).collect() }
    };
    let all = names.into_iter().map(difference);
    all.filter(|difference| difference.values.windows(2).any(|pair| pair[0] != pair[1])).collect()
}

/// Every setting with its value, those of augmentation one by one.
pub(crate) fn settings(config: &TrainingConfig) -> Vec<(String, String)> {
    let value = serde_json::to_value(config).unwrap_or_default();
    let mut settings = Vec::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Object(inner) => {
                settings.extend(inner.iter().map(|(part, value)| (format!("{name}.{part}"), value.to_string())));
            }
            value => settings.push((name.clone(), value.to_string())),
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use bauta_domain::{Augmentation, Preset};

    use super::*;

    #[test]
    fn only_settings_that_differ_are_named_one_by_one() {
        let paper = Preset::Paper.config();
        assert_eq!(differences(&[&paper, &paper]), []);
        let other = TrainingConfig {
            learning_rate: 0.01,
            augmentation: Some(Augmentation { zoom: 0.5, ..Augmentation::default() }),
            ..paper
        };
        let named = |setting: &str, values: [&str; 2]| SettingDifference {
            setting: setting.to_owned(),
            values: values.map(str::to_owned).to_vec(),
        };
        let expected = [named("augmentation.zoom", ["0.2", "0.5"]), named("learningRate", ["0.001", "0.01"])];
        assert_eq!(differences(&[&paper, &other]), expected);
    }
}
