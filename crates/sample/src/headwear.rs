//! Hats, caps and headscarves.

use crate::{
    head::Head,
    light::Relief,
    paint::{Layer, Spot, Where, blob, curve, ink, outline},
    person::{Headwear, Person},
    tone::Tone,
};

/// What a hat is bent around.
pub(crate) fn headwear_relief(head: &Head, person: &Person) -> Relief {
    Relief::ellipsoid(head.turned(0.0, -0.5, 0.0), [person.half_width * 1.35, 1.35], 0.95)
}

/// What of the headwear is behind the head.
pub(crate) fn draw_behind(layer: &mut Layer, head: &Head, person: &Person) {
    if person.headwear != Headwear::Headscarf {
        return;
    }
    let w = person.half_width + 0.16;
    let half =
        [(0.0, -1.55), (w * 0.7, -1.38), (w, -0.8), (w + 0.02, 0.0), (w - 0.05, 0.7), (w * 0.9, 1.3), (0.0, 1.7)];
    layer.fill(&blob(&mirrored(head, &half, -0.1)), ink(person.headwear_tone.times(0.7), 1.0), Where::Over);
}

/// Draws what is worn on the head, over hair, mask and straps.
pub(crate) fn draw_headwear(layer: &mut Layer, head: &Head, person: &Person) {
    match person.headwear {
        Headwear::None => {}
        Headwear::Beanie => draw_beanie(layer, head, person),
        Headwear::Cap => draw_cap(layer, head, person),
        Headwear::BrimmedHat => draw_brimmed(layer, head, person),
        Headwear::Headscarf => draw_headscarf(layer, head, person),
    }
}

/// The shadow of a hat on the forehead.
pub(crate) fn draw_shadow(skin: &mut Layer, head: &Head, person: &Person) {
    let (y, strength) = match person.headwear {
        Headwear::None | Headwear::Headscarf => return,
        Headwear::Beanie => (-0.74, 0.4),
        Headwear::Cap => (-0.62, 0.5),
        Headwear::BrimmedHat => (-0.7, 0.5),
    };
    let w = person.half_width;
    let edge = head.trace(&[(-w, y), (-0.5 * w, y + 0.02), (0.0, y + 0.03), (0.5 * w, y + 0.02), (w, y)], 0.0);
    skin.soft_stroke(&curve(&edge), head.px(0.24), ink(Tone::hex(0x2A140E), strength), Where::Atop);
}

fn draw_beanie(layer: &mut Layer, head: &Head, person: &Person) {
    let tone = person.headwear_tone;
    let w = person.half_width + 0.1;
    let dome =
        [(-w, -0.62, 0.0), (-w * 1.02, -1.0, 0.0), (-w * 0.78, -1.46, 0.0), (-w * 0.3, -1.68, 0.0), (0.0, -1.71, 0.0)];
    layer.fill(&outline(&[&arch(head, &dome), &rim(head, w, -0.66, -0.72, 0.06)]), ink(tone, 1.0), Where::Over);
    let band = outline(&[&reversed(&rim(head, w, -0.98, -1.05, 0.08)), &rim(head, w * 1.02, -0.6, -0.7, 0.1)]);
    layer.fill(&band, ink(tone.times(0.92), 1.0), Where::Over);
    layer.soft_stroke(&curve(&rim(head, w, -0.98, -1.05, 0.08)), head.px(0.06), ink(Tone::BLACK, 0.35), Where::Atop);
    for rib in -11..=11 {
        let x = (rib as f32 / 11.5).asin() / std::f32::consts::FRAC_PI_2 * 0.62 + rib as f32 / 11.5 * 0.38;
        let line = [
            head.at(x * w, -0.97 - 0.07 * (1.0 - x * x), 0.64 * (1.0 - x * x).max(0.0).sqrt()),
            head.at(x * w * 1.01, -0.63 - 0.07 * (1.0 - x * x), 0.66 * (1.0 - x * x).max(0.0).sqrt()),
        ];
        layer.soft_stroke(&curve(&line), head.px(0.03), ink(tone.times(0.45), 0.45), Where::Atop);
    }
}

fn draw_cap(layer: &mut Layer, head: &Head, person: &Person) {
    let tone = person.headwear_tone;
    let w = person.half_width + 0.07;
    let dome =
        [(-w, -0.66, 0.0), (-w * 0.98, -1.0, 0.0), (-w * 0.72, -1.38, 0.0), (-w * 0.3, -1.54, 0.0), (0.0, -1.57, 0.0)];
    layer.fill(&outline(&[&arch(head, &dome), &rim(head, w, -0.68, -0.76, 0.06)]), ink(tone, 1.0), Where::Over);
    for x in [-0.5, 0.0, 0.5] {
        let seam = [head.on(x * w, -0.86, 0.08), head.at(x * w * 0.9, -1.25, 0.35), head.at(0.0, -1.56, 0.0)];
        layer.soft_stroke(&curve(&seam), head.px(0.025), ink(tone.times(0.5), 0.5), Where::Atop);
    }
    let back = [(-0.84 * w, -0.74), (-0.4 * w, -0.88), (0.0, -0.92), (0.4 * w, -0.88), (0.84 * w, -0.74)]
        .map(|(x, y)| head.on(x, y, 0.06));
    let front = [
        (0.84 * w, -0.74, 0.3),
        (0.66 * w, -0.64, 0.85),
        (0.0, -0.6, 1.05),
        (-0.66 * w, -0.64, 0.85),
        (-0.84 * w, -0.74, 0.3),
    ]
    .map(|(x, y, z)| head.at(x, y, z));
    let visor = outline(&[&back, &front]);
    layer.fill(&visor, ink(tone.times(0.78), 1.0), Where::Over);
    layer.soft_stroke(&curve(&back), head.px(0.07), ink(Tone::BLACK, 0.4), Where::Atop);
    layer.stroke(&curve(&front), head.px(0.02), ink(tone.times(0.55), 0.8), Where::Over);
}

fn draw_brimmed(layer: &mut Layer, head: &Head, person: &Person) {
    let tone = person.headwear_tone.mixed(Tone::hex(0xB79B72), 0.45);
    let w = person.half_width + 0.06;
    let brim: Vec<Spot> = (0..20)
        .map(|step| (step as f32 * std::f32::consts::TAU / 20.0).sin_cos())
        .map(|(sin, cos)| head.at(cos * (w + 0.5), -0.84 + 0.14 * sin - 0.08 * cos * cos, 0.2 + 0.45 * sin))
        .collect();
    layer.fill(&blob(&brim), ink(tone.times(0.9), 1.0), Where::Over);
    let crown =
        [(-w, -0.88, 0.0), (-w * 0.96, -1.2, 0.0), (-w * 0.84, -1.56, 0.0), (-w * 0.4, -1.66, 0.0), (0.0, -1.6, 0.0)];
    layer.fill(&outline(&[&arch(head, &crown), &rim(head, w, -0.88, -0.84, 0.02)]), ink(tone, 1.0), Where::Over);
    let ribbon = outline(&[&reversed(&rim(head, w * 0.99, -1.06, -1.04, 0.02)), &rim(head, w, -0.9, -0.87, 0.02)]);
    layer.fill(&ribbon, ink(tone.times(0.42), 1.0), Where::Over);
}

fn draw_headscarf(layer: &mut Layer, head: &Head, person: &Person) {
    let tone = person.headwear_tone;
    let w = person.half_width;
    let out = w + 0.16;
    let outer = mirrored(
        head,
        &[
            (0.0, -1.55),
            (out * 0.7, -1.38),
            (out, -0.8),
            (out + 0.02, 0.0),
            (out - 0.05, 0.7),
            (0.62, 1.25),
            (0.0, 1.62),
        ],
        -0.02,
    );
    let face = [
        (0.0, -0.9),
        (0.5 * w, -0.85),
        (0.84 * w, -0.6),
        (0.95 * w, -0.15),
        (0.93 * w, 0.3),
        (w * person.jaw * 0.86, 0.66),
        (person.chin * 1.0, 0.94),
        (0.0, 1.02),
    ];
    let inner = {
        let right = face.map(|(x, y)| head.on(x, y, 0.03));
        let left = face[1..face.len() - 1].iter().rev().map(|(x, y)| head.on(-x, *y, 0.03));
        right.into_iter().chain(left).collect::<Vec<Spot>>()
    };
    // A ring in one outline: around outside, then around the face the other way.
    let closed = |points: &[Spot]| points.iter().chain(&points[..1]).copied().collect::<Vec<Spot>>();
    layer.fill(&outline(&[&closed(&outer), &reversed(&closed(&inner))]), ink(tone, 1.0), Where::Over);
    layer.soft_stroke(&curve(&closed(&inner)), head.px(0.09), ink(tone.times(0.4), 0.5), Where::Atop);
    for fold in 0..7 {
        let share = fold as f32 / 6.0;
        for side in [-1.0, 1.0] {
            let line = [
                head.at(side * w * (0.2 + 0.75 * share), -1.3 + 0.5 * share, 0.2),
                head.at(side * (w + 0.03 + 0.08 * share), -0.1 + 0.3 * share, 0.0),
                head.at(side * (0.7 - 0.6 * share), 1.05 + 0.4 * share, 0.2),
            ];
            layer.soft_stroke(&curve(&line), head.px(0.05), ink(tone.times(0.5), 0.28), Where::Atop);
        }
    }
}

/// The front edge of something around the head, from right to left: `y` at the sides and `middle` in front.
fn rim(head: &Head, half_width: f32, y: f32, middle: f32, lift: f32) -> Vec<Spot> {
    [1.0, 0.8, 0.4, 0.0, -0.4, -0.8, -1.0]
        .map(|x: f32| {
            let front = (1.0 - x * x).sqrt();
            head.at(x * half_width, y + (middle - y) * front, (0.55 + lift) * front)
        })
        .to_vec()
}

/// A symmetric dome from its left half, bottom to top.
fn arch(head: &Head, left: &[(f32, f32, f32)]) -> Vec<Spot> {
    let right = left[..left.len() - 1].iter().rev().map(|&(x, y, z)| (-x, y, z));
    left.iter().copied().chain(right).map(|(x, y, z)| head.at(x, y, z)).collect()
}

/// A closed symmetric outline from its right half, top to bottom.
fn mirrored(head: &Head, right: &[(f32, f32)], z: f32) -> Vec<Spot> {
    let left = right[1..right.len() - 1].iter().rev().map(|(x, y)| (-x, *y));
    right.iter().copied().chain(left).map(|(x, y)| head.at(x, y, z)).collect()
}

fn reversed(points: &[Spot]) -> Vec<Spot> {
    points.iter().rev().copied().collect()
}
