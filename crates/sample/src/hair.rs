//! Hair: what is behind the head, what frames the face, and its strands.

use crate::{
    head::Head,
    paint::{Layer, Spot, Where, blob, curve, disc, ink, outline},
    person::{HairStyle, Headwear, Person},
    random::{Dice, Purpose},
    tone::Tone,
};

/// How one style is built. Lengths in head units.
struct Cut {
    /// Where the hair in front of the ears ends, y.
    sides: f32,
    /// How far the outline stands off the skull, as a share of the person's volume.
    body: f32,
    /// How far the hair behind the head hangs, y; none when it does not show.
    back: Option<f32>,
    /// How wide it is there, beyond the half width of the face.
    flare: f32,
}

fn cut(style: HairStyle) -> Cut {
    let short = |sides: f32, body: f32| Cut { sides, body, back: None, flare: 0.0 };
    match style {
        HairStyle::Bald => short(-0.2, 0.0),
        HairStyle::Cropped => short(-0.12, 0.35),
        HairStyle::SideParted => short(-0.05, 1.0),
        HairStyle::SweptBack => short(-0.08, 1.0),
        HairStyle::Curly => short(0.0, 1.3),
        HairStyle::Afro => short(0.1, 1.2),
        HairStyle::Bun => short(-0.1, 0.55),
        HairStyle::Fringe => Cut { sides: 0.84, body: 1.0, back: Some(0.95), flare: 0.2 },
        HairStyle::Bob => Cut { sides: 0.8, body: 1.2, back: Some(0.9), flare: 0.24 },
        HairStyle::Long => Cut { sides: 1.5, body: 0.9, back: Some(2.1), flare: 0.2 },
        HairStyle::Wavy => Cut { sides: 1.2, body: 1.3, back: Some(1.75), flare: 0.34 },
    }
}

/// Draws what is behind head and neck.
pub(crate) fn draw_back(layer: &mut Layer, head: &Head, person: &Person) {
    let hair = &person.hair;
    let cut = cut(hair.style);
    let tone = hair.tone.times(0.72);
    let w = person.half_width;
    let mut dice = details(person, 3);
    if let Some(end) = cut.back {
        let wide = w + cut.flare;
        let wave = if hair.style == HairStyle::Wavy { 0.07 } else { 0.015 };
        let mut right = vec![(0.25 * w, -1.4), (0.8 * w, -1.2), (w + 0.1, -0.7)];
        for step in 0..5 {
            let along = step as f32 / 4.0;
            let out = if step % 2 == 0 { wave } else { -wave };
            right.push((wide + out - 0.1 * along * along, -0.2 + (end + 0.2) * along));
        }
        right.push((wide * 0.45, end + 0.08));
        let left = right.iter().rev().map(|(x, y)| (-x, *y));
        let points: Vec<Spot> = right.iter().copied().chain(left).map(|(x, y)| head.at(x, y, -0.35)).collect();
        layer.fill(&blob(&points), ink(tone, 1.0), Where::Over);
        for _ in 0..70 {
            let x = dice.between(-wide, wide);
            let points =
                [head.at(x * 0.8, -0.6, -0.3), head.at(x, 0.3, -0.35), head.at(x + dice.bell() * wave, end, -0.35)];
            layer.stroke(&curve(&points), head.px(0.022), ink(strand_tone(&mut dice, tone), 0.35), Where::Atop);
        }
    }
    match hair.style {
        HairStyle::Bun if person.headwear == Headwear::None => {
            let middle = head.at(0.06 * hair.parting, -1.62, -0.3);
            layer.fill(&disc(middle, head.px(0.33)), ink(hair.tone, 1.0), Where::Over);
            for ring in 1..6 {
                let radius = head.px(0.055 * ring as f32);
                layer.stroke(
                    &disc([middle[0], middle[1] + radius * 0.2], radius),
                    head.px(0.012),
                    ink(strand_tone(&mut dice, hair.tone), 0.5),
                    Where::Atop,
                );
            }
        }
        // A hat presses curls down.
        HairStyle::Afro | HairStyle::Curly if person.headwear != Headwear::None => {
            draw_curls(layer, head, person, &mut dice, 0.92, 0.13, -0.05);
        }
        HairStyle::Afro => draw_curls(layer, head, person, &mut dice, 1.22, 0.16, 0.35),
        HairStyle::Curly => draw_curls(layer, head, person, &mut dice, 1.0, 0.17, -0.1),
        _ => {}
    }
}

/// A cloud of curls around the skull; `lowest` is where it ends, y.
fn draw_curls(layer: &mut Layer, head: &Head, person: &Person, dice: &mut Dice, reach: f32, curl: f32, lowest: f32) {
    let tone = person.hair.tone;
    let radii = [(person.half_width + 0.12) * reach, 0.98 * reach];
    let middle = -0.6 - 0.12 * (reach - 1.0);
    let around = |angle: f32, share: f32| [radii[0] * share * angle.cos(), middle + radii[1] * share * angle.sin()];
    let cloud: Vec<Spot> = (0..24)
        .map(|step| around(step as f32 * std::f32::consts::TAU / 24.0, 0.97))
        .map(|[x, y]| head.at(x, y.min(lowest), -0.15))
        .collect();
    layer.fill(&blob(&cloud), ink(tone.times(0.85), 1.0), Where::Over);
    for step in 0..190 {
        // The first ones make the edge, the others fill the inside.
        let share = if step < 70 { dice.between(0.9, 1.0) } else { dice.unit().sqrt() * 0.95 };
        let [x, y] = around(dice.between(0.0, std::f32::consts::TAU), share);
        if y > lowest {
            continue;
        }
        let spot = head.at(x, y, -0.15);
        let size = head.px(curl * dice.between(0.35, 0.75));
        let shade = tone.times(dice.between(0.78, 1.08));
        layer.fill(&disc(spot, size), ink(shade, if step < 70 { 1.0 } else { 0.5 }), Where::Over);
    }
}

/// The edge of the hair on the forehead from the right temple to the left one.
pub(crate) fn hairline(head: &Head, person: &Person) -> Vec<Spot> {
    let (w, line, p) = (person.half_width, person.hair.line, person.hair.parting);
    let points: Vec<(f32, f32)> = match person.hair.style {
        HairStyle::Fringe => vec![
            (0.9 * w, -0.5),
            (0.55 * w, -0.46),
            (0.2 * w, -0.5),
            (-0.15 * w, -0.47),
            (-0.55 * w, -0.46),
            (-0.9 * w, -0.5),
        ],
        HairStyle::SideParted | HairStyle::Bob | HairStyle::Long | HairStyle::Wavy => {
            // From the parting the hair sweeps down to both temples, further on the far side.
            let part = p * 0.42;
            let low = |x: f32| line + 0.05 + 0.34 * (x - part).abs().powf(1.3);
            [0.88, 0.6, 0.3, 0.0, -0.3, -0.6, -0.88]
                .map(|x| (x * w, if (x * w - part).abs() < 0.16 { line - 0.05 } else { low(x * w).min(-0.45) }))
                .to_vec()
        }
        HairStyle::SweptBack => vec![
            (0.9 * w, -0.62),
            (0.7 * w, line - 0.02),
            (0.36 * w, line - 0.1),
            (0.0, line + 0.01),
            (-0.36 * w, line - 0.1),
            (-0.7 * w, line - 0.02),
            (-0.9 * w, -0.62),
        ],
        _ => vec![
            (0.91 * w, -0.6),
            (0.78 * w, line + 0.08),
            (0.42 * w, line + 0.01),
            (0.0, line),
            (-0.42 * w, line + 0.01),
            (-0.78 * w, line + 0.08),
            (-0.91 * w, -0.6),
        ],
    };
    head.trace(&points, 0.02)
}

/// Draws what lies on the skull and frames the face.
pub(crate) fn draw_front(layer: &mut Layer, head: &Head, person: &Person) {
    let hair = &person.hair;
    if hair.style == HairStyle::Bald {
        return;
    }
    let cut = cut(hair.style);
    let (w, v) = (person.half_width, hair.volume * cut.body);
    let side_end = |side: f32| {
        let hanging = cut.sides > 0.2;
        let out = w + 0.04 + if hanging { cut.flare * 0.9 } else { v * 0.12 };
        // Hanging hair tapers off; short hair ends as a sideburn.
        let inner = if hanging { out - 0.1 } else { w * 0.97 };
        [head.at(side * inner, cut.sides, 0.02), head.at(side * out, cut.sides - 0.04, -0.08)]
    };
    let arc = [
        (w + 0.05 + v * 0.5, -0.35),
        (w * 0.99 + v * 0.75, -0.75),
        (w * 0.82 + v * 0.75, -1.1),
        (w * 0.46 + v * 0.5, -1.35 - v * 0.8),
        (0.0, -1.41 - v),
    ];
    let top = |side: f32| arc.map(|(x, y)| head.at(side * x, y, -0.02));
    let mut outer = vec![side_end(-1.0)[1]];
    outer.extend(top(-1.0));
    outer.extend(top(1.0).iter().rev().skip(1));
    outer.push(side_end(1.0)[1]);
    let temple = |side: f32| head.at(side * w * 0.955, -0.3, 0.12);
    let mut inner = vec![side_end(1.0)[0], temple(1.0)];
    inner.extend(hairline(head, person));
    inner.extend([temple(-1.0), side_end(-1.0)[0]]);
    let shape = outline(&[&outer, &inner]);
    let opacity = if hair.style == HairStyle::Cropped { 0.93 } else { 1.0 };
    layer.fill(&shape, ink(hair.tone, opacity), Where::Over);
    draw_strands(layer, head, person, &cut);
    // A ragged, slightly transparent edge: hair does not end like paper.
    let mut dice = details(person, 5);
    let edge = hairline(head, person);
    for step in 0..60 {
        let (spot, next) = (edge[step % (edge.len() - 1)], edge[step % (edge.len() - 1) + 1]);
        let along = dice.unit();
        let from = [spot[0] + (next[0] - spot[0]) * along, spot[1] + (next[1] - spot[1]) * along];
        let tip = [from[0] + head.px(dice.bell() * 0.05), from[1] + head.px(dice.between(-0.12, 0.035))];
        layer.stroke(&curve(&[from, tip]), head.px(0.014), ink(strand_tone(&mut dice, hair.tone), 0.55), Where::Over);
    }
}

fn draw_strands(layer: &mut Layer, head: &Head, person: &Person, cut: &Cut) {
    let hair = &person.hair;
    let (w, v, tone) = (person.half_width, hair.volume * cut.body, hair.tone);
    let mut dice = details(person, 4);
    if matches!(hair.style, HairStyle::Curly | HairStyle::Afro) {
        for _ in 0..110 {
            let angle = dice.between(std::f32::consts::PI, std::f32::consts::TAU);
            let share = dice.between(0.72, 1.0);
            let spot = head.at((w + v) * share * angle.cos(), -0.55 + (0.88 + v) * share * angle.sin(), 0.1);
            let size = head.px(dice.between(0.03, 0.08));
            layer.stroke(&disc(spot, size), head.px(0.016), ink(strand_tone(&mut dice, tone), 0.4), Where::Atop);
        }
        return;
    }
    let upswept = matches!(hair.style, HairStyle::SweptBack | HairStyle::Bun | HairStyle::Cropped);
    let part = if hair.style == HairStyle::Fringe || upswept { 0.0 } else { hair.parting * 0.42 };
    for _ in 0..110 {
        let side = dice.one_of(&[-1.0, 1.0]);
        let strand = if upswept {
            let x = dice.between(0.05, 0.95) * w * side;
            [
                head.on(x, hair.line + 0.4 * (x / w).powi(2), 0.03),
                head.at(x * 1.04, -1.15 + 0.5 * (x / w).powi(4), 0.15),
                head.at(x * 0.7, -1.42 - v, -0.1),
            ]
        } else if hair.style == HairStyle::Fringe && dice.chance(0.6) {
            let x = dice.between(-0.85, 0.85) * w;
            [head.at(x * 0.45, -1.4 - v, 0.0), head.at(x * 0.9, -1.05, 0.45), head.on(x, -0.48, 0.03)]
        } else {
            let root = dice.unit();
            let (start, drop) = (
                head.at(part * (1.0 - 0.3 * root), hair.line - 0.03 - (0.4 + v) * root, 0.45 * (1.0 - root)),
                dice.unit(),
            );
            let reach = w * (0.6 + 0.25 * root) + v * 0.5 * root;
            let middle = head.at(side * reach, -0.95 - 0.3 * root + 0.2 * drop, 0.25 * (1.0 - root));
            [start, middle, head.at(side * (w + 0.02 + cut.flare * 0.6 * drop), -0.3 + (cut.sides + 0.2) * drop, 0.0)]
        };
        layer.stroke(
            &curve(&strand),
            head.px(dice.between(0.01, 0.03)),
            ink(strand_tone(&mut dice, tone), 0.36),
            Where::Atop,
        );
    }
    if !upswept && part != 0.0 {
        let parting = curve(&[head.on(part, hair.line - 0.04, 0.03), head.at(part * 0.75, -1.36 - v, 0.15)]);
        layer.soft_stroke(&parting, head.px(0.05), ink(tone.times(0.45), 0.6), Where::Atop);
    }
}

fn strand_tone(dice: &mut Dice, tone: Tone) -> Tone {
    let lighter = tone.mixed(Tone::hex(0xC9A27A), 0.24);
    if dice.chance(0.45) { lighter.times(dice.between(1.0, 1.2)) } else { tone.times(dice.between(0.5, 0.85)) }
}

fn details(person: &Person, part: u64) -> Dice {
    Dice::new(person.details, part, Purpose::Scene, 0)
}
