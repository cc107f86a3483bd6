//! What a run was worth.

use std::collections::BTreeMap;

use bauta_domain::{LiveFace, LiveResult};

use crate::clips::{Clip, FPS};

/// A shown box that shares this much (IoU) with the true one is that face.
const SAME_FACE: f64 = 0.5;
/// Faces whose longer side is shorter are not counted, in pixels.
const LEAST_FACE: f64 = 40.0;

/// The figures of one run over a clip.
pub struct Figures {
    shown: usize,
    /// Sorted milliseconds from frame to boxes.
    latencies: Vec<f64>,
    cores: Option<f64>,
    true_faces: usize,
    found: usize,
    false_boxes: usize,
    labelled: usize,
    right: usize,
    tracks: usize,
    flips: usize,
    unsure: usize,
    face_frames: usize,
    rounds: [f64; 3],
}

impl Figures {
    /// Of these results; `time` in them is that of the frame in the clip.
    pub fn of(results: &[LiveResult], clip: &Clip, cores: Option<f64>) -> Self {
        let mut latencies: Vec<f64> = results.iter().map(|result| result.latency_millis).collect();
        latencies.sort_by(f64::total_cmp);
        let mean = |value: fn(&LiveResult) -> f64| results.iter().map(value).sum::<f64>() / results.len().max(1) as f64;
        let rounds = [mean(|r| r.follow_millis), mean(|r| r.detect_millis), mean(|r| r.classify_millis)];
        let mut figures = Self {
            shown: results.len(),
            latencies,
            cores,
            true_faces: 0,
            found: 0,
            false_boxes: 0,
            labelled: 0,
            right: 0,
            tracks: 0,
            flips: 0,
            unsure: 0,
            face_frames: 0,
            rounds,
        };
        let mut last: BTreeMap<u32, String> = BTreeMap::new();
        let mut tracks = std::collections::BTreeSet::new();
        for result in results {
            figures.compare(result, clip);
            for face in &result.faces {
                tracks.insert(face.track);
                figures.face_frames += 1;
                figures.unsure += usize::from(!face.sure);
                let Some(label) = face.label.clone() else { continue };
                let before = last.insert(face.track, label.clone());
                figures.flips += usize::from(before.is_some_and(|before| before != label));
            }
        }
        figures.tracks = tracks.len();
        figures
    }

    fn compare(&mut self, result: &LiveResult, clip: &Clip) {
        let frame = (result.time * FPS).round() as usize;
        let Some(truth) = clip.truth.get(frame) else { return };
        let is_same = |face: &&LiveFace, truth: &crate::clips::Truth| face.bbox.iou(&truth.bbox) >= SAME_FACE;
        for face in truth.iter().filter(|face| face.bbox.width().max(face.bbox.height()) >= LEAST_FACE) {
            self.true_faces += 1;
            let Some(seen) = result.faces.iter().find(|seen| is_same(seen, face)) else { continue };
            self.found += 1;
            if let Some(label) = seen.label.as_ref().filter(|_| seen.sure) {
                self.labelled += 1;
                self.right += usize::from(*label == face.label);
            }
        }
        if !truth.is_empty() {
            self.false_boxes += result.faces.iter().filter(|face| !truth.iter().any(|t| is_same(face, t))).count();
        }
    }

    /// In one line.
    pub fn in_words(&self, clip: &Clip) -> String {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let seconds = clip.frames() as f64 / FPS;
        let minutes = self.face_frames as f64 / FPS / 60.0;
        let at = |share: f64| {
            let place = (self.latencies.len() as f64 * share) as usize;
            self.latencies.get(place.min(self.latencies.len().saturating_sub(1))).copied().unwrap_or(0.0)
        };
        format!(
            "{:.1} fps shown, {:.0} of {} frames; frame to boxes p50 {:.1} p95 {:.1} max {:.1} ms (follow {:.1}, detection beside {:.1}, classify {:.1}); {:.2} cores; recall {:.1} % of {}, other boxes {:.1} %; label right {:.1} % of the sure, not sure {:.1} %; {} tracks, {} flips, {:.1} flips a track and minute",
            self.shown as f64 / seconds,
            self.shown,
            clip.frames(),
            at(0.5),
            at(0.95),
            at(1.0),
            self.rounds[0],
            self.rounds[1],
            self.rounds[2],
            self.cores.unwrap_or(0.0),
            share(self.found, self.true_faces),
            self.true_faces,
            share(self.false_boxes, self.face_frames),
            share(self.right, self.labelled),
            share(self.unsure, self.face_frames),
            self.tracks,
            self.flips,
            self.flips as f64 / minutes.max(1e-9),
        )
    }
}

/// CPU seconds of this process and of its children that have ended: other programs on the machine do not count.
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Fields 14 to 17 (own and children's user and system time, in hundredths), counted behind the name in brackets.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields.get(11..15).unwrap_or_default().iter().filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}
