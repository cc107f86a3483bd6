//! Study, tuning and report on the command line: done once, going on, and said plainly.
#![allow(clippy::unwrap_used)]

use std::{
    path::Path,
    process::{Command, Output},
};

use bauta_sample::{SampleConfig, write_sample};
use serde_json::Value;

fn bauta(folder: &Path, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bauta"));
    command.env("BAUTA_MODELS", concat!(env!("CARGO_MANIFEST_DIR"), "/../../models"));
    command.current_dir(folder).args(arguments.split(' ')).output().unwrap()
}

fn done(folder: &Path, arguments: &str) -> String {
    let output = bauta(folder, arguments);
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(folder: &Path, arguments: &str) -> String {
    let output = bauta(folder, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments}");
    String::from_utf8(output.stderr).unwrap()
}

/// Two categories of drawn pictures, in `data`.
fn draw(folder: &Path) {
    for (category, seed) in [("left", 1), ("right <b>", 2)] {
        let config = SampleConfig { seed, pictures: 8, size: bauta_sample::LEAST_SIZE };
        let place = folder.join("data").join(category);
        write_sample(&place, config, &mut |_, _| std::ops::ControlFlow::Continue(())).unwrap();
    }
}

#[test]
fn trials_run_anywhere_and_are_joined_and_changed_pictures_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    draw(root);
    let options = "tune data --out out --trials 3 --arch tiny --sizes 32 --epochs 1 --seeds 2 --threads 1";
    let plan = done(root, &format!("{options} --plan"));
    assert_eq!(plan.lines().count(), 3, "{plan}");
    std::fs::write(root.join("plan.jsonl"), &plan).unwrap();
    done(root, "tune --trial plan.jsonl:2 --out out");
    assert_eq!(done(root, &format!("{options} --plan")).lines().count(), 2, "what is done is not due again");

    let told = done(root, &format!("{options} --json"));
    let last: Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    assert_eq!(last["due"], 0, "{last}");
    assert!(last["verdict"].as_str().unwrap().contains("these data can show"), "{last}");
    assert_eq!(done(root, &format!("{options} --json")).lines().count(), 1, "nothing is done twice");
    assert_eq!(done(root, &format!("{options} --plan")), "");
    let page = std::fs::read_to_string(root.join("out/report.html")).unwrap();
    assert!(page.contains("Nadeau and Bengio") && !page.contains("<b>"), "the test is named, text is escaped");

    let other = refused(root, &options.replace("--trials 3", "--trials 4"));
    assert!(other.contains("other options"), "{other}");
    std::fs::remove_file(root.join("data/left/portrait_002.jpg")).unwrap();
    let changed = refused(root, options);
    assert!(changed.contains("changed"), "{changed}");
    let changed = refused(root, "tune --trial plan.jsonl:1 --out elsewhere");
    assert!(changed.contains("not the pictures"), "{changed}");
}

#[test]
fn a_study_goes_on_where_it_was_and_its_trainings_can_be_reported_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    draw(root);
    let study = "study data --out out --grid losses --seeds 1 --size 48 --epochs 1 --threads 2 --json";
    let told = done(root, study);
    assert_eq!(told.lines().count(), 3 + 1, "{told}");
    let record = root.join("out/runs/small-vgg-msle-48px-1ep-seed42/run.json");
    let before = std::fs::read(&record).unwrap();
    done(root, study);
    assert!(std::fs::read(&record).unwrap() == before, "a training that is done is not done again");
    let run = "out/runs/small-vgg-msle-48px-1ep-seed42";
    done(root, &format!("report {run} {run} --out page.html"));
    let page = std::fs::read_to_string(root.join("page.html")).unwrap();
    assert!(page.contains("right &lt;b&gt;") && !page.contains("right <b>"));
    assert!(root.join("page-files/1-confusion.csv").exists() && root.join("page-files/accuracy.svg").exists());

    #[cfg(unix)]
    {
        // No file may become larger than 4 KB: the page has no room, and says so.
        let limited = "trap '' XFSZ; ulimit -f 8; exec \"$@\"";
        let mut full = Command::new("sh");
        full.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_bauta"), "report", run, "--out", "page.html"]);
        let output = full.current_dir(root).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("choose another folder"), "{said}");
        assert!(std::fs::read_to_string(root.join("page.html")).unwrap() == page, "the earlier page is as it was");
    }

    let impossible = refused(root, "study data --out small --grid losses --seeds 1 --size 32 --epochs 1");
    assert!(impossible.contains("none of the study's trainings"), "{impossible}");
    assert!(root.join("small/report.html").exists(), "its page says why");

    std::fs::write(&record, "{\"format\": 7}").unwrap();
    let newer = refused(root, &format!("report {run} --out page.html"));
    assert!(newer.contains("update Bauta"), "{newer}");
    std::fs::rename(root.join("data"), root.join("moved")).unwrap();
    let gone = refused(root, study);
    assert!(gone.contains("not there"), "{gone}");
}
