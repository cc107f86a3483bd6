//! Exports: accepted boxes of all images into a file or a folder.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use bauta_domain::{
    AnnotationDocument, AnnotationState, Category, CategoryId, DocumentBox, DocumentCategory, DocumentImage, Problem,
    ports::CancelToken,
};
use bauta_formats::{Format, Problems, WriteError};
use serde::{Deserialize, Serialize};

use super::{
    output::Torn,
    write::{NamedFiles, write_annotations},
};
use crate::{AppError, Meter, Progress, Project, error::said, files::tidy, project::count};

/// A format to export to, with its choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ExportFormat {
    /// The format.
    pub format: Format,
    /// CSV only: begin with a byte order mark, by which Excel knows UTF-8.
    pub byte_order_mark: bool,
}

/// What an export wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ExportSummary {
    /// The file or folder.
    pub path: String,
    /// Its format.
    pub format: Format,
    /// Name of the format.
    pub format_name: String,
    /// Files written.
    pub files: u32,
    /// Images in it.
    pub images: u32,
    /// Boxes in it.
    pub boxes: u32,
    /// Boxes without category among them.
    pub without_category: u32,
    /// Whether it was cancelled; then nothing was written and an earlier export is as it was.
    pub cancelled: bool,
    /// What the format cannot hold, and pictures that could not be read.
    pub problems: Vec<Problem>,
}

impl Project {
    /// Writes the accepted boxes of all images to a file or, for formats with one file an image, a folder.
    ///
    /// # Errors
    /// When the project cannot be read, the target is a file of the project or another project, or it cannot be
    /// written; an earlier export is as it was then, unless the error is [`AppError::ExportTorn`].
    pub fn export_annotations(
        &self,
        target: &Path,
        to: ExportFormat,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ExportSummary, AppError> {
        let target = tidy(target);
        let mut own = self.own_files()?;
        own.refuse_and_projects(&target)?;
        let mut problems = Problems::default();
        // Every image is read, and then written: half done after the first.
        let mut meter = Meter::new(self.store().image_count()?, progress);
        let document = match self.document(to.format, &mut meter, cancel, &mut problems) {
            Err(AppError::Cancelled) => return Ok(summary(&AnnotationDocument::default(), &target, to.format, true)),
            document => document?,
        };
        let folder = NamedFiles::of(&document, to.format);
        for file in folder.iter().flat_map(|folder| folder.targets(&target)) {
            own.refuse(&file)?;
        }
        let (read, mut written) = (document.images.len(), 0);
        let mut tick = |done: usize| {
            // The last part has no images to count: what was written goes to the disk.
            written = written.max(done.min(read));
            meter.reach((read + written) / 2, if written == read { "saving to the disk" } else { "" });
            if cancel.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let outcome = write_annotations(&document, &target, to, &mut tick);
        let cancelled = matches!(outcome, Err(WriteError::Cancelled));
        let mut summary = summary(&document, &target, to.format, cancelled);
        match outcome {
            Ok(files) => {
                summary.files = count(files);
                if let Some(folder) = &folder {
                    folder.tell_names(to.format, &mut problems);
                }
            }
            Err(WriteError::Cancelled) => {}
            Err(WriteError::Io(error)) if Torn::is_in(&error) => {
                return Err(AppError::ExportTorn { path: target, reason: error.to_string() });
            }
            Err(error) => return Err(AppError::Export { path: target, reason: error.to_string() }),
        }
        summary.problems = problems.into_list();
        Ok(summary)
    }

    /// The project as a document, its images by their absolute paths.
    fn document(
        &self,
        format: Format,
        meter: &mut Meter<'_>,
        cancel: &CancelToken,
        problems: &mut Problems,
    ) -> Result<AnnotationDocument, AppError> {
        let store = self.store();
        let categories: Vec<Category> = store.categories()?.into_iter().map(|(category, _)| category).collect();
        let index_of: std::collections::HashMap<CategoryId, u32> =
            categories.iter().map(|category| category.id).zip(0..).collect();
        let destinations: Vec<_> = store.destinations()?.into_iter().map(|(destination, _)| destination).collect();
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
        let mut images = Vec::new();
        store.visit_annotations(|record, boxes| {
            if cancel.is_cancelled() {
                return Err(AppError::Cancelled);
            }
            meter.reach(images.len() / 2, "");
            let accepted = boxes.iter().filter(|stored| stored.annotation.state == AnnotationState::Accepted);
            let boxes = accepted.map(|stored| {
                let b = stored.annotation.bbox;
                DocumentBox {
                    corners: [b.x1(), b.y1(), b.x2(), b.y2()],
                    category: stored.annotation.category.and_then(|id| index_of.get(&id).copied()),
                    source: stored.annotation.source.clone(),
                    changed: stored.changed_at.clone(),
                    place: 0,
                    line: 0,
                }
            });
            let destination = destinations.iter().position(|d| Some(d.id) == record.marks.destination).map(count);
            images.push(DocumentImage {
                path: record.path.clone(),
                size: record.size,
                boxes: boxes.collect(),
                destination,
                ..DocumentImage::default()
            });
            Ok(())
        })?;
        drop(store);
        for image in &mut images {
            if cancel.is_cancelled() {
                return Err(AppError::Cancelled);
            }
            if image.size.is_none() && !matches!(format, Format::Paper | Format::Csv) {
                match self.adapters.images.size(Path::new(&image.path)) {
                    Ok(size) => image.size = Some(size),
                    Err(error) => problems.push(&image.path, format_args!("its size is unknown: {}", said(&error))),
                }
            }
            if format == Format::Paper {
                image.path = below_home(&image.path, home.as_deref());
            }
        }
        let categories = categories.into_iter().map(|category| DocumentCategory {
            name: category.name,
            color: Some(category.color),
            hotkey: category.hotkey.map(String::from),
            description: (!category.description.is_empty()).then_some(category.description),
        });
        let destinations = destinations.into_iter().map(|destination| destination.path).collect();
        Ok(AnnotationDocument { categories: categories.collect(), images, destinations, sheet: None })
    }
}

/// What there is to say of an export before its files are counted.
fn summary(document: &AnnotationDocument, target: &Path, format: Format, cancelled: bool) -> ExportSummary {
    let boxes = document.images.iter().flat_map(|image| &image.boxes);
    ExportSummary {
        path: target.display().to_string(),
        format,
        format_name: format.name().to_owned(),
        files: 0,
        images: count(document.images.len()),
        boxes: count(document.box_count()),
        without_category: count(boxes.filter(|found| found.category.is_none()).count()),
        cancelled,
        problems: Vec::new(),
    }
}

/// The path as the paper's program has it: `~/…` for what is in the home folder.
fn below_home(path: &str, home: Option<&Path>) -> String {
    let inside = home.and_then(|home| Path::new(path).strip_prefix(home).ok());
    inside.map_or_else(|| path.to_owned(), |inside| format!("~/{}", inside.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_home_folder_is_written_as_the_paper_has_it() {
        assert_eq!(below_home("/home/me/p/a.jpg", Some(Path::new("/home/me"))), "~/p/a.jpg");
        assert_eq!(below_home("/home/menu/a.jpg", Some(Path::new("/home/me"))), "/home/menu/a.jpg");
    }
}
