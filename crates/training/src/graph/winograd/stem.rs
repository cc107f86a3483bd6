//! The first layer: three channels are too few for Winograd.

use super::{
    super::{convolution::relu_gradient, pass::Pass},
    Larger, Rows,
};
use crate::onnx::{GraphBuilder, Slice, Value};

/// 3×3 convolution, 2×2 pool and ReLU on pixels: one product for each place of the pool windows, on rows
/// of 3×4 pixels that two neighbouring places share.
pub struct Stem {
    weight: usize,
    memory: Option<Memory>,
}

struct Memory {
    /// Rows of 3×4 pixels, for the upper and the lower places.
    patches: [Value; 2],
    upper: Larger,
    lower: Larger,
    both: Larger,
    output: Value,
}

/// Colours of a pixel.
const COLOURS: i64 = 3;
/// Numbers of a patch of 3×4 pixels.
const PATCH: i64 = 3 * 4 * COLOURS;

impl Stem {
    pub fn new(weight: usize) -> Self {
        Self { weight, memory: None }
    }

    pub fn forward(&mut self, pass: &mut Pass, pixels: &Value) -> Rows {
        let [batch, _, side, _] = pixels.dims();
        let (even, pooled) = (side / 2 * 2, (side - 2) / 2);
        let graph = &mut pass.graph;
        // No pool window reads the last row and column of an odd picture. Pairs of pixels are gathered.
        let whole = |axis| Slice { axis, start: 0, end: even, step: 1 };
        let pixels = if side == even { pixels.clone() } else { graph.slice(pixels, &[whole(2), whole(3)]) };
        let pixels = graph.transpose(&pixels, &[0, 2, 3, 1]);
        let pairs = graph.reshape(&pixels, &[batch * even * even / 2, 2 * COLOURS]);
        let rows = batch * pooled * pooled;
        let patches = [0, 1].map(|down| {
            let table = pair_table(batch, even, pooled, down);
            let patches = graph.gather_rows(&pairs, &[rows, 6], &table);
            graph.reshape(&patches, &[rows, PATCH])
        });
        let kernels = [0, 1].map(|right| pass.prepared(self.weight, |graph, weight| kernel(graph, weight, right)));
        let bias = pass.parameter(self.weight + 1);
        let graph = &mut pass.graph;
        let [upper, lower] = [0, 1].map(|down: usize| {
            let [left, right] = [0, 1].map(|right: usize| graph.matmul(&patches[down], &kernels[right]));
            Larger::of(graph, left, right)
        });
        let ((above, upper), (below, lower)) = (upper, lower);
        let (maximum, both) = Larger::of(graph, above, below);
        let sum = graph.add(&maximum, &bias);
        let output = graph.relu(&sum);
        self.memory = Some(Memory { patches, upper, lower, both, output: output.clone() });
        Rows { value: output, batch: batch as usize, side: pooled as usize, places: (0..rows).collect() }
    }

    pub fn backward(&self, pass: &mut Pass, gradient: &Value) {
        let memory = self.memory.as_ref().expect("forward comes before backward");
        let gradient = relu_gradient(&mut pass.graph, gradient, &memory.output);
        let bias_gradient = pass.graph.reduce_sum(&gradient, &[0], false);
        pass.add_gradient(self.weight + 1, &bias_gradient);
        let graph = &mut pass.graph;
        let [_, filters] = gradient.dims();
        let [above, below] = memory.both.routed(graph, &gradient);
        let mut parts = Vec::new();
        for (down, (larger, gradient)) in [(&memory.upper, above), (&memory.lower, below)].into_iter().enumerate() {
            for (right, gradient) in larger.routed(graph, &gradient).into_iter().enumerate() {
                let product = graph.matmul_transposed(&memory.patches[down], &gradient, [true, false]);
                let product = graph.reshape(&product, &[3, 4, COLOURS, filters]);
                let start = right as i64;
                parts.push(graph.slice(&product, &[Slice { axis: 1, start, end: start + 3, step: 1 }]));
            }
        }
        let kernel = graph.sum(&parts);
        pass.add_gradient_as(self.weight, &kernel, |graph, sum| graph.transpose(sum, &[3, 2, 0, 1]));
    }
}

/// The six pairs of pixels that a patch of 3×4 consists of, for each window; `down` is 1 for the lower places.
fn pair_table(batch: i64, side: i64, pooled: i64, down: i64) -> Vec<i64> {
    let pair = |picture: i64, row: i64, pair: i64| (picture * side + row) * (side / 2) + pair;
    let mut table = Vec::with_capacity((batch * pooled * pooled * 6) as usize);
    for picture in 0..batch {
        for row in 0..pooled {
            for column in 0..pooled {
                for line in 0..3 {
                    table.extend([0, 1].map(|right| pair(picture, 2 * row + down + line, column + right)));
                }
            }
        }
    }
    table
}

/// The kernels as a matrix `[3·4·colours, filters]`, with a column of zeros after them, or before for `right` = 1.
fn kernel(graph: &mut GraphBuilder, weight: &Value, right: i64) -> Value {
    let filters = weight.shape()[0];
    let padded = graph.pad_plane(weight, [0, 0], [right, 1 - right]);
    let turned = graph.transpose(&padded, &[2, 3, 1, 0]);
    graph.reshape(&turned, &[PATCH, filters])
}
