//! Detecting faces: in files, and in the images of a project as proposals.

use std::{
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
};

use bauta_domain::{
    Annotation, AnnotationId, AnnotationState, Detection, Edit, ImageId, ImageSize, Problem, Source, Step,
    ports::{CancelToken, Detector},
};
use uuid::Uuid;

use crate::{
    Adapters, AppError, DetectSummary, Meter, Progress, Project,
    adapters::worker_count,
    error::said,
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
}

/// What was found in one file: the size of the upright picture and its faces, or why it cannot be read.
pub type Found = Result<(ImageSize, Vec<Detection>), String>;

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
    // Pictures differ in size, so files are handed out one by one; each worker has its own session.
    let workers = worker_count(files.len());
    let open = || adapters.models.open_detector(&options.detector, 1).map_err(AppError::Adapter);
    let detectors = (0..workers).map(|_| open()).collect::<Result<Vec<_>, _>>()?;
    let next = AtomicUsize::new(0);
    let stop = CancelToken::default();
    std::thread::scope(|scope| {
        // Bounded: a slow listener slows the workers down instead of filling the memory.
        let (sender, receiver) = mpsc::sync_channel::<(usize, Found)>(workers * 2);
        for mut detector in detectors {
            let (sender, next, stop) = (sender.clone(), &next, &stop);
            scope.spawn(move || {
                while !cancel.is_cancelled() && !stop.is_cancelled() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(index) else { break };
                    let found = detect_file(adapters, file, detector.as_mut(), options.min_score);
                    if sender.send((index, found)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut early = std::collections::BTreeMap::new();
        let mut due = 0;
        for (index, found) in &receiver {
            early.insert(index, found);
            while let Some(found) = early.remove(&due) {
                if let Err(error) = each(due, found) {
                    stop.cancel();
                    return Err(error);
                }
                due += 1;
            }
        }
        Ok(())
    })
}

fn detect_file(adapters: &Adapters, file: &Path, detector: &mut dyn Detector, min_score: Option<f64>) -> Found {
    let image = adapters.images.read(file).map_err(|error| said(&error))?;
    let min_score = min_score.unwrap_or_else(|| detector.default_min_score());
    let found = detector.detect(&image, min_score).map_err(|error| said(&error))?;
    Ok((image.size(), found))
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
