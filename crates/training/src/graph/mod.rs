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
mod pass;
mod pooled_stem;
mod residual;
mod winograd;

#[cfg(test)]
mod gradient_tests;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod target_tests;

use bauta_domain::Loss;
pub use formulation::{Computation, in_trunk};
pub use forward::{evaluation_graph, exported_graph};
pub use loss::sample_loss;

use self::{formulation::choose, pass::Pass};
use crate::{network::NetworkDescription, onnx::Value};

/// Names of the graphs' inputs and outputs.
pub mod names {
    /// Input: samples, `[micro-batch, channels, side, side]` (of pictures: normalised) or `[micro-batch, length]`.
    pub const INPUT: &str = "input";
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

    /// Input: what earlier micro-batches added up for a parameter's gradient.
    pub fn sum(parameter: &str) -> String {
        format!("sum.{parameter}")
    }

    /// Output: that sum with this micro-batch's part added.
    pub fn total(parameter: &str) -> String {
        format!("total.{parameter}")
    }

    /// Output of the last graph: the gradient of a parameter.
    pub fn gradient(parameter: &str) -> String {
        format!("gradient.{parameter}")
    }
}

/// The graphs of a training step.
pub struct TrainingGraphs {
    /// Runs once before a step's micro-batches: parameters → what is computed from them alone. `None`
    /// when nothing is.
    pub prepare: Option<Vec<u8>>,
    /// Runs on each micro-batch: loss, probabilities, the sums with this micro-batch's part added, and
    /// rows to keep. Parameters are inputs, so that the optimiser changes them in place.
    pub step: Vec<u8>,
    /// Runs once after a step's micro-batches: sums and all kept rows → the gradient of every parameter.
    pub finish: Vec<u8>,
    /// What `prepare` gives to `step`.
    pub prepared: Vec<Slot>,
    /// What is summed up over micro-batches: input [`names::sum`] and output [`names::total`] of `step`.
    pub sums: Vec<Slot>,
    /// Outputs of `step` whose rows are collected over all micro-batches, `[micro-batch, length]`.
    pub rows: Vec<Slot>,
}

/// A tensor that goes from one graph to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its name in both.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
}

/// The graphs of one step in micro-batches.
pub fn training_graphs(
    network: &NetworkDescription,
    loss: Loss,
    micro_batch: usize,
    computation: Computation,
) -> TrainingGraphs {
    let mut pass = Pass::new(network, micro_batch as i64);
    let [batch, classes] = [micro_batch, network.classes()].map(|n| n as i64);
    let shape: Vec<i64> = network.input().batch(micro_batch).iter().map(|&length| length as i64).collect();
    let input = pass.graph.input(names::INPUT, &shape);
    let target = pass.graph.input(names::TARGET, &[batch, classes]);
    let share = pass.graph.input(names::SHARE, &[batch, 1]);

    let mut formulations = choose(network, computation);
    let mut value = input;
    for formulation in &mut formulations {
        value = formulation.forward(&mut pass, &value);
    }
    let outcome = loss::loss(&mut pass.graph, loss, &value, &target, &share);
    let mut gradient: Option<Value> = Some(outcome.gradient);
    // Layers that learn nothing are formulations of their own; nobody needs the gradients of those at the beginning.
    let first = network.layers().iter().take_while(|layer| layer.parameters() == 0).count();
    for (index, formulation) in formulations.iter().enumerate().skip(first).rev() {
        let arrived = gradient.take().expect("every formulation but the first gives the gradient of its input");
        gradient = formulation.backward(&mut pass, &arrived, index > first);
    }

    pass.graph.output(&outcome.loss, names::LOSS);
    pass.graph.output(&outcome.probabilities, names::PROBABILITIES);
    pass.into_graphs()
}
