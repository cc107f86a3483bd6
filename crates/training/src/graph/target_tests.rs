//! What class weights and label smoothing do to the loss and to its gradient, against the formulas in double precision.

use bauta_domain::Loss;
use bauta_inference::Runtime;

use super::reference;
use crate::{
    engine::{Batch, Engine, EngineSettings},
    network::{Activation, Layer, NetworkDescription},
};

const LABELS: [usize; 5] = [0, 0, 1, 0, 2];
const CLASSES: usize = 3;
const SIDE: usize = 4;

/// Mean over the samples of weight · loss against the target `smoothing ÷ classes`, and `1 − smoothing` more at the label.
fn expected(kind: Loss, (smoothing, class_weights): (f64, &[f64]), probabilities: &[Vec<f64>]) -> f64 {
    let loss = |(probabilities, &label): (&Vec<f64>, &usize)| {
        let target = |class| smoothing / CLASSES as f64 + if class == label { 1.0 - smoothing } else { 0.0 };
        let classes = probabilities.iter().enumerate();
        let squares = |of: fn(f64) -> f64| {
            classes.clone().map(|(class, &p)| (of(p) - of(target(class))).powi(2)).sum::<f64>() / CLASSES as f64
        };
        let loss = match kind {
            Loss::CategoricalCrossentropy => classes.map(|(class, p)| -target(class) * p.ln()).sum(),
            Loss::Mse => squares(|p| p),
            Loss::Msle => squares(f64::ln_1p),
        };
        class_weights.get(label).unwrap_or(&1.0) * loss
    };
    probabilities.iter().zip(&LABELS).map(loss).sum::<f64>() / LABELS.len() as f64
}

#[test]
fn class_weights_and_label_smoothing_change_loss_and_gradient_as_their_formulas_say() {
    let dense = |units, activation| Layer::Dense { units, activation };
    let layers = vec![Layer::Flatten, dense(5, Activation::Relu), dense(CLASSES, Activation::Softmax)];
    let network = NetworkDescription::from_layers(layers, SIDE).unwrap();
    let samples: Vec<Vec<f64>> = (0..LABELS.len())
        .map(|n| (0..3 * SIDE * SIDE).map(|at| f64::from(((n * 31 + at * 7919) % 101) as f32 / 50.0 - 1.0)).collect())
        .collect();
    let batch = Batch {
        epoch: 1,
        samples: (0..LABELS.len()).collect(),
        labels: LABELS.to_vec(),
        inputs: samples.iter().flatten().map(|&value| value as f32).collect(),
    };
    let runtime = Runtime::find().unwrap();
    for kind in [Loss::Mse, Loss::CategoricalCrossentropy, Loss::Msle] {
        let mut losses = Vec::new();
        for (smoothing, weights) in
            [(0.0, vec![]), (0.2, vec![]), (0.0, vec![0.5, 2.0, 1.0]), (0.1, vec![0.5, 2.0, 1.0])]
        {
            let settings = EngineSettings {
                loss: kind,
                label_smoothing: smoothing as f32,
                class_weights: weights.iter().map(|&weight| weight as f32).collect(),
                threads: 2,
                ..EngineSettings::default()
            };
            let mut engine = Engine::with_micro_batch(runtime.environment(), network.clone(), &settings, 2).unwrap();
            let (found, gradients) = engine.gradients(&batch).unwrap();
            let parameters: Vec<Vec<f64>> =
                engine.weights().iter().map(|part| part.iter().map(|&weight| f64::from(weight)).collect()).collect();
            let loss_with = |parameters: &[Vec<f64>]| {
                let of = |sample: &Vec<f64>| reference::probabilities(&network, parameters, sample, &[]);
                expected(kind, (smoothing, &weights), &samples.iter().map(of).collect::<Vec<_>>())
            };
            let name = format!("{kind:?}, smoothing {smoothing}, weights {weights:?}");
            assert!((found - loss_with(&parameters)).abs() < 1e-5, "{name}: {found} {}", loss_with(&parameters));
            for (index, gradient) in gradients.iter().enumerate() {
                for place in (0..gradient.len()).step_by(gradient.len().div_ceil(8)) {
                    let at = |offset: f64| {
                        let mut moved = parameters.clone();
                        moved[index][place] += offset;
                        loss_with(&moved)
                    };
                    let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
                    assert!((f64::from(gradient[place]) - difference).abs() < 1e-4, "{name}, {index} at {place}");
                }
            }
            losses.push(found);
        }
        let all_differ = (0..losses.len()).all(|a| (0..a).all(|b| (losses[a] - losses[b]).abs() > 1e-4));
        assert!(all_differ, "{kind:?}: {losses:?}");
    }
}
