//! A later layer: Winograd's F(4×4, 3×3), with the pool folded into the way back.

use super::{
    super::pass::Pass,
    kernel::{kernel_both_axes, transposed},
};
use crate::{
    kernels::PLACES,
    onnx::{GraphBuilder, Pooled, Value},
};

/// 3×3 convolution, 2×2 pool and ReLU. A tile is 4×4 outputs (2×2 after the pool), computed from 6×6 inputs;
/// transformed, it is 36 products of `[tiles, channels]` with `[channels, filters]`.
pub struct Block {
    weight: usize,
    memory: Option<Memory>,
}

struct Memory {
    /// Side of the maps that the layer reads.
    side: i64,
    /// Transformed inputs `[36, tiles, channels]`.
    tiles: Value,
    /// Transformed kernels `[36, channels, filters]`.
    kernels: Value,
    choices: Value,
}

const PLACES_I64: i64 = PLACES as i64;

impl Block {
    pub fn new(weight: usize) -> Self {
        Self { weight, memory: None }
    }

    pub fn forward(&mut self, pass: &mut Pass, maps: &Value) -> Value {
        let [_, side, _, _] = maps.dims();
        let tiles = pass.graph.tiles_of_maps(maps);
        let kernels = pass.prepared(self.weight, transformed_kernels);
        let bias = pass.parameter(self.weight + 1);
        let products = pass.graph.matmul(&tiles, &kernels);
        let Pooled { maps, choices } = pass.graph.products_pooled(&products, &bias, side);
        self.memory = Some(Memory { side, tiles, kernels, choices });
        maps
    }

    pub fn backward(&self, pass: &mut Pass, gradient: &Value) -> Value {
        let Memory { side, tiles, kernels, choices } = self.memory.as_ref().expect("forward comes before backward");
        let ([_, count, channels], [_, _, filters]) = (tiles.dims(), kernels.dims());
        let [products, bias] = pass.graph.products_pooled_gradient(gradient, choices, *side);
        pass.add_gradient(self.weight + 1, &bias);

        let graph = &mut pass.graph;
        // Written out, and with a reshape after it: the runtime would fold a bare transposition into a
        // product that is slower than both.
        let turned = graph.reshape(tiles, &[6, 6, count, channels]);
        let turned = graph.transpose(&turned, &[0, 1, 3, 2]);
        let turned = graph.reshape(&turned, &[PLACES_I64, channels, count]);
        let by_kernels = graph.matmul(&turned, &products);
        let by_kernels = graph.reshape(&by_kernels, &[PLACES_I64, channels * filters]);
        let back = graph.constant(&[9, PLACES_I64], &transposed(&kernel_both_axes(), 9));
        let kernel = graph.matmul(&back, &by_kernels);
        pass.add_gradient_as(self.weight, &kernel, |graph, sum| {
            let sum = graph.reshape(sum, &[3, 3, channels, filters]);
            graph.transpose(&sum, &[3, 2, 0, 1])
        });

        let graph = &mut pass.graph;
        let by_tiles = graph.matmul_transposed(&products, kernels, [false, true]);
        graph.maps_of_tiles(&by_tiles, *side)
    }
}

/// `[filters, channels, 3, 3]` as `[36, channels, filters]`.
fn transformed_kernels(graph: &mut GraphBuilder, weight: &Value) -> Value {
    let [filters, channels, _, _] = weight.dims();
    let turned = graph.transpose(weight, &[2, 3, 1, 0]);
    let turned = graph.reshape(&turned, &[9, channels * filters]);
    let matrix = graph.constant(&[PLACES_I64, 9], &kernel_both_axes());
    let kernels = graph.matmul(&matrix, &turned);
    graph.reshape(&kernels, &[PLACES_I64, channels, filters])
}
