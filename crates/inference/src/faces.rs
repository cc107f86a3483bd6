//! What the outputs of face networks mean. No runtime here: plain slices in, candidates out. What becomes of
//! them is in [`looks`](crate::looks).

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
