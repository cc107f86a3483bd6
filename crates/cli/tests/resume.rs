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
