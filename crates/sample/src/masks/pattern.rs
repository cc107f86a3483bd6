//! What cloth is printed with.

use super::Worn;
use crate::{
    paint::{Layer, Where, disc, ink},
    random::Dice,
    tone::Tone,
};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pattern {
    Plain,
    Stripes { pitch: f32, upright: bool },
    Dots { pitch: f32 },
    Checks { pitch: f32 },
    Flowers,
}

impl Pattern {
    pub(super) fn drawn(dice: &mut Dice) -> Self {
        let pitch = dice.between(0.12, 0.2);
        let stripes = Self::Stripes { pitch, upright: dice.chance(0.5) };
        dice.weighted(&[
            (3.4, Self::Plain),
            (1.7, stripes),
            (1.5, Self::Dots { pitch }),
            (1.4, Self::Checks { pitch: pitch * 1.1 }),
            (1.6, Self::Flowers),
        ])
    }
}

/// Prints onto what the layer already shows, bent around the face.
pub(super) fn draw_pattern(layer: &mut Layer, pattern: Pattern, tone: Tone, worn: &Worn, dice: &mut Dice) {
    match pattern {
        Pattern::Plain => {}
        Pattern::Stripes { pitch, upright } => draw_stripes(layer, pitch, upright, ink(tone, 0.9), worn),
        Pattern::Checks { pitch } => {
            draw_stripes(layer, pitch, true, ink(tone, 0.5), worn);
            draw_stripes(layer, pitch, false, ink(tone, 0.5), worn);
        }
        Pattern::Dots { pitch } => {
            for row in 0..(1.9 / pitch) as i32 {
                for column in -5..=5 {
                    let shift = if row % 2 == 0 { 0.0 } else { 0.5 };
                    let spot = worn.at((column as f32 + shift) * pitch, -0.2 + row as f32 * pitch, 0.08);
                    layer.fill(&disc(spot, worn.head.px(pitch * 0.24)), ink(tone, 0.92), Where::Atop);
                }
            }
        }
        Pattern::Flowers => {
            for _ in 0..44 {
                let (x, y) = (dice.between(-0.72, 0.72), dice.between(-0.15, 1.5));
                let size = dice.between(0.022, 0.045);
                let turn = dice.between(0.0, 1.2);
                for petal in 0..5 {
                    let (sin, cos) = (turn + petal as f32 * std::f32::consts::TAU / 5.0).sin_cos();
                    let spot = worn.at(x + cos * size, y + sin * size, 0.08);
                    layer.fill(&disc(spot, worn.head.px(size * 0.68)), ink(tone, 0.9), Where::Atop);
                }
                layer.fill(
                    &disc(worn.at(x, y, 0.08), worn.head.px(size * 0.5)),
                    ink(Tone::hex(0xE9C35A), 0.95),
                    Where::Atop,
                );
            }
        }
    }
}

fn draw_stripes(layer: &mut Layer, pitch: f32, upright: bool, color: tiny_skia::Color, worn: &Worn) {
    let width = worn.head.px(pitch * 0.45);
    for step in -6..=12 {
        let offset = step as f32 * pitch;
        let line = if upright {
            worn.line(&[(offset, -0.3), (offset, 0.2), (offset, 0.7), (offset, 1.2), (offset, 1.7)], 0.08)
        } else {
            let y = offset + 0.1;
            worn.line(&[(-0.75, y - 0.03), (-0.4, y), (0.0, y + 0.02), (0.4, y), (0.75, y - 0.03)], 0.08)
        };
        layer.stroke(&line, width, color, Where::Atop);
    }
}
