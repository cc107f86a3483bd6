//! Softmax and loss, and the gradient that enters the network's end; and the same losses in plain
//! numbers for checking.

use bauta_domain::Loss;

use crate::onnx::{GraphBuilder, Value};

/// What the end of the network gives.
pub struct Outcome {
    /// The samples' losses, each times its share, summed. No dimensions.
    pub loss: Value,
    /// `[batch, classes]`
    pub probabilities: Value,
    /// Gradient of the loss by the numbers before the softmax, `[batch, classes]`.
    pub gradient: Value,
}

/// Softmax of `logits` and the loss, by Keras' definitions. With p the probabilities, t the target and
/// s the sample's share, the gradient by the logits is s·(p − t) for cross-entropy, else
/// p·(g − Σ g·p) with g the gradient by the probabilities.
pub fn loss(graph: &mut GraphBuilder, kind: Loss, logits: &Value, target: &Value, share: &Value) -> Outcome {
    let log_probabilities = graph.log_softmax(logits);
    let probabilities = graph.exp(&log_probabilities);
    let per_class = 1.0 / logits.shape()[1] as f32;
    match kind {
        Loss::CategoricalCrossentropy => {
            let picked = graph.mul(target, &log_probabilities);
            let loss = total(graph, &picked, share, -1.0);
            let difference = graph.sub(&probabilities, target);
            Outcome { loss, gradient: graph.mul(&difference, share), probabilities }
        }
        Loss::Mse => {
            let difference = graph.sub(&probabilities, target);
            let squares = graph.mul(&difference, &difference);
            let loss = total(graph, &squares, share, per_class);
            let by_probabilities = scaled(graph, &difference, share, 2.0 * per_class);
            Outcome { loss, gradient: through_softmax(graph, &by_probabilities, &probabilities), probabilities }
        }
        Loss::Msle => {
            let one = graph.scalar(1.0);
            let (p1, t1) = (graph.add(&probabilities, &one), graph.add(target, &one));
            let (log_p1, log_t1) = (graph.log(&p1), graph.log(&t1));
            let difference = graph.sub(&log_p1, &log_t1);
            let squares = graph.mul(&difference, &difference);
            let loss = total(graph, &squares, share, per_class);
            let by_logarithms = scaled(graph, &difference, share, 2.0 * per_class);
            let by_probabilities = graph.div(&by_logarithms, &p1);
            Outcome { loss, gradient: through_softmax(graph, &by_probabilities, &probabilities), probabilities }
        }
    }
}

/// Σ over samples of share · factor · Σ over classes.
fn total(graph: &mut GraphBuilder, terms: &Value, share: &Value, factor: f32) -> Value {
    let weighted = scaled(graph, terms, share, factor);
    graph.reduce_sum(&weighted, &[0, 1], false)
}

fn scaled(graph: &mut GraphBuilder, value: &Value, share: &Value, factor: f32) -> Value {
    let factor = graph.scalar(factor);
    let weight = graph.mul(share, &factor);
    graph.mul(value, &weight)
}

fn through_softmax(graph: &mut GraphBuilder, gradient: &Value, probabilities: &Value) -> Value {
    let products = graph.mul(gradient, probabilities);
    let sum = graph.reduce_sum(&products, &[1], true);
    let difference = graph.sub(gradient, &sum);
    graph.mul(probabilities, &difference)
}

/// The loss of one sample from its probabilities. Keras keeps probabilities at least 10⁻⁷ away from 0.
pub fn sample_loss(kind: Loss, probabilities: &[f32], label: usize) -> f64 {
    let classes = probabilities.len() as f64;
    let truth = |class| f64::from(u8::from(class == label));
    let squares = |of: fn(f64) -> f64| {
        let terms = probabilities.iter().enumerate().map(|(class, &p)| (of(f64::from(p)) - of(truth(class))).powi(2));
        terms.sum::<f64>() / classes
    };
    match kind {
        Loss::Mse => squares(|p| p),
        Loss::Msle => squares(f64::ln_1p),
        Loss::CategoricalCrossentropy => {
            let p = f64::from(probabilities[label]);
            // Not `max`, which would turn a NaN into a number.
            -(if p < 1e-7 { 1e-7 } else { p }).ln()
        }
    }
}
