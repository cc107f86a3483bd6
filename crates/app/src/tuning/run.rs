//! Trials on their way, one after the other, each wherever the caller lets it run.

use std::path::Path;

use bauta_domain::{Dataset, TrainingEvent, ports::CancelToken};

use super::{Trial, Tuning, results};
use crate::{
    Adapters, AppError, FolderTraining, RunFolder, RunOutcome, TrainingSet, read_split,
    report::RecordedRun,
    run_folder::{lock, read_json, write_json},
    write_split,
};

/// What a tuning says while it runs.
pub enum TuneEvent<'a> {
    /// A trial begins; so many are due in its stage.
    Begins(&'a Trial, usize),
    /// A trial ended, with its record.
    Ended(&'a Trial, &'a RecordedRun),
}

/// Does all trials of a tuning that are left, in the folder `out`. `run` does one of them with [`run_trial`], best in a
/// program of its own: what it says went wrong there, it may have crashed, is recorded as the trial's failure, and the
/// others go on. Only when it had ended and all of them had failed, they are tried again. Ends without an error when it was cancelled.
///
/// # Errors
/// When the folder holds another tuning, another program works on it, or it cannot be written.
pub fn run_tuning(
    adapters: &Adapters,
    tuning: &Tuning,
    out: &Path,
    run: &mut dyn FnMut(&Trial) -> Result<(), String>,
    events: &mut dyn FnMut(TuneEvent<'_>),
    cancel: &CancelToken,
) -> Result<(), AppError> {
    settle(tuning, out)?;
    let _lock = lock(out, "this tuning, by another program,")?;
    results::forget_if_all_failed(tuning, out)?;
    loop {
        let due = tuning.due(&results::outcomes(out)?);
        let Some(trial) = due.first() else { return Ok(()) };
        if cancel.is_cancelled() {
            return Ok(());
        }
        events(TuneEvent::Begins(trial, due.len()));
        let done = run(trial);
        if cancel.is_cancelled() {
            return Ok(());
        }
        let folder = RunFolder::new(results::folder(out, trial));
        let record = match (folder.read()?, done) {
            (Some(record), _) if matches!(record.outcome, RunOutcome::Finished | RunOutcome::Failed) => record,
            (record, done) => {
                if folder.is_busy() {
                    return Err(AppError::Busy("a trial of this tuning, by another program,"));
                }
                let message = done.err().unwrap_or_else(|| "its program ended before it did".to_owned());
                failed(adapters, trial, &folder, record, message)?
            }
        };
        events(TuneEvent::Ended(trial, &record));
    }
}

/// The trials that may be done now, anywhere, with [`run_trial`]; none when all is done. `out` is where they go.
///
/// # Errors
/// When the folder holds another tuning, or cannot be written.
pub fn plan(tuning: &Tuning, out: &Path) -> Result<Vec<Trial>, AppError> {
    settle(tuning, out)?;
    Ok(tuning.due(&results::outcomes(out)?))
}

/// Does one trial, in a folder of its own below `out`, and gives its record; one that is done is not done again. How the
/// pictures are divided is found once for each seed and kept in `out`.
///
/// # Errors
/// When `dataset`, which is at `place`, is not what the trial was planned for, or `out` cannot be written.
pub fn run_trial(
    adapters: &Adapters,
    trial: &Trial,
    (place, dataset): (&Path, Dataset),
    out: &Path,
    events: &mut dyn FnMut(&TrainingEvent),
    cancel: &CancelToken,
) -> Result<RecordedRun, AppError> {
    let mut set = TrainingSet::new(place, dataset)?;
    if set.fingerprint != trial.fingerprint {
        return Err(AppError::Invalid(format!(
            "{}: these are not the pictures that the trial was planned for, they have changed since or are others; bring them back as they were, or plan anew into another folder",
            place.display()
        )));
    }
    let by = if trial.config.split_by_group { "group" } else { "chance" };
    let known = out.join("splits").join(format!("seed{}-by-{by}.json", trial.config.seed));
    match read_split(&known, &set.dataset) {
        Some((_, split)) => set.divide_as(split),
        None => {
            let split = set.split(adapters, &trial.config, cancel)?;
            write_split(&known, &set.dataset, &split, &trial.config)?;
            set.divide_as(split);
        }
    }
    let folder = RunFolder::new(results::folder(out, trial));
    let job = FolderTraining { name: &trial.id, config: &trial.config, folder: &folder };
    set.train(adapters, &job, events, cancel)
}

/// Writes down what `out` is for, or checks that it is for this tuning: only its minutes may be others.
///
/// # Errors
/// When it is for another one, or cannot be written.
fn settle(tuning: &Tuning, out: &Path) -> Result<(), AppError> {
    let path = out.join(results::PLAN);
    if let Some(earlier) = read_json::<Tuning>(&path, Tuning::FORMAT)? {
        if earlier.fingerprint != tuning.fingerprint {
            return Err(AppError::Invalid(format!(
                "{}: it is a tuning of other pictures, or {} has changed since; bring them back as they were, or choose another folder",
                path.display(),
                tuning.dataset
            )));
        }
        let (minutes, dataset) = (tuning.minutes, tuning.dataset.clone());
        if (Tuning { minutes, dataset, ..earlier }) != *tuning {
            return Err(AppError::Invalid(format!(
                "{}: it is a tuning with other options; give the same ones, or choose another folder",
                path.display()
            )));
        }
    }
    write_json(&path, tuning)
}

/// Records that a trial's program did not end as it should.
fn failed(
    adapters: &Adapters,
    trial: &Trial,
    folder: &RunFolder,
    record: Option<RecordedRun>,
    message: String,
) -> Result<RecordedRun, AppError> {
    let mut record = record.unwrap_or_else(|| {
        RecordedRun::begin(
            adapters,
            crate::report::NewRecord {
                name: &trial.id,
                dataset: &trial.dataset,
                fingerprint: Some(&trial.fingerprint),
                labels: &[],
                config: &trial.config,
                sides: (0, 0),
                command: "",
            },
        )
    });
    record.hear(&TrainingEvent::Failed { message });
    write_json(&folder.record(), &record)?;
    Ok(record)
}
