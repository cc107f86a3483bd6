//! Eyes, brows and glasses.

use crate::{
    face::shade_tone,
    head::Head,
    paint::{Layer, Spot, Where, blob, curve, disc, ink, outline},
    person::{Glasses, Person},
    random::{Dice, Purpose},
    tone::Tone,
};

/// Height of the eyes in head units.
const EYE_LINE: f32 = -0.14;

/// Draws both eyes with their lids and brows onto the skin.
pub(crate) fn draw_eyes(skin: &mut Layer, head: &Head, person: &Person) {
    let mut balls = Layer::new(skin.pixmap.width(), skin.pixmap.height());
    for side in [-1.0, 1.0] {
        let eye = Eye { head, person, side };
        eye.draw_socket(skin);
        eye.draw_ball(&mut balls);
    }
    skin.lay(&balls);
    for side in [-1.0, 1.0] {
        let eye = Eye { head, person, side };
        eye.draw_lids(skin);
        eye.draw_brow(skin);
    }
}

struct Eye<'a> {
    head: &'a Head,
    person: &'a Person,
    side: f32,
}

impl Eye<'_> {
    /// A point around the middle of the eye; x grows outwards.
    fn at(&self, x: f32, y: f32) -> Spot {
        let tilt = self.person.eyes.tilt * x / 0.16;
        self.head.on(self.side * (self.person.eyes.spacing + x), EYE_LINE + y + tilt, -0.02)
    }

    fn upper_lid(&self) -> [Spot; 5] {
        let (w, open) = (self.person.eyes.half_width, self.person.eyes.opening);
        [
            self.at(-w, 0.022),
            self.at(-w * 0.5, -0.048 * open),
            self.at(0.0, -0.075 * open),
            self.at(w * 0.55, -0.058 * open),
            self.at(w, -0.005),
        ]
    }

    fn lower_lid(&self) -> [Spot; 5] {
        let (w, open) = (self.person.eyes.half_width, self.person.eyes.opening);
        [
            self.at(w, -0.005),
            self.at(w * 0.55, 0.044 * open),
            self.at(0.0, 0.056 * open),
            self.at(-w * 0.5, 0.045 * open),
            self.at(-w, 0.022),
        ]
    }

    fn draw_socket(&self, skin: &mut Layer) {
        let shade = shade_tone(self.person.skin);
        let head = self.head;
        let turn = head.pose.roll;
        let atop = Where::Atop;
        skin.glow(self.at(0.0, -0.03), [head.px(0.27), head.px(0.17)], turn, ink(shade, 0.3), atop);
        skin.glow(self.at(-0.13, -0.03), [head.px(0.11), head.px(0.12)], turn, ink(shade, 0.24), atop);
        let lid_tone = if self.person.eyes.made_up > 0.55 { shade.mixed(Tone::hex(0x6E5068), 0.4) } else { shade };
        skin.glow(self.at(0.02, -0.09), [head.px(0.19), head.px(0.07)], turn, ink(lid_tone, 0.35), atop);
    }

    fn draw_ball(&self, layer: &mut Layer) {
        let head = self.head;
        let eyes = &self.person.eyes;
        let almond = outline(&[&self.upper_lid(), &self.lower_lid()]);
        let white = Tone::hex(0xEFEAE5).mixed(self.person.skin, 0.12);
        layer.fill(&almond, ink(white, 1.0), Where::Over);
        // Both eyes look the same way in the picture, so the gaze is not mirrored.
        let look = eyes.gaze * 0.035 * self.side;
        let middle = self.at(look, -0.012);
        let radius = head.px(0.073);
        layer.fill(&disc(middle, radius), ink(eyes.iris.times(0.5), 1.0), Where::Atop);
        layer.fill(&disc(middle, radius * 0.88), ink(eyes.iris, 1.0), Where::Atop);
        let glint = [middle[0], middle[1] + radius * 0.4];
        layer.glow(
            glint,
            [radius * 0.8, radius * 0.55],
            0.0,
            ink(eyes.iris.mixed(Tone::WHITE, 0.45), 0.6),
            Where::Atop,
        );
        layer.fill(&disc(middle, radius * 0.44), ink(Tone::hex(0x0C0908), 1.0), Where::Atop);
        // The lid and the lashes shade the upper part of the ball; corners are always darker.
        layer.soft_stroke(&curve(&self.upper_lid()), head.px(0.075), ink(Tone::hex(0x2A1712), 0.5), Where::Atop);
        let w = eyes.half_width;
        for x in [-w, w] {
            layer.glow(
                self.at(x, 0.01),
                [head.px(0.06), head.px(0.06)],
                0.0,
                ink(Tone::hex(0x8A5548), 0.5),
                Where::Atop,
            );
        }
        let highlight = [middle[0] - radius * 0.3, middle[1] - radius * 0.35];
        layer.fill(&disc(highlight, radius * 0.2), ink(Tone::WHITE, 0.95), Where::Atop);
    }

    fn draw_lids(&self, skin: &mut Layer) {
        let head = self.head;
        let shade = shade_tone(self.person.skin);
        let dark = Tone::hex(0x1A100D);
        let eyes = &self.person.eyes;
        let upper = curve(&self.upper_lid());
        skin.stroke(&upper, head.px(0.017 + 0.009 * eyes.made_up), ink(dark, 0.85), Where::Atop);
        skin.soft_stroke(&upper, head.px(0.045), ink(dark, 0.35), Where::Atop);
        let w = eyes.half_width;
        if eyes.made_up > 0.2 {
            let lash = curve(&[self.at(w * 0.7, -0.045), self.at(w * 1.0, -0.018), self.at(w * 1.22, -0.04)]);
            skin.stroke(&lash, head.px(0.014), ink(dark, 0.75), Where::Atop);
        }
        skin.soft_stroke(&curve(&self.lower_lid()), head.px(0.026), ink(shade.times(0.7), 0.6), Where::Atop);
        let lift = 0.04 + 0.012 * eyes.opening;
        let crease = [
            self.at(-w * 0.85, -0.03 - lift * 0.4),
            self.at(-w * 0.2, -0.072 - lift),
            self.at(w * 0.5, -0.062 - lift),
            self.at(w * 1.05, -0.02 - lift * 0.5),
        ];
        skin.soft_stroke(&curve(&crease), head.px(0.028), ink(shade.times(0.8), 0.6), Where::Atop);
        let bag = [self.at(-w * 0.7, 0.085), self.at(0.0, 0.11), self.at(w * 0.8, 0.075)];
        skin.soft_stroke(&curve(&bag), head.px(0.05), ink(shade, 0.14 + 0.25 * self.person.age), Where::Atop);
        skin.glow(
            self.at(0.0, 0.075),
            [head.px(0.13), head.px(0.03)],
            head.pose.roll,
            ink(Tone::WHITE, 0.1),
            Where::Atop,
        );
    }

    fn draw_brow(&self, skin: &mut Layer) {
        let head = self.head;
        let eyes = &self.person.eyes;
        let (t, arch) = (eyes.brow_thickness, eyes.brow_arch);
        let tone = self.person.hair.tone.times(0.8).mixed(Tone::hex(0x2B1D16), 0.35);
        let upper = [
            self.at(-0.18, -0.185 - t * 0.5),
            self.at(-0.06, -0.205 - t - arch * 0.3),
            self.at(0.08, -0.205 - t - arch * 0.6),
            self.at(0.245, -0.135 - arch * 0.2),
        ];
        let lower = [
            self.at(0.245, -0.135 - arch * 0.2),
            self.at(0.08, -0.2 - arch * 0.6),
            self.at(-0.06, -0.2 - arch * 0.3),
            self.at(-0.18, -0.182 + t * 0.5),
        ];
        let path = outline(&[&upper, &lower]);
        skin.fill(&path, ink(tone, 0.62), Where::Atop);
        skin.soft_stroke(&curve(&upper), head.px(t), ink(tone, 0.25), Where::Atop);
        let mut dice = Dice::new(self.person.details, 2, Purpose::Scene, u64::from(self.side > 0.0));
        for step in 0..16 {
            let along = step as f32 / 15.0;
            let x = -0.19 + 0.42 * along;
            let y = -0.187 - arch * 0.6 * (1.0 - (along - 0.6).abs() * 1.6) + 0.05 * (along - 0.65).max(0.0);
            let lean = 0.02 + 0.05 * along + dice.bell() * 0.01;
            let hair = curve(&[self.at(x, y), self.at(x + lean, y - t * (1.0 - along * 0.7) - 0.004)]);
            skin.stroke(&hair, head.px(0.01), ink(tone.times(0.8), 0.5), Where::Atop);
        }
    }
}

/// Draws glasses, with the arms that reach to the ears.
pub(crate) fn draw_glasses(layer: &mut Layer, head: &Head, person: &Person, glasses: &Glasses) {
    let width = head.px(glasses.thickness);
    let frame = ink(glasses.frame, 1.0);
    let lift = 0.12;
    for side in [-1.0, 1.0] {
        let middle = person.eyes.spacing + 0.01;
        let at = |x: f32, y: f32| head.on(side * (middle + x), EYE_LINE + y, lift);
        let (w, h) = (0.235, 0.16 + 0.05 * glasses.roundness);
        // A superellipse: exponent 2 is round, smaller powers of the sine push it to a rectangle.
        let power = 0.5 + 0.5 * glasses.roundness;
        let rim: Vec<Spot> = (0..16)
            .map(|step| {
                let (sin, cos) = (step as f32 * std::f32::consts::TAU / 16.0).sin_cos();
                at(w * cos.signum() * cos.abs().powf(power), 0.025 + h * sin.signum() * sin.abs().powf(power))
            })
            .collect();
        let rim = blob(&rim);
        layer.fill(&rim, ink(Tone::hex(0xD8E6EA), 0.07), Where::Over);
        layer.stroke(&rim, width, frame, Where::Over);
        let glare = curve(&[at(-0.12, 0.05), at(-0.02, -0.1)]);
        layer.soft_stroke(&glare, head.px(0.05), ink(Tone::WHITE, 0.16), Where::Over);
        let arm = curve(&[
            at(w, -0.03),
            head.at(side * person.half_width * 0.97, EYE_LINE - 0.05, 0.12),
            head.at(side * (person.half_width + 0.04), EYE_LINE - 0.03, -0.1),
        ]);
        layer.stroke(&arm, width * 0.9, frame, Where::Over);
    }
    let inner = person.eyes.spacing - 0.225;
    let bridge = [(-inner, EYE_LINE - 0.02), (0.0, EYE_LINE - 0.06), (inner, EYE_LINE - 0.02)];
    layer.stroke(&curve(&head.trace(&bridge, lift + 0.03)), width, frame, Where::Over);
}
