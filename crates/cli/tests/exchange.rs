//! Import and export as a script sees them, on real pictures: the eight orientations, and the shared photos.
#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use bauta_domain::{ImageSize, Orientation, RgbImage};

fn bauta(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_bauta")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A fresh project without anything in it, which the command line does not make.
fn project(folder: &Path) -> PathBuf {
    let path = folder.join("test.bauta");
    let adapters = bauta_adapters::connect(&[], None).unwrap();
    drop(bauta_app::Project::create(&path, adapters).unwrap());
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A JPEG whose EXIF says how it is turned (TIFF header, one tag 0x0112).
fn turned_jpeg(path: &Path, size: ImageSize, orientation: u8) {
    let jpeg = bauta_imaging::encode_jpeg(&RgbImage::filled(size, [90, 120, 150]), 90).unwrap();
    let mut exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    std::fs::write(path, [&jpeg[..2], &exif, &jpeg[2..]].concat()).unwrap();
}

#[test]
fn boxes_of_pictures_stored_in_all_eight_orientations_land_upright() {
    let folder = tempfile::tempdir().unwrap();
    let stored = ImageSize::new(120, 80);
    let drawn = [10.0, 5.0, 40.0, 25.0];
    let mut table = String::from("image,xmin,ymin,xmax,ymax\n");
    for value in 1..=8 {
        turned_jpeg(&folder.path().join(format!("{value}.jpg")), stored, value);
        table += &format!("{value}.jpg,10,5,40,25\n");
    }
    let (file, project) = (folder.path().join("boxes.csv"), project(folder.path()));
    std::fs::write(&file, table).unwrap();
    bauta(&["import", text(&project), text(&file), "--boxes", "stored"]);
    let out = folder.path().join("out.json");
    bauta(&["export", text(&project), text(&out), "--to", "coco"]);
    let coco: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    for (orientation, value) in Orientation::ALL.into_iter().zip(1..) {
        let image =
            coco["images"].as_array().unwrap().iter().find(|i| i["file_name"] == format!("{value}.jpg")).unwrap();
        let upright = orientation.other_size(stored);
        assert_eq!(
            (image["width"].as_u64(), image["height"].as_u64()),
            (Some(upright.width.into()), Some(upright.height.into()))
        );
        let [x1, y1, x2, y2] = orientation.upright_corners(drawn, stored);
        let expected = [x1.min(x2), y1.min(y2), (x2 - x1).abs(), (y2 - y1).abs()];
        let found = coco["annotations"].as_array().unwrap().iter().find(|a| a["image_id"] == image["id"]).unwrap();
        let found: Vec<f64> = found["bbox"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        assert_eq!(found, expected, "orientation {value}");
    }
}

#[test]
fn an_import_makes_the_project_that_is_not_there_and_leaves_none_when_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    let image = RgbImage::filled(ImageSize::new(60, 40), [90, 120, 150]);
    std::fs::write(folder.path().join("a.jpg"), bauta_imaging::encode_jpeg(&image, 90).unwrap()).unwrap();
    let (file, project) = (folder.path().join("boxes.csv"), folder.path().join("new.bauta"));
    std::fs::write(&file, "image,xmin,ymin,xmax,ymax,label\nmissing.jpg,1,2,30,40,hat\n").unwrap();
    let failed = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_bauta")).args(words).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "{words:?} left something");
    };
    failed(&["import", text(&project), text(&file)]);
    std::fs::write(&file, "image,xmin,ymin,xmax,ymax,label\na.jpg,1,2,30,39,hat\n").unwrap();
    failed(&["import", text(&project), text(&file), "--dry-run"]);
    failed(&["import", text(&project.with_extension("bautta")), text(&file)]);
    let made = bauta(&["import", text(&project), text(&file)]);
    assert!(String::from_utf8_lossy(&made.stderr).contains("made the project"));
    let out = folder.path().join("names.json");
    bauta(&["categories", "export", text(&project), text(&out)]);
    assert!(std::fs::read_to_string(&out).unwrap().contains("\"hat\""));
}

#[test]
fn the_shared_photos_give_the_same_annotations_through_voc_yolo_and_csv() {
    let photos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/C_photos");
    if !photos.is_dir() {
        return eprintln!("skipped: there is no ../shared/data/C_photos beside the checkout");
    }
    let mut tables = Vec::new();
    for source in ["voc", "yolo", "manifest.csv"] {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let done = json(&bauta(&["import", text(&project), text(&photos.join(source)), "--json"]));
        assert_eq!((&done["plan"]["newImages"], &done["done"]["added"]), (&511.into(), &2453.into()), "{source}");
        assert_eq!(done["plan"]["problems"], serde_json::json!([]), "{source}");
        let out = folder.path().join("out.csv");
        bauta(&["export", text(&project), text(&out), "--to", "csv"]);
        let mut lines: Vec<String> = std::fs::read_to_string(&out)
            .unwrap()
            .lines()
            // Without the time of the import.
            .map(|line| line.rsplit_once(',').unwrap().0.to_owned())
            .collect();
        lines.sort();
        tables.push(lines);
    }
    assert!(tables[0] == tables[1], "VOC and YOLO differ");
    assert!(tables[0] == tables[2], "VOC and CSV differ");
}

#[test]
fn categories_go_in_and_out_and_a_plan_can_be_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (project, list) = (project(folder.path()), folder.path().join("list.csv"));
    std::fs::write(&list, "mask\nhat\n").unwrap();
    assert_eq!(
        String::from_utf8_lossy(&bauta(&["categories", "import", text(&project), text(&list)]).stdout),
        "mask: new\nhat: new\n"
    );
    let out = folder.path().join("out.json");
    bauta(&["categories", "export", text(&project), text(&out)]);
    let list: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!((&list[1]["name"], &list[1]["order"]), (&"hat".into(), &2.into()));
    let boxes = folder.path().join("boxes.csv");
    std::fs::write(&boxes, "image,label,xmin,ymin,xmax,ymax\nnowhere.jpg,mask,1,2,30,40\n").unwrap();
    let plan = json(&bauta(&["import", text(&project), text(&boxes), "--dry-run", "--json"]));
    assert_eq!((&plan["missingImages"], &plan["missingList"][0]["path"]), (&1.into(), &"nowhere.jpg".into()));
}

fn failed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_bauta")).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A photo of 60 × 40 pixels.
fn photo(path: &Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let image = RgbImage::filled(ImageSize::new(60, 40), [90, 120, 150]);
    std::fs::write(path, bauta_imaging::encode_jpeg(&image, 90).unwrap()).unwrap();
}

#[test]
fn an_import_that_brings_nothing_fails_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let project = project(folder.path());
    for (name, text) in [
        ("gone.csv", "image,xmin,ymin,xmax,ymax,label\nmissing.jpg,1,2,30,40,hat\n"),
        ("xxe.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><annotation><filename>a.jpg</filename></annotation>"),
        ("labelme.json", "{\"shapes\": [], \"imagePath\": \"a.jpg\"}"),
        ("header.csv", "image,xmin,ymin,xmax,ymax\n"),
        ("empty.csv", "name\n"),
    ] {
        std::fs::write(at(name), text).unwrap();
    }
    let new = at("new.bauta");
    for target in [&project, &new] {
        for (words, said) in [
            (vec!["import", text(target), text(&at("gone.csv"))], "missing.jpg"),
            (vec!["import", text(target), text(&at("xxe.xml"))], "<!DOCTYPE"),
            (vec!["import", text(target), text(&at("labelme.json")), "--from", "voc"], "Pascal VOC"),
            (vec!["import", text(target), text(&at("header.csv"))], "no image"),
            (vec!["categories", "import", text(target), text(&at("empty.csv"))], "no category"),
        ] {
            let told = failed(&words);
            assert!(told.contains(said) && !told.contains("made the project"), "{words:?}: {told}");
        }
    }
    assert!(!new.exists());
    let out = at("names.json");
    bauta(&["categories", "export", text(&project), text(&out)]);
    assert!(!std::fs::read_to_string(&out).unwrap().contains("hat"), "the category came without its boxes");
}

#[test]
fn an_export_over_the_project_or_a_photo_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    photo(&at("photos/a.jpg"));
    std::fs::write(at("photos/boxes.csv"), "image,xmin,ymin,xmax,ymax\na.jpg,1,2,30,39\n").unwrap();
    let project = at("p.bauta");
    bauta(&["import", text(&project), text(&at("photos/boxes.csv"))]);
    let before = (std::fs::read(&project).unwrap(), std::fs::read(at("photos/a.jpg")).unwrap());
    for target in [&project, &at("photos/a.jpg")] {
        assert!(failed(&["export", text(&project), text(target), "--to", "csv"]).contains("never replaced"));
    }
    assert_eq!((std::fs::read(&project).unwrap(), std::fs::read(at("photos/a.jpg")).unwrap()), before);
}

#[test]
fn a_project_filled_by_relative_paths_is_usable_from_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    photo(&at("pictures/a.jpg"));
    photo(&at("lists/b.jpg"));
    let rows = "image,xmin,ymin,xmax,ymax\na.jpg,1,2,30,39\nb.jpg,1,2,30,39\n";
    std::fs::write(at("lists/boxes.csv"), rows).unwrap();
    std::fs::create_dir(at("here")).unwrap();
    let import = ["import", "../p.bauta", "../lists/boxes.csv", "--images", "../pictures"];
    let mut bauta_there = Command::new(env!("CARGO_BIN_EXE_bauta"));
    // Looked for upwards from where the program runs, which is elsewhere here.
    bauta_there.env("BAUTA_MODELS", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"));
    let output = bauta_there.args(import).current_dir(at("here")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let out = at("out.json");
    bauta(&["export", text(&at("p.bauta")), text(&out), "--to", "voc"]);
    let voc = std::fs::read_to_string(out.join("pictures/a.xml")).unwrap();
    assert!(voc.contains(&format!("<path>{}</path>", at("pictures/a.jpg").display())), "{voc}");
    assert!(std::fs::read_to_string(out.join("lists/b.xml")).unwrap().contains(text(&at("lists/b.jpg"))));
}

#[test]
fn what_was_kept_is_not_said_to_be_left_out_and_categories_can_be_looked_at_first() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let project = project(folder.path());
    photo(&at("a.jpg"));
    let rows = "image,xmin,ymin,xmax,ymax,label\na.jpg,1,2,30,90,Mask\na.jpg,31,2,59,30,mask\n";
    std::fs::write(at("boxes.csv"), rows).unwrap();
    let told = bauta(&["import", text(&project), text(&at("boxes.csv"))]);
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.contains("note: ") && told.contains("it was cut at the edge") && !told.contains("left out"), "{told}");
    assert!(told.contains("\"Mask\" and \"mask\" differ in upper and lower case only"), "{told}");
    std::fs::write(at("list.csv"), "hat\nmask\n").unwrap();
    let list = at("list.csv");
    let planned = bauta(&["categories", "import", text(&project), text(&list), "--dry-run"]);
    assert_eq!(String::from_utf8_lossy(&planned.stdout), "hat: new\nmask: renamed\n");
    let again = json(&bauta(&["categories", "import", text(&project), text(&list), "--dry-run", "--json"]));
    assert_eq!(again["categories"][0]["kind"], "new", "the first one changed nothing");
}
