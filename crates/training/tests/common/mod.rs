//! Pictures that a fake reader draws, and whole trainings on them.

#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    error::Error,
    path::{Path, PathBuf},
};

use bauta_domain::{
    Architecture, Dataset, EpochFigures, ImageSize, Loss, PixelSource, Preset, RgbImage, Sample, Split, TrainingConfig,
    TrainingEvent, TrainingSummary,
    ports::{CancelToken, Checkpointing, ModelTrainer as _, PortError, SampleReader, TrainingJob},
};
use bauta_inference::Runtime;
use bauta_training::{OnnxTrainer, TrainingError};

pub const SIDE: u32 = 32;

/// Draws stripes, lying for `a`, upright for `b`, in a place and colour that depend on the number.
pub struct Stripes;

impl SampleReader for Stripes {
    fn read(&self, source: &PixelSource, side: u32) -> Result<RgbImage, PortError> {
        let name = source.path.to_str().unwrap();
        let (label, number) = name.split_once('/').unwrap();
        if number.starts_with("broken") {
            return Err("not a picture".into());
        }
        let number: usize = number.parse().unwrap();
        let side = side as usize;
        let value = |place: usize| {
            let (row, column, channel) = (place / 3 / side, place / 3 % side, place % 3);
            let along = if label == "a" { row } else { column };
            let noise = (place * 7919 + number * 104_729) % 61;
            let bright = (along + number) / 4 % 2 == channel.min(1) % 2;
            (if bright { 190 } else { 60 } + noise + number % 3) as u8
        };
        let pixels = (0..side * side * 3).map(value).collect();
        Ok(RgbImage::new(ImageSize::new(side as u32, side as u32), pixels).unwrap())
    }

    fn taken(&self, _: &Path) -> Option<f64> {
        None
    }
}

pub fn dataset(paths: &[&str]) -> Dataset {
    let sample = |path: &&str| Sample {
        source: PixelSource { path: path.into(), bbox: None },
        label: usize::from(path.starts_with('b')),
        group: None,
    };
    Dataset { labels: vec!["a".to_owned(), "b".to_owned()], samples: paths.iter().map(sample).collect() }
}

/// `count` pictures of each label; the first fifth of them, and at least one, to check with.
pub fn stripes(count: usize) -> (Dataset, Split) {
    let paths: Vec<String> = ["a", "b"].iter().flat_map(|l| (0..count).map(move |i| format!("{l}/{i}"))).collect();
    let dataset = dataset(&paths.iter().map(String::as_str).collect::<Vec<_>>());
    let checks = (count / 5).max(1);
    let (validation, training) = (0..2 * count).partition(|i| i % count < checks);
    (dataset, Split { training, validation })
}

pub fn config() -> TrainingConfig {
    TrainingConfig {
        architecture: Architecture::Tiny,
        loss: Loss::CategoricalCrossentropy,
        image_size: SIDE,
        epochs: 3,
        batch_size: 6,
        seed: 42,
        threads: Some(2),
        ..Preset::Paper.config()
    }
}

pub struct Run {
    pub outcome: Result<Option<TrainingSummary>, PortError>,
    pub events: Vec<TrainingEvent>,
}

impl Run {
    pub fn summary(&self) -> &TrainingSummary {
        self.outcome.as_ref().unwrap().as_ref().unwrap()
    }

    pub fn error(&self) -> &TrainingError {
        let error: &(dyn Error + 'static) = self.outcome.as_ref().unwrap_err().as_ref();
        error.downcast_ref().unwrap()
    }

    pub fn epochs(&self) -> Vec<EpochFigures> {
        let figures = |event: &TrainingEvent| match event {
            TrainingEvent::Epoch(figures) => Some(*figures),
            _ => None,
        };
        self.events.iter().filter_map(figures).collect()
    }

    /// Losses and accuracies, which depend on the seed; times do not.
    pub fn figures(&self) -> Vec<[f64; 4]> {
        self.epochs().iter().map(|e| [e.loss, e.accuracy, e.val_loss, e.val_accuracy]).collect()
    }
}

/// Trains; `watch` sees every event and may cancel.
pub fn train_watched(
    data: &(Dataset, Split),
    config: &TrainingConfig,
    model: &Path,
    watch: impl FnMut(&TrainingEvent, &CancelToken),
) -> Run {
    train_kept(data, config, (model, None), watch)
}

/// The same, with its state kept.
pub fn train_kept(
    (dataset, split): &(Dataset, Split),
    config: &TrainingConfig,
    (model, checkpoint): (&Path, Option<Checkpointing<'_>>),
    mut watch: impl FnMut(&TrainingEvent, &CancelToken),
) -> Run {
    let trainer = OnnxTrainer::new(Runtime::find().unwrap(), cache_of(model));
    let job = TrainingJob { dataset, split, config, samples: &Stripes, model, name: "stripes", checkpoint };
    let cancel = CancelToken::default();
    let mut events = Vec::new();
    let mut record = |event: TrainingEvent| {
        watch(&event, &cancel);
        events.push(event);
    };
    let outcome = trainer.train(&job, &mut record, &cancel);
    Run { outcome, events }
}

pub fn train(data: &(Dataset, Split), config: &TrainingConfig, model: &Path) -> Run {
    train_watched(data, config, model, |_, _| {})
}

pub fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("models/run.onnx");
    (folder, model)
}

pub fn cache_of(model: &Path) -> PathBuf {
    model.parent().unwrap().with_file_name("cache")
}

pub fn files_beside(model: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(model.parent().unwrap()) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
