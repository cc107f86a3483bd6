//! How `bauta train` divides pictures: at random, by group, into folds; and wrong usage of it.
#![allow(clippy::unwrap_used)]

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use bauta_sample::{SampleConfig, write_sample};
use serde_json::Value;

/// Pictures in `CLASS/PERSON/…`: of two categories, and of each by four people.
fn people(folder: &Path) -> PathBuf {
    let data = folder.join("data");
    for (label, seed) in [("left", 10), ("right", 20)] {
        for (place, person) in ["Ann", "Bob", "Cid", "Dan"].into_iter().enumerate() {
            draw(&data.join(label).join(person), seed + place as u64, 3);
        }
    }
    data
}

fn draw(folder: &Path, seed: u64, pictures: u32) {
    let config = SampleConfig { seed, pictures, size: bauta_sample::LEAST_SIZE };
    write_sample(folder, config, &mut |_, _| std::ops::ControlFlow::Continue(())).unwrap();
}

fn train(data: &Path, out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bauta"));
    command.arg("train").arg(data).arg("--out").arg(out);
    command.args(["--preset", "tiny", "--size", "32", "--epochs", "1", "--threads", "2"]).args(more);
    command.output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The paths on each side of the division that was saved.
fn sides(out: &Path) -> [Vec<PathBuf>; 2] {
    let split: Value = serde_json::from_slice(&std::fs::read(out.join("split.json")).unwrap()).unwrap();
    ["training", "validation"].map(|side| {
        let entries = split[side].as_array().unwrap().iter();
        entries.map(|entry| PathBuf::from(entry["path"].as_str().unwrap())).collect()
    })
}

fn people_of(side: &[PathBuf]) -> HashSet<String> {
    side.iter().map(|path| path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn people_are_never_divided_by_folder_and_are_at_random() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (people(folder.path()), folder.path().join("out"));
    for by_group in [&[][..], &["--groups", "folder"]] {
        let output = train(&data, &out, by_group);
        assert!(output.status.success(), "{}", stderr(&output));
        let [training, validation] = sides(&out);
        assert!(people_of(&training).is_disjoint(&people_of(&validation)), "{by_group:?}: {validation:?}");
        assert!(training.iter().all(|path| path.is_absolute()));
    }
    let output = train(&data, &out, &["--random-split"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let [training, validation] = sides(&out);
    assert!(!people_of(&training).is_disjoint(&people_of(&validation)), "{validation:?}");
    assert_eq!(train(&data, &out, &["--random-split", "--groups", "folder"]).status.code(), Some(2));
}

#[test]
fn a_column_of_a_table_names_the_groups() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    let mut table = "file,person\n".to_owned();
    for (label, seed) in [("left", 1), ("right", 2)] {
        draw(&data.join(label), seed, 8);
        for (place, path) in std::fs::read_dir(data.join(label)).unwrap().enumerate() {
            let name = path.unwrap().file_name().into_string().unwrap();
            table += &format!("{label}/{name},person {}\n", place % 4);
        }
    }
    let file = folder.path().join("people.csv");
    std::fs::write(&file, &table).unwrap();
    let output = train(&data, &out, &["--groups", &format!("{}:person", file.display())]);
    assert!(output.status.success(), "{}", stderr(&output));
    let person = |path: &PathBuf| {
        let name = format!(
            "{}/{}",
            path.parent().unwrap().file_name().unwrap().display(),
            path.file_name().unwrap().display()
        );
        let line = table.lines().find(|line| line.starts_with(&format!("{name},"))).unwrap();
        line.rsplit_once(',').unwrap().1
    };
    let people = |side: &[PathBuf]| side.iter().map(person).collect::<HashSet<_>>();
    let [training, validation] = sides(&out);
    assert!(people(&training).is_disjoint(&people(&validation)), "{validation:?}");
    let unknown = train(&data, &out, &["--groups", &format!("{}:colour", file.display())]);
    assert!(unknown.status.code() == Some(1) && stderr(&unknown).contains("colour"), "{}", stderr(&unknown));
}

#[test]
fn pictures_right_in_their_categorys_folder_are_no_group() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    draw(&data.join("left"), 1, 5);
    draw(&data.join("right"), 2, 5);
    let output = train(&data, &out, &["--groups", "folder"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("10 picture(s) lie in no folder below"), "{}", stderr(&output));
}

#[test]
fn every_picture_is_checked_in_one_fold() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (people(folder.path()), folder.path().join("out"));
    let output = train(&data, &out, &["--folds", "2", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let last: Value = serde_json::from_str(String::from_utf8_lossy(&output.stdout).lines().last().unwrap()).unwrap();
    assert_eq!((&last["event"], last["folds"].as_array().unwrap().len()), (&Value::from("folds"), 2));
    let counted: u64 = last["confusion"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|row| row.as_array().unwrap())
        .filter_map(Value::as_u64)
        .sum();
    assert_eq!(counted, 24);
    let [first, second] = ["fold-1", "fold-2"].map(|fold| {
        assert!(out.join(fold).join("model.onnx").exists());
        let [training, validation] = sides(&out.join(fold));
        assert!(people_of(&training).is_disjoint(&people_of(&validation)), "{fold}");
        validation.into_iter().collect::<HashSet<_>>()
    });
    assert!(first.is_disjoint(&second) && first.len() + second.len() == 24);
}

#[test]
fn a_category_with_an_unreadable_picture_is_checked_with_one_that_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    draw(&data.join("left"), 1, 5);
    draw(&data.join("right"), 2, 5);
    let mut files: Vec<_> = std::fs::read_dir(data.join("left")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let whole = std::fs::read(&file).unwrap();
        std::fs::write(&file, b"").unwrap();
        let output = train(&data, &out, &[]);
        assert!(output.status.success(), "{}: {}", file.display(), stderr(&output));
        assert!(stderr(&output).contains("left out"), "{}", stderr(&output));
        std::fs::write(&file, whole).unwrap();
    }
}

#[test]
fn numbers_out_of_their_range_are_wrong_usage() {
    for wrong in [
        &["--learning-rate", "0"][..],
        &["--learning-rate", "nan"],
        &["--learning-rate", "inf"],
        &["--test-share", "0"],
        &["--test-share", "1"],
        &["--blur", "0.5"],
        &["--zoom", "1"],
        &["--rotation", "181"],
        &["--dropout", "1"],
        &["--label-smoothing", "1"],
        &["--groups", "nope"],
        &["--groups", ":column"],
    ] {
        let output = train(Path::new("nowhere"), Path::new("nowhere"), wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", stderr(&output));
        assert!(stderr(&output).contains("expected"), "{wrong:?}: {}", stderr(&output));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_takes_nothing_does_not_cost_the_model_and_is_a_failure_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    draw(&data.join("left"), 1, 5);
    draw(&data.join("right"), 2, 5);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bauta"));
    command.arg("train").arg(&data).arg("--out").arg(&out).stdout(full);
    let output = command.args(["--preset", "tiny", "--size", "32", "--epochs", "2"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(out.join("model.onnx").exists() && stderr(&output).contains("make space"), "{}", stderr(&output));
}
