//! The epochs of a training: steps, checks, and what is remembered of the best.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use bauta_domain::{
    ConfusionMatrix, EpochFigures, Problem, Split, TrainingEvent,
    ports::{CancelToken, TrainingJob},
};

use super::{as_count, cpu_seconds, threads};
use crate::{
    TrainingError,
    checkpoint::{self, Best, Identity},
    data::{Fed, Feed, FeedPlan},
    engine::{Engine, Evaluated, FillInput, most_likely},
    error::Kept,
    front::Front,
    graph::sample_loss,
    progress::Progress,
};

/// A training under way.
pub struct Run<'a> {
    pub job: &'a TrainingJob<'a>,
    pub plan: &'a FeedPlan<'a>,
    pub identity: Identity<'a>,
    /// Who learns and who checks, of those that can be read.
    pub split: &'a Split,
    pub front: &'a Front,
    pub engine: Engine,
    pub progress: Progress,
    /// Of the epochs so far.
    pub figures: Vec<EpochFigures>,
    pub best: Option<Best>,
    /// The last epoch whose state is in the checkpoint.
    pub kept: Option<u32>,
    /// Pictures that cannot be read any more, by their places, and why.
    pub lost: BTreeMap<String, String>,
}

/// Why the epochs ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All were done.
    Done,
    /// The validation side got no better for as long as the settings wait.
    NoBetter,
    Cancelled,
}

/// What a check with the validation pictures says.
struct Checked {
    loss: f64,
    confusion: ConfusionMatrix,
}

impl Run<'_> {
    /// All epochs.
    ///
    /// # Errors
    /// When the runtime fails, the loss stops being a number, or no picture can be read any more.
    pub fn epochs(
        &mut self,
        events: &mut dyn FnMut(TrainingEvent),
        cancel: &CancelToken,
    ) -> Result<Ended, TrainingError> {
        let plan = self.plan;
        // Decoding is slower than a step may be; from memory one thread is far ahead of the steps.
        let preparers = if plan.source.is_in_memory() { 1 } else { threads(self.job.config.threads) };
        thread::scope(|scope| {
            let mut feed = Feed::start(scope, plan, preparers);
            for epoch in plan.epochs.clone() {
                if self.is_no_better() {
                    return Ok(Ended::NoBetter);
                }
                let (began, cpu) = (Instant::now(), cpu_seconds());
                let Some((loss, accuracy)) = self.steps(epoch, &mut feed, events, cancel)? else {
                    return Ok(Ended::Cancelled);
                };
                let Some(checked) = self.check(epoch, cancel, events)? else { return Ok(Ended::Cancelled) };
                let figures = EpochFigures {
                    epoch,
                    loss,
                    accuracy,
                    val_loss: checked.loss,
                    val_accuracy: checked.confusion.accuracy(),
                    seconds: began.elapsed().as_secs_f64(),
                    cpu_seconds: cpu_seconds() - cpu,
                };
                events(TrainingEvent::Checked { epoch, confusion: checked.confusion.clone() });
                self.keep(figures, checked.confusion, events);
                events(TrainingEvent::Epoch(figures));
            }
            Ok(Ended::Done)
        })
    }

    /// The steps of one epoch: mean loss and accuracy, `None` when it was cancelled.
    fn steps(
        &mut self,
        epoch: u32,
        feed: &mut Feed<'_>,
        events: &mut dyn FnMut(TrainingEvent),
        cancel: &CancelToken,
    ) -> Result<Option<(f64, f64)>, TrainingError> {
        let (mut losses, mut right, mut seen) = (0.0, 0, 0);
        let steps = as_count(self.plan.steps());
        for step in 1..=steps {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            let began = Instant::now();
            let Fed { batch, lost } = feed.next_batch()?;
            self.note_lost(lost, events);
            let count = batch.labels.len();
            if count == 0 {
                self.progress.step_took(began.elapsed().as_secs_f64());
                continue;
            }
            let all = u64::from(self.job.config.epochs) * u64::from(steps);
            let done = u64::from(epoch - 1) * u64::from(steps);
            let share = self.job.config.schedule.share(done + u64::from(step - 1), all);
            let figures = self.engine.step(&batch, self.job.config.learning_rate * share)?;
            if !figures.loss.is_finite() {
                return Err(self.diverged(epoch, step));
            }
            self.progress.step_took(began.elapsed().as_secs_f64());
            losses += figures.loss * count as f64;
            right += figures.right;
            seen += count;
            let (loss, accuracy) = (losses / seen as f64, right as f64 / seen as f64);
            let seconds_left = self.progress.seconds_left();
            events(TrainingEvent::Step { epoch, step, steps, loss, accuracy, seconds_left });
        }
        if seen == 0 {
            return Err(self.nothing_left());
        }
        Ok(Some((losses / seen as f64, right as f64 / seen as f64)))
    }

    /// Says which pictures cannot be read any more, each once.
    fn note_lost(&mut self, lost: Vec<Problem>, events: &mut dyn FnMut(TrainingEvent)) {
        for Problem { place, message } in lost {
            if self.lost.contains_key(&place) {
                continue;
            }
            let warning = format!(
                "{place} could be read when the training began and cannot be read now ({message}); the training goes on without it"
            );
            self.lost.insert(place, message);
            events(TrainingEvent::Warning { message: warning });
        }
    }

    fn nothing_left(&self) -> TrainingError {
        let first = self.lost.first_key_value();
        let (place, reason) = first.map_or_else(Default::default, |(place, reason)| (place.clone(), reason.clone()));
        TrainingError::PictureLost { place, reason }
    }

    /// Runs the validation pictures; `None` when it was cancelled.
    fn check(
        &mut self,
        epoch: u32,
        cancel: &CancelToken,
        events: &mut dyn FnMut(TrainingEvent),
    ) -> Result<Option<Checked>, TrainingError> {
        let began = Instant::now();
        let validation = &self.split.validation;
        let source = self.plan.source;
        let lost = Mutex::new(BTreeMap::new());
        // A picture that is gone is left out of the count; what stands in for it has no effect.
        let or_lost = |place: usize, input: &mut [f32], written: Result<(), TrainingError>| match written {
            Err(TrainingError::PictureLost { place: file, reason }) => {
                input.fill(0.0);
                lost.lock().unwrap_or_else(PoisonError::into_inner).insert(place, Problem::new(file, reason));
                Ok(())
            }
            other => other,
        };
        let plain = |place: usize, input: &mut [f32]| {
            let written = source.write_plain(validation[place], input);
            or_lost(place, input, written)
        };
        let mirrored = |place: usize, input: &mut [f32]| {
            let written = source.write_mirrored(validation[place], input);
            or_lost(place, input, written)
        };
        let Some(probabilities) = self.probabilities(validation.len(), &plain, &mirrored, cancel)? else {
            return Ok(None);
        };
        let lost = lost.into_inner().unwrap_or_else(PoisonError::into_inner);
        let dataset = self.job.dataset;
        let mut confusion = ConfusionMatrix::new(dataset.labels.clone());
        let mut loss = 0.0;
        let answers = probabilities.chunks_exact(dataset.labels.len()).enumerate();
        for (place, probabilities) in answers.filter(|(place, _)| !lost.contains_key(place)) {
            let label = self.plan.labels[validation[place]];
            confusion.add(label, most_likely(probabilities));
            loss += sample_loss(self.job.config.loss, probabilities, label);
        }
        loss /= (validation.len() - lost.len()) as f64;
        self.note_lost(lost.into_values().collect(), events);
        if confusion.total() == 0 {
            return Err(self.nothing_left());
        }
        if !loss.is_finite() {
            return Err(self.diverged(epoch, as_count(self.plan.steps()) + 1));
        }
        self.progress.check_took(began.elapsed().as_secs_f64());
        Ok(Some(Checked { loss, confusion }))
    }

    /// What the network says of `count` pictures, averaged with their mirror images when the settings ask for
    /// it; `None` when it was cancelled.
    ///
    /// # Errors
    /// When the runtime or a filling function fails.
    pub fn probabilities(
        &mut self,
        count: usize,
        plain: &FillInput<'_>,
        mirrored: &FillInput<'_>,
        cancel: &CancelToken,
    ) -> Result<Option<Vec<f32>>, TrainingError> {
        let stop = || cancel.is_cancelled();
        let Evaluated::Probabilities(mut sum) = self.engine.evaluate(count, plain, &stop)? else { return Ok(None) };
        if self.job.config.average_views {
            let evaluated = self.engine.evaluate(count, mirrored, &stop)?;
            let Evaluated::Probabilities(others) = evaluated else { return Ok(None) };
            sum.iter_mut().zip(others).for_each(|(sum, other)| *sum = f32::midpoint(*sum, other));
        }
        Ok(Some(sum))
    }

    /// Remembers an epoch, here and in the checkpoint.
    fn keep(&mut self, figures: EpochFigures, confusion: ConfusionMatrix, events: &mut dyn FnMut(TrainingEvent)) {
        self.figures.push(figures);
        let best = match self.best.take() {
            Some(best) if !is_better(&figures, &best.figures) => best,
            _ => Best { figures, confusion, weights: self.engine.weights() },
        };
        if let Some(checkpoint) = self.job.checkpoint {
            match checkpoint::save(checkpoint.path, self.identity, &self.engine, (&self.figures, &best)) {
                Ok(()) => self.kept = Some(figures.epoch),
                Err(reason) => {
                    let place = checkpoint.path.display();
                    let message = format!("epoch {} could not be kept in {place}: {reason}", figures.epoch);
                    events(TrainingEvent::Warning { message });
                }
            }
        }
        self.best = Some(best);
    }

    /// Whether the validation side got no better for as long as the settings wait.
    fn is_no_better(&self) -> bool {
        let waited = self.figures.last().zip(self.best.as_ref()).map(|(last, best)| last.epoch - best.figures.epoch);
        waited.zip(self.job.config.patience).is_some_and(|(waited, patience)| waited >= patience)
    }

    fn diverged(&self, epoch: u32, step: u32) -> TrainingError {
        TrainingError::Diverged { epoch, step, learning_rate: self.job.config.learning_rate, kept: Kept(self.kept) }
    }
}

/// Higher validation accuracy, then lower validation loss.
fn is_better(figures: &EpochFigures, best: &EpochFigures) -> bool {
    let accuracy = figures.val_accuracy.total_cmp(&best.val_accuracy);
    accuracy.then(best.val_loss.total_cmp(&figures.val_loss)).is_gt()
}
