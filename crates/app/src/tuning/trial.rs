//! One trial: all that a machine needs to know to do it, as a line of JSON.

use std::{fmt::Write as _, path::Path};

use bauta_domain::TrainingConfig;
use serde::{Deserialize, Serialize};

use crate::{AppError, run_folder::check_format};

/// One training of a tuning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// Version of this line; this program writes and reads [`Trial::FORMAT`].
    pub format: u32,
    /// What it and its folder are called; the same name is the same training.
    pub id: String,
    /// Which settings of the search space.
    pub number: u32,
    /// The round that asked for it: 1 to 3, then the finals.
    pub stage: u32,
    /// Where the pictures are, on the machine that planned it.
    pub dataset: String,
    /// What identifies them.
    pub fingerprint: String,
    /// The settings.
    pub config: TrainingConfig,
}

impl Trial {
    /// The version that this program writes and reads.
    pub const FORMAT: u32 = 1;
}

/// Trials as JSON lines.
///
/// # Errors
/// Never in practice: what is in a trial can be written.
pub fn write_trials(trials: &[Trial]) -> Result<String, AppError> {
    let mut lines = String::new();
    for trial in trials {
        let line = serde_json::to_string(trial).map_err(|error| AppError::Invalid(format!("{}: {error}", trial.id)))?;
        let _ = writeln!(lines, "{line}");
    }
    Ok(lines)
}

/// The trial in line `line`, from 1, of a file of JSON lines.
///
/// # Errors
/// When the file cannot be read, has no such line, or the line is no trial or one of a later version.
pub fn read_trial(path: &Path, line: usize) -> Result<Trial, AppError> {
    let text = fs_err::read_to_string(path)?;
    let place = format!("{}:{line}", path.display());
    let found = line.checked_sub(1).and_then(|index| text.lines().nth(index)).ok_or_else(|| {
        AppError::Invalid(format!(
            "{place}: there is no such line; the plan has {}, counted from 1",
            text.lines().count()
        ))
    })?;
    let damaged = |error: serde_json::Error| {
        AppError::Invalid(format!("{place}: expected a trial as bauta tune --plan writes it: {error}"))
    };
    let value: serde_json::Value = serde_json::from_str(found).map_err(damaged)?;
    check_format(&value, Trial::FORMAT, &place)?;
    let trial: Trial = serde_json::from_value(value).map_err(damaged)?;
    // It becomes the name of a folder.
    if trial.id.is_empty() || !trial.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(AppError::Invalid(format!(
            "{place}: a trial's id has letters, digits and hyphens, found {:?}",
            trial.id
        )));
    }
    Ok(trial)
}

#[cfg(test)]
mod tests {
    use bauta_domain::Preset;

    use super::*;

    #[test]
    fn a_trial_comes_back_from_its_line_and_what_is_none_is_refused_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.jsonl");
        let trial = |id: &str| Trial {
            format: 1,
            id: id.to_owned(),
            number: 1,
            stage: 1,
            dataset: "data".to_owned(),
            fingerprint: "f".to_owned(),
            config: Preset::Tiny.config(),
        };
        let trials = [trial("t001-1ep-seed42"), trial("../up")];
        let newer = "{\"format\":9}\nnone\n";
        std::fs::write(&path, write_trials(&trials).unwrap() + newer).unwrap();
        assert_eq!(read_trial(&path, 1).unwrap(), trials[0]);
        for (line, expected) in
            [(0, "no such line"), (2, "letters"), (3, "update Bauta"), (4, "expected a trial"), (5, "has 4")]
        {
            let message = read_trial(&path, line).unwrap_err().to_string();
            assert!(message.contains(expected) && message.contains(&format!("plan.jsonl:{line}")), "{message}");
        }
    }
}
