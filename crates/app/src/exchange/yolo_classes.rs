//! The names of YOLO's classes, and which text files are no labels.

use std::path::{Path, PathBuf};

use bauta_domain::AnnotationDocument;
use bauta_formats::{Problems, yolo};

use super::{
    file_bytes::read_limited,
    read_folder::{MAX_IMAGE_FILE_BYTES, name_of},
};

/// Finds the classes of a YOLO folder: there, or in the folders above and around the labels.
pub(super) fn yolo_classes(
    folder: &Path,
    files: &[PathBuf],
    document: &mut AnnotationDocument,
    problems: &mut Problems,
) {
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
            let mut inside = Problems::default();
            let read =
                read_limited(&list, MAX_IMAGE_FILE_BYTES).map_err(|error| error.full_message()).and_then(|bytes| {
                    let is_yaml = list.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
                    if is_yaml {
                        yolo::read_data_yaml(&bytes, &mut inside).map_err(|error| error.to_string())
                    } else {
                        Ok(yolo::read_names(&bytes, &mut inside))
                    }
                });
            match read {
                Ok(classes) if !classes.is_empty() => {
                    problems.extend(&list.display().to_string(), inside);
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

/// Whether a file names the classes.
pub(super) fn is_class_list(file: &Path) -> bool {
    let name = name_of(file).to_ascii_lowercase();
    name == "classes.txt"
        || name == "labels.txt"
        || name.ends_with(".names")
        || name.ends_with(".yaml")
        || name.ends_with(".yml")
}

/// Text files beside labels that are none.
pub(super) fn is_no_label(file: &Path) -> bool {
    let name = name_of(file).to_ascii_lowercase();
    let known = ["classes.txt", "labels.txt", "train.txt", "val.txt", "test.txt", "requirements.txt", "license.txt"];
    known.contains(&name.as_str()) || name.starts_with("readme")
}
