//! Photos a second of "Crop and save" against the straightforward OpenCV script (imread, crop, resize, imwrite) on
//! as many threads, in one run: twelve-megapixel JPEGs with two boxes each.
//!
//! ```text
//! npm run bench -- crops [PHOTOS]
//! ```
//!
//! The script's Python packages go into a folder of their own under target/.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use bauta_app::{CropTarget, Project};
use bauta_domain::{AnnotationChange, AnnotationId, BoundingBox, ChangeSet, ports::CancelToken};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/crops.py");
const ROUNDS: usize = 3;

fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let photos: usize = words.first().map_or(Ok(200), |word| word.parse())?;
    let python = python()?;
    let folder = tempfile::tempdir()?;
    let raw = folder.path().join("photos");
    fs_err::create_dir(&raw)?;
    run(Command::new(&python).arg(SCRIPT).arg("make").arg(&raw).arg(photos.to_string()))?;
    let project = project(&raw)?;
    let threads = bauta_app::cores();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let out = folder.path().join(format!("ours{round}"));
        let begun = Instant::now();
        let done = project.save_crops(&CropTarget::new(out), &mut |_| {}, &CancelToken::default())?;
        ours.push(photos as f64 / begun.elapsed().as_secs_f64());
        if done.written as usize != 2 * photos {
            return Err(format!("{} crops of {} boxes: {:?}", done.written, 2 * photos, done.problems).into());
        }
        let out = folder.path().join(format!("theirs{round}"));
        fs_err::create_dir(&out)?;
        let script = run(Command::new(&python).arg(SCRIPT).arg("crop").arg(&raw).arg(&out).arg(threads.to_string()))?;
        theirs.push(script.trim().parse()?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let text = format!("{photos} photos of 12 megapixels, 2 boxes each, {threads} threads, median of {ROUNDS}\n");
    let text =
        format!("{text}Bauta   {ours:6.1} photos/s\nOpenCV  {theirs:6.1} photos/s\nratio   {:6.2}\n", ours / theirs);
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(())
}

/// A project of the photos with their boxes, all in one category.
fn project(raw: &Path) -> Result<Project, Failure> {
    let adapters = bauta_adapters::connect(&[], None)?;
    let project = Project::create(&raw.join("bench.bauta"), adapters)?;
    let images = project.add_folder(raw)?.project.images;
    let category = project.add_category("face")?.categories.first().map(|category| category.id);
    let boxes = fs_err::read_to_string(raw.join("boxes.csv"))?;
    for (number, line) in boxes.lines().enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        let corners: Vec<f64> = fields[1..].iter().map(|field| field.parse()).collect::<Result<_, _>>()?;
        let image = images.iter().find(|image| image.name == fields[0]).ok_or("a photo is missing")?.id;
        let id: AnnotationId = format!("00000000-0000-4000-8000-{number:012}").parse()?;
        let bbox = BoundingBox::from_corners(corners[0], corners[1], corners[2], corners[3])?;
        let revision = project.open_image(image)?.revision;
        let add = ChangeSet(vec![AnnotationChange::Add { id, bbox, category }]);
        project.save_annotations(image, revision, &add)?;
    }
    Ok(project)
}

/// A Python with OpenCV, installed at the first time.
fn python() -> Result<PathBuf, Failure> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crops-python");
    let python = target.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let has_packages =
        |python: &Path| Command::new(python).args(["-c", "import cv2"]).output().is_ok_and(|o| o.status.success());
    if !has_packages(&python) {
        let system = std::env::var("BAUTA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        run(Command::new(system).args(["-m", "venv"]).arg(&target))?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "opencv-python-headless", "numpy"]))?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> Result<String, Failure> {
    let done = command.output()?;
    if !done.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)).into());
    }
    Ok(String::from_utf8(done.stdout)?)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
