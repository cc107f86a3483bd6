//! A training that is killed goes on to the figures of one that was not.
#![allow(clippy::unwrap_used)]

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use bauta_sample::{SampleConfig, write_sample};
use serde_json::Value;

fn train(data: &Path, out: &Path, resume: bool) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bauta"));
    command.arg("train").arg(data).arg("--out").arg(out);
    command.args(["--preset", "tiny", "--size", "48", "--epochs", "6", "--threads", "2", "--json"]);
    if resume {
        command.arg("--resume");
    }
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn lines(child: &mut Child) -> impl Iterator<Item = Value> + use<> {
    let output = BufReader::new(child.stdout.take().unwrap());
    output.lines().map_while(Result::ok).map(|line| serde_json::from_str(&line).unwrap())
}

/// Losses and accuracies of every epoch, and what came out.
fn figures(lines: &[Value]) -> Vec<f64> {
    let keys = ["loss", "accuracy", "val_loss", "val_accuracy", "best_epoch"];
    lines.iter().flat_map(|line| keys.iter().filter_map(|key| line[key].as_f64())).collect()
}

#[test]
fn a_killed_training_goes_on_to_the_same_figures() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for (category, seed) in [("left", 1), ("right", 2)] {
        let config = SampleConfig { seed, pictures: 12, size: bauta_sample::LEAST_SIZE };
        write_sample(&data.join(category), config, &mut |_, _| std::ops::ControlFlow::Continue(())).unwrap();
    }
    let mut whole = train(&data, &folder.path().join("whole"), false);
    let expected: Vec<Value> = lines(&mut whole).collect();
    assert!(whole.wait().unwrap().success());

    let out = folder.path().join("killed");
    let mut killed = train(&data, &out, false);
    let third = lines(&mut killed).find(|line| line["event"] == "epoch" && line["epoch"] == 3);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(third.is_some() && !out.join("model.onnx").exists());

    let mut again = train(&data, &out, true);
    let found: Vec<Value> = lines(&mut again).collect();
    assert!(again.wait().unwrap().success());
    let started = found.iter().find(|line| line["event"] == "started").unwrap();
    assert!(started["resumed"].as_u64() >= Some(3), "{started}");
    let (expected, found) = (figures(&expected), figures(&found));
    assert_eq!(expected.len(), found.len());
    assert!(expected.iter().zip(&found).all(|(a, b)| (a - b).abs() < 1e-12), "{expected:?}\n{found:?}");
}

/// Two categories of drawn pictures.
fn draw(data: &Path, pictures: u32) {
    for (category, seed) in [("left", 1), ("right", 2)] {
        let config = SampleConfig { seed, pictures, size: bauta_sample::LEAST_SIZE };
        write_sample(&data.join(category), config, &mut |_, _| std::ops::ControlFlow::Continue(())).unwrap();
    }
}

/// A whole training with the working folder `folder`.
fn train_in(folder: &Path, arguments: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bauta"));
    // Found upwards from the working folder otherwise.
    command.env("BAUTA_MODELS", concat!(env!("CARGO_MANIFEST_DIR"), "/../../models"));
    command.current_dir(folder).args(["train", "--preset", "tiny", "--size", "32", "--threads", "2"]).args(arguments);
    command.output().unwrap()
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_training_goes_on_from_another_working_folder_and_without_a_photo_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    draw(&root.join("data"), 8);
    let first = train_in(root, &["data", "--out", "out", "--epochs", "1"]);
    assert!(first.status.success(), "{}", said(&first));
    std::fs::create_dir(root.join("elsewhere")).unwrap();
    let moved = train_in(&root.join("elsewhere"), &["../data", "--out", "../out", "--epochs", "2", "--resume"]);
    assert!(moved.status.success() && said(&moved).contains("going on after epoch 1"), "{}", said(&moved));

    std::fs::remove_file(root.join("data/left/portrait_002.jpg")).unwrap();
    let absolute = root.join("data").display().to_string();
    let gone = train_in(root, &[&absolute, "--out", "out", "--epochs", "3", "--resume"]);
    assert!(gone.status.success() && said(&gone).contains("going on after epoch 2"), "{}", said(&gone));
    assert!(said(&gone).contains("left out: ") && said(&gone).contains("portrait_002.jpg"), "{}", said(&gone));
}

#[test]
fn one_that_is_refused_leaves_what_the_training_before_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    draw(&root.join("data"), 8);
    let train = |more: &[&str]| train_in(root, &[&["data", "--out", "out", "--epochs", "1"], more].concat());
    assert!(train(&[]).status.success());
    let files = || {
        ["split.json", "model.checkpoint", "model.onnx"].map(|name| std::fs::read(root.join("out").join(name)).unwrap())
    };
    let before = files();
    let refused = train(&["--seed", "7", "--resume"]);
    assert!(refused.status.code() == Some(1) && said(&refused).contains("other settings"), "{}", said(&refused));
    assert!(files() == before);
}

#[test]
fn one_that_ran_away_goes_on_with_smaller_steps() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    draw(&root.join("data"), 8);
    let train =
        |more: &[&str]| train_in(root, &[&["data", "--out", "out", "--epochs", "3", "--batch", "2"], more].concat());
    let wild = train(&["--learning-rate", "1e6"]);
    assert!(wild.status.code() == Some(1) && said(&wild).contains("it is 1e6"), "{}", said(&wild));
    let tame = train(&["--learning-rate", "1e-4", "--resume"]);
    assert!(tame.status.success(), "{}\n{}", said(&wild), said(&tame));
}

#[cfg(unix)]
#[test]
fn one_that_is_stopped_by_ctrl_c_says_so_and_keeps_its_model() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    draw(&data, 8);
    let mut command = Command::new(env!("CARGO_BIN_EXE_bauta"));
    command.arg("train").arg(&data).arg("--out").arg(&out);
    command.args(["--preset", "tiny", "--size", "48", "--epochs", "5000", "--threads", "1"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("epoch  1")));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let rest: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success());
    assert!(
        rest.iter().any(|line| line.contains("stopped before the last epoch") && line.contains("--resume")),
        "{rest:?}"
    );
    assert!(out.join("model.onnx").exists());
}

/// A disk that is full as far as this program sees: no file may become larger than `bytes`.
#[cfg(unix)]
fn with_room_for(bytes: usize, data: &Path, out: &Path, epochs: &str) -> std::process::Output {
    let limited = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", bytes / 512);
    let mut command = Command::new("sh");
    command.args(["-c", &limited, "sh", env!("CARGO_BIN_EXE_bauta"), "train"]).arg(data).arg("--out").arg(out);
    command.args(["--preset", "tiny", "--size", "48", "--threads", "2", "--json", "--resume", "--epochs", epochs]);
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_full_disk_at_a_checkpoint_is_a_warning_and_the_earlier_state_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    for (category, seed) in [("left", 1), ("right", 2)] {
        let config = SampleConfig { seed, pictures: 6, size: bauta_sample::LEAST_SIZE };
        write_sample(&data.join(category), config, &mut |_, _| std::ops::ControlFlow::Continue(())).unwrap();
    }
    let plenty = with_room_for(1 << 30, &data, &out, "1");
    assert!(plenty.status.success(), "{}", String::from_utf8_lossy(&plenty.stderr));
    let state = std::fs::read(out.join("model.checkpoint")).unwrap();
    let model = std::fs::metadata(out.join("model.onnx")).unwrap().len() as usize;
    assert!(model < state.len() / 2, "the state is the larger one: {model}, {}", state.len());
    // The model still has room, the state has not.
    let full = with_room_for(model + state.len() / 4, &data, &out, "3");
    let said = String::from_utf8_lossy(&full.stderr);
    assert!(full.status.success(), "{said}");
    assert_eq!(said.matches("make space on that disk").count(), 2, "{said}");
    assert_eq!(std::fs::read(out.join("model.checkpoint")).unwrap(), state);
}
