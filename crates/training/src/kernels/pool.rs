//! A 2×2 pool with bias and ReLU, and the way back through it.

use pulp::Simd;

/// Stands for "no place" among the choices of a pool: the ReLU let nothing through.
const NONE: f32 = -1.0;

/// The largest of four values with the bias added, after ReLU, and which one it was: 0 to 3, the first among
/// equals, or [`NONE`]. Values that are no numbers stay so.
#[inline(always)]
pub fn pooled<S: Simd>(simd: S, [first, others @ ..]: [S::f32s; 4], bias: S::f32s) -> (S::f32s, S::f32s) {
    let (mut largest, mut choice) = (first, simd.splat_f32s(0.0));
    for (place, value) in [1.0, 2.0, 3.0].into_iter().zip(others) {
        let stays = simd.less_than_or_equal_f32s(value, largest);
        largest = simd.select_f32s(stays, largest, value);
        choice = simd.select_f32s(stays, choice, simd.splat_f32s(place));
    }
    let zero = simd.splat_f32s(0.0);
    let sum = simd.add_f32s(largest, bias);
    let shut = simd.less_than_or_equal_f32s(sum, zero);
    (simd.select_f32s(shut, zero, sum), simd.select_f32s(shut, simd.splat_f32s(NONE), choice))
}

/// The gradient of each of the four values.
#[inline(always)]
pub fn routed<S: Simd>(simd: S, gradient: S::f32s, choice: S::f32s) -> [S::f32s; 4] {
    let zero = simd.splat_f32s(0.0);
    let mut places = [zero; 4];
    for (place, routed) in [0.0, 1.0, 2.0, 3.0].into_iter().zip(&mut places) {
        *routed = simd.select_f32s(simd.equal_f32s(choice, simd.splat_f32s(place)), gradient, zero);
    }
    places
}

/// The gradient of the bias.
#[inline(always)]
pub fn passed<S: Simd>(simd: S, gradient: S::f32s, choice: S::f32s) -> S::f32s {
    let zero = simd.splat_f32s(0.0);
    simd.select_f32s(simd.less_than_f32s(choice, zero), zero, gradient)
}
