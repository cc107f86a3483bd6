//! Networks as graphs: forward and backward for training, forward alone for checking and for export.
//!
//! A network's layers are grouped into *formulations*: one way of computing a layer, or a few that are
//! cheaper together, and its gradient. [`formulation::choose`] decides for each place in the network;
//! a faster way of computing the same joins there.

mod convolution;
mod dense;
mod formulation;
mod forward;
mod loss;
mod pooled_stem;

#[cfg(test)]
mod gradient_tests;
#[cfg(test)]
mod reference;

use bauta_domain::Loss;
pub use forward::{evaluation_graph, exported_graph};
pub use loss::sample_loss;

use self::formulation::{Pass, choose};
use crate::{network::NetworkDescription, onnx::Value};

/// Names of a training graph's inputs and outputs.
pub mod names {
    /// Input `[micro-batch, 3, side, side]`: normalised pixels.
    pub const PIXELS: &str = "pixels";
    /// Input `[micro-batch, classes]`: one-hot labels.
    pub const TARGET: &str = "target";
    /// Input `[micro-batch, 1]`: what each sample counts in the loss. 1 ÷ batch makes the loss the mean
    /// over the batch; 0 is for rows that only fill the micro-batch.
    pub const SHARE: &str = "share";
    /// Output without dimensions: the weighted sum of the samples' losses.
    pub const LOSS: &str = "loss";
    /// Output `[micro-batch, classes]`.
    pub const PROBABILITIES: &str = "probabilities";

    /// Input: the mask of dropout layer `index`, `[micro-batch, numbers]`, 0 or 1 ÷ (1 − rate).
    pub fn mask(index: usize) -> String {
        format!("mask{index}")
    }

    /// Input: the gradient of a parameter summed over earlier micro-batches.
    pub fn sum(parameter: &str) -> String {
        format!("sum.{parameter}")
    }

    /// Output: that sum with this micro-batch's gradient added.
    pub fn gradient(parameter: &str) -> String {
        format!("gradient.{parameter}")
    }
}

/// The graph of one step on a micro-batch: loss, probabilities, and the gradient of every parameter
/// added to a running sum. Parameters are inputs, so that the optimiser changes them in place.
pub fn training_graph(network: &NetworkDescription, loss: Loss, micro_batch: usize) -> Vec<u8> {
    let mut pass = Pass::new(network, micro_batch as i64);
    let [batch, size, classes] = [micro_batch, network.size(), network.classes()].map(|n| n as i64);
    let pixels = pass.graph.input(names::PIXELS, &[batch, 3, size, size]);
    let target = pass.graph.input(names::TARGET, &[batch, classes]);
    let share = pass.graph.input(names::SHARE, &[batch, 1]);

    let mut formulations = choose(network);
    let mut value = pixels;
    for formulation in &mut formulations {
        value = formulation.forward(&mut pass, &value);
    }
    let outcome = loss::loss(&mut pass.graph, loss, &value, &target, &share);
    let mut gradient: Option<Value> = Some(outcome.gradient);
    for (index, formulation) in formulations.iter().enumerate().rev() {
        let arrived = gradient.take().expect("every formulation but the first gives the gradient of its input");
        gradient = formulation.backward(&mut pass, &arrived, index > 0);
    }

    pass.graph.output(&outcome.loss, names::LOSS);
    pass.graph.output(&outcome.probabilities, names::PROBABILITIES);
    pass.output_gradients();
    pass.graph.into_model("step", "forward and backward pass on a micro-batch", Vec::new())
}
