//! Detecting faces: in files, and in the images of a project as proposals.

use std::path::PathBuf;

use bauta_domain::{
    Annotation, AnnotationId, AnnotationState, Detection, Edit, ImageId, ImageSize, Problem, RgbImage, Source, Step,
    ports::{CancelToken, Detector},
};
use uuid::Uuid;

use crate::{
    Adapters, AppError, DetectSummary, Meter, Progress, Project,
    adapters::worker_count,
    error::said,
    parallel::for_each,
    project::{count, history},
};

/// A detection that covers this much (IoU) of a box that is there already is the same face.
const SAME_FACE_IOU: f64 = 0.5;

/// Which detector, and how sure it must be.
#[derive(Clone, Debug)]
pub struct DetectOptions {
    /// Short name of the detector.
    pub detector: String,
    /// Least score, 0 to 1; the detector's own when not given.
    pub min_score: Option<f64>,
    /// Faces whose longer side is shorter than this are left out, in pixels of the picture.
    pub min_face: f64,
}

/// What was found in one file: the size of the upright picture and its faces, or why it cannot be read.
pub type Found = Result<(ImageSize, Vec<Detection>), String>;

impl DetectOptions {
    /// The detector's own limits.
    pub fn new(detector: &str) -> Self {
        Self { detector: detector.to_owned(), min_score: None, min_face: 0.0 }
    }

    /// In words, for the manifest of crops.
    pub(crate) fn words(&self) -> String {
        let score = self.min_score.map_or_else(|| "default".to_owned(), |score| score.to_string());
        format!("{} score {score} face {}", self.detector, self.min_face)
    }
}

/// A detector with its limits.
pub(crate) struct Finder {
    detector: Box<dyn Detector>,
    min_score: f64,
    min_face: f64,
}

impl Finder {
    /// One for each core, for work on this many files; each has its own session.
    pub(crate) fn open_all(adapters: &Adapters, options: &DetectOptions, files: usize) -> Result<Vec<Self>, AppError> {
        let open = |_| {
            let detector = adapters.models.open_detector(&options.detector, 1).map_err(AppError::Adapter)?;
            let min_score = options.min_score.unwrap_or_else(|| detector.default_min_score());
            Ok(Self { detector, min_score, min_face: options.min_face })
        };
        (0..worker_count(files)).map(open).collect()
    }

    /// The faces that are sure and large enough, best first; or what went wrong.
    pub(crate) fn find(&mut self, image: &RgbImage) -> Result<Vec<Detection>, String> {
        let mut found = self.detector.detect(image, self.min_score).map_err(|error| said(&error))?;
        found.retain(|face| face.bbox.width().max(face.bbox.height()) >= self.min_face);
        Ok(found)
    }
}

/// Looks for faces in many files on all cores, and hands the results over in the order of the files.
/// Stops early when `cancel` says so or `each` fails.
///
/// # Errors
/// When the detector cannot be opened, or `each` fails. A file that cannot be read is a result, not an error.
pub fn detect_files(
    adapters: &Adapters,
    files: &[PathBuf],
    options: &DetectOptions,
    cancel: &CancelToken,
    each: &mut dyn FnMut(usize, Found) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let finders = Finder::open_all(adapters, options, files.len())?;
    let work = |finder: &mut Finder, file: &PathBuf| {
        let image = adapters.images.read(file).map_err(|error| said(&error))?;
        Ok((image.size(), finder.find(&image)?))
    };
    let mut early = std::collections::BTreeMap::new();
    let mut due = 0;
    for_each(files, finders, &work, cancel, &mut |index, found| {
        early.insert(index, found);
        while let Some(found) = early.remove(&due) {
            each(due, found)?;
            due += 1;
        }
        Ok(())
    })
}

impl Project {
    /// Proposes a box for every face on these images, or on all. Faces that have a box already are
    /// left alone, so a second run adds nothing. All of it is one step to undo. `changed` hears of
    /// every image whose boxes changed.
    ///
    /// # Errors
    /// When the detector cannot be opened or the project cannot be written; what was found before stays.
    pub fn detect_faces(
        &self,
        images: Option<&[ImageId]>,
        options: &DetectOptions,
        progress: &mut dyn FnMut(Progress),
        changed: &mut dyn FnMut(ImageId),
        cancel: &CancelToken,
    ) -> Result<DetectSummary, AppError> {
        let (ids, files): (Vec<_>, Vec<_>) = self.image_files(images)?.into_iter().unzip();
        let mut meter = Meter::new(files.len(), progress);
        let group = Uuid::new_v4();
        let (mut looked_at, mut faces, mut problems) = (0, 0, Vec::new());
        detect_files(&self.adapters, &files, options, cancel, &mut |index, found| {
            let (id, file) = (ids[index], &files[index]);
            match found {
                Ok((size, detections)) => {
                    let added = self.propose(id, size, &detections, &options.detector, group)?;
                    faces += added;
                    if added > 0 {
                        changed(id);
                    }
                }
                Err(message) => {
                    self.store().set_image_problem(id, &message)?;
                    problems.push(Problem::new(file.display().to_string(), message));
                    changed(id);
                }
            }
            looked_at += 1;
            meter.step(&file.file_name().unwrap_or_default().to_string_lossy());
            Ok(())
        })?;
        let cancelled = looked_at < files.len();
        let history = history(&self.store())?;
        Ok(DetectSummary { images: count(looked_at), faces: count(faces), cancelled, problems, history })
    }

    fn propose(
        &self,
        id: ImageId,
        size: ImageSize,
        detections: &[Detection],
        detector: &str,
        group: Uuid,
    ) -> Result<usize, AppError> {
        let mut store = self.store();
        store.set_image_size(id, size)?;
        let (_, there) = store.annotations(id)?;
        let is_new = |found: &&Detection| there.iter().all(|a| a.bbox.iou(&found.bbox) < SAME_FACE_IOU);
        let proposal = |found: &Detection| Annotation {
            id: AnnotationId::from_uuid(Uuid::new_v4()),
            bbox: found.bbox,
            category: None,
            state: AnnotationState::Proposed,
            source: Source::Detected { detector: detector.to_owned(), score: found.score },
            suggestion: None,
        };
        let new = detections.iter().filter(is_new).map(proposal);
        let edits: Vec<Edit> =
            new.map(|annotation| Edit::Annotation { image: id, before: None, after: Some(annotation) }).collect();
        self.apply_in_group(&mut store, Step::DetectFaces, group, &edits)?;
        Ok(edits.len())
    }
}
