//! One frame: detect, follow, classify.

use std::{sync::Arc, time::Instant};

use bauta_domain::{
    Classification, LiveFace, LiveResult, RgbImage,
    ports::{Classifier, Cropper, Detector},
};

use super::tracker::Tracker;
use crate::AppError;

/// Turns frames into faces with labels.
pub struct LiveEngine {
    detector: Box<dyn Detector>,
    classifier: Option<Box<dyn Classifier>>,
    cropper: Arc<dyn Cropper>,
    tracker: Tracker,
    frame: u32,
}

impl LiveEngine {
    /// An engine; without a classifier it shows faces only.
    pub fn new(
        mut detector: Box<dyn Detector>,
        classifier: Option<Box<dyn Classifier>>,
        cropper: Arc<dyn Cropper>,
    ) -> Self {
        detector.hurry();
        Self { detector, classifier, cropper, tracker: Tracker::default(), frame: 0 }
    }

    /// Looks at the next frame; `time` is in seconds since the source was opened.
    ///
    /// # Errors
    /// When a model cannot run.
    pub fn process(&mut self, image: &RgbImage, time: f64) -> Result<LiveResult, AppError> {
        self.frame += 1;
        let started = Instant::now();
        let min_score = self.detector.default_min_score();
        let detections = self.detector.detect(image, min_score).map_err(AppError::Adapter)?;
        let detect_millis = started.elapsed().as_secs_f64() * 1e3;
        let mut tracks = self.tracker.update(&detections);
        let started = Instant::now();
        let mut labels = Vec::new();
        if let Some(classifier) = &mut self.classifier {
            let side = classifier.manifest().input_size;
            let crops: Vec<_> = tracks.iter().map(|track| self.cropper.crop(image, &track.bbox, side)).collect();
            let answers =
                if crops.is_empty() { Vec::new() } else { classifier.classify(&crops).map_err(AppError::Adapter)? };
            tracks.iter_mut().zip(&answers).for_each(|(track, answer)| track.learn(answer));
            labels.clone_from(&classifier.manifest().labels);
        }
        let classify_millis = started.elapsed().as_secs_f64() * 1e3;
        let faces = tracks.iter().map(|track| {
            let best = Classification { probabilities: track.probabilities.clone() }.best();
            let (label, confidence) = best.map_or((None, 0.0), |(index, p)| (labels.get(index).cloned(), f64::from(p)));
            LiveFace { track: track.id, bbox: track.bbox, label, confidence }
        });
        let faces = faces.collect();
        Ok(LiveResult { frame: self.frame, time, size: image.size(), faces, detect_millis, classify_millis })
    }
}
