//! Measures all face detectors on photos with truth boxes in one run: recall of masked and of bare faces (IoU
//! 0.5; all faces, those at least 40 px wide in a picture of 640 px, and those whose longer side has at least
//! 40 px in the photo itself), precision over everything found, CPU time a photo on one thread without reading
//! the file.
//!
//! ```text
//! npm run bench -- detectors [FOLDER…] [--models DIR]
//! ```
//!
//! FOLDER has `manifest.csv` (`path,label,group,box,…`); without one, the shared sets beside the checkout are
//! taken. DIR is a folder of further model files (YuNet). `SWEEP=1` tries thresholds.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use bauta_domain::{BoundingBox, Detection, RgbImage, ports::Detector};
use bauta_imaging::read_image;
use bauta_inference::{Runtime, open_detector};
use bauta_vision::HaarDetector;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SAME_FACE: f64 = 0.5;

const MASKED: &str = "masked";
const BARE: &str = "bare";

struct Photo {
    image: RgbImage,
    faces: Vec<(String, BoundingBox)>,
}

/// Which faces count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Faces {
    All,
    /// At least so wide when the photo is 640 px long.
    WideAt640,
    /// With a longer side of at least so many pixels of the photo.
    LongInPhoto,
}

/// The least face of the latter two.
const LEAST: f64 = 40.0;

/// Found and present faces.
#[derive(Clone, Copy, Default)]
struct Share(u32, u32);

#[derive(Default)]
struct Figures {
    recall: BTreeMap<(String, Faces), Share>,
    hits: u32,
    detections: u32,
}

fn main() -> Result<(), Failure> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let (mut folders, mut models) = (Vec::new(), shared.join("models"));
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            // Cargo's own.
            Some("--bench") => {}
            Some("--models") => models = arguments.next().ok_or("--models needs a folder")?.into(),
            _ => folders.push(PathBuf::from(argument)),
        }
    }
    if folders.is_empty() {
        folders = ["C_photos", "P_three_persons_photos"].map(|set| shared.join("data").join(set)).to_vec();
    }
    opencv::core::set_num_threads(1)?;
    let runtime = Runtime::find()?;
    let mut out = std::io::stdout().lock();
    for folder in folders {
        let photos = photos(&folder)?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        writeln!(
            out,
            "\n{name}: {} photos; recall % all / 40 px wide at 640 px / 40 px long in the photo",
            photos.len()
        )?;
        writeln!(out, "| Detector | score | masked | no mask | precision | CPU ms |\n|---|---|---|---|---|---|")?;
        for id in ["centerface", "yunet", "haar"] {
            let opened: Result<Box<dyn Detector>, String> = match id {
                "haar" => HaarDetector::find(None).map(|haar| Box::new(haar) as _).map_err(|error| error.to_string()),
                _ => open_detector(&runtime, Some(&models), id, 1)
                    .map(|onnx| Box::new(onnx) as _)
                    .map_err(|error| error.to_string()),
            };
            match opened {
                Ok(mut detector) => measure(detector.as_mut(), &photos, &mut out)?,
                Err(reason) => writeln!(out, "{id}: {reason}")?,
            }
        }
    }
    Ok(())
}

fn measure(detector: &mut dyn Detector, photos: &[Photo], out: &mut impl Write) -> Result<(), Failure> {
    let sweep = std::env::var_os("SWEEP").is_some();
    let default = detector.default_min_score();
    let scores = if sweep { (4..20).map(|step| f64::from(step) * 0.05).collect() } else { vec![default] };
    let lowest = scores.iter().copied().fold(default, f64::min);
    let begun = cpu_seconds();
    let found = photos.iter().map(|photo| detector.detect(&photo.image, lowest)).collect::<Result<Vec<_>, _>>()?;
    let milliseconds = (cpu_seconds() - begun) * 1000.0 / photos.len() as f64;
    for score in scores {
        let mut figures = Figures::default();
        for (photo, detections) in photos.iter().zip(&found) {
            let kept: Vec<Detection> = detections.iter().filter(|d| d.score >= score).copied().collect();
            figures.add(photo, &kept);
        }
        let recall = |label: &str| {
            let shares = [Faces::All, Faces::WideAt640, Faces::LongInPhoto].map(|faces| figures.recall(label, faces));
            shares.map(|share| format!("{share:.1}")).join(" / ")
        };
        let precision = f64::from(figures.hits) * 100.0 / f64::from(figures.detections.max(1));
        let name = detector.name();
        let (masked, bare) = (recall(MASKED), recall(BARE));
        writeln!(out, "| {name} | {score:.2} | {masked} | {bare} | {precision:.1} | {milliseconds:.0} |")?;
    }
    Ok(())
}

impl Figures {
    /// Each detection, best first, takes the free face that it fits best.
    fn add(&mut self, photo: &Photo, detections: &[Detection]) {
        let mut is_found = vec![false; photo.faces.len()];
        for detection in detections {
            let free = (0..photo.faces.len()).filter(|&face| !is_found[face]);
            let fits = |face: usize| detection.bbox.iou(&photo.faces[face].1);
            let best = free.max_by(|&a, &b| fits(a).total_cmp(&fits(b)));
            if let Some(face) = best.filter(|&face| fits(face) >= SAME_FACE) {
                is_found[face] = true;
                self.hits += 1;
            }
        }
        self.detections += detections.len() as u32;
        let size = photo.image.size();
        let scale = 640.0 / f64::from(size.width.max(size.height));
        for ((label, bbox), found) in photo.faces.iter().zip(is_found) {
            let is_wide = bbox.width() * scale >= LEAST;
            let is_long = bbox.width().max(bbox.height()) >= LEAST;
            let counts = [Some(Faces::All), is_wide.then_some(Faces::WideAt640), is_long.then_some(Faces::LongInPhoto)];
            for faces in counts.into_iter().flatten() {
                let share = self.recall.entry((label.clone(), faces)).or_default();
                *share = Share(share.0 + u32::from(found), share.1 + 1);
            }
        }
    }

    fn recall(&self, label: &str, faces: Faces) -> f64 {
        let Share(found, all) = self.recall.get(&(label.to_owned(), faces)).copied().unwrap_or_default();
        f64::from(found) * 100.0 / f64::from(all.max(1))
    }
}

fn photos(folder: &Path) -> Result<Vec<Photo>, Failure> {
    let manifest = std::fs::read_to_string(folder.join("manifest.csv"))?;
    let mut faces: BTreeMap<String, Vec<(String, BoundingBox)>> = BTreeMap::new();
    for line in manifest.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [path, label, _, place, ..] = fields.as_slice() else { return Err(format!("a short row: {line}").into()) };
        let corners: Vec<f64> = place.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [x1, y1, x2, y2] = corners[..] else { return Err(format!("no box: {line}").into()) };
        let group = match *label {
            "without_mask" | "no_mask" => BARE,
            // Neither one nor the other, but not wrong when it is found.
            "mask_weared_incorrect" => "other",
            _ => MASKED,
        };
        let face = (group.to_owned(), BoundingBox::from_corners(x1, y1, x2, y2)?);
        faces.entry((*path).to_owned()).or_default().push(face);
    }
    let photo = |(path, faces): (String, _)| Ok(Photo { image: read_image(&folder.join(path))?, faces });
    faces.into_iter().map(photo).collect()
}

/// CPU seconds of this process: other programs on the machine do not count.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 14 and 15 (user and system time, in hundredths), counted behind the name in brackets.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields.get(11..13).unwrap_or_default().iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}
