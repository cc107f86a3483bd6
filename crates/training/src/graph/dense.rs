//! The layers after the convolutions.

use super::{convolution::relu_gradient, formulation::Formulation, pass::Pass};
use crate::onnx::Value;

/// The picture as a row.
#[derive(Default)]
pub struct Flatten {
    shape: Vec<i64>,
}

impl Formulation for Flatten {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        self.shape = input.shape().to_vec();
        let row = [self.shape[0], self.shape[1..].iter().product()];
        pass.graph.reshape(input, &row)
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        wanted.then(|| pass.graph.reshape(gradient, &self.shape))
    }
}

/// Multiplies with a mask that is drawn outside the graph, so that it depends on seed, epoch and sample only.
pub struct Dropout {
    mask: usize,
}

impl Dropout {
    /// With mask `mask`.
    pub const fn new(mask: usize) -> Self {
        Self { mask }
    }
}

impl Formulation for Dropout {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        let mask = pass.mask(self.mask);
        pass.graph.mul(input, &mask)
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        let mask = pass.mask(self.mask);
        wanted.then(|| pass.graph.mul(gradient, &mask))
    }
}

/// Every number with every number, with ReLU or without. The softmax of the last layer belongs to the
/// loss: their gradients are simpler together.
pub struct Dense {
    weight: usize,
    relu: bool,
    memory: Option<(Value, Value)>,
}

impl Dense {
    /// Its weight is parameter `weight`, its bias the next one.
    pub const fn new(weight: usize, relu: bool) -> Self {
        Self { weight, relu, memory: None }
    }
}

impl Formulation for Dense {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        let (weight, bias) = (pass.parameter(self.weight), pass.parameter(self.weight + 1));
        let sum = pass.graph.gemm(input, &weight, Some(&bias), false, false);
        let output = if self.relu { pass.graph.relu(&sum) } else { sum };
        self.memory = Some((input.clone(), output.clone()));
        output
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        let (input, output) = self.memory.as_ref().expect("forward comes before backward");
        let gradient = if self.relu { relu_gradient(&mut pass.graph, gradient, output) } else { gradient.clone() };
        pass.add_product_gradient(self.weight, input, &gradient);
        let bias_gradient = pass.graph.reduce_sum(&gradient, &[0], false);
        pass.add_gradient(self.weight + 1, &bias_gradient);
        let weight = pass.parameter(self.weight);
        wanted.then(|| pass.graph.gemm(&gradient, &weight, None, false, true))
    }
}
