//! The first layer with its pool, as one convolution.

use super::{convolution::relu_gradient, formulation::Formulation, pass::Pass};
use crate::onnx::{Slice, Value};

/// 3×3 convolution, 2×2 pool and ReLU on the pixels.
///
/// A convolution with a 4×4 kernel and step 2 gives the four places of each pool window as four groups
/// of channels, and the pool becomes a maximum over them. The map before the pool is the network's
/// largest by far; this way no pooling gradient reads it again. Where places of a window are equal (flat
/// backgrounds), they share the gradient.
pub struct PooledStem {
    weight: usize,
    memory: Option<Memory>,
}

struct Memory {
    input: Value,
    /// `[batch, 4, filters, places]`
    windows: Value,
    /// `[batch, 1, filters, places]`
    maxima: Value,
    output: Value,
}

/// The place of a pool window: row and column.
const PLACES: [[i64; 2]; 4] = [[0, 0], [0, 1], [1, 0], [1, 1]];

impl PooledStem {
    /// Its weight is parameter `weight`, its bias the next one.
    pub const fn new(weight: usize) -> Self {
        Self { weight, memory: None }
    }
}

impl Formulation for PooledStem {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        let (weight, bias) = (pass.parameter(self.weight), pass.parameter(self.weight + 1));
        let graph = &mut pass.graph;
        let kernels = PLACES.map(|[row, column]| graph.pad_plane(&weight, [row, 1 - row], [column, 1 - column]));
        let kernels = graph.concat(&kernels, 0);
        let biases = graph.concat(&[bias.clone(), bias.clone(), bias.clone(), bias], 0);
        let convolved = graph.conv(input, &kernels, Some(&biases), 2, 0);
        let [batch, four_filters, side, _] = convolved.dims();
        let filters = four_filters / 4;
        let windows = graph.reshape(&convolved, &[batch, 4, filters, side * side]);
        let maxima = graph.reduce_max(&windows, 1);
        let pooled = graph.reshape(&maxima, &[batch, filters, side, side]);
        let output = graph.relu(&pooled);
        self.memory = Some(Memory { input: input.clone(), windows, maxima, output: output.clone() });
        output
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        assert!(!wanted, "the stem is the first layer: nothing before it needs a gradient");
        let memory = self.memory.as_ref().expect("forward comes before backward");
        let gradient = relu_gradient(&mut pass.graph, gradient, &memory.output);
        let bias_gradient = pass.graph.reduce_sum(&gradient, &[0, 2, 3], false);
        pass.add_gradient(self.weight + 1, &bias_gradient);

        let graph = &mut pass.graph;
        let [batch, filters, side, _] = gradient.dims();
        let channels = memory.input.shape()[1];
        let is_maximum = graph.equal(&memory.windows, &memory.maxima);
        let equals = graph.reduce_sum(&is_maximum, &[1], true);
        let gradient = graph.reshape(&gradient, &[batch, 1, filters, side * side]);
        let shared = graph.div(&gradient, &equals);
        let routed = graph.mul(&is_maximum, &shared);
        let routed = graph.reshape(&routed, &[batch, 4 * filters, side * side]);

        let every_second = |axis, start| Slice { axis, start, end: start + 2 * side - 1, step: 2 };
        let shifted: Vec<Value> = (0..16)
            .map(|index| graph.slice(&memory.input, &[every_second(2, index / 4), every_second(3, index % 4)]))
            .collect();
        let columns = graph.concat(&shifted, 1);
        let columns = graph.reshape(&columns, &[batch, 16 * channels, side * side]);
        let products = graph.summed_products(&routed, &columns);
        let products = graph.reshape(&products, &[4, filters, 4, 4, channels]);
        let of_place = |(index, [row, column]): (usize, [i64; 2])| {
            let part = |axis, start, length| Slice { axis, start, end: start + length, step: 1 };
            graph.slice(&products, &[part(0, index as i64, 1), part(2, row, 3), part(3, column, 3)])
        };
        let places: Vec<Value> = PLACES.into_iter().enumerate().map(of_place).collect();
        let kernel = graph.sum(&places);
        let kernel = graph.reshape(&kernel, &[filters, 3, 3, channels]);
        let kernel = graph.transpose(&kernel, &[0, 3, 1, 2]);
        pass.add_gradient(self.weight, &kernel);
        None
    }
}
