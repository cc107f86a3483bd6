//! Trainings on folders as people have them: pictures of any size, files that are none, names in any script.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use bauta_adapters::connect;
use bauta_app::{evaluate, find_look_alikes, folder_dataset, split_for, train};
use bauta_domain::{
    ConfusionMatrix, ImageSize, ModelManifest, Preset, Problem, RgbImage, TrainingConfig, TrainingEvent,
    ports::CancelToken,
};
use bauta_imaging::encode_png;

/// A picture of stripes that lie or stand, as its label is even or odd, in a colour of the label, with noise.
fn write(path: &Path, size: ImageSize, label: usize, number: usize) {
    let value = |at: usize| {
        let (x, y, channel) = (at / 3 % size.width as usize, at / 3 / size.width as usize, at % 3);
        let along = if label.is_multiple_of(2) { x } else { y };
        let bright = ((along + number) / 4).is_multiple_of(2);
        let noise = (at + 31 * number).wrapping_mul(2_654_435_761) >> 16 & 0x1f;
        let base = if bright { 180 } else { 40 } + (label >> channel & 1) * 40;
        (base + noise).min(255) as u8
    };
    let pixels = (0..3 * (size.width * size.height) as usize).map(value).collect();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, encode_png(&RgbImage::new(size, pixels).unwrap()).unwrap()).unwrap();
}

struct Outcome {
    problems: Vec<Problem>,
    confusion: ConfusionMatrix,
    labels: Vec<String>,
    model: PathBuf,
    _folder: tempfile::TempDir,
}

/// Trains on a folder of category folders as `bauta train` does, and measures the model on the same folder.
fn trained(data: &Path, config: &TrainingConfig) -> Outcome {
    let (adapters, never) = (connect(&[], None).unwrap(), CancelToken::default());
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("model.onnx");
    let (dataset, mut problems) = folder_dataset(&adapters, data).unwrap();
    let likeness = find_look_alikes(&adapters, &dataset, &mut |_| {}, &never);
    let split = split_for(&dataset, config, &likeness).unwrap();
    let mut hear = |event: TrainingEvent| {
        if let TrainingEvent::Started { problems: unreadable, .. } = event {
            problems.extend(unreadable);
        }
    };
    let place = (model.as_path(), "odd", None);
    train(&adapters, (&dataset, &split), config, place, &mut hear, &never).unwrap().unwrap();
    let mut classifier = adapters.models.open_classifier(&model, 1).unwrap();
    let evaluation = evaluate(&adapters, classifier.as_mut(), &dataset, &mut |_| {}, &never).unwrap();
    Outcome { problems, confusion: evaluation.confusion, labels: dataset.labels, model, _folder: folder }
}

fn config() -> TrainingConfig {
    TrainingConfig {
        epochs: 2,
        image_size: 32,
        batch_size: 16,
        augmentation: None,
        threads: Some(2),
        ..Preset::Tiny.config()
    }
}

const USUAL: ImageSize = ImageSize::new(40, 40);

#[test]
fn unreadable_pictures_among_thousands_are_listed_and_the_rest_is_learned() {
    let data = tempfile::tempdir().unwrap();
    for number in 0..1000 {
        for (label, name) in ["lying", "upright"].into_iter().enumerate() {
            write(&data.path().join(name).join(format!("{number}.png")), USUAL, label, number);
        }
    }
    let broken = ["lying/500.png", "lying/501.png", "upright/7.png"].map(|name| data.path().join(name));
    std::fs::write(&broken[0], b"").unwrap();
    std::fs::write(&broken[1], b"not a picture at all").unwrap();
    let whole = std::fs::read(&broken[2]).unwrap();
    std::fs::write(&broken[2], &whole[..whole.len() / 2]).unwrap();
    let outcome = trained(data.path(), &TrainingConfig { epochs: 1, ..config() });
    let listed: Vec<&str> = outcome.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(listed, broken.iter().map(|path| path.to_str().unwrap()).collect::<Vec<_>>());
    assert_eq!(outcome.confusion.total(), 1997);
}

#[test]
fn pictures_of_one_pixel_and_of_ten_thousand_by_ten_are_pictures() {
    let data = tempfile::tempdir().unwrap();
    for (label, name) in ["lying", "upright"].into_iter().enumerate() {
        for number in 0..8 {
            write(&data.path().join(name).join(format!("{number}.png")), USUAL, label, number);
        }
        for (odd, size) in [("dot", ImageSize::new(1, 1)), ("line", ImageSize::new(10_000, 10))] {
            write(&data.path().join(name).join(format!("{odd}.png")), size, label, 1);
        }
    }
    let outcome = trained(data.path(), &config());
    assert_eq!((outcome.problems.len(), outcome.confusion.total()), (0, 20), "{:?}", outcome.problems);
}

#[test]
fn two_hundred_categories_are_learned_and_told_apart_by_name() {
    let data = tempfile::tempdir().unwrap();
    for label in 0..200 {
        for number in 0..2 {
            write(&data.path().join(format!("kind {label}")).join(format!("{number}.png")), USUAL, label, number);
        }
    }
    let outcome = trained(data.path(), &TrainingConfig { epochs: 1, ..config() });
    assert_eq!((outcome.labels.len(), outcome.confusion.total()), (200, 400));
    assert_eq!(outcome.labels[9], "kind 9", "in natural order");
}

#[test]
fn categories_may_have_any_name_that_a_folder_may_have() {
    let names = ["Ünïcödé", "口罩 佩戴", "بدون قناع", "😷 mask", "naïve \u{301}combined", "a'b\"c,d;e"];
    let data = tempfile::tempdir().unwrap();
    for (label, name) in names.iter().enumerate() {
        for number in 0..3 {
            write(&data.path().join(name).join(format!("{number}.png")), USUAL, label, number);
        }
    }
    let outcome = trained(data.path(), &TrainingConfig { epochs: 1, ..config() });
    let manifest: ModelManifest =
        serde_json::from_slice(&std::fs::read(outcome.model.with_extension("json")).unwrap()).unwrap();
    let (mut found, mut expected) = (manifest.labels, names.map(str::to_owned));
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn an_empty_category_is_listed_and_one_with_a_single_picture_named_with_the_remedy() {
    let data = tempfile::tempdir().unwrap();
    for (label, name) in ["lying", "upright"].into_iter().enumerate() {
        for number in 0..4 {
            write(&data.path().join(name).join(format!("{number}.png")), USUAL, label, number);
        }
    }
    std::fs::create_dir(data.path().join("empty")).unwrap();
    let outcome = trained(data.path(), &config());
    assert_eq!(outcome.labels, ["lying", "upright"]);
    let [problem] = outcome.problems.as_slice() else { panic!("{:?}", outcome.problems) };
    assert!(problem.place.ends_with("empty") && problem.message.contains("no pictures"), "{problem}");

    write(&data.path().join("lone/1.png"), USUAL, 2, 0);
    let adapters = connect(&[], None).unwrap();
    let (dataset, _) = folder_dataset(&adapters, data.path()).unwrap();
    let likeness = find_look_alikes(&adapters, &dataset, &mut |_| {}, &CancelToken::default());
    let message = split_for(&dataset, &config(), &likeness).unwrap_err().to_string();
    assert!(message.contains("\"lone\" has 1 picture(s); each category needs at least two"), "{message}");
}
