//! Random changes of pictures: rotation, shift, zoom and mirror in one resampling.

use bauta_domain::Augmentation;
use rand_chacha::{ChaCha8Rng, rand_core::Rng as _};

use super::Normalisation;
use crate::random::uniform;

/// Where each pixel of the changed picture comes from:
/// `(row, column) = matrix · (row', column') + start`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    /// Rows of the matrix: change of the source row, then of the source column, for a step down and to the right.
    matrix: [[f64; 2]; 2],
    /// Source of the upper left pixel.
    start: [f64; 2],
}

impl Affine {
    /// Draws a change as Keras' `ImageDataGenerator` does: an angle, a shift of rows and one of columns,
    /// a zoom for each axis, and a mirror half of the time. The source of a pixel, seen from the centre
    /// of the picture, is `rotation · (zoom · place + shift)`.
    pub fn random(augmentation: &Augmentation, side: usize, random: &mut ChaCha8Rng) -> Self {
        let Augmentation { rotation_degrees, shift, zoom, flip, .. } = *augmentation;
        let mut around = |centre: f64, range: f64| uniform(random, centre - range, centre + range);
        let angle = around(0.0, rotation_degrees).to_radians();
        let shifts = [around(0.0, shift), around(0.0, shift)].map(|share| share * side as f64);
        let zooms = [around(1.0, zoom), around(1.0, zoom)];
        // Drawn even when it is not used, so that switching it off changes nothing else.
        let mirror = random.next_u32() >> 31 == 1 && flip;
        Self::new(angle, shifts, zooms, mirror, side)
    }

    /// The mirror image.
    pub fn mirror(side: usize) -> Self {
        Self::new(0.0, [0.0; 2], [1.0; 2], true, side)
    }

    /// The middle of the picture, this share of its sides.
    pub fn middle(share: f64, side: usize) -> Self {
        Self::new(0.0, [0.0; 2], [share; 2], false, side)
    }

    fn new(angle: f64, shifts: [f64; 2], zooms: [f64; 2], mirror: bool, side: usize) -> Self {
        let (sin, cos) = angle.sin_cos();
        let mut matrix = [[cos * zooms[0], -sin * zooms[1]], [sin * zooms[0], cos * zooms[1]]];
        let centre = (side as f64 - 1.0) / 2.0;
        let [down, right] = shifts;
        let moved = [cos * down - sin * right, sin * down + cos * right];
        let mut start = [0, 1].map(|axis| centre + moved[axis] - centre * (matrix[axis][0] + matrix[axis][1]));
        if mirror {
            for axis in [0, 1] {
                start[axis] += matrix[axis][1] * (side as f64 - 1.0);
                matrix[axis][1] = -matrix[axis][1];
            }
        }
        Self { matrix, start }
    }

    /// Writes the changed and normalised picture as planes `[3, side, side]`; `picture` is interleaved
    /// RGB. Values between pixels are interpolated linearly; beyond the edges the edge pixels repeat.
    pub fn write_planes(&self, picture: &[u8], side: usize, normalisation: &Normalisation, planes: &mut [f32]) {
        let last = side as f32 - 1.0;
        let (red, rest) = planes.split_at_mut(side * side);
        let (green, blue) = rest.split_at_mut(side * side);
        let [[row_down, row_right], [column_down, column_right]] = self.matrix;
        for y in 0..side {
            let row_start = self.start[0] + row_down * y as f64;
            let column_start = self.start[1] + column_down * y as f64;
            for x in 0..side {
                let row = ((row_start + row_right * x as f64) as f32).clamp(0.0, last);
                let column = ((column_start + column_right * x as f64) as f32).clamp(0.0, last);
                let (top, left) = (row as usize, column as usize);
                let (down, right) = (row - top as f32, column - left as f32);
                let (bottom, right_column) = ((top + 1).min(side - 1), (left + 1).min(side - 1));
                let corner = |row: usize, column: usize| {
                    let at = 3 * (row * side + column);
                    &picture[at..at + 3]
                };
                let corners =
                    [corner(top, left), corner(top, right_column), corner(bottom, left), corner(bottom, right_column)];
                let shares = [(1.0 - down) * (1.0 - right), (1.0 - down) * right, down * (1.0 - right), down * right];
                let value = |channel: usize| {
                    let mixed: f32 = (0..4).map(|i| f32::from(corners[i][channel]) * shares[i]).sum();
                    normalisation.apply(channel, mixed)
                };
                let place = y * side + x;
                (red[place], green[place], blue[place]) = (value(0), value(1), value(2));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bauta_domain::Preprocessing;

    use super::*;
    use crate::random::{Purpose, stream};

    const SIDE: usize = 5;

    /// A picture whose red channel is 0, 10, … 240 in reading order, changed; red channel of the result.
    fn changed(affine: Affine) -> Vec<f32> {
        let picture: Vec<u8> = (0..SIDE * SIDE).flat_map(|i| [i as u8 * 10, 0, 255]).collect();
        let mut planes = vec![0.0; 3 * SIDE * SIDE];
        let identity = Normalisation::new(&Preprocessing { mean: [0.0; 3], std: [1.0 / 255.0; 3] });
        affine.write_planes(&picture, SIDE, &identity, &mut planes);
        assert!(planes[SIDE * SIDE..2 * SIDE * SIDE].iter().all(|&v| v.abs() < 1e-3));
        assert!(planes[2 * SIDE * SIDE..].iter().all(|&v| (v - 255.0).abs() < 1e-3));
        planes.truncate(SIDE * SIDE);
        planes
    }

    fn source(row: usize, column: usize) -> f32 {
        (row * SIDE + column) as f32 * 10.0
    }

    #[test]
    fn each_change_alone_moves_pixels_as_it_should() {
        struct Case {
            name: &'static str,
            affine: Affine,
            from: fn(usize, usize) -> (usize, usize),
        }
        let quarter = std::f64::consts::FRAC_PI_2;
        for Case { name, affine, from } in [
            Case { name: "none", affine: Affine::new(0.0, [0.0; 2], [1.0; 2], false, SIDE), from: |r, c| (r, c) },
            Case { name: "mirror", affine: Affine::new(0.0, [0.0; 2], [1.0; 2], true, SIDE), from: |r, c| (r, 4 - c) },
            Case {
                name: "shift with repeated edge",
                affine: Affine::new(0.0, [2.0, -1.0], [1.0; 2], false, SIDE),
                from: |r, c| ((r + 2).min(4), c.saturating_sub(1)),
            },
            Case {
                name: "quarter turn",
                affine: Affine::new(quarter, [0.0; 2], [1.0; 2], false, SIDE),
                from: |r, c| (4 - c, r),
            },
        ] {
            let found = changed(affine);
            for (place, &value) in found.iter().enumerate() {
                let (row, column) = from(place / SIDE, place % SIDE);
                assert!((value - source(row, column)).abs() < 1e-2, "{name} at {place}: {value}");
            }
        }
    }

    #[test]
    fn zoom_keeps_the_centre_and_interpolates() {
        let found = changed(Affine::new(0.0, [0.0; 2], [0.5, 0.5], false, SIDE));
        assert!((found[2 * SIDE + 2] - source(2, 2)).abs() < 1e-3);
        assert!((found[2 * SIDE + 3] - (source(2, 2) + source(2, 3)) / 2.0).abs() < 1e-3);
    }

    #[test]
    fn draws_stay_in_their_ranges_and_no_range_changes_nothing() {
        let none = Augmentation::NONE;
        let identity = Affine::new(0.0, [0.0; 2], [1.0; 2], false, 64);
        let mut mirrored = 0;
        for item in 0..200 {
            let draw = |augmentation: &Augmentation| {
                Affine::random(augmentation, 64, &mut stream(1, Purpose::Augmentation, 1, item))
            };
            assert_eq!(draw(&none), identity);
            let Affine { matrix, start } = draw(&Augmentation::default());
            let determinant = matrix[0][0] * matrix[1][1] - matrix[0][1] * matrix[1][0];
            assert!((0.64..=1.44).contains(&determinant.abs()), "{matrix:?}");
            assert!(start.iter().all(|s| s.is_finite()));
            mirrored += usize::from(determinant < 0.0);
        }
        assert!((70..130).contains(&mirrored), "{mirrored} of 200 mirrored");
    }
}
