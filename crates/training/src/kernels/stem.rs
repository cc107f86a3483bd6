//! The first convolution, with pool, bias and ReLU: three channels are too few for Winograd, and for products
//! of matrices.
//!
//! Pixels are `[pictures, side, side, 3]`, kernels `[27, filters]` in the order (row, column, colour): a row
//! of a kernel lies on nine neighbouring numbers of a row of pixels.

use pulp::{Scalar, Simd, WithSimd};

use super::{
    lanes::{Lanewise, add_to, each_vector, load, store},
    pool::{passed, pooled, routed},
};

/// Colours of a pixel.
const COLOURS: usize = 3;
/// Rows of a kernel.
const ROWS: usize = 3;
/// Numbers of a kernel's row.
const ROW: usize = 3 * COLOURS;
/// Numbers of a kernel for each filter.
pub const TAPS: usize = ROWS * ROW;
/// Numbers of a row of the pixels that a pool window reads: four pixels.
const LINE: usize = 4 * COLOURS;

/// The batch's sizes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Pictures.
    pub pictures: usize,
    /// Side of a picture in pixels, at least 4.
    pub side: usize,
    /// Filters.
    pub filters: usize,
}

impl Sizes {
    /// The rows of pixels that row `row` of a picture's pool windows reads.
    fn rows_of(self, pixels: &[f32], picture: usize, row: usize) -> [&[f32]; 4] {
        let length = self.side * COLOURS;
        [0, 1, 2, 3].map(|down| &pixels[(picture * self.side + 2 * row + down) * length..][..length])
    }
}

/// Pixels to pooled maps.
pub struct Stem<'a> {
    /// Sizes.
    pub sizes: Sizes,
    /// `[pictures, side, side, 3]`
    pub pixels: &'a [f32],
    /// `[27, filters]`
    pub kernels: &'a [f32],
    /// `[filters]`
    pub bias: &'a [f32],
    /// Is written: `[pictures, pooled, pooled, filters]`.
    pub maps: &'a mut [f32],
    /// Is written, in the shape of the maps: what each pool chose.
    pub choices: &'a mut [f32],
}

impl WithSimd for Stem<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let filters = self.sizes.filters;
        // Two vectors at a time: the processor has sums to work on while it waits for others.
        let double = filters - filters % (2 * S::F32_LANES);
        let whole = filters - filters % S::F32_LANES;
        for picture in 0..self.sizes.pictures {
            for row in 0..super::pooled(self.sizes.side) {
                for filter in (0..double).step_by(2 * S::F32_LANES) {
                    self.row::<S, 2>(simd, [picture, row], filter);
                }
                for filter in (double..whole).step_by(S::F32_LANES) {
                    self.row::<S, 1>(simd, [picture, row], filter);
                }
                for filter in whole..filters {
                    self.row::<Scalar, 1>(Scalar::new(), [picture, row], filter);
                }
            }
        }
    }
}

impl Stem<'_> {
    /// A row of the maps of some neighbouring filters.
    #[inline(always)]
    fn row<S: Simd, const VECTORS: usize>(&mut self, simd: S, [picture, row]: [usize; 2], filter: usize) {
        let (side, filters) = (super::pooled(self.sizes.side), self.sizes.filters);
        let zero = simd.splat_f32s(0.0);
        let mut kernels = [[[zero; VECTORS]; ROW]; ROWS];
        let mut bias = [zero; VECTORS];
        for vector in 0..VECTORS {
            let filter = filter + vector * S::F32_LANES;
            bias[vector] = load::<S>(self.bias, filter);
            for (tap, kernel) in kernels.as_flattened_mut().iter_mut().enumerate() {
                kernel[vector] = load::<S>(self.kernels, tap * filters + filter);
            }
        }
        let rows = self.sizes.rows_of(self.pixels, picture, row);
        for column in 0..side {
            let at = ((picture * side + row) * side + column) * filters + filter;
            let sums = window(simd, lines(rows, column), &kernels);
            for (vector, sums) in sums.into_iter().enumerate() {
                let at = at + vector * S::F32_LANES;
                let (value, choice) = pooled(simd, sums, bias[vector]);
                store::<S>(self.maps, at, value);
                store::<S>(self.choices, at, choice);
            }
        }
    }
}

/// The four sums of a pool window for each vector of filters.
#[inline(always)]
fn window<S: Simd, const VECTORS: usize>(
    simd: S,
    lines: [&[f32; LINE]; 4],
    kernels: &[[[S::f32s; VECTORS]; ROW]; ROWS],
) -> [[S::f32s; 4]; VECTORS] {
    let mut sums = [[simd.splat_f32s(0.0); 4]; VECTORS];
    for (row, kernels) in kernels.iter().enumerate() {
        let [upper, lower] = [lines[row], lines[row + 1]];
        for (tap, kernels) in kernels.iter().enumerate() {
            let pixels = [upper[tap], upper[tap + COLOURS], lower[tap], lower[tap + COLOURS]];
            for (place, pixel) in pixels.into_iter().enumerate() {
                let pixel = simd.splat_f32s(pixel);
                for (sums, kernel) in sums.iter_mut().zip(kernels) {
                    sums[place] = simd.mul_add_e_f32s(pixel, *kernel, sums[place]);
                }
            }
        }
    }
    sums
}

/// The numbers of each row that the pool window at `column` reads.
#[inline(always)]
fn lines<const N: usize>(rows: [&[f32]; N], column: usize) -> [&[f32; LINE]; N] {
    rows.map(|row| row[2 * column * COLOURS..].first_chunk().expect("a pool window lies in the picture"))
}

/// The gradient of pooled maps to that of kernels and bias.
pub struct StemGradient<'a> {
    /// Sizes.
    pub sizes: Sizes,
    /// `[pictures, side, side, 3]`
    pub pixels: &'a [f32],
    /// `[pictures, pooled, pooled, filters]`
    pub gradient: &'a [f32],
    /// What each pool chose, in the same shape.
    pub choices: &'a [f32],
    /// Is added to: `[27, filters]`.
    pub kernels: &'a mut [f32],
    /// Is added to: `[filters]`.
    pub bias: &'a mut [f32],
}

impl WithSimd for StemGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { sizes, pixels, kernels, bias, .. } = self;
        let (side, filters) = (super::pooled(sizes.side), sizes.filters);
        let length = side * filters;
        for picture in 0..sizes.pictures {
            for row in 0..side {
                let at = (picture * side + row) * length;
                let (gradient, choices) = (&self.gradient[at..at + length], &self.choices[at..at + length]);
                let rows = sizes.rows_of(pixels, picture, row);
                each_vector(simd, filters, &mut RowGradient { rows, gradient, choices, kernels, bias });
            }
        }
    }
}

/// The part of one row of pool windows.
struct RowGradient<'a> {
    rows: [&'a [f32]; 4],
    gradient: &'a [f32],
    choices: &'a [f32],
    kernels: &'a mut [f32],
    bias: &'a mut [f32],
}

impl Lanewise for RowGradient<'_> {
    #[inline(always)]
    fn at<S: Simd>(&mut self, simd: S, filter: usize) {
        let filters = self.bias.len();
        let mut bias = simd.splat_f32s(0.0);
        for at in (filter..self.gradient.len()).step_by(filters) {
            bias = simd.add_f32s(bias, passed(simd, load::<S>(self.gradient, at), load::<S>(self.choices, at)));
        }
        add_to(simd, self.bias, filter, bias);
        // A row of the kernels at a time: its nine sums stay in registers.
        for kernel_row in 0..ROWS {
            let mut sums = [simd.splat_f32s(0.0); ROW];
            let rows = [self.rows[kernel_row], self.rows[kernel_row + 1]];
            for (column, at) in (filter..self.gradient.len()).step_by(filters).enumerate() {
                let places = routed(simd, load::<S>(self.gradient, at), load::<S>(self.choices, at));
                let [upper, lower] = lines(rows, column);
                for (place, line, right) in [(0, upper, 0), (1, upper, COLOURS), (2, lower, 0), (3, lower, COLOURS)] {
                    for (tap, sum) in sums.iter_mut().enumerate() {
                        *sum = simd.mul_add_e_f32s(simd.splat_f32s(line[tap + right]), places[place], *sum);
                    }
                }
            }
            for (tap, sum) in sums.into_iter().enumerate() {
                add_to(simd, self.kernels, (kernel_row * ROW + tap) * filters + filter, sum);
            }
        }
    }
}
