//! Files and folders of annotations to a document: which format, which files, what was wrong in each.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use bauta_domain::{AnnotationDocument, ports::CancelToken};
use bauta_formats::{
    DETECT_BYTES, Detected, FolderCounts, Format, Problems, ReadError, coco, csv_table, detect_file, detect_folder,
    labelme, paper, voc, xlsx, yolo,
};

use crate::{AppError, Meter, Progress};

/// The longest file that is read whole, for formats that are one file; COCO's own largest has 450 MB.
const MAX_FILE_BYTES: u64 = 1 << 30;
/// The longest file of one image; labelme's may hold the picture.
const MAX_IMAGE_FILE_BYTES: u64 = 64 << 20;
/// Folders below the chosen one are looked into this deep.
const MAX_DEPTH: usize = 12;

/// What a file or a folder holds.
#[derive(Clone, Debug)]
pub struct ReadAnnotations {
    /// Where it was read from.
    pub path: PathBuf,
    /// The folder that relative paths in it start from.
    pub(super) folder: PathBuf,
    /// Its format, and how sure that is.
    pub detected: Detected,
    /// What it says.
    pub document: AnnotationDocument,
    /// What was wrong in it.
    pub problems: Problems,
}

/// Reads annotations. The format is detected when it is not given. Single bad files of a folder are listed
/// and left out.
///
/// # Errors
/// When the file or folder is not there, is not of a known format, or `cancel` asks to stop.
pub fn read_annotations(
    path: &Path,
    format: Option<Format>,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<ReadAnnotations, AppError> {
    let path = std::path::absolute(path)?;
    let known = format.map(|format| Detected { format, certain: true });
    if path.is_dir() {
        return read_folder(&path, known, progress, cancel);
    }
    let bytes = read_limited(&path, MAX_FILE_BYTES)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let detected = known.or_else(|| detect_file(&name, &bytes[..bytes.len().min(DETECT_BYTES)]));
    let detected = detected.ok_or_else(|| unknown(&path))?;
    let folder = path.parent().unwrap_or(&path).to_owned();
    if detected.format.is_folder() {
        let files = if detected.format == Format::Yolo && !name.ends_with(".txt") {
            return read_folder(&folder, Some(detected), progress, cancel);
        } else {
            vec![path.clone()]
        };
        let mut read = read_files(&folder, &files, detected, progress, cancel)?;
        read.path = path;
        return Ok(read);
    }
    let read = match detected.format {
        Format::Coco => coco::read(&bytes),
        Format::Csv => csv_table::read(&bytes),
        Format::Xlsx => xlsx::read(&bytes),
        _ => paper::read(&bytes),
    };
    let read = read.map_err(|error| refused(&path, &error))?;
    let mut problems = Problems::default();
    problems.extend(&path.display().to_string(), read.problems);
    Ok(ReadAnnotations { path, folder, detected, document: read.document, problems })
}

fn read_folder(
    folder: &Path,
    known: Option<Detected>,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<ReadAnnotations, AppError> {
    let mut files = Vec::new();
    list(folder, 0, &mut files, cancel);
    let ending = |file: &Path| file.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
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
    // A folder around one file, such as an unpacked COCO export.
    let jsons: Vec<&PathBuf> = files.iter().filter(|file| ending(file) == "json").collect();
    let one_file = detected.is_none_or(|found| found.format == Format::Labelme || !found.format.is_folder());
    if let ([only], true) = (jsons.as_slice(), one_file && counts.xml + counts.txt == 0) {
        return read_annotations(only, known.map(|known| known.format), progress, cancel);
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

fn read_files(
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
    let mut meter = Meter::new(files.len(), progress);
    for file in files {
        if cancel.is_cancelled() {
            return Err(AppError::Cancelled);
        }
        let inside = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let mut found = Problems::default();
        match read_limited(file, MAX_IMAGE_FILE_BYTES) {
            Ok(bytes) => {
                let outcome = match detected.format {
                    Format::Voc => voc::read(&bytes, &inside, &mut document, &mut found),
                    Format::Yolo => yolo::read(&bytes, &inside, &mut document, &mut found),
                    _ => labelme::read(&bytes, &inside, &mut document, &mut found),
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
        meter.step(&inside);
    }
    Ok(ReadAnnotations { path: folder.to_owned(), folder: folder.to_owned(), detected, document, problems })
}

/// Finds the classes of a YOLO folder: there, or in the folders above and around the labels.
fn yolo_classes(folder: &Path, files: &[PathBuf], document: &mut AnnotationDocument, problems: &mut Problems) {
    let mut places: Vec<&Path> = vec![folder];
    places
        .extend(files.first().and_then(|file| file.parent()).into_iter().flat_map(|parent| parent.ancestors().take(3)));
    places.extend(folder.parent());
    for place in places {
        let mut lists: Vec<PathBuf> =
            std::fs::read_dir(place).into_iter().flatten().flatten().map(|e| e.path()).collect();
        lists.retain(|file| is_class_list(file));
        // data.yaml says it best, then classes.txt.
        lists.sort_by_key(|file| (file.extension().is_none_or(|ending| ending != "yaml"), file.clone()));
        for list in lists {
            let read =
                read_limited(&list, MAX_IMAGE_FILE_BYTES).map_err(|error| error.full_message()).and_then(|bytes| {
                    let is_yaml = list.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
                    if is_yaml {
                        yolo::read_data_yaml(&bytes).map_err(|error| error.to_string())
                    } else {
                        Ok(yolo::read_names(&bytes))
                    }
                });
            match read {
                Ok(classes) if !classes.is_empty() => {
                    document.categories = classes;
                    return;
                }
                Ok(_) => {}
                Err(message) => problems.push(list.display(), message),
            }
        }
    }
    problems.push(
        folder.display(),
        "no classes.txt or data.yaml names the classes; put one there, the boxes come without category",
    );
}

fn is_class_list(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name == "classes.txt"
        || name == "labels.txt"
        || name.ends_with(".names")
        || name.ends_with(".yaml")
        || name.ends_with(".yml")
}

/// Text files beside labels that are none.
fn is_no_label(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let known = ["classes.txt", "labels.txt", "train.txt", "val.txt", "test.txt", "requirements.txt", "license.txt"];
    known.contains(&name.as_str()) || name.starts_with("readme")
}

/// All files below a folder in the order of their names; hidden ones and links to folders are left out.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>, cancel: &CancelToken) {
    if depth > MAX_DEPTH || cancel.is_cancelled() {
        return;
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut entries: Vec<_> = entries.filter_map(|entry| Some((entry.file_type().ok()?, entry.path()))).collect();
    entries.sort_by(|a, b| bauta_domain::natural_cmp(&a.1.to_string_lossy(), &b.1.to_string_lossy()));
    for (kind, path) in entries {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if kind.is_dir() {
            list(&path, depth + 1, files, cancel);
        } else if path.is_file() {
            files.push(path);
        }
    }
}

pub(super) fn read_limited(path: &Path, limit: u64) -> Result<Vec<u8>, AppError> {
    let file = fs_err::File::open(path)?;
    let facts = file.metadata()?;
    let too_long = || {
        let message =
            format!("{}: the file is longer than {} MB, which no list of boxes is", path.display(), limit >> 20);
        AppError::Invalid(message)
    };
    // Opening a pipe or a device would read for ever.
    if !facts.is_file() {
        return Err(AppError::Invalid(format!("{}: expected a file", path.display())));
    }
    if facts.len() > limit {
        return Err(too_long());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(facts.len()).unwrap_or(0) + 1);
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_long()) } else { Ok(bytes) }
}

fn unknown(path: &Path) -> AppError {
    let formats: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    AppError::Invalid(format!(
        "{}: the format is not recognised; expected one of {}",
        path.display(),
        formats.join(", ")
    ))
}

pub(super) fn refused(path: &Path, error: &ReadError) -> AppError {
    AppError::Invalid(format!("{}: {error}", path.display()))
}
