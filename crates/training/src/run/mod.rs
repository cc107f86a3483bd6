//! A whole training: pictures, epochs, the best of them, the export.

mod epochs;
mod model;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use bauta_domain::{
    Dataset, Split, TrainingEvent, TrainingSummary,
    ports::{CancelToken, TrainingJob},
};
use bauta_inference::Runtime;
use cpu_time::ProcessTime;

use self::epochs::{Ended, Run};
use crate::{
    TrainingError,
    checkpoint::{self, Checkpoint, Identity},
    checks,
    data::FeedPlan,
    engine::{Computation, Engine, EngineSettings},
    export::check_writable,
    network::Parameter,
    preparation::{Place, Prepared, prepare},
    progress::Progress,
};

/// Factor of the learning rate for new layers behind pretrained ones.
const NEW_LAYERS_RATE: f32 = 5.0;

/// What a training works with.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// The runtime.
    pub runtime: &'a Runtime,
    /// Folder for features.
    pub cache: &'a Path,
    /// How gradients are computed.
    pub computation: Computation,
    /// Bytes of pixels that are kept in memory.
    pub memory: usize,
}

/// See [`bauta_domain::ports::ModelTrainer::train`]; gives every event but the last.
pub fn train(
    Means { runtime, cache, computation, memory }: Means<'_>,
    job: &TrainingJob<'_>,
    events: &mut dyn FnMut(TrainingEvent),
    cancel: &CancelToken,
) -> Result<Option<TrainingSummary>, TrainingError> {
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let TrainingJob { dataset, config, .. } = *job;
    checks::check_config(config)?;
    dataset.check()?;
    check_writable(job.model)?;
    // Before anything is read: whoever is killed while pictures are read must not go on from another training's state.
    if let Some(checkpoint) = job.checkpoint.filter(|checkpoint| !checkpoint.resume)
        && let Err(error) = checkpoint::forget(checkpoint.path)
    {
        let place = checkpoint.path.display();
        let message = format!("{place} is of an earlier training and cannot be removed ({error}); remove it yourself");
        events(TrainingEvent::Warning { message });
    }

    let threads = threads(config.threads);
    let total = as_count(dataset.samples.len());
    let mut preparing = |done| events(TrainingEvent::Preparing { done: as_count(done), total });
    let place = Place { runtime, cache, threads, memory, cancel };
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
    let identity = Identity { dataset, split: job.split, config };
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
    let earlier_cpu: f64 = figures.iter().map(|figures| figures.cpu_seconds).sum();
    figures.iter().for_each(|&figures| events(TrainingEvent::Epoch(figures)));
    let left = config.epochs.saturating_sub(done);
    let progress = Progress::new(left, plan.steps(), plan.batch_size, split.validation.len());
    let kept = figures.last().map(|figures| figures.epoch);
    let mut run = Run {
        job,
        plan: &plan,
        identity,
        split: &split,
        front: &front,
        engine,
        progress,
        figures,
        best,
        kept,
        lost: BTreeMap::new(),
    };
    let ended = run.epochs(events, cancel)?;
    let Some(best) = run.best.take() else { return Ok(None) };
    run.export(runtime, &best)?;
    Ok(Some(TrainingSummary {
        model: absolute(job.model).display().to_string(),
        best_epoch: best.figures.epoch,
        val_accuracy: best.figures.val_accuracy,
        val_accuracy_interval: best.confusion.accuracy_interval(),
        confusion: best.confusion,
        seconds: earlier + began.elapsed().as_secs_f64(),
        cpu_seconds: earlier_cpu + cpu_seconds() - cpu,
        cancelled: ended == Ended::Cancelled,
        stopped_early: ended == Ended::NoBetter,
    }))
}

/// Where a file is, from whatever working folder somebody looks for it later.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
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

#[cfg(test)]
mod tests {
    use bauta_domain::{PixelSource, Sample};

    use super::*;

    #[test]
    fn class_weights_make_all_labels_count_alike() {
        let sample = |label| Sample { source: PixelSource { path: "x.png".into(), bbox: None }, label, group: None };
        let dataset = Dataset {
            labels: vec!["many".to_owned(), "few".to_owned()],
            samples: [0, 0, 0, 1, 0, 1].map(sample).to_vec(),
        };
        // Three of one and one of the other are learned from: 4 ÷ (2 · 3) and 4 ÷ (2 · 1).
        let split = Split { training: vec![0, 1, 2, 3], validation: vec![4, 5] };
        assert_eq!(class_weights(&dataset, &split), [2.0 / 3.0, 2.0]);
    }

    #[test]
    fn new_layers_behind_pretrained_ones_learn_five_times_as_fast() {
        assert_eq!(rates(2, 4), [1.0, 1.0, 5.0, 5.0]);
        assert_eq!(rates(0, 4), [0.0_f32; 0], "all alike when nothing is pretrained");
    }
}
