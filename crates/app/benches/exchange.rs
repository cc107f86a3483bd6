//! `npm run bench -- exchange [IMAGES] [BOXES AN IMAGE]`: a large project out of and into every format, with the
//! peak of the memory, and COCO and Pascal VOC beside plain Python on the same files.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::{
    ops::ControlFlow,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bauta_app::{ConflictChoices, ExportFormat, ImportOptions, Project, read_annotations, write_annotations};
use bauta_domain::{
    Annotation, AnnotationId, AnnotationState, BoundingBox, CATEGORY_COLORS, Category, CategoryId, Edit, ImageId,
    ImageSize, Source, Step, ports::CancelToken,
};
use bauta_formats::Format;
use bauta_store::{Import, NewImage, Store};
use common::{Fakes, adapters};
use uuid::Uuid;

const SIZE: ImageSize = ImageSize::new(4000, 3000);
const NOW: &str = "2030-01-02T03:04:05Z";

/// The files are on the disk between the two, so that reading measures reading.
const PYTHON: &str = r#"
import json, sys, time, os
import xml.etree.ElementTree as ET
what, source, target = sys.argv[1:]
start = time.perf_counter()
if what == "coco":
    with open(source) as f: data = json.load(f)
    names = {c["id"]: c["name"] for c in data["categories"]}
    images = {i["id"]: (i["file_name"], i["width"], i["height"], []) for i in data["images"]}
    for a in data["annotations"]:
        x, y, w, h = a["bbox"]
        images[a["image_id"]][3].append((names[a["category_id"]], x, y, x + w, y + h))
    read = time.perf_counter() - start
    start = time.perf_counter()
    ids = {n: i for i, n in names.items()}
    out = {"images": [], "annotations": [], "categories": data["categories"]}
    for i, (name, w, h, boxes) in images.items():
        out["images"].append({"id": i, "file_name": name, "width": w, "height": h})
        for label, x1, y1, x2, y2 in boxes:
            out["annotations"].append({"id": len(out["annotations"]) + 1, "image_id": i, "category_id": ids[label],
                "bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1), "iscrowd": 0, "segmentation": []})
    with open(target, "w") as f: f.write(json.dumps(out))
else:
    images = []
    for folder, _, files in os.walk(source):
        for file in files:
            root = ET.parse(os.path.join(folder, file)).getroot()
            size = root.find("size")
            boxes = []
            for o in root.iter("object"):
                b = o.find("bndbox")
                boxes.append((o.findtext("name"), *(float(b.findtext(k)) for k in ("xmin", "ymin", "xmax", "ymax"))))
            images.append((root.findtext("filename"), int(size.findtext("width")), int(size.findtext("height")), boxes))
    read = time.perf_counter() - start
    start = time.perf_counter()
    os.makedirs(target)
    for name, w, h, boxes in images:
        root = ET.Element("annotation")
        ET.SubElement(root, "filename").text = name
        size = ET.SubElement(root, "size")
        ET.SubElement(size, "width").text = str(w); ET.SubElement(size, "height").text = str(h)
        for label, *corners in boxes:
            o = ET.SubElement(root, "object"); ET.SubElement(o, "name").text = label
            b = ET.SubElement(o, "bndbox")
            for key, value in zip(("xmin", "ymin", "xmax", "ymax"), corners): ET.SubElement(b, key).text = str(value)
        ET.ElementTree(root).write(os.path.join(target, name.replace(".jpg", ".xml")))
print(read, time.perf_counter() - start)
"#;

fn main() {
    let words: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    let (images, each) = (words.first().copied().unwrap_or(100_000), words.get(1).copied().unwrap_or(3));
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let full = project(&at("full.bauta"), images, each);
    println!("{images} images, {} boxes\n", images * each);
    println!("seconds, in brackets those of the processor\n");
    println!("{:<8} {:>16} {:>16} {:>16} {:>12}", "format", "out", "plan", "apply", "peak memory");
    for format in Format::ALL {
        reset_peak();
        let target = at(&format!("out-{}", format.id()));
        let to = ExportFormat { format, byte_order_mark: false };
        let (summary, out, out_cpu) =
            timed(|| full.export_annotations(&target, to, &mut |_| {}, &CancelToken::default()).unwrap());
        assert_eq!(summary.boxes as usize, images * each);
        let empty = project(&at(&format!("empty-{}.bauta", format.id())), images, 0);
        let (plan, planning, planning_cpu) = timed(|| {
            let read = read_annotations(&target, Some(format), &mut |_| {}, &CancelToken::default()).unwrap();
            empty.plan_import(&read, &ImportOptions::default(), &mut |_| {}, &CancelToken::default()).unwrap()
        });
        assert_eq!(plan.view.new_boxes as usize, images * each, "{format:?} {:?}", plan.view.problems.first());
        let (done, applying, applying_cpu) = timed(|| {
            empty.apply_import(&plan, &ConflictChoices::default(), &mut |_| {}, &CancelToken::default()).unwrap()
        });
        assert_eq!(done.added as usize, images * each);
        let columns = [(out, out_cpu), (planning, planning_cpu), (applying, applying_cpu)];
        let [out, planning, applying] =
            columns.map(|(time, cpu)| format!("{:.2} s ({:.2})", time.as_secs_f64(), cpu.as_secs_f64()));
        println!("{:<8} {out:>16} {planning:>16} {applying:>16} {:>9} MB", format.id(), peak_megabytes());
    }
    drop(full);
    println!(
        "\nwithout the project, beside Python's json and xml.etree (best of 3; ours are synced, Python's are not)"
    );
    println!("{:<8} {:>9} {:>9} {:>7} {:>9} {:>9} {:>7}", "", "read", "Python", "times", "write", "Python", "times");
    for format in [Format::Coco, Format::Voc] {
        compare(format, &at(&format!("out-{}", format.id())), &folder);
    }
}

/// Prints the best of three runs of ours and of Python, taken in turn.
fn compare(format: Format, source: &Path, folder: &tempfile::TempDir) {
    let what = format.id();
    let (mut mine, mut theirs) = ([f64::INFINITY; 2], [f64::INFINITY; 2]);
    for run in 0..3 {
        let target = folder.path().join(format!("{what}-ours-{run}"));
        let (read, reading, _) =
            timed(|| read_annotations(source, Some(format), &mut |_| {}, &CancelToken::default()).unwrap());
        let (to, mut go_on) = (ExportFormat { format, byte_order_mark: false }, |_| ControlFlow::Continue(()));
        let (_, writing, _) = timed(|| write_annotations(&read.document, &target, to, &mut go_on).unwrap());
        mine = [mine[0].min(reading.as_secs_f64()), mine[1].min(writing.as_secs_f64())];
        let target = folder.path().join(format!("{what}-python-{run}"));
        let python = std::env::var("BAUTA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let output = Command::new(python).args(["-c", PYTHON, what]).arg(source).arg(&target).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let seconds: Vec<f64> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
        theirs = [theirs[0].min(seconds[0]), theirs[1].min(seconds[1])];
    }
    let ratio = [theirs[0] / mine[0], theirs[1] / mine[1]];
    println!(
        "{what:<8} {:>7.2} s {:>7.2} s {:>6.1}× {:>7.2} s {:>7.2} s {:>6.1}×",
        mine[0], theirs[0], ratio[0], mine[1], theirs[1], ratio[1]
    );
}

/// What `work` gives, its seconds, and those of the processor in all threads.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration, Duration) {
    let (start, cpu) = (Instant::now(), cpu_time::ProcessTime::now());
    let value = work();
    (value, start.elapsed(), cpu.elapsed())
}

/// A project of images that are known by name and size only.
fn project(path: &Path, images: usize, each: usize) -> Project {
    let mut store = Store::create(path).unwrap();
    let id = |n: usize, kind: u128| Uuid::from_u128(kind << 64 | n as u128);
    let category = |n: usize| CategoryId::from_uuid(id(n, 1));
    let mut import = Import::default();
    if each > 0 {
        for (n, &color) in CATEGORY_COLORS.iter().enumerate().take(5) {
            let (name, position) = (format!("category {n}"), n as u32);
            let new = Category { id: category(n), name, color, position, hotkey: None, description: String::new() };
            import.edits.push(Edit::Category { before: None, after: Some(new) });
        }
    }
    for n in 0..images {
        let image = ImageId::from_uuid(id(n, 2));
        import.images.push(NewImage { id: image, path: format!("/photos/picture_{n:06}.jpg"), file: None });
        import.sizes.push((image, SIZE));
        for b in 0..each {
            let (x, y) = (f64::from((n * 37 % 3000) as u32), f64::from((b * 900 + n % 50) as u32));
            let new = Annotation {
                id: AnnotationId::from_uuid(id(n * each + b, 3)),
                bbox: BoundingBox::from_corners(x, y, x + 320.0, y + 410.0).unwrap(),
                category: Some(category((n + b) % 5)),
                state: AnnotationState::Accepted,
                source: Source::Drawn,
                suggestion: None,
            };
            import.edits.push(Edit::Annotation { image, before: None, after: Some(new) });
        }
    }
    store.import(&import, Step::ImportAnnotations, NOW, &mut |_| ControlFlow::Continue(())).unwrap();
    drop(store);
    let fakes = Fakes { size: Mutex::new(Some(SIZE)), ..Fakes::default() };
    Project::open(path, adapters(&Arc::new(fakes))).unwrap()
}

/// Linux: makes the peak start from what is used now.
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Linux: the most memory this process held since the reset.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) / 1024
}
