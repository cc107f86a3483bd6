//! Neck, shoulders and clothes.

use crate::{
    face::shade_tone,
    head::{Head, Pose},
    light::{Light, Material, Relief, compose_lit},
    paint::{Layer, Spot, Where, blob, curve, ink, outline, polygon},
    person::{Collar, Person},
    tone::Tone,
};

/// How much higher the shoulders are than the numbers below say; a long neck looks stiff.
const LIFT: f32 = 0.12;

/// Draws everything below the head.
pub(crate) fn draw_body(picture: &mut Layer, head: &Head, person: &Person, light: &Light) {
    // Shoulders follow a turning head only a little.
    let pose = Pose { yaw: head.pose.yaw * 0.35, roll: head.pose.roll * 0.3, pitch: 0.0, ..head.pose };
    let trunk = Head { pose, ..*head };
    let (width, height) = (picture.pixmap.width(), picture.pixmap.height());
    let mut skin = Layer::new(width, height);
    draw_neck(&mut skin, &trunk, person);
    let neck = Relief::ellipsoid(trunk.turned(0.0, 1.3, 0.0), [0.66, 3.0], 0.5);
    compose_lit(picture, &skin, &neck, &trunk, light, Material { shine: 0.02, warmth: 1.0 });
    skin.clear();
    let mut cloth = skin;
    draw_clothes(&mut cloth, &trunk, person);
    let chest = Relief::ellipsoid(trunk.turned(0.0, 3.2, 0.0), [person.clothes.shoulders * 1.2, 2.3], 1.2);
    compose_lit(picture, &cloth, &chest, &trunk, light, Material { shine: 0.0, warmth: 0.0 });
}

fn draw_neck(layer: &mut Layer, trunk: &Head, person: &Person) {
    let w = 0.4 + 0.1 * (1.0 - person.softness);
    let at = |x: f32, y: f32| trunk.at(x, y - LIFT, 0.0);
    let neck = polygon(&[
        at(-w, 0.4),
        at(w, 0.4),
        at(w, 1.25),
        at(w + 0.16, 1.72),
        at(0.0, 2.5),
        at(-w - 0.16, 1.72),
        at(-w, 1.25),
    ]);
    layer.fill(&neck, ink(person.skin.times(0.93), 1.0), Where::Over);
    let shade = shade_tone(person.skin);
    layer.glow(at(0.0, 1.0), [trunk.px(0.75), trunk.px(0.5)], 0.0, ink(shade, 0.75), Where::Atop);
    for side in [-1.0, 1.0] {
        let sinew = curve(&[at(side * w * 0.8, 0.95), at(side * w * 0.5, 1.35), at(side * 0.1, 1.72)]);
        layer.soft_stroke(&sinew, trunk.px(0.12), ink(shade, 0.2), Where::Atop);
    }
}

fn draw_clothes(layer: &mut Layer, trunk: &Head, person: &Person) {
    let clothes = &person.clothes;
    let tone = clothes.tone;
    let s = clothes.shoulders;
    let at = |x: f32, y: f32| trunk.at(x, y - LIFT, 0.0);
    // (half width, depth) of the opening at the neck.
    let (neck, dip) = match clothes.collar {
        Collar::Crew => (0.62, 1.78),
        Collar::Shirt => (0.55, 1.95),
        Collar::VNeck => (0.6, 2.25),
        Collar::TurtleNeck => (0.5, 1.32),
        Collar::Hood | Collar::Scarf => (0.6, 1.72),
    };
    let side = |k: f32| -> Vec<Spot> {
        vec![
            at(k * neck, 1.46),
            at(k * (neck + 0.45), 1.62),
            at(k * s * 0.8, 1.82),
            at(k * s * 0.97, 2.2),
            at(k * s * 1.06, 3.2),
            at(k * s * 1.12, 9.0),
        ]
    };
    let left: Vec<Spot> = side(-1.0).into_iter().rev().collect();
    let opening = [
        at(-neck, 1.46),
        at(-neck * 0.6, f32::midpoint(1.46, dip) + 0.06),
        at(0.0, dip),
        at(neck * 0.6, f32::midpoint(1.46, dip) + 0.06),
        at(neck, 1.46),
    ];
    let shape = outline(&[&side(1.0), &left, &opening]);
    layer.fill(&shape, ink(tone, 1.0), Where::Over);
    if clothes.striped {
        for row in 0..14 {
            let y = 1.7 + 0.34 * row as f32;
            let stripe = curve(&[at(-s * 1.2, y + 0.1), at(0.0, y + 0.16), at(s * 1.2, y + 0.1)]);
            layer.stroke(&stripe, trunk.px(0.12), ink(clothes.accent, 0.85), Where::Atop);
        }
    }
    let dark = tone.times(0.42);
    for k in [-1.0, 1.0] {
        // The arm is darker where it meets the chest; folds fall from the shoulder.
        layer.glow(at(k * s * 0.7, 3.1), [trunk.px(0.22), trunk.px(1.0)], k * 0.1, ink(dark, 0.4), Where::Atop);
        layer.glow(at(k * s * 0.36, 2.5), [trunk.px(0.16), trunk.px(0.8)], k * -0.35, ink(dark, 0.2), Where::Atop);
        layer.glow(
            at(k * s * 0.55, 1.95),
            [trunk.px(0.5), trunk.px(0.16)],
            k * 0.25,
            ink(Tone::WHITE, 0.1),
            Where::Atop,
        );
    }
    layer.soft_stroke(&curve(&opening), trunk.px(0.1), ink(dark, 0.5), Where::Atop);
    draw_collar(layer, trunk, person, &opening);
}

fn draw_collar(layer: &mut Layer, trunk: &Head, person: &Person, opening: &[Spot]) {
    let clothes = &person.clothes;
    let (tone, accent) = (clothes.tone, clothes.accent);
    let at = |x: f32, y: f32| trunk.at(x, y - LIFT, 0.0);
    match clothes.collar {
        Collar::Crew | Collar::VNeck => {
            layer.stroke(&curve(opening), trunk.px(0.07), ink(tone.times(0.86), 1.0), Where::Over);
        }
        Collar::Shirt => {
            for k in [-1.0, 1.0] {
                let flap = [at(k * 0.5, 1.34), at(k * 0.62, 1.52), at(k * 0.5, 2.12), at(k * 0.02, 1.96)];
                layer.fill(&polygon(&flap), ink(tone.mixed(Tone::WHITE, 0.14), 1.0), Where::Over);
                layer.soft_stroke(&curve(&flap[1..]), trunk.px(0.05), ink(tone.times(0.4), 0.5), Where::Atop);
            }
        }
        Collar::TurtleNeck => {
            let roll = [at(-0.54, 1.2), at(0.0, 1.32), at(0.54, 1.2), at(0.6, 1.6), at(0.0, 1.8), at(-0.6, 1.6)];
            layer.fill(&blob(&roll), ink(tone.times(0.95), 1.0), Where::Over);
            layer.soft_stroke(
                &curve(&[roll[5], roll[4], roll[3]]),
                trunk.px(0.1),
                ink(tone.times(0.4), 0.6),
                Where::Atop,
            );
        }
        Collar::Hood => {
            for k in [-1.0, 1.0] {
                let hood =
                    [at(k * 0.3, 1.95), at(k * 0.56, 1.35), at(k * 0.95, 1.3), at(k * 1.12, 1.62), at(k * 0.7, 1.95)];
                layer.fill(&blob(&hood), ink(tone.times(0.88), 1.0), Where::Over);
                layer.stroke(
                    &curve(&[at(k * 0.3, 1.95), at(k * 0.32, 2.4), at(k * 0.3, 2.75)]),
                    trunk.px(0.05),
                    ink(Tone::hex(0xE8E6E0), 1.0),
                    Where::Over,
                );
            }
        }
        Collar::Scarf => {
            let wrap = [
                at(-0.72, 1.2),
                at(0.0, 1.36),
                at(0.72, 1.2),
                at(0.86, 1.6),
                at(0.4, 1.95),
                at(-0.4, 1.95),
                at(-0.86, 1.6),
            ];
            layer.fill(&blob(&wrap), ink(accent, 1.0), Where::Over);
            let end = [at(0.15, 1.8), at(0.62, 1.75), at(0.75, 2.9), at(0.25, 2.95)];
            layer.fill(&polygon(&end), ink(accent.times(0.93), 1.0), Where::Over);
            for row in 0..3 {
                let y = 1.38 + 0.17 * row as f32;
                let fold = curve(&[at(-0.8, y - 0.06), at(-0.3, y + 0.14), at(0.3, y + 0.12), at(0.84, y - 0.1)]);
                layer.soft_stroke(&fold, trunk.px(0.13), ink(accent.times(0.45), 0.32), Where::Atop);
            }
        }
    }
}
