//! A whole training: pictures, epochs, the best of them, the export.

use std::{
    thread,
    time::{Duration, Instant},
};

use bauta_domain::{
    ConfusionMatrix, Dataset, EpochFigures, ModelManifest, Preprocessing, Split, TrainedWith, TrainingEvent,
    TrainingSummary,
    ports::{CancelToken, TrainingJob},
};
use bauta_inference::Runtime;
use cpu_time::ProcessTime;

use crate::{
    TrainingError, checks,
    data::{Feed, FeedPlan, MEMORY, Normalisation, Pictures},
    engine::{Computation, Engine, EngineSettings, Evaluated, most_likely},
    export::{Proof, TrainedNetwork, check_writable, export},
    graph::sample_loss,
    network::{NetworkDescription, Parameter},
    progress::Progress,
};

/// Training crops on which every export is compared with the trained network.
const PROOF_PICTURES: usize = 8;

/// See [`bauta_domain::ports::ModelTrainer::train`]; gives every event but the last.
pub fn train(
    runtime: &Runtime,
    job: &TrainingJob<'_>,
    events: &mut dyn FnMut(TrainingEvent),
    cancel: &CancelToken,
) -> Result<Option<TrainingSummary>, TrainingError> {
    let began = Instant::now();
    let TrainingJob { dataset, config, .. } = *job;
    checks::check_config(config)?;
    dataset.check()?;
    let network =
        NetworkDescription::new(config.architecture, config.image_size, dataset.labels.len(), config.dropout)?;
    check_writable(job.model)?;

    let threads = threads(config.threads);
    let total = as_count(dataset.samples.len());
    let mut preparing = |done| events(TrainingEvent::Preparing { done: as_count(done), total });
    let pictures = Pictures::read(dataset, job.samples, network.size(), MEMORY, threads, cancel, &mut preparing)?;
    let Some(pictures) = pictures else { return Ok(None) };
    let split = checks::readable_split(dataset, job.split, &pictures)?;
    let preprocessing = pictures.preprocessing(&split.training);

    let settings = EngineSettings {
        loss: config.loss,
        optimizer: config.optimizer,
        label_smoothing: config.label_smoothing as f32,
        class_weights: if config.class_weights { class_weights(dataset, &split) } else { Vec::new() },
        seed: u64::from(config.seed),
        threads,
        computation: Computation::Fast,
    };
    let engine = Engine::new(runtime.environment(), network, &settings)?;
    let labels: Vec<usize> = dataset.samples.iter().map(|sample| sample.label).collect();
    let plan = FeedPlan {
        pictures: &pictures,
        labels: &labels,
        training: &split.training,
        augmentation: config.augmentation,
        normalisation: Normalisation::new(&preprocessing),
        batch_size: config.batch_size as usize,
        epochs: config.epochs,
        seed: u64::from(config.seed),
    };
    let parameters = engine.network().parameters().iter().map(Parameter::count).sum();
    events(TrainingEvent::Started {
        labels: dataset.labels.clone(),
        training: as_count(split.training.len()),
        validation: as_count(split.validation.len()),
        steps: as_count(plan.steps()),
        epochs: config.epochs,
        parameters: as_count(parameters),
        problems: pictures.problems().to_vec(),
    });
    let progress = Progress::new(config.epochs, plan.steps(), plan.batch_size, split.validation.len());
    let mut run = Run { job, plan: &plan, split: &split, engine, progress, best: None };
    let ended = run.epochs(events, cancel)?;
    let Some(best) = run.best.take() else { return Ok(None) };
    run.export(runtime, &best, preprocessing)?;
    Ok(Some(TrainingSummary {
        model: job.model.display().to_string(),
        best_epoch: best.figures.epoch,
        val_accuracy: best.figures.val_accuracy,
        confusion: best.confusion,
        seconds: began.elapsed().as_secs_f64(),
        cancelled: ended == Ended::Cancelled,
        stopped_early: ended == Ended::NoBetter,
    }))
}

/// A training under way.
struct Run<'a> {
    job: &'a TrainingJob<'a>,
    plan: &'a FeedPlan<'a>,
    split: &'a Split,
    engine: Engine,
    progress: Progress,
    best: Option<Best>,
}

/// Why the epochs ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// All were done.
    Done,
    /// The validation side got no better for as long as the settings wait.
    NoBetter,
    Cancelled,
}

/// The best epoch so far.
struct Best {
    figures: EpochFigures,
    confusion: ConfusionMatrix,
    weights: Vec<Vec<f32>>,
}

/// What a check with the validation pictures says.
struct Checked {
    loss: f64,
    confusion: ConfusionMatrix,
}

impl Run<'_> {
    /// All epochs.
    fn epochs(&mut self, events: &mut dyn FnMut(TrainingEvent), cancel: &CancelToken) -> Result<Ended, TrainingError> {
        let plan = self.plan;
        // Decoding is slower than a step may be; from memory one thread is far ahead of the steps.
        let preparers = if plan.pictures.are_kept() { 1 } else { threads(self.job.config.threads) };
        thread::scope(|scope| {
            let mut feed = Feed::start(scope, plan, preparers);
            for epoch in 1..=plan.epochs {
                let (began, cpu) = (Instant::now(), cpu_seconds());
                let Some((loss, accuracy)) = self.steps(epoch, &mut feed, events, cancel)? else {
                    return Ok(Ended::Cancelled);
                };
                let Some(checked) = self.check(epoch, cancel)? else { return Ok(Ended::Cancelled) };
                let figures = EpochFigures {
                    epoch,
                    loss,
                    accuracy,
                    val_loss: checked.loss,
                    val_accuracy: checked.confusion.accuracy(),
                    seconds: began.elapsed().as_secs_f64(),
                    cpu_seconds: cpu_seconds() - cpu,
                };
                self.keep_if_best(figures, checked.confusion);
                events(TrainingEvent::Epoch(figures));
                let best = self.best.as_ref().map_or(epoch, |best| best.figures.epoch);
                if epoch < plan.epochs && self.job.config.patience.is_some_and(|patience| epoch - best >= patience) {
                    return Ok(Ended::NoBetter);
                }
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
            let batch = feed.next_batch()?;
            let count = batch.labels.len();
            let (done, all) = (u64::from(epoch - 1) * u64::from(steps), u64::from(self.plan.epochs) * u64::from(steps));
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
        Ok(Some((losses / seen as f64, right as f64 / seen as f64)))
    }

    /// Runs the validation pictures; `None` when it was cancelled.
    fn check(&mut self, epoch: u32, cancel: &CancelToken) -> Result<Option<Checked>, TrainingError> {
        let began = Instant::now();
        let validation = &self.split.validation;
        let (pictures, normalisation) = (self.plan.pictures, self.plan.normalisation);
        let fill = |place: usize, planes: &mut [f32]| {
            normalisation.write_planes(&pictures.pixels(validation[place])?, planes);
            Ok(())
        };
        let evaluated = self.engine.evaluate(validation.len(), &fill, &|| cancel.is_cancelled())?;
        let Evaluated::Probabilities(probabilities) = evaluated else { return Ok(None) };
        let dataset = self.job.dataset;
        let mut confusion = ConfusionMatrix::new(dataset.labels.clone());
        let mut loss = 0.0;
        for (&sample, probabilities) in validation.iter().zip(probabilities.chunks_exact(dataset.labels.len())) {
            let label = self.plan.labels[sample];
            confusion.add(label, most_likely(probabilities));
            loss += sample_loss(self.job.config.loss, probabilities, label);
        }
        loss /= validation.len() as f64;
        if !loss.is_finite() {
            return Err(self.diverged(epoch, as_count(self.plan.steps()) + 1));
        }
        self.progress.check_took(began.elapsed().as_secs_f64());
        Ok(Some(Checked { loss, confusion }))
    }

    fn keep_if_best(&mut self, figures: EpochFigures, confusion: ConfusionMatrix) {
        let better = self.best.as_ref().is_none_or(|best| is_better(&figures, &best.figures));
        if better {
            self.best = Some(Best { figures, confusion, weights: self.engine.weights() });
        }
    }

    /// Exports the weights of `best`.
    fn export(&mut self, runtime: &Runtime, best: &Best, preprocessing: Preprocessing) -> Result<(), TrainingError> {
        let TrainingJob { dataset, config, .. } = *self.job;
        let manifest = ModelManifest {
            format: ModelManifest::FORMAT,
            name: self.job.name.to_owned(),
            labels: dataset.labels.clone(),
            input_size: config.image_size,
            preprocessing,
            trained_with: Some(TrainedWith {
                program: env!("CARGO_PKG_VERSION").to_owned(),
                config: config.clone(),
                training_samples: as_count(self.split.training.len()),
                validation_samples: as_count(self.split.validation.len()),
                best_epoch: best.figures.epoch,
                val_accuracy: best.figures.val_accuracy,
            }),
        };
        self.engine.set_weights(&best.weights);
        let proof = proof(&mut self.engine, self.plan)?;
        let trained = TrainedNetwork { network: self.engine.network(), weights: &best.weights, manifest: &manifest };
        export(runtime, &trained, &proof, self.job.model)
    }

    fn diverged(&self, epoch: u32, step: u32) -> TrainingError {
        TrainingError::Diverged { epoch, step, learning_rate: self.job.config.learning_rate }
    }
}

/// Higher validation accuracy, then lower validation loss.
fn is_better(figures: &EpochFigures, best: &EpochFigures) -> bool {
    let accuracy = figures.val_accuracy.total_cmp(&best.val_accuracy);
    accuracy.then(best.val_loss.total_cmp(&figures.val_loss)).is_gt()
}

/// Some training crops at even distances, and what the network in `engine` says of them.
fn proof(engine: &mut Engine, plan: &FeedPlan<'_>) -> Result<Proof, TrainingError> {
    let count = plan.training.len().min(PROOF_PICTURES);
    let chosen = (0..count).map(|place| plan.training[place * plan.training.len() / count]);
    let pictures = chosen.map(|sample| Ok(plan.pictures.pixels(sample)?.into_owned()));
    let pictures = pictures.collect::<Result<Vec<_>, TrainingError>>()?;
    let fill = |place: usize, planes: &mut [f32]| {
        plan.normalisation.write_planes(&pictures[place], planes);
        Ok(())
    };
    match engine.evaluate(count, &fill, &|| false)? {
        Evaluated::Probabilities(probabilities) => Ok(Proof { pictures, probabilities }),
        Evaluated::Stopped => unreachable!("nobody asked it to stop"),
    }
}

/// What a sample of each label counts, so that all labels count alike: samples ÷ (labels · samples of it),
/// as scikit-learn's `balanced`.
fn class_weights(dataset: &Dataset, split: &Split) -> Vec<f32> {
    let mut counts = vec![0_usize; dataset.labels.len()];
    split.training.iter().for_each(|&sample| counts[dataset.samples[sample].label] += 1);
    let even = split.training.len() as f32 / counts.len() as f32;
    counts.iter().map(|&count| even / count.max(1) as f32).collect()
}

fn threads(wished: Option<u32>) -> usize {
    let all = || thread::available_parallelism().map_or(1, usize::from);
    wished.map_or_else(all, |threads| threads as usize)
}

fn cpu_seconds() -> f64 {
    // A system that does not tell is not worth ending a training for.
    ProcessTime::try_now().map_or(Duration::ZERO, |time| time.as_duration()).as_secs_f64()
}

/// Counts in events have 32 bits; no dataset of this program comes near.
fn as_count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
