//! Faces over frames: which box is the same face as before, and what it is, steadily.

use bauta_domain::{BoundingBox, Classification, Detection};

/// A box that covers this much (IoU) of a track's last box continues it.
const SAME_FACE_IOU: f64 = 0.3;
/// A track that was not seen for this many frames is over.
const FORGET_AFTER: u32 = 10;
/// Weight of the newest answer in the running mean of probabilities.
const NEWEST: f32 = 0.4;

/// One face over frames.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub id: u32,
    pub bbox: BoundingBox,
    /// Running mean of the answers so far; empty before the first.
    pub probabilities: Vec<f32>,
    missed: u32,
}

impl Track {
    /// Takes a new answer into the running mean.
    pub fn learn(&mut self, answer: &Classification) {
        if self.probabilities.len() != answer.probabilities.len() {
            self.probabilities.clone_from(&answer.probabilities);
            return;
        }
        for (mean, new) in self.probabilities.iter_mut().zip(&answer.probabilities) {
            *mean += (new - *mean) * NEWEST;
        }
    }
}

/// Gives detections their identity.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    tracks: Vec<Track>,
    last_id: u32,
}

impl Tracker {
    /// Matches the detections of a new frame with the tracks, nearest pairs first; returns the tracks
    /// that are in this frame, in order of their identity.
    pub fn update(&mut self, detections: &[Detection]) -> Vec<&mut Track> {
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (t, track) in self.tracks.iter().enumerate() {
            for (d, detection) in detections.iter().enumerate() {
                let iou = track.bbox.iou(&detection.bbox);
                if iou >= SAME_FACE_IOU {
                    pairs.push((iou, t, d));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.tracks.iter_mut().for_each(|track| track.missed += 1);
        let mut matched = vec![false; detections.len()];
        for (_, t, d) in pairs {
            if self.tracks[t].missed > 0 && !matched[d] {
                self.tracks[t].missed = 0;
                self.tracks[t].bbox = detections[d].bbox;
                matched[d] = true;
            }
        }
        for (detection, _) in detections.iter().zip(matched).filter(|(_, matched)| !matched) {
            self.last_id += 1;
            let new = Track { id: self.last_id, bbox: detection.bbox, probabilities: Vec::new(), missed: 0 };
            self.tracks.push(new);
        }
        self.tracks.retain(|track| track.missed <= FORGET_AFTER);
        self.tracks.iter_mut().filter(|track| track.missed == 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f64) -> Detection {
        Detection { bbox: BoundingBox::from_corners(x, 0.0, x + 100.0, 100.0).unwrap(), score: 0.9 }
    }
    fn ids(tracker: &mut Tracker, frame: &[Detection]) -> Vec<(u32, f64)> {
        tracker.update(frame).iter().map(|t| (t.id, t.bbox.x1())).collect()
    }

    #[test]
    fn a_face_keeps_its_identity_while_it_moves_and_when_it_is_missed_briefly() {
        let mut tracker = Tracker::default();
        assert_eq!(ids(&mut tracker, &[face(0.0), face(300.0)]), [(1, 0.0), (2, 300.0)]);
        assert_eq!(ids(&mut tracker, &[face(310.0), face(20.0)]), [(1, 20.0), (2, 310.0)]);
        assert_eq!(ids(&mut tracker, &[face(30.0)]), [(1, 30.0)]);
        assert_eq!(ids(&mut tracker, &[face(30.0), face(330.0)]), [(1, 30.0), (2, 330.0)]);
    }

    #[test]
    fn a_face_that_was_gone_for_long_is_a_new_one() {
        let mut tracker = Tracker::default();
        tracker.update(&[face(0.0)]);
        (0..=FORGET_AFTER).for_each(|_| assert!(tracker.update(&[]).is_empty()));
        assert_eq!(ids(&mut tracker, &[face(0.0)]), [(2, 0.0)]);
    }

    #[test]
    fn one_odd_answer_does_not_turn_the_label() {
        let mut tracker = Tracker::default();
        let answer = |p: f32| Classification { probabilities: vec![p, 1.0 - p] };
        for p in [0.9, 0.9, 0.2] {
            tracker.update(&[face(0.0)])[0].learn(&answer(p));
        }
        assert!(tracker.update(&[face(0.0)])[0].probabilities[0] > 0.5);
    }
}
