//! Skin, ears, nose and mouth, in flat colours, and the relief that the light works on.

use crate::{
    beard::draw_beard,
    head::Head,
    light::Relief,
    paint::{Layer, Spot, Where, blob, curve, disc, ink, outline},
    person::Person,
    random::{Dice, Purpose},
    tone::Tone,
};

/// The outline of the face and skull, clockwise from the crown.
pub(crate) fn head_outline(head: &Head, person: &Person) -> Vec<Spot> {
    let right = half_outline(person);
    let left = right[1..right.len() - 1].iter().rev().map(|&(x, y, z)| (-x, y, z));
    right.iter().copied().chain(left).map(|(x, y, z)| head.at(x, y, z)).collect()
}

/// The right half: (x, y, z) from the crown to the chin.
fn half_outline(person: &Person) -> [(f32, f32, f32); 12] {
    let (w, jaw) = (person.half_width, person.half_width * person.jaw);
    [
        (0.0, -1.36, 0.0),
        (0.42 * w, -1.31, 0.0),
        (0.78 * w, -1.08, 0.0),
        (0.96 * w, -0.72, 0.0),
        (1.0 * w, -0.32, 0.0),
        (0.99 * w, 0.02, 0.02),
        (0.95 * w, 0.3, 0.06),
        (f32::midpoint(0.93 * w, jaw), 0.52, 0.14),
        (jaw * 0.86, 0.72, 0.26),
        (f32::midpoint(jaw * 0.72, person.chin), 0.885, 0.4),
        (person.chin * 0.7, 0.975, 0.5),
        (0.0, 1.0, 0.53),
    ]
}

/// Points that a tight box around the face contains: hairline to chin, ear to ear.
pub(crate) fn face_extent(head: &Head, person: &Person) -> Vec<Spot> {
    let sides = half_outline(person).into_iter().filter(|(_, y, _)| *y > -0.8);
    let mut extent: Vec<Spot> = sides.flat_map(|(x, y, z)| [head.at(x, y, z), head.at(-x, y, z)]).collect();
    extent.push(head.on(0.0, -1.0, -0.1));
    for side in [-1.0, 1.0] {
        extent.push(head.at(side * (person.half_width + 0.07), -0.1, -0.08));
    }
    extent
}

/// Hills and dents of a bare face.
pub(crate) fn face_relief(head: &Head, person: &Person) -> Relief {
    let mut relief = skull_relief(head, person);
    let mut add = |x: f32, y: f32, radii: Spot, height: f32| relief.bump(head.turned_on(x, y), radii, height);
    let strength = 0.75 + 0.35 * (1.0 - person.softness);
    add(0.0, -0.1, [0.1, 0.28], 0.07);
    add(0.0, 0.24, [0.12, 0.12], 0.1);
    add(0.0, 0.62, [0.24, 0.16], 0.05);
    add(0.0, 0.735, [0.2, 0.05], -0.022);
    add(0.0, 0.9, [0.2, 0.12], 0.05);
    for side in [-1.0, 1.0] {
        add(side * person.nose_width * 0.75, 0.27, [0.07, 0.065], 0.035);
        add(side * person.eyes.spacing, -0.15, [0.2, 0.11], -0.062 * strength);
        add(side * person.eyes.spacing, -0.14, [0.1, 0.07], 0.028);
        add(side * person.eyes.spacing, -0.36, [0.24, 0.08], 0.035 * strength);
        add(side * 0.44, 0.16, [0.22, 0.2], 0.06);
        add(side * 0.5, 0.5, [0.16, 0.2], -0.03);
    }
    relief
}

/// The plain shape of a head, for hair and for what masks are bent around.
pub(crate) fn skull_relief(head: &Head, person: &Person) -> Relief {
    Relief::ellipsoid(head.turned(0.0, -0.16, 0.0), [person.half_width * 1.12, 1.32], 0.78)
}

/// Draws ears, skin, nose and mouth.
pub(crate) fn draw_face(layer: &mut Layer, head: &Head, person: &Person) {
    draw_ears(layer, head, person);
    layer.fill(&blob(&head_outline(head, person)), ink(person.skin, 1.0), Where::Over);
    draw_complexion(layer, head, person);
    draw_nose(layer, head, person);
    draw_beard(layer, head, person);
    draw_mouth(layer, head, person);
    draw_lines(layer, head, person);
}

/// What skin looks like in shade: darker, redder.
pub(crate) fn shade_tone(skin: Tone) -> Tone {
    skin.times(0.52).mixed(Tone::hex(0x5E2A1C), 0.35)
}

fn draw_ears(layer: &mut Layer, head: &Head, person: &Person) {
    for side in [-1.0, 1.0] {
        let w = person.half_width;
        let at = |x: f32, y: f32| head.at(side * (w + x), y, -0.1);
        let ear = [
            at(-0.06, -0.24),
            at(0.03, -0.27),
            at(0.09, -0.19),
            at(0.085, -0.04),
            at(0.045, 0.1),
            at(0.0, 0.17),
            at(-0.07, 0.12),
        ];
        layer.fill(&blob(&ear), ink(person.skin.mixed(Tone::hex(0xB3502F), 0.1), 1.0), Where::Over);
        let shade = shade_tone(person.skin);
        layer.soft_stroke(
            &curve(&[at(-0.02, -0.19), at(0.045, -0.2), at(0.055, -0.08), at(0.01, 0.05)]),
            head.px(0.05),
            ink(shade, 0.5),
            Where::Atop,
        );
        layer.glow(at(-0.01, -0.04), [head.px(0.05), head.px(0.09)], 0.0, ink(shade, 0.5), Where::Atop);
        if person.earrings {
            layer.fill(&disc(at(0.01, 0.18), head.px(0.028)), ink(Tone::hex(0xD8B45A), 1.0), Where::Over);
        }
    }
}

fn draw_complexion(layer: &mut Layer, head: &Head, person: &Person) {
    let blush = person.skin.mixed(Tone::hex(0xC4503F), 0.5);
    let soft = |layer: &mut Layer, x: f32, y: f32, radii: Spot, tone: Tone, opacity: f32| {
        layer.glow(head.on(x, y, 0.0), radii.map(|r| head.px(r)), head.pose.roll, ink(tone, opacity), Where::Atop);
    };
    for side in [-1.0, 1.0] {
        soft(layer, side * 0.44, 0.24, [0.3, 0.22], blush, 0.3);
        // Darker temples and jaw round the face off where the relief is nearly flat.
        soft(layer, side * person.half_width, -0.75, [0.3, 0.6], shade_tone(person.skin), 0.22);
        soft(layer, side * person.half_width * 0.9, 0.72, [0.36, 0.5], shade_tone(person.skin), 0.25);
    }
    soft(layer, 0.0, 0.22, [0.2, 0.16], blush, 0.25);
    soft(layer, 0.0, -0.62, [0.5, 0.26], Tone::WHITE, 0.08);
    let mut dice = Dice::new(person.details, 1, Purpose::Scene, 0);
    for _ in 0..if person.freckles { 46 } else { 14 } {
        let spot = head.on(dice.bell() * 0.55, 0.08 + dice.bell() * 0.3, 0.02);
        let strength = if person.freckles { 0.3 } else { 0.1 };
        layer.fill(
            &disc(spot, head.px(dice.between(0.006, 0.014))),
            ink(shade_tone(person.skin), strength),
            Where::Atop,
        );
    }
}

fn draw_nose(layer: &mut Layer, head: &Head, person: &Person) {
    let shade = shade_tone(person.skin);
    let w = person.nose_width;
    let at = |x: f32, y: f32, lift: f32| head.on(x, y, lift);
    let atop = Where::Atop;
    layer.glow(at(0.0, 0.36, 0.06), [head.px(w * 1.35), head.px(0.075)], head.pose.roll, ink(shade, 0.42), atop);
    for side in [-1.0, 1.0] {
        let bridge = curve(&[at(side * 0.15, -0.26, 0.0), at(side * 0.085, -0.1, 0.06), at(side * 0.1, 0.12, 0.1)]);
        layer.soft_stroke(&bridge, head.px(0.09), ink(shade, 0.16), atop);
        let wing =
            curve(&[at(side * w * 0.82, 0.16, 0.1), at(side * w * 1.06, 0.245, 0.08), at(side * w * 0.86, 0.32, 0.08)]);
        layer.soft_stroke(&wing, head.px(0.045), ink(shade, 0.7), atop);
        let nostril = at(side * w * 0.46, 0.32, 0.14);
        layer.glow(
            nostril,
            [head.px(0.058), head.px(0.03)],
            head.pose.roll - side * 0.3,
            ink(shade.times(0.35), 0.85),
            atop,
        );
    }
    let tip = curve(&[at(-w * 0.4, 0.325, 0.15), at(0.0, 0.352, 0.2), at(w * 0.4, 0.325, 0.15)]);
    layer.soft_stroke(&tip, head.px(0.03), ink(shade, 0.5), atop);
    layer.glow(at(0.0, 0.215, 0.2), [head.px(0.075), head.px(0.06)], 0.0, ink(Tone::WHITE, 0.2), atop);
    layer.glow(at(0.0, -0.04, 0.1), [head.px(0.045), head.px(0.2)], head.pose.roll, ink(Tone::WHITE, 0.13), atop);
}

fn draw_mouth(layer: &mut Layer, head: &Head, person: &Person) {
    let mouth = person.mouth;
    let (w, full) = (mouth.half_width * (1.0 + 0.12 * mouth.smile), mouth.fullness);
    let corner = 0.582 - 0.075 * mouth.smile;
    let gap = if mouth.open { 0.03 + 0.035 * mouth.smile } else { 0.0 };
    let at = |x: f32, y: f32| head.on(x, y, 0.06);
    let shade = shade_tone(person.skin);
    let atop = Where::Atop;
    let upper_edge = [
        at(-w, corner),
        at(-w * 0.45, 0.535 - 0.022 * full),
        at(-w * 0.14, 0.513 - 0.022 * full),
        at(0.0, 0.528 - 0.018 * full),
        at(w * 0.14, 0.513 - 0.022 * full),
        at(w * 0.45, 0.535 - 0.022 * full),
        at(w, corner),
    ];
    let upper_line = [
        at(w, corner),
        at(w * 0.5, 0.58 - 0.01 * mouth.smile),
        at(0.0, 0.59),
        at(-w * 0.5, 0.58 - 0.01 * mouth.smile),
        at(-w, corner),
    ];
    let lower_line =
        [at(-w, corner), at(-w * 0.5, 0.58 + gap), at(0.0, 0.588 + gap * 1.2), at(w * 0.5, 0.58 + gap), at(w, corner)];
    let lower_edge = [
        at(w, corner),
        at(w * 0.5, 0.64 + gap + 0.02 * full),
        at(0.0, 0.655 + gap + 0.035 * full),
        at(-w * 0.5, 0.64 + gap + 0.02 * full),
        at(-w, corner),
    ];
    if mouth.open {
        let inside = outline(&[&reversed(&upper_line), &reversed(&lower_line)]);
        layer.fill(&inside, ink(Tone::hex(0x4A1F1D), 1.0), atop);
        let teeth = [
            at(-w * 0.72, 0.582),
            at(0.0, 0.58),
            at(w * 0.72, 0.582),
            at(w * 0.45, 0.588 + gap * 0.75),
            at(0.0, 0.59 + gap * 0.9),
            at(-w * 0.45, 0.588 + gap * 0.75),
        ];
        layer.fill(&blob(&teeth), ink(Tone::hex(0xEDE7DE), 1.0), atop);
    }
    layer.fill(&outline(&[&lower_line, &lower_edge]), ink(mouth.lips.times(1.06), 1.0), atop);
    layer.fill(&outline(&[&upper_edge, &upper_line]), ink(mouth.lips.times(0.84), 1.0), atop);
    if !mouth.open {
        layer.soft_stroke(&curve(&upper_line), head.px(0.03), ink(shade.times(0.5), 0.95), atop);
    }
    layer.glow(at(0.0, 0.63 + gap), [head.px(w * 0.5), head.px(0.03)], head.pose.roll, ink(Tone::WHITE, 0.2), atop);
    layer.glow(at(0.0, 0.725 + gap), [head.px(w * 0.75), head.px(0.05)], head.pose.roll, ink(shade, 0.35), atop);
    for side in [-1.0, 1.0] {
        layer.glow(at(side * w * 1.04, corner), [head.px(0.05), head.px(0.05)], 0.0, ink(shade, 0.5), atop);
    }
}

fn draw_lines(layer: &mut Layer, head: &Head, person: &Person) {
    let shade = shade_tone(person.skin);
    let depth = 0.12 + 0.3 * person.age + 0.2 * person.mouth.smile;
    for side in [-1.0, 1.0] {
        let fold = head.trace(&[(side * 0.2, 0.28), (side * 0.3, 0.4), (side * 0.36, 0.54)], 0.02);
        layer.soft_stroke(&curve(&fold), head.px(0.055), ink(shade, depth * 0.7), Where::Atop);
        let under_eye = head.trace(&[(side * 0.2, -0.03), (side * 0.3, 0.02), (side * 0.42, -0.01)], 0.0);
        layer.soft_stroke(&curve(&under_eye), head.px(0.04), ink(shade, 0.1 + 0.3 * person.age), Where::Atop);
    }
    if person.age > 0.55 {
        for row in 0..3 {
            let y = -0.58 - 0.11 * row as f32;
            let line = head.trace(&[(-0.34, y + 0.02), (-0.12, y), (0.14, y + 0.01), (0.34, y + 0.02)], 0.0);
            layer.soft_stroke(&curve(&line), head.px(0.03), ink(shade, (person.age - 0.5) * 0.5), Where::Atop);
        }
    }
}

fn reversed(points: &[Spot]) -> Vec<Spot> {
    points.iter().rev().copied().collect()
}
