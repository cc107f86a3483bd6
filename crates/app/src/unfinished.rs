//! The latest training that no project remembers: what it needs to go on after a crash, in the program's data folder.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use bauta_domain::{Dataset, RunId, Split, TrainingConfig, TrainingEvent};
use serde::{Deserialize, Serialize};

use crate::AppError;

/// What is known of it beside its samples.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct UnfinishedTraining {
    pub run: RunId,
    pub name: String,
    /// When it began, in ISO 8601.
    pub started: String,
    pub config: TrainingConfig,
    /// Epochs that it did.
    pub done: u32,
    /// Whether it could not go on by itself.
    pub failed: bool,
}

/// The right to write down the one unfinished training of the data folder; ends with the process, however that ends.
pub(crate) struct Unfinished {
    folder: PathBuf,
    training: UnfinishedTraining,
    _lock: File,
}

impl Unfinished {
    /// Writes down that a training begins or, when its samples are known already, goes on; an earlier one is forgotten.
    /// `None` while another window, of another process, trains without a project: its state is not to be touched.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(crate) fn begin(
        data: &Path,
        training: UnfinishedTraining,
        samples: Option<(&Dataset, &Split)>,
    ) -> Result<Option<Self>, AppError> {
        let folder = folder(data);
        fs_err::create_dir_all(&folder)?;
        let Some(lock) = lock(&folder)? else { return Ok(None) };
        if let Some(samples) = samples {
            forget(&folder);
            bauta_files::write_whole(&folder.join(SAMPLES), &json(&samples)?)?;
        }
        let unfinished = Self { folder, training, _lock: lock };
        unfinished.write()?;
        Ok(Some(unfinished))
    }

    /// Where the training's state is kept: its last and its best weights.
    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.folder.join(STATE)
    }

    /// Takes in an event. What cannot be written (the disk is full) costs the training nothing.
    pub(crate) fn hear(&mut self, event: &TrainingEvent) {
        if let TrainingEvent::Epoch(figures) = event {
            self.training.done = figures.epoch;
            let _ = self.write();
        }
    }

    /// Writes down how the training ended; one that is done is forgotten.
    pub(crate) fn end(mut self, last: &TrainingEvent) {
        match last {
            TrainingEvent::Finished(summary) if !summary.cancelled => forget(&self.folder),
            _ => {
                self.training.failed = matches!(last, TrainingEvent::Failed { .. });
                let _ = self.write();
            }
        }
    }

    fn write(&self) -> Result<(), AppError> {
        Ok(bauta_files::write_whole(&self.folder.join(FACTS), &json(&self.training)?)?)
    }
}

/// The training of the data folder that ended early and can go on; `None` while it runs.
pub(crate) fn find_unfinished(data: &Path) -> Option<UnfinishedTraining> {
    let folder = folder(data);
    lock(&folder).ok().flatten()?;
    let training: UnfinishedTraining = serde_json::from_slice(&std::fs::read(folder.join(FACTS)).ok()?).ok()?;
    folder.join(STATE).exists().then_some(training)
}

/// What the unfinished training learned from and was checked with.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn unfinished_samples(data: &Path) -> Result<(Dataset, Split), AppError> {
    let path = folder(data).join(SAMPLES);
    let bytes = fs_err::read(&path)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        AppError::Invalid(format!(
            "{}: it is damaged ({error}), so the training cannot go on; train again",
            path.display()
        ))
    })
}

const FACTS: &str = "training.json";
const SAMPLES: &str = "samples.json";
const STATE: &str = "training.checkpoint";

fn folder(data: &Path) -> PathBuf {
    data.join("models").join("unfinished")
}

fn lock(folder: &Path) -> Result<Option<File>, AppError> {
    let file = fs_err::OpenOptions::new().write(true).create(true).truncate(false).open(folder.join("lock"))?;
    let file = file.into_file();
    Ok(file.try_lock().is_ok().then_some(file))
}

fn forget(folder: &Path) {
    for name in [FACTS, STATE, SAMPLES] {
        let _ = std::fs::remove_file(folder.join(name));
    }
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, AppError> {
    serde_json::to_vec(value)
        .map_err(|error| AppError::Invalid(format!("the training cannot be written down: {error}")))
}
