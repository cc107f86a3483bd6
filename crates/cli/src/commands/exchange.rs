//! `bauta import`, `bauta export` and `bauta categories`.

use std::path::Path;

use bauta_app::{
    Adapters, CategoryImportPlan, CropTarget, ExportFormat, ImportOptions, ImportPlanView, PlannedCategoryKind,
    Project, read_annotations,
};
use bauta_domain::{CropShape, ports::CancelToken};
use serde_json::json;

use crate::{
    arguments::{CategoriesCommand, Export, ExportTarget, Import},
    output::{self, Bar},
};

pub(crate) fn import(adapters: &Adapters, arguments: &Import, cancel: &CancelToken) -> anyhow::Result<()> {
    if arguments.dry_run {
        return import_into(&Project::open(&arguments.project, adapters.clone())?, arguments, cancel);
    }
    in_project(adapters, &arguments.project, |project| import_into(project, arguments, cancel))
}

/// Works on the project of this name, or on a new one when there is none: one that could not be filled does not stay.
fn in_project(
    adapters: &Adapters,
    path: &Path,
    work: impl FnOnce(&Project) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if path.exists() || !super::names_project(path) {
        return work(&Project::open(path, adapters.clone())?);
    }
    let project = Project::create(path, adapters.clone())?;
    let done = work(&project);
    drop(project);
    match done {
        Ok(()) => output::note(&format!("made the project {}", path.display())),
        Err(_) => fs_err::remove_file(path)?,
    }
    done
}

fn import_into(project: &Project, arguments: &Import, cancel: &CancelToken) -> anyhow::Result<()> {
    let bar = Bar::new("reading");
    let mut show = |progress| bar.show(&progress);
    let format = arguments.from.map(bauta_formats::Format::from);
    let read = read_annotations(&arguments.source, format, &mut show, cancel)?;
    let options = ImportOptions { folders: arguments.images.clone(), frame: arguments.boxes.into() };
    let plan = project.plan_import(&read, &options, &mut show, cancel)?;
    drop(bar);
    output::remarks(&plan.view.problems);
    for missing in &plan.view.missing_list {
        output::note(&format!(
            "not found: {} ({} box(es)); name its folder with --images",
            missing.path, missing.boxes
        ));
    }
    let listed = u32::try_from(plan.view.missing_list.len()).unwrap_or(u32::MAX);
    if plan.view.missing_images > listed {
        output::note(&format!("not found: {} more", plan.view.missing_images - listed));
    }
    if arguments.dry_run {
        return tell_plan(&plan.view, arguments.json);
    }
    let bar = Bar::new("importing");
    let summary =
        project.apply_import(&plan, &arguments.conflicts.into(), &mut |progress| bar.show(&progress), cancel)?;
    drop(bar);
    if arguments.json {
        output::json(&json!({"plan": plan.view, "done": summary}))?;
    } else {
        tell_plan(&plan.view, false)?;
        output::line(&format!(
            "{} box(es) added, {} completed, {} replaced; {} image(s) and {} category(ies) added",
            summary.added, summary.completed, summary.replaced, summary.images, summary.categories
        ));
    }
    anyhow::ensure!(!summary.cancelled, "stopped; nothing was changed");
    Ok(())
}

fn tell_plan(view: &ImportPlanView, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return output::json(view);
    }
    let sure = if view.certain { "" } else { " (most likely)" };
    output::line(&format!(
        "{}{sure}: {} image(s) found, {} of them new, {} not found",
        view.format_name, view.images, view.new_images, view.missing_images
    ));
    output::line(&format!(
        "{} new box(es), {} there already, {} that complete one, {} conflict(s)",
        view.new_boxes, view.same_boxes, view.completed_boxes, view.conflicts
    ));
    Ok(())
}

pub(crate) fn export(adapters: &Adapters, arguments: &Export, cancel: &CancelToken) -> anyhow::Result<()> {
    let project = Project::open(&arguments.project, adapters.clone())?;
    let Some(format) = arguments.to.format() else { return folders(&project, arguments, cancel) };
    let bar = Bar::new("exporting");
    let to = ExportFormat { format, byte_order_mark: arguments.bom };
    let summary = project.export_annotations(&arguments.out, to, &mut |progress| bar.show(&progress), cancel)?;
    drop(bar);
    output::remarks(&summary.problems);
    if arguments.json {
        output::json(&summary)?;
    } else if !summary.cancelled {
        output::line(&format!(
            "{} box(es) on {} image(s) written to {} ({} file(s))",
            summary.boxes, summary.images, summary.path, summary.files
        ));
    }
    anyhow::ensure!(!summary.cancelled, "stopped; nothing was written");
    Ok(())
}

/// One folder of crops a category.
fn folders(project: &Project, arguments: &Export, cancel: &CancelToken) -> anyhow::Result<()> {
    debug_assert!(matches!(arguments.to, ExportTarget::Folders));
    let bar = Bar::new("cropping");
    let shape = CropShape { side: arguments.size, ..CropShape::default() };
    let target = CropTarget { shape, ..CropTarget::new(arguments.out.clone()) };
    let summary = project.save_crops(&target, &mut |progress| bar.show(&progress), cancel)?;
    drop(bar);
    output::problems(&summary.problems);
    if arguments.json {
        output::json(&summary)?;
    } else {
        output::line(&format!("{} crop(s) written to {}", summary.written, summary.folder));
    }
    super::not_cancelled(cancel)
}

pub(crate) fn categories(adapters: &Adapters, command: &CategoriesCommand) -> anyhow::Result<()> {
    match command {
        CategoriesCommand::Export { project, file, json } => export_categories(adapters, project, file, *json),
        CategoriesCommand::Import { project, file, dry_run: true, json } => {
            let project = Project::open(project, adapters.clone())?;
            tell_categories(&project.plan_category_import(file)?, *json)
        }
        CategoriesCommand::Import { project, file, dry_run: false, json } => {
            in_project(adapters, project, |project| import_categories(project, file, *json))
        }
    }
}

fn export_categories(adapters: &Adapters, project: &Path, file: &Path, as_json: bool) -> anyhow::Result<()> {
    let count = Project::open(project, adapters.clone())?.export_categories(file)?;
    if as_json {
        return output::json(&json!({"path": file, "categories": count}));
    }
    output::line(&format!("{count} category(ies) written to {}", file.display()));
    Ok(())
}

fn import_categories(project: &Project, file: &Path, as_json: bool) -> anyhow::Result<()> {
    let plan = project.plan_category_import(file)?;
    project.apply_category_import(&plan)?;
    tell_categories(&plan, as_json)
}

fn tell_categories(plan: &CategoryImportPlan, as_json: bool) -> anyhow::Result<()> {
    output::remarks(&plan.problems);
    if as_json {
        return output::json(plan);
    }
    for planned in &plan.categories {
        let what = match planned.kind {
            PlannedCategoryKind::New => "new",
            PlannedCategoryKind::Renamed => "renamed",
            PlannedCategoryKind::Updated => "changed",
            PlannedCategoryKind::Unchanged => "unchanged",
        };
        output::line(&format!("{}: {what}", planned.name));
    }
    Ok(())
}
