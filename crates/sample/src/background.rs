//! What is behind people, out of focus: drawn small, blurred, enlarged.

use tiny_skia::{Path, PathBuilder, Rect};

use crate::{
    light::Light,
    paint::{Layer, Where, curve, disc, ink, polygon},
    random::Dice,
    tone::Tone,
};

/// Small pixels are this many times as wide as those of the picture.
const REDUCTION: u32 = 4;

/// Fills a picture with a place.
pub(crate) fn draw_background(picture: &mut Layer, dice: &mut Dice, light: &Light) {
    let (width, height) = (picture.pixmap.width(), picture.pixmap.height());
    let mut small = Layer::new(width.div_ceil(REDUCTION) + 1, height.div_ceil(REDUCTION) + 1);
    let mut place = Place { h: small.pixmap.height() as f32, w: small.pixmap.width() as f32, layer: &mut small, dice };
    match place.dice.below(6) {
        0 => place.wall(),
        1 => place.bookshelf(),
        2 => place.window(),
        3 => place.garden(),
        4 => place.street(),
        _ => place.lights(),
    }
    let radius = (dice.between(0.008, 0.03) * height as f32 / REDUCTION as f32).round() as usize;
    for _ in 0..2 {
        blur(&mut small, radius.max(1));
    }
    enlarge(&small, picture, light.tint());
}

struct Place<'a> {
    layer: &'a mut Layer,
    dice: &'a mut Dice,
    w: f32,
    h: f32,
}

impl Place<'_> {
    fn fill_all(&mut self, top: Tone, bottom: Tone) {
        let path = rectangle(0.0, 0.0, self.w, self.h);
        self.layer.fill_linear(&path, ([0.0, 0.0], ink(top, 1.0)), ([0.0, self.h], ink(bottom, 1.0)), Where::Over);
    }

    /// A quiet hue in a range of lightness.
    fn quiet(&mut self, low: f32, high: f32) -> Tone {
        Tone::hsl(self.dice.between(0.0, 360.0), self.dice.between(0.05, 0.3), self.dice.between(low, high))
    }

    fn block(&mut self, x: f32, y: f32, w: f32, h: f32, tone: Tone, opacity: f32) {
        self.layer.fill(&rectangle(x, y, w, h), ink(tone, opacity), Where::Over);
    }

    /// A plain wall, lit from one side, perhaps with pictures on it.
    fn wall(&mut self) {
        let tone = self.quiet(0.5, 0.85);
        self.fill_all(tone, tone.times(0.82));
        let (x, y) = (self.dice.unit() * self.w, self.dice.unit() * 0.5 * self.h);
        self.layer.glow([x, y], [self.w * 0.7, self.h * 0.8], 0.0, ink(Tone::WHITE, 0.3), Where::Over);
        for _ in 0..self.dice.below(4) {
            let (w, h) = (self.dice.between(0.1, 0.24) * self.w, self.dice.between(0.16, 0.34) * self.h);
            let (x, y) = (self.dice.between(0.0, 0.9) * self.w, self.dice.between(0.03, 0.4) * self.h);
            let frame = self.quiet(0.15, 0.5);
            let inside = self.quiet(0.4, 0.85);
            self.block(x, y, w, h, frame, 1.0);
            self.block(x + w * 0.1, y + h * 0.1, w * 0.8, h * 0.8, inside, 1.0);
        }
    }

    fn bookshelf(&mut self) {
        let wood = Tone::hsl(self.dice.between(18.0, 38.0), 0.35, self.dice.between(0.22, 0.5));
        self.fill_all(wood.times(0.5), wood.times(0.42));
        let rows = 3 + self.dice.below(2);
        for row in 0..rows {
            let (top, height) = (self.h * row as f32 / rows as f32, self.h / rows as f32);
            let mut x = 0.0;
            while x < self.w {
                let wide = self.dice.between(0.012, 0.04) * self.w;
                if self.dice.chance(0.86) {
                    let tall = height * self.dice.between(0.55, 0.84);
                    let hue = self.dice.one_of(&[8.0, 25.0, 42.0, 140.0, 205.0, 225.0, 340.0]);
                    let book = Tone::hsl(hue, self.dice.between(0.15, 0.55), self.dice.between(0.22, 0.75));
                    self.block(x, top + height * 0.9 - tall, wide * 0.93, tall, book, 1.0);
                    self.block(
                        x,
                        top + height * 0.9 - tall * 0.8,
                        wide * 0.93,
                        tall * 0.07,
                        book.mixed(Tone::WHITE, 0.5),
                        0.8,
                    );
                }
                x += wide;
            }
            self.block(0.0, top + height * 0.9, self.w, height * 0.1, wood, 1.0);
        }
    }

    /// A room with a bright window and a plant.
    fn window(&mut self) {
        let tone = self.quiet(0.4, 0.72);
        self.fill_all(tone, tone.times(0.75));
        let (w, h) = (self.dice.between(0.25, 0.4) * self.w, 0.72 * self.h);
        let x = self.dice.one_of(&[0.03, 0.62]) * self.w;
        self.block(x - 2.0, 0.04 * self.h, w + 4.0, h + 4.0, Tone::hex(0xE9E6DF), 1.0);
        let glass = rectangle(x, 0.06 * self.h, w, h);
        self.layer.fill_linear(
            &glass,
            ([0.0, 0.0], ink(Tone::hex(0xDDEBF3), 1.0)),
            ([0.0, h], ink(Tone::hex(0xB4CBB4), 1.0)),
            Where::Over,
        );
        self.block(x + w * 0.48, 0.04 * self.h, w * 0.05, h, Tone::hex(0xE9E6DF), 1.0);
        let stem = [self.dice.between(0.05, 0.95) * self.w, self.h];
        for _ in 0..14 {
            let tip = [stem[0] + self.dice.bell() * 0.3 * self.w, self.h * self.dice.between(0.35, 0.9)];
            let leaf = Tone::hsl(self.dice.between(95.0, 150.0), 0.3, self.dice.between(0.2, 0.42));
            let middle = [f32::midpoint(stem[0], tip[0]), tip[1] - 0.08 * self.h];
            self.layer.stroke(&curve(&[stem, middle, tip]), 0.035 * self.h, ink(leaf, 0.9), Where::Over);
        }
    }

    fn garden(&mut self) {
        let sky = Tone::hsl(self.dice.between(195.0, 215.0), 0.4, self.dice.between(0.7, 0.88));
        self.fill_all(sky, Tone::hsl(95.0, 0.25, 0.4));
        for layer in 0..3 {
            for _ in 0..26 {
                let y = self.h * (0.3 + 0.25 * layer as f32) + self.dice.bell() * 0.2 * self.h;
                let x = self.dice.unit() * self.w;
                let leaf = Tone::hsl(
                    self.dice.between(70.0, 140.0),
                    self.dice.between(0.2, 0.45),
                    self.dice.between(0.2, 0.5),
                );
                let size = self.dice.between(0.04, 0.14) * self.h;
                self.layer.fill(&disc([x, y], size), ink(leaf, 0.75), Where::Over);
            }
        }
        for _ in 0..8 {
            let spot = [self.dice.unit() * self.w, self.dice.unit() * self.h * 0.6];
            self.layer.fill(
                &disc(spot, self.dice.between(0.02, 0.06) * self.h),
                ink(Tone::hex(0xF4F1D8), 0.4),
                Where::Over,
            );
        }
    }

    fn street(&mut self) {
        self.fill_all(Tone::hex(0xD5DFE6), Tone::hex(0x8C8A88));
        let mut x = -0.05 * self.w;
        while x < self.w {
            let (wide, top) = (self.dice.between(0.12, 0.3) * self.w, self.dice.between(-0.1, 0.35) * self.h);
            let wall =
                Tone::hsl(self.dice.between(10.0, 50.0), self.dice.between(0.05, 0.3), self.dice.between(0.4, 0.75));
            self.block(x, top, wide, self.h * 0.8 - top, wall, 1.0);
            for row in 0..5 {
                for column in 0..3 {
                    let (wx, wy) = (x + wide * (0.12 + 0.3 * column as f32), top + self.h * (0.06 + 0.16 * row as f32));
                    let pane = self.dice.one_of(&[Tone::hex(0x4C5963), Tone::hex(0x7A8B98), Tone::hex(0xEAD9A8)]);
                    self.block(wx, wy, wide * 0.17, self.h * 0.09, pane, 0.9);
                }
            }
            x += wide;
        }
        let road = polygon(&[[0.0, self.h * 0.82], [self.w, self.h * 0.78], [self.w, self.h], [0.0, self.h]]);
        self.layer.fill(&road, ink(Tone::hex(0x6F6E70), 1.0), Where::Over);
    }

    /// Evening lights as discs.
    fn lights(&mut self) {
        let tone = Tone::hsl(self.dice.between(0.0, 360.0), 0.3, self.dice.between(0.18, 0.42));
        self.fill_all(tone, tone.times(0.6));
        for _ in 0..34 {
            let spot = [self.dice.unit() * self.w, self.dice.unit() * self.h];
            let hue = self.dice.one_of(&[30.0, 45.0, 200.0, 330.0, 60.0]);
            let glow = Tone::hsl(hue, 0.5, self.dice.between(0.6, 0.85));
            self.layer.fill(
                &disc(spot, self.dice.between(0.02, 0.09) * self.h),
                ink(glow, self.dice.between(0.15, 0.5)),
                Where::Over,
            );
        }
    }
}

fn rectangle(x: f32, y: f32, w: f32, h: f32) -> Path {
    let rect = Rect::from_xywh(x, y, w.max(0.1), h.max(0.1)).expect("places use finite numbers");
    PathBuilder::from_rect(rect)
}

/// A box blur along both axes; edges repeat.
fn blur(layer: &mut Layer, radius: usize) {
    let (width, height) = (layer.pixmap.width() as usize, layer.pixmap.height() as usize);
    let data = layer.pixmap.data_mut();
    for row in 0..height {
        blur_line(data, row * width * 4, 4, width, radius);
    }
    for column in 0..width {
        blur_line(data, column * 4, width * 4, height, radius);
    }
}

fn blur_line(data: &mut [u8], start: usize, step: usize, length: usize, radius: usize) {
    let window = (2 * radius + 1) as u32;
    for channel in 0..3 {
        let line: Vec<u32> = (0..length).map(|i| u32::from(data[start + i * step + channel])).collect();
        let at = |i: isize| line[i.clamp(0, length as isize - 1) as usize];
        let reach = radius as isize;
        let mut sum: u32 = (-reach..=reach).map(at).sum();
        for (i, position) in (0..length as isize).enumerate() {
            data[start + i * step + channel] = (sum / window) as u8;
            sum = sum + at(position + reach + 1) - at(position - reach);
        }
    }
}

/// Bilinear enlargement by [`REDUCTION`], tinted.
fn enlarge(small: &Layer, picture: &mut Layer, tint: Tone) {
    let (width, stride) = (picture.pixmap.width() as usize, small.pixmap.width() as usize * 4);
    let (from, step) = (small.pixmap.data(), REDUCTION as usize);
    let tint = tint.0.map(|part| (part * 256.0 / (step * step) as f32) as u32);
    for (y, row) in picture.pixmap.data_mut().chunks_exact_mut(width * 4).enumerate() {
        let (top, down) = ((y / step) * stride, (y % step) as u32);
        for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
            let (corner, right) = (top + (x / step) * 4, (x % step) as u32);
            let step = step as u32;
            for channel in 0..3 {
                let at = |offset: usize| u32::from(from[corner + offset + channel]);
                let upper = at(0) * (step - right) + at(4) * right;
                let lower = at(stride) * (step - right) + at(stride + 4) * right;
                pixel[channel] = (((upper * (step - down) + lower * down) * tint[channel]) >> 8).min(255) as u8;
            }
            pixel[3] = 255;
        }
    }
}
