//! Beards, from a day's stubble to a full one.

use crate::{
    head::Head,
    paint::{Layer, Spot, Where, curve, ink, outline},
    person::{Beard, Person},
    random::{Dice, Purpose},
    tone::Tone,
};

/// Draws the beard onto the skin; lips are drawn over it.
pub(crate) fn draw_beard(layer: &mut Layer, head: &Head, person: &Person) {
    let tone = person.hair.tone.times(0.85);
    let mut dice = Dice::new(person.details, 6, Purpose::Scene, 0);
    match person.beard {
        Beard::None => {}
        Beard::Stubble => {
            let shadow = person.skin.mixed(tone, 0.55);
            layer.fill(&jaw(head, person, 0.0), ink(shadow, 0.2), Where::Atop);
            scatter(layer, head, person, &mut dice, shadow, 0.35, 0.02, 260, Where::Atop);
        }
        Beard::Moustache => moustache(layer, head, tone, &mut dice),
        Beard::Goatee => {
            moustache(layer, head, tone, &mut dice);
            let chin = outline(&[
                &head.trace(&[(-0.2, 0.7), (0.0, 0.74), (0.2, 0.7)], 0.05),
                &[
                    head.on(0.2, 0.7, 0.05),
                    head.on(0.2, 0.92, 0.05),
                    head.on(0.0, 1.06, 0.08),
                    head.on(-0.2, 0.92, 0.05),
                    head.on(-0.2, 0.7, 0.05),
                ],
            ]);
            layer.fill(&chin, ink(tone, 0.85), Where::Over);
            for _ in 0..90 {
                let (x, y) = (dice.bell() * 0.2, dice.between(0.72, 1.0));
                hair(layer, head, (x, y), (x * 1.1, y + 0.09), &mut dice, tone);
            }
        }
        Beard::Full => {
            layer.fill(&jaw(head, person, 0.06), ink(tone, 0.86), Where::Over);
            moustache(layer, head, tone, &mut dice);
            scatter(layer, head, person, &mut dice, tone, 0.6, 0.09, 260, Where::Over);
        }
    }
}

/// The part of the face where a beard grows; `beyond` is how far it stands off the jaw.
fn jaw(head: &Head, person: &Person, beyond: f32) -> tiny_skia::Path {
    let (w, jaw) = (person.half_width, person.half_width * person.jaw);
    let side = |s: f32| -> Vec<Spot> {
        vec![
            head.at(s * (w * 0.975), -0.16, 0.04),
            head.at(s * (w * 0.95 + beyond * 0.5), 0.3, 0.06),
            head.at(s * (jaw * 0.95 + beyond), 0.66, 0.25),
            head.at(s * (person.chin * 0.95 + beyond), 0.97 + beyond, 0.45),
            head.at(0.0, 1.0 + beyond * 1.9, 0.53),
        ]
    };
    let cheek = [(0.95, -0.16), (0.86, 0.24), (0.6, 0.46), (0.4, 0.42), (0.15, 0.4), (0.0, 0.4)];
    let inner_right: Vec<Spot> = cheek.iter().rev().map(|(x, y)| head.on(x * w, *y, 0.02)).collect();
    let inner_left: Vec<Spot> = cheek.iter().map(|(x, y)| head.on(-x * w, *y, 0.02)).collect();
    let left: Vec<Spot> = side(-1.0).into_iter().rev().collect();
    outline(&[&side(1.0), &left, &inner_left, &inner_right])
}

fn moustache(layer: &mut Layer, head: &Head, tone: Tone, dice: &mut Dice) {
    let shape = outline(&[
        &head.trace(&[(-0.3, 0.55), (-0.16, 0.43), (0.0, 0.41), (0.16, 0.43), (0.3, 0.55)], 0.07),
        &head.trace(&[(0.3, 0.55), (0.14, 0.51), (0.0, 0.5), (-0.14, 0.51), (-0.3, 0.55)], 0.07),
    ]);
    layer.fill(&shape, ink(tone, 0.8), Where::Atop);
    for _ in 0..60 {
        let x = dice.between(-0.26, 0.26);
        let y = 0.43 + 0.25 * x.abs().powf(1.4);
        hair(layer, head, (x, y), (x * 1.25, y + 0.07), dice, tone);
    }
}

/// Many single hairs over the beard's part of the face.
#[expect(clippy::too_many_arguments, reason = "one private loop with two callers; a struct would only rename these")]
fn scatter(
    layer: &mut Layer,
    head: &Head,
    person: &Person,
    dice: &mut Dice,
    tone: Tone,
    opacity: f32,
    length: f32,
    count: usize,
    place: Where,
) {
    for _ in 0..count {
        let x = dice.between(-0.92, 0.92) * person.half_width;
        let share = (x / person.half_width).abs();
        let top = 0.42 - 0.4 * (share - 0.62).max(0.0) / 0.3;
        let bottom = 1.0 - 0.62 * share.powf(2.2);
        let y = dice.between(top, bottom);
        let path = curve(&[head.on(x, y, 0.03), head.on(x * 1.04 + dice.bell() * length * 0.5, y + length, 0.03)]);
        let strand = tone.times(dice.between(0.6, 1.35));
        layer.stroke(&path, head.px(0.012), ink(strand, opacity), place);
    }
}

fn hair(layer: &mut Layer, head: &Head, from: (f32, f32), to: (f32, f32), dice: &mut Dice, tone: Tone) {
    let path = curve(&[head.on(from.0, from.1, 0.07), head.on(to.0, to.1, 0.07)]);
    layer.stroke(&path, head.px(0.012), ink(tone.times(dice.between(0.6, 1.4)), 0.5), Where::Atop);
}
