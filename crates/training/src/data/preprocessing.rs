//! Featurewise centring and scaling: measured once on training pictures, then applied to all.

use bauta_domain::Preprocessing;

/// Keras adds this to the standard deviation, so that pictures of one colour do not divide by zero.
const EPSILON: f64 = 1e-6;

/// Exact sums over pixels, so that the order of the pictures does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelSums {
    pixels: u64,
    values: [u64; 3],
    squares: [u64; 3],
}

impl ChannelSums {
    /// The sums of one picture, interleaved RGB.
    pub fn of(picture: &[u8]) -> Self {
        let mut sums = Self { pixels: picture.len() as u64 / 3, ..Self::default() };
        for pixel in picture.chunks_exact(3) {
            for (channel, &value) in pixel.iter().enumerate() {
                sums.values[channel] += u64::from(value);
                sums.squares[channel] += u64::from(value) * u64::from(value);
            }
        }
        sums
    }

    /// Adds the sums of another picture.
    pub fn add(&mut self, other: &Self) {
        self.pixels += other.pixels;
        for channel in 0..3 {
            self.values[channel] += other.values[channel];
            self.squares[channel] += other.squares[channel];
        }
    }

    /// Mean and standard deviation of each channel, values taken as 0 to 1; no pixels count as black.
    pub fn preprocessing(&self) -> Preprocessing {
        let pixels = self.pixels.max(1) as f64;
        let mean = self.values.map(|sum| sum as f64 / pixels);
        let std = [0, 1, 2].map(|channel| {
            let variance = self.squares[channel] as f64 / pixels - mean[channel].powi(2);
            variance.max(0.0).sqrt() / 255.0 + EPSILON
        });
        Preprocessing { mean: mean.map(|mean| mean / 255.0), std }
    }
}

/// A [`Preprocessing`] as one multiplication and one addition a value: `v · scale + offset` for v of 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalisation {
    scale: [f32; 3],
    offset: [f32; 3],
}

impl Normalisation {
    /// The same as `(v / 255 − mean) / std`.
    pub fn new(preprocessing: &Preprocessing) -> Self {
        let Preprocessing { mean, std } = preprocessing;
        Self {
            scale: std.map(|std| (1.0 / (255.0 * std)) as f32),
            offset: [0, 1, 2].map(|channel| (-mean[channel] / std[channel]) as f32),
        }
    }

    /// The same for values that become `factor · v + added` first.
    pub fn after(&self, factor: f64, added: f64) -> Self {
        Self {
            scale: self.scale.map(|scale| scale * factor as f32),
            offset: [0, 1, 2].map(|channel| self.offset[channel] + self.scale[channel] * added as f32),
        }
    }

    /// One value of one channel.
    #[inline]
    pub fn apply(&self, channel: usize, value: f32) -> f32 {
        value * self.scale[channel] + self.offset[channel]
    }

    /// A whole picture, interleaved RGB, into planes `[3, side, side]`.
    pub fn write_planes(&self, picture: &[u8], planes: &mut [f32]) {
        let places = planes.len() / 3;
        for (channel, plane) in planes.chunks_exact_mut(places).enumerate() {
            for (out, pixel) in plane.iter_mut().zip(picture.chunks_exact(3)) {
                *out = self.apply(channel, f32::from(pixel[channel]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation_are_those_of_the_pixels() {
        let mut sums = ChannelSums::of(&[0, 10, 100, 255, 10, 200]);
        sums.add(&ChannelSums::of(&[255, 10, 0, 0, 10, 100]));
        let Preprocessing { mean, std } = sums.preprocessing();
        let close = |found: [f64; 3], expected: [f64; 3]| {
            found.iter().zip(expected).for_each(|(f, e)| assert!((f - e).abs() < 1e-9, "{found:?} {expected:?}"));
        };
        close(mean, [0.5, 10.0 / 255.0, 100.0 / 255.0]);
        close(std, [0.5 + EPSILON, EPSILON, 5000.0_f64.sqrt() / 255.0 + EPSILON]);
    }

    #[test]
    fn planes_are_centred_and_scaled_channel_by_channel() {
        let normalisation = Normalisation::new(&Preprocessing { mean: [0.5, 0.0, 0.2], std: [0.5, 1.0, 0.1] });
        let mut planes = [0.0; 6];
        normalisation.write_planes(&[255, 255, 51, 0, 0, 0], &mut planes);
        for (found, expected) in planes.iter().zip([1.0, -1.0, 1.0, 0.0, 0.0, -2.0]) {
            assert!((found - expected).abs() < 1e-5, "{planes:?}");
        }
    }
}
