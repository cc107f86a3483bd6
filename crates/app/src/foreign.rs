//! Models of other programs: people say what the file does not, and that is kept beside it.

use std::path::{Path, PathBuf};

use bauta_domain::{ForeignAnswers, ForeignFacts};
use serde::{Deserialize, Serialize};

use crate::{Adapters, AppError, ModelView, Workspace, workspace::lock};

/// What became of a model that was chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ChosenModel {
    /// It is in use.
    Loaded {
        /// The model.
        model: ModelView,
    },
    /// Another program made it: [`Workspace::describe_model`] comes next.
    Foreign {
        /// What it tells of itself.
        facts: ForeignFacts,
    },
}

/// Writes the description of another program's model beside it, where whoever opens the model looks for it.
///
/// # Errors
/// When the answers do not fit the model, another file has the description's name, or the folder cannot be written.
pub fn describe_model(facts: &ForeignFacts, path: &Path, answers: &ForeignAnswers) -> Result<PathBuf, AppError> {
    let manifest = facts.described(answers)?;
    let json = path.with_extension("json");
    if json.exists() {
        return Err(AppError::Invalid(format!(
            "{}: the description of the model belongs here, and another file is there; rename it, or copy the model to a folder of its own",
            json.display()
        )));
    }
    let text = serde_json::to_string_pretty(&manifest).map_err(std::io::Error::from)?;
    bauta_files::write_whole(&json, text.as_bytes()).map_err(|error| {
        let reason = crate::crops::why_unwritable(&error);
        AppError::Invalid(format!(
            "{}: the description of the model cannot be saved: {reason}, or copy the model to a folder of yours",
            json.display()
        ))
    })?;
    Ok(json)
}

/// What another program's model tells of itself; `None` for one that can be used as it is.
///
/// # Errors
/// When the file is no classifier of pictures.
pub fn foreign_facts(adapters: &Adapters, path: &Path) -> Result<Option<ForeignFacts>, AppError> {
    adapters.models.foreign(path).map_err(AppError::Model)
}

impl Workspace {
    /// Loads the model that somebody chose, or tells what has to be said of it first.
    ///
    /// # Errors
    /// When it cannot be used; the model loaded before stays.
    pub fn choose_model(&self, path: &Path) -> Result<ChosenModel, AppError> {
        let Some(facts) = foreign_facts(&self.adapters, path)? else {
            return Ok(ChosenModel::Loaded { model: self.load_model(path)? });
        };
        *lock(&self.foreign) = Some((path.to_owned(), facts.clone()));
        Ok(ChosenModel::Foreign { facts })
    }

    /// Keeps what people say of the model that was chosen last, and loads it.
    ///
    /// # Errors
    /// As for [`describe_model`], or when the model cannot be used so.
    pub fn describe_model(&self, answers: &ForeignAnswers) -> Result<ModelView, AppError> {
        let chosen = lock(&self.foreign).clone();
        let (path, facts) = chosen.ok_or_else(|| AppError::Invalid("choose the model again".to_owned()))?;
        let json = describe_model(&facts, &path, answers)?;
        // A description that does not work must not stand in the way of a better one.
        self.load_model(&path).inspect_err(|_| drop(std::fs::remove_file(json)))
    }
}
