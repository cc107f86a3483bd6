//! `bauta crop` and `bauta autocrop`.

use bauta_app::{Adapters, CropSummary, CropTarget, DetectOptions, Project, autocrop_folder};
use bauta_domain::ports::CancelToken;
use serde_json::json;

use crate::{
    arguments::{Autocrop, Crop},
    output::{self, Bar},
};

pub(crate) fn crop(adapters: &Adapters, arguments: &Crop, cancel: &CancelToken) -> anyhow::Result<()> {
    let project = Project::open(&arguments.project, adapters.clone())?;
    let target = CropTarget { folder: arguments.out.clone(), side: arguments.size };
    let bar = Bar::new("cropping");
    let summary = project.save_crops(&target, &mut |progress| bar.show(&progress), cancel)?;
    drop(bar);
    output::problems(&summary.problems);
    if arguments.json {
        output::json(&summary)?;
    } else {
        output::line(&format!(
            "{} crop(s) written to {}; {} box(es) without category left out",
            summary.written, summary.folder, summary.without_category
        ));
    }
    outcome(&summary, cancel)
}

pub(crate) fn autocrop(adapters: &Adapters, arguments: &Autocrop, cancel: &CancelToken) -> anyhow::Result<()> {
    let target = CropTarget { folder: arguments.out.clone(), side: arguments.size };
    let options = DetectOptions { detector: arguments.detector.id().to_owned(), min_score: None };
    let bar = Bar::new("cropping");
    let mut show = |progress| bar.show(&progress);
    let (summary, without_face) = autocrop_folder(adapters, &arguments.folder, &target, &options, &mut show, cancel)?;
    drop(bar);
    output::problems(&summary.problems);
    if arguments.json {
        output::json(&json!({
            "folder": summary.folder, "written": summary.written, "without_face": without_face,
            "problems": summary.problems, "cancelled": summary.cancelled,
        }))?;
    } else {
        output::line(&format!("{} crop(s) written to {}", summary.written, summary.folder));
        output::line(&format!("{} picture(s) without a face:", without_face.len()));
        without_face.iter().for_each(|file| output::line(&format!("  {}", file.display())));
    }
    outcome(&summary, cancel)
}

fn outcome(summary: &CropSummary, cancel: &CancelToken) -> anyhow::Result<()> {
    super::not_cancelled(cancel)?;
    let nothing = summary.written == 0 && !summary.problems.is_empty();
    anyhow::ensure!(!nothing, "no crop could be written; the reasons are listed above");
    Ok(())
}
