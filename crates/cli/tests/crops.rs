//! Auto-crop and unprocessed photos on folders as people have them, through the program itself.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::{
    collections::HashSet,
    path::Path,
    process::{Command, Output},
};

use bauta_domain::ports::Cropper as _;
use bauta_sample::{SampleConfig, write_sample};
use serde_json::Value;

const BAUTA: &str = env!("CARGO_BIN_EXE_bauta");

fn bauta(arguments: &[&str]) -> Output {
    Command::new(BAUTA).args(arguments).output().unwrap()
}

fn summary(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn photos(folder: &Path, pictures: u32) -> Vec<std::path::PathBuf> {
    let config = SampleConfig { seed: 3, pictures, size: bauta_sample::LEAST_SIZE };
    let go_on = &mut |_, _| std::ops::ControlFlow::Continue(());
    write_sample(folder, config, go_on).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jpg"));
    files.sort();
    files
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn names_of_all_kinds_and_links_in_a_loop_give_crops_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let (drawn, raw, crops) = (folder.path().join("drawn"), folder.path().join("raw"), folder.path().join("crops"));
    let photo = &photos(&drawn, 1)[0];
    let long = |end: &str| format!("{}{end}.jpg", "ä".repeat(125 - end.len()));
    let names = [
        "#1 100%.jpg".to_owned(),
        "IMG.jpg".to_owned(),
        "img.JPG".to_owned(),
        "a, \"b\" = c.jpg".to_owned(),
        "日本語 🎭.jpg".to_owned(),
        "e\u{301}.jpg".to_owned(),
        "é.jpg".to_owned(),
        "-rf.jpg".to_owned(),
        long("1"),
        long("2"),
    ];
    std::fs::create_dir_all(raw.join("sub")).unwrap();
    for name in &names {
        std::fs::copy(photo, raw.join(name)).unwrap();
    }
    std::fs::copy(photo, raw.join("sub/IMG.jpg")).unwrap();
    std::os::unix::fs::symlink(&raw, raw.join("sub/loop")).unwrap();
    std::os::unix::fs::symlink("nowhere.jpg", raw.join("dangling.jpg")).unwrap();

    let run = || summary(&bauta(&["autocrop", text(&raw), "--out", text(&crops), "--json"]));
    let first = run();
    let written = first["written"].as_u64().unwrap() as usize;
    assert!(written > 0 && written.is_multiple_of(names.len() + 1), "{first}");
    let problems = first["problems"].as_array().unwrap();
    assert!(problems.len() == 1 && problems[0]["place"].as_str().unwrap().contains("dangling.jpg"), "{first}");
    let saved = std::fs::read_dir(&crops).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let saved: Vec<String> = saved.filter(|name| name.ends_with(".png")).collect();
    let distinct: HashSet<String> = saved.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!((saved.len(), distinct.len()), (written, written), "also where case does not count");
    let again = run();
    assert_eq!((again["written"].as_u64(), again["unchanged"].as_u64()), (Some(0), Some(written as u64)));

    let rest = folder.path().join("rest");
    let found = summary(&bauta(&["unprocessed", text(&raw), text(&crops), "--out", text(&rest), "--json"]));
    assert_eq!((found["processed"].as_u64(), found["copied"].as_u64()), (Some(names.len() as u64 + 1), Some(0)));
}

/// A picture without a face.
fn plain(path: &Path) {
    bauta_imaging::DiskImages
        .save_png(&bauta_domain::RgbImage::filled(bauta_domain::ImageSize::new(64, 64), [90; 3]), path)
        .unwrap();
}

#[test]
fn no_face_is_an_answer_no_readable_photo_and_no_photo_at_all_are_failures() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["faceless", "broken", "empty"] {
        std::fs::create_dir(at(name)).unwrap();
    }
    plain(&at("faceless/grey.png"));
    for name in ["faceless/torn.jpg", "broken/torn.jpg"] {
        std::fs::write(at(name), "no picture").unwrap();
    }
    let crops = at("crops");
    for (name, status, says) in [
        ("faceless", 0, "left out"),
        ("faceless", 0, "left out"),
        ("broken", 1, "none of the 1 picture(s) could be read"),
        ("empty", 1, "no pictures found; expected JPEG"),
    ] {
        let output = bauta(&["autocrop", text(&at(name)), "--out", text(&crops)]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{name}: {errors}");
        assert!(errors.contains(says), "{name}: {errors}");
    }
    let output = bauta(&["unprocessed", text(&at("empty")), text(&crops), "--out", text(&at("rest"))]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_deleted_crop_is_told_and_made_anew_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let (raw, crops) = (folder.path().join("raw"), folder.path().join("crops"));
    photos(&raw, 2);
    let run = |more: &[&str]| bauta(&[&["autocrop", text(&raw), "--out", text(&crops)], more].concat());
    let first = summary(&run(&["--json"]))["written"].as_u64().unwrap();
    let mut files = std::fs::read_dir(&crops).unwrap().map(|entry| entry.unwrap().path());
    std::fs::remove_file(files.find(|file| file.extension().is_some_and(|ending| ending == "png")).unwrap()).unwrap();
    let said = String::from_utf8(run(&[]).stdout).unwrap();
    assert!(said.contains("1 crop(s) were deleted by hand and left out; --again makes them anew"), "{said}");
    let again = summary(&run(&["--again", "--json"]));
    assert_eq!((again["written"].as_u64(), again["unchanged"].as_u64()), (Some(1), Some(first - 1)));
}

#[test]
fn a_run_that_is_killed_is_completed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (raw, crops) = (folder.path().join("raw"), folder.path().join("crops"));
    photos(&raw, 30);
    let pictures = || std::fs::read_dir(&crops).into_iter().flatten().flatten().map(|entry| entry.path());
    let png = |path: &std::path::PathBuf| path.extension().is_some_and(|ending| ending == "png");
    let mut child = Command::new(BAUTA)
        .args(["autocrop", text(&raw), "--out", text(&crops)])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while pictures().filter(png).count() == 0 && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let there = pictures().filter(png).count() as u64;
    let second = summary(&bauta(&["autocrop", text(&raw), "--out", text(&crops), "--json"]));
    assert_eq!((second["deleted"].as_u64(), second["unchanged"].as_u64()), (Some(0), Some(there)), "{second}");
    let other = folder.path().join("other");
    let whole = summary(&bauta(&["autocrop", text(&raw), "--out", text(&other), "--json"]));
    assert_eq!(pictures().filter(png).count() as u64, whole["written"].as_u64().unwrap());
}

#[test]
fn a_reader_that_went_away_ends_detection_quietly() {
    let folder = tempfile::tempdir().unwrap();
    photos(folder.path(), 12);
    let script = r#""$1" detect "$2" | head -1"#;
    let output = Command::new("sh").args(["-c", script, "sh", BAUTA, text(folder.path())]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// Runs a script in a file system of its own, in which it may mount disks; `None` where the system forbids that.
fn with_own_mounts(script: &str, arguments: &[&str]) -> Option<Output> {
    let shell = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
        command
    };
    let allowed = shell("mount -t tmpfs -o size=64k tmpfs /mnt").output().is_ok_and(|done| done.status.success());
    if !allowed {
        eprintln!("skipped: this system lets nobody mount a disk of their own");
        return None;
    }
    Some(shell(script).args(arguments).output().unwrap())
}

#[test]
fn a_full_disk_stops_the_run_with_whole_crops_and_the_next_run_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let raw = folder.path().join("raw");
    photos(&raw, 12);
    let script = r#"
        mount -t tmpfs -o size=700k tmpfs /mnt
        "$1" autocrop "$2" --out /mnt/crops --size 512
        echo "status $?"
        ls -A /mnt/crops
        mount -o remount,size=100m /mnt
        "$1" autocrop "$2" --out /mnt/crops --size 512 --json
    "#;
    let Some(output) = with_own_mounts(script, &[BAUTA, text(&raw)]) else { return };
    let (out, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(errors.contains("the disk is full; free some space") && errors.contains("goes on from there"), "{errors}");
    assert!(out.contains("status 1"), "{out}");
    assert!(!out.contains(".part"), "nothing unfinished stays: {out}");
    let before = out.lines().filter(|line| line.ends_with(".png")).count() as u64;
    let second: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert!(before > 0, "{out}");
    // What was there had its hash, so it was whole.
    assert_eq!((second["unchanged"].as_u64(), second["updated"].as_u64()), (Some(before), Some(0)), "{out}");
    assert!(second["written"].as_u64() > Some(0) && second["problems"].as_array().unwrap().is_empty(), "{out}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let raw = folder.path().join("raw");
    photos(&raw, 1);
    let script = r#"
        mount -t tmpfs -o size=1m tmpfs /mnt && mkdir /mnt/crops && mount -o remount,ro /mnt
        "$1" autocrop "$2" --out /mnt/crops; echo "status $?"
        "$1" unprocessed "$2" /mnt/crops --out /mnt/rest; echo "status $?"
    "#;
    let Some(output) = with_own_mounts(script, &[BAUTA, text(&raw)]) else { return };
    let errors = String::from_utf8_lossy(&output.stderr);
    for place in ["/mnt/crops: crops cannot be saved here", "/mnt/rest: photos cannot be copied here"] {
        let line = errors.lines().find(|line| line.contains(place)).unwrap_or_default();
        assert!(line.contains("cannot be written; change its permissions"), "{errors}");
        assert!(line.contains("choose another folder"), "{errors}");
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout), "status 1\nstatus 1\n");
}
