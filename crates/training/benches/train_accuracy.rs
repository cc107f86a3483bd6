//! What the paper's network learns with the fast formulation of its gradients and with the plain one.
//!
//! ```text
//! npm run bench -- train-accuracy [--data FOLDER] [--pictures N] [--size S] [--epochs N] [--seeds N] [--threads N]
//! ```
//!
//! Both begin with the same weights and see the same pictures in the same order, so that they differ by rounding only
//! and by what rounding grows to. FOLDER has a folder of crops a category; without it, pictures are drawn.

#[path = "support/crops.rs"]
mod crops;
mod support;

use std::{io::Write as _, path::PathBuf};

use bauta_domain::{
    Contender, Preset, Ranking, TrainingConfig,
    ports::{CancelToken, ModelTrainer as _, TrainingJob},
    split_stratified,
};
use bauta_imaging::DiskImages;
use bauta_inference::Runtime;
use bauta_training::{OnnxTrainer, engine::Computation};
use crops::{dataset_of, draw};
use support::Failure;

/// The usual seed, and those after it.
const FIRST_SEED: u32 = 42;

struct Options {
    data: Option<PathBuf>,
    pictures: usize,
    seeds: u32,
    config: TrainingConfig,
}

impl Options {
    fn read() -> Result<Self, Failure> {
        let config = TrainingConfig { threads: Some(2), ..Preset::Paper.config() };
        let mut options = Self { data: None, pictures: 400, seeds: 3, config };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--data" => options.data = Some(value()?.into()),
                "--pictures" => options.pictures = value()?.parse()?,
                "--seeds" => options.seeds = value()?.parse()?,
                "--size" => options.config.image_size = value()?.parse()?,
                "--epochs" => options.config.epochs = value()?.parse()?,
                "--threads" => options.config.threads = Some(value()?.parse()?),
                // Cargo's own.
                "--bench" => {}
                other => return Err(format!("unknown option {other}").into()),
            }
        }
        Ok(options)
    }
}

fn main() -> Result<(), Failure> {
    let Options { data, pictures, seeds, config } = Options::read()?;
    let place = tempfile::tempdir()?;
    let drawn = place.path().join("crops");
    if data.is_none() {
        draw(&drawn, pictures)?;
    }
    let dataset = dataset_of(&data.unwrap_or(drawn))?;
    let mut out = std::io::stdout().lock();
    let ways = [("fast", Computation::Fast), ("plain", Computation::Plain)];
    let mut contenders = ways.map(|(name, _)| Contender { name: name.to_owned(), scores: Vec::new() });
    let (mut training, mut validation) = (0, 0);
    for seed in FIRST_SEED..FIRST_SEED + seeds.max(1) {
        let split = split_stratified(&dataset, 0.2, u64::from(seed))?;
        (training, validation) = (split.training.len() as u32, split.validation.len() as u32);
        for ((name, computation), contender) in ways.iter().zip(&mut contenders) {
            let job = TrainingJob {
                dataset: &dataset,
                split: &split,
                config: &TrainingConfig { seed, ..config.clone() },
                samples: &DiskImages,
                model: &place.path().join("model.onnx"),
                name: "bench",
                checkpoint: None,
            };
            let trainer = OnnxTrainer::new(Runtime::find()?, place.path().join("cache")).computing(*computation);
            let summary = trainer.train(&job, &mut |_| {}, &CancelToken::default())?.ok_or("nobody cancelled it")?;
            let (accuracy, seconds) = (summary.val_accuracy, summary.cpu_seconds);
            writeln!(out, "seed {seed}, {name}: {accuracy:.3} of {validation} right, {seconds:.0} CPU s")?;
            contender.scores.push(Some(accuracy));
        }
    }
    for contender in &contenders {
        let (mean, deviation) = (contender.mean().unwrap_or(f64::NAN), contender.deviation().unwrap_or(f64::NAN));
        writeln!(out, "{}: {mean:.3} ± {deviation:.3}", contender.name)?;
    }
    let chance = Ranking::of(&contenders, training, validation).and_then(|ranking| ranking.duels.first()?.p);
    if let Some(chance) = chance {
        writeln!(out, "chance alone shows such a difference in {:.0} of 100 cases", 100.0 * chance)?;
    }
    Ok(())
}
