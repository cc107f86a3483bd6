//! Crop and save: accepted boxes of a project, and faces of a folder, as square pictures with a manifest beside
//! them. A second run writes what is new, replaces what changed, and removes what it wrote itself and is no
//! longer wanted.

mod earlier;
mod marker;
mod names;
mod output;
mod places;
mod refuse;
mod run;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bauta_domain::{AnnotationState, BoundingBox, CropShape, PictureFormat, Source, ports::CancelToken};

use crate::{
    Adapters, AppError, CropSummary, DetectOptions, Progress, Project,
    detect::Finder,
    error::said,
    project::{category_views, count},
};
use earlier::{Kind, spelled};
pub use names::folder_name;
use names::folder_names;
pub(crate) use names::label;
pub(crate) use output::why_unwritable;
pub(crate) use places::{Noted, Places, manifests_below, pictures_below};
use refuse::refuse_around;
pub(crate) use refuse::refuse_inside;
use run::{Piece, Recipe, Source as Photo};

/// Where crops go and what they look like.
#[derive(Clone, Debug)]
pub struct CropTarget {
    /// Folder that is to hold them.
    pub folder: PathBuf,
    /// Size and square rule.
    pub shape: CropShape,
    /// Kind of the files.
    pub format: PictureFormat,
    /// Whether auto-crop makes crops again that somebody deleted.
    pub again: bool,
}

impl CropTarget {
    /// Crops as the paper has them, in this folder: 240 pixels, PNG.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, shape: CropShape::default(), format: PictureFormat::default(), again: false }
    }

    fn check(&self) -> Result<(), AppError> {
        let side = self.shape.side;
        if !CropShape::SIDES.contains(&side) {
            return Err(AppError::Invalid(format!(
                "the size of crops must lie between 32 and 1024 pixels, found {side}"
            )));
        }
        match self.format {
            PictureFormat::Jpeg { quality } if !(1..=100).contains(&quality) => {
                Err(AppError::Invalid(format!("the quality of a JPEG must lie between 1 and 100, found {quality}")))
            }
            _ => Ok(()),
        }
    }

    /// In words, for the manifest: crops with other words are made anew.
    fn settings(&self) -> String {
        let square = format!("{:?}", self.shape.square).to_lowercase();
        let quality = match self.format {
            PictureFormat::Jpeg { quality } => format!(" {quality}"),
            PictureFormat::Png => String::new(),
        };
        format!("{} {square} {}{quality}", self.shape.side, self.format.ending())
    }
}

impl Project {
    /// Writes every accepted box that has a category as a picture into a folder named after the category.
    ///
    /// # Errors
    /// When the size makes no sense, the project cannot be read, the folder holds photos of the project or can be
    /// written no longer: what was written until then stays, and the next run goes on. Pictures that cannot be
    /// read are listed.
    pub fn save_crops(
        &self,
        target: &CropTarget,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<CropSummary, AppError> {
        target.check()?;
        let folders: HashMap<_, _> = {
            let categories = category_views(&self.store())?;
            let folders = folder_names(categories.iter().map(|c| c.name.as_str()));
            categories
                .into_iter()
                .zip(folders)
                .map(|(category, folder)| (category.id, (category.name, folder)))
                .collect()
        };
        let files = self.image_files(None)?;
        refuse_around(&target.folder, files.iter().map(|(_, path)| path.as_path()))?;
        let (mut photos, mut without_category) = (Vec::<Photo>::new(), 0);
        let (mut places, mut real_folders) = (HashMap::new(), HashMap::new());
        for (id, path) in files {
            let (_, annotations) = self.store().annotations(id)?;
            let accepted = annotations.into_iter().filter(|a| a.state == AnnotationState::Accepted);
            let mut pieces = Vec::new();
            for annotation in accepted {
                let Some((category, folder)) = annotation.category.and_then(|id| folders.get(&id)) else {
                    without_category += 1;
                    continue;
                };
                let (detector, score) = match annotation.source {
                    Source::Detected { detector, score } => (detector, Some(score)),
                    _ => (String::new(), None),
                };
                let (category, folder) = (category.clone(), folder.clone());
                pieces.push(Piece { bbox: annotation.bbox, category, folder, detector, score });
            }
            // One file may be in the project twice, along different links.
            let place = *places.entry(spelled(&path, &mut real_folders)).or_insert(photos.len());
            match photos.get_mut(place) {
                Some(Photo { wanted: Some(wanted), .. }) => wanted.append(&mut pieces),
                _ => photos.push(Photo { path, wanted: Some(pieces) }),
            }
        }
        let file = spelled(self.path(), &mut real_folders).to_string_lossy().into_owned();
        let recipe =
            Recipe { adapters: &self.adapters, target, settings: target.settings(), kind: Kind::Project(file) };
        let workers = vec![(); crate::adapters::worker_count(photos.len())];
        let cut = |(): &mut (), photo: &Photo| {
            let pieces = photo.wanted.clone().unwrap_or_default();
            let boxes: Vec<BoundingBox> = pieces.iter().map(|piece| piece.bbox).collect();
            let crops = match boxes.as_slice() {
                [] => Vec::new(),
                boxes => {
                    self.adapters.cropper.shaped_from_file(&photo.path, boxes, target.shape).map_err(|e| said(&e))?
                }
            };
            Ok(pieces.into_iter().zip(crops).collect())
        };
        let mut summary = recipe.run(&photos, workers, &cut, progress, cancel)?.0;
        summary.without_category = count(without_category);
        Ok(summary)
    }
}

/// Finds the faces of every picture below `folder` and writes them as crops, all into the target's
/// folder. Returns what was written, and the pictures in which no face was found.
///
/// # Errors
/// When a folder or the detector cannot be used, or the target can be written no longer: what was written until
/// then stays, and the next run goes on. Single pictures that cannot be read are listed.
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
    refuse_inside(&target.folder, folder, "the crops", "photos")?;
    let (files, mut problems) = adapters.images.list(folder);
    let workers = Finder::open_all(adapters, options, files.len())?;
    let photos: Vec<Photo> = files.into_iter().map(|path| Photo { path, wanted: None }).collect();
    let settings = format!("{} {}", target.settings(), options.words());
    let recipe = Recipe { adapters, target, settings, kind: Kind::Autocrop };
    let cut = |finder: &mut Finder, photo: &Photo| {
        // Decoded once, for the detector and for the crops.
        let image = adapters.images.read(&photo.path).map_err(|error| said(&error))?;
        let found = finder.find(&image)?;
        let boxes: Vec<BoundingBox> = found.iter().map(|face| face.bbox).collect();
        let piece = |face: &bauta_domain::Detection| Piece {
            bbox: face.bbox,
            category: String::new(),
            folder: String::new(),
            detector: options.detector.clone(),
            score: Some(face.score),
        };
        Ok(found.iter().map(piece).zip(adapters.cropper.shaped(&image, &boxes, target.shape)).collect())
    };
    let (mut summary, without_face) = recipe.run(&photos, workers, &cut, progress, cancel)?;
    problems.append(&mut summary.problems);
    summary.problems = problems;
    Ok((summary, without_face))
}
