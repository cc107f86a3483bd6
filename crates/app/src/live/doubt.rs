//! Which frames are worth collecting because the model is unsure of a face in them. Pure: times come from the frames.

use std::collections::BTreeMap;

use bauta_domain::LiveResult;

/// Seconds for which it must be unsure of a face: a turned head or a blurred frame teaches little.
const UNSURE_SECONDS: f64 = 0.5;
/// Seconds between two frames that are collected: neighbours are near-copies.
const APART_SECONDS: f64 = 2.0;
/// Frames of one face at most.
const MOST_OF_A_FACE: u32 = 5;

/// Remembers of which faces it is unsure, and what was collected.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// Face to the time since when it is unsure of it.
    unsure: BTreeMap<u32, f64>,
    collected: BTreeMap<u32, u32>,
    last: Option<f64>,
}

impl Doubts {
    /// The face for whose sake this frame is to be collected, if there is one.
    pub fn look(&mut self, result: &LiveResult) -> Option<u32> {
        // A source that was opened anew counts its time anew.
        let time = result.time;
        self.unsure.retain(|track, since| {
            *since <= time && result.faces.iter().any(|face| face.track == *track && !face.sure)
        });
        for face in result.faces.iter().filter(|face| face.label.is_some() && !face.sure) {
            self.unsure.entry(face.track).or_insert(time);
        }
        if self.last.is_some_and(|last| (0.0..APART_SECONDS).contains(&(time - last))) {
            return None;
        }
        let is_wanted = |(track, since): &(&u32, &f64)| {
            time - **since >= UNSURE_SECONDS && self.collected.get(track).copied().unwrap_or(0) < MOST_OF_A_FACE
        };
        let track = *self.unsure.iter().find(is_wanted)?.0;
        *self.collected.entry(track).or_default() += 1;
        self.last = Some(time);
        Some(track)
    }
}

#[cfg(test)]
mod tests {
    use bauta_domain::{BoundingBox, ImageSize, LiveFace};

    use super::*;

    fn frame(time: f64, faces: &[(u32, bool)]) -> LiveResult {
        let face = |&(track, sure): &(u32, bool)| LiveFace {
            track,
            bbox: BoundingBox::from_corners(0.0, 0.0, 50.0, 50.0).unwrap(),
            score: 0.9,
            label: Some("a".to_owned()),
            confidence: 0.5,
            sure,
        };
        let faces = faces.iter().map(face).collect();
        LiveResult {
            frame: 1,
            time,
            size: ImageSize::new(100, 100),
            faces,
            follow_millis: 0.0,
            detect_millis: 0.0,
            classify_millis: 0.0,
            latency_millis: 0.0,
        }
    }

    #[test]
    fn a_frame_is_collected_when_it_was_unsure_for_a_while_and_then_not_again_at_once() {
        let mut doubts = Doubts::default();
        let tenths = |from: u32, to: u32| (from..to).map(|tenth| f64::from(tenth) / 10.0);
        let collected: Vec<f64> =
            tenths(0, 60).filter(|&time| doubts.look(&frame(time, &[(1, false)])).is_some()).collect();
        assert_eq!(collected, [0.5, 2.5, 4.5]);
        let later: usize = tenths(60, 300).filter(|&time| doubts.look(&frame(time, &[(1, false)])).is_some()).count();
        assert_eq!(later, 2, "five of one face at most");
    }

    #[test]
    fn a_face_that_is_sure_now_and_then_is_left_alone() {
        let mut doubts = Doubts::default();
        for tenth in 0..40 {
            assert_eq!(doubts.look(&frame(f64::from(tenth) / 10.0, &[(1, tenth % 4 == 0), (2, true)])), None);
        }
    }

    #[test]
    fn a_source_that_began_again_is_collected_from_too() {
        let mut doubts = Doubts::default();
        assert_eq!(doubts.look(&frame(100.0, &[(1, false)])), None);
        assert_eq!(doubts.look(&frame(101.0, &[(1, false)])), Some(1));
        assert_eq!(doubts.look(&frame(0.1, &[(2, false)])), None);
        assert_eq!(doubts.look(&frame(0.7, &[(2, false)])), Some(2));
    }
}
