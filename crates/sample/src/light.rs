//! Light on what was drawn flat: a relief gives each pixel a direction, the lamp and the sky give it
//! a brightness. This is what makes an illustration look like a photo to a detector.

use crate::{
    head::Head,
    paint::{Layer, Spot},
    random::Dice,
    tone::Tone,
};

/// Where the light comes from and which colours it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Light {
    /// Towards the lamp, of length 1: x right, y down, z to the viewer.
    toward: [f32; 3],
    /// The lamp.
    key: [f32; 3],
    /// What comes from everywhere, and fills the shadows.
    fill: [f32; 3],
}

impl Light {
    /// A lamp somewhere in front and above; softer or harder, warmer or cooler.
    pub(crate) fn drawn(dice: &mut Dice) -> Self {
        let (side, up, front) = (dice.bell() * 1.0, -dice.between(0.15, 0.8), dice.between(0.75, 1.1));
        let length = (side * side + up * up + front * front).sqrt();
        let warmth = dice.bell() * 0.09;
        let hardness = dice.between(0.42, 0.72);
        let level = dice.between(0.94, 1.08);
        let key = [1.0 + warmth, 1.0 + warmth * 0.15, 1.0 - warmth].map(|part| part * hardness * level);
        let cool = warmth * -0.5;
        let fill = [1.0 + cool, 1.0, 1.0 - cool].map(|part| part * (1.03 - hardness) * level);
        Self { toward: [side / length, up / length, front / length], key, fill }
    }

    /// Colour of the light as a whole, near white, to tint a background with.
    pub(crate) fn tint(&self) -> Tone {
        Tone(std::array::from_fn(|i| self.key[i] + self.fill[i]))
    }
}

/// A hill or a dent.
#[derive(Clone, Copy)]
struct Bump {
    center: Spot,
    radii: Spot,
    height: f32,
    /// True for a fold along y, sharp at its crest.
    fold: bool,
}

/// The shape of a surface on the face plane, in units.
#[derive(Clone)]
pub(crate) struct Relief {
    center: Spot,
    radii: Spot,
    depth: f32,
    bumps: Vec<Bump>,
}

impl Relief {
    /// A half ellipsoid.
    pub(crate) fn ellipsoid(center: Spot, radii: Spot, depth: f32) -> Self {
        Self { center, radii, depth, bumps: Vec::new() }
    }

    /// Adds a smooth hill (`height` > 0) or dent, faded at about twice its radii.
    pub(crate) fn bump(&mut self, center: Spot, radii: Spot, height: f32) {
        self.bumps.push(Bump { center, radii, height, fold: false });
    }

    /// Adds a roof-like hill whose crest runs along y, as the centre seam of a folded mask.
    pub(crate) fn fold(&mut self, center: Spot, radii: Spot, height: f32) {
        self.bumps.push(Bump { center, radii, height, fold: true });
    }

    /// The upward direction at a point, of length 1.
    fn normal(&self, [x, y]: Spot) -> [f32; 3] {
        let (ex, ey) = ((x - self.center[0]) / self.radii[0], (y - self.center[1]) / self.radii[1]);
        // Near its rim an ellipsoid is infinitely steep; the floor keeps the rim lit.
        let height = (1.0 - ex * ex - ey * ey).max(0.1).sqrt();
        let mut slope_x = -self.depth * ex / (self.radii[0] * height);
        let mut slope_y = -self.depth * ey / (self.radii[1] * height);
        for bump in &self.bumps {
            let (bx, by) = ((x - bump.center[0]) / bump.radii[0], (y - bump.center[1]) / bump.radii[1]);
            if bx.abs() > 2.6 || by.abs() > 2.6 {
                continue;
            }
            if bump.fold {
                let value = bump.height * (-bx.abs() - by * by).exp();
                slope_x -= value * bx.signum() * (bx.abs() * 12.0).min(1.0) / bump.radii[0];
                slope_y -= value * 2.0 * by / bump.radii[1];
            } else {
                let value = bump.height * (-bx * bx - by * by).exp();
                slope_x -= value * 2.0 * bx / bump.radii[0];
                slope_y -= value * 2.0 * by / bump.radii[1];
            }
        }
        let length = (slope_x * slope_x + slope_y * slope_y + 1.0).sqrt();
        [-slope_x / length, -slope_y / length, 1.0 / length]
    }
}

/// How a material answers light.
#[derive(Clone, Copy)]
pub(crate) struct Material {
    /// Strength of the highlight, 0 for cloth.
    pub(crate) shine: f32,
    /// How much light passes below the surface and warms the shadows, 1 for skin.
    pub(crate) warmth: f32,
}

/// Lays a layer over a picture, lit. The layer's colours are what they are in plain light.
pub(crate) fn compose_lit(
    picture: &mut Layer,
    layer: &Layer,
    relief: &Relief,
    head: &Head,
    light: &Light,
    material: Material,
) {
    let (width, height) = (picture.pixmap.width() as usize, picture.pixmap.height() as usize);
    let lamp = Lamp::new(head, light, material);
    let from = layer.pixmap.data();
    let to = picture.pixmap.data_mut();
    let rows = from.chunks_exact(width * 4).zip(to.chunks_exact_mut(width * 4)).take(height);
    for (y, (from, to)) in rows.enumerate() {
        let mut lit = None;
        for (x, (from, to)) in from.chunks_exact(4).zip(to.chunks_exact_mut(4)).enumerate() {
            if from[3] == 0 {
                lit = None;
                continue;
            }
            // Light changes slowly: two neighbours share it, which halves the work.
            let (shade, shine) = match lit.take() {
                Some(known) => known,
                None => {
                    let normal = relief.normal(head.unit_from_pixel([x as f32 + 1.0, y as f32 + 0.5]));
                    *lit.insert(lamp.shade(normal))
                }
            };
            let opacity = f32::from(from[3]);
            let rest = 1.0 - opacity / 255.0;
            for channel in 0..3 {
                // Premultiplied colours never exceed their opacity.
                let over = (f32::from(from[channel]) * shade[channel] + shine * opacity).min(opacity);
                to[channel] = (over + f32::from(to[channel]) * rest + 0.5) as u8;
            }
            to[3] = (opacity + f32::from(to[3]) * rest + 0.5) as u8;
        }
    }
}

/// The light as one leaning head sees it.
struct Lamp {
    toward: [f32; 3],
    /// Halfway between lamp and viewer, for the highlight.
    halfway: [f32; 3],
    light: Light,
    material: Material,
}

impl Lamp {
    fn new(head: &Head, light: &Light, material: Material) -> Self {
        let (sin, cos) = head.pose.roll.sin_cos();
        let [x, y, z] = light.toward;
        let toward = [x * cos + y * sin, y * cos - x * sin, z];
        let length = (2.0 + 2.0 * z).sqrt();
        Self { toward, halfway: [toward[0] / length, toward[1] / length, (z + 1.0) / length], light: *light, material }
    }

    /// Factor per channel, and the highlight to add, 0 to 1.
    fn shade(&self, normal: [f32; 3]) -> ([f32; 3], f32) {
        let dot = |a: [f32; 3]| a[0] * normal[0] + a[1] * normal[1] + a[2] * normal[2];
        // Light wraps around soft things: a face has no hard terminator.
        let diffuse = ((dot(self.toward) + 0.25) / 1.25).max(0.0) * 1.06;
        let sky = 1.0 - 0.22 * normal[1];
        let warm = self.material.warmth;
        let softened = [1.0 - 0.16 * warm, 1.0, 1.0 + 0.05 * warm];
        let shade = std::array::from_fn(|i| {
            let plain = self.light.fill[i] * sky * (0.55 + 0.45 * normal[2]) + self.light.key[i] * diffuse;
            1.0 - (1.0 - plain) * softened[i]
        });
        let highlight = dot(self.halfway).max(0.0).powi(16);
        (shade, self.material.shine * highlight * self.light.key[1])
    }
}
