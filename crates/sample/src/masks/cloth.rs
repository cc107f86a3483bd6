//! Masks of cloth: sewn to shape, pleated at home, or a bandana.

use tiny_skia::Path;

use super::{
    Contour, Fit, Worn, crease,
    pattern::{Pattern, draw_pattern},
};
use crate::{
    light::Relief,
    paint::{Layer, Where, ink},
    person::cloth_tone,
    random::Dice,
    tone::Tone,
};

#[derive(Clone, Debug)]
pub(crate) struct Cloth {
    pub(super) tone: Tone,
    accent: Tone,
    pattern: Pattern,
    cut: Cut,
    stitched: bool,
    width: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Cut {
    Shaped,
    Pleated,
    Bandana,
}

impl Cloth {
    pub(crate) fn drawn(dice: &mut Dice) -> Self {
        // White, blue and black as often as the other makes have them: colour must not decide.
        let plain = [Tone::hex(0xF0EFEA), Tone::hex(0x8FB8D2), Tone::hex(0x27282C), Tone::hex(0x9FCBBF)];
        let tone = if dice.chance(0.45) { dice.one_of(&plain) } else { cloth_tone(dice) };
        let accent = [cloth_tone(dice), cloth_tone(dice), tone.mixed(Tone::WHITE, 0.6), tone.times(0.5)]
            .into_iter()
            .find(|accent| (accent.luma() - tone.luma()).abs() > 0.14)
            .unwrap_or(tone.mixed(Tone::BLACK, 0.4));
        Self {
            tone,
            accent,
            pattern: Pattern::drawn(dice),
            cut: dice.weighted(&[(3.0, Cut::Shaped), (1.4, Cut::Pleated), (0.6, Cut::Bandana)]),
            stitched: dice.chance(0.6),
            width: dice.between(0.61, 0.68),
        }
    }

    /// Tied behind the head: there are no loops.
    pub(super) fn is_bandana(&self) -> bool {
        self.cut == Cut::Bandana
    }

    pub(super) fn contour(&self, fit: Fit) -> Contour {
        let (w, t, b) = (self.width, fit.top, fit.bottom);
        match self.cut {
            Cut::Shaped => Contour::new(
                vec![(0.0, t - 0.07), (0.12, t - 0.02), (0.28, t + 0.12), (0.46, t + 0.17), (w, t + 0.15)],
                vec![(w, 0.5), (w * 0.9, 0.66), (0.32, b - 0.04), (0.0, b + 0.02)],
            ),
            Cut::Pleated => Contour::new(
                vec![(0.0, t - 0.01), (0.12, t + 0.01), (0.26, t + 0.08), (w * 0.75, t + 0.08), (w, t + 0.08)],
                vec![(w * 0.99, 0.62), (w * 0.84, 0.8), (0.3, b - 0.04), (0.0, b)],
            ),
            Cut::Bandana => Contour::new(
                vec![(0.0, t - 0.02), (0.14, t + 0.01), (0.3, t + 0.06), (0.55, t + 0.02), (0.73, t - 0.04)],
                vec![(0.74, 0.4), (0.66, 0.8), (0.36, 1.28), (0.0, 1.62)],
            ),
        }
    }

    pub(super) fn draw(&self, layer: &mut Layer, path: &Path, worn: &Worn, dice: &mut Dice) {
        let px = |units: f32| worn.head.px(units);
        layer.fill(path, ink(self.tone, 1.0), Where::Over);
        draw_pattern(layer, self.pattern, self.accent, worn, dice);
        match self.cut {
            Cut::Shaped => {
                let seam = worn.line(&[(0.0, -0.2), (0.0, 0.15), (0.0, 0.5), (0.0, 0.85), (0.0, 1.14)], 0.14);
                crease(layer, &seam, px(0.05), self.tone, 0.6);
            }
            Cut::Pleated => {
                for (side, middle) in [(0.24, 0.3), (0.38, 0.52), (0.52, 0.76)] {
                    let w = self.width;
                    let fold = worn.across(&[(0.0, middle), (w * 0.5, middle - 0.01), (w, side)], 0.06);
                    crease(layer, &fold, px(0.1), self.tone, 0.55);
                }
            }
            Cut::Bandana => {
                for side in [-1.0, 1.0] {
                    for (from, to) in [(0.05, (0.1, 1.3)), (0.2, (0.2, 1.05)), (0.4, (0.12, 0.8))] {
                        let fold =
                            worn.line(&[(side * 0.72, from), (side * 0.45, from + 0.34), (side * to.0, to.1)], 0.05);
                        crease(layer, &fold, px(0.12), self.tone, 0.4);
                    }
                }
            }
        }
        self.draw_hem(layer, path, worn);
        for _ in 0..7 {
            let side = dice.one_of(&[-1.0, 1.0]);
            let (x, y) = (dice.between(0.15, 0.55), dice.between(0.15, 0.85));
            let wrinkle = worn.line(
                &[
                    (side * (x + 0.1), y),
                    (side * x, y + dice.bell() * 0.08),
                    (side * (x - 0.12), y + dice.bell() * 0.1),
                ],
                0.06,
            );
            crease(layer, &wrinkle, px(0.07), self.tone, 0.3);
        }
    }

    fn draw_hem(&self, layer: &mut Layer, path: &Path, worn: &Worn) {
        let px = |units: f32| worn.head.px(units);
        crease(layer, path, px(0.14), self.tone, 0.22);
        crease(layer, path, px(0.03), self.tone, 0.55);
        if self.stitched {
            let thread =
                if self.tone.luma() > 0.5 { self.tone.times(0.62) } else { self.tone.mixed(Tone::WHITE, 0.45) };
            // Wide dashes with a narrower band of cloth over them leave a row of stitches beside the edge.
            layer.stroke_dashed(path, px(0.1), ink(thread, 0.45), Where::Atop, &[px(0.03), px(0.022)]);
            layer.stroke(path, px(0.078), ink(self.tone, 0.9), Where::Atop);
        }
    }

    pub(super) fn shape(&self, relief: &mut Relief, worn: &Worn) {
        worn.raise(relief, (0.0, 0.18), [0.17, 0.26], 0.12);
        worn.raise(relief, (0.0, 0.9), [0.3, 0.16], 0.06);
        match self.cut {
            Cut::Shaped => relief.fold(worn.turned(0.0, 0.45, 0.12), [0.4, 0.7], 0.12),
            Cut::Pleated => worn.raise(relief, (0.0, 0.5), [0.42, 0.4], 0.09),
            Cut::Bandana => worn.raise(relief, (0.0, 0.55), [0.4, 0.3], 0.05),
        }
    }
}
