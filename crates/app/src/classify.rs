//! Asking a model what boxes and pictures show.

use std::path::Path;

use bauta_domain::{
    Annotation, BoundingBox, Classification, Edit, ImageId, Problem, Step, Suggestion,
    ports::{CancelToken, Classifier, Detector},
};
use uuid::Uuid;

use crate::{
    Adapters, AppError, ClassifySummary, Meter, Progress, Project,
    error::unreadable,
    project::{count, history},
};

/// One region of a picture and what the model says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassifiedRegion {
    /// The face, or `None` for the whole picture.
    pub bbox: Option<BoundingBox>,
    /// The answer.
    pub classification: Classification,
}

/// Classifies a picture: each face that `detector` finds, or the whole picture when there is no detector.
///
/// # Errors
/// When the picture cannot be read or a model cannot run.
pub fn classify_file(
    adapters: &Adapters,
    classifier: &mut dyn Classifier,
    detector: Option<&mut dyn Detector>,
    path: &Path,
) -> Result<Vec<ClassifiedRegion>, AppError> {
    let image = adapters.images.read(path).map_err(|error| unreadable(path, &error))?;
    let side = classifier.manifest().input_size;
    let boxes: Vec<Option<BoundingBox>> = match detector {
        None => vec![None],
        Some(detector) => {
            let min_score = detector.default_min_score();
            let found = detector.detect(&image, min_score).map_err(AppError::Adapter)?;
            found.into_iter().map(|detection| Some(detection.bbox)).collect()
        }
    };
    let crop = |bbox: &Option<BoundingBox>| match bbox {
        Some(bbox) => adapters.cropper.crop(&image, bbox, side),
        None => adapters.cropper.squeeze(&image, side),
    };
    let crops: Vec<_> = boxes.iter().map(crop).collect();
    let answers = classifier.classify(&crops).map_err(AppError::Adapter)?;
    let regions = boxes.into_iter().zip(answers);
    Ok(regions.map(|(bbox, classification)| ClassifiedRegion { bbox, classification }).collect())
}

impl Project {
    /// Suggests a category for every box without one, accepted or proposed, on these images or on all.
    /// One step to undo. `changed` hears of every image whose boxes changed.
    ///
    /// # Errors
    /// When the model cannot run or the project cannot be written. Pictures that cannot be read are listed.
    pub fn classify_images(
        &self,
        images: Option<&[ImageId]>,
        classifier: &mut dyn Classifier,
        progress: &mut dyn FnMut(Progress),
        changed: &mut dyn FnMut(ImageId),
        cancel: &CancelToken,
    ) -> Result<ClassifySummary, AppError> {
        let files = self.image_files(images)?;
        let mut meter = Meter::new(files.len(), progress);
        let group = Uuid::new_v4();
        let (mut boxes, mut cancelled, mut problems) = (0, false, Vec::new());
        for (id, path) in files {
            if cancel.is_cancelled() {
                cancelled = true;
                break;
            }
            match self.suggest(id, &path, classifier, group) {
                Ok(0) => {}
                Ok(suggested) => {
                    boxes += suggested;
                    changed(id);
                }
                Err(AppError::Unreadable { path, message }) => problems.push(Problem::new(path, message)),
                Err(error) => return Err(error),
            }
            meter.step(&path.file_name().unwrap_or_default().to_string_lossy());
        }
        let history = history(&self.store())?;
        Ok(ClassifySummary { boxes: count(boxes), cancelled, problems, history })
    }

    fn suggest(
        &self,
        id: ImageId,
        path: &Path,
        classifier: &mut dyn Classifier,
        group: Uuid,
    ) -> Result<usize, AppError> {
        let (_, annotations) = self.store().annotations(id)?;
        let open: Vec<&Annotation> = annotations.iter().filter(|a| a.category.is_none()).collect();
        if open.is_empty() {
            return Ok(0);
        }
        let image = self.adapters.images.read(path).map_err(|error| unreadable(path, &error))?;
        let side = classifier.manifest().input_size;
        let crops: Vec<_> = open.iter().map(|a| self.adapters.cropper.crop(&image, &a.bbox, side)).collect();
        let answers = classifier.classify(&crops).map_err(AppError::Adapter)?;
        let labels = &classifier.manifest().labels;
        // The store was free while the model ran: boxes that somebody changed meanwhile are left alone.
        let mut store = self.store();
        let (_, now) = store.annotations(id)?;
        let edit = |(before, answer): (&&Annotation, Classification)| {
            let (best, confidence) = answer.best()?;
            let suggestion = Some(Suggestion { label: labels.get(best)?.clone(), confidence: f64::from(confidence) });
            let unchanged = now.iter().any(|a| a == *before) && before.suggestion != suggestion;
            let after = Annotation { suggestion, ..(*before).clone() };
            unchanged.then(|| Edit::Annotation { image: id, before: Some((*before).clone()), after: Some(after) })
        };
        let edits: Vec<Edit> = open.iter().zip(answers).filter_map(edit).collect();
        self.apply_in_group(&mut store, Step::Classify, group, &edits)?;
        Ok(edits.len())
    }
}
