//! Trainings of a project on the command line: remembered, shown, compared, renamed, deleted.
#![allow(clippy::unwrap_used)]

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Output, Stdio},
};

use bauta_adapters::{connect, draw_sample};
use bauta_app::Project;
use bauta_domain::{ImageSize, ports::CancelToken};
use bauta_sample::SampleConfig;
use serde_json::Value;

fn bauta(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bauta")).args(arguments).output().unwrap()
}

fn done(arguments: &[&str]) -> String {
    let output = bauta(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A project of drawn photos with labelled faces.
fn project(folder: &Path) -> String {
    let adapters = connect(&[], None).unwrap();
    let config = SampleConfig { seed: 3, pictures: 30, size: ImageSize::new(320, 240) };
    let photos = draw_sample(&folder.join("photos"), &config, &mut |_| {}, &CancelToken::default()).unwrap();
    let path = folder.join("test.bauta");
    let project = Project::create(&path, adapters).unwrap();
    project.add_folder(&folder.join("photos")).unwrap();
    project.add_generated(&photos).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_project_remembers_trainings_that_the_command_line_did() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let out = folder.path().join("out");
    let train = |more: &[&str]| {
        let usual = ["train", &project, "--out", out.to_str().unwrap(), "--preset", "tiny", "--size", "32"];
        let epochs = if more.contains(&"--epochs") { &[][..] } else { &["--epochs", "2"] };
        done(&[&usual[..], epochs, more].concat());
    };
    train(&[]);
    // The same training goes on: it has an epoch left to do.
    train(&["--learning-rate", "0.01", "--epochs", "3", "--resume"]);
    assert_eq!(done(&["runs", "list", &project]).lines().count(), 1, "one training, one record");
    let shown: Value = serde_json::from_str(&done(&["runs", "show", &project, "1", "--json"])).unwrap();
    assert_eq!(shown["run"]["figures"].as_array().unwrap().len(), 3, "epochs that were done before are in the record");
    let epochs = shown["epochs"].as_array().unwrap();
    assert!(epochs.iter().all(|epoch| !epoch["stepLosses"].as_array().unwrap().is_empty()), "{shown}");
    assert!(epochs.iter().all(|epoch| !epoch["confusion"].as_array().unwrap().is_empty()), "{shown}");
    done(&["runs", "delete", &project, "1"]);

    train(&[]);
    train(&["--learning-rate", "0.01"]);

    let listed = done(&["runs", "list", &project]);
    assert_eq!(listed.lines().count(), 2, "{listed}");
    assert!(listed.lines().all(|line| line.contains("test  finished, 2 of 2 epochs  0.")), "{listed}");
    let shown: Value = serde_json::from_str(&done(&["runs", "show", &project, "2", "--json"])).unwrap();
    assert_eq!(shown["run"]["config"]["learningRate"], 0.01);
    assert_eq!(shown["run"]["figures"].as_array().unwrap().len(), 2);
    assert!(shown["run"]["environment"]["trainer"].as_str().unwrap().contains("ONNX Runtime"));
    assert!(shown["run"]["summary"]["cpuSeconds"].as_f64() > Some(0.0));
    let epochs = shown["epochs"].as_array().unwrap();
    assert!(epochs.iter().all(|epoch| !epoch["stepLosses"].as_array().unwrap().is_empty()), "{shown}");
    assert_eq!(epochs[0]["confusion"].as_array().unwrap().len(), 4, "four categories");
    assert!(done(&["runs", "show", &project, "2"]).contains("precision"));

    let compared = done(&["runs", "compare", &project, "1", "2"]);
    assert!(compared.contains("learningRate: 0.001 | 0.01") && !compared.contains("different pictures"), "{compared}");

    done(&["runs", "rename", &project, "1", "the first"]);
    done(&["runs", "delete", &project, "2"]);
    let listed = done(&["runs", "list", &project]);
    assert!(listed.lines().count() == 1 && listed.contains("the first"), "{listed}");
    let unknown = bauta(&["runs", "show", &project, "7"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no training 7; there are 1"));
}

#[test]
fn a_training_of_a_project_that_was_killed_goes_on_in_its_record_and_can_in_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    // A path that means something in this working folder only.
    let train = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bauta"));
        command.env("BAUTA_MODELS", concat!(env!("CARGO_MANIFEST_DIR"), "/../../models"));
        command.current_dir(folder.path()).args(["train", "test.bauta", "--out", "out", "--preset", "tiny"]);
        command.args(["--size", "32", "--threads", "2", "--epochs"]).args(more);
        command
    };
    let mut killed = train(&["5000"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(killed.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("epoch  3")));
    killed.kill().unwrap();
    killed.wait().unwrap();
    let listed = done(&["runs", "list", &project]);
    assert!(listed.contains("interrupted") && !listed.contains("running"), "{listed}");
    let show = || -> Value { serde_json::from_str(&done(&["runs", "show", &project, "1", "--json"])).unwrap() };
    let before = show();
    assert_eq!(before["run"]["canResume"], true, "{before}");

    let done_so_far = before["run"]["figures"].as_array().unwrap().len();
    // The state may be of one epoch more than the record, which the kill may have come before.
    let resumed = train(&[&(done_so_far + 2).to_string(), "--resume"]).output().unwrap();
    let said = String::from_utf8_lossy(&resumed.stdout).into_owned() + &String::from_utf8_lossy(&resumed.stderr);
    assert!(resumed.status.success() && said.contains("going on after epoch"), "{said}");
    assert_eq!(done(&["runs", "list", &project]).lines().count(), 1);
    let after = show();
    assert_eq!(after["run"]["outcome"], "finished");
    assert_eq!(after["epochs"].as_array().unwrap().len(), done_so_far + 2);
    let model = after["run"]["summary"]["model"].as_str().unwrap().to_owned();
    assert!(Path::new(&model).is_absolute() && after["run"]["hasModel"] == true, "{model}");

    // Other boxes are another training.
    let adapters = connect(&[], None).unwrap();
    let photos = folder.path().join("more");
    let config = SampleConfig { seed: 4, pictures: 4, size: ImageSize::new(320, 240) };
    let pictures = draw_sample(&photos, &config, &mut |_| {}, &CancelToken::default()).unwrap();
    Project::open(Path::new(&project), adapters).unwrap().add_generated(&pictures).unwrap();
    let refused = train(&["9999", "--resume"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("other pictures"), "{refused:?}");
    assert_eq!(show()["run"], after["run"], "the record is as it was");
}

#[test]
fn a_training_is_repeated_with_the_same_figures_or_with_another_seed() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path());
    let out = folder.path().join("out");
    let size = ["--preset", "tiny", "--size", "32", "--epochs", "2", "--threads", "2"];
    done(&[&["train", &project, "--out", out.to_str().unwrap()], &size[..]].concat());
    done(&["runs", "repeat", &project, "1"]);
    done(&["runs", "repeat", &project, "1", "--seed", "7", "--json"]);
    let runs: Vec<Value> =
        done(&["runs", "list", &project, "--json"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let losses = |run: &Value| -> Vec<f64> {
        run["figures"].as_array().unwrap().iter().filter_map(|epoch| epoch["loss"].as_f64()).collect()
    };
    assert_eq!((runs.len(), losses(&runs[0])), (3, losses(&runs[1])));
    assert_ne!(losses(&runs[0]), losses(&runs[2]));
    assert!(runs.iter().all(|run| run["hasModel"] == true), "{runs:?}");
    let compared = done(&["runs", "compare", &project, "1", "3"]);
    assert!(compared.contains("seed: 42 | 7") && !compared.contains("different pictures"), "{compared}");
    assert_eq!(bauta(&["runs", "repeat", &project, "1", "--learning-rate", "0"]).status.code(), Some(2));
}
