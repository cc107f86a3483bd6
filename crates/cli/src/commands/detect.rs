//! `bauta detect`.

use std::path::PathBuf;

use bauta_app::{Adapters, AppError, Meter, detect_files};
use bauta_domain::{BoundingBox, Problem, ports::CancelToken};
use serde_json::json;

use crate::{
    arguments::Detect,
    output::{self, Bar},
};

pub(crate) fn run(adapters: &Adapters, arguments: &Detect, cancel: &CancelToken) -> anyhow::Result<()> {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for input in &arguments.inputs {
        if input.is_dir() {
            let (found, trouble) = adapters.images.list(input);
            files.extend(found);
            problems.extend(trouble);
        } else {
            files.push(input.clone());
        }
    }
    let options = super::crop::options(arguments.detector, &arguments.limits);
    let bar = Bar::new("detecting");
    let mut show = |progress| bar.show(&progress);
    let mut meter = Meter::new(files.len(), &mut show);
    let (mut faces, mut pictures, mut is_read) = (0, 0, true);
    let detected = detect_files(adapters, &files, &options, cancel, &mut |index, found| {
        let file: &PathBuf = &files[index];
        match found {
            Ok((size, detections)) => {
                faces += detections.len();
                pictures += 1;
                let text = if arguments.json {
                    let boxes: Vec<_> = detections.iter().map(|found| scored(&found.bbox, found.score)).collect();
                    json!({"image": file, "width": size.width, "height": size.height, "boxes": boxes}).to_string()
                } else {
                    let boxes: Vec<String> = detections.iter().map(|found| words(&found.bbox, found.score)).collect();
                    format!("{}: {} face(s) {}", file.display(), boxes.len(), boxes.join(" "))
                };
                is_read = bar.reaches_reader(&text);
                // Ends the threads first: the runtime complains when the program goes away under them.
                if !is_read {
                    return Err(AppError::Cancelled);
                }
            }
            Err(message) => problems.push(Problem::new(file.display().to_string(), message)),
        }
        meter.step(&file.file_name().unwrap_or_default().to_string_lossy());
        Ok(())
    });
    drop(bar);
    // A reader that went away (`| head`) ends the program quietly, as is usual.
    if !is_read {
        return Ok(());
    }
    detected?;
    output::problems(&problems);
    if !arguments.json {
        output::note(&format!("{faces} face(s) in {pictures} picture(s), {} left out", problems.len()));
    }
    super::not_cancelled(cancel)?;
    anyhow::ensure!(pictures > 0 || files.is_empty(), "none of the {} picture(s) could be read", files.len());
    anyhow::ensure!(!files.is_empty(), super::NO_PICTURES);
    Ok(())
}

fn scored(bbox: &BoundingBox, score: f64) -> serde_json::Value {
    json!({"x1": bbox.x1(), "y1": bbox.y1(), "x2": bbox.x2(), "y2": bbox.y2(), "score": score})
}

fn words(bbox: &BoundingBox, score: f64) -> String {
    format!("[{:.0} {:.0} {:.0} {:.0}] {score:.2}", bbox.x1(), bbox.y1(), bbox.x2(), bbox.y2())
}
