//! Trainings that are interrupted and go on.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use bauta_domain::{
    Dataset, Optimizer, PixelSource, Preset, RgbImage, Schedule, Split, TrainingConfig, TrainingEvent,
    ports::{CancelToken, Checkpointing, ModelTrainer as _, PortError, SampleReader, TrainingJob},
};
use bauta_inference::Runtime;
use bauta_training::{OnnxTrainer, TrainingError};
use common::{Run, Stripes, cache_of, config, folder, stripes, train, train_kept};

/// Trains with its state kept beside the model, and stops in this epoch.
fn kept(data: &(Dataset, Split), config: &TrainingConfig, model: &Path, resume: bool, stop_in: u32) -> Run {
    let path = model.with_extension("checkpoint");
    let checkpoint = Some(Checkpointing { path: &path, resume });
    let stop = |event: &TrainingEvent, cancel: &CancelToken| {
        if matches!(event, TrainingEvent::Step { epoch, step: 1, .. } if *epoch == stop_in) {
            cancel.cancel();
        }
    };
    train_kept(data, config, (model, checkpoint), stop)
}

fn resumed(run: &Run) -> u32 {
    let started = run.events.iter().find_map(|event| match event {
        TrainingEvent::Started { resumed, .. } => Some(*resumed),
        _ => None,
    });
    started.unwrap()
}

#[test]
fn an_interrupted_training_goes_on_to_the_same_figures() {
    let data = stripes(8);
    let small = TrainingConfig { epochs: 5, ..config() };
    let transfer = TrainingConfig { image_size: 64, batch_size: 8, epochs: 3, ..Preset::Transfer.config() };
    for (name, config) in [
        ("adam", small.clone()),
        ("descent", TrainingConfig { optimizer: Optimizer::Sgd, schedule: Schedule::Cosine, ..small }),
        ("transfer", TrainingConfig { threads: Some(2), ..transfer }),
    ] {
        let (_folder, model) = folder();
        let whole = train(&data, &config, &model);
        let (_other, model) = folder();
        let first = kept(&data, &config, &model, false, 2);
        assert!(first.summary().cancelled && first.epochs().len() == 1, "{name}");
        let second = kept(&data, &config, &model, true, 99);
        assert_eq!((resumed(&first), resumed(&second)), (0, 1), "{name}");
        // Figures of epochs that were done before went through text.
        let close = |a: &f64, b: &f64| (a - b).abs() < 1e-12;
        let figures = whole.figures().concat().into_iter().zip(second.figures().concat());
        assert_eq!(second.figures().len(), whole.figures().len(), "{name}");
        assert!(figures.clone().all(|(a, b)| close(&a, &b)), "{name}: {:?}", figures.collect::<Vec<_>>());
        assert_eq!(second.summary().best_epoch, whole.summary().best_epoch, "{name}");
        assert_eq!(second.summary().confusion, whole.summary().confusion, "{name}");
        assert!(second.summary().seconds > second.epochs().last().unwrap().seconds, "{name}");
    }
}

#[test]
fn one_that_was_done_exports_its_best_epoch_again() {
    let (_folder, model) = folder();
    let (data, config) = (stripes(6), config());
    let whole = kept(&data, &config, &model, false, 99);
    std::fs::remove_file(&model).unwrap();
    let again = kept(&data, &config, &model, true, 99);
    assert!(model.exists() && !again.events.iter().any(|event| matches!(event, TrainingEvent::Step { .. })));
    assert_eq!(again.summary().best_epoch, whole.summary().best_epoch);
    // More epochs, or steps of another size, are no other training.
    let more = TrainingConfig { epochs: 4, learning_rate: 1e-4, ..config };
    assert_eq!(kept(&data, &more, &model, true, 99).epochs().len(), 4);
}

#[test]
fn one_that_waits_no_longer_stays_stopped() {
    let (_folder, model) = folder();
    let config = TrainingConfig { epochs: 9, patience: Some(1), learning_rate: 1e-12, augmentation: None, ..config() };
    let (data, config) = (stripes(4), TrainingConfig { dropout: Some(0.0), ..config });
    let first = kept(&data, &config, &model, false, 99);
    let again = kept(&data, &config, &model, true, 99);
    assert!(first.summary().stopped_early && again.summary().stopped_early);
    assert_eq!(again.epochs().len(), first.epochs().len());
}

#[test]
fn what_is_not_of_this_training_is_refused_and_left_alone() {
    let (_folder, model) = folder();
    let (data, config) = (stripes(6), config());
    let path = model.with_extension("checkpoint");
    assert_eq!(resumed(&kept(&data, &config, &model, true, 2)), 0, "without a file it begins anew");
    let whole = std::fs::read(&path).unwrap();
    let mut swapped = data.clone();
    swapped.1.training.swap(0, 1);
    let reason = |data: &(Dataset, Split), config: &TrainingConfig| {
        let run = kept(data, config, &model, true, 99);
        assert!(matches!(run.error(), TrainingError::Checkpoint { .. }), "{}", run.error());
        run.error().to_string()
    };
    assert!(reason(&data, &TrainingConfig { seed: 7, ..config }).contains("other settings"));
    assert!(reason(&swapped, &config).contains("other pictures, labels or split"));
    assert_eq!(std::fs::read(&path).unwrap(), whole);
    for bytes in [&whole[..whole.len() - 5], &whole[..100], b"", b"not a checkpoint at all, only text"] {
        std::fs::write(&path, bytes).unwrap();
        assert!(reason(&data, &config).contains("damaged"), "{} bytes", bytes.len());
    }
}

#[test]
fn one_that_ran_away_keeps_its_last_good_state_and_goes_on_with_smaller_steps() {
    let (_folder, model) = folder();
    let (data, config) = (stripes(6), TrainingConfig { epochs: 2, ..config() });
    assert_eq!(kept(&data, &config, &model, false, 99).epochs().len(), 2);
    let path = model.with_extension("checkpoint");
    let good = std::fs::read(&path).unwrap();
    let wild = TrainingConfig { epochs: 4, learning_rate: 1e30, ..config };
    let run = kept(&data, &wild, &model, true, 99);
    let message = run.error().to_string();
    assert!(message.contains("of epoch 3; choose a smaller learning rate"), "{message}");
    assert!(message.ends_with("the state after epoch 2 is kept, and the training can go on from there with it"));
    assert_eq!(std::fs::read(&path).unwrap(), good);
    let tame = TrainingConfig { learning_rate: 1e-4, ..wild };
    let again = kept(&data, &tame, &model, true, 99);
    assert_eq!((resumed(&again), again.epochs().len()), (2, 4));
}

#[test]
fn one_that_ran_away_at_once_begins_anew_with_smaller_steps() {
    let (_folder, model) = folder();
    let config = TrainingConfig { epochs: 3, image_size: 64, learning_rate: 1e6, ..config() };
    let (data, path) = (stripes(8), model.with_extension("checkpoint"));
    let run = kept(&data, &config, &model, false, 99);
    let message = run.error().to_string();
    assert!(!path.exists() && message.ends_with("it is 1e6"), "{message}: {:?}", run.events);
    let tame = kept(&data, &TrainingConfig { learning_rate: 1e-4, ..config }, &model, true, 99);
    assert!(tame.outcome.is_ok() && resumed(&tame) == 0, "{:?}", tame.outcome);
}

#[test]
fn the_epoch_that_is_named_after_running_away_is_the_one_that_was_kept() {
    let (folder, model) = folder();
    let (data, config) = (stripes(6), TrainingConfig { epochs: 2, ..config() });
    // Nothing can be kept there: a file is where the folder should be.
    std::fs::write(folder.path().join("blocked"), "").unwrap();
    let path = folder.path().join("blocked/state");
    let checkpoint = Some(Checkpointing { path: &path, resume: false });
    let wild = TrainingConfig { schedule: Schedule::OneCycle, learning_rate: 1e10, epochs: 30, ..config };
    let run = train_kept(&data, &wild, (&model, checkpoint), |_, _| {});
    assert!(run.error().to_string().contains("ran away"), "{}", run.error());
    assert!(!run.error().to_string().contains("is kept"), "{}", run.error());
}

#[test]
fn one_that_begins_anew_forgets_the_state_of_the_one_before() {
    let (_folder, model) = folder();
    let (data, config) = (stripes(6), TrainingConfig { epochs: 2, ..config() });
    assert_eq!(kept(&data, &config, &model, false, 99).epochs().len(), 2);
    // Stopped in its first epoch, as by a power cut.
    let other = TrainingConfig { learning_rate: 1e-4, ..config };
    assert!(matches!(kept(&data, &other, &model, false, 1).outcome, Ok(None)));
    let again = kept(&data, &other, &model, true, 1);
    assert_eq!(resumed(&again), 0, "the epochs of the other training are not taken for its own");
}

/// Gives all pictures but one.
struct Without(&'static str);

impl SampleReader for Without {
    fn read(&self, source: &PixelSource, side: u32) -> Result<RgbImage, PortError> {
        if source.path == Path::new(self.0) { Err("no such file".into()) } else { Stripes.read(source, side) }
    }

    fn taken(&self, _: &Path) -> Option<f64> {
        None
    }
}

#[test]
fn a_training_goes_on_without_a_picture_that_is_gone_since() {
    for gone in ["a/0", "a/7"] {
        let (_folder, model) = folder();
        let (dataset, split) = stripes(12);
        let config = TrainingConfig { epochs: 3, ..config() };
        kept(&(dataset.clone(), split.clone()), &config, &model, false, 2);
        let path = model.with_extension("checkpoint");
        let job = TrainingJob {
            dataset: &dataset,
            split: &split,
            config: &config,
            samples: &Without(gone),
            model: &model,
            name: "stripes",
            checkpoint: Some(Checkpointing { path: &path, resume: true }),
        };
        let trainer = OnnxTrainer::new(Runtime::find().unwrap(), cache_of(&model));
        let mut started = None;
        let mut hear = |event: TrainingEvent| {
            if let TrainingEvent::Started { resumed, problems, .. } = event {
                started = Some((resumed, problems.len()));
            }
        };
        trainer.train(&job, &mut hear, &CancelToken::default()).unwrap().unwrap();
        assert_eq!(started, Some((1, 1)), "{gone}");
    }
}

#[test]
fn a_state_that_cannot_be_written_is_a_warning() {
    let (folder, model) = folder();
    // A file where the folder should be.
    let blocked = folder.path().join("blocked");
    std::fs::write(&blocked, "").unwrap();
    let path = blocked.join("state");
    let checkpoint = Some(Checkpointing { path: &path, resume: false });
    let config = TrainingConfig { epochs: 2, ..config() };
    let run = train_kept(&stripes(4), &config, (&model, checkpoint), |_, _| {});
    let warnings: Vec<_> = run.events.iter().filter(|event| matches!(event, TrainingEvent::Warning { .. })).collect();
    assert!(run.outcome.is_ok(), "{:?}", run.outcome);
    assert!(model.exists());
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(format!("{warnings:?}").contains("make space"), "{warnings:?}");
}
