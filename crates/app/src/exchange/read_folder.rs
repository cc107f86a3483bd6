//! Folders with one file an image to one document: which files, and what was wrong in each.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use bauta_domain::{AnnotationDocument, DocumentCategory, ports::CancelToken};
use bauta_formats::{Detected, FolderCounts, Format, Problems, ReadDocument, detect_folder, labelme, voc, yolo};

use super::{
    ReadAnnotations,
    file_bytes::read_limited,
    read::unknown,
    whole_files::{read_whole_files, whole_files},
    yolo_classes::{is_class_list, is_no_label, yolo_classes},
};
use crate::{AppError, Meter, Progress, adapters::cores, parallel::for_each};

/// The longest file of one image; labelme's may hold the picture.
pub(super) const MAX_IMAGE_FILE_BYTES: u64 = 64 << 20;
/// Folders below the chosen one are looked into this deep.
const MAX_DEPTH: usize = 12;
/// So many files are read at a time by one worker.
const BATCH: usize = 128;

pub(super) fn read_folder(
    folder: &Path,
    known: Option<Detected>,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<ReadAnnotations, AppError> {
    let mut files = Vec::new();
    list(folder, 0, &mut files, cancel);
    let mut counts = FolderCounts::default();
    for file in &files {
        match ending(file).as_str() {
            "xml" => counts.xml += 1,
            "json" => counts.json += 1,
            "txt" if !is_no_label(file) => counts.txt += 1,
            _ => {}
        }
        counts.has_class_names |= is_class_list(file);
    }
    let detected = known.or_else(|| detect_folder(counts));
    // Around files about all images, such as an unpacked COCO export.
    if detected.is_none_or(|found| found.format == Format::Labelme || !found.format.is_folder())
        && let Some(whole) = whole_files(folder, &files, known)?
    {
        return read_whole_files(folder, &whole, progress, cancel);
    }
    let detected = detected.filter(|found| found.format.is_folder()).ok_or_else(|| unknown(folder))?;
    let wanted = detected.format.ending();
    files.retain(|file| ending(file) == wanted && !(detected.format == Format::Yolo && is_no_label(file)));
    if detected.format == Format::Yolo {
        // With Ultralytics' layout, only what lies in labels is a label.
        let in_labels = |file: &PathBuf| {
            file.strip_prefix(folder).is_ok_and(|inside| inside.components().any(|part| part.as_os_str() == "labels"))
        };
        if files.iter().any(in_labels) {
            files.retain(in_labels);
        }
    }
    read_files(folder, &files, detected, progress, cancel)
}

pub(super) fn read_files(
    folder: &Path,
    files: &[PathBuf],
    detected: Detected,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<ReadAnnotations, AppError> {
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    if detected.format == Format::Yolo {
        yolo_classes(folder, files, &mut document, &mut problems);
    }
    let classes = document.categories.clone();
    let batches: Vec<&[PathBuf]> = files.chunks(BATCH).collect();
    let mut meter = Meter::new(files.len(), progress);
    let (mut waiting, mut next) = (BTreeMap::new(), 0);
    let mut named = HashMap::new();
    for_each(
        &batches,
        vec![(); cores()],
        &|(), batch| read_batch(folder, batch, detected.format, &classes),
        cancel,
        &mut |number, read| {
            meter.advance(batches[number].len(), &inside(folder, &batches[number][0]));
            waiting.insert(number, read);
            // In the order of the files, so that the same folder always gives the same document.
            while let Some(read) = waiting.remove(&next) {
                join(&mut document, read.document, classes.len(), &mut named);
                problems.extend("", read.problems);
                next += 1;
            }
            Ok::<_, AppError>(())
        },
    )?;
    if cancel.is_cancelled() {
        return Err(AppError::Cancelled);
    }
    if document.images.is_empty() {
        return Err(nothing_in(folder, files, detected.format, &problems));
    }
    Ok(ReadAnnotations { path: folder.to_owned(), folder: folder.to_owned(), detected, document, problems })
}

/// Why a folder, or the one file that was asked for, gives nothing at all.
fn nothing_in(folder: &Path, files: &[PathBuf], format: Format, problems: &Problems) -> AppError {
    let (name, ending) = (format.name(), format.ending());
    let first =
        problems.iter().find(|problem| files.iter().any(|file| problem.place.starts_with(&*file.to_string_lossy())));
    AppError::Invalid(match (files, first) {
        ([], _) => {
            format!("{}: no file that ends in .{ending} was found; expected {name} there", folder.display())
        }
        ([_], Some(only)) => only.to_string(),
        (_, Some(first)) => {
            let count = files.len();
            format!("{}: none of its {count} files can be read as {name}; the first one, {first}", folder.display())
        }
        (_, None) => format!("{}: there is no image in it", folder.display()),
    })
}

/// Reads some of the files into a document that begins with these classes.
fn read_batch(folder: &Path, files: &[PathBuf], format: Format, classes: &[DocumentCategory]) -> ReadDocument {
    let mut document = AnnotationDocument { categories: classes.to_vec(), ..AnnotationDocument::default() };
    let mut problems = Problems::default();
    for file in files {
        let mut found = Problems::default();
        match read_limited(file, MAX_IMAGE_FILE_BYTES) {
            Ok(bytes) => {
                let name = inside(folder, file);
                let outcome = match format {
                    Format::Voc => voc::read(&bytes, &name, &mut document, &mut found),
                    Format::Yolo => yolo::read(&bytes, &name, &mut document, &mut found),
                    _ => labelme::read(&bytes, &name, &mut document, &mut found),
                };
                if let Err(error) = outcome {
                    found.push("", error);
                }
            }
            Err(error) => found.push("", error.full_message()),
        }
        if !found.is_empty() {
            problems.extend(&file.display().to_string(), found);
        }
    }
    ReadDocument { document, problems }
}

/// Adds the images of `more` to `document`. Both begin with the same `shared` categories. `named` has the places of
/// the document's categories.
pub(super) fn join(
    document: &mut AnnotationDocument,
    mut more: AnnotationDocument,
    shared: usize,
    named: &mut HashMap<String, u32>,
) {
    let own = more.categories.into_iter().enumerate().map(|(index, category)| {
        if index < shared {
            return u32::try_from(index).unwrap_or(u32::MAX);
        }
        *named.entry(category.name.clone()).or_insert_with(|| {
            document.categories.push(category);
            u32::try_from(document.categories.len() - 1).unwrap_or(u32::MAX)
        })
    });
    let own: Vec<u32> = own.collect();
    for found in more.images.iter_mut().flat_map(|image| &mut image.boxes) {
        found.category = found.category.and_then(|index| own.get(index as usize).copied());
    }
    document.images.append(&mut more.images);
}

/// The path of a file below the folder, with `/`.
pub(super) fn inside(folder: &Path, file: &Path) -> String {
    file.strip_prefix(folder).unwrap_or(file).to_string_lossy().replace('\\', "/")
}

/// All files below a folder in the order of their names; hidden ones and links to folders are left out.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>, cancel: &CancelToken) {
    if depth > MAX_DEPTH || cancel.is_cancelled() {
        return;
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut entries: Vec<_> = entries.filter_map(|entry| Some((entry.file_type().ok()?, entry.path()))).collect();
    entries.sort_by(|a, b| bauta_domain::natural_cmp(&name_of(&a.1), &name_of(&b.1)));
    for (kind, path) in entries {
        if name_of(&path).starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            list(&path, depth + 1, files, cancel);
        } else if kind.is_file() || path.is_file() {
            files.push(path);
        }
    }
}

pub(super) fn name_of(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

pub(super) fn ending(file: &Path) -> String {
    file.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}
