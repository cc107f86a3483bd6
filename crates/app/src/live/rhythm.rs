//! When to detect, how carefully, and whom to classify: as often as the machine can, by what the last ones took. Pure:
//! times come from outside.

use bauta_domain::{ImageSize, ports::Pace};

/// Detections are at least this many seconds apart: faces are followed well for that long.
const LEAST_SECONDS: f64 = 0.1;
/// At most this share of the time goes into detecting, so that a slow machine detects less often.
const SHARE: f64 = 0.5;
/// However slow the machine is, new faces are looked for so often, in seconds.
const MOST_SECONDS: f64 = 1.0;
/// Frames between detections where every frame of a file is looked at.
const FRAMES: u32 = 4;
/// Every so many detections one looks closer, for small and new faces.
const CLOSER: u32 = 6;
/// The longer side, in pixels of what the detector sees, that a face needs to be seen at a glance.
const GLANCED: f64 = 26.0;
/// Seconds between two answers about a face whose label is not settled, and about one that is.
const CLASSIFY_SECONDS: [f64; 2] = [0.08, 0.25];
/// Of a frame's time, what goes into classifying at most, in seconds; at least one face is classified.
const CLASSIFY_BUDGET: f64 = 0.02;
/// How much the newest cost counts in the running mean.
const NEWEST: f64 = 0.3;

/// The running mean of what something takes, in seconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost(Option<f64>);

impl Cost {
    pub fn note(&mut self, seconds: f64) {
        self.0 = Some(self.0.map_or(seconds, |mean| mean + (seconds - mean) * NEWEST));
    }

    pub fn seconds(self) -> f64 {
        self.0.unwrap_or(0.0)
    }
}

/// Decides about the next detection and the next answers.
#[derive(Debug, Default)]
pub(super) struct Rhythm {
    /// Every frame counts, and takes as long as it takes.
    pub in_step: bool,
    glance: Cost,
    quick: Cost,
    answer: Cost,
    last: Option<(u32, f64, Pace)>,
    glances: u32,
}

impl Rhythm {
    /// Whether it is time for a detection. `urgent`: faces were lost, so the sooner the better.
    pub fn is_due(&self, frame: u32, time: f64, urgent: bool) -> bool {
        let Some((last_frame, last_time, pace)) = self.last else { return true };
        if self.in_step {
            return urgent || frame >= last_frame + FRAMES;
        }
        urgent || time - last_time >= (self.cost(pace) / SHARE).clamp(LEAST_SECONDS, MOST_SECONDS)
    }

    /// How carefully to look, by the longer side of the smallest face that is followed (`None`: there is none).
    pub fn pace(&self, size: ImageSize, smallest: Option<f64>) -> Pace {
        let closer = if smallest.is_none() { self.glances >= 1 } else { self.glances + 1 >= CLOSER };
        if closer || smallest.is_some_and(|side| side < least_face(size, Pace::Glance)) {
            Pace::Quick
        } else {
            Pace::Glance
        }
    }

    /// Faces were lost: the next look is one that is answered soon, a close one comes after it.
    pub fn start_with_a_glance(&mut self) {
        self.glances = 0;
    }

    /// A detection begins.
    pub fn begun(&mut self, frame: u32, time: f64, pace: Pace) {
        self.last = Some((frame, time, pace));
        self.glances = if pace == Pace::Glance { self.glances + 1 } else { 0 };
    }

    /// A detection took this many seconds.
    pub fn detected(&mut self, pace: Pace, seconds: f64) {
        if pace == Pace::Glance { self.glance.note(seconds) } else { self.quick.note(seconds) }
    }

    fn cost(&self, pace: Pace) -> f64 {
        if pace == Pace::Glance { self.glance.seconds() } else { self.quick.seconds() }
    }

    /// So many answers took this many seconds.
    pub fn classified(&mut self, faces: usize, seconds: f64) {
        if faces > 0 {
            self.answer.note(seconds / faces as f64);
        }
    }

    /// Faces to classify in one frame at most.
    pub fn most_answers(&self) -> usize {
        if self.in_step { usize::MAX } else { ((CLASSIFY_BUDGET / self.answer.seconds().max(1e-6)) as usize).max(1) }
    }

    /// How overdue an answer about a face is, in seconds, when it is; `last` is when there was one.
    pub fn overdue(&self, last: Option<f64>, settled: bool, time: f64) -> Option<f64> {
        let Some(last) = last else { return Some(f64::INFINITY) };
        let wait = CLASSIFY_SECONDS[usize::from(settled)];
        (time - last >= wait - 1e-6).then_some(time - last - wait)
    }
}

/// The longer side, in pixels of the frame, of the smallest faces that are seen at this pace.
pub(super) fn least_face(size: ImageSize, pace: Pace) -> f64 {
    let seen = if pace == Pace::Glance { f64::from(Pace::GLANCE_SIDE) } else { 2.0 * f64::from(Pace::GLANCE_SIDE) };
    GLANCED * f64::from(size.width.max(size.height)) / seen
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: ImageSize = ImageSize::new(640, 480);

    #[test]
    fn a_slow_detector_is_asked_less_often() {
        for (cost, expected) in [(0.01, 0.1), (0.1, 0.2), (9.0, 1.0)] {
            let mut rhythm = Rhythm::default();
            assert!(rhythm.is_due(1, 0.0, false));
            rhythm.begun(1, 0.0, Pace::Glance);
            rhythm.detected(Pace::Glance, cost);
            assert!(!rhythm.is_due(2, expected - 0.01, false), "{cost}");
            assert!(rhythm.is_due(2, expected, false), "{cost}");
            assert!(rhythm.is_due(2, 0.01, true), "lost faces are looked for at once");
        }
    }

    #[test]
    fn in_step_the_frames_count_and_not_the_machine() {
        let mut rhythm = Rhythm { in_step: true, ..Rhythm::default() };
        rhythm.begun(1, 0.0, Pace::Glance);
        rhythm.detected(Pace::Glance, 9.0);
        let due: Vec<bool> = (2..6).map(|frame| rhythm.is_due(frame, 100.0, false)).collect();
        assert_eq!(due, [false, false, false, true]);
        assert_eq!(rhythm.most_answers(), usize::MAX);
    }

    #[test]
    fn small_faces_and_now_and_then_all_are_looked_at_closely() {
        let mut rhythm = Rhythm::default();
        let mut paces = Vec::new();
        for frame in 0..7 {
            let pace = rhythm.pace(SIZE, Some(100.0));
            rhythm.begun(frame, 0.0, pace);
            paces.push(pace == Pace::Quick);
        }
        assert_eq!(paces, [false, false, false, false, false, true, false]);
        assert_eq!(rhythm.pace(SIZE, Some(40.0)), Pace::Quick);
        assert_eq!(rhythm.pace(SIZE, None), Pace::Quick, "every second look into an empty room");
        rhythm.start_with_a_glance();
        assert_eq!(rhythm.pace(SIZE, None), Pace::Glance, "after a cut");
    }

    #[test]
    fn a_face_is_classified_at_once_then_often_then_seldom() {
        let rhythm = Rhythm::default();
        assert!(rhythm.overdue(None, false, 5.0).is_some());
        assert!(rhythm.overdue(Some(5.0), false, 5.05).is_none());
        assert!(rhythm.overdue(Some(5.0), false, 5.1).is_some());
        assert!(rhythm.overdue(Some(5.0), true, 5.1).is_none());
        assert!(rhythm.overdue(Some(5.0), true, 5.3).is_some());
    }

    #[test]
    fn a_slow_model_answers_for_one_face_a_frame() {
        let mut rhythm = Rhythm::default();
        rhythm.classified(4, 0.02);
        assert_eq!(rhythm.most_answers(), 4);
        (0..20).for_each(|_| rhythm.classified(1, 0.5));
        assert_eq!(rhythm.most_answers(), 1);
    }
}
