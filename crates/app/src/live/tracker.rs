//! Faces over frames. Between detections each face is followed by its looks; a detection, which may be of a frame some
//! time ago, puts right where it is, and says who came and who went.

use std::{collections::VecDeque, sync::Arc};

use bauta_domain::{BoundingBox, Detection, GreyPyramid, ImageSize, ports::Follower};

use super::label::SteadyLabel;

/// A box that covers this much (IoU) of a face's box in the same frame is that face.
const SAME_FACE_IOU: f64 = 0.3;
/// A face that looks less like itself than this (correlation) is not shown: it turned away, or something is before it.
const VISIBLE: f64 = 0.45;
/// Detections in a row that miss a face before it is gone; one alone may be an oversight.
const MISSES: u32 = 3;
/// A face that is not seen for so many seconds is over; a later one is another.
const FORGOTTEN_SECONDS: f64 = 0.7;
/// Boxes that agree this much (IoU) differ by the detector's own tremor; their mean is steadier than either.
const TREMOR_IOU: f64 = 0.7;
/// Frames whose boxes are remembered, so that a late detection can be compared with them: over two seconds.
const PLACES: usize = 64;

/// What is known of a frame.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    /// Number of the frame, from 1.
    pub frame: u32,
    /// Its time in seconds.
    pub time: f64,
    /// Its size in pixels.
    pub size: ImageSize,
    /// Its grey planes.
    pub small: Arc<GreyPyramid>,
}

/// One face over frames.
#[derive(Debug)]
pub(super) struct Track {
    /// Identity, from 1.
    pub id: u32,
    /// Where it is in the newest frame.
    pub bbox: BoundingBox,
    /// The detector's score when it was seen last, 0 to 1.
    pub score: f64,
    /// What it is.
    pub label: SteadyLabel,
    /// When it was classified last, in seconds.
    pub classified: Option<f64>,
    /// The frame in which it was detected last, and its box there: what it is followed by.
    key: (Arc<GreyPyramid>, BoundingBox),
    places: VecDeque<(u32, BoundingBox)>,
    visible: bool,
    misses: u32,
    /// When it was seen last, in seconds.
    seen: f64,
}

impl Track {
    fn place_in(&self, frame: u32) -> Option<BoundingBox> {
        self.places.iter().rev().find(|(number, _)| *number == frame).map(|(_, bbox)| *bbox)
    }

    fn put(&mut self, frame: u32, bbox: BoundingBox) {
        self.bbox = bbox;
        self.places.retain(|(number, _)| *number != frame);
        self.places.push_back((frame, bbox));
        if self.places.len() > PLACES {
            self.places.pop_front();
        }
    }

    /// Looks for it in this frame, around `near`.
    fn follow(&mut self, follower: &dyn Follower, now: &Moment, near: &BoundingBox) {
        let found = follower.follow(&self.key.0, &self.key.1, &now.small, near);
        match found.filter(|found| found.correlation >= VISIBLE) {
            Some(found) => {
                self.put(now.frame, found.bbox);
                (self.visible, self.seen) = (true, now.time);
            }
            None => self.visible = false,
        }
    }
}

/// What a detector saw in a frame.
#[derive(Debug)]
pub(super) struct Sight {
    /// Which frame.
    pub at: Moment,
    /// The faces in it.
    pub detections: Vec<Detection>,
    /// Faces whose longer side is shorter than this may have been overlooked, in pixels of the frame.
    pub least_face: f64,
}

/// Gives faces their identity.
pub(super) struct Tracker {
    follower: Arc<dyn Follower>,
    tracks: Vec<Track>,
    last_id: u32,
}

impl Tracker {
    pub fn new(follower: Arc<dyn Follower>) -> Self {
        Self { follower, tracks: Vec::new(), last_id: 0 }
    }

    /// Follows every face into the next frame. Returns whether one was lost from sight.
    pub fn follow(&mut self, now: &Moment) -> bool {
        let mut lost = false;
        for track in &mut self.tracks {
            let (was_visible, near) = (track.visible, track.bbox);
            track.follow(self.follower.as_ref(), now, &near);
            lost |= was_visible && !track.visible;
        }
        self.tracks.retain(|track| now.time - track.seen <= FORGOTTEN_SECONDS);
        lost
    }

    /// Takes in what a detector saw in this or an earlier frame.
    pub fn correct(&mut self, sight: &Sight, now: &Moment) {
        let follower = Arc::clone(&self.follower);
        let then: Vec<Option<BoundingBox>> = self.tracks.iter().map(|track| track.place_in(sight.at.frame)).collect();
        // A face out of sight may come back where it was.
        let places: Vec<BoundingBox> =
            self.tracks.iter().zip(&then).map(|(track, place)| place.unwrap_or(track.bbox)).collect();
        let matches = pairs(&places, &sight.detections);
        for (track, (place, matched)) in self.tracks.iter_mut().zip(then.iter().zip(&matches)) {
            match matched {
                Some(index) => meet(track, *place, &sight.detections[*index], sight, now, follower.as_ref()),
                None => {
                    let length = track.bbox.width().max(track.bbox.height());
                    track.misses += u32::from(place.is_some() && length >= sight.least_face);
                }
            }
        }
        self.tracks.retain(|track| track.misses < MISSES);
        let is_new = |index: &usize| !matches.contains(&Some(*index));
        for index in (0..sight.detections.len()).filter(is_new) {
            self.add(&sight.detections[index], sight, now);
        }
    }

    fn add(&mut self, detection: &Detection, sight: &Sight, now: &Moment) {
        let mut track = Track {
            id: self.last_id + 1,
            bbox: detection.bbox,
            score: detection.score,
            label: SteadyLabel::default(),
            classified: None,
            key: (Arc::clone(&sight.at.small), detection.bbox),
            places: VecDeque::new(),
            visible: true,
            misses: 0,
            seen: now.time,
        };
        track.put(sight.at.frame, detection.bbox);
        if sight.at.frame != now.frame {
            track.follow(self.follower.as_ref(), now, &detection.bbox);
        }
        // A face that went again while the detector looked for it was never shown.
        if track.visible {
            self.last_id += 1;
            self.tracks.push(track);
        }
    }

    /// Forgets all faces: after a cut, those in the next frame are others.
    pub fn forget(&mut self) {
        self.tracks.clear();
    }

    /// The faces that are to be seen in the newest frame, in order of their identity.
    pub fn visible(&mut self) -> Vec<&mut Track> {
        self.tracks.iter_mut().filter(|track| track.visible).collect()
    }
}

/// Puts a face right by the detection that is it.
fn meet(
    track: &mut Track,
    place: Option<BoundingBox>,
    detection: &Detection,
    sight: &Sight,
    now: &Moment,
    follower: &dyn Follower,
) {
    let settled = match place {
        Some(place) if place.iou(&detection.bbox) >= TREMOR_IOU => between(&place, &detection.bbox),
        _ => detection.bbox,
    };
    let since = place.map_or((0.0, 0.0), |place| {
        let ((ax, ay), (bx, by)) = (place.center(), track.bbox.center());
        (bx - ax, by - ay)
    });
    track.key = (Arc::clone(&sight.at.small), settled);
    (track.misses, track.score) = (0, detection.score);
    let moved = shifted(&settled, since);
    if sight.at.frame == now.frame {
        track.put(now.frame, settled);
        (track.visible, track.seen) = (true, now.time);
    } else {
        track.follow(follower, now, &moved);
    }
}

/// For each place the detection that is nearest, each detection once, best pairs first.
fn pairs(places: &[BoundingBox], detections: &[Detection]) -> Vec<Option<usize>> {
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (p, place) in places.iter().enumerate() {
        let ious = detections.iter().map(|detection| place.iou(&detection.bbox)).enumerate();
        pairs.extend(ious.filter(|(_, iou)| *iou >= SAME_FACE_IOU).map(|(d, iou)| (iou, p, d)));
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut matches = vec![None; places.len()];
    for (_, place, detection) in pairs {
        if matches[place].is_none() && !matches.contains(&Some(detection)) {
            matches[place] = Some(detection);
        }
    }
    matches
}

fn between(a: &BoundingBox, b: &BoundingBox) -> BoundingBox {
    let mean = |a: f64, b: f64| (a + b) / 2.0;
    let corners = (mean(a.x1(), b.x1()), mean(a.y1(), b.y1()), mean(a.x2(), b.x2()), mean(a.y2(), b.y2()));
    BoundingBox::from_corners(corners.0, corners.1, corners.2, corners.3).unwrap_or(*b)
}

fn shifted(bbox: &BoundingBox, (dx, dy): (f64, f64)) -> BoundingBox {
    BoundingBox::from_corners(bbox.x1() + dx, bbox.y1() + dy, bbox.x2() + dx, bbox.y2() + dy).unwrap_or(*bbox)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use bauta_domain::{Followed, RgbImage};

    use super::*;

    /// Everything moves by this much between one frame and the next, and looks this much like itself.
    struct Moving(Mutex<(f64, f64)>);

    impl Follower for Moving {
        fn shrink(&self, _: &RgbImage) -> GreyPyramid {
            GreyPyramid { planes: Vec::new(), step: 1.0 }
        }
        fn follow(&self, _: &GreyPyramid, _: &BoundingBox, _: &GreyPyramid, near: &BoundingBox) -> Option<Followed> {
            let (by, correlation) = *self.0.lock().unwrap();
            Some(Followed { bbox: shifted(near, (by, 0.0)), correlation })
        }
        fn likeness(&self, _: &GreyPyramid, _: &GreyPyramid) -> f64 {
            1.0
        }
    }

    struct Scene {
        tracker: Tracker,
        moving: Arc<Moving>,
        frame: u32,
    }

    impl Scene {
        fn new() -> Self {
            let moving = Arc::new(Moving(Mutex::new((0.0, 1.0))));
            Self { tracker: Tracker::new(Arc::<Moving>::clone(&moving)), moving, frame: 0 }
        }
        fn moment(&self, frame: u32) -> Moment {
            let small = Arc::new(GreyPyramid { planes: Vec::new(), step: 1.0 });
            Moment { frame, time: f64::from(frame) / 30.0, size: ImageSize::new(640, 480), small }
        }
        /// The next frame, in which everything moves by this much.
        fn next(&mut self, by: f64, correlation: f64) -> bool {
            *self.moving.0.lock().unwrap() = (by, correlation);
            self.frame += 1;
            self.tracker.follow(&self.moment(self.frame))
        }
        /// Faces that the detector saw, so many frames ago.
        fn see(&mut self, ago: u32, faces: &[f64]) {
            let detections = faces.iter().map(|&x| face(x)).collect();
            let sight = Sight { at: self.moment(self.frame - ago), detections, least_face: 40.0 };
            self.tracker.correct(&sight, &self.moment(self.frame));
        }
        fn shown(&mut self) -> Vec<(u32, f64)> {
            self.tracker.visible().iter().map(|track| (track.id, track.bbox.x1())).collect()
        }
    }

    fn face(x: f64) -> Detection {
        Detection { bbox: BoundingBox::from_corners(x, 0.0, x + 100.0, 100.0).unwrap(), score: 0.9 }
    }

    #[test]
    fn a_face_keeps_its_identity_while_it_moves_and_when_it_is_missed_once() {
        let mut scene = Scene::new();
        scene.next(0.0, 1.0);
        scene.see(0, &[0.0, 300.0]);
        assert_eq!(scene.shown(), [(1, 0.0), (2, 300.0)]);
        scene.next(10.0, 1.0);
        scene.next(10.0, 1.0);
        assert_eq!(scene.shown(), [(1, 20.0), (2, 320.0)]);
        scene.see(0, &[322.0]);
        assert_eq!(scene.shown(), [(1, 20.0), (2, 321.0)], "the tremor of the detector is halved");
    }

    #[test]
    fn a_late_detection_is_moved_by_what_the_face_did_since() {
        let mut scene = Scene::new();
        scene.next(0.0, 1.0);
        scene.see(0, &[0.0]);
        scene.next(50.0, 1.0);
        scene.next(50.0, 1.0);
        scene.next(0.0, 1.0);
        scene.see(2, &[54.0]);
        assert_eq!(scene.shown(), [(1, 102.0)], "seen at 50 as 54, now 50 further");
    }

    #[test]
    fn a_face_that_looks_different_is_hidden_at_once_and_comes_back_as_the_same() {
        let mut scene = Scene::new();
        scene.next(0.0, 1.0);
        scene.see(0, &[0.0]);
        assert!(scene.next(0.0, 0.2), "it was lost from sight");
        assert_eq!(scene.shown(), []);
        scene.see(0, &[20.0]);
        assert_eq!(scene.shown(), [(1, 20.0)]);
    }

    #[test]
    fn a_face_that_detections_miss_three_times_is_gone_and_a_small_one_is_given_more() {
        let mut scene = Scene::new();
        scene.next(0.0, 1.0);
        scene.see(0, &[0.0]);
        for missed in 1..=3 {
            scene.next(0.0, 1.0);
            scene.see(0, &[]);
            assert_eq!(scene.shown().len(), usize::from(missed < 3));
        }
        scene.see(0, &[0.0]);
        assert_eq!(scene.shown(), [(2, 0.0)]);
        for _ in 0..9 {
            scene.next(0.0, 1.0);
            let sight = Sight { at: scene.moment(scene.frame), detections: Vec::new(), least_face: 101.0 };
            let now = scene.moment(scene.frame);
            scene.tracker.correct(&sight, &now);
        }
        assert_eq!(scene.shown(), [(2, 0.0)], "the detector could not have seen it");
    }

    #[test]
    fn a_face_that_was_gone_for_long_is_a_new_one() {
        let mut scene = Scene::new();
        scene.next(0.0, 1.0);
        scene.see(0, &[0.0]);
        (0..30).for_each(|_| {
            scene.next(0.0, 0.0);
        });
        scene.see(0, &[0.0]);
        assert_eq!(scene.shown(), [(2, 0.0)]);
        scene.tracker.forget();
        scene.see(0, &[0.0]);
        assert_eq!(scene.shown(), [(3, 0.0)]);
    }
}
