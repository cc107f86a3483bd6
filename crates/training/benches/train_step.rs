//! CPU seconds of a training step: the paper's network at 180×180, five classes, mean squared error,
//! batch 32, two threads; the fast formulation beside the plain one. With `--network fine-tuning`:
//! MobileNetV2's last blocks on maps of 14×14.
//!
//! ```text
//! npm run bench -- train-step [--network paper|fine-tuning] [--steps N] [--size S] [--threads N] [--against NAME,…]
//! ```
//!
//! With `--against`, steps alternate with those of other programs, and the ratios of the medians are
//! printed. `tensorflow` and `pytorch` are installed in a throw-away environment by `npm run bench`. Any
//! other NAME is a program; it is run as `NAME NETWORK SIZE CLASSES BATCH THREADS`, writes a line `ready`, and
//! then for each line it reads runs one step and writes `WALL_SECONDS CPU_SECONDS`.

#[path = "support/others.rs"]
mod others;
mod support;

use std::{io::Write as _, time::Instant};

use bauta_domain::Architecture;
use bauta_inference::Runtime;
use bauta_training::{
    engine::{Batch, Computation, Engine, EngineSettings},
    network::{Activation, Depthwise, Layer, NetworkDescription, SampleShape},
};
use cpu_time::ProcessTime;
use others::{Other, Seconds, median};
use support::Failure;

const BATCH: usize = 32;
const CLASSES: usize = 5;

struct Options {
    fine_tuning: bool,
    steps: usize,
    size: usize,
    threads: usize,
    against: Vec<String>,
}

impl Options {
    fn read() -> Result<Self, Failure> {
        let mut options = Self { fine_tuning: false, steps: 9, size: 180, threads: 2, against: Vec::new() };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--network" => match value()?.as_str() {
                    "paper" => {}
                    "fine-tuning" => (options.fine_tuning, options.size) = (true, 224),
                    other => return Err(format!("expected paper or fine-tuning, found {other}").into()),
                },
                "--steps" => options.steps = value()?.parse()?,
                "--size" => options.size = value()?.parse()?,
                "--threads" => options.threads = value()?.parse()?,
                "--against" => options.against.extend(value()?.split(',').map(str::to_owned)),
                // Cargo's own.
                "--bench" => {}
                other => return Err(format!("unknown option {other}").into()),
            }
        }
        Ok(options)
    }
}

struct Ours {
    engine: Engine,
    batch: Batch,
}

impl Ours {
    fn new(options: &Options, computation: Computation) -> Result<Self, Failure> {
        let network = if options.fine_tuning { last_blocks(options.size)? } else { papers_network(options.size)? };
        let settings = EngineSettings { seed: 42, threads: options.threads, computation, ..EngineSettings::default() };
        let length = network.input().count();
        let engine = Engine::new(Runtime::find()?.environment(), network, &settings)?;
        // Waves with noise: without flat parts, as pictures and the other programs' inputs are.
        let value = |i: usize| {
            let noise = (i.wrapping_mul(2_654_435_761) >> 16 & 0xff) as f32 / 255.0 - 0.5;
            ((i % options.size) as f32 * 0.35).sin() + noise
        };
        let batch = Batch {
            epoch: 1,
            samples: (0..BATCH).collect(),
            labels: (0..BATCH).map(|i| i % CLASSES).collect(),
            inputs: (0..BATCH * length).map(value).collect(),
        };
        let mut ours = Self { engine, batch };
        for _ in 0..2 {
            ours.step()?;
        }
        Ok(ours)
    }

    fn step(&mut self) -> Result<Seconds, Failure> {
        let (began, cpu) = (Instant::now(), ProcessTime::try_now()?);
        self.engine.step(&self.batch, 1e-3)?;
        Ok(Seconds { wall: began.elapsed().as_secs_f64(), cpu: cpu.try_elapsed()?.as_secs_f64() })
    }
}

fn papers_network(size: usize) -> Result<NetworkDescription, Failure> {
    Ok(NetworkDescription::new(Architecture::SmallVgg, size as u32, CLASSES, None)?)
}

/// What the preset "transfer" trains.
fn last_blocks(size: usize) -> Result<NetworkDescription, Failure> {
    let residual = |channels, stride| Layer::InvertedResidual { channels, depthwise: Depthwise::three(stride) };
    let layers = vec![
        residual(160, 2),
        residual(160, 1),
        residual(160, 1),
        residual(320, 1),
        Layer::Pointwise { filters: 1280 },
        Layer::MeanPool,
        Layer::Dropout { rate: 0.3 },
        Layer::Dense { units: CLASSES, activation: Activation::Softmax },
    ];
    let map = SampleShape::Picture { channels: 96, side: size / 16 };
    NetworkDescription::with_input(layers, map).ok_or_else(|| format!("{size} px are too small").into())
}

type Step = Box<dyn FnMut() -> Result<Seconds, Failure>>;

fn main() -> Result<(), Failure> {
    let options = Options::read()?;
    let mut contestants: Vec<(String, Step, Vec<Seconds>)> = Vec::new();
    let plain = (!options.fine_tuning).then_some(("plain", Computation::Plain));
    for (name, computation) in std::iter::once(("bauta", Computation::Fast)).chain(plain) {
        let mut ours = Ours::new(&options, computation)?;
        contestants.push((name.to_owned(), Box::new(move || ours.step()), Vec::new()));
    }
    for program in &options.against {
        let network = if options.fine_tuning { "fine-tuning" } else { "paper" };
        let numbers = [options.size, CLASSES, BATCH, options.threads].map(|number| number.to_string());
        let words: Vec<String> = [network.to_owned()].into_iter().chain(numbers).collect();
        let mut other = Other::new(program, "step", &words)?;
        contestants.push((program.clone(), Box::new(move || other.step()), Vec::new()));
    }
    for _ in 0..options.steps.max(1) {
        for (_, step, seconds) in &mut contestants {
            seconds.push(step()?);
        }
    }
    let mut out = std::io::stdout().lock();
    let ours = median(&contestants[0].2, |s| s.cpu);
    for (name, _, seconds) in &contestants {
        let (cpu, wall) = (median(seconds, |s| s.cpu), median(seconds, |s| s.wall));
        let ratio = ours / cpu;
        writeln!(
            out,
            "{name}: median of {}: {cpu:.3} CPU s, {wall:.3} s; bauta takes {ratio:.3} of its CPU seconds",
            seconds.len()
        )?;
    }
    Ok(())
}
