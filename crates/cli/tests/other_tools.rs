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

/// A folder with photos and `source.csv`, which holds the boxes.
fn files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("photos")).unwrap();
    for name in ["a.jpg", "b.jpg"] {
        let picture = RgbImage::filled(ImageSize::new(200, 100), [90, 120, 150]);
        let jpeg = bauta_imaging::encode_jpeg(&picture, 90).unwrap();
        std::fs::write(folder.path().join("photos").join(name), jpeg).unwrap();
    }
    std::fs::write(folder.path().join("source.csv"), BOXES).unwrap();
    folder
}

#[test]
fn other_tools_read_our_files_and_we_read_theirs() {
    let folder = files();
    let at = |inside: &str| folder.path().join(inside);
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

/// Skipped where LibreOffice is not installed (Debian: `libreoffice-calc-nogui`, 83 MB to fetch, 258 MB on the disk). The pages as it shows them
/// are left in `target/libreoffice` for the eye.
#[test]
fn libreoffice_opens_our_spreadsheet_and_we_read_what_it_saves() {
    let folder = files();
    let at = |inside: &str| folder.path().join(inside);
    let ours = project(at("ours.bauta"), &at("photos"), &at("source.csv"));
    bauta(&["export", text(&ours), text(&at("boxes.xlsx")), "--to", "xlsx"]);
    let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../libreoffice");
    let convert = |to: &str, out: &Path| {
        let (home, file) = (format!("-env:UserInstallation=file://{}", at("home").display()), at("boxes.xlsx"));
        let arguments = [&home, "--headless", "--convert-to", to, "--outdir", text(out), text(&file)];
        Command::new("soffice").args(arguments).output()
    };
    let Ok(done) = convert("pdf", &seen) else { return eprintln!("skipped: there is no soffice (LibreOffice)") };
    assert!(seen.join("boxes.pdf").exists(), "{}", String::from_utf8_lossy(&done.stderr));
    // All sheets, as text: minus one at the end.
    convert("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", &at("sheets")).unwrap();
    let sheet = |name: &str| std::fs::read_to_string(at("sheets").join(format!("boxes-{name}.csv"))).unwrap();
    assert!(sheet("Annotations").contains("a.jpg,"), "{}", sheet("Annotations"));
    assert!(sheet("Annotations").contains(",=hat,100,10,50,52,200,100,2600,imported,"), "{}", sheet("Annotations"));
    assert!(sheet("Categories").contains("mask,") && sheet("Images").contains("b.jpg,"));
    assert!(sheet("Summary").contains("Annotations,3"), "{}", sheet("Summary"));
    convert("xlsx", &at("saved")).unwrap();
    let theirs = project(at("theirs.bauta"), &at("photos"), &at("saved/boxes.xlsx"));
    assert_eq!(table(&theirs), table(&ours));
}
