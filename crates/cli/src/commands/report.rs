//! `bauta report`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bauta_app::{
    Adapters, Project, RunFolder,
    report::{RecordedRun, report_of_runs, write_report},
};

use crate::{arguments::Report, output};

pub(crate) fn run(adapters: &Adapters, arguments: &Report) -> anyhow::Result<()> {
    let mut runs = Vec::new();
    for text in &arguments.runs {
        runs.extend(named(adapters, text)?);
    }
    let name = arguments.title.clone().unwrap_or_else(|| match runs.as_slice() {
        [only] => only.name.clone(),
        several => format!("{} trainings", several.len()),
    });
    let written = write_report(&report_of_runs(&name, &runs), &arguments.out)?;
    say_written(&arguments.out, &written);
    output::complete()
}

/// Says where a report went.
pub(super) fn say_written(page: &Path, written: &[PathBuf]) {
    let beside = written.get(1).and_then(|file| file.parent());
    let beside = beside.map(|folder| format!(", its figures as CSV and plots as SVG in {}", folder.display()));
    output::line(&format!("report written to {}{}", page.display(), beside.unwrap_or_default()));
}

/// The trainings that an argument names: a folder of one, all of a project, or one of a project.
fn named(adapters: &Adapters, text: &str) -> anyhow::Result<Vec<RecordedRun>> {
    let path = Path::new(text);
    if super::names_project(path) && path.exists() {
        let project = Project::open_to_read(path, adapters.clone())?;
        let all = project.runs()?;
        anyhow::ensure!(!all.is_empty(), "{text}: the project remembers no training; train on it first");
        return all.iter().map(|view| Ok(project.recorded_run(view.id)?)).collect();
    }
    if let Some((project, run)) = text.rsplit_once(':').filter(|(project, _)| super::names_project(Path::new(project)))
    {
        let project = Project::open_to_read(Path::new(project), adapters.clone())?;
        let run = super::runs::named(&project, run)?;
        return Ok(vec![project.recorded_run(run)?]);
    }
    let is_record = path.file_name().is_some_and(|name| name == "run.json");
    let folder = RunFolder::new(if is_record { path.parent().unwrap_or(path) } else { path });
    let run = folder.read()?.with_context(|| {
        format!(
            "{text}: there is no run.json in it, so no training; expected a folder that `bauta train --out` wrote, a .bauta project, or PROJECT.bauta:NUMBER for one of its trainings"
        )
    })?;
    Ok(vec![run])
}
