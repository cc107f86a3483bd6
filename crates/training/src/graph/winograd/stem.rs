//! The first layer: three channels are too few for Winograd.

use super::super::pass::Pass;
use crate::onnx::{Pooled, Value};

/// 3×3 convolution, 2×2 pool and ReLU on pixels.
pub struct Stem {
    weight: usize,
    memory: Option<Memory>,
}

struct Memory {
    pixels: Value,
    choices: Value,
}

impl Stem {
    pub fn new(weight: usize) -> Self {
        Self { weight, memory: None }
    }

    pub fn forward(&mut self, pass: &mut Pass, pixels: &Value) -> Value {
        let pixels = pass.graph.transpose(pixels, &[0, 2, 3, 1]);
        let kernels = pass.prepared(self.weight, |graph, weight| {
            let [filters, colours, _, _] = weight.dims();
            let turned = graph.transpose(weight, &[2, 3, 1, 0]);
            graph.reshape(&turned, &[9 * colours, filters])
        });
        let bias = pass.parameter(self.weight + 1);
        let Pooled { maps, choices } = pass.graph.stem(&pixels, &kernels, &bias);
        self.memory = Some(Memory { pixels, choices });
        maps
    }

    pub fn backward(&self, pass: &mut Pass, gradient: &Value) {
        let Memory { pixels, choices } = self.memory.as_ref().expect("forward comes before backward");
        let [kernels, bias] = pass.graph.stem_gradient(pixels, gradient, choices);
        let [_, filters] = kernels.dims();
        pass.add_gradient(self.weight + 1, &bias);
        pass.add_gradient_as(self.weight, &kernels, |graph, sum| {
            let sum = graph.reshape(sum, &[3, 3, 3, filters]);
            graph.transpose(&sum, &[3, 2, 0, 1])
        });
    }
}
