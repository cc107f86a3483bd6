//! Trainings of a project on the command line: remembered, shown, compared, renamed, deleted.
#![allow(clippy::unwrap_used)]

use std::{
    path::Path,
    process::{Command, Output},
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
        let usual =
            ["train", &project, "--out", out.to_str().unwrap(), "--preset", "tiny", "--size", "32", "--epochs", "2"];
        done(&[&usual[..], more].concat());
    };
    train(&[]);
    // The state of the same training is there, so that it has nothing left to do.
    train(&["--learning-rate", "0.01", "--resume"]);
    done(&["runs", "delete", &project, "1"]);
    let shown: Value = serde_json::from_str(&done(&["runs", "show", &project, "1", "--json"])).unwrap();
    assert_eq!(shown["run"]["figures"].as_array().unwrap().len(), 2, "epochs that were done before are in the record");
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
