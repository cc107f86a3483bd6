//! A short moving clip for the live view: one or two people drift, turn and come closer; halfway
//! each of them is seen with another mask.

use std::f32::consts::TAU;

use bauta_domain::{ImageSize, RgbImage};

use crate::{
    background::draw_background,
    head::Pose,
    lens::Lens,
    light::Light,
    masks::Mask,
    paint::Layer,
    person::Person,
    portrait::draw_person,
    random::{Dice, Purpose},
    scene::{CATEGORIES, SampleFace, mask, person, within_limits},
};

/// Clips draw from streams that no picture of a sample reaches.
const CLIP_STREAM: u64 = 1 << 42;

/// One frame of a clip and what is true about it.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleFrame {
    /// The pixels.
    pub image: RgbImage,
    /// The faces, always the same people in the same order.
    pub faces: Vec<SampleFace>,
}

/// Draws a clip of `seconds` at `fps` frames a second, one frame at each step of the iterator.
/// No frames when either is not positive. Sizes are limited as in [`crate::picture`].
pub fn clip(seed: u64, seconds: f64, fps: f64, size: ImageSize) -> impl Iterator<Item = SampleFrame> {
    let frames = (seconds * fps).round().clamp(0.0, f64::from(u32::MAX)) as u32;
    let stage = Stage::new(seed, within_limits(size));
    (0..frames).map(move |frame| stage.frame(frame, (f64::from(frame) / fps) as f32, frame >= frames / 2))
}

/// What stays the same through a clip.
struct Stage {
    seed: u64,
    background: Layer,
    light: Light,
    lens: Lens,
    actors: Vec<Actor>,
}

struct Actor {
    person: Person,
    /// Category and mask in the first half, and in the second.
    halves: [(&'static str, Option<Mask>); 2],
    path: Path,
}

/// A slow swing around a place. Each motion has a period in seconds and a start in turns.
struct Path {
    rest: Pose,
    reach: [f32; 2],
    swings: [(f32, f32); 5],
}

impl Stage {
    fn new(seed: u64, size: ImageSize) -> Self {
        let mut dice = Dice::new(seed, CLIP_STREAM, Purpose::Scene, 0);
        let (light, lens) = (Light::drawn(&mut dice), Lens::drawn(&mut dice));
        let mut background = Layer::new(size.width, size.height);
        draw_background(&mut background, &mut dice, &light);
        let count = if dice.chance(0.5) { 1 } else { 2 };
        let actors = (0..count).map(|who| Actor::drawn(seed, who, count, size, &mut dice)).collect();
        Self { seed, background, light, lens, actors }
    }

    fn frame(&self, number: u32, seconds: f32, second_half: bool) -> SampleFrame {
        let mut layer = Layer { pixmap: self.background.pixmap.clone() };
        let faces = self
            .actors
            .iter()
            .map(|actor| {
                let (category, mask) = &actor.halves[usize::from(second_half)];
                let pose = actor.path.at(seconds);
                SampleFace { bbox: draw_person(&mut layer, &actor.person, mask.as_ref(), pose, &self.light), category }
            })
            .collect();
        let mut grain = Dice::new(self.seed, CLIP_STREAM + 1 + u64::from(number), Purpose::Grain, 0);
        SampleFrame { image: self.lens.develop(&layer, &mut grain), faces }
    }
}

impl Actor {
    fn drawn(seed: u64, who: u64, count: u64, size: ImageSize, dice: &mut Dice) -> Self {
        let first = dice.below(CATEGORIES.len());
        let second = (first + 1 + dice.below(CATEGORIES.len() - 1)) % CATEGORIES.len();
        let halves = [first, second].map(|index| {
            let category = CATEGORIES[index];
            (category, mask(seed, CLIP_STREAM, who, category))
        });
        let (slot, height) = (size.width as f32 / count as f32, size.height as f32);
        let scale = (height * 0.2).min(slot * 0.26);
        let center = [slot * (who as f32 + 0.5), height * dice.between(0.44, 0.52)];
        let rest = Pose { center, scale, yaw: 0.0, pitch: 0.0, roll: 0.0 };
        let path = Path {
            rest,
            reach: [(slot * 0.5 - scale * 1.35).max(0.0) * 0.8, height * 0.05],
            swings: std::array::from_fn(|_| (dice.between(7.0, 13.0), dice.unit())),
        };
        Self { person: person(seed, CLIP_STREAM, who), halves, path }
    }
}

impl Path {
    fn at(&self, seconds: f32) -> Pose {
        let swing = |index: usize| {
            let (period, start) = self.swings[index];
            (TAU * (seconds / period + start)).sin()
        };
        let Pose { center: [x, y], scale, .. } = self.rest;
        Pose {
            center: [x + self.reach[0] * swing(0), y + self.reach[1] * swing(1)],
            scale: scale * (1.0 + 0.14 * swing(2)),
            yaw: 0.3 * swing(3),
            pitch: 0.06 * swing(1),
            roll: 0.1 * swing(4),
        }
    }
}
