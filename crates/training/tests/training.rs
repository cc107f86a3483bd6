//! Whole trainings on pictures that a fake reader draws: what is learned, reported, exported, refused.

#![allow(clippy::unwrap_used)]

mod common;

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use bauta_domain::{
    Architecture, Augmentation, Dataset, EpochFigures, Loss, ModelManifest, Optimizer, PixelSource, Preset, RgbImage,
    Schedule, Split, TrainingConfig, TrainingEvent,
    ports::{CancelToken, ModelTrainer as _, PortError, SampleReader, TrainingJob},
};
use bauta_inference::{Runtime, SessionOptions};
use bauta_training::{OnnxTrainer, TrainingError};
use common::{Run, SIDE, Stripes, cache_of, config, dataset, files_beside, folder, stripes, train, train_watched};
use ort::value::Tensor;

#[test]
fn sixteen_pictures_are_learned_by_heart() {
    let (_folder, model) = folder();
    let data = stripes(10);
    assert_eq!(data.1.training.len(), 16);
    let config = TrainingConfig { epochs: 30, augmentation: None, learning_rate: 3e-3, ..config() };
    let run = train(&data, &config, &model);
    let last = *run.epochs().last().unwrap();
    assert!(last.loss < 0.05 && last.accuracy == 1.0, "{last:?}");
    assert_eq!(run.summary().val_accuracy, 1.0);
    assert_eq!(run.summary().confusion.counts, [[2, 0], [0, 2]]);
}

#[test]
fn the_best_epoch_is_exported_and_can_be_used_alone() {
    let (_folder, model) = folder();
    let data = stripes(10);
    let run = train(&data, &TrainingConfig { epochs: 6, ..config() }, &model);
    let summary = run.summary();
    assert_eq!(run.events.last(), Some(&TrainingEvent::Finished(summary.clone())));
    assert_eq!(files_beside(&model), ["run.json", "run.onnx"]);
    let better = |a: &EpochFigures, b: &EpochFigures| {
        a.val_accuracy.total_cmp(&b.val_accuracy).then(b.val_loss.total_cmp(&a.val_loss))
    };
    let best = run.epochs().into_iter().max_by(better).unwrap();
    assert_eq!((summary.best_epoch, summary.val_accuracy), (best.epoch, best.val_accuracy));
    assert!(!summary.cancelled);

    let manifest: ModelManifest =
        serde_json::from_slice(&std::fs::read(model.with_extension("json")).unwrap()).unwrap();
    manifest.check().unwrap();
    assert_eq!((manifest.labels.as_slice(), manifest.input_size), (data.0.labels.as_slice(), SIDE));
    let trained = manifest.trained_with.clone().unwrap();
    assert_eq!((trained.training_samples, trained.validation_samples, trained.best_epoch), (16, 4, best.epoch));

    let runtime = Runtime::find().unwrap();
    let mut session = runtime.open_session(&model, SessionOptions { threads: 1 }).unwrap();
    {
        let metadata = session.metadata().unwrap();
        let inside: ModelManifest = serde_json::from_str(&metadata.custom("bauta.manifest").unwrap()).unwrap();
        assert_eq!(inside, manifest);
        assert_eq!(metadata.custom("labels").as_deref(), Some(r#"["a","b"]"#));
    }
    // The validation pictures at once, as RGB 0 to 255, give the summary's confusion.
    let checks = &data.1.validation;
    let mut planes = Vec::new();
    for &index in checks {
        let picture = Stripes.read(&data.0.samples[index].source, SIDE).unwrap();
        for channel in 0..3 {
            planes.extend(picture.pixels().iter().skip(channel).step_by(3).map(|&v| f32::from(v)));
        }
    }
    let side = SIDE as usize;
    let image = Tensor::from_array(([checks.len(), 3, side, side], planes)).unwrap();
    let outputs = session.run(ort::inputs!["image" => image]).unwrap();
    let (shape, probabilities) = outputs["probabilities"].try_extract_tensor::<f32>().unwrap();
    assert_eq!(shape.to_vec(), [checks.len() as i64, 2]);
    let mut counts = [[0, 0], [0, 0]];
    for (&index, probabilities) in checks.iter().zip(probabilities.chunks(2)) {
        assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        counts[data.0.samples[index].label][usize::from(probabilities[1] > probabilities[0])] += 1;
    }
    assert_eq!(summary.confusion.counts, counts);
}

#[test]
fn events_tell_the_whole_way() {
    let (_folder, model) = folder();
    let run = train(&stripes(10), &TrainingConfig { epochs: 2, ..config() }, &model);
    assert!(run.events.contains(&TrainingEvent::Preparing { done: 20, total: 20 }));
    let started = run.events.iter().find_map(|event| match event {
        TrainingEvent::Started { labels, training, validation, steps, epochs, problems, .. } => {
            Some((labels.len(), *training, *validation, *steps, *epochs, problems.len()))
        }
        _ => None,
    });
    assert_eq!(started, Some((2, 16, 4, 3, 2, 0)));
    let steps: Vec<(u32, u32, u32, f64)> = run
        .events
        .iter()
        .filter_map(|event| match *event {
            TrainingEvent::Step { epoch, step, steps, seconds_left, .. } => Some((epoch, step, steps, seconds_left)),
            _ => None,
        })
        .collect();
    let numbers: Vec<(u32, u32, u32)> = steps.iter().map(|&(epoch, step, steps, _)| (epoch, step, steps)).collect();
    assert_eq!(numbers, [(1, 1, 3), (1, 2, 3), (1, 3, 3), (2, 1, 3), (2, 2, 3), (2, 3, 3)]);
    assert!(steps.iter().all(|s| s.3 > 0.0));
    assert!(run.epochs().iter().all(|e| e.seconds > 0.0 && e.cpu_seconds > 0.0));
}

#[test]
fn one_seed_gives_one_training() {
    let (_folder, model) = folder();
    let data = stripes(8);
    for architecture in [Architecture::Tiny, Architecture::TwoConv] {
        let config = TrainingConfig { architecture, loss: Loss::Mse, ..config() };
        let first = train(&data, &config, &model).figures();
        assert_eq!(first.len(), 3);
        assert_eq!(first, train(&data, &config, &model).figures(), "{architecture:?}");
        let other = TrainingConfig { seed: 43, ..config };
        assert_ne!(first, train(&data, &other, &model).figures(), "{architecture:?}");
    }
}

#[test]
fn threads_change_the_figures_by_rounding_only() {
    let data = stripes(16);
    let quick = TrainingConfig { augmentation: None, ..pretrained(Preset::Quick) };
    for (name, config) in [
        ("small VGG", TrainingConfig { architecture: Architecture::SmallVgg, image_size: 48, ..config() }),
        ("quick", quick),
        ("transfer", pretrained(Preset::Transfer)),
    ] {
        let (_folder, model) = folder();
        let figures = |threads| {
            let config = TrainingConfig { threads: Some(threads), epochs: 1, ..config.clone() };
            train(&data, &config, &model).figures().concat()
        };
        let one = figures(1);
        assert_eq!(one, figures(1), "{name}: the same threads give the same figures");
        for threads in [2, 3] {
            let others = figures(threads);
            let close = one.iter().zip(&others).all(|(a, b)| (a - b).abs() <= 1e-3);
            assert!(close && others.len() == 4, "{name} on {threads} threads: {one:?} {others:?}");
        }
    }
}

#[test]
fn every_architecture_and_loss_trains_at_odd_sizes() {
    let (_folder, model) = folder();
    for (architecture, loss, image_size) in [
        (Architecture::SmallVgg, Loss::Mse, 47),
        (Architecture::TwoConv, Loss::Msle, 33),
        (Architecture::Tiny, Loss::CategoricalCrossentropy, 35),
        (Architecture::VggLike, Loss::Mse, 45),
    ] {
        let config = TrainingConfig { architecture, loss, image_size, epochs: 1, ..config() };
        let run = train(&stripes(4), &config, &model);
        assert!(run.outcome.is_ok(), "{architecture:?}: {:?}", run.outcome);
    }
}

#[test]
fn a_training_that_gets_no_better_stops_after_its_patience() {
    let (_folder, model) = folder();
    // Steps too small to change any answer: the first epoch stays the best.
    let config = TrainingConfig { epochs: 9, patience: Some(2), learning_rate: 1e-12, augmentation: None, ..config() };
    let run = train(&stripes(4), &TrainingConfig { dropout: Some(0.0), ..config }, &model);
    let best = run.summary().best_epoch;
    assert!(run.summary().stopped_early && !run.summary().cancelled, "{:?}", run.summary());
    assert_eq!(run.epochs().len() as u32, best + 2);
}

#[test]
fn stripes_are_learned_with_every_kind_of_setting() {
    let (_folder, model) = folder();
    let data = stripes(10);
    let changes = Augmentation { brightness: 0.2, contrast: 0.2, blur: 0.01, erasing: 0.3, ..Augmentation::NONE };
    let base = TrainingConfig { epochs: 30, augmentation: None, learning_rate: 3e-3, ..config() };
    for (name, config) in [
        ("descent", TrainingConfig { optimizer: Optimizer::Sgd, learning_rate: 0.02, ..base.clone() }),
        ("cosine", TrainingConfig { schedule: Schedule::Cosine, ..base.clone() }),
        ("class weights", TrainingConfig { class_weights: true, ..base.clone() }),
        ("label smoothing", TrainingConfig { label_smoothing: 0.1, ..base.clone() }),
        ("no dropout", TrainingConfig { dropout: Some(0.0), ..base.clone() }),
        ("light", TrainingConfig { augmentation: Some(changes), ..base }),
    ] {
        let run = train(&data, &config, &model);
        assert_eq!(run.summary().val_accuracy, 1.0, "{name}: {:?}", run.epochs().last());
    }
}

#[test]
fn cancelling_keeps_the_best_epoch() {
    let (_folder, model) = folder();
    let run = train_watched(&stripes(10), &TrainingConfig { epochs: 50, ..config() }, &model, |event, cancel| {
        if matches!(event, TrainingEvent::Step { epoch: 3, step: 1, .. }) {
            cancel.cancel();
        }
    });
    assert!(run.summary().cancelled && run.summary().best_epoch <= 2);
    assert_eq!(run.epochs().len(), 2);
    let after = run.events.iter().skip_while(|e| !matches!(e, TrainingEvent::Step { epoch: 3, .. })).count();
    assert_eq!(after, 2, "the step that was cancelled and the end, and no step in between");
    assert_eq!(files_beside(&model), ["run.json", "run.onnx"]);
}

#[test]
fn cancelling_before_the_first_epoch_ends_leaves_nothing() {
    struct Case(&'static str, fn(&TrainingEvent) -> bool);
    for Case(name, moment) in [
        Case("while reading", |event| matches!(event, TrainingEvent::Preparing { done: 3, .. })),
        Case("before the first step", |event| matches!(event, TrainingEvent::Started { .. })),
        Case("after a step", |event| matches!(event, TrainingEvent::Step { .. })),
    ] {
        let (_folder, model) = folder();
        let run = train_watched(&stripes(10), &config(), &model, |event, cancel| {
            if moment(event) {
                cancel.cancel();
            }
        });
        assert!(matches!(run.outcome, Ok(None)), "{name}: {:?}", run.outcome);
        assert_eq!(run.events.last(), Some(&TrainingEvent::Cancelled), "{name}");
        assert_eq!(files_beside(&model), [""; 0], "{name}");
    }
}

#[test]
fn a_training_that_runs_away_stops_and_says_what_helps() {
    let (_folder, model) = folder();
    let run = train(&stripes(10), &TrainingConfig { learning_rate: 1e30, ..config() }, &model);
    assert!(matches!(run.error(), TrainingError::Diverged { epoch: 1, step: 2, .. }), "{}", run.error());
    let message = run.error().to_string();
    assert!(message.contains("step 2 of epoch 1") && message.contains("smaller learning rate"), "{message}");
    assert_eq!(files_beside(&model), [""; 0]);
}

#[test]
fn unreadable_pictures_are_listed_and_left_out() {
    let (_folder, model) = folder();
    let paths = ["a/0", "a/broken1", "a/2", "a/3", "b/0", "b/1", "b/broken2", "b/3"];
    let split = Split { training: vec![1, 2, 3, 5, 6, 7], validation: vec![0, 4] };
    let run = train(&(dataset(&paths), split), &TrainingConfig { epochs: 1, ..config() }, &model);
    let started = run.events.iter().find_map(|event| match event {
        TrainingEvent::Started { training, validation, problems, .. } => {
            Some((*training, *validation, problems.clone()))
        }
        _ => None,
    });
    let (training, validation, problems) = started.unwrap();
    assert_eq!((training, validation), (4, 2));
    let listed: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(listed, ["a/broken1: not a picture", "b/broken2: not a picture"]);
    assert!(run.outcome.is_ok());
}

#[test]
fn a_dataset_that_cannot_be_trained_on_is_refused_with_the_remedy() {
    struct Case(&'static str, Vec<&'static str>, Vec<usize>, &'static str);
    let one_class = Dataset { labels: vec!["a".to_owned()], ..dataset(&["a/0", "a/1"]) };
    let (_folder, model) = folder();
    let run = train(&(one_class, Split { training: vec![0], validation: vec![1] }), &config(), &model);
    assert!(run.error().to_string().contains("at least two categories"), "{}", run.error());
    for Case(name, paths, validation, message) in [
        Case("nothing", vec![], vec![], "has 0 picture(s)"),
        Case("one of a label", vec!["a/0", "a/1", "b/0"], vec![0], "\"b\" has 1 picture(s)"),
        Case(
            "one of a label can be read",
            vec!["a/0", "a/1", "b/broken", "b/1"],
            vec![0, 2],
            "1 pictures could not be read, the first is b/broken: not a picture; without them, \"b\" has 1 picture(s)",
        ),
        Case(
            "none of a label to check with",
            vec!["a/0", "a/1", "b/broken", "b/1", "b/2"],
            vec![0, 2],
            "no readable picture of \"b\" is left to check with",
        ),
    ] {
        let training = (0..paths.len()).filter(|i| !validation.contains(i)).collect();
        let run = train(&(dataset(&paths), Split { training, validation }), &config(), &model);
        assert!(run.error().to_string().contains(message), "{name}: {}", run.error());
        assert_eq!(files_beside(&model), [""; 0], "{name}");
    }
}

#[test]
fn settings_out_of_range_are_refused() {
    let (_folder, model) = folder();
    let data = stripes(4);
    for (config, message) in [
        (TrainingConfig { image_size: 300, ..config() }, "the image size must be 32 to 256 px, found 300 px"),
        (TrainingConfig { epochs: 0, ..config() }, "number of epochs"),
        (TrainingConfig { batch_size: 0, ..config() }, "batch size"),
        (TrainingConfig { learning_rate: f64::NAN, ..config() }, "learning rate"),
        (
            TrainingConfig { weight_decay: -1e300, ..config() },
            "weight decay must be a number of 0 or more, found -1e300",
        ),
        (
            TrainingConfig { augmentation: Some(Augmentation { blur: 0.5, ..Augmentation::NONE }), ..config() },
            "the random blur must be a share of the side of 0 to 0.1, found 0.5",
        ),
        (TrainingConfig { label_smoothing: 1.0, ..config() }, "label smoothing"),
        (TrainingConfig { dropout: Some(1.0), ..config() }, "dropout"),
        (TrainingConfig { patience: Some(0), ..config() }, "the patience must be at least 1 epoch, found 0"),
        (TrainingConfig { threads: Some(0), ..config() }, "number of threads"),
        (
            TrainingConfig { architecture: Architecture::SmallVgg, ..config() },
            "pictures of 32 px are too small for this network: it needs at least 46 px",
        ),
    ] {
        let run = train(&data, &config, &model);
        assert!(run.error().to_string().contains(message), "{message}: {}", run.error());
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    let run = train(&stripes(4), &config(), &file.join("run.onnx"));
    assert!(matches!(run.error(), TrainingError::Write { .. }), "{}", run.error());
    assert!(run.events.is_empty());
}

/// Settings of a pretrained network on small pictures.
fn pretrained(preset: Preset) -> TrainingConfig {
    TrainingConfig { image_size: 64, batch_size: 8, threads: Some(2), epochs: 4, ..preset.config() }
}

/// EfficientNet-Lite0's last five blocks and its last convolution, and a dense layer for two classes.
const LITE0_BLOCKS: u32 = 2_659_874;

#[test]
fn two_pretrained_networks_have_no_last_blocks_to_train() {
    let (_folder, model) = folder();
    let config = TrainingConfig { architecture: Architecture::TwoBackbones, ..pretrained(Preset::Transfer) };
    let run = train(&stripes(4), &config, &model);
    assert!(run.error().to_string().contains("only one pretrained network"), "{}", run.error());
}

#[test]
fn pretrained_networks_learn_from_a_few_pictures_and_end_as_one_plain_model() {
    let data = stripes(8);
    let lite0 = TrainingConfig { architecture: Architecture::EfficientnetLite0, ..pretrained(Preset::Transfer) };
    let tutorial = TrainingConfig { epochs: 20, learning_rate: 1e-3, ..pretrained(Preset::Tutorial) };
    for (preset, config, parameters) in [
        ("transfer", pretrained(Preset::Transfer), 1_674_914),
        ("transfer on Lite0", lite0, LITE0_BLOCKS),
        ("quick", pretrained(Preset::Quick), 656_130),
        ("tutorial", tutorial, 1280 * 128 + 128 + 128 * 2 + 2),
    ] {
        let (_folder, model) = folder();
        let run = train(&data, &config, &model);
        assert_eq!(run.summary().val_accuracy, 1.0, "{preset}: {:?}", run.epochs());
        let trained = run.events.iter().find_map(|event| match event {
            TrainingEvent::Started { parameters, .. } => Some(*parameters),
            _ => None,
        });
        assert_eq!(trained, Some(parameters), "{preset}");
        assert_eq!(files_beside(&model), ["run.json", "run.onnx"]);
        let runtime = Runtime::find().unwrap();
        let mut session = runtime.open_session(&model, SessionOptions { threads: 1 }).unwrap();
        let image = Tensor::from_array(([2, 3, 64, 64], vec![100.0_f32; 2 * 3 * 64 * 64])).unwrap();
        let outputs = session.run(ort::inputs!["image" => image]).unwrap();
        let (shape, probabilities) = outputs["probabilities"].try_extract_tensor::<f32>().unwrap();
        assert_eq!(shape.to_vec(), [2, 2]);
        assert!((probabilities.iter().sum::<f32>() - 2.0).abs() < 1e-4);
    }
}

#[test]
fn a_model_that_averages_views_gives_mirror_images_one_answer() {
    let data = stripes(6);
    let tiny = TrainingConfig { epochs: 2, ..config() };
    for config in [tiny, TrainingConfig { augmentation: None, epochs: 1, ..pretrained(Preset::Quick) }] {
        let (_folder, model) = folder();
        let config = TrainingConfig { average_views: true, ..config };
        assert!(train(&data, &config, &model).outcome.is_ok());
        let json = std::fs::read(model.with_extension("json")).unwrap();
        let manifest: ModelManifest = serde_json::from_slice(&json).unwrap();
        assert!(manifest.averages_views && manifest.milliseconds.unwrap() > 0.0);
        let side = config.image_size as usize;
        let pixels: Vec<f32> = (0..3 * side * side).map(|i| (i * 37 % 251) as f32).collect();
        let mirrored = pixels.chunks(side).flat_map(|row| row.iter().rev().copied());
        let both: Vec<f32> = pixels.iter().copied().chain(mirrored).collect();
        let runtime = Runtime::find().unwrap();
        let mut session = runtime.open_session(&model, SessionOptions { threads: 1 }).unwrap();
        let image = Tensor::from_array(([2, 3, side, side], both)).unwrap();
        let outputs = session.run(ort::inputs!["image" => image]).unwrap();
        let (shape, probabilities) = outputs["probabilities"].try_extract_tensor::<f32>().unwrap();
        assert_eq!(shape.to_vec(), [2, 2]);
        assert!((probabilities[0] - probabilities[2]).abs() < 1e-5, "{probabilities:?}");
    }
}

#[test]
fn features_are_found_again_and_give_the_same_training() {
    let (_folder, model) = folder();
    let (data, config) = (stripes(5), TrainingConfig { epochs: 2, ..pretrained(Preset::Transfer) });
    let prepared = |run: &Run| run.events.iter().filter(|e| matches!(e, TrainingEvent::Preparing { .. })).count();
    let first = train(&data, &config, &model);
    let second = train(&data, &config, &model);
    assert_eq!((prepared(&first), prepared(&second)), (10, 0));
    assert_eq!(first.figures(), second.figures());
    let other = TrainingConfig { seed: 7, ..config };
    assert_eq!(prepared(&train(&data, &other, &model)), 10, "other changes are other features");
}

/// Counts the pictures that are read.
struct Counted(AtomicUsize);

impl SampleReader for Counted {
    fn read(&self, source: &PixelSource, side: u32) -> Result<RgbImage, PortError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Stripes.read(source, side)
    }

    fn taken(&self, _: &Path) -> Option<f64> {
        None
    }
}

#[test]
fn one_more_picture_costs_the_features_of_one_picture() {
    let (_folder, model) = folder();
    let config = TrainingConfig { epochs: 1, ..pretrained(Preset::Quick) };
    let few = ["a/0", "a/1", "a/2", "b/0", "b/1", "b/2"];
    // In front, so that all the others have another place in the dataset.
    let more = ["a/9", "a/0", "a/1", "a/2", "b/0", "b/1", "b/2"];
    let split = |count: usize| Split { training: (1..count - 1).collect(), validation: vec![0, count - 1] };
    let read = |paths: &[&str]| {
        let (dataset, split, samples) = (dataset(paths), split(paths.len()), Counted(AtomicUsize::new(0)));
        let name = "stripes";
        let job = TrainingJob {
            dataset: &dataset,
            split: &split,
            config: &config,
            samples: &samples,
            model: &model,
            name,
            checkpoint: None,
        };
        let trainer = OnnxTrainer::new(Runtime::find().unwrap(), cache_of(&model));
        trainer.train(&job, &mut |_| {}, &CancelToken::default()).unwrap();
        samples.0.into_inner()
    };
    // Some to learn from are read once more, for what pictures look like that the model knows.
    let computed = [read(&few) - 4, read(&more) - 5, read(&more) - 5, read(&few) - 4];
    assert_eq!(computed, [6, 1, 0, 0]);
}

#[test]
fn features_that_were_altered_are_computed_again() {
    let (_folder, model) = folder();
    let (data, config) = (stripes(5), TrainingConfig { epochs: 2, ..pretrained(Preset::Quick) });
    let first = train(&data, &config, &model);
    let files = std::fs::read_dir(cache_of(&model)).unwrap().map(|entry| entry.unwrap().path());
    let file = files.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "features")).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..][..2000].fill(0x7b);
    std::fs::write(&file, bytes).unwrap();
    let second = train(&data, &config, &model);
    assert_eq!(first.figures(), second.figures());
    let third = train(&data, &config, &model);
    assert!(!third.events.iter().any(|event| matches!(event, TrainingEvent::Preparing { .. })), "mended for good");
}

#[test]
fn a_cancelled_computation_of_features_leaves_none_behind() {
    let (_folder, model) = folder();
    let run = train_watched(&stripes(5), &pretrained(Preset::Quick), &model, |event, cancel| {
        if matches!(event, TrainingEvent::Preparing { done: 2, .. }) {
            cancel.cancel();
        }
    });
    assert!(matches!(run.outcome, Ok(None)), "{:?}", run.outcome);
    assert_eq!(std::fs::read_dir(cache_of(&model)).unwrap().count(), 0);
}

#[test]
fn unreadable_pictures_are_left_out_of_features_too() {
    let (_folder, model) = folder();
    let paths = ["a/0", "a/broken1", "a/2", "a/3", "b/0", "b/1", "b/3"];
    let split = Split { training: vec![1, 2, 3, 5, 6], validation: vec![0, 4] };
    // The second time the features are found, and the list with them.
    for _ in 0..2 {
        let config = TrainingConfig { epochs: 1, ..pretrained(Preset::Quick) };
        let run = train(&(dataset(&paths), split.clone()), &config, &model);
        let problems = run.events.iter().find_map(|event| match event {
            TrainingEvent::Started { problems, .. } => Some(problems.iter().map(ToString::to_string).collect()),
            _ => None,
        });
        assert_eq!(problems, Some(vec!["a/broken1: not a picture".to_owned()]));
    }
}

#[test]
fn a_missing_or_altered_backbone_is_named_with_the_remedy() {
    let (models, model) = folder();
    Runtime::find().unwrap();
    // The library is loaded already; only the folder is another one.
    let runtime = Runtime::open(models.path()).unwrap();
    let train = |altered: Option<&[u8]>| {
        let file = runtime.model_file("mobilenet-v2.onnx");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        if let Some(contents) = altered {
            std::fs::write(&file, contents).unwrap();
        }
        let ((dataset, split), config) = (stripes(4), pretrained(Preset::Transfer));
        let job = TrainingJob {
            dataset: &dataset,
            split: &split,
            config: &config,
            samples: &Stripes,
            model: &model,
            name: "s",
            checkpoint: None,
        };
        let trainer = OnnxTrainer::new(runtime.clone(), cache_of(&model));
        trainer.train(&job, &mut |_| {}, &CancelToken::default()).unwrap_err().to_string()
    };
    let real = std::fs::read(Runtime::find().unwrap().model_file("mobilenet-v2.onnx")).unwrap();
    // A network as good as any, but one weight was changed.
    let mut changed = real.clone();
    changed[real.len() / 2] ^= 1;
    for altered in [None, Some(&b"not a network"[..]), Some(b""), Some(&real[..real.len() - 1]), Some(&changed)] {
        let message = train(altered);
        let altered = altered.map(<[u8]>::len);
        assert!(message.contains("mobilenet-v2.onnx") && message.contains("npm run setup"), "{altered:?}: {message}");
    }
}
