//! Random changes of a picture's light and sharpness, and a covered part.

use bauta_domain::Augmentation;
use rand_chacha::ChaCha8Rng;

use super::Normalisation;
use crate::random::uniform;

/// Smallest and largest share of the picture that erasing covers, and the largest ratio of its sides
/// (Zhong et al. 2020, "Random Erasing", with a smaller largest share: crops are tight).
const COVERED: [f64; 2] = [0.02, 0.2];
const LONGEST: f64 = 3.3;

/// Standard deviations on either side that a blur's weights reach.
const REACH: f64 = 3.0;

/// What happens to one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Light {
    /// Factor around the middle grey, and what is added, of values 0 to 255.
    contrast: f64,
    brightness: f64,
    /// Weights of a blur, from the centre outwards; only the centre when there is none.
    blur: Vec<f32>,
    /// Covered rows and columns.
    covered: Option<[[usize; 2]; 2]>,
}

impl Light {
    /// Draws a change.
    pub fn random(augmentation: &Augmentation, side: usize, random: &mut ChaCha8Rng) -> Self {
        let Augmentation { brightness, contrast, blur, erasing, .. } = *augmentation;
        let brightness = 255.0 * uniform(random, -brightness, brightness);
        let contrast = uniform(random, 1.0 - contrast, 1.0 + contrast);
        let deviation = side as f64 * uniform(random, 0.0, blur);
        // All are drawn even when they are not used, so that switching one off changes no other.
        let chance = uniform(random, 0.0, 1.0);
        let area = uniform(random, COVERED[0], COVERED[1]);
        let ratio = uniform(random, -LONGEST.ln(), LONGEST.ln()).exp();
        let places = [uniform(random, 0.0, 1.0), uniform(random, 0.0, 1.0)];
        let covered = (chance < erasing).then(|| {
            let lengths = [(area * ratio).sqrt(), (area / ratio).sqrt()].map(|share| share.min(1.0) * side as f64);
            [0, 1].map(|axis| {
                let start = places[axis] * (side as f64 - lengths[axis]);
                [start as usize, (start + lengths[axis]).ceil().min(side as f64) as usize]
            })
        });
        Self { contrast, brightness, blur: weights(deviation), covered }
    }

    /// `normalisation` with this picture's brightness and contrast in it. Values are not cut at black and
    /// white: the network does not need that, and it would cost a pass.
    pub fn in_normalisation(&self, normalisation: &Normalisation) -> Normalisation {
        let middle = 127.5;
        normalisation.after(self.contrast, middle - self.contrast * middle + self.brightness)
    }

    /// Blurs and covers normalised planes `[3, side, side]`. What is covered gets 0, the mean colour.
    pub fn finish(&self, planes: &mut [f32], side: usize) {
        for plane in planes.chunks_exact_mut(side * side) {
            if self.blur.len() > 1 {
                blur(plane, side, &self.blur);
            }
            if let Some([rows, columns]) = self.covered {
                for row in rows[0]..rows[1] {
                    plane[row * side + columns[0]..row * side + columns[1]].fill(0.0);
                }
            }
        }
    }
}

/// Weights of a Gaussian that sum to 1 over both sides, from the centre outwards.
fn weights(deviation: f64) -> Vec<f32> {
    // Narrower ones would change no pixel by more than a few percent of its neighbour.
    if deviation < 0.3 {
        return vec![1.0];
    }
    let reach = (REACH * deviation).ceil() as i32;
    let weights: Vec<f64> = (0..=reach).map(|at| (-f64::from(at * at) / (2.0 * deviation * deviation)).exp()).collect();
    let sum = 2.0 * weights.iter().sum::<f64>() - weights[0];
    weights.iter().map(|weight| (weight / sum) as f32).collect()
}

/// Blurs along rows, then along columns; edge pixels repeat.
fn blur(plane: &mut [f32], side: usize, weights: &[f32]) {
    let mut line = vec![0.0; side];
    for (stride, next) in [(1, side), (side, 1)] {
        for start in (0..side).map(|index| index * next) {
            line.iter_mut().enumerate().for_each(|(at, value)| *value = plane[start + at * stride]);
            for at in 0..side {
                let pair = |away: usize| line[at.saturating_sub(away)] + line[(at + away).min(side - 1)];
                let around: f32 = weights.iter().enumerate().skip(1).map(|(away, weight)| weight * pair(away)).sum();
                plane[start + at * stride] = weights[0] * line[at] + around;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bauta_domain::Preprocessing;

    use super::*;
    use crate::random::{Purpose, stream};

    const SIDE: usize = 20;

    fn draw(augmentation: &Augmentation, item: u64) -> Light {
        Light::random(augmentation, SIDE, &mut stream(1, Purpose::Augmentation, 1, item))
    }

    #[test]
    fn no_range_changes_nothing() {
        let identity = Normalisation::new(&Preprocessing { mean: [0.2; 3], std: [0.5; 3] });
        for item in 0..20 {
            let light = draw(&Augmentation::NONE, item);
            let (found, expected) = (light.in_normalisation(&identity), identity);
            for value in [0.0, 80.0, 255.0] {
                assert!((found.apply(1, value) - expected.apply(1, value)).abs() < 1e-5);
            }
            let mut planes: Vec<f32> = (0..3 * SIDE * SIDE).map(|i| i as f32).collect();
            let before = planes.clone();
            light.finish(&mut planes, SIDE);
            assert_eq!(planes, before);
        }
    }

    #[test]
    fn light_and_contrast_stay_in_their_ranges() {
        let augmentation = Augmentation { brightness: 0.2, contrast: 0.5, ..Augmentation::NONE };
        let bytes = Normalisation::new(&Preprocessing { mean: [0.0; 3], std: [1.0 / 255.0; 3] });
        let (mut lowest, mut highest) = (f32::MAX, f32::MIN);
        for item in 0..300 {
            let grey = draw(&augmentation, item).in_normalisation(&bytes).apply(0, 127.5);
            (lowest, highest) = (lowest.min(grey), highest.max(grey));
            let light = draw(&augmentation, item);
            assert!((0.5..=1.5).contains(&light.contrast));
        }
        assert!(lowest > 76.4 && lowest < 82.0 && highest < 178.6 && highest > 173.0, "{lowest} {highest}");
    }

    #[test]
    fn a_blur_spreads_a_point_and_keeps_its_sum() {
        let light = Light { contrast: 1.0, brightness: 0.0, blur: weights(1.5), covered: None };
        let mut planes = vec![0.0; 3 * SIDE * SIDE];
        planes[10 * SIDE + 10] = 1.0;
        light.finish(&mut planes, SIDE);
        let sum: f32 = planes.iter().sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        assert!((planes[10 * SIDE + 11] - planes[11 * SIDE + 10]).abs() < 1e-6);
        assert!(planes[10 * SIDE + 10] < 0.1 && planes[10 * SIDE + 11] > 0.02);
    }

    #[test]
    fn erasing_covers_a_part_of_its_share_of_the_pictures() {
        let augmentation = Augmentation { erasing: 0.5, ..Augmentation::NONE };
        let mut times = 0;
        for item in 0..200 {
            let mut planes = vec![1.0; 3 * SIDE * SIDE];
            draw(&augmentation, item).finish(&mut planes, SIDE);
            let covered = planes.iter().filter(|&&value| value == 0.0).count() as f64 / planes.len() as f64;
            assert!(covered == 0.0 || (0.015..0.35).contains(&covered), "{covered}");
            times += usize::from(covered > 0.0);
        }
        assert!((70..130).contains(&times), "{times} of 200 covered");
    }
}
