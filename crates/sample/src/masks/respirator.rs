//! The FFP2 mask in its three usual makes: folded along the middle, of three panels, and duckbill.

use tiny_skia::Path;

use super::{Contour, Fit, Worn, crease};
use crate::{
    light::Relief,
    paint::{Layer, Where, ink},
    random::Dice,
    tone::Tone,
};

#[derive(Clone, Debug)]
pub(crate) struct Respirator {
    pub(super) tone: Tone,
    make: Make,
    /// A metal strip shows at the nose.
    clip: bool,
    print: bool,
    /// Share of the face's width.
    width: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Make {
    /// A seam down the middle.
    Folded,
    /// Two seams across.
    ThreePanels,
    /// One seam across, standing far out.
    Duckbill,
}

impl Respirator {
    pub(crate) fn drawn(dice: &mut Dice) -> Self {
        let tone = dice.weighted(&[
            (4.5, 0xF1F0EC),
            (1.4, 0x2A2B2F),
            (1.0, 0x8D9298),
            (0.8, 0x9FC3DA),
            (0.5, 0x34496A),
            (0.6, 0xDFA9B4),
            (0.5, 0xA8BFA6),
            (0.4, 0x7C3642),
            (0.5, 0xD9C7AC),
        ]);
        Self {
            tone: Tone::hex(tone).times(dice.between(0.95, 1.03)),
            make: dice.weighted(&[(3.2, Make::Folded), (1.4, Make::ThreePanels), (0.9, Make::Duckbill)]),
            clip: dice.chance(0.45),
            print: dice.chance(0.5),
            width: dice.between(0.6, 0.66),
        }
    }

    pub(super) fn contour(&self, fit: Fit) -> Contour {
        let (w, t, b) = (self.width, fit.top - 0.06, fit.bottom);
        match self.make {
            Make::Folded => Contour::new(
                vec![(0.0, t - 0.04), (0.1, t + 0.03), (0.24, t + 0.17), (0.42, t + 0.26), (w, 0.27 + 0.4 * fit.top)],
                vec![(w * 0.99, 0.42), (w * 0.84, 0.68), (0.3, b - 0.07), (0.0, b + 0.02)],
            ),
            Make::ThreePanels => Contour::new(
                vec![(0.0, t), (0.12, t + 0.03), (0.3, t + 0.12), (0.5, t + 0.24), (w, 0.33 + 0.4 * fit.top)],
                vec![(w, 0.4), (w * 0.88, 0.7), (0.34, b - 0.04), (0.0, b)],
            ),
            Make::Duckbill => Contour::new(
                vec![(0.0, t + 0.02), (0.14, t + 0.04), (0.34, t + 0.16), (w * 0.84, 0.22), (w * 0.97, 0.36)],
                vec![(w * 0.97, 0.42), (w * 0.8, 0.72), (0.34, b - 0.07), (0.0, b - 0.02)],
            ),
        }
    }

    pub(super) fn draw(&self, layer: &mut Layer, path: &Path, worn: &Worn, dice: &mut Dice) {
        let px = |units: f32| worn.head.px(units);
        layer.fill(path, ink(self.tone, 1.0), Where::Over);
        // The welded rim: a smooth band, then a row of dots.
        layer.stroke(path, px(0.09), ink(self.tone.times(0.9), 0.8), Where::Atop);
        layer.stroke_dashed(path, px(0.11), ink(self.tone.times(0.62), 0.35), Where::Atop, &[px(0.012), px(0.026)]);
        layer.stroke(path, px(0.07), ink(self.tone.mixed(Tone::WHITE, 0.25), 0.6), Where::Atop);
        crease(layer, path, px(0.03), self.tone, 0.55);
        match self.make {
            Make::Folded => self.draw_folded(layer, worn),
            Make::ThreePanels => self.draw_panels(layer, worn),
            Make::Duckbill => self.draw_duckbill(layer, worn),
        }
        if self.clip {
            let metal = if self.tone.luma() > 0.5 { Tone::hex(0xB4B8BB) } else { self.tone.mixed(Tone::WHITE, 0.25) };
            let clip = worn.across(&[(0.0, 0.05), (0.1, 0.08), (0.26, 0.22)], 0.08);
            layer.stroke(&clip, px(0.05), ink(metal, 0.9), Where::Atop);
        }
        if self.print {
            self.draw_print(layer, worn, dice);
        }
    }

    fn draw_folded(&self, layer: &mut Layer, worn: &Worn) {
        let px = |units: f32| worn.head.px(units);
        let seam = worn.line(&[(0.0, -0.2), (0.0, 0.12), (0.0, 0.45), (0.0, 0.8), (0.0, 1.14)], 0.2);
        crease(layer, &seam, px(0.085), self.tone, 0.6);
        layer.stroke(&seam, px(0.03), ink(self.tone.mixed(Tone::WHITE, 0.4), 0.7), Where::Atop);
        layer.stroke_dashed(&seam, px(0.05), ink(self.tone.times(0.6), 0.3), Where::Atop, &[px(0.012), px(0.028)]);
        for side in [-1.0, 1.0] {
            let upper = worn.line(&[(side * 0.04, 0.2), (side * 0.28, 0.28), (side * 0.56, 0.33)], 0.12);
            let lower = worn.line(&[(side * 0.04, 0.74), (side * 0.28, 0.62), (side * 0.56, 0.46)], 0.12);
            for line in [upper, lower] {
                layer.stroke_dashed(
                    &line,
                    px(0.022),
                    ink(self.tone.times(0.68), 0.55),
                    Where::Atop,
                    &[px(0.016), px(0.02)],
                );
            }
        }
    }

    fn draw_panels(&self, layer: &mut Layer, worn: &Worn) {
        let px = |units: f32| worn.head.px(units);
        let w = self.width;
        for half in
            [[(0.0, 0.16), (0.24, 0.18), (0.45, 0.27), (w, 0.37)], [(0.0, 0.76), (0.24, 0.73), (0.45, 0.58), (w, 0.4)]]
        {
            let seam = worn.across(&half, 0.14);
            crease(layer, &seam, px(0.1), self.tone, 0.6);
            layer.stroke(&seam, px(0.014), ink(self.tone.mixed(Tone::WHITE, 0.5), 0.7), Where::Atop);
        }
        for row in 0..3 {
            let y = 0.32 + 0.13 * row as f32;
            let wave = worn.across(&[(0.0, y), (0.12, y + 0.02), (0.24, y), (0.36, y + 0.02)], 0.14);
            layer.stroke(&wave, px(0.014), ink(self.tone.times(0.8), 0.5), Where::Atop);
        }
    }

    fn draw_duckbill(&self, layer: &mut Layer, worn: &Worn) {
        let px = |units: f32| worn.head.px(units);
        let w = self.width;
        let front = worn.across(&[(0.0, 0.56), (0.22, 0.56), (0.42, 0.5), (w, 0.39)], 0.3);
        layer.glow(
            worn.at(0.0, 0.86, 0.1),
            [px(0.6), px(0.34)],
            worn.head.pose.roll,
            ink(self.tone.times(0.4), 0.5),
            Where::Atop,
        );
        crease(layer, &front, px(0.11), self.tone, 0.6);
        layer.stroke(&front, px(0.035), ink(self.tone.mixed(Tone::WHITE, 0.35), 0.8), Where::Atop);
        layer.stroke_dashed(&front, px(0.05), ink(self.tone.times(0.6), 0.35), Where::Atop, &[px(0.012), px(0.026)]);
    }

    /// A few short lines, as small print looks from here.
    fn draw_print(&self, layer: &mut Layer, worn: &Worn, dice: &mut Dice) {
        let side = dice.one_of(&[-1.0, 1.0]);
        let tone = if self.tone.luma() > 0.5 { Tone::hex(0x55595E) } else { Tone::hex(0xB9BCC0) };
        for row in 0..3 {
            let y = 0.44 + 0.05 * row as f32;
            let length = dice.between(0.07, 0.16);
            let line = worn.line(&[(side * 0.3 - length / 2.0, y), (side * 0.3 + length / 2.0, y)], 0.1);
            layer.stroke_dashed(
                &line,
                worn.head.px(0.024),
                ink(tone, 0.6),
                Where::Atop,
                &[worn.head.px(0.016), worn.head.px(0.009)],
            );
        }
    }

    pub(super) fn shape(&self, relief: &mut Relief, worn: &Worn) {
        match self.make {
            Make::Folded => relief.fold(worn.turned(0.0, 0.42, 0.22), [0.34, 0.75], 0.24),
            Make::ThreePanels => {
                worn.raise(relief, (0.0, 0.45), [0.46, 0.34], 0.26);
                worn.raise(relief, (0.0, 0.12), [0.14, 0.16], 0.08);
            }
            Make::Duckbill => {
                relief.bump(worn.turned(0.0, 0.5, 0.2), [0.44, 0.26], 0.3);
                worn.raise(relief, (0.0, 0.12), [0.14, 0.16], 0.06);
            }
        }
    }
}
