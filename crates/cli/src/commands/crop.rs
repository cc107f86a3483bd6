//! `bauta crop`, `bauta autocrop` and `bauta unprocessed`.

use bauta_app::{
    Adapters, ComparedBy, CropSummary, CropTarget, DetectOptions, Project, autocrop_folder, find_unprocessed,
};
use bauta_domain::{CropShape, PictureFormat, SquareRule, ports::CancelToken};
use serde_json::json;

use crate::{
    arguments::{Autocrop, Crop, CropArguments, DetectorName, FormatName, Limits, SquareName, Unprocessed},
    output::{self, Bar},
};

pub(crate) fn crop(adapters: &Adapters, arguments: &Crop, cancel: &CancelToken) -> anyhow::Result<()> {
    let project = Project::open(&arguments.project, adapters.clone())?;
    let bar = Bar::new("cropping");
    let summary = project.save_crops(&target(&arguments.crops), &mut |progress| bar.show(&progress), cancel)?;
    drop(bar);
    output::problems(&summary.problems);
    if arguments.json {
        output::json(&summary)?;
    } else {
        let without = summary.without_category;
        output::line(&format!("{}; {without} box(es) without category left out", changes(&summary)));
    }
    outcome(&summary, cancel)
}

pub(crate) fn autocrop(adapters: &Adapters, arguments: &Autocrop, cancel: &CancelToken) -> anyhow::Result<()> {
    let options = options(arguments.detector, &arguments.limits);
    let target = target(&arguments.crops);
    let bar = Bar::new("cropping");
    let mut show = |progress| bar.show(&progress);
    let (summary, without_face) = autocrop_folder(adapters, &arguments.folder, &target, &options, &mut show, cancel)?;
    drop(bar);
    output::problems(&summary.problems);
    if arguments.json {
        output::json(&json!({
            "folder": summary.folder, "written": summary.written, "updated": summary.updated,
            "unchanged": summary.unchanged, "removed": summary.removed, "without_face": without_face,
            "problems": summary.problems, "cancelled": summary.cancelled,
        }))?;
    } else {
        output::line(&changes(&summary));
        output::line(&format!("{} picture(s) without a face:", without_face.len()));
        without_face.iter().for_each(|file| output::line(&format!("  {}", file.display())));
    }
    outcome(&summary, cancel)
}

pub(crate) fn unprocessed(adapters: &Adapters, arguments: &Unprocessed, cancel: &CancelToken) -> anyhow::Result<()> {
    let folders = (arguments.raw.as_path(), arguments.cropped.as_path(), arguments.out.as_path());
    let bar = Bar::new("comparing");
    let summary = find_unprocessed(adapters, folders, &mut |progress| bar.show(&progress), cancel)?;
    drop(bar);
    output::problems(&summary.problems);
    if arguments.json {
        output::json(&summary)?;
    } else {
        let how = match summary.compared_by {
            ComparedBy::Manifest => "by the manifest of the crops",
            ComparedBy::Names => "by contents and names, since the crops have no manifest",
        };
        output::line(&format!(
            "{} photo(s) compared {how}: {} with a crop, {} copied to {}, {} there before",
            summary.photos, summary.processed, summary.copied, summary.folder, summary.already
        ));
    }
    super::not_cancelled(cancel)
}

/// The limits of a detector as they were typed.
pub(crate) fn options(detector: DetectorName, limits: &Limits) -> DetectOptions {
    DetectOptions {
        detector: detector.id().to_owned(),
        min_score: limits.min_score,
        min_face: f64::from(limits.min_face),
    }
}

fn target(arguments: &CropArguments) -> CropTarget {
    let square = match arguments.square {
        SquareName::Grow => SquareRule::Grow,
        SquareName::Pad => SquareRule::Pad,
        SquareName::Stretch => SquareRule::Stretch,
    };
    let format = match arguments.format {
        FormatName::Png => PictureFormat::Png,
        FormatName::Jpeg => PictureFormat::Jpeg { quality: arguments.quality },
    };
    CropTarget { folder: arguments.out.clone(), shape: CropShape { side: arguments.size, square }, format }
}

fn changes(summary: &CropSummary) -> String {
    let CropSummary { folder, written, updated, unchanged, removed, .. } = summary;
    format!(
        "{written} crop(s) written to {folder} ({updated} of them replaced), {unchanged} unchanged, {removed} removed"
    )
}

fn outcome(summary: &CropSummary, cancel: &CancelToken) -> anyhow::Result<()> {
    super::not_cancelled(cancel)?;
    let nothing = summary.written == 0 && summary.unchanged == 0 && !summary.problems.is_empty();
    anyhow::ensure!(!nothing, "no crop could be written; the reasons are listed above");
    Ok(())
}
