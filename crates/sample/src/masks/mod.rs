//! Masks: what they look like, how they sit, how they are drawn. The three kinds share how they are
//! worn – height on the nose, loops, shadow – so that only their make tells them apart.

mod cloth;
mod pattern;
mod respirator;
mod surgical;

use tiny_skia::Path;

use crate::{
    head::Head,
    light::Relief,
    paint::{Layer, Spot, Where, curve, ink, outline},
    person::Person,
    random::Dice,
    tone::Tone,
};

/// A mask and how it sits.
#[derive(Clone, Debug)]
pub(crate) struct Mask {
    make: Make,
    fit: Fit,
    /// Colour of the loops.
    loops: Tone,
    loop_width: f32,
    /// Bands around the head instead of loops around the ears.
    head_bands: bool,
    details: u64,
}

#[derive(Clone, Debug)]
enum Make {
    Surgical(surgical::Surgical),
    Respirator(respirator::Respirator),
    Cloth(cloth::Cloth),
}

/// How a mask sits, in head units.
#[derive(Clone, Copy, Debug)]
struct Fit {
    /// Upper edge on the middle of the nose, y.
    top: f32,
    /// Lower edge under the chin, y.
    bottom: f32,
    /// Uneven: one side higher.
    skew: f32,
}

impl Fit {
    fn drawn(dice: &mut Dice) -> Self {
        // Now and then below the nose, or short of the chin: worn wrongly, but still that mask.
        let top = if dice.chance(0.06) { dice.between(0.3, 0.38) } else { dice.between(-0.1, 0.08) };
        let bottom = if dice.chance(0.1) { dice.between(0.93, 1.0) } else { dice.between(1.03, 1.12) };
        Self { top, bottom, skew: dice.bell() * 0.05 }
    }
}

impl Mask {
    /// The mask of a category; none for the category without one.
    pub(crate) fn drawn(category: &str, dice: &mut Dice, details: u64) -> Option<Self> {
        let make = match category {
            "op_mask" => Make::Surgical(surgical::Surgical::drawn(dice)),
            "ffp2" => Make::Respirator(respirator::Respirator::drawn(dice)),
            "other_mask" => Make::Cloth(cloth::Cloth::drawn(dice)),
            _ => return None,
        };
        let (loops, loop_width, head_bands) = match &make {
            Make::Surgical(_) => (Tone::hex(0xF2F2EF), dice.between(0.016, 0.024), false),
            Make::Respirator(mask) => {
                (dice.one_of(&[Tone::hex(0xF0EEE8), mask.tone.times(0.95)]), dice.between(0.02, 0.03), dice.chance(0.3))
            }
            Make::Cloth(mask) => (
                dice.one_of(&[Tone::hex(0xF0EEE8), Tone::hex(0x26262A), mask.tone.times(0.85)]),
                dice.between(0.018, 0.036),
                false,
            ),
        };
        Some(Self { make, fit: Fit::drawn(dice), loops, loop_width, head_bands, details })
    }

    /// Darkens the skin around the mask's edge.
    pub(crate) fn draw_shadow(&self, skin: &mut Layer, worn: &Worn) {
        let path = worn.outline(&self.contour());
        skin.soft_stroke(&path, worn.head.px(0.13), ink(Tone::hex(0x2E160F), 0.55), Where::Atop);
    }

    /// Draws the mask in plain light, with the loops that hair may cover.
    pub(crate) fn draw(&self, layer: &mut Layer, worn: &Worn) {
        let contour = self.contour();
        let path = worn.outline(&contour);
        if !self.head_bands && !matches!(&self.make, Make::Cloth(mask) if mask.is_bandana()) {
            self.draw_loops(layer, worn, &contour);
        }
        let mut dice = Dice::new(self.details, 0, crate::random::Purpose::Scene, 0);
        match &self.make {
            Make::Surgical(mask) => mask.draw(layer, &path, worn, &mut dice),
            Make::Respirator(mask) => mask.draw(layer, &path, worn, &mut dice),
            Make::Cloth(mask) => mask.draw(layer, &path, worn, &mut dice),
        }
    }

    /// Draws the bands that go over the hair.
    pub(crate) fn draw_bands(&self, layer: &mut Layer, worn: &Worn) {
        if !self.head_bands {
            return;
        }
        let contour = self.contour();
        let w = worn.person.half_width;
        for side in [-1.0, 1.0] {
            let (x, y) = contour.upper_corner;
            let upper = [
                worn.at(side * x, y, 0.03),
                worn.head.at(side * (w + 0.02), y - 0.28, 0.05),
                worn.head.at(side * (w + 0.05), -0.62, -0.15),
            ];
            let (x, y) = contour.lower_corner;
            let lower = [
                worn.at(side * x, y, 0.03),
                worn.head.at(side * (w * 0.97), y - 0.02, 0.06),
                worn.head.at(side * w * 0.98, y - 0.1, -0.02),
            ];
            for band in [curve(&upper), curve(&lower)] {
                layer.stroke(&band, worn.head.px(self.loop_width * 1.5), ink(self.loops, 1.0), Where::Over);
            }
        }
    }

    /// The shape that light falls on.
    pub(crate) fn relief(&self, worn: &Worn, base: Relief) -> Relief {
        let mut relief = base;
        match &self.make {
            Make::Surgical(mask) => mask.shape(&mut relief, worn),
            Make::Respirator(mask) => mask.shape(&mut relief, worn),
            Make::Cloth(mask) => mask.shape(&mut relief, worn),
        }
        relief
    }

    fn contour(&self) -> Contour {
        match &self.make {
            Make::Surgical(mask) => mask.contour(self.fit),
            Make::Respirator(mask) => mask.contour(self.fit),
            Make::Cloth(mask) => mask.contour(self.fit),
        }
    }

    fn draw_loops(&self, layer: &mut Layer, worn: &Worn, contour: &Contour) {
        let w = worn.person.half_width;
        let width = worn.head.px(self.loop_width);
        for side in [-1.0, 1.0] {
            let (x, y) = contour.upper_corner;
            let upper = [
                worn.at(side * x, y + 0.01, 0.02),
                worn.head.at(side * (w * 0.97), f32::midpoint(y, -0.2), 0.1),
                worn.head.at(side * (w + 0.03), -0.2, -0.09),
            ];
            let (x, y) = contour.lower_corner;
            let lower = [
                worn.at(side * x, y - 0.01, 0.02),
                worn.head.at(side * (w * 0.97), f32::midpoint(y, 0.2), 0.1),
                worn.head.at(side * (w + 0.02), 0.1, -0.09),
            ];
            for band in [curve(&upper), curve(&lower)] {
                layer.stroke(&band, width * 1.5, ink(self.loops.times(0.6), 0.5), Where::Over);
                layer.stroke(&band, width, ink(self.loops, 1.0), Where::Over);
            }
        }
    }
}

/// A mask's edge on the face: points (x, y) of the right half. The left half mirrors them.
struct Contour {
    /// From the middle of the nose to the upper corner.
    upper: Vec<(f32, f32)>,
    /// From the lower corner to the middle of the chin.
    lower: Vec<(f32, f32)>,
    upper_corner: (f32, f32),
    lower_corner: (f32, f32),
}

impl Contour {
    fn new(upper: Vec<(f32, f32)>, lower: Vec<(f32, f32)>) -> Self {
        let (upper_corner, lower_corner) = (upper[upper.len() - 1], lower[0]);
        Self { upper, lower, upper_corner, lower_corner }
    }
}

/// The face that wears the mask.
pub(crate) struct Worn<'a> {
    pub(crate) head: &'a Head,
    pub(crate) person: &'a Person,
    skew: f32,
}

impl<'a> Worn<'a> {
    pub(crate) fn new(head: &'a Head, person: &'a Person, mask: &Mask) -> Self {
        Self { head, person, skew: mask.fit.skew }
    }

    /// A point of the mask, raised from the skin by `lift`; over the nose it is raised more.
    fn at(&self, x: f32, y: f32, lift: f32) -> Spot {
        let nose = 0.16 * (-(x / 0.16).powi(2) - ((y - 0.18) / 0.3).powi(2)).exp();
        self.head.on(x, y + self.skew * x, lift + nose)
    }

    fn trace(&self, points: &[(f32, f32)], lift: f32) -> Vec<Spot> {
        points.iter().map(|(x, y)| self.at(*x, *y, lift)).collect()
    }

    fn line(&self, points: &[(f32, f32)], lift: f32) -> Path {
        curve(&self.trace(points, lift))
    }

    /// A line across the mask from its left to its right, given by its right half from the middle.
    fn across(&self, half: &[(f32, f32)], lift: f32) -> Path {
        let left = half[1..].iter().rev().map(|(x, y)| (-x, *y));
        let points: Vec<(f32, f32)> = left.chain(half.iter().copied()).collect();
        self.line(&points, lift)
    }

    fn outline(&self, contour: &Contour) -> Path {
        let mirrored = |points: &[(f32, f32)]| points.iter().rev().map(|(x, y)| (-x, *y)).collect::<Vec<_>>();
        let join = |first: Vec<(f32, f32)>, second: &[(f32, f32)]| {
            self.trace(&first.into_iter().chain(second[1..].iter().copied()).collect::<Vec<_>>(), 0.03)
        };
        let upper = join(mirrored(&contour.upper), &contour.upper);
        let lower = join(contour.lower.clone(), &mirrored(&contour.lower));
        outline(&[&upper, &lower])
    }

    /// Adds a hill to a relief at a point of the mask.
    fn raise(&self, relief: &mut Relief, (x, y): (f32, f32), radii: Spot, height: f32) {
        relief.bump(self.head.turned_on(x, y), radii, height);
    }

    /// Where a point raised from the skin shows on the face plane.
    fn turned(&self, x: f32, y: f32, lift: f32) -> Spot {
        let depth = self.head.turned_on(x, y);
        let (pushed, flat) = (self.head.turned(0.0, 0.0, lift), self.head.turned(0.0, 0.0, 0.0));
        [depth[0] + pushed[0] - flat[0], depth[1] + pushed[1] - flat[1]]
    }
}

/// A stitched or pressed line: dark, with the light edge that a fold has.
fn crease(layer: &mut Layer, path: &Path, width: f32, tone: Tone, strength: f32) {
    layer.soft_stroke(path, width, ink(tone.times(0.45), strength), Where::Atop);
}
