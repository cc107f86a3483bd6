//! `bauta classify`.

use bauta_app::{Adapters, ClassifiedRegion, classify_file};
use bauta_domain::{Problem, ports::CancelToken};
use serde_json::{Map, Value, json};

use crate::{arguments::Classify, output};

pub(crate) fn run(adapters: &Adapters, arguments: &Classify, cancel: &CancelToken) -> anyhow::Result<()> {
    let threads = bauta_app::cores();
    let open = |error| anyhow::Error::from_boxed(error);
    let mut classifier = adapters.models.open_classifier(&arguments.model, threads).map_err(open)?;
    let detector = arguments.detector.id();
    let mut detector =
        arguments.faces.then(|| adapters.models.open_detector(detector, threads)).transpose().map_err(open)?;
    let labels = classifier.manifest().labels.clone();
    let (mut problems, mut answers) = (Vec::new(), 0);
    for path in &arguments.images {
        if cancel.is_cancelled() {
            break;
        }
        let detector = detector.as_mut().map(|detector| detector.as_mut() as _);
        match classify_file(adapters, classifier.as_mut(), detector, path) {
            Ok(regions) => {
                answers += 1;
                if regions.is_empty() && !arguments.json {
                    output::line(&format!("{}: no face found", path.display()));
                }
                for region in regions {
                    print(&path.display().to_string(), &region, &labels, arguments.json)?;
                }
            }
            Err(error) => problems.push(Problem::new(path.display().to_string(), error.full_message())),
        }
    }
    output::problems(&problems);
    super::not_cancelled(cancel)?;
    anyhow::ensure!(answers > 0, "none of the {} picture(s) could be classified", arguments.images.len());
    Ok(())
}

fn print(image: &str, region: &ClassifiedRegion, labels: &[String], as_json: bool) -> anyhow::Result<()> {
    let Some((best, confidence)) = region.classification.best() else { return Ok(()) };
    let label = &labels[best];
    if as_json {
        let pairs = labels.iter().cloned().zip(region.classification.probabilities.iter().map(|p| json!(p)));
        let probabilities: Map<String, Value> = pairs.collect();
        let bbox = region.bbox.map(|b| json!({"x1": b.x1(), "y1": b.y1(), "x2": b.x2(), "y2": b.y2()}));
        return output::json(&json!({
            "image": image, "box": bbox, "label": label, "confidence": confidence, "probabilities": probabilities,
        }));
    }
    let place = region.bbox.map(|b| format!(" [{:.0} {:.0} {:.0} {:.0}]", b.x1(), b.y1(), b.x2(), b.y2()));
    output::line(&format!("{image}{}: {label} ({:.0} %)", place.unwrap_or_default(), confidence * 100.0));
    Ok(())
}
