//! A whole training: pictures, epochs, the best of them, the export.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use bauta_domain::{
    ConfusionMatrix, Dataset, EpochFigures, ModelManifest, Split, TrainedWith, TrainingEvent, TrainingSummary,
    ports::{CancelToken, TrainingJob},
};
use bauta_inference::Runtime;
use cpu_time::ProcessTime;

use crate::{
    TrainingError,
    checkpoint::{self, Best, Checkpoint, Identity},
    checks,
    data::{Feed, FeedPlan, read_one},
    engine::{Computation, Engine, EngineSettings, Evaluated, FillInput, most_likely},
    export::{Proof, TrainedNetwork, check_writable, export},
    front::Front,
    graph::sample_loss,
    network::Parameter,
    preparation::{Place, Prepared, prepare},
    progress::Progress,
};

/// Training crops on which every export is compared with the trained network.
const PROOF_PICTURES: usize = 8;

/// Factor of the learning rate for new layers behind pretrained ones.
const NEW_LAYERS_RATE: f32 = 5.0;

/// See [`bauta_domain::ports::ModelTrainer::train`]; gives every event but the last.
pub fn train(
    (runtime, cache, computation): (&Runtime, &Path, Computation),
    job: &TrainingJob<'_>,
    events: &mut dyn FnMut(TrainingEvent),
    cancel: &CancelToken,
) -> Result<Option<TrainingSummary>, TrainingError> {
    let began = Instant::now();
    let TrainingJob { dataset, config, .. } = *job;
    checks::check_config(config)?;
    dataset.check()?;
    check_writable(job.model)?;

    let threads = threads(config.threads);
    let total = as_count(dataset.samples.len());
    let mut preparing = |done| events(TrainingEvent::Preparing { done: as_count(done), total });
    let place = Place { runtime, cache, threads, cancel };
    let Some(prepared) = prepare(place, job, &mut preparing)? else { return Ok(None) };
    let Prepared { source, split, front, network, pretrained } = prepared;

    let settings = EngineSettings {
        loss: config.loss,
        optimizer: config.optimizer,
        label_smoothing: config.label_smoothing as f32,
        class_weights: if config.class_weights { class_weights(dataset, &split) } else { Vec::new() },
        seed: u64::from(config.seed),
        threads,
        computation,
        weight_decay: config.weight_decay as f32,
        rates: rates(pretrained.len(), network.parameters().len()),
    };
    let length = network.input().count();
    let mut engine = Engine::new(runtime.environment(), network, &settings)?;
    engine.set_weights(&pretrained);
    let identity = Identity { dataset, split: &split, config };
    let resumed = match job.checkpoint.filter(|checkpoint| checkpoint.resume) {
        Some(checkpoint) => Checkpoint::read(checkpoint.path, identity, &engine)?,
        None => None,
    };
    let (figures, best) = match resumed {
        Some(checkpoint) => {
            checkpoint.restore(&mut engine);
            (checkpoint.figures, Some(checkpoint.best))
        }
        None => (Vec::new(), None),
    };
    let done = as_count(figures.len());
    let labels: Vec<usize> = dataset.samples.iter().map(|sample| sample.label).collect();
    let plan = FeedPlan {
        source: source.as_ref(),
        length,
        labels: &labels,
        training: &split.training,
        batch_size: config.batch_size as usize,
        epochs: done + 1..=config.epochs,
        seed: u64::from(config.seed),
    };
    let parameters = engine.network().parameters().iter().map(Parameter::count).sum();
    events(TrainingEvent::Started {
        labels: dataset.labels.clone(),
        training: as_count(split.training.len()),
        validation: as_count(split.validation.len()),
        steps: as_count(plan.steps()),
        epochs: config.epochs,
        resumed: done,
        parameters: as_count(parameters),
        problems: plan.source.problems().to_vec(),
    });
    let earlier: f64 = figures.iter().map(|figures| figures.seconds).sum();
    figures.iter().for_each(|&figures| events(TrainingEvent::Epoch(figures)));
    let left = config.epochs.saturating_sub(done);
    let progress = Progress::new(left, plan.steps(), plan.batch_size, split.validation.len());
    let mut run = Run { job, plan: &plan, identity, front: &front, engine, progress, figures, best };
    let ended = run.epochs(events, cancel)?;
    let Some(best) = run.best.take() else { return Ok(None) };
    run.export(runtime, &best)?;
    Ok(Some(TrainingSummary {
        model: job.model.display().to_string(),
        best_epoch: best.figures.epoch,
        val_accuracy: best.figures.val_accuracy,
        val_accuracy_interval: best.confusion.accuracy_interval(),
        confusion: best.confusion,
        seconds: earlier + began.elapsed().as_secs_f64(),
        cancelled: ended == Ended::Cancelled,
        stopped_early: ended == Ended::NoBetter,
    }))
}

/// A training under way.
struct Run<'a> {
    job: &'a TrainingJob<'a>,
    plan: &'a FeedPlan<'a>,
    identity: Identity<'a>,
    front: &'a Front,
    engine: Engine,
    progress: Progress,
    /// Of the epochs so far.
    figures: Vec<EpochFigures>,
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
            let batch = feed.next_batch()?;
            let count = batch.labels.len();
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
        Ok(Some((losses / seen as f64, right as f64 / seen as f64)))
    }

    /// Runs the validation pictures; `None` when it was cancelled.
    fn check(&mut self, epoch: u32, cancel: &CancelToken) -> Result<Option<Checked>, TrainingError> {
        let began = Instant::now();
        let validation = &self.identity.split.validation;
        let source = self.plan.source;
        let plain = |place: usize, input: &mut [f32]| source.write_plain(validation[place], input);
        let mirrored = |place: usize, input: &mut [f32]| source.write_mirrored(validation[place], input);
        let Some(probabilities) = self.probabilities(validation.len(), &plain, &mirrored, cancel)? else {
            return Ok(None);
        };
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

    /// What the network says of `count` pictures, averaged with their mirror images when the settings ask for
    /// it; `None` when it was cancelled.
    fn probabilities(
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
        if let Some(checkpoint) = self.job.checkpoint
            && let Err(error) = checkpoint::save(checkpoint.path, self.identity, &self.engine, (&self.figures, &best))
        {
            let place = checkpoint.path.display();
            let message = format!(
                "epoch {} could not be kept in {place}: {error}; the training goes on, and could go on from an earlier epoch after a crash; make space on that disk",
                figures.epoch
            );
            events(TrainingEvent::Warning { message });
        }
        self.best = Some(best);
    }

    /// Whether the validation side got no better for as long as the settings wait.
    fn is_no_better(&self) -> bool {
        let waited = self.figures.last().zip(self.best.as_ref()).map(|(last, best)| last.epoch - best.figures.epoch);
        waited.zip(self.job.config.patience).is_some_and(|(waited, patience)| waited >= patience)
    }

    /// Exports the weights of `best`.
    fn export(&mut self, runtime: &Runtime, best: &Best) -> Result<(), TrainingError> {
        let TrainingJob { dataset, config, .. } = *self.job;
        let manifest = ModelManifest {
            format: ModelManifest::FORMAT,
            name: self.job.name.to_owned(),
            labels: dataset.labels.clone(),
            input_size: config.image_size,
            preprocessing: self.front.preprocessing(),
            averages_views: config.average_views,
            milliseconds: None,
            trained_with: Some(TrainedWith {
                program: env!("CARGO_PKG_VERSION").to_owned(),
                config: config.clone(),
                training_samples: as_count(self.identity.split.training.len()),
                validation_samples: as_count(self.identity.split.validation.len()),
                best_epoch: best.figures.epoch,
                val_accuracy: best.figures.val_accuracy,
            }),
        };
        self.engine.set_weights(&best.weights);
        let proof = self.proof(runtime)?;
        let trained = TrainedNetwork {
            front: self.front,
            network: self.engine.network(),
            weights: &best.weights,
            manifest: &manifest,
        };
        export(runtime, &trained, &proof, self.job.model)
    }

    /// Some training crops at even distances, and what the trained network says of them. Features are
    /// computed anew: the kept ones are rounded.
    fn proof(&mut self, runtime: &Runtime) -> Result<Proof, TrainingError> {
        let TrainingJob { dataset, config, samples, .. } = *self.job;
        let (training, side) = (&self.identity.split.training, config.image_size as usize);
        let count = training.len().min(PROOF_PICTURES);
        let picture = |place: usize| {
            let index = training[place * training.len() / count];
            read_one(dataset, samples, side, index).map_err(|reason| {
                let place = dataset.samples[index].source.path.display().to_string();
                TrainingError::PictureLost { place, reason }
            })
        };
        let pictures = (0..count).map(picture).collect::<Result<Vec<_>, _>>()?;
        let turned: Vec<Vec<u8>> = pictures.iter().map(|picture| mirror_image(picture, side)).collect();
        let [plain, mirrored] =
            [self.front.inputs(runtime, &pictures, side)?, self.front.inputs(runtime, &turned, side)?];
        let fill = |inputs: &[Vec<f32>], place: usize, input: &mut [f32]| {
            input.copy_from_slice(&inputs[place]);
            Ok(())
        };
        let plain = |place: usize, input: &mut [f32]| fill(&plain, place, input);
        let mirrored = |place: usize, input: &mut [f32]| fill(&mirrored, place, input);
        let never = CancelToken::default();
        let probabilities = self.probabilities(count, &plain, &mirrored, &never)?;
        Ok(Proof { pictures, probabilities: probabilities.expect("nobody cancelled it") })
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

/// What a sample of each label counts, so that all labels count alike: samples ÷ (labels · samples of it),
/// as scikit-learn's `balanced`.
fn class_weights(dataset: &Dataset, split: &Split) -> Vec<f32> {
    let mut counts = vec![0_usize; dataset.labels.len()];
    split.training.iter().for_each(|&sample| counts[dataset.samples[sample].label] += 1);
    let even = split.training.len() as f32 / counts.len() as f32;
    counts.iter().map(|&count| even / count.max(1) as f32).collect()
}

/// Factors of the learning rate: what starts anew behind pretrained parameters learns faster than they do.
fn rates(pretrained: usize, parameters: usize) -> Vec<f32> {
    if pretrained == 0 {
        Vec::new()
    } else {
        [vec![1.0; pretrained], vec![NEW_LAYERS_RATE; parameters - pretrained]].concat()
    }
}

fn mirror_image(picture: &[u8], side: usize) -> Vec<u8> {
    picture.chunks_exact(3 * side).flat_map(|row| row.rchunks_exact(3).flatten().copied()).collect()
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
