//! The program as a script sees it: exit status, stdout, stderr.
#![allow(clippy::unwrap_used)]

use std::{
    path::Path,
    process::{Command, Output},
};

use bauta_sample::{SampleConfig, write_sample};

fn bauta(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bauta")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> Vec<serde_json::Value> {
    String::from_utf8_lossy(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder of category folders with drawn crops: `each` pictures in each of two categories.
fn dataset(folder: &Path, each: u32) {
    for (category, seed) in [("left", 1), ("right", 2)] {
        let config = SampleConfig { seed, pictures: each, size: bauta_sample::LEAST_SIZE };
        let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
        write_sample(&folder.join(category), config, go_on).unwrap();
    }
}

#[test]
fn wrong_usage_is_status_two_and_a_failure_status_one() {
    assert_eq!(bauta(&["paint"]).status.code(), Some(2));
    assert_eq!(bauta(&["detect"]).status.code(), Some(2));
    assert_eq!(bauta(&["detect", "x.jpg", "--min-score", "7"]).status.code(), Some(2));
    assert_eq!(bauta(&["--help"]).status.code(), Some(0));
    let missing = bauta(&["crop", "nowhere.bauta", "--out", "x"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("nowhere.bauta"), "{}", stderr(&missing));
}

#[test]
fn the_runtime_records_nothing_to_send() {
    let folder = tempfile::tempdir().unwrap();
    let (pictures, home) = (folder.path().join("pictures"), folder.path().join("home"));
    dataset(&pictures, 1);
    let mut detect = Command::new(env!("CARGO_BIN_EXE_bauta"));
    for place in ["HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"] {
        detect.env(place, &home);
    }
    std::fs::create_dir(&home).unwrap();
    let output = detect.arg("detect").arg(&pictures).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let left: Vec<_> = std::fs::read_dir(&home).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn detect_prints_one_line_of_json_a_picture_and_lists_bad_ones() {
    let folder = tempfile::tempdir().unwrap();
    dataset(folder.path(), 1);
    std::fs::write(folder.path().join("broken.jpg"), b"no picture").unwrap();
    let output = bauta(&["detect", folder.path().to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines = stdout(&output);
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0]["width"].as_u64(), lines[0]["height"].as_u64()), (Some(320), Some(240)));
    let first = &lines[0]["boxes"][0];
    assert!(first["x2"].as_f64() > first["x1"].as_f64() && first["score"].as_f64() > Some(0.3), "{first}");
    assert!(stderr(&output).contains("broken.jpg"));
}

#[test]
fn train_evaluate_and_classify_speak_the_documented_json() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    dataset(&data, 6);
    let (data, out) = (data.to_str().unwrap(), out.to_str().unwrap());
    let output = bauta(&["train", data, "--out", out, "--preset", "tiny", "--size", "32", "--epochs", "2", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines = stdout(&output);
    let epochs: Vec<_> = lines.iter().filter(|line| line["event"] == "epoch").collect();
    assert_eq!(epochs.len(), 2);
    for key in ["loss", "accuracy", "val_loss", "val_accuracy", "seconds", "cpu_seconds"] {
        assert!(epochs[1][key].is_f64(), "{key}: {}", epochs[1]);
    }
    let last = lines.last().unwrap();
    assert_eq!(last["event"], "finished");
    let model = last["model"].as_str().unwrap();
    assert!(Path::new(model).is_file() && Path::new(model).with_extension("json").is_file());

    let figures = &stdout(&bauta(&["evaluate", model, data, "--json"]))[0];
    assert_eq!(figures["labels"], serde_json::json!(["left", "right"]));
    assert!(figures["balanced_accuracy"].is_f64() && figures["per_class"]["left"]["support"] == 6);
    let counted: u64 = figures["confusion"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .filter_map(serde_json::Value::as_u64)
        .sum();
    assert_eq!(counted, 12);

    let picture = format!("{data}/left/portrait_001.jpg");
    let answer = &stdout(&bauta(&["classify", model, &picture, "--json"]))[0];
    assert!(answer["box"].is_null() && answer["probabilities"]["right"].is_f64(), "{answer}");
}

#[test]
fn a_dataset_that_cannot_be_trained_on_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    dataset(&data, 1);
    let train = |data: &Path| bauta(&["train", data.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let few = train(&data);
    assert_eq!(few.status.code(), Some(1));
    assert!(stderr(&few).contains("at least two"), "{}", stderr(&few));
    std::fs::remove_dir_all(data.join("right")).unwrap();
    assert!(stderr(&train(&data)).contains("two categories"));
    assert!(stderr(&train(folder.path().join("nothing").as_path())).contains("nothing"));
}
