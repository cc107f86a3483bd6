//! Crop and save: accepted boxes of a project, and faces of a folder.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use bauta_domain::{AnnotationState, BoundingBox, Problem, ports::CancelToken};

use crate::{
    Adapters, AppError, CropSummary, DetectOptions, Meter, Progress, Project, detect_files,
    error::said,
    project::{category_views, count},
};

/// Where crops go and how large they are.
#[derive(Clone, Debug)]
pub struct CropTarget {
    /// Folder that is to hold them.
    pub folder: PathBuf,
    /// Side of the square in pixels, 32 to 1024.
    pub side: u32,
}

impl CropTarget {
    fn check(&self) -> Result<(), AppError> {
        if (32..=1024).contains(&self.side) {
            return Ok(());
        }
        Err(AppError::Invalid(format!("the size of crops must lie between 32 and 1024 pixels, found {}", self.side)))
    }
}

impl Project {
    /// Writes every accepted box that has a category as a PNG into a folder named after the category.
    /// Crops of the same box keep their name, so a second run replaces instead of doubling.
    ///
    /// # Errors
    /// When the size makes no sense or the project cannot be read. Pictures that cannot be read, and
    /// crops that cannot be written, are listed.
    pub fn save_crops(
        &self,
        target: &CropTarget,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<CropSummary, AppError> {
        target.check()?;
        let images = self.image_files(None)?;
        let names: HashMap<_, _> = {
            let categories = category_views(&self.store())?;
            let folders = folder_names(categories.iter().map(|c| c.name.as_str()));
            categories.iter().map(|c| c.id).zip(folders).collect()
        };
        let ambiguous = ambiguous_stems(images.iter().map(|(_, path)| path.as_path()));
        let mut meter = Meter::new(images.len(), progress);
        let mut summary = CropSummary {
            folder: target.folder.display().to_string(),
            written: 0,
            without_category: 0,
            cancelled: false,
            problems: Vec::new(),
        };
        for (id, path) in &images {
            if cancel.is_cancelled() {
                summary.cancelled = true;
                break;
            }
            let (_, annotations) = self.store().annotations(*id)?;
            let accepted = annotations.iter().filter(|a| a.state == AnnotationState::Accepted);
            let (labelled, unlabelled): (Vec<_>, Vec<_>) = accepted.partition(|a| a.category.is_some());
            summary.without_category += count(unlabelled.len());
            let boxes: Vec<(BoundingBox, &str)> =
                labelled.iter().filter_map(|a| Some((a.bbox, names.get(&a.category?)?.as_str()))).collect();
            let written = write_crops(&self.adapters, path, &boxes, target, &ambiguous, &mut summary.problems);
            summary.written += count(written);
            meter.step(&path.file_name().unwrap_or_default().to_string_lossy());
        }
        Ok(summary)
    }
}

/// Finds the faces of every picture below `folder` and writes them as crops, all into the target's
/// folder. Returns what was written, and the pictures in which no face was found.
///
/// # Errors
/// When the folder or the detector cannot be used. Single pictures that cannot be read are listed.
pub fn autocrop_folder(
    adapters: &Adapters,
    folder: &Path,
    target: &CropTarget,
    options: &DetectOptions,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<(CropSummary, Vec<PathBuf>), AppError> {
    target.check()?;
    if !folder.is_dir() {
        return Err(AppError::NoFolder(folder.to_owned()));
    }
    let (files, mut problems) = adapters.images.list(folder);
    let ambiguous = ambiguous_stems(files.iter().map(PathBuf::as_path));
    let mut meter = Meter::new(files.len(), progress);
    let (mut written, mut without_face, mut looked_at) = (0, Vec::new(), 0);
    detect_files(adapters, &files, options, cancel, &mut |index, found| {
        let file = &files[index];
        match found {
            Ok((_, detections)) if detections.is_empty() => without_face.push(file.clone()),
            Ok((_, detections)) => {
                let boxes: Vec<(BoundingBox, &str)> = detections.iter().map(|found| (found.bbox, "")).collect();
                written += write_crops(adapters, file, &boxes, target, &ambiguous, &mut problems);
            }
            Err(message) => problems.push(Problem::new(file.display().to_string(), message)),
        }
        looked_at += 1;
        meter.step(&file.file_name().unwrap_or_default().to_string_lossy());
        Ok(())
    })?;
    let summary = CropSummary {
        folder: target.folder.display().to_string(),
        written: count(written),
        without_category: 0,
        cancelled: looked_at < files.len(),
        problems,
    };
    Ok((summary, without_face))
}

/// Writes crops of one picture into `target/<subfolder>/`; returns how many. What goes wrong is listed.
fn write_crops(
    adapters: &Adapters,
    path: &Path,
    boxes: &[(BoundingBox, &str)],
    target: &CropTarget,
    ambiguous: &HashSet<String>,
    problems: &mut Vec<Problem>,
) -> usize {
    if boxes.is_empty() {
        return 0;
    }
    let image = match adapters.images.read(path) {
        Ok(image) => image,
        Err(error) => {
            problems.push(Problem::new(path.display().to_string(), said(&error)));
            return 0;
        }
    };
    let mut written = 0;
    for (bbox, subfolder) in boxes {
        let folder = target.folder.join(subfolder);
        let file = folder.join(crop_file_name(path, bbox, ambiguous.contains(&stem_of(path))));
        let crop = adapters.cropper.crop(&image, bbox, target.side);
        let saved = fs_err::create_dir_all(&folder).map_err(Into::into);
        match saved.and_then(|()| adapters.cropper.save_png(&crop, &file)) {
            Ok(()) => written += 1,
            Err(error) => problems.push(Problem::new(file.display().to_string(), said(&error))),
        }
    }
    written
}

/// The name of a crop: `stem__x1-y1-x2-y2.png` in whole pixels; with the parent folder in front where
/// two folders hold a picture of the same stem.
pub fn crop_file_name(path: &Path, bbox: &BoundingBox, with_parent: bool) -> String {
    let corners = [bbox.x1(), bbox.y1(), bbox.x2(), bbox.y2()].map(|v| format!("{v:.0}")).join("-");
    let parent = path.parent().and_then(Path::file_name).filter(|_| with_parent);
    let parent = parent.map(|name| format!("{}_", name.to_string_lossy())).unwrap_or_default();
    // File systems allow 255 bytes a name; the corners must survive the cut.
    let room = 255usize.saturating_sub("__.png".len() + corners.len());
    let stem = shortened(format!("{parent}{}", stem_of(path)), room);
    format!("{stem}__{corners}.png")
}

fn shortened(mut name: String, room: usize) -> String {
    while name.len() > room {
        name.pop();
    }
    name
}

fn stem_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Stems that more than one picture has; compared without case, as some file systems do.
fn ambiguous_stems<'a>(paths: impl Iterator<Item = &'a Path>) -> HashSet<String> {
    let mut seen: HashMap<String, Vec<String>> = HashMap::new();
    for path in paths {
        let stem = stem_of(path);
        seen.entry(stem.to_lowercase()).or_default().push(stem);
    }
    seen.into_values().filter(|stems| stems.len() > 1).flatten().collect()
}

/// A folder name for each category name, all different without case.
fn folder_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut unique = |name: &str| {
        let base = folder_name(name);
        let candidates = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base} ({n})")));
        candidates.into_iter().find(|candidate| taken.insert(candidate.to_lowercase())).unwrap_or(base.clone())
    };
    names.map(&mut unique).collect()
}

/// A category's name as a folder name that Windows, macOS and Linux all accept: characters that one of
/// them forbids become `_`, names that Windows reserves get one at the end.
pub fn folder_name(category: &str) -> String {
    let forbidden = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    let clean: String = category.chars().map(|c| if forbidden(c) { '_' } else { c }).collect();
    let clean = shortened(clean, 200);
    let clean = clean.trim().trim_end_matches(['.', ' ']).trim_start_matches('.');
    let device = clean.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        device.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let reserved = matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT");
    match clean {
        "" => "_".to_owned(),
        _ if reserved => format!("{clean}_"),
        _ => clean.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn category_names_become_folders_that_every_system_accepts() {
        for (name, folder) in [
            ("ffp2", "ffp2"),
            ("../../etc", "_.._etc"),
            ("a/b\\c", "a_b_c"),
            ("con", "con_"),
            ("COM7.x", "COM7.x_"),
            ("dots...", "dots"),
            (".hidden", "hidden"),
            ("…", "…"),
            ("..", "_"),
            ("Ärmel 日本", "Ärmel 日本"),
        ] {
            assert_eq!(folder_name(name), folder, "{name}");
        }
        assert_eq!(folder_names(["a/b", "a\\b", "A_B"].into_iter()), ["a_b", "a_b (2)", "A_B (3)"]);
    }

    #[test]
    fn crops_of_equal_stems_are_told_apart_by_their_folder() {
        let bbox = BoundingBox::from_corners(1.2, 2.0, 30.6, 40.0).unwrap();
        let paths = ["/a/x/img.jpg", "/a/y/IMG.png", "/a/y/other.jpg"].map(Path::new);
        let ambiguous = ambiguous_stems(paths.into_iter());
        let names = paths.map(|path| crop_file_name(path, &bbox, ambiguous.contains(&stem_of(path))));
        assert_eq!(names, ["x_img__1-2-31-40.png", "y_IMG__1-2-31-40.png", "other__1-2-31-40.png"]);
        let long = crop_file_name(Path::new(&format!("/a/{}.jpg", "ä".repeat(126))), &bbox, false);
        assert!(long.len() <= 255 && long.ends_with("__1-2-31-40.png"), "{long}");
    }
}
