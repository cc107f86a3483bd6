//! The folder of one study or tuning: what was asked, the pictures as they were, and its trainings.

use std::path::{Path, PathBuf};

use bauta_domain::Dataset;
use serde::{Deserialize, Serialize};

use super::{ExperimentState, ExperimentView, Question};
use crate::{
    Adapters, AppError, RunOutcome, TrainingSet,
    project::count,
    report::{RecordedRun, Report},
    run_folder::{read_json, write_json},
    study, tuning,
    workspace::free_path,
};

/// What was asked, in the folder.
const QUESTION: &str = "question.json";
/// The pictures as they were: whoever goes on labelling does not change what a study compares.
const PICTURES: &str = "pictures.json";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    format: u32,
    question: Question,
    started: String,
    place: String,
    fingerprint: String,
    failure: Option<String>,
}

impl Asked {
    /// The version that this program writes and reads.
    const FORMAT: u32 = 1;
}

#[derive(Serialize, Deserialize)]
struct Pictures {
    format: u32,
    dataset: Dataset,
}

/// A folder with a study or tuning in it.
#[derive(Clone, Debug)]
pub(crate) struct ExperimentFolder {
    path: PathBuf,
    id: String,
    asked: Asked,
}

impl ExperimentFolder {
    /// Writes down what is asked of these pictures, in a new folder below `parent`.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub(super) fn begin(
        parent: &Path,
        adapters: &Adapters,
        question: Question,
        set: &TrainingSet,
    ) -> Result<Self, AppError> {
        let started = adapters.now();
        let kind = if matches!(question, Question::Study { .. }) { "study" } else { "tuning" };
        let path = free_path(parent, &started, |stamp| format!("{kind} {stamp}"))?;
        let id = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        fs_err::create_dir_all(&path)?;
        let pictures = Pictures { format: Asked::FORMAT, dataset: set.dataset.clone() };
        write_json(&path.join(PICTURES), &pictures)?;
        let asked = Asked {
            format: Asked::FORMAT,
            question,
            started,
            place: set.place.display().to_string(),
            fingerprint: set.fingerprint.clone(),
            failure: None,
        };
        let folder = Self { path, id, asked };
        folder.write()?;
        Ok(folder)
    }

    /// All that are below `parent`, the latest first; what cannot be read is left out.
    ///
    /// # Errors
    /// When `parent` is there and cannot be read.
    pub(super) fn all(parent: &Path) -> Result<Vec<Self>, AppError> {
        let entries = match std::fs::read_dir(parent) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut all: Vec<Self> =
            entries.flatten().filter_map(|entry| Self::find(parent, entry.file_name().to_str()?).ok()).collect();
        all.sort_by(|a, b| b.asked.started.cmp(&a.asked.started).then_with(|| b.id.cmp(&a.id)));
        Ok(all)
    }

    /// The one of this name below `parent`.
    ///
    /// # Errors
    /// When there is none, or what it wrote down is damaged or of a later version.
    pub(super) fn find(parent: &Path, id: &str) -> Result<Self, AppError> {
        let gone = || AppError::Invalid(format!("there is no study or tuning called {id:?} any more"));
        // The name comes from the page: it is one folder's, never a way to another place.
        let mut parts = Path::new(id).components();
        if !matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(_)), None)) {
            return Err(gone());
        }
        Self::read(&parent.join(id))?.ok_or_else(gone)
    }

    /// The one in this folder.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub(super) fn at(path: &Path) -> Result<Self, AppError> {
        Self::read(path)?.ok_or_else(|| AppError::Invalid(format!("{}: {QUESTION} is gone", path.display())))
    }

    fn read(path: &Path) -> Result<Option<Self>, AppError> {
        let asked = read_json::<Asked>(&path.join(QUESTION), Asked::FORMAT)?;
        let id = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(asked.map(|asked| Self { path: path.to_owned(), id, asked }))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn question(&self) -> &Question {
        &self.asked.question
    }

    /// The pictures as they were when it was asked.
    ///
    /// # Errors
    /// When they cannot be read, or a file of theirs has changed.
    pub(super) fn pictures(&self) -> Result<TrainingSet, AppError> {
        let damaged = || AppError::Invalid(format!("{}: {PICTURES} is gone; start it anew", self.path.display()));
        let pictures: Pictures = read_json(&self.path.join(PICTURES), Asked::FORMAT)?.ok_or_else(damaged)?;
        let set = TrainingSet::new(Path::new(&self.asked.place), pictures.dataset)?;
        if set.fingerprint != self.asked.fingerprint {
            return Err(AppError::Invalid(format!(
                "the pictures of {} have changed or are gone since this was started, and what was trained on others cannot be compared; bring them back as they were, or start anew",
                self.asked.place
            )));
        }
        Ok(set)
    }

    /// Remembers why it could not go on, or that it does.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn note_failure(&self, failure: Option<String>) -> Result<(), AppError> {
        if self.asked.failure == failure {
            return Ok(());
        }
        Self { asked: Asked { failure, ..self.asked.clone() }, ..self.clone() }.write()
    }

    fn write(&self) -> Result<(), AppError> {
        write_json(&self.path.join(QUESTION), &self.asked)
    }

    /// What the window shows of it. `active`: whether it runs or waits, when it does.
    ///
    /// # Errors
    /// When its trainings cannot be read.
    pub(super) fn view(&self, active: Option<ExperimentState>) -> Result<ExperimentView, AppError> {
        let progress = match self.question().study() {
            Some(plan) => {
                let runs = study::recorded(&plan, &self.path, &self.asked.fingerprint)?;
                let (progress, total) = (Progress::of(runs.iter()), plan.trainings().len());
                let is_over = progress.done == total;
                Progress { total: Some(total), seconds_left: study::seconds_left(&plan, &runs), is_over, ..progress }
            }
            None => self.progress_of_tuning()?,
        };
        let came_to_nothing = progress.failed > 0 && progress.failed == progress.done;
        let settled = || match (&self.asked.failure, progress.is_over) {
            (_, true) if came_to_nothing => ExperimentState::Failed,
            (_, true) => ExperimentState::Done,
            (Some(_), false) => ExperimentState::Failed,
            (None, false) => ExperimentState::Stopped,
        };
        Ok(ExperimentView {
            id: self.id.clone(),
            question: self.question().clone(),
            started: self.asked.started.clone(),
            place: self.asked.place.clone(),
            state: active.unwrap_or_else(settled),
            done: count(progress.done),
            failed: count(progress.failed),
            total: progress.total.map(count),
            seconds: progress.seconds,
            seconds_left: progress.seconds_left,
            failure: self.asked.failure.clone().or(progress.failure),
        })
    }

    fn progress_of_tuning(&self) -> Result<Progress, AppError> {
        if !tuning::is_begun(&self.path) {
            return Ok(Progress::default());
        }
        let result = tuning::collect(&self.path)?;
        let progress = Progress::of(result.trials.iter().map(|trial| &trial.run));
        let is_over = result.due.is_empty();
        let limit = result.tuning.minutes.map(|minutes| f64::from(minutes) * 60.0);
        let seconds_left = limit.filter(|_| !is_over).map(|limit| (limit - progress.seconds).max(0.0));
        Ok(Progress { total: is_over.then_some(progress.done), seconds_left, is_over, ..progress })
    }

    /// What it came to so far.
    ///
    /// # Errors
    /// When what it wrote down is damaged or of a later version.
    pub(super) fn report(&self) -> Result<Report, AppError> {
        match self.question().study() {
            Some(plan) => {
                let runs = study::recorded(&plan, &self.path, &self.asked.fingerprint)?;
                let command = plan.command(&self.asked.place, &self.path.display().to_string());
                Ok(study::study_report(&plan, &runs, &command))
            }
            None if tuning::is_begun(&self.path) => Ok(tuning::collect(&self.path)?.report()),
            None => Ok(Report { title: "Tuning".to_owned(), sections: Vec::new() }),
        }
    }
}

#[derive(Default)]
struct Progress {
    done: usize,
    failed: usize,
    /// Why the first of these failed.
    failure: Option<String>,
    total: Option<usize>,
    seconds: f64,
    seconds_left: Option<f64>,
    is_over: bool,
}

impl Progress {
    /// What these trainings come to, as far as each can tell alone.
    fn of<'r>(runs: impl Iterator<Item = &'r RecordedRun>) -> Self {
        let mut progress = Self::default();
        for run in runs {
            progress.seconds += run.seconds();
            progress.done += usize::from(matches!(run.outcome, RunOutcome::Finished | RunOutcome::Failed));
            if run.outcome == RunOutcome::Failed {
                progress.failed += 1;
                progress.failure = progress.failure.or_else(|| run.failure.clone());
            }
        }
        progress
    }
}
