//! One of many trainings on the same pictures, each in a folder of its own: done once, however often it is asked for, and
//! going on where it was interrupted.

use std::path::{Path, PathBuf};

use bauta_domain::{
    Dataset, Likeness, Split, TrainingConfig, TrainingEvent,
    ports::{CancelToken, Checkpointing},
};

use super::{FolderRecorder, RunFolder, lock, write_split};
use crate::{
    Adapters, AppError, Progress, RunOutcome, divide,
    files::{settled, sha256},
    find_look_alikes, last_event,
    report::{NewRecord, RecordedRun, train_command},
    train,
    train::guarded,
};

/// The pictures of many trainings.
pub struct TrainingSet {
    /// Where they are: a folder of category folders, or a project.
    pub place: PathBuf,
    /// The samples.
    pub dataset: Dataset,
    /// What identifies them: their labels, names, groups and lengths.
    pub fingerprint: String,
    likeness: Option<Likeness>,
    split: Option<Split>,
}

/// One of the trainings.
pub struct FolderTraining<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Its settings.
    pub config: &'a TrainingConfig,
    /// Where it goes.
    pub folder: &'a RunFolder,
}

impl TrainingSet {
    /// The pictures of `dataset`, which are at `place`. Their names below it count, not where it is: another machine may
    /// see it elsewhere.
    ///
    /// # Errors
    /// When they cannot be trained on, or the place is not there.
    pub fn new(place: &Path, dataset: Dataset) -> Result<Self, AppError> {
        dataset.check()?;
        let place = settled(place)?;
        let root = if place.is_dir() { place.as_path() } else { place.parent().unwrap_or(&place) };
        let mut text = dataset.labels.join("\n");
        for sample in &dataset.samples {
            let path = &sample.source.path;
            let name = path.strip_prefix(root).unwrap_or(path).display();
            let length = std::fs::metadata(path).map_or(0, |facts| facts.len());
            let group = sample.group.as_deref().unwrap_or_default();
            let group = group.strip_prefix(&*root.to_string_lossy()).unwrap_or(group);
            text += &format!("\n{} {name} {:?} {length} {group}", sample.label, sample.source.bbox);
        }
        let fingerprint = sha256(text.as_bytes());
        Ok(Self { place, dataset, fingerprint, likeness: None, split: None })
    }

    /// Looks at all pictures once, so that none of the trainings has to.
    pub fn compare_pictures(&mut self, adapters: &Adapters, progress: &mut dyn FnMut(Progress), cancel: &CancelToken) {
        let likeness = find_look_alikes(adapters, &self.dataset, progress, cancel);
        self.likeness = Some(likeness).filter(|_| !cancel.is_cancelled());
    }

    /// Divides the pictures in this way from now on: it was found before, for the seed of the trainings that follow.
    pub(crate) fn divide_as(&mut self, split: Split) {
        self.split = Some(split);
    }

    /// How the pictures are divided for these settings: the same seed gives the same division, whatever else is set.
    ///
    /// # Errors
    /// When they cannot be divided, or it was cancelled.
    pub fn split(&self, adapters: &Adapters, config: &TrainingConfig, cancel: &CancelToken) -> Result<Split, AppError> {
        if let Some(split) = &self.split {
            return Ok(split.clone());
        }
        let looked = || find_look_alikes(adapters, &self.dataset, &mut |_| {}, cancel);
        let likeness = self.likeness.clone().unwrap_or_else(looked);
        if cancel.is_cancelled() {
            return Err(AppError::Cancelled);
        }
        Ok(divide(&self.dataset, config, None, &likeness)?.splits.swap_remove(0))
    }

    /// Does one training, or what is left of it, and gives its record; one that is finished or failed is not done again.
    /// A training that fails is recorded as such: that is no error here.
    ///
    /// # Errors
    /// When the folder holds another training or cannot be written, or the pictures are gone.
    pub fn train(
        &self,
        adapters: &Adapters,
        job: &FolderTraining<'_>,
        events: &mut dyn FnMut(&TrainingEvent),
        cancel: &CancelToken,
    ) -> Result<RecordedRun, AppError> {
        let FolderTraining { name, config, folder } = *job;
        if let Some(earlier) = folder.read()? {
            self.check_is_same(&earlier, job)?;
            if matches!(earlier.outcome, RunOutcome::Finished | RunOutcome::Failed) {
                return Ok(earlier);
            }
        }
        if !self.place.exists() {
            return Err(AppError::NoFolder(self.place.clone()));
        }
        fs_err::create_dir_all(folder.path())?;
        // Of two programs that do the same trainings, only one does this.
        let _lock = lock(folder.path(), "this training, by another program,")?;
        let split = self.split(adapters, config, cancel)?;
        let place = self.place.display().to_string();
        let out = folder.path().display().to_string();
        let new = NewRecord {
            name,
            dataset: &place,
            fingerprint: Some(&self.fingerprint),
            labels: &self.dataset.labels,
            config,
            sides: (split.training.len(), split.validation.len()),
            command: "",
        };
        let mut record = RecordedRun::begin(adapters, new);
        let threads = record.environment.as_ref().map(|environment| environment.threads);
        record.command = train_command(config, &place, &format!("{out}-again"), threads, &[]);
        let mut recorder = FolderRecorder::begin(folder.clone(), record, true);
        recorder.write_down()?;
        write_split(&folder.split(), &self.dataset, &split, config)?;
        let (model, checkpoint) = (folder.model(), folder.checkpoint());
        let state = Checkpointing { path: &checkpoint, resume: checkpoint.exists() };
        let mut listen = |event: TrainingEvent| {
            recorder.hear(&event);
            events(&event);
        };
        let samples = (&self.dataset, &split);
        let trained = guarded(|| train(adapters, samples, config, (&model, name, Some(state)), &mut listen, cancel));
        let last = last_event(&trained);
        let record = recorder.end(&last)?;
        events(&last);
        if record.outcome == RunOutcome::Finished {
            // Many trainings would fill the disk with what only one that is interrupted needs.
            let _ = std::fs::remove_file(&checkpoint);
        }
        Ok(record)
    }

    fn check_is_same(&self, earlier: &RecordedRun, job: &FolderTraining<'_>) -> Result<(), AppError> {
        let place = job.folder.path().display();
        let threads = job.config.threads;
        if (TrainingConfig { threads, ..earlier.config.clone() }) != *job.config {
            return Err(AppError::Invalid(format!(
                "{place}: it holds a training with other settings; choose another folder"
            )));
        }
        if earlier.fingerprint.as_ref().is_some_and(|fingerprint| *fingerprint != self.fingerprint) {
            return Err(AppError::Invalid(format!(
                "{place}: its training was of other pictures than {} holds now ({} then, {} now); bring them back as they were, or choose another folder",
                self.place.display(),
                earlier.training + earlier.validation,
                self.dataset.samples.len()
            )));
        }
        Ok(())
    }
}
