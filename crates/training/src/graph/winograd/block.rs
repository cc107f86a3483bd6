//! A later layer: Winograd's F(4×4, 3×3) on gathered rows, with the pool folded into the way back.

use super::{
    super::{convolution::relu_gradient, pass::Pass},
    Larger, Rows,
    transforms::{INPUT, OUTPUT, TILE, kernel_both_axes, transposed},
};
use crate::onnx::{GraphBuilder, Value};

/// 3×3 convolution, 2×2 pool and ReLU on rows. A tile is 4×4 outputs (2×2 after the pool), computed from
/// 6×6 inputs; transformed, it is 36 products of `[tiles, channels]` with `[channels, filters]`.
pub struct Block {
    weight: usize,
    memory: Option<Memory>,
}

struct Memory {
    /// The row that each of the 36 places of each tile reads; places are (column, row).
    table: Vec<i64>,
    input_rows: i64,
    /// Transformed inputs `[36, tiles, channels]`.
    inputs: Value,
    /// Transformed kernels `[36, channels, filters]`.
    kernels: Value,
    /// Left against right of the pool windows, then upper against lower.
    columns: Larger,
    lines: Larger,
    output: Value,
}

/// Places of a transformed tile.
const PLACES: i64 = (TILE * TILE) as i64;
const SIX: i64 = TILE as i64;

impl Block {
    pub fn new(weight: usize) -> Self {
        Self { weight, memory: None }
    }

    pub fn forward(&mut self, pass: &mut Pass, input: &Rows) -> Rows {
        let [input_rows, channels] = input.value.dims();
        let pooled = (input.side - 2) / 2;
        let across = pooled.div_ceil(2);
        let tiles = (input.batch * across * across) as i64;
        let table = table(input, across);

        let graph = &mut pass.graph;
        let gathered = graph.gather_rows(&input.value, &[PLACES, tiles], &table);
        let inputs = both_axes(graph, &INPUT.concat(), SIX, &gathered, tiles * channels);
        let inputs = graph.reshape(&inputs, &[PLACES, tiles, channels]);
        let kernels = pass.prepared(self.weight, transformed_kernels);
        let bias = pass.parameter(self.weight + 1);

        let graph = &mut pass.graph;
        let products = graph.matmul(&inputs, &kernels);
        let filters = products.shape()[2];
        let products = graph.reshape(&products, &[SIX, SIX, tiles * filters]);
        let by_rows = graph.constant(&[4, SIX], &OUTPUT.concat());
        let lines = graph.matmul(&by_rows, &products);
        let lines = graph.reshape(&lines, &[SIX, 4 * tiles * filters]);
        // [column of the pooled tile, place in the window, (row of the pooled tile, tile), filters]
        let [left, right] = [&OUTPUT[..2], &OUTPUT[2..]].map(|half| {
            let half = graph.constant(&[2, SIX], &half.concat());
            let outputs = graph.matmul(&half, &lines);
            graph.reshape(&outputs, &[2, 2, 2 * tiles, filters])
        });
        let (wider, columns) = Larger::of(graph, left, right);
        let [upper, lower] = graph.halves(&wider, 1);
        let (maximum, lines) = Larger::of(graph, upper, lower);
        let sum = graph.add(&maximum, &bias);
        let output = graph.relu(&sum);
        let output = graph.reshape(&output, &[4 * tiles, filters]);
        let places = places(input.batch, across, pooled);
        self.memory = Some(Memory { table, input_rows, inputs, kernels, columns, lines, output: output.clone() });
        Rows { value: output, batch: input.batch, side: pooled, places }
    }

    pub fn backward(&self, pass: &mut Pass, gradient: &Value) -> Value {
        let memory = self.memory.as_ref().expect("forward comes before backward");
        let [_, tiles, channels] = memory.inputs.dims();
        let [_, _, filters] = memory.kernels.dims();
        let gradient = relu_gradient(&mut pass.graph, gradient, &memory.output);
        let bias_gradient = pass.graph.reduce_sum(&gradient, &[0], false);
        pass.add_gradient(self.weight + 1, &bias_gradient);

        let graph = &mut pass.graph;
        let gradient = graph.reshape(&gradient, &[2, 1, 2 * tiles, filters]);
        let lines = memory.lines.routed(graph, &gradient);
        let lines = graph.concat(&lines, 1);
        let outputs = memory.columns.routed(graph, &lines);
        let outputs = graph.concat(&outputs, 0);
        let products = both_axes(graph, &transposed(&OUTPUT.concat(), TILE), SIX, &outputs, tiles * filters);
        let products = graph.reshape(&products, &[PLACES, tiles, filters]);
        // Written out, and with a reshape after it: the runtime would fold a bare transposition into a
        // product that is slower than both.
        let turned = graph.reshape(&memory.inputs, &[SIX, SIX, tiles, channels]);
        let turned = graph.transpose(&turned, &[0, 1, 3, 2]);
        let turned = graph.reshape(&turned, &[PLACES, channels, tiles]);
        let kernels = graph.matmul(&turned, &products);
        let kernels = graph.reshape(&kernels, &[PLACES, channels * filters]);
        let back = graph.constant(&[9, PLACES], &transposed(&kernel_both_axes(), 9));
        let kernel = graph.matmul(&back, &kernels);
        pass.add_gradient_as(self.weight, &kernel, |graph, sum| {
            let sum = graph.reshape(sum, &[3, 3, channels, filters]);
            graph.transpose(&sum, &[3, 2, 0, 1])
        });

        let graph = &mut pass.graph;
        let inputs = graph.matmul_transposed(&products, &memory.kernels, [false, true]);
        let gathered = both_axes(graph, &transposed(&INPUT.concat(), TILE), SIX, &inputs, tiles * channels);
        let gathered = graph.reshape(&gathered, &[PLACES * tiles, channels]);
        graph.add_into_rows(&gathered, memory.input_rows, &memory.table)
    }
}

/// `matrix · x · matrixᵀ` for each of `count` squares: x is `[k, k, count]` in memory, matrix `[rows, k]`;
/// the result is `[rows, rows, count]`.
fn both_axes(graph: &mut GraphBuilder, matrix: &[f32], rows: i64, x: &Value, count: i64) -> Value {
    let k = matrix.len() as i64 / rows;
    let matrix = graph.constant(&[rows, k], matrix);
    let x = graph.reshape(x, &[k, k * count]);
    let outer = graph.matmul(&matrix, &x);
    let outer = graph.reshape(&outer, &[rows, k, count]);
    graph.matmul(&matrix, &outer)
}

/// `[filters, channels, 3, 3]` as `[36, channels, filters]`.
fn transformed_kernels(graph: &mut GraphBuilder, weight: &Value) -> Value {
    let [filters, channels, _, _] = weight.dims();
    let turned = graph.transpose(weight, &[2, 3, 1, 0]);
    let turned = graph.reshape(&turned, &[9, channels * filters]);
    let matrix = graph.constant(&[PLACES, 9], &kernel_both_axes());
    let kernels = graph.matmul(&matrix, &turned);
    graph.reshape(&kernels, &[PLACES, channels, filters])
}

/// The row that each place of each tile reads. Reads beyond the map give the last row or column: they only
/// reach outputs that no pool reads.
fn table(input: &Rows, across: usize) -> Vec<i64> {
    let side = input.side;
    let mut table = Vec::with_capacity(TILE * TILE * input.batch * across * across);
    for column in 0..TILE {
        for row in 0..TILE {
            for picture in 0..input.batch {
                for tile in 0..across * across {
                    let y = (4 * (tile / across) + row).min(side - 1);
                    let x = (4 * (tile % across) + column).min(side - 1);
                    table.push(input.places[(picture * side + y) * side + x]);
                }
            }
        }
    }
    table
}

/// The row of each place after the pool. Rows are ordered (column in the tile, row in the tile, tile).
fn places(batch: usize, across: usize, pooled: usize) -> Vec<i64> {
    let tiles = batch * across * across;
    let mut places = Vec::with_capacity(batch * pooled * pooled);
    for picture in 0..batch {
        for y in 0..pooled {
            for x in 0..pooled {
                let tile = (picture * across + y / 2) * across + x / 2;
                places.push(((x % 2 * 2 + y % 2) * tiles + tile) as i64);
            }
        }
    }
    places
}
