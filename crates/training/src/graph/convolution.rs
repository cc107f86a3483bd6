//! Convolutions after the first layer, and pools, in the runtime's own operators.

use super::{formulation::Formulation, pass::Pass};
use crate::onnx::{GraphBuilder, Indices, Slice, Value};

/// 3×3 convolution and ReLU, with the pool that follows it if there is one.
///
/// The pool comes before the ReLU: the values are the same, and ReLU has a quarter of the work. The
/// weight gradient is a product with the nine shifted copies of the input, the input gradient a full
/// convolution with the kernel turned round; both are faster than the runtime's transposed convolution.
pub struct Convolution {
    weight: usize,
    pooled: bool,
    memory: Option<Memory>,
}

/// What the backward computation needs of the forward one.
struct Memory {
    input: Value,
    /// Shape before the pool.
    convolved: Vec<i64>,
    indices: Option<Indices>,
    output: Value,
}

impl Convolution {
    /// A convolution with ReLU; its weight is parameter `weight`, its bias the next one.
    pub const fn plain(weight: usize) -> Self {
        Self { weight, pooled: false, memory: None }
    }

    /// The same with a 2×2 pool after it.
    pub const fn pooled(weight: usize) -> Self {
        Self { weight, pooled: true, memory: None }
    }
}

impl Formulation for Convolution {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        let (weight, bias) = (pass.parameter(self.weight), pass.parameter(self.weight + 1));
        let convolved = pass.graph.conv(input, &weight, Some(&bias), 1, 0);
        let shape = convolved.shape().to_vec();
        let (kept, indices) = if self.pooled {
            let (kept, indices) = pass.graph.max_pool_with_indices(&convolved);
            (kept, Some(indices))
        } else {
            (convolved, None)
        };
        let output = pass.graph.relu(&kept);
        self.memory = Some(Memory { input: input.clone(), convolved: shape, indices, output: output.clone() });
        output
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        let memory = self.memory.as_ref().expect("forward comes before backward");
        let gradient = relu_gradient(&mut pass.graph, gradient, &memory.output);
        let bias_gradient = pass.graph.reduce_sum(&gradient, &[0, 2, 3], false);
        pass.add_gradient(self.weight + 1, &bias_gradient);
        let gradient = match &memory.indices {
            Some(indices) => pass.graph.max_unpool(&gradient, indices, &memory.convolved),
            None => gradient,
        };
        let weight_gradient = weight_gradient(&mut pass.graph, &memory.input, &gradient);
        pass.add_gradient(self.weight, &weight_gradient);
        wanted.then(|| {
            let weight = pass.parameter(self.weight);
            let turned = pass.graph.reverse(&weight, [2, 3]);
            let turned = pass.graph.transpose(&turned, &[1, 0, 2, 3]);
            pass.graph.conv(&gradient, &turned, None, 1, 2)
        })
    }
}

/// Gradient of a 3×3 kernel: for each of its nine places, the product of the outputs' gradient with the
/// input seen from that place. Nine products of nine copies save the copy into one matrix that a single
/// product would need; memory is what this costs most.
fn weight_gradient(graph: &mut GraphBuilder, input: &Value, gradient: &Value) -> Value {
    let ([batch, filters, side, _], [_, channels, ..]) = (gradient.dims::<4>(), input.dims::<4>());
    let gradient = graph.reshape(gradient, &[batch, filters, side * side]);
    let of_place = |place: i64| {
        let range = |axis, start| Slice { axis, start, end: start + side, step: 1 };
        let shifted = graph.slice(input, &[range(2, place / 3), range(3, place % 3)]);
        let shifted = graph.reshape(&shifted, &[batch, channels, side * side]);
        let product = graph.summed_products(&gradient, &shifted);
        graph.reshape(&product, &[filters, channels, 1])
    };
    let places: Vec<Value> = (0..9).map(of_place).collect();
    let kernel = graph.concat(&places, 2);
    graph.reshape(&kernel, &[filters, channels, 3, 3])
}

/// The gradient where ReLU let something through: its output is above 0 there, and its sign is 1.
pub(super) fn relu_gradient(graph: &mut GraphBuilder, gradient: &Value, output: &Value) -> Value {
    let passed = graph.sign(output);
    graph.mul(gradient, &passed)
}

/// A pool that does not follow a convolution.
#[derive(Default)]
pub struct MaxPool {
    memory: Option<(Vec<i64>, Indices)>,
}

impl Formulation for MaxPool {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        let (output, indices) = pass.graph.max_pool_with_indices(input);
        self.memory = Some((input.shape().to_vec(), indices));
        output
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        let (shape, indices) = self.memory.as_ref().expect("forward comes before backward");
        wanted.then(|| pass.graph.max_unpool(gradient, indices, shape))
    }
}
