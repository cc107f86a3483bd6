//! The pleated surgical mask: a flat rectangle with a wire at the nose and three folds.

use tiny_skia::{Path, Transform};

use super::{Contour, Fit, Worn, crease};
use crate::{
    light::Relief,
    paint::{Layer, Where, ink},
    random::Dice,
    tone::Tone,
};

#[derive(Clone, Debug)]
pub(crate) struct Surgical {
    tone: Tone,
    pleats: usize,
    /// Where the side edges are, as a share of the face's half width.
    width: f32,
    /// The edge of the upper hem is white.
    white_hem: bool,
}

impl Surgical {
    pub(crate) fn drawn(dice: &mut Dice) -> Self {
        let tone = dice.weighted(&[
            (4.5, 0x8FBFD9),
            (2.0, 0x9CCFC0),
            (1.4, 0xEFF1F0),
            (1.0, 0x2B2D33),
            (0.6, 0xE3B3BE),
            (0.5, 0xB9B3D6),
            (1.0, 0x6FA3C8),
        ]);
        Self {
            tone: Tone::hex(tone).times(dice.between(0.94, 1.05)),
            pleats: dice.one_of(&[3, 3, 3, 4]),
            width: dice.between(0.58, 0.64),
            white_hem: dice.chance(0.3),
        }
    }

    pub(super) fn contour(&self, fit: Fit) -> Contour {
        let (w, t) = (self.width, fit.top);
        Contour::new(
            vec![(0.0, t - 0.02), (0.1, t), (0.22, t + 0.1), (w * 0.72, t + 0.12), (w, t + 0.13)],
            vec![(w * 0.98, 0.6), (w * 0.82, 0.8), (0.3, fit.bottom - 0.05), (0.0, fit.bottom)],
        )
    }

    pub(super) fn draw(&self, layer: &mut Layer, path: &Path, worn: &Worn, dice: &mut Dice) {
        let px = |units: f32| worn.head.px(units);
        layer.fill(path, ink(self.tone, 1.0), Where::Over);
        let fit_top = |k: f32| 0.12 + 0.2 * k;
        let w = self.width;
        for pleat in 0..self.pleats {
            let k = (pleat as f32 + 0.6) / self.pleats as f32;
            let (side, middle) = (fit_top(k) + 0.36 * k, 0.14 + 0.72 * k);
            let half =
                [(0.0, middle), (w * 0.4, middle - 0.01), (w * 0.75, f32::midpoint(side, middle)), (w * 1.02, side)];
            let fold = worn.across(&half, 0.06);
            let shadow =
                fold.clone().transform(Transform::from_translate(0.0, px(0.02))).unwrap_or_else(|| fold.clone());
            crease(layer, &shadow, px(0.075), self.tone, 0.55);
            layer.stroke(&fold, px(0.012), ink(self.tone.mixed(Tone::WHITE, 0.5), 0.6), Where::Atop);
        }
        let hem = if self.white_hem { Tone::hex(0xF4F4F1) } else { self.tone.mixed(Tone::WHITE, 0.2) };
        layer.stroke(path, px(0.1), ink(hem, 0.55), Where::Atop);
        crease(layer, path, px(0.03), self.tone, 0.5);
        // Wrinkles run from the corners, where the loops pull.
        for _ in 0..6 {
            let side = dice.one_of(&[-1.0, 1.0]);
            let y = dice.one_of(&[0.16, 0.56]);
            let reach = dice.between(0.35, 0.75);
            let to = (side * w * (1.0 - reach), y + (0.42 - y) * reach * dice.between(0.3, 1.0));
            let wrinkle =
                worn.line(&[(side * w * 0.97, y), (side * w * (1.0 - reach * 0.5), y + dice.bell() * 0.05), to], 0.05);
            crease(layer, &wrinkle, px(0.05), self.tone, 0.28);
        }
    }

    pub(super) fn shape(&self, relief: &mut Relief, worn: &Worn) {
        worn.raise(relief, (0.0, 0.2), [0.16, 0.26], 0.12);
        worn.raise(relief, (0.0, 0.5), [0.4, 0.4], 0.08);
        worn.raise(relief, (0.0, 0.92), [0.3, 0.14], 0.05);
    }
}
