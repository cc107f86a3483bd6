//! Files about all images in a folder, such as an unpacked COCO export with a file for training and one for
//! validation.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bauta_domain::{AnnotationDocument, ports::CancelToken};
use bauta_formats::{Detected, Format, Problems};

use super::{
    ReadAnnotations,
    read::{detected, read_file},
    read_folder::{ending, inside, join},
};
use crate::{AppError, Progress};

/// So many files of a folder are looked into to tell what it is.
const MOST_LOOKED_INTO: usize = 64;

/// The files about all images in a folder, each with its format: those of `known`, or what is found. `None` when there
/// are none, and the files may be about one image each.
///
/// # Errors
/// When it is not clear which of them are meant.
pub(super) fn whole_files(
    folder: &Path,
    files: &[PathBuf],
    known: Option<Detected>,
) -> Result<Option<Vec<(PathBuf, Detected)>>, AppError> {
    if let Some(known) = known {
        if known.format.is_folder() {
            return Ok(None);
        }
        let wanted = files.iter().filter(|file| ending(file) == known.format.ending());
        return some(folder, wanted.map(|file| (file.clone(), known)).collect());
    }
    let jsons: Vec<&PathBuf> = files.iter().filter(|file| ending(file) == "json").collect();
    let mut whole = Vec::new();
    let mut of_one_image = 0;
    for file in jsons.iter().take(MOST_LOOKED_INTO) {
        match detected(file).ok().flatten() {
            Some(found) if found.format.is_folder() => of_one_image += 1,
            Some(found) => whole.push(((*file).clone(), found)),
            None => {}
        }
    }
    if !whole.is_empty() && of_one_image > 0 {
        return Err(unclear(folder, &whole, &format!("labelme files ({of_one_image} or more)")));
    }
    if !jsons.is_empty() && whole.is_empty() {
        return Ok(None);
    }
    if whole.is_empty() {
        let is_table = |file: &&PathBuf| matches!(ending(file).as_str(), "csv" | "tsv" | "xlsx" | "xlsm");
        let tables = files.iter().filter(is_table).filter_map(|file| Some((file.clone(), detected(file).ok()??)));
        whole = tables.collect();
    }
    some(folder, whole)
}

fn some(folder: &Path, whole: Vec<(PathBuf, Detected)>) -> Result<Option<Vec<(PathBuf, Detected)>>, AppError> {
    match whole.as_slice() {
        [] => Ok(None),
        // Any table may be about something else.
        [first, rest @ ..]
            if rest.iter().any(|(_, found)| found.format != Format::Coco || first.1.format != Format::Coco) =>
        {
            Err(unclear(folder, &whole, ""))
        }
        _ => Ok(Some(whole)),
    }
}

fn unclear(folder: &Path, whole: &[(PathBuf, Detected)], others: &str) -> AppError {
    const MOST_NAMED: usize = 5;
    let names = whole.iter().take(MOST_NAMED);
    let mut names: Vec<String> =
        names.map(|(file, found)| format!("{} ({})", inside(folder, file), found.format.name())).collect();
    names.extend((whole.len() > MOST_NAMED).then(|| format!("{} more", whole.len() - MOST_NAMED)));
    names.extend((!others.is_empty()).then(|| others.to_owned()));
    AppError::Invalid(format!(
        "{}: found {}; name one of them, or import each from a folder of its own",
        folder.display(),
        names.join(", ")
    ))
}

/// Reads files about all images into one document; single ones that are refused are listed.
///
/// # Errors
/// When none can be read, or `cancel` asks to stop.
pub(super) fn read_whole_files(
    folder: &Path,
    files: &[(PathBuf, Detected)],
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<ReadAnnotations, AppError> {
    if let [(only, found)] = files {
        return read_file(only, *found, progress, cancel);
    }
    let (mut document, mut problems) = (AnnotationDocument::default(), Problems::default());
    let (mut named, mut failed) = (HashMap::new(), None);
    let (mut certain, mut format) = (true, None);
    for (file, found) in files {
        match read_file(file, *found, progress, cancel) {
            Ok(mut read) => {
                // Paths in it start from its own folder.
                read.document.images.iter_mut().for_each(|image| image.file = inside(folder, file));
                join(&mut document, read.document, 0, &mut named);
                problems.extend("", read.problems);
                certain &= found.certain;
                format.get_or_insert(found.format);
            }
            Err(AppError::Cancelled) => return Err(AppError::Cancelled),
            Err(error) => {
                problems.push(file.display(), error.full_message());
                failed.get_or_insert(error);
            }
        }
    }
    match (format, failed) {
        (Some(format), _) => Ok(ReadAnnotations {
            path: folder.to_owned(),
            folder: folder.to_owned(),
            detected: Detected { format, certain },
            document,
            problems,
        }),
        (None, Some(error)) => Err(error),
        (None, None) => Err(super::read::unknown(folder)),
    }
}
