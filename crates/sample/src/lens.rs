//! What a camera does to a scene: softness, darker corners, grain.

use bauta_domain::{ImageSize, RgbImage};

use crate::{paint::Layer, random::Dice};

/// A camera's small faults.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lens {
    /// 0 sharp to 1 soft: the share of each pixel's neighbourhood mixed in.
    softness: f32,
    /// Standard deviation of the grain, in 8-bit steps.
    grain: f32,
    /// How much darker the corners are, 0 to 0.3.
    vignette: f32,
}

impl Lens {
    pub(crate) fn drawn(dice: &mut Dice) -> Self {
        Self { softness: dice.between(0.15, 0.9), grain: dice.between(0.8, 5.0), vignette: dice.between(0.0, 0.22) }
    }

    /// Develops a drawn scene into a picture.
    pub(crate) fn develop(&self, scene: &Layer, grain: &mut Dice) -> RgbImage {
        let size = ImageSize::new(scene.pixmap.width(), scene.pixmap.height());
        let (width, height) = (size.width as usize, size.height as usize);
        let data = scene.pixmap.data();
        let mut pixels = vec![0_u8; width * height * 3];
        let mut noise = vec![0_u8; width * 4];
        let mut column_sums = vec![0_u16; (width + 2) * 4];
        // Three bytes added up have a standard deviation of 128.
        let strength = self.grain / 128.0;
        for (y, row) in pixels.chunks_exact_mut(width * 3).enumerate() {
            grain.fill(&mut noise);
            let line = |y: usize| &data[y * width * 4..(y + 1) * width * 4];
            sum_columns(&mut column_sums, line(y.saturating_sub(1)), line(y), line((y + 1).min(height - 1)));
            let dy = (y as f32 + 0.5) / height as f32 * 2.0 - 1.0;
            let sharp = line(y).chunks_exact(4);
            for (x, ((pixel, sharp), noise)) in
                row.chunks_exact_mut(3).zip(sharp).zip(noise.chunks_exact(4)).enumerate()
            {
                let dx = (x as f32 + 0.5) / width as f32 * 2.0 - 1.0;
                let dimmed = 1.0 - self.vignette * 0.5 * (dx * dx + dy * dy);
                let speckle = u16::from(noise[0]) + u16::from(noise[1]) + u16::from(noise[2]);
                // Grain of a sensor is mostly in brightness, a little in colour.
                let brightness = (f32::from(speckle) - 382.5) * strength;
                for channel in 0..3 {
                    let sums = &column_sums[x * 4 + channel..];
                    let soft = f32::from(sums[0] + 2 * sums[4] + sums[8]) / 16.0;
                    let middle = f32::from(sharp[channel]);
                    let color = (f32::from(noise[channel]) - 127.5) * strength * 0.6;
                    let value = (middle + (soft - middle) * self.softness) * dimmed + brightness + color;
                    pixel[channel] = (value + 0.5) as u8;
                }
            }
        }
        RgbImage::new(size, pixels).expect("three bytes for each pixel")
    }
}

/// Weighted sums 1-2-1 of three rows of pixels, with the first and last repeated at the ends.
fn sum_columns(sums: &mut [u16], above: &[u8], middle: &[u8], below: &[u8]) {
    let end = sums.len() - 4;
    for (((sum, above), middle), below) in sums[4..end].iter_mut().zip(above).zip(middle).zip(below) {
        *sum = u16::from(*above) + 2 * u16::from(*middle) + u16::from(*below);
    }
    sums.copy_within(4..8, 0);
    sums.copy_within(end - 4..end, end);
}
