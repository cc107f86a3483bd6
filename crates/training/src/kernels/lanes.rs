//! Rows of channels as vectors of the processor.
//!
//! Kernels are written once for any width. The instructions are chosen when the program runs, and channels
//! that fill no whole vector go through the same code one at a time.

use pulp::{Scalar, Simd, bytemuck};

/// What is done to each vector of neighbouring channels.
pub trait Lanewise {
    /// Does it to the channels from `channel` on, as many as a vector of `S` has.
    fn at<S: Simd>(&mut self, simd: S, channel: usize);
}

/// Calls `work` for all of `channels` channels.
#[inline(always)]
pub fn each_vector<S: Simd>(simd: S, channels: usize, work: &mut impl Lanewise) {
    let whole = channels - channels % S::F32_LANES;
    for channel in (0..whole).step_by(S::F32_LANES) {
        work.at(simd, channel);
    }
    for channel in whole..channels {
        work.at(Scalar::new(), channel);
    }
}

/// The vector that begins at `row[at]`.
#[inline(always)]
pub fn load<S: Simd>(row: &[f32], at: usize) -> S::f32s {
    bytemuck::pod_read_unaligned(bytemuck::cast_slice(&row[at..at + S::F32_LANES]))
}

/// Writes the vector to `row[at..]`.
#[inline(always)]
pub fn store<S: Simd>(row: &mut [f32], at: usize, vector: S::f32s) {
    row[at..at + S::F32_LANES].copy_from_slice(bytemuck::cast_slice(std::slice::from_ref(&vector)));
}

/// Adds the vector to `row[at..]`.
#[inline(always)]
pub fn add_to<S: Simd>(simd: S, row: &mut [f32], at: usize, vector: S::f32s) {
    let sum = simd.add_f32s(load::<S>(row, at), vector);
    store::<S>(row, at, sum);
}
