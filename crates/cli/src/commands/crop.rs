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
    let target = CropTarget { again: arguments.again, ..target(&arguments.crops) };
    let bar = Bar::new("cropping");
    let mut show = |progress| bar.show(&progress);
    let (summary, without_face) = autocrop_folder(adapters, &arguments.folder, &target, &options, &mut show, cancel)?;
    drop(bar);
    output::problems(&summary.problems);
    if arguments.json {
        output::json(&json!({
            "folder": summary.folder, "photos": summary.photos, "unreadable": summary.unreadable,
            "written": summary.written, "updated": summary.updated, "unchanged": summary.unchanged,
            "removed": summary.removed, "deleted": summary.deleted, "without_face": without_face,
            "problems": summary.problems, "cancelled": summary.cancelled,
        }))?;
    } else {
        output::line(&changes(&summary));
        if summary.deleted > 0 {
            let deleted = summary.deleted;
            output::line(&format!("{deleted} crop(s) were deleted by hand and left out; --again makes them anew"));
        }
        let end = if without_face.is_empty() { "" } else { ":" };
        output::line(&format!("{} picture(s) without a face{end}", without_face.len()));
        without_face.iter().for_each(|file| output::line(&format!("  {}", file.display())));
    }
    outcome(&summary, cancel)?;
    anyhow::ensure!(summary.photos > 0, super::NO_PICTURES);
    Ok(())
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
    super::not_cancelled(cancel)?;
    anyhow::ensure!(summary.photos > 0, super::NO_PICTURES);
    Ok(())
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
    let shape = CropShape { side: arguments.size, square };
    CropTarget { folder: arguments.out.clone(), shape, format, again: false }
}

fn changes(summary: &CropSummary) -> String {
    let CropSummary { folder, written, updated, unchanged, removed, .. } = summary;
    format!(
        "{written} crop(s) written to {folder} ({updated} of them replaced), {unchanged} unchanged, {removed} removed"
    )
}

/// Finding no face is an answer; that no photo can be read, or that no crop can be saved, is a failure.
fn outcome(summary: &CropSummary, cancel: &CancelToken) -> anyhow::Result<()> {
    super::not_cancelled(cancel)?;
    let CropSummary { photos, unreadable, written, unchanged, problems, .. } = summary;
    anyhow::ensure!(*photos == 0 || unreadable < photos, "none of the {photos} picture(s) could be read");
    let saved_none = *written == 0 && *unchanged == 0 && problems.len() > *unreadable as usize;
    anyhow::ensure!(!saved_none, "no crop could be written; the reasons are listed above");
    Ok(())
}
