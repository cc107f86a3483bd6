//! Exports: accepted boxes of all images into a file or a folder.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use bauta_domain::{
    AnnotationDocument, AnnotationState, Category, CategoryId, DocumentBox, DocumentCategory, DocumentImage, Problem,
    ports::CancelToken,
};
use bauta_formats::{
    CsvOptions, FolderFiles, Format, Layout, Problems, Tick, WriteError, coco, csv_table, paper, xlsx,
};
use serde::{Deserialize, Serialize};

use super::output::{OutputFolder, write_file};
use crate::{AppError, Meter, Progress, Project, adapters::cores, error::said, parallel::for_each, project::count};

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
    /// When the project cannot be read or the target cannot be written; an earlier export is as it was then.
    pub fn export_annotations(
        &self,
        target: &Path,
        to: ExportFormat,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ExportSummary, AppError> {
        let target = std::path::absolute(target)?;
        let mut problems = Problems::default();
        // Every image is read, and then written: half done after the first.
        let mut meter = Meter::new(self.store().image_count()?, progress);
        let document = match self.document(to.format, &mut meter, cancel, &mut problems) {
            Err(AppError::Cancelled) => return Ok(summary(&AnnotationDocument::default(), &target, to.format, true)),
            document => document?,
        };
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
                if matches!(to.format, Format::Yolo) {
                    for (first, second) in Layout::of(&document).same_stems() {
                        let message = format!("YOLO cannot tell it from {first}; its boxes are in {second}.txt");
                        problems.push(second, message);
                    }
                }
            }
            Err(WriteError::Cancelled) => {}
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
        Ok(AnnotationDocument { categories: categories.collect(), images, destinations })
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

/// Writes a document to a file or, for formats with one file an image, a folder, whole or not at all. Returns how many
/// files it wrote.
///
/// # Errors
/// When the target cannot be written, or `tick` asks to stop; what was there before is as it was then.
pub fn write_annotations(
    document: &AnnotationDocument,
    target: &Path,
    to: ExportFormat,
    tick: &mut Tick,
) -> Result<usize, WriteError> {
    let options = CsvOptions { byte_order_mark: to.byte_order_mark };
    let mut one = |write: &dyn Fn(&mut std::fs::File, &mut Tick) -> Result<(), WriteError>| {
        write_file(target, |out| {
            write(out, tick)?;
            if tick(document.images.len()).is_break() { Err(WriteError::Cancelled) } else { Ok(()) }
        })
        .map(|()| 1)
    };
    match to.format {
        Format::Paper => one(&|out, tick| paper::write(document, out, tick)),
        Format::Coco => one(&|out, tick| coco::write(document, out, tick)),
        Format::Csv => one(&|out, tick| csv_table::write(document, options, out, tick)),
        Format::Xlsx => one(&|out, tick| xlsx::write(document, out, tick)),
        Format::Voc | Format::Yolo | Format::Labelme => write_folder(document, target, to.format, tick),
    }
}

/// So many files are written at a time by one worker.
const BATCH: usize = 128;

fn write_folder(
    document: &AnnotationDocument,
    target: &Path,
    format: Format,
    tick: &mut Tick,
) -> Result<usize, WriteError> {
    let Some(files) = FolderFiles::of(document, format) else { return Ok(0) };
    let reference = |file: &str, image: &str| relative(&target.join(file), Path::new(image));
    let folder = OutputFolder::new(target)?;
    let numbers: Vec<usize> = (0..files.count()).collect();
    let batches: Vec<&[usize]> = numbers.chunks(BATCH).collect();
    let write = |(): &mut (), batch: &&[usize]| {
        batch.iter().try_for_each(|&number| folder.write(files.path(number), &files.content(number, &reference)))
    };
    let mut done = 0;
    for_each(&batches, vec![(); cores()], &write, &CancelToken::default(), &mut |number, written| {
        written?;
        done += batches[number].len();
        if tick(done).is_break() { Err(WriteError::Cancelled) } else { Ok(()) }
    })?;
    folder.publish(numbers.iter().map(|&number| files.path(number)))?;
    Ok(files.count())
}

/// The path of `to` as seen from the folder of the file `from`, with `/`; absolute when they share no root.
fn relative(from: &Path, to: &Path) -> String {
    let folder: Vec<_> = from.parent().into_iter().flat_map(Path::components).collect();
    let parts: Vec<_> = to.components().collect();
    let shared = folder.iter().zip(&parts).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return to.display().to_string();
    }
    let up = std::iter::repeat_n("..".to_owned(), folder.len() - shared);
    let down = parts[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
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
    fn a_picture_is_named_from_where_its_file_lies() {
        let relative = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(relative("/p/out/a.json", "/p/photos/a.jpg"), "../photos/a.jpg");
        assert_eq!(relative("/p/photos/a.json", "/p/photos/a.jpg"), "a.jpg");
        assert_eq!(below_home("/home/me/p/a.jpg", Some(Path::new("/home/me"))), "~/p/a.jpg");
        assert_eq!(below_home("/home/menu/a.jpg", Some(Path::new("/home/me"))), "/home/menu/a.jpg");
    }
}
