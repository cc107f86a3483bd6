//! Files that other people's tools read and wrote (`other_tools.py` says which). Tools that are not installed
//! are skipped with the reason; set-up installs those of `scripts/test-python.txt`, and
//! `pip install supervision labelme` in the Python that `BAUTA_PYTHON` names adds the large ones.
#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use bauta_domain::{ImageSize, RgbImage};

const BOXES: &str =
    "image,category,xmin,ymin,xmax,ymax\na.jpg,mask,10,20,60,80\na.jpg,'=hat,100,10,150,62\nb.jpg,mask,0,0,200,100\n";

fn bauta(arguments: &[&str]) -> serde_json::Value {
    let output = Command::new(env!("CARGO_BIN_EXE_bauta")).args(arguments).arg("--json").output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn project(path: PathBuf, photos: &Path, boxes: &Path) -> PathBuf {
    drop(bauta_app::Project::create(&path, bauta_adapters::connect(&[], None).unwrap()).unwrap());
    let done = bauta(&["import", text(&path), text(boxes), "--images", text(photos)]);
    assert_eq!(done["done"]["added"], 3, "{}: {done}", boxes.display());
    path
}

/// What a project holds, without time and source.
fn table(project: &Path) -> Vec<String> {
    let out = project.with_extension("csv");
    bauta(&["export", text(project), text(&out), "--to", "csv"]);
    let whole = std::fs::read_to_string(out).unwrap();
    let mut rows: Vec<String> =
        whole.lines().map(|line| line.split(',').take(10).collect::<Vec<_>>().join(",")).collect();
    rows.sort();
    rows
}

#[test]
fn other_tools_read_our_files_and_we_read_theirs() {
    let folder = tempfile::tempdir().unwrap();
    let at = |inside: &str| folder.path().join(inside);
    std::fs::create_dir(at("photos")).unwrap();
    for name in ["a.jpg", "b.jpg"] {
        let picture = RgbImage::filled(ImageSize::new(200, 100), [90, 120, 150]);
        std::fs::write(at("photos").join(name), bauta_imaging::encode_jpeg(&picture, 90).unwrap()).unwrap();
    }
    std::fs::write(at("source.csv"), BOXES).unwrap();
    let ours = project(at("ours.bauta"), &at("photos"), &at("source.csv"));
    for (target, format) in [
        ("coco.json", "coco"),
        ("voc", "voc"),
        ("yolo", "yolo"),
        ("labelme", "labelme"),
        ("boxes.csv", "csv"),
        ("boxes.xlsx", "xlsx"),
    ] {
        bauta(&["export", text(&ours), text(&at(target)), "--to", format]);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/other_tools.py");
    let python = std::env::var("BAUTA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let Ok(done) = Command::new(&python).arg(script).arg(folder.path()).output() else {
        return eprintln!("skipped: there is no {python}");
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    eprint!("{}", String::from_utf8_lossy(&done.stdout));
    let expected = table(&ours);
    for (number, made) in [
        "pycocotools/coco.json",
        "openpyxl/boxes.xlsx",
        "pandas/boxes.csv",
        "supervision-yolo",
        "supervision-coco/coco.json",
        "labelme",
    ]
    .into_iter()
    .enumerate()
    {
        let theirs = at("made").join(made);
        if theirs.exists() {
            let theirs = project(at(&format!("theirs-{number}.bauta")), &at("photos"), &theirs);
            assert_eq!(table(&theirs), expected, "{made}");
        }
    }
}
