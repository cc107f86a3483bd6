//! Detecting faces: in files, and in the images of a project as proposals.

use std::path::{Path, PathBuf};

use bauta_domain::{
    Annotation, AnnotationId, AnnotationState, Detection, Edit, Fingerprint, ImageId, ImageSize, Problem, RgbImage,
    Source, Step,
    ports::{CancelToken, Detector},
};
use bauta_store::Look;
use uuid::Uuid;

use crate::{
    Adapters, AppError, DetectSummary, Meter, Progress, Project,
    adapters::worker_count,
    error::said,
    files::file_facts,
    parallel::for_each,
    preferences::rules,
    project::{count, history},
};

/// A detection that covers this much (IoU) of a box that is there already is the same face.
const SAME_FACE_IOU: f64 = 0.5;
/// So is one of which, or of whose box, this share lies in an accepted box, unless the rules let boxes overlap more.
const SAME_FACE_OVERLAP: f64 = 0.5;
/// Images after which it is noted that they were looked at: a run that is killed repeats no more than these.
const NOTED_AT_ONCE: usize = 32;

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
    let look = |image: &RgbImage, faces| (image.size(), faces);
    look_at_files(adapters, files, options, &look, cancel, each)
}

/// As [`detect_files`], with what `make` makes of each picture and its faces.
fn look_at_files<Look: Send>(
    adapters: &Adapters,
    files: &[PathBuf],
    options: &DetectOptions,
    make: &(dyn Fn(&RgbImage, Vec<Detection>) -> Look + Sync),
    cancel: &CancelToken,
    each: &mut dyn FnMut(usize, Result<Look, String>) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let finders = Finder::open_all(adapters, options, files.len())?;
    let work = |finder: &mut Finder, file: &PathBuf| {
        let image = adapters.images.read(file).map_err(|error| said(&error))?;
        let faces = finder.find(&image)?;
        Ok(make(&image, faces))
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
    /// left alone, so a second run adds nothing. Images that the detector looked at before, with these limits, are
    /// skipped, unless `again` says otherwise or their file has changed. All of it is one step to undo. `changed`
    /// hears of every image whose boxes changed.
    ///
    /// # Errors
    /// When the detector cannot be opened or the project cannot be written; what was found before stays, and the
    /// next run goes on from there.
    pub fn detect_faces(
        &self,
        images: Option<&[ImageId]>,
        options: &DetectOptions,
        again: bool,
        progress: &mut dyn FnMut(Progress),
        changed: &mut dyn FnMut(ImageId),
        cancel: &CancelToken,
    ) -> Result<DetectSummary, AppError> {
        let settings = options.words();
        let mut images = self.image_files(images)?;
        let all = images.len();
        if !again {
            let looks = self.store().looks(&settings)?;
            images.retain(|(id, file)| looks.get(id).is_none_or(|then| stamp(file).as_ref() != Some(then)));
        }
        let skipped = all - images.len();
        let (ids, files): (Vec<_>, Vec<_>) = images.into_iter().unzip();
        let mut meter = Meter::new(files.len(), progress);
        let group = Uuid::new_v4();
        let (mut looked_at, mut faces, mut problems, mut looks) = (0, 0, Vec::new(), Vec::new());
        let look = |image: &RgbImage, faces| {
            let print = Fingerprint::of(&self.adapters.cropper.squeeze(image, Fingerprint::SIDE));
            (image.size(), faces, print)
        };
        let detected = look_at_files(&self.adapters, &files, options, &look, cancel, &mut |index, found| {
            let (id, file) = (ids[index], &files[index]);
            match found {
                Ok((size, detections, print)) => {
                    let added = self.propose(id, size, &detections, &options.detector, group)?;
                    faces += added;
                    if added > 0 {
                        changed(id);
                    }
                    let print = print.map(|print| print.to_bytes());
                    looks.extend(stamp(file).map(|file| Look { image: id, file, print }));
                    if looks.len() >= NOTED_AT_ONCE {
                        self.store().note_looks(&settings, &std::mem::take(&mut looks))?;
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
        });
        // However it ended: what was looked at need not be looked at again.
        let noted = self.store().note_looks(&settings, &looks);
        detected?;
        noted?;
        let cancelled = looked_at < files.len();
        let history = history(&self.store())?;
        let (images, faces, skipped) = (count(looked_at), count(faces), count(skipped));
        Ok(DetectSummary { images, skipped, faces, cancelled, problems, history })
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
        if store.image(id)?.is_none_or(|image| image.size != Some(size) || image.problem.is_some()) {
            store.set_image_size(id, size)?;
        }
        let (_, there) = store.annotations(id)?;
        let overlap = rules(&store)?.max_overlap.max(SAME_FACE_OVERLAP);
        let is_same = |a: &Annotation, found: &Detection| {
            let accepted = a.state == AnnotationState::Accepted;
            a.bbox.iou(&found.bbox) >= SAME_FACE_IOU || accepted && a.bbox.overlap(&found.bbox) > overlap
        };
        let is_new = |found: &&Detection| !there.iter().any(|a| is_same(a, found));
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

/// What tells a file that was changed since: its length and its time. `None` when it cannot be looked at.
fn stamp(file: &Path) -> Option<String> {
    let facts = file_facts(file)?;
    Some(format!("{} {}", facts.bytes, facts.modified.unwrap_or_default()))
}
