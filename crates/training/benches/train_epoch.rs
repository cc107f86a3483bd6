//! CPU seconds of whole trainings on crops in files, decoding and augmentation included.
//!
//! ```text
//! npm run bench -- train-epoch [--network paper|quick|transfer] [--data FOLDER] [--pictures N] [--size S]
//!                              [--threads N] [--rounds N] [--against tensorflow,pytorch]
//! ```
//!
//! `paper`: an epoch of the paper's program (small VGG, mean squared error, batch 32, its augmentation, a check with a
//! fifth of the pictures at the end) with the pictures kept in memory and read again each time, beside the steps and
//! the check alone, and beside the Keras program of the paper or the same in PyTorch. `quick` and `transfer`: the whole
//! presets, twice; the second time the features are found. FOLDER has a folder of crops a category; without it,
//! pictures are drawn. At the end stands the most memory that the process took.

#[path = "support/crops.rs"]
mod crops;
#[path = "support/others.rs"]
mod others;
mod support;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

use bauta_domain::{
    Dataset, Preset, Split, TrainingConfig, TrainingEvent, TrainingSummary,
    ports::{CancelToken, ModelTrainer as _, TrainingJob},
    split_stratified,
};
use bauta_imaging::DiskImages;
use bauta_inference::Runtime;
use bauta_training::{
    OnnxTrainer,
    engine::{Batch, Computation, Engine, EngineSettings},
    network::NetworkDescription,
};
use cpu_time::ProcessTime;
use crops::{dataset_of, draw};
use others::{Other, Seconds, median};
use support::Failure;

struct Options {
    preset: Preset,
    data: Option<PathBuf>,
    pictures: usize,
    size: Option<u32>,
    threads: u32,
    rounds: usize,
    against: Vec<String>,
}

impl Options {
    fn read() -> Result<Self, Failure> {
        let (preset, against) = (Preset::Paper, Vec::new());
        let mut options = Self { preset, data: None, pictures: 400, size: None, threads: 2, rounds: 3, against };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--network" => {
                    options.preset = match value()?.as_str() {
                        "paper" => Preset::Paper,
                        "quick" => Preset::Quick,
                        "transfer" => Preset::Transfer,
                        other => return Err(format!("expected paper, quick or transfer, found {other}").into()),
                    }
                }
                "--data" => options.data = Some(value()?.into()),
                "--pictures" => options.pictures = value()?.parse()?,
                "--size" => options.size = Some(value()?.parse()?),
                "--threads" => options.threads = value()?.parse()?,
                "--rounds" => options.rounds = value()?.parse()?,
                "--against" => options.against.extend(value()?.split(',').map(str::to_owned)),
                // Cargo's own.
                "--bench" => {}
                other => return Err(format!("unknown option {other}").into()),
            }
        }
        Ok(options)
    }

    fn config(&self) -> TrainingConfig {
        let preset = self.preset.config();
        TrainingConfig { image_size: self.size.unwrap_or(preset.image_size), threads: Some(self.threads), ..preset }
    }
}

/// What is trained on.
struct Data {
    folder: PathBuf,
    dataset: Dataset,
    split: Split,
}

/// A whole training: its summary, and what each epoch took.
fn train(
    trainer: &OnnxTrainer,
    data: &Data,
    config: &TrainingConfig,
    place: &Path,
) -> Result<(TrainingSummary, Vec<Seconds>), Failure> {
    let job = TrainingJob {
        dataset: &data.dataset,
        split: &data.split,
        config,
        samples: &DiskImages,
        model: &place.join("model.onnx"),
        name: "bench",
        checkpoint: None,
    };
    let mut epochs = Vec::new();
    let mut hear = |event: TrainingEvent| {
        if let TrainingEvent::Epoch(figures) = event {
            epochs.push(Seconds { wall: figures.seconds, cpu: figures.cpu_seconds });
        }
    };
    let summary = trainer.train(&job, &mut hear, &CancelToken::default())?.ok_or("nobody cancelled it")?;
    Ok((summary, epochs))
}

/// The steps of an epoch and the check after it, on inputs that are ready.
struct StepsAlone {
    engine: Engine,
    batches: Vec<Batch>,
    checks: usize,
}

impl StepsAlone {
    fn new(data: &Data, config: &TrainingConfig) -> Result<Self, Failure> {
        let classes = data.dataset.labels.len();
        let network = NetworkDescription::new(config.architecture, config.image_size, classes, None)?;
        let length = network.input().count();
        let settings = EngineSettings {
            seed: 42,
            threads: config.threads.unwrap_or(1) as usize,
            computation: Computation::Fast,
            ..EngineSettings::default()
        };
        let engine = Engine::new(Runtime::find()?.environment(), network, &settings)?;
        let value = |at: usize| ((at % 97) as f32 * 0.35).sin() + (at % 13) as f32 / 13.0;
        let batch = |count: usize| Batch {
            epoch: 1,
            samples: (0..count).collect(),
            labels: (0..count).map(|sample| sample % classes).collect(),
            inputs: (0..count * length).map(value).collect(),
        };
        let (count, size) = (data.split.training.len(), config.batch_size as usize);
        let batches = (0..count).step_by(size).map(|first| batch(size.min(count - first))).collect();
        Ok(Self { engine, batches, checks: data.split.validation.len() })
    }

    fn epoch(&mut self) -> Result<Seconds, Failure> {
        let (began, cpu) = (Instant::now(), ProcessTime::try_now()?);
        for batch in &self.batches {
            self.engine.step(batch, 1e-3)?;
        }
        let inputs = &self.batches[0].inputs;
        let fill = |_: usize, input: &mut [f32]| {
            input.copy_from_slice(&inputs[..input.len()]);
            Ok(())
        };
        self.engine.evaluate(self.checks, &fill, &|| false)?;
        Ok(Seconds { wall: began.elapsed().as_secs_f64(), cpu: cpu.try_elapsed()?.as_secs_f64() })
    }
}

fn main() -> Result<(), Failure> {
    let options = Options::read()?;
    let place = tempfile::tempdir()?;
    let folder = options.data.clone().unwrap_or_else(|| place.path().join("crops"));
    if options.data.is_none() {
        draw(&folder, options.pictures)?;
    }
    let dataset = dataset_of(&folder)?;
    let data = Data { split: split_stratified(&dataset, 0.2, 42)?, folder, dataset };
    let (training, checks) = (data.split.training.len(), data.split.validation.len());
    let mut out = std::io::stdout().lock();
    writeln!(out, "{training} pictures to learn from, {checks} to check with, {} threads", options.threads)?;
    let trainer = || Ok::<_, Failure>(OnnxTrainer::new(Runtime::find()?, place.path().join("cache")));
    if options.preset == Preset::Paper {
        epochs(&options, &data, &trainer()?, place.path(), &mut out)?;
    } else {
        for time in ["first", "with features found"] {
            let (summary, epochs) = train(&trainer()?, &data, &options.config(), place.path())?;
            let cpu = median(&epochs, |s| s.cpu);
            writeln!(
                out,
                "{time}: {:.1} s, {:.1} CPU s; an epoch {cpu:.2} CPU s; {:.3} of {checks} right",
                summary.seconds, summary.cpu_seconds, summary.val_accuracy
            )?;
        }
    }
    if let Some(peak) = peak_memory() {
        writeln!(out, "most memory: {peak}")?;
    }
    Ok(())
}

fn epochs(
    options: &Options,
    data: &Data,
    trainer: &OnnxTrainer,
    place: &Path,
    out: &mut dyn std::io::Write,
) -> Result<(), Failure> {
    // The first epoch pays for memory that later ones use again.
    let config = TrainingConfig { epochs: 2, ..options.config() };
    let reading = trainer.clone().keeping(0);
    let mut steps = StepsAlone::new(data, &config)?;
    let mut others = Vec::new();
    for program in &options.against {
        let numbers = [u64::from(config.image_size), u64::from(config.batch_size), u64::from(options.threads)];
        let mut words = vec![data.folder.display().to_string()];
        words.extend(numbers.map(|number| number.to_string()));
        others.push(Other::new(program, "epoch", &words)?);
    }
    let names = ["bauta", "bauta, pictures read again", "its steps and check alone"].map(str::to_owned);
    let mut rows: Vec<(String, Vec<Seconds>)> =
        names.into_iter().chain(options.against.clone()).map(|name| (name, Vec::new())).collect();
    for _ in 0..options.rounds.max(1) {
        let last = |(_, epochs): (TrainingSummary, Vec<Seconds>)| epochs.last().copied().ok_or("no epoch");
        rows[0].1.push(last(train(trainer, data, &config, place)?)?);
        rows[1].1.push(last(train(&reading, data, &config, place)?)?);
        rows[2].1.push(steps.epoch()?);
        for (row, other) in rows[3..].iter_mut().zip(&mut others) {
            row.1.push(other.step()?);
        }
    }
    let ours = median(&rows[0].1, |s| s.cpu);
    for (name, seconds) in &rows {
        let (cpu, wall) = (median(seconds, |s| s.cpu), median(seconds, |s| s.wall));
        let ratio = ours / cpu;
        writeln!(out, "{name}: {cpu:.2} CPU s, {wall:.2} s an epoch; bauta takes {ratio:.3} of its CPU seconds")?;
    }
    Ok(())
}

/// What the system says of this process' largest size, where it does.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}
