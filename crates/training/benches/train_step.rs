//! CPU seconds of a training step: the paper's network at 180×180, five classes, mean squared error,
//! batch 32, two threads.
//!
//! ```text
//! cargo bench -p bauta-training --bench train_step -- [--steps N] [--size S] [--threads N] [--against PATH]
//! ```
//!
//! With `--against` (or the variable `BAUTA_TRAIN_STEP_REFERENCE`) the steps alternate with those of
//! another program, and the ratio of the medians is printed. That program is run as `PATH bench SIZE 5
//! mse 0 4 THREADS`, writes a line `ready`, and then for each line it reads runs one step on a batch of
//! 32 and writes `WALL_SECONDS CPU_SECONDS LOSS`. The reference is the Rust prototype that this crate
//! began as: build it with `cargo build --release` in its folder, and set `ORT_DYLIB_PATH` to the same
//! ONNX Runtime library that this program uses.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Instant,
};

use bauta_domain::{Architecture, Loss};
use bauta_inference::Runtime;
use bauta_training::{
    engine::{Batch, Engine, EngineSettings},
    network::NetworkDescription,
};
use cpu_time::ProcessTime;

type Failure = Box<dyn std::error::Error>;

const BATCH: usize = 32;
const CLASSES: usize = 5;

struct Options {
    steps: usize,
    size: usize,
    threads: usize,
    against: Option<String>,
}

impl Options {
    fn read() -> Result<Self, Failure> {
        let against = std::env::var("BAUTA_TRAIN_STEP_REFERENCE").ok();
        let mut options = Self { steps: 9, size: 180, threads: 2, against };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--steps" => options.steps = value()?.parse()?,
                "--size" => options.size = value()?.parse()?,
                "--threads" => options.threads = value()?.parse()?,
                "--against" => options.against = Some(value()?),
                // Cargo's own.
                "--bench" => {}
                other => return Err(format!("unknown option {other}").into()),
            }
        }
        Ok(options)
    }
}

/// Seconds of one step.
#[derive(Clone, Copy)]
struct Seconds {
    wall: f64,
    cpu: f64,
}

struct Ours {
    engine: Engine,
    batch: Batch,
}

impl Ours {
    fn new(options: &Options) -> Result<Self, Failure> {
        let network = NetworkDescription::new(Architecture::SmallVgg, options.size as u32, CLASSES)?;
        let settings = EngineSettings { loss: Loss::Mse, learning_rate: 1e-3, seed: 42, threads: options.threads };
        let engine = Engine::new(Runtime::find()?.environment(), network, &settings)?;
        // Waves with noise: pictures without flat parts, as the reference's are.
        let length = 3 * options.size * options.size;
        let value = |i: usize| {
            let noise = (i.wrapping_mul(2_654_435_761) >> 16 & 0xff) as f32 / 255.0 - 0.5;
            ((i % options.size) as f32 * 0.35).sin() + noise
        };
        let batch = Batch {
            epoch: 1,
            samples: (0..BATCH).collect(),
            labels: (0..BATCH).map(|i| i % CLASSES).collect(),
            pixels: (0..BATCH * length).map(value).collect(),
        };
        let mut ours = Self { engine, batch };
        for _ in 0..2 {
            ours.step()?;
        }
        Ok(ours)
    }

    fn step(&mut self) -> Result<Seconds, Failure> {
        let (began, cpu) = (Instant::now(), ProcessTime::try_now()?);
        self.engine.step(&self.batch)?;
        Ok(Seconds { wall: began.elapsed().as_secs_f64(), cpu: cpu.try_elapsed()?.as_secs_f64() })
    }
}

struct Reference {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Reference {
    fn new(program: &str, options: &Options) -> Result<Self, Failure> {
        let mut command = Command::new(program);
        command.args(["bench", &options.size.to_string(), &CLASSES.to_string(), "mse", "0", "4"]);
        let mut child =
            command.arg(options.threads.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the reference has no pipes".into());
        };
        let mut reference = Self { child, input, output: BufReader::new(output) };
        match reference.line()?.trim() {
            "ready" => Ok(reference),
            other => Err(format!("expected ready from the reference, found {other:?}").into()),
        }
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }

    fn step(&mut self) -> Result<Seconds, Failure> {
        writeln!(self.input)?;
        let line = self.line()?;
        let mut numbers = line.split_whitespace().map(str::parse::<f64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(wall)), Some(Ok(cpu))) => Ok(Seconds { wall, cpu }),
            _ => Err(format!("expected seconds from the reference, found {line:?}").into()),
        }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        // It waits for a line that will not come.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn median(seconds: &[Seconds], of: fn(&Seconds) -> f64) -> f64 {
    let mut values: Vec<f64> = seconds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn report(out: &mut impl std::io::Write, name: &str, seconds: &[Seconds]) -> std::io::Result<()> {
    let (cpu, wall) = (median(seconds, |s| s.cpu), median(seconds, |s| s.wall));
    writeln!(out, "{name:<10} median of {}: {cpu:.3} CPU s, {wall:.3} s", seconds.len())
}

fn main() -> Result<(), Failure> {
    let options = Options::read()?;
    let mut ours = Ours::new(&options)?;
    let mut reference = options.against.as_deref().map(|program| Reference::new(program, &options)).transpose()?;
    let (mut our_steps, mut reference_steps) = (Vec::new(), Vec::new());
    for _ in 0..options.steps.max(1) {
        our_steps.push(ours.step()?);
        if let Some(reference) = &mut reference {
            reference_steps.push(reference.step()?);
        }
    }
    let mut out = std::io::stdout().lock();
    report(&mut out, "bauta", &our_steps)?;
    if reference.is_some() {
        report(&mut out, "reference", &reference_steps)?;
        let ratio = median(&our_steps, |s| s.cpu) / median(&reference_steps, |s| s.cpu);
        writeln!(out, "ratio of CPU seconds: {ratio:.3}")?;
    }
    Ok(())
}
