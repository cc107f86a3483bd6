//! The transforms of F(4×4, 3×3) along one axis: `Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A` (Lavin and Gray 2015,
//! section 4.1). The transposed ones carry gradients back. Products that rows share are computed once.
//!
//! No closure and no `impl Fn` touches a vector here: their calls would not be compiled for the processor's
//! vectors, and took twenty times as long.

use pulp::Simd;

/// Places of a transformed tile along one axis.
pub const TILE: usize = 6;
/// Outputs of a tile along one axis.
pub const OUTPUTS: usize = 4;

/// A transform along one axis, from `N` numbers to `M`.
pub trait Transform<const N: usize, const M: usize> {
    /// Transforms one line of a square.
    fn line<S: Simd>(simd: S, line: [S::f32s; N]) -> [S::f32s; M];
}

/// factor · x + plus
#[inline(always)]
fn times<S: Simd>(simd: S, factor: f32, x: S::f32s, plus: S::f32s) -> S::f32s {
    simd.mul_add_e_f32s(simd.splat_f32s(factor), x, plus)
}

/// Bᵀ: from 6 inputs to the tile.
pub struct Input;

impl Transform<TILE, TILE> for Input {
    #[inline(always)]
    fn line<S: Simd>(simd: S, [d0, d1, d2, d3, d4, d5]: [S::f32s; TILE]) -> [S::f32s; TILE] {
        let (even, odd) = (times(simd, -4.0, d2, d4), times(simd, -4.0, d1, d3));
        let (outer, inner) = (simd.sub_f32s(d4, d2), simd.sub_f32s(d3, d1));
        [
            times(simd, 4.0, d0, times(simd, -5.0, d2, d4)),
            simd.add_f32s(even, odd),
            simd.sub_f32s(even, odd),
            times(simd, 2.0, inner, outer),
            times(simd, -2.0, inner, outer),
            times(simd, 4.0, d1, times(simd, -5.0, d3, d5)),
        ]
    }
}

/// B: from the tile's gradient to that of the 6 inputs.
pub struct InputGradient;

impl Transform<TILE, TILE> for InputGradient {
    #[inline(always)]
    fn line<S: Simd>(simd: S, [t0, t1, t2, t3, t4, t5]: [S::f32s; TILE]) -> [S::f32s; TILE] {
        let (near, far) = (simd.add_f32s(t1, t2), simd.add_f32s(t3, t4));
        let (near_odd, far_odd) = (simd.sub_f32s(t1, t2), simd.sub_f32s(t3, t4));
        let four = simd.splat_f32s(4.0);
        [
            simd.mul_f32s(four, t0),
            times(simd, -4.0, near_odd, times(simd, -2.0, far_odd, simd.mul_f32s(four, t5))),
            times(simd, -5.0, t0, times(simd, -4.0, near, simd.neg_f32s(far))),
            times(simd, -5.0, t5, times(simd, 2.0, far_odd, near_odd)),
            simd.add_f32s(t0, simd.add_f32s(near, far)),
            t5,
        ]
    }
}

/// Aᵀ: from the tile to 4 outputs.
pub struct Output;

impl Transform<TILE, OUTPUTS> for Output {
    #[inline(always)]
    fn line<S: Simd>(simd: S, [t0, t1, t2, t3, t4, t5]: [S::f32s; TILE]) -> [S::f32s; OUTPUTS] {
        let (near, far) = (simd.add_f32s(t1, t2), simd.add_f32s(t3, t4));
        let (near_odd, far_odd) = (simd.sub_f32s(t1, t2), simd.sub_f32s(t3, t4));
        [
            simd.add_f32s(t0, simd.add_f32s(near, far)),
            times(simd, 2.0, far_odd, near_odd),
            times(simd, 4.0, far, near),
            times(simd, 8.0, far_odd, simd.add_f32s(near_odd, t5)),
        ]
    }
}

/// A: from the gradient of 4 outputs to that of the tile.
pub struct OutputGradient;

impl Transform<OUTPUTS, TILE> for OutputGradient {
    #[inline(always)]
    fn line<S: Simd>(simd: S, [y0, y1, y2, y3]: [S::f32s; OUTPUTS]) -> [S::f32s; TILE] {
        let (even, odd) = (simd.add_f32s(y0, y2), simd.add_f32s(y1, y3));
        let (far_even, far_odd) = (times(simd, 4.0, y2, y0), times(simd, 4.0, y3, y1));
        [
            y0,
            simd.add_f32s(even, odd),
            simd.sub_f32s(even, odd),
            times(simd, 2.0, far_odd, far_even),
            times(simd, -2.0, far_odd, far_even),
            y3,
        ]
    }
}

/// `T` along both axes of a square whose lines are columns: first down each column, then across.
/// Gives the result by columns too.
#[inline(always)]
pub fn both_axes<T: Transform<N, M>, S: Simd, const N: usize, const M: usize>(
    simd: S,
    square: [[S::f32s; N]; N],
) -> [[S::f32s; M]; M] {
    let zero = simd.splat_f32s(0.0);
    let mut down = [[zero; M]; N];
    for (column, transformed) in square.into_iter().zip(&mut down) {
        *transformed = T::line(simd, column);
    }
    let mut result = [[zero; M]; M];
    for row in 0..M {
        let mut line = [zero; N];
        for (place, column) in line.iter_mut().zip(&down) {
            *place = column[row];
        }
        for (column, value) in result.iter_mut().zip(T::line(simd, line)) {
            column[row] = value;
        }
    }
    result
}
