//! Several looks at one picture become one list of faces: which sightings are the same face, where its box is,
//! and how sure that is. No runtime here: plain values in, boxes out.
//!
//! A network that sees a picture twice, in another size and mirrored, errs differently each time. The mean of
//! its scores tells faces from other things better than one score does, and the mean of its boxes lies
//! better than the best one.

use bauta_domain::{BoundingBox, Detection, ImageSize};

use crate::faces::Candidate;

/// How the network sees the picture in one of its looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    /// Longer side of what it sees, in pixels.
    pub side: u32,
    /// Whether left and right are exchanged.
    pub mirrored: bool,
}

/// What a look found.
pub(crate) struct Sightings {
    /// In the pixels of what the network saw.
    pub candidates: Vec<Candidate>,
    /// Pixels that it saw for each pixel of the picture, across and down.
    pub scale: [f64; 2],
}

/// Sightings below this score say nothing, not even together with others.
pub(crate) const LEAST_SCORE: f32 = 0.08;

/// Two boxes that share more than this (intersection over union) are not two faces.
const MAX_IOU: f64 = 0.3;

/// A sighting in one look that shares this much with the best one is the same face seen again.
const SEEN_AGAIN_IOU: f64 = 0.4;

/// Sightings that share this much with the best one have a say in where the box lies.
const VOTING_IOU: f64 = 0.5;

/// Boxes of two faces may share this much after the votes.
const MAX_VOTED_IOU: f64 = 0.4;

/// A further look, which is a smaller one, counts by the size that it sees a face in: not at all up to the
/// first of these (longer side in its pixels), and as much as the first look from the second on.
const SIZES_SEEN: [f64; 2] = [7.5, 20.0];

/// At a very low threshold every cell is a candidate; comparing all with all would take minutes.
const MAX_CANDIDATES: usize = 2000;

/// Faces of fewer pixels than this (longer side in what the network sees) are found better from nearer.
const SMALL: f64 = 40.0;

/// A small face of at least this score is worth a closer look: others may stand beside it.
const WORTH_A_LOOK: f32 = 0.2;

/// A closer look shows more only where the picture has this many pixels for each that was seen.
const MORE_TO_SEE: f64 = 1.5;

struct Sighting {
    look: usize,
    bbox: BoundingBox,
    score: f64,
}

/// The faces with a score of at least `min_score` (0 to 1) in a picture of this size, best first, inside the
/// picture; those of which less than a pixel is left are dropped.
pub(crate) fn faces(looks: &[Sightings], size: ImageSize, min_score: f64) -> Vec<Detection> {
    let sightings = sightings(looks);
    let mut best: Vec<&Sighting> = Vec::new();
    for sighting in &sightings {
        if best.iter().all(|other| other.bbox.iou(&sighting.bbox) <= MAX_IOU) {
            best.push(sighting);
        }
    }
    let face =
        |best: &&Sighting| Some(Detection { bbox: voted(best, &sightings)?, score: score(best, &sightings, looks) });
    let mut faces: Vec<Detection> = best.iter().filter_map(face).filter(|face| face.score >= min_score).collect();
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Detection> = Vec::new();
    for face in faces {
        if kept.iter().all(|other| other.bbox.iou(&face.bbox) <= MAX_VOTED_IOU) {
            kept.push(face);
        }
    }
    for face in &mut kept {
        face.bbox = face.bbox.clamped(size);
    }
    kept.retain(|face| face.bbox.width() >= 1.0 && face.bbox.height() >= 1.0);
    kept
}

/// Whether a look at the same picture from nearer may show more: it has the pixels, and there are small faces, or none
/// that anybody found.
pub(crate) fn pays_to_look_closer(seen: &Sightings, is_empty: bool) -> bool {
    let is_small = |candidate: &Candidate| {
        candidate.score >= WORTH_A_LOOK && f64::from(candidate.size[0].max(candidate.size[1])) < SMALL
    };
    1.0 / seen.scale[0].max(seen.scale[1]) >= MORE_TO_SEE && (is_empty || seen.candidates.iter().any(is_small))
}

/// Adds what was found from nearer: the faces that the usual look, at this scale, sees small and that nobody found.
pub(crate) fn add_small(found: &mut Vec<Detection>, nearer: Vec<Detection>, [across, down]: [f64; 2]) {
    let known = found.len();
    for face in nearer {
        let is_small = (face.bbox.width() * across).max(face.bbox.height() * down) < SMALL;
        if is_small && found[..known].iter().all(|other| other.bbox.iou(&face.bbox) <= MAX_IOU) {
            found.push(face);
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
}

/// All sightings in the picture's pixels, best first; those whose numbers are none are left out.
fn sightings(looks: &[Sightings]) -> Vec<Sighting> {
    let all = looks.iter().enumerate().flat_map(|(look, seen)| {
        seen.candidates.iter().filter_map(move |candidate| {
            let score = f64::from(candidate.score).clamp(0.0, 1.0);
            Some(Sighting { look, bbox: in_picture(candidate, seen.scale)?, score })
        })
    });
    let mut sightings: Vec<Sighting> = all.collect();
    sightings.sort_by(|a, b| b.score.total_cmp(&a.score));
    sightings.truncate(MAX_CANDIDATES);
    sightings
}

/// The mean of the looks' best scores for a face. The first look always counts.
fn score(best: &Sighting, sightings: &[Sighting], looks: &[Sightings]) -> f64 {
    let length = best.bbox.width().max(best.bbox.height());
    let (mut sum, mut weights) = (0.0, 0.0);
    for (look, seen) in looks.iter().enumerate() {
        let [least, full] = SIZES_SEEN;
        let weight = if look == 0 { 1.0 } else { ((length * seen.scale[0] - least) / (full - least)).clamp(0.0, 1.0) };
        let same = |other: &&Sighting| other.look == look && other.bbox.iou(&best.bbox) >= SEEN_AGAIN_IOU;
        sum += weight * sightings.iter().find(same).map_or(0.0, |sighting| sighting.score);
        weights += weight;
    }
    sum / weights
}

/// The mean of the boxes that are nearly the best one, weighted by their scores.
fn voted(best: &Sighting, sightings: &[Sighting]) -> Option<BoundingBox> {
    let (mut sum, mut weights) = ([0.0; 4], 0.0);
    for voter in sightings.iter().filter(|other| other.bbox.iou(&best.bbox) >= VOTING_IOU) {
        let edges = [voter.bbox.x1(), voter.bbox.y1(), voter.bbox.x2(), voter.bbox.y2()];
        sum.iter_mut().zip(edges).for_each(|(sum, edge)| *sum += edge * voter.score);
        weights += voter.score;
    }
    let [x1, y1, x2, y2] = sum.map(|sum| sum / weights);
    BoundingBox::from_corners(x1, y1, x2, y2).ok()
}

/// `None` when the network gave numbers that are none.
fn in_picture(candidate: &Candidate, [across, down]: [f64; 2]) -> Option<BoundingBox> {
    let [x, y] = candidate.center.map(f64::from);
    let [w, h] = candidate.size.map(|length| f64::from(length) / 2.0);
    BoundingBox::from_corners((x - w) / across, (y - h) / down, (x + w) / across, (y + h) / down).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(x: f32, score: f32) -> Candidate {
        Candidate { center: [x, 10.0], size: [20.0, 20.0], score }
    }

    fn seen(candidates: Vec<Candidate>) -> Sightings {
        Sightings { candidates, scale: [1.0, 1.0] }
    }

    fn corners(detection: &Detection) -> [f64; 4] {
        let b = detection.bbox;
        [b.x1(), b.y1(), b.x2(), b.y2()].map(|v| (v * 100.0).round() / 100.0)
    }

    #[test]
    fn one_box_a_face_stays_and_all_lie_inside() {
        let one = seen(vec![
            candidate(30.0, 0.6),
            candidate(10.0, 0.9),
            candidate(40.0, 0.7),
            candidate(500.0, 0.95),
            candidate(f32::NAN, 0.8),
        ]);
        let found = faces(&[one], ImageSize::new(45, 15), 0.5);
        let centers: Vec<f64> = found.iter().map(|face| (face.bbox.x1() / 10.0).round()).collect();
        assert_eq!(centers, [0.0, 3.0], "{found:?}");
        assert!(found.iter().all(|face| face.bbox.x2() <= 45.0 && face.bbox.y2() <= 15.0));
    }

    #[test]
    fn boxes_are_scaled_back_to_the_picture() {
        let candidate = Candidate { center: [100.0, 50.0], size: [40.0, 20.0], score: 0.5 };
        let one = Sightings { candidates: vec![candidate], scale: [0.5, 0.25] };
        let found = faces(&[one], ImageSize::new(1000, 1000), 0.1);
        assert_eq!(corners(&found[0]), [160.0, 160.0, 240.0, 240.0]);
    }

    #[test]
    fn the_box_is_the_mean_of_nearly_equal_ones_by_their_scores() {
        let found = faces(&[seen(vec![candidate(50.0, 0.6), candidate(53.0, 0.3)])], ImageSize::new(200, 100), 0.1);
        assert_eq!(found.iter().map(corners).collect::<Vec<_>>(), [[41.0, 0.0, 61.0, 20.0]]);
    }

    #[test]
    fn only_small_faces_of_a_picture_with_more_pixels_are_worth_a_closer_look() {
        let at = |scale, score, side| Sightings {
            candidates: vec![Candidate { center: [9.0; 2], size: [side; 2], score }],
            scale: [scale; 2],
        };
        assert!(pays_to_look_closer(&at(0.5, 0.3, 12.0), false));
        assert!(!pays_to_look_closer(&at(0.8, 0.3, 12.0), true), "seen nearly whole");
        assert!(!pays_to_look_closer(&at(0.5, 0.1, 12.0), false), "hardly a face");
        assert!(!pays_to_look_closer(&at(0.5, 0.9, 60.0), false), "large");
        assert!(pays_to_look_closer(&at(0.5, 0.1, 12.0), true), "nothing was found yet");
    }

    #[test]
    fn a_closer_look_adds_small_faces_that_were_missed_and_changes_no_other() {
        let face = |x: f64, side: f64, score| Detection {
            bbox: BoundingBox::from_corners(x, 0.0, x + side, side).unwrap(),
            score,
        };
        let mut found = vec![face(0.0, 30.0, 0.5)];
        add_small(&mut found, vec![face(200.0, 30.0, 0.9), face(2.0, 30.0, 0.8), face(400.0, 90.0, 0.7)], [0.5; 2]);
        assert_eq!(found, [face(200.0, 30.0, 0.9), face(0.0, 30.0, 0.5)]);
    }

    #[test]
    fn a_face_that_a_second_look_does_not_see_loses_score_unless_it_is_too_small_for_it() {
        let size = ImageSize::new(200, 100);
        let second = |scale| Sightings { candidates: vec![], scale: [scale, scale] };
        let score = |scale| faces(&[seen(vec![candidate(50.0, 0.8)]), second(scale)], size, 0.1)[0].score;
        assert!((score(1.0) - 0.4).abs() < 1e-6, "seen at 20 pixels");
        assert!((score(0.375) - 0.8).abs() < 1e-6, "seen at 7.5 pixels");
        let again = seen(vec![candidate(51.0, 0.6)]);
        let found = faces(&[seen(vec![candidate(50.0, 0.8)]), again], size, 0.1);
        assert!((found[0].score - 0.7).abs() < 1e-6 && found.len() == 1);
    }
}
