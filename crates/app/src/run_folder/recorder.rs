//! What a training says, on its way into its folder.

use bauta_domain::TrainingEvent;

use super::{RunFolder, write_json};
use crate::{AppError, report::RecordedRun};

/// Writes what a training says into its folder.
pub struct FolderRecorder {
    folder: RunFolder,
    record: RecordedRun,
    /// Whether the training began: one that is refused leaves the record of the one before as it is.
    has_begun: bool,
}

impl FolderRecorder {
    /// Nothing is written until the training begins. One that goes on (`resume`) keeps when it began first, and counts
    /// how often it was started.
    pub fn begin(folder: RunFolder, mut record: RecordedRun, resume: bool) -> Self {
        // A record that cannot be read any more is no reason not to train.
        if let Some(earlier) = folder.read().ok().flatten().filter(|_| resume) {
            record.started = earlier.started;
            record.attempts = earlier.attempts;
        }
        record.attempts += 1;
        Self { folder, record, has_begun: false }
    }

    /// Writes down that it was started, before it begins: for trainings that may end the program.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write_down(&mut self) -> Result<(), AppError> {
        self.has_begun = true;
        self.write()
    }

    /// Takes in an event. What cannot be written (the disk is full) is missing from the record until the next can be, and
    /// costs the training nothing.
    pub fn hear(&mut self, event: &TrainingEvent) {
        self.has_begun |= matches!(event, TrainingEvent::Started { .. });
        if self.record.hear(event) && self.has_begun {
            let _ = self.write();
        }
    }

    /// Takes in the last event and gives the whole record.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn end(mut self, last: &TrainingEvent) -> Result<RecordedRun, AppError> {
        self.record.hear(last);
        if self.has_begun {
            self.write()?;
        }
        Ok(self.record)
    }

    fn write(&self) -> Result<(), AppError> {
        write_json(&self.folder.record(), &self.record)
    }
}
