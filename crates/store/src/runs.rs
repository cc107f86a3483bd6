//! The record of every training: its settings, what it learned from, its figures, its end.

use bauta_domain::{Dataset, EpochFigures, RunEnvironment, RunId, Split, TrainingConfig, TrainingSummary};
use rusqlite::{Connection, Row, params};

use crate::{
    Store, StoreError,
    error::{Fault, RowId},
    lock::is_held,
    rows::{Fields, all, first, to_json},
};

/// A training that begins.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRun {
    /// Identity, made by the caller.
    pub id: RunId,
    /// What the user calls it.
    pub name: String,
    /// When it began, in ISO 8601.
    pub started: String,
    /// Its settings.
    pub config: TrainingConfig,
    /// On what it runs.
    pub environment: RunEnvironment,
    /// The samples as they are now, so that the run can be examined when the project has moved on.
    pub dataset: Dataset,
    /// Which of them it learns from and which it is checked with.
    pub split: Split,
}

/// How a training ended.
#[derive(Clone, Debug, PartialEq)]
pub enum RunEnd {
    /// It exported a model, of the last epoch or, when it was cancelled, of an earlier one.
    Finished(TrainingSummary),
    /// It was cancelled before there was a model.
    Cancelled,
    /// It could not go on.
    Failed {
        /// What happened and what helps.
        message: String,
    },
}

/// What became of a training.
#[derive(Clone, Debug, PartialEq)]
pub enum RunState {
    /// It runs now.
    Running,
    /// It ended.
    Ended(RunEnd),
    /// The program ended before it did.
    Interrupted,
}

/// A training as the project remembers it. Figures that were not a number are NaN.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// Identity.
    pub id: RunId,
    /// What the user calls it.
    pub name: String,
    /// When it began, in ISO 8601.
    pub started: String,
    /// Its settings.
    pub config: TrainingConfig,
    /// On what it ran; unknown for trainings of earlier versions of the program.
    pub environment: Option<RunEnvironment>,
    /// What became of it.
    pub state: RunState,
    /// Its epochs so far, in order.
    pub figures: Vec<EpochFigures>,
}

/// What an epoch was made of. Empty where it was not recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EpochDetails {
    /// For each step, mean loss and accuracy of the epoch so far.
    pub steps: Vec<(f64, f64)>,
    /// Counts of the validation pictures after it: a row for each true label, a column for each answer.
    pub confusion: Vec<Vec<u32>>,
}

impl Store {
    /// Records that a training begins.
    ///
    /// # Errors
    /// When a path in the dataset is not Unicode, or the file cannot be written.
    pub fn insert_run(&mut self, run: &NewRun) -> Result<(), StoreError> {
        self.write(|tx| {
            let row = || RowId::Run(run.id);
            let (config, dataset) = (to_json(&run.config, row)?, to_json(&run.dataset, row)?);
            let split = to_json(&run.split, row)?;
            let environment = to_json(&run.environment, row)?;
            let sql = "INSERT INTO runs (id, name, started, state, config, dataset, split, environment)
                       VALUES (?1, ?2, ?3, 'running', ?4, ?5, ?6, ?7)";
            let id = run.id.uuid();
            let values = params![id.as_bytes(), run.name, run.started, config, dataset, split, environment];
            tx.prepare_cached(sql)?.execute(values)?;
            Ok(())
        })
    }

    /// Records that a training which ended goes on, with these settings from now on.
    ///
    /// # Errors
    /// When there is no such run, or the file cannot be written.
    pub fn resume_run(&mut self, run: RunId, config: &TrainingConfig) -> Result<(), StoreError> {
        self.write(|tx| {
            let config = to_json(config, || RowId::Run(run))?;
            let sql = "UPDATE runs SET state = 'running', summary = NULL, failure = NULL, config = ?2 WHERE id = ?1";
            found(tx.prepare_cached(sql)?.execute(params![run.uuid().as_bytes(), config])?, run)
        })
    }

    /// Records the figures of an epoch; those of a resumed run replace earlier ones of the same epoch.
    ///
    /// # Errors
    /// When there is no such run, or the file cannot be written.
    pub fn append_epoch(
        &mut self,
        run: RunId,
        figures: &EpochFigures,
        details: &EpochDetails,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let row = || RowId::Run(run);
            let (steps, confusion) = (to_json(&details.steps, row)?, to_json(&details.confusion, row)?);
            // SQLite turns NaN into NULL, which is what the columns mean by it.
            let sql = "INSERT OR REPLACE INTO epochs
                           (run, epoch, loss, accuracy, val_loss, val_accuracy, seconds, cpu_seconds, steps, confusion)
                       SELECT key, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM runs WHERE id = ?1";
            let written = tx.prepare_cached(sql)?.execute(params![
                run.uuid().as_bytes(),
                figures.epoch,
                figures.loss,
                figures.accuracy,
                figures.val_loss,
                figures.val_accuracy,
                figures.seconds,
                figures.cpu_seconds,
                steps,
                confusion,
            ])?;
            found(written, run)
        })
    }

    /// Records how a training ended.
    ///
    /// # Errors
    /// When there is no such run, or the file cannot be written.
    pub fn finish_run(&mut self, run: RunId, end: &RunEnd) -> Result<(), StoreError> {
        self.write(|tx| {
            let (state, summary, failure) = match end {
                RunEnd::Finished(summary) => ("finished", Some(to_json(summary, || RowId::Run(run))?), None),
                RunEnd::Cancelled => ("cancelled", None, None),
                RunEnd::Failed { message } => ("failed", None, Some(message)),
            };
            let sql = "UPDATE runs SET state = ?2, summary = ?3, failure = ?4 WHERE id = ?1";
            found(tx.prepare_cached(sql)?.execute(params![run.uuid().as_bytes(), state, summary, failure])?, run)
        })
    }

    /// All trainings in the order in which they began, but for those that this version does not understand
    /// ([`strange_runs`](Self::strange_runs)). One that is said to run counts as interrupted when nobody has the project
    /// open who could be running it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        let mut runs: Vec<RunRecord> = self.read(|conn| {
            let readable = |row: &Row| match record(conn, row) {
                Err(Fault::Store(StoreError::DamagedRow { .. })) => Ok(None),
                found => found.map(Some),
            };
            Ok(all(conn.prepare_cached(RECORD)?, [], readable)?.into_iter().flatten().collect())
        })?;
        let runs_now = |run: &RunRecord| run.state == RunState::Running;
        if self.is_read_only() && runs.iter().any(runs_now) && !is_held(self.path()) {
            runs.iter_mut().filter(|run| runs_now(run)).for_each(|run| run.state = RunState::Interrupted);
        }
        Ok(runs)
    }

    /// What a training learned from and was checked with.
    ///
    /// # Errors
    /// When there is no such run, the file cannot be read, or the row is damaged.
    pub fn run_samples(&self, run: RunId) -> Result<(Dataset, Split), StoreError> {
        self.read(|conn| {
            let statement = conn.prepare_cached("SELECT id, dataset, split FROM runs WHERE id = ?1")?;
            let samples = first(statement, [run.uuid().as_bytes()], |row| {
                let fields = Fields::new(row, "runs");
                Ok((fields.json(1)?, fields.json(2)?))
            })?;
            samples.ok_or_else(|| StoreError::NotInProject { row: RowId::Run(run) }.into())
        })
    }
}

impl Store {
    /// The details of each epoch of a training, in order.
    ///
    /// # Errors
    /// When the file cannot be read, or a row is damaged. An unknown run has no epochs.
    pub fn run_details(&self, run: RunId) -> Result<Vec<EpochDetails>, StoreError> {
        self.read(|conn| {
            let sql = "SELECT coalesce(steps, '[]'), coalesce(confusion, '[]') FROM epochs
                       WHERE run = (SELECT key FROM runs WHERE id = ?1) ORDER BY epoch";
            all(conn.prepare_cached(sql)?, [run.uuid().as_bytes()], |row| {
                let fields = Fields::new(row, "epochs");
                Ok(EpochDetails { steps: fields.json(0)?, confusion: fields.json(1)? })
            })
        })
    }

    /// Gives a training another name.
    ///
    /// # Errors
    /// When there is no such run, or the file cannot be written.
    pub fn rename_run(&mut self, run: RunId, name: &str) -> Result<(), StoreError> {
        self.write(|tx| {
            let sql = "UPDATE runs SET name = ?2 WHERE id = ?1";
            found(tx.prepare_cached(sql)?.execute(params![run.uuid().as_bytes(), name])?, run)
        })
    }

    /// Forgets a training and its figures, for good.
    ///
    /// # Errors
    /// When there is no such run, or the file cannot be written.
    pub fn delete_run(&mut self, run: RunId) -> Result<(), StoreError> {
        self.write(|tx| {
            let id = run.uuid();
            tx.prepare_cached("DELETE FROM epochs WHERE run = (SELECT key FROM runs WHERE id = ?1)")?
                .execute([id.as_bytes()])?;
            found(tx.prepare_cached("DELETE FROM runs WHERE id = ?1")?.execute([id.as_bytes()])?, run)
        })
    }
}

/// Notes that runs which are said to run do not. Writes only if there are any.
pub(crate) fn mark_interrupted(conn: &Connection) -> Result<(), Fault> {
    if conn.prepare("SELECT 1 FROM runs WHERE state = 'running'")?.exists([])? {
        conn.execute("UPDATE runs SET state = 'interrupted' WHERE state = 'running'", [])?;
    }
    Ok(())
}

fn found(changed: usize, run: RunId) -> Result<(), Fault> {
    if changed == 1 { Ok(()) } else { Err(StoreError::NotInProject { row: RowId::Run(run) }.into()) }
}

/// What [`record`] reads.
pub(crate) const RECORD: &str =
    "SELECT id, name, started, config, state, summary, failure, key, environment FROM runs ORDER BY key";

pub(crate) fn record(conn: &Connection, row: &Row) -> Result<RunRecord, Fault> {
    let fields = Fields::new(row, "runs");
    let state: String = fields.get(4)?;
    let state = match state.as_str() {
        "running" => RunState::Running,
        "interrupted" => RunState::Interrupted,
        "finished" => RunState::Ended(RunEnd::Finished(fields.json(5)?)),
        "cancelled" => RunState::Ended(RunEnd::Cancelled),
        "failed" => RunState::Ended(RunEnd::Failed { message: fields.get(6)? }),
        other => return Err(fields.damaged(4, format!("unknown state {other:?}"))),
    };
    Ok(RunRecord {
        id: RunId::from_uuid(fields.uuid(0)?),
        name: fields.get(1)?,
        started: fields.get(2)?,
        config: fields.json(3)?,
        environment: fields.get::<Option<String>>(8)?.map(|_| fields.json(8)).transpose()?,
        state,
        figures: epochs(conn, fields.get(7)?)?,
    })
}

fn epochs(conn: &Connection, run: i64) -> Result<Vec<EpochFigures>, Fault> {
    let sql = "SELECT epoch, loss, accuracy, val_loss, val_accuracy, seconds, cpu_seconds
               FROM epochs WHERE run = ?1 ORDER BY epoch";
    all(conn.prepare_cached(sql)?, [run], |row| {
        let fields = Fields::new(row, "epochs");
        let figure = |column| Ok::<_, Fault>(fields.get::<Option<f64>>(column)?.unwrap_or(f64::NAN));
        Ok(EpochFigures {
            epoch: fields.get(0)?,
            loss: figure(1)?,
            accuracy: figure(2)?,
            val_loss: figure(3)?,
            val_accuracy: figure(4)?,
            seconds: figure(5)?,
            cpu_seconds: figure(6)?,
        })
    })
}
