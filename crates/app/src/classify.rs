//! Asking a model what boxes and pictures show.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use bauta_domain::{
    Annotation, BoundingBox, Classification, Edit, ImageId, Problem, Step, Suggestion, category_named,
    ports::{CancelToken, Classifier, Detector},
};
use uuid::Uuid;

use crate::{
    Adapters, AppError, ClassifySummary, Meter, Progress, Project,
    annotations::categories,
    error::unreadable,
    parallel::for_each,
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
    /// Suggests a category for every box without one, accepted or proposed, on these images or on all, with a
    /// classifier on each core. One step to undo. `changed` hears of every image whose boxes changed.
    ///
    /// # Errors
    /// When the model cannot run or the project cannot be written; what was suggested until then stays. Pictures
    /// that cannot be read are listed.
    pub fn classify_images(
        &self,
        images: Option<&[ImageId]>,
        classifiers: Vec<Box<dyn Classifier>>,
        progress: &mut dyn FnMut(Progress),
        changed: &mut dyn FnMut(ImageId),
        cancel: &CancelToken,
    ) -> Result<ClassifySummary, AppError> {
        let mut jobs = Vec::new();
        for (id, path) in self.image_files(images)? {
            let (_, annotations) = self.store().annotations(id)?;
            let open: Vec<Annotation> = annotations.into_iter().filter(|a| a.category.is_none()).collect();
            if !open.is_empty() {
                jobs.push(Job { id, path, open });
            }
        }
        let labels = classifiers.first().map(|first| first.manifest().labels.clone()).unwrap_or_default();
        let mut meter = Meter::new(jobs.len(), progress);
        let group = Uuid::new_v4();
        let (mut boxes, mut done, mut problems) = (0, 0, Vec::new());
        let mut said = BTreeSet::new();
        let ask = |classifier: &mut Box<dyn Classifier>, job: &Job| self.ask(job, classifier.as_mut());
        for_each(&jobs, classifiers, &ask, cancel, &mut |index, answers: Result<Vec<Classification>, AppError>| {
            let job = &jobs[index];
            match answers {
                Ok(answers) => {
                    let suggested = self.suggest(job, &answers, &labels, group)?;
                    if !suggested.is_empty() {
                        boxes += suggested.len();
                        said.extend(suggested);
                        changed(job.id);
                    }
                }
                Err(AppError::Unreadable { path, message }) => problems.push(Problem::new(path, message)),
                Err(error) => return Err(error),
            }
            done += 1;
            meter.step(&job.path.file_name().unwrap_or_default().to_string_lossy());
            Ok(())
        })?;
        let store = self.store();
        let known = categories(&store)?;
        let unknown = said.into_iter().filter(|label| category_named(label, &known).is_none()).collect();
        let (boxes, cancelled) = (count(boxes), done < jobs.len());
        Ok(ClassifySummary { boxes, cancelled, unknown, problems, history: history(&store)? })
    }

    /// What the model says of the boxes of one picture.
    fn ask(&self, job: &Job, classifier: &mut dyn Classifier) -> Result<Vec<Classification>, AppError> {
        let image = self.adapters.images.read(&job.path).map_err(|error| unreadable(&job.path, &error))?;
        let side = classifier.manifest().input_size;
        let crops: Vec<_> = job.open.iter().map(|a| self.adapters.cropper.crop(&image, &a.bbox, side)).collect();
        classifier.classify(&crops).map_err(AppError::Adapter)
    }

    /// Keeps the answers as suggestions; returns the labels that are new.
    fn suggest(
        &self,
        job: &Job,
        answers: &[Classification],
        labels: &[String],
        group: Uuid,
    ) -> Result<Vec<String>, AppError> {
        // The store was free while the model ran: boxes that somebody changed meanwhile are left alone.
        let mut store = self.store();
        let (_, now) = store.annotations(job.id)?;
        let edit = |(before, answer): (&Annotation, &Classification)| {
            let (best, confidence) = answer.best()?;
            let label = labels.get(best)?.clone();
            let suggestion = Some(Suggestion { label: label.clone(), confidence: f64::from(confidence) });
            let unchanged = now.iter().any(|a| a == before) && before.suggestion != suggestion;
            let after = Annotation { suggestion, ..before.clone() };
            let edit = Edit::Annotation { image: job.id, before: Some(before.clone()), after: Some(after) };
            unchanged.then_some((edit, label))
        };
        let (edits, said): (Vec<Edit>, Vec<String>) = job.open.iter().zip(answers).filter_map(edit).unzip();
        self.apply_in_group(&mut store, Step::Classify, group, &edits)?;
        Ok(said)
    }
}

/// An image and its boxes without a category.
struct Job {
    id: ImageId,
    path: PathBuf,
    open: Vec<Annotation>,
}
