//! One frame: follow the faces that are known, take in what the detector saw, classify whom it is time for.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bauta_domain::{
    LiveFace, LiveResult, RgbImage,
    ports::{Classifier, Detector, Pace},
};

use super::{
    detecting::{Answer, Detecting, Patience, Question},
    rhythm::{Rhythm, least_face},
    tracker::{Moment, Sight, Track, Tracker},
};
use crate::{Adapters, AppError};

/// Frames that are less alike than this (correlation of their small copies) have a cut between them.
const CUT: f64 = 0.6;
/// A frame waits this long for its own detection when nothing else could be shown: below what a person feels, and less
/// than two frames at 30 a second, so that the one that waits behind it is not lost.
const URGENT_WAIT: Duration = Duration::from_millis(60);
/// But no more often than once in so many seconds, or a source that flickers would stutter.
const URGENT_SECONDS: f64 = 0.4;
/// Below this probability a label is a guess, unless the user says otherwise.
pub const MIN_CONFIDENCE: f64 = 0.6;

/// Turns frames into faces with labels.
pub struct LiveEngine {
    detecting: Detecting,
    classifier: Option<Box<dyn Classifier>>,
    labels: Vec<String>,
    adapters: Adapters,
    tracker: Tracker,
    rhythm: Rhythm,
    smooth: bool,
    min_confidence: f64,
    frame: u32,
    before: Option<Moment>,
    /// A face was lost from sight, and the detector did not begin to look for it yet.
    lost: bool,
    waited: f64,
    detect_millis: f64,
}

impl LiveEngine {
    /// An engine for frames that come by themselves; without a classifier it shows faces only.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn new(
        detector: Box<dyn Detector>,
        classifier: Option<Box<dyn Classifier>>,
        adapters: &Adapters,
    ) -> Result<Self, AppError> {
        Ok(Self {
            detecting: Detecting::start(detector)?,
            labels: classifier.as_ref().map(|model| model.manifest().labels.clone()).unwrap_or_default(),
            classifier,
            tracker: Tracker::new(Arc::clone(&adapters.follower)),
            adapters: adapters.clone(),
            rhythm: Rhythm::default(),
            smooth: true,
            min_confidence: MIN_CONFIDENCE,
            frame: 0,
            before: None,
            lost: false,
            waited: f64::NEG_INFINITY,
            detect_millis: 0.0,
        })
    }

    /// For frames that wait, such as those of a file: detections keep to the frames and not to the clock, so that the
    /// same frames always give the same answers.
    #[must_use]
    pub fn in_step(mut self) -> Self {
        self.rhythm.in_step = true;
        self
    }

    /// Shows every answer of the classifier as it is, to compare with.
    #[must_use]
    pub const fn without_smoothing(mut self) -> Self {
        self.smooth = false;
        self
    }

    /// From which probability (0 to 1) on a label is said to be sure.
    pub const fn set_min_confidence(&mut self, min_confidence: f64) {
        self.min_confidence = min_confidence.clamp(0.0, 1.0);
    }

    pub(super) const fn min_confidence(&self) -> f64 {
        self.min_confidence
    }

    /// The source is another one now, or began again: its faces are others. Numbers of frames and faces go on.
    pub fn begin_again(&mut self) {
        self.tracker.forget();
        self.before = None;
    }

    /// Looks at the next frame, which came at the instant `arrived`; `time` is in seconds since the source was opened.
    ///
    /// # Errors
    /// When a model cannot run.
    pub fn process(&mut self, image: &Arc<RgbImage>, time: f64, arrived: Instant) -> Result<LiveResult, AppError> {
        let started = Instant::now();
        self.frame += 1;
        let small = Arc::new(self.adapters.follower.shrink(image));
        let now = Moment { frame: self.frame, time, size: image.size(), small };
        if self.follow(&now) {
            self.lost = true;
            self.rhythm.start_with_a_glance();
        }
        let follow_millis = millis(started);
        self.detect(image, &now)?;
        let started = Instant::now();
        self.classify(image, time)?;
        let classify_millis = millis(started);
        self.before = Some(now);
        let faces = self.faces();
        Ok(LiveResult {
            frame: self.frame,
            time,
            size: image.size(),
            faces,
            follow_millis,
            detect_millis: self.detect_millis,
            classify_millis,
            latency_millis: millis(arrived),
        })
    }

    /// Follows the faces into this frame; whether some were lost, or there is no frame before to compare with.
    fn follow(&mut self, now: &Moment) -> bool {
        let Some(before) = &self.before else { return true };
        if self.adapters.follower.likeness(&before.small, &now.small) < CUT {
            self.tracker.forget();
            return true;
        }
        self.tracker.follow(now)
    }

    fn detect(&mut self, image: &Arc<RgbImage>, now: &Moment) -> Result<(), AppError> {
        let due = self.rhythm.is_due(now.frame, now.time, self.lost);
        let in_step = self.rhythm.in_step;
        // Nobody misses what a frame later is there; an empty screen where a face was is seen.
        let urgent = self.lost && self.tracker.visible().is_empty() && now.time - self.waited >= URGENT_SECONDS;
        let deadline = Instant::now() + URGENT_WAIT;
        let patience = || match (in_step, urgent) {
            (true, _) => Patience::Endless,
            (false, true) => Patience::Some(deadline.saturating_duration_since(Instant::now())),
            (false, false) => Patience::None,
        };
        let answer = self.detecting.answer(if due { patience() } else { Patience::None });
        self.take(answer?, now);
        if !due || self.detecting.is_busy() {
            return Ok(());
        }
        let lengths = self.tracker.visible().into_iter().map(|track| track.bbox.width().max(track.bbox.height()));
        let smallest = lengths.min_by(f64::total_cmp);
        let pace = self.rhythm.pace(image.size(), smallest);
        self.rhythm.begun(now.frame, now.time, pace);
        // Should the glance find nothing, a closer look is next.
        self.lost = self.lost && smallest.is_none() && pace == Pace::Glance;
        self.detecting.ask(Question { at: now.clone(), image: Arc::clone(image), pace });
        if smallest.is_some() || !(in_step || urgent) {
            return Ok(());
        }
        self.waited = now.time;
        let answer = self.detecting.answer(patience())?;
        self.take(answer, now);
        Ok(())
    }

    fn take(&mut self, answer: Option<Answer>, now: &Moment) {
        let Some(Answer { at, pace, detections, seconds }) = answer else { return };
        self.rhythm.detected(pace, seconds);
        self.detect_millis = seconds * 1e3;
        // Since a cut, or in frames of another size, what it saw is of no use.
        if at.frame == now.frame || self.adapters.follower.likeness(&at.small, &now.small) >= CUT {
            let least_face = least_face(at.size, pace);
            self.lost &= detections.is_empty();
            self.tracker.correct(&Sight { at, detections, least_face }, now);
        }
    }

    fn classify(&mut self, image: &RgbImage, time: f64) -> Result<(), AppError> {
        let Some(classifier) = &mut self.classifier else { return Ok(()) };
        let rhythm = &self.rhythm;
        let overdue = |track: &Track| rhythm.overdue(track.classified, track.label.is_settled(), time);
        let tracks = self.tracker.visible().into_iter();
        let mut waiting: Vec<(f64, &mut Track)> =
            tracks.filter_map(|track| overdue(track).map(|seconds| (seconds, track))).collect();
        waiting.sort_by(|a, b| b.0.total_cmp(&a.0));
        waiting.truncate(rhythm.most_answers());
        if waiting.is_empty() {
            return Ok(());
        }
        let started = Instant::now();
        let side = classifier.manifest().input_size;
        let crops: Vec<_> =
            waiting.iter().map(|(_, track)| self.adapters.cropper.crop(image, &track.bbox, side)).collect();
        let answers = classifier.classify(&crops).map_err(AppError::Adapter)?;
        for ((_, track), answer) in waiting.into_iter().zip(&answers) {
            track.classified = Some(time);
            if self.smooth { track.label.learn(answer, time) } else { track.label.replace(answer, time) }
        }
        self.rhythm.classified(crops.len(), started.elapsed().as_secs_f64());
        Ok(())
    }

    fn faces(&mut self) -> Vec<LiveFace> {
        let (labels, min_confidence) = (&self.labels, self.min_confidence);
        let size = self.before.as_ref().map(|before| before.size);
        let face = |track: &mut Track| {
            let verdict = track.label.verdict(min_confidence);
            LiveFace {
                track: track.id,
                bbox: size.map_or(track.bbox, |size| track.bbox.clamped(size)),
                score: track.score,
                label: verdict.and_then(|verdict| labels.get(verdict.label).cloned()),
                confidence: verdict.map_or(0.0, |verdict| verdict.confidence),
                sure: verdict.is_some_and(|verdict| verdict.sure),
            }
        };
        self.tracker.visible().into_iter().map(face).collect()
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
