//! What the outputs of face networks mean, and which of the overlapping boxes stay. No runtime here:
//! plain slices in, boxes out.

use bauta_domain::{BoundingBox, Detection, ImageSize};

/// Two boxes that share more than this (intersection over union) are the same face.
const MAX_IOU: f64 = 0.3;

/// At a very low threshold every cell is a candidate; comparing all with all would take minutes.
const MAX_CANDIDATES: usize = 2000;

/// A candidate in the pixels of the network's input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub center: [f32; 2],
    pub size: [f32; 2],
    pub score: f32,
}

/// CenterFace (Xu et al. 2019, <https://arxiv.org/abs/1911.03599>): one cell every four pixels with the
/// probability that a face is centred there, log height and log width in cells, and the centre's offset
/// (y, x) from the middle of the cell. Planes of `columns · rows` values each.
pub(crate) struct CenterFaceOutputs<'a> {
    pub columns: usize,
    pub heatmap: &'a [f32],
    pub scale: &'a [f32],
    pub offset: &'a [f32],
}

impl CenterFaceOutputs<'_> {
    const STRIDE: f32 = 4.0;

    pub(crate) fn candidates(&self, min_score: f32) -> Vec<Candidate> {
        let cells = self.heatmap.len();
        let over = self.heatmap.iter().enumerate().filter(|&(_, &score)| score >= min_score);
        let candidate = |(cell, &score): (usize, &f32)| Candidate {
            center: [
                ((cell % self.columns) as f32 + self.offset[cells + cell] + 0.5) * Self::STRIDE,
                ((cell / self.columns) as f32 + self.offset[cell] + 0.5) * Self::STRIDE,
            ],
            size: [self.scale[cells + cell].exp() * Self::STRIDE, self.scale[cell].exp() * Self::STRIDE],
            score,
        };
        over.map(candidate).collect()
    }
}

/// One of the three grids of YuNet (Wu et al. 2023, <https://doi.org/10.1007/s11633-023-1423-y>): per
/// cell a class and an object probability, whose geometric mean is the score, and a box as offset of
/// the centre from the cell's corner and log size, both in cells.
pub(crate) struct YuNetGrid<'a> {
    pub stride: usize,
    pub columns: usize,
    pub class: &'a [f32],
    pub object: &'a [f32],
    pub boxes: &'a [f32],
}

impl YuNetGrid<'_> {
    pub(crate) fn candidates(&self, min_score: f32) -> Vec<Candidate> {
        let stride = self.stride as f32;
        let cells = self.class.iter().zip(self.object).zip(self.boxes.chunks_exact(4)).enumerate();
        let candidate = |(cell, ((class, object), place)): (usize, ((&f32, &f32), &[f32]))| Candidate {
            center: [
                ((cell % self.columns) as f32 + place[0]) * stride,
                ((cell / self.columns) as f32 + place[1]) * stride,
            ],
            size: [place[2].exp() * stride, place[3].exp() * stride],
            score: (class.clamp(0.0, 1.0) * object.clamp(0.0, 1.0)).sqrt(),
        };
        cells.map(candidate).filter(|candidate| candidate.score >= min_score).collect()
    }
}

/// Boxes in the picture, best first: `scale` is input pixels a picture pixel. Of boxes that show the
/// same face the best stays; what lies outside the picture is cut off, and dropped when less than a
/// pixel is left.
pub(crate) fn detections(mut candidates: Vec<Candidate>, scale: [f64; 2], size: ImageSize) -> Vec<Detection> {
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    candidates.truncate(MAX_CANDIDATES);
    let mut kept: Vec<Detection> = Vec::new();
    for candidate in candidates {
        let Some(bbox) = in_picture(&candidate, scale) else { continue };
        if kept.iter().all(|other| other.bbox.iou(&bbox) <= MAX_IOU) {
            kept.push(Detection { bbox, score: f64::from(candidate.score).clamp(0.0, 1.0) });
        }
    }
    for detection in &mut kept {
        detection.bbox = detection.bbox.clamped(size);
    }
    kept.retain(|detection| detection.bbox.width() >= 1.0 && detection.bbox.height() >= 1.0);
    kept
}

/// `None` when the network gave numbers that are none.
fn in_picture(candidate: &Candidate, scale: [f64; 2]) -> Option<BoundingBox> {
    let [x, y] = candidate.center.map(f64::from);
    let [w, h] = candidate.size.map(|length| f64::from(length) / 2.0);
    let [kx, ky] = scale;
    BoundingBox::from_corners((x - w) / kx, (y - h) / ky, (x + w) / kx, (y + h) / ky).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corners(detection: &Detection) -> [f64; 4] {
        let b = detection.bbox;
        [b.x1(), b.y1(), b.x2(), b.y2()].map(|v| (v * 100.0).round() / 100.0)
    }

    #[test]
    fn centerface_cells_become_boxes() {
        // 2 columns × 1 row; the right cell is a face of 2 cells' height and 1 cell's width, its centre
        // a quarter of a cell lower and half a cell left of the cell's middle.
        let outputs = CenterFaceOutputs {
            columns: 2,
            heatmap: &[0.1, 0.9],
            scale: &[0.0, 2f32.ln(), 0.0, 0.0],
            offset: &[0.0, 0.25, 0.0, -0.5],
        };
        let found = outputs.candidates(0.5);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].center, found[0].score), ([4.0, 3.0], 0.9));
        assert!((found[0].size[0] - 4.0).abs() < 1e-5 && (found[0].size[1] - 8.0).abs() < 1e-5);
    }

    #[test]
    fn yunet_cells_become_boxes() {
        let grid = YuNetGrid {
            stride: 8,
            columns: 1,
            class: &[0.2, 0.81],
            object: &[0.2, 1.5],
            boxes: &[0.0, 0.0, 0.0, 0.0, 0.5, 0.25, 0.0, 0.0],
        };
        let found = grid.candidates(0.6);
        assert_eq!(found, [Candidate { center: [4.0, 10.0], size: [8.0, 8.0], score: 0.9 }]);
    }

    #[test]
    fn one_box_a_face_stays_and_all_lie_inside() {
        let candidate = |x: f32, score: f32| Candidate { center: [x, 10.0], size: [20.0, 20.0], score };
        let found = detections(
            vec![
                candidate(12.0, 0.6),
                candidate(10.0, 0.9),
                candidate(40.0, 0.7),
                candidate(500.0, 0.95),
                candidate(f32::NAN, 0.8),
            ],
            [1.0, 1.0],
            ImageSize::new(45, 15),
        );
        assert_eq!(found.iter().map(corners).collect::<Vec<_>>(), [[0.0, 0.0, 20.0, 15.0], [30.0, 0.0, 45.0, 15.0]]);
    }

    #[test]
    fn boxes_are_scaled_back_to_the_picture() {
        let candidate = Candidate { center: [100.0, 50.0], size: [40.0, 20.0], score: 0.5 };
        let found = detections(vec![candidate], [0.5, 0.25], ImageSize::new(1000, 1000));
        assert_eq!(corners(&found[0]), [160.0, 160.0, 240.0, 240.0]);
    }
}
