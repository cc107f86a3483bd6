//! Classifiers as files: what is accepted, what is refused, and what they answer.

#![allow(clippy::unwrap_used)]

mod support;

use bauta_domain::{ChannelOrder, ForeignAnswers, ForeignFacts, ImageSize, RgbImage, ValueRange, ports::Classifier};
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
            "another program made this model, and it does not say all of how it wants its pictures; expected a description in",
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
        ("future", ColorModel { opset: 999, ..good() }, "made for version 999 of ONNX's operators"),
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

/// A file of another program's classifier, and its description, when there is one, beside it.
fn foreign(folder: &std::path::Path, model: ColorModel, answers: Option<ForeignAnswers>) -> std::path::PathBuf {
    let path = folder.join("theirs.onnx");
    ColorModel { manifest: None, output: "dense_2", ..model }.save(&path);
    let Some(answers) = answers else { return path };
    let facts = runtime().unwrap().foreign(&path).unwrap().unwrap();
    let manifest = facts.described(&answers).unwrap();
    std::fs::write(path.with_extension("json"), serde_json::to_string(&manifest).unwrap()).unwrap();
    path
}

fn answers(order: ChannelOrder, range: ValueRange) -> ForeignAnswers {
    ForeignAnswers { side: 16, order, range, labels: ["one", "two", "three"].map(str::to_owned).to_vec() }
}

#[test]
fn a_classifier_of_another_program_tells_what_it_can() {
    let Some(runtime) = runtime() else { return };
    let folder = tempfile::tempdir().unwrap();
    let model = || ColorModel::with_labels(&["a", "b"]);
    let path = foreign(folder.path(), model(), None);
    let facts = runtime.foreign(&path).unwrap().unwrap();
    let unknown = ForeignFacts {
        name: "theirs".to_owned(),
        side: Some(16),
        channels_last: false,
        takes_bytes: false,
        scores: 3,
        gives_logits: false,
        labels: vec![],
        order: None,
        range: None,
    };
    assert_eq!(facts, unknown);
    std::fs::write(folder.path().join("labels.txt"), "mask\nnone\n\nvisor\n").unwrap();
    let metadata = vec![("Image.BitmapPixelFormat", "Bgr8"), ("Image.NominalPixelRange", "NominalRange_0_255")];
    let path = foreign(folder.path(), ColorModel { logits: true, channels_last: true, metadata, ..model() }, None);
    let told = ForeignFacts {
        channels_last: true,
        gives_logits: true,
        labels: ["mask", "none", "visor"].map(str::to_owned).to_vec(),
        order: Some(ChannelOrder::Bgr),
        range: Some(ValueRange::Bytes),
        ..unknown
    };
    assert_eq!(runtime.foreign(&path).unwrap().unwrap(), told);
    ColorModel::with_labels(&["red", "green", "blue"]).save(&path);
    assert_eq!(runtime.foreign(&path).unwrap(), None, "one of ours");
}

#[test]
fn a_described_classifier_of_another_program_answers_as_it_is_described() {
    let Some(runtime) = runtime() else { return };
    for channels_last in [false, true] {
        for logits in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let model = || ColorModel { logits, channels_last, ..ColorModel::with_labels(&["a", "b"]) };
            let answer = |order, range| {
                let path = foreign(folder.path(), model(), Some(answers(order, range)));
                let mut classifier = OnnxClassifier::open(&runtime, &path, 1).unwrap();
                let found = classifier.classify(&[color([255, 0, 0]), color([0, 51, 102])]).unwrap();
                std::fs::remove_file(path.with_extension("json")).unwrap();
                found
            };
            // The network's own answer is the softmax of the means, and so is ours of its logits.
            let softmax = |values: [f32; 3]| {
                let sum: f32 = values.iter().map(|value| value.exp()).sum();
                values.map(|value| value.exp() / sum)
            };
            let case = format!("channels last {channels_last}, logits {logits}");
            for (order, range, expected) in [
                (ChannelOrder::Rgb, ValueRange::Unit, [[1.0, 0.0, 0.0], [0.0, 0.2, 0.4]]),
                (ChannelOrder::Bgr, ValueRange::Unit, [[0.0, 0.0, 1.0], [0.4, 0.2, 0.0]]),
                (ChannelOrder::Rgb, ValueRange::Signed, [[1.0, -1.0, -1.0], [-1.0, -0.6, -0.2]]),
                (ChannelOrder::Bgr, ValueRange::Bytes, [[0.0, 0.0, 255.0], [102.0, 51.0, 0.0]]),
            ] {
                for (found, expected) in answer(order, range).iter().zip(expected) {
                    let expected = softmax(expected.map(|value: f32| value.min(80.0)));
                    if range == ValueRange::Bytes {
                        assert_eq!(
                            found.best().map(|best| best.0),
                            Some(if expected[0] > 0.5 { 0 } else { 2 }),
                            "{case}"
                        );
                        continue;
                    }
                    let alike = found.probabilities.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5);
                    assert!(alike, "{case} {order:?} {range:?}: {found:?}, expected {expected:?}");
                }
            }
        }
    }
}

#[test]
fn a_network_that_answers_with_a_map_is_no_classifier() {
    let Some(runtime) = runtime() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = foreign(folder.path(), ColorModel { map: true, ..ColorModel::with_labels(&["a", "b"]) }, None);
    let message = runtime.foreign(&path).unwrap_err().to_string();
    assert!(message.contains("[1, 3, 16, 16]") && message.contains("choose another model"), "{message}");
}

#[test]
fn a_description_of_another_model_or_none_is_an_error_with_the_remedy() {
    let Some(runtime) = runtime() else { return };
    let folder = tempfile::tempdir().unwrap();
    let model = || ColorModel::with_labels(&["a", "b"]);
    let path = foreign(folder.path(), model(), Some(answers(ChannelOrder::Rgb, ValueRange::Unit)));
    ColorModel { manifest: None, side: 20, ..model() }.save(&path);
    let message = OnnxClassifier::open(&runtime, &path, 1).unwrap_err().to_string();
    assert!(message.contains("theirs.json") && message.contains("load the model again"), "{message}");
    std::fs::remove_file(path.with_extension("json")).unwrap();
    let message = OnnxClassifier::open(&runtime, &path, 1).unwrap_err().to_string();
    assert!(message.contains("theirs.json") && message.contains("Model > Load"), "{message}");
}
