//! Classifiers as files: what is accepted, what is refused, and what they answer.

#![allow(clippy::unwrap_used)]

mod support;

use bauta_domain::{ImageSize, RgbImage, ports::Classifier};
use bauta_inference::OnnxClassifier;
use support::{ColorModel, runtime};

fn color(rgb: [u8; 3]) -> RgbImage {
    RgbImage::filled(ImageSize::new(16, 16), rgb)
}

#[test]
fn each_crop_of_a_batch_gets_its_answer() {
    let Some(runtime) = runtime() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("colours.onnx");
    ColorModel::with_labels(&["red", "green", "blue"]).save(&path);
    let mut classifier = OnnxClassifier::open(&runtime, &path, 1).unwrap();
    assert_eq!(classifier.manifest().labels, ["red", "green", "blue"]);
    // More crops than one batch holds.
    let crops: Vec<RgbImage> =
        (0..70).map(|i| color(std::array::from_fn(|c| if c == i % 3 { 200 } else { 0 }))).collect();
    let answers = classifier.classify(&crops).unwrap();
    assert_eq!(answers.len(), 70);
    for (i, answer) in answers.iter().enumerate() {
        assert_eq!(answer.best().map(|best| best.0), Some(i % 3), "crop {i}");
        assert!((answer.probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
    assert!(classifier.classify(&[]).unwrap().is_empty());
    let wrong = classifier.classify(&[color([0; 3]), RgbImage::filled(ImageSize::new(16, 17), [0; 3])]);
    assert_eq!(wrong.unwrap_err().to_string(), "the model takes pictures of 16×16 pixels, found one of 16×17");
}

#[test]
fn what_is_no_classifier_of_ours_is_refused_with_what_was_found() {
    let Some(runtime) = runtime() else { return };
    let folder = tempfile::tempdir().unwrap();
    let good = || ColorModel::with_labels(&["red", "green", "blue"]);
    let newer = r#"{"format":2,"anything":"else"}"#.to_owned();
    for (name, model, expected) in [
        (
            "no_manifest",
            ColorModel { manifest: None, ..good() },
            "expected a classifier made by Bauta, found a model with the inputs image",
        ),
        (
            "two_labels",
            ColorModel::with_labels(&["red", "green"]),
            "output probabilities [N, 2], as its description says, found",
        ),
        ("twins", ColorModel::with_labels(&["red", "red", "blue"]), "two different labels"),
        ("size", ColorModel { side: 20, ..good() }, "input image [N, 3, 16, 16]"),
        ("output", ColorModel { output: "logits", ..good() }, "the outputs logits"),
        ("newer", ColorModel { manifest: Some(newer), ..good() }, "has format 2, this version reads format 1"),
        ("not_json", ColorModel { manifest: Some("{".to_owned()), ..good() }, "description of the model"),
        ("outside", ColorModel { external: true, ..good() }, "\"weights\" lie outside the file"),
    ] {
        let path = folder.path().join(format!("{name}.onnx"));
        model.save(&path);
        let message = OnnxClassifier::open(&runtime, &path, 1).unwrap_err().to_string();
        assert!(message.contains(expected) && message.contains(name), "{name}: {message}");
    }
    std::fs::write(folder.path().join("text.onnx"), "hello").unwrap();
    for (name, expected) in [("text.onnx", "not an ONNX file"), ("gone.onnx", "cannot be read")] {
        let message = OnnxClassifier::open(&runtime, &folder.path().join(name), 1).unwrap_err().to_string();
        assert!(message.contains(expected) && message.contains(name), "{message}");
    }
}

#[test]
fn a_truncated_model_is_refused_at_every_length() {
    let Some(runtime) = runtime() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.onnx");
    ColorModel::with_labels(&["red", "green", "blue"]).save(&path);
    let bytes = std::fs::read(&path).unwrap();
    for length in (0..bytes.len()).step_by(7) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        assert!(OnnxClassifier::open(&runtime, &path, 1).is_err(), "{length} of {} bytes", bytes.len());
    }
}

#[test]
fn the_description_beside_the_model_must_be_its_own() {
    let Some(runtime) = runtime() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("colours.onnx");
    let model = ColorModel::with_labels(&["red", "green", "blue"]);
    model.save(&path);
    let own = model.manifest.unwrap();
    std::fs::write(path.with_extension("json"), own.replace("colours", "renamed")).unwrap();
    assert_eq!(OnnxClassifier::open(&runtime, &path, 1).unwrap().manifest().name, "colours");
    std::fs::write(path.with_extension("json"), own.replace("\"green\"", "\"ffp2\"")).unwrap();
    let message = OnnxClassifier::open(&runtime, &path, 1).unwrap_err().to_string();
    assert!(message.contains("red, ffp2, blue") && message.contains("colours.json"), "{message}");
}
