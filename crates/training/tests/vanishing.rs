//! Datasets that change while they are learned from.

#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::HashMap, path::Path, sync::Mutex};

use bauta_domain::{
    PixelSource, RgbImage, TrainingConfig, TrainingEvent, TrainingSummary,
    ports::{CancelToken, ModelTrainer as _, PortError, SampleReader, TrainingJob},
};
use bauta_inference::Runtime;
use bauta_training::OnnxTrainer;
use common::{Stripes, cache_of, config, folder, stripes};

/// Gives each picture once, and those that stay whenever they are asked for.
struct Vanishing {
    stays: fn(&str) -> bool,
    read: Mutex<HashMap<String, usize>>,
}

impl SampleReader for Vanishing {
    fn read(&self, source: &PixelSource, side: u32) -> Result<RgbImage, PortError> {
        let name = source.path.to_str().unwrap();
        let times = {
            let mut read = self.read.lock().unwrap();
            let times = read.entry(name.to_owned()).or_default();
            *times += 1;
            *times
        };
        if times > 1 && !(self.stays)(name) { Err("no such file".into()) } else { Stripes.read(source, side) }
    }

    fn taken(&self, _: &Path) -> Option<f64> {
        None
    }
}

/// Trains on pictures that are read again in each epoch.
fn train(stays: fn(&str) -> bool, model: &Path) -> (Result<Option<TrainingSummary>, PortError>, Vec<String>) {
    let (dataset, split) = stripes(8);
    let (config, reader) = (TrainingConfig { epochs: 3, ..config() }, Vanishing { stays, read: Mutex::default() });
    let job = TrainingJob {
        dataset: &dataset,
        split: &split,
        config: &config,
        samples: &reader,
        model,
        name: "vanishing",
        checkpoint: None,
    };
    let mut warnings = Vec::new();
    let mut hear = |event: TrainingEvent| {
        if let TrainingEvent::Warning { message } = event {
            warnings.push(message);
        }
    };
    let trainer = OnnxTrainer::new(Runtime::find().unwrap(), cache_of(model)).keeping(0);
    let outcome = trainer.train(&job, &mut hear, &CancelToken::default());
    (outcome, warnings)
}

#[test]
fn pictures_that_vanish_are_told_once_and_the_training_goes_on_without_them() {
    let (_folder, model) = folder();
    // One is checked with, two are learned from.
    let (outcome, warnings) = train(|name| !["a/0", "a/5", "b/7"].contains(&name), &model);
    let summary = outcome.unwrap().unwrap();
    assert!(model.exists());
    assert_eq!(summary.confusion.total(), 1, "of two pictures to check with one is left");
    for name in ["a/0", "a/5", "b/7"] {
        let told = warnings.iter().filter(|warning| warning.starts_with(name)).count();
        assert_eq!(told, 1, "{name}: {warnings:?}");
    }
    assert_eq!(warnings.len(), 3);
}

#[test]
fn a_training_whose_pictures_are_all_gone_says_so() {
    let (_folder, model) = folder();
    let (outcome, _) = train(|_| false, &model);
    let message = outcome.unwrap_err().to_string();
    assert!(message.contains("put them back or train again") && message.contains("no such file"), "{message}");
    assert!(!model.exists());
}

#[test]
fn a_model_is_exported_though_no_picture_is_left_to_prove_it_on() {
    let (_folder, model) = folder();
    let (dataset, split) = stripes(8);
    let (config, reader) = (config(), Vanishing { stays: |_| false, read: Mutex::default() });
    let job = TrainingJob {
        dataset: &dataset,
        split: &split,
        config: &config,
        samples: &reader,
        model: &model,
        name: "vanishing",
        checkpoint: None,
    };
    // All pixels are kept in memory; the files go when the training has begun.
    let trainer = OnnxTrainer::new(Runtime::find().unwrap(), cache_of(&model));
    assert!(trainer.train(&job, &mut |_| {}, &CancelToken::default()).unwrap().is_some());
    assert!(model.exists());
}
