//! The layers of a backbone's end: inverted residuals, 1×1 convolutions, the mean of each channel.
//!
//! Their values are `[batch, channels, side, side]` between layers, as everywhere; inside, each 1×1
//! convolution and its gradients are single products of `[filters, channels]` with `[channels, batch · places]`.
//! Neighbours exchange the axes back and forth, which the runtime drops or does in a few percent of the time.

use super::{formulation::Formulation, pass::Pass};
use crate::{
    network::{Depthwise, EXPANSION},
    onnx::{GraphBuilder, Value},
};

/// Upper end of ReLU6.
const SIX: f32 = 6.0;

/// `[batch, channels, side, side]` as `[channels, batch · places]`.
fn to_columns(graph: &mut GraphBuilder, x: &Value) -> Value {
    let [batch, channels, side, _] = x.dims();
    let x = graph.reshape(x, &[batch, channels, side * side]);
    let x = graph.transpose(&x, &[1, 0, 2]);
    graph.reshape(&x, &[channels, batch * side * side])
}

/// The opposite of [`to_columns`].
fn to_maps(graph: &mut GraphBuilder, x: &Value, batch: i64, side: i64) -> Value {
    let [channels, _] = x.dims();
    let x = graph.reshape(x, &[channels, batch, side * side]);
    let x = graph.transpose(&x, &[1, 0, 2]);
    graph.reshape(&x, &[batch, channels, side, side])
}

/// ReLU6 of `z`, and what its gradient needs: it passes where 0 ≤ z ≤ 6, ends included.
struct Relu6 {
    z: Value,
    y: Value,
}

impl Relu6 {
    fn of(graph: &mut GraphBuilder, z: Value) -> Self {
        let y = graph.clip(&z, 0.0, SIX);
        Self { z, y }
    }

    fn gradient(&self, graph: &mut GraphBuilder, gradient: &Value) -> Value {
        let passed = graph.equal(&self.z, &self.y);
        graph.mul(gradient, &passed)
    }
}

/// A 1×1 convolution on columns: weight `[filters, channels]`, bias as a column.
fn product(pass: &mut Pass, weight: usize, x: &Value) -> Value {
    let (weight, bias) = (pass.parameter(weight), pass.parameter(weight + 1));
    let bias = pass.graph.reshape(&bias, &[bias.shape()[0], 1]);
    pass.graph.gemm(&weight, x, Some(&bias), false, false)
}

/// Adds the gradients of [`product`]; gives that of its input when it is wanted.
fn product_gradient(pass: &mut Pass, weight: usize, x: &Value, gradient: &Value, wanted: bool) -> Option<Value> {
    let by_weight = pass.graph.gemm(gradient, x, None, false, true);
    pass.add_gradient(weight, &by_weight);
    let by_bias = pass.graph.reduce_sum(gradient, &[1], false);
    pass.add_gradient(weight + 1, &by_bias);
    let weight = pass.parameter(weight);
    wanted.then(|| pass.graph.gemm(&weight, gradient, None, true, false))
}

/// 1×1 convolution and ReLU6.
pub struct Pointwise {
    weight: usize,
    memory: Option<(Value, Relu6)>,
}

impl Pointwise {
    /// Its weight is parameter `weight`, its bias the next one.
    pub const fn new(weight: usize) -> Self {
        Self { weight, memory: None }
    }
}

impl Formulation for Pointwise {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        let [batch, _, side, _] = input.dims();
        let x = to_columns(&mut pass.graph, input);
        let z = product(pass, self.weight, &x);
        let relu = Relu6::of(&mut pass.graph, z);
        let maps = to_maps(&mut pass.graph, &relu.y, batch, side);
        self.memory = Some((x, relu));
        maps
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        let (x, relu) = self.memory.as_ref().expect("forward comes before backward");
        let [batch, _, side, _] = gradient.dims();
        let gradient = to_columns(&mut pass.graph, gradient);
        let gradient = relu.gradient(&mut pass.graph, &gradient);
        let by_input = product_gradient(pass, self.weight, x, &gradient, wanted)?;
        Some(to_maps(&mut pass.graph, &by_input, batch, side))
    }
}

/// MobileNetV2's block. The convolution of each channel by itself is a product with a sparse matrix
/// `[places before, places after]` a channel, made from its weights once a step.
pub struct InvertedResidual {
    weight: usize,
    depthwise: Depthwise,
    memory: Option<Memory>,
}

struct Memory {
    x: Value,
    expanded: Relu6,
    /// `[channels, before, after]`, or with the last two exchanged.
    matrices: Value,
    filtered: Relu6,
    shortcut: bool,
    side: i64,
}

/// Parameters of a block, from its first one on.
const EXPAND: usize = 0;
const DEPTHWISE: usize = 2;
const PROJECT: usize = 4;

impl InvertedResidual {
    /// Its first parameter is `weight`; five more follow.
    pub const fn new(weight: usize, depthwise: Depthwise) -> Self {
        Self { weight, depthwise, memory: None }
    }

    /// Whether the matrices are stored with their places exchanged: faster for a stride of 2 (measured).
    const fn exchanged(&self) -> bool {
        self.depthwise.stride == 2
    }

    fn taps(&self, graph: &mut GraphBuilder, side: i64) -> Value {
        let taps = taps(self.depthwise, side, self.exchanged());
        let count = (self.depthwise.kernel as i64).pow(2);
        graph.constant(&[count, taps.len() as i64 / count], &taps)
    }
}

impl Formulation for InvertedResidual {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        let [batch, channels, side, _] = input.dims();
        let after = self.depthwise.output_side(side as usize) as i64;
        let (p, q) = (side * side, after * after);
        let inside = EXPANSION as i64 * channels;
        let x = to_columns(&mut pass.graph, input);
        let z = product(pass, self.weight + EXPAND, &x);
        let expanded = Relu6::of(&mut pass.graph, z);
        let shape = if self.exchanged() { [inside, q, p] } else { [inside, p, q] };
        let matrices = pass.prepared(self.weight + DEPTHWISE, |graph, weight| {
            let taps = self.taps(graph, side);
            let matrices = graph.gemm(weight, &taps, None, false, false);
            graph.reshape(&matrices, &shape)
        });
        let bias = pass.parameter(self.weight + DEPTHWISE + 1);
        let graph = &mut pass.graph;
        let bias = graph.reshape(&bias, &[inside, 1]);
        let maps = graph.reshape(&expanded.y, &[inside, batch, p]);
        let products = match self.exchanged() {
            true => graph.matmul_transposed(&maps, &matrices, [false, true]),
            false => graph.matmul(&maps, &matrices),
        };
        let products = graph.reshape(&products, &[inside, batch * q]);
        let z = graph.add(&products, &bias);
        let filtered = Relu6::of(graph, z);
        let projected = product(pass, self.weight + PROJECT, &filtered.y);
        let shortcut = self.depthwise.stride == 1 && projected.shape()[0] == channels;
        let output = if shortcut { pass.graph.add(&projected, &x) } else { projected };
        self.memory = Some(Memory { x, expanded, matrices, filtered, shortcut, side });
        to_maps(&mut pass.graph, &output, batch, after)
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        let memory = self.memory.as_ref().expect("forward comes before backward");
        let Memory { x, expanded, matrices, filtered, shortcut, side } = memory;
        let [batch, _, after, _] = gradient.dims();
        let (p, q) = (side * side, after * after);
        let [inside, _] = expanded.y.dims();
        let gradient = to_columns(&mut pass.graph, gradient);
        let by_filtered = product_gradient(pass, self.weight + PROJECT, &filtered.y, &gradient, true)?;
        let by_filtered = filtered.gradient(&mut pass.graph, &by_filtered);
        let by_bias = pass.graph.reduce_sum(&by_filtered, &[1], false);
        pass.add_gradient(self.weight + DEPTHWISE + 1, &by_bias);

        let graph = &mut pass.graph;
        let by_filtered = graph.reshape(&by_filtered, &[inside, batch, q]);
        let maps = graph.reshape(&expanded.y, &[inside, batch, p]);
        let by_matrices = match self.exchanged() {
            true => graph.matmul_transposed(&by_filtered, &maps, [true, false]),
            false => graph.matmul_transposed(&maps, &by_filtered, [true, false]),
        };
        let by_matrices = graph.reshape(&by_matrices, &[inside, p * q]);
        let taps = self.taps(graph, *side);
        let by_weight = graph.gemm(&by_matrices, &taps, None, false, true);
        let by_expanded = match self.exchanged() {
            true => graph.matmul(&by_filtered, matrices),
            false => graph.matmul_transposed(&by_filtered, matrices, [false, true]),
        };
        let by_expanded = graph.reshape(&by_expanded, &[inside, batch * p]);
        let by_expanded = expanded.gradient(graph, &by_expanded);
        pass.add_gradient(self.weight + DEPTHWISE, &by_weight);
        let by_input = product_gradient(pass, self.weight + EXPAND, x, &by_expanded, wanted)?;
        let by_input = if *shortcut { pass.graph.add(&by_input, &gradient) } else { by_input };
        Some(to_maps(&mut pass.graph, &by_input, batch, *side))
    }
}

/// For each tap of the kernel, 1 where it connects a place before with a place after:
/// `[taps, before · after]`, or `[taps, after · before]` when `exchanged`.
fn taps(depthwise: Depthwise, side: i64, exchanged: bool) -> Vec<f32> {
    let after = depthwise.output_side(side as usize) as i64;
    let [kernel, stride, zeros] =
        [depthwise.kernel, depthwise.stride, depthwise.zeros(side as usize).0].map(|n| n as i64);
    let (p, q) = (side * side, after * after);
    let mut taps = vec![0.0; (kernel * kernel * p * q) as usize];
    for tap in 0..kernel * kernel {
        for target in 0..q {
            let row = target / after * stride + tap / kernel - zeros;
            let column = target % after * stride + tap % kernel - zeros;
            if (0..side).contains(&row) && (0..side).contains(&column) {
                let source = row * side + column;
                let place = if exchanged { target * p + source } else { source * q + target };
                taps[(tap * p * q + place) as usize] = 1.0;
            }
        }
    }
    taps
}

/// The mean of each channel.
#[derive(Default)]
pub struct MeanPool {
    shape: Vec<i64>,
}

impl Formulation for MeanPool {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        self.shape = input.shape().to_vec();
        let [batch, channels, side, _] = input.dims();
        let planes = pass.graph.reshape(input, &[batch, channels, side * side]);
        pass.graph.reduce_mean(&planes, 2)
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        wanted.then(|| {
            let places = self.shape[2] * self.shape[3];
            let [batch, channels] = gradient.dims();
            let share = pass.graph.scalar(1.0 / places as f32);
            let each = pass.graph.mul(gradient, &share);
            let each = pass.graph.reshape(&each, &[batch, channels, 1]);
            let spread = pass.graph.expand(&each, &[batch, channels, places]);
            pass.graph.reshape(&spread, &self.shape)
        })
    }
}
