//! Gradients of the graphs against central differences of the reference in double precision.

use bauta_domain::{Architecture, Loss};
use bauta_inference::Runtime;

use super::reference;
use crate::{
    engine::{Batch, Computation, Engine, EngineSettings, Evaluated},
    network::{Activation, Border, Depthwise, Layer, NetworkDescription},
    random::{Purpose, fill_dropout_mask, stream, uniform},
};

const LOSSES: [Loss; 3] = [Loss::Mse, Loss::CategoricalCrossentropy, Loss::Msle];
/// More than four, the micro-batch, and no multiple of it.
const SAMPLES: usize = 6;
const CLASSES: usize = 3;
const SEED: u64 = 11;
const EPOCH: u32 = 3;
/// Weights looked at in each parameter.
const CHECKED: usize = 24;

fn dense(units: usize) -> Layer {
    Layer::Dense { units, activation: Activation::Relu }
}

fn residual(channels: usize, stride: usize) -> Layer {
    Layer::InvertedResidual { channels, depthwise: Depthwise::three(stride) }
}

/// As in EfficientNet-Lite0.
fn wide(channels: usize, stride: usize) -> Layer {
    Layer::InvertedResidual { channels, depthwise: Depthwise { kernel: 5, stride, border: Border::Least } }
}

const SOFTMAX: Layer = Layer::Dense { units: CLASSES, activation: Activation::Softmax };
const CONV: Layer = Layer::Conv3x3 { filters: 4 };

/// Random pixels, far from ties: flat pictures would have them.
fn samples(size: usize, count: usize) -> Vec<Vec<f64>> {
    let sample = |item| {
        let mut random = stream(SEED, Purpose::Augmentation, 0, item as u64);
        (0..3 * size * size).map(|_| uniform(&mut random, -2.0, 2.0)).collect()
    };
    (0..count).map(sample).collect()
}

fn engine(
    network: &NetworkDescription,
    loss: Loss,
    threads: usize,
    micro_batch: usize,
    computation: Computation,
) -> Engine {
    let settings = EngineSettings { loss, seed: SEED, threads, computation, ..EngineSettings::default() };
    let runtime = Runtime::find().unwrap();
    let mut engine = Engine::with_micro_batch(runtime.environment(), network.clone(), &settings, micro_batch).unwrap();
    // Biases begin at zero, where a mistake in their use would not show.
    let mut weights = engine.weights();
    for (index, weights) in weights.iter_mut().enumerate().filter(|(index, _)| index % 2 == 1) {
        let mut random = stream(SEED, Purpose::Weights, 1, index as u64);
        weights.iter_mut().for_each(|weight| *weight = uniform(&mut random, -0.3, 0.3) as f32);
    }
    engine.set_weights(&weights);
    engine
}

fn batch(samples: &[Vec<f64>]) -> Batch {
    Batch {
        epoch: EPOCH,
        samples: (0..samples.len()).collect(),
        labels: (0..samples.len()).map(|i| (i * i + 1) % CLASSES).collect(),
        inputs: samples.iter().flatten().map(|&v| v as f32).collect(),
    }
}

fn to_f64(weights: &[Vec<f32>]) -> Vec<Vec<f64>> {
    weights.iter().map(|w| w.iter().map(|&w| f64::from(w)).collect()).collect()
}

/// The masks that the engine draws, `[layer][sample]`.
fn masks(network: &NetworkDescription, samples: usize) -> Vec<Vec<Vec<f64>>> {
    let mask = |layer: usize, sample: usize, (count, rate): (usize, f32)| {
        let mut mask = vec![0.0_f32; count];
        let item = sample as u64 | (layer as u64) << 56;
        fill_dropout_mask(&mut mask, rate, &mut stream(SEED, Purpose::Dropout, EPOCH, item));
        mask.into_iter().map(f64::from).collect()
    };
    let layers = network.dropouts().into_iter().enumerate();
    layers.map(|(layer, dropout)| (0..samples).map(|sample| mask(layer, sample, dropout)).collect()).collect()
}

/// Largest difference of a gradient from the central difference, as a share of the largest in its parameter.
fn check(name: &str, layers: Vec<Layer>, size: usize, loss: Loss, micro_batch: usize, computation: Computation) {
    let network = NetworkDescription::from_layers(layers, size).unwrap();
    let samples = samples(size, SAMPLES);
    let mut engine = engine(&network, loss, 2, micro_batch, computation);
    let name = format!("{name}, {computation:?}");
    let batch = batch(&samples);
    let (found_loss, gradients) = engine.gradients(&batch).unwrap();

    // What the graph saw, in double precision.
    let seen: Vec<Vec<f64>> = samples.iter().map(|s| s.iter().map(|&v| f64::from(v as f32)).collect()).collect();
    let masks = masks(&network, SAMPLES);
    let mut weights = to_f64(&engine.weights());
    let expected_loss = reference::mean_loss(&network, loss, &weights, &seen, &batch.labels, &masks);
    assert!((found_loss - expected_loss).abs() < 1e-5 * expected_loss, "{name} {loss:?}: {found_loss} {expected_loss}");

    for (index, parameter) in network.parameters().iter().enumerate() {
        let stride = weights[index].len().div_ceil(CHECKED);
        let (mut largest, mut difference) = (0.0_f64, 0.0_f64);
        for place in (0..weights[index].len()).step_by(stride) {
            let mut loss_at = |offset: f64| {
                let weight = weights[index][place];
                weights[index][place] = weight + offset;
                let loss = reference::mean_loss(&network, loss, &weights, &seen, &batch.labels, &masks);
                weights[index][place] = weight;
                loss
            };
            let step = 1e-6;
            let expected = (loss_at(step) - loss_at(-step)) / (2.0 * step);
            largest = largest.max(expected.abs());
            difference = difference.max((f64::from(gradients[index][place]) - expected).abs());
        }
        let name = format!("{name} {loss:?} {}", parameter.name);
        assert!(largest > 1e-6, "{name}: the gradient is nearly zero, so the test would prove nothing");
        assert!(difference <= 1e-3 * largest, "{name}: off by {difference:.2e} where the largest is {largest:.2e}");
    }
}

#[test]
fn gradients_of_every_layer_and_loss_are_those_of_finite_differences() {
    struct Case(&'static str, usize, Vec<Layer>);
    let pool = Layer::MaxPool;
    let dropout = Layer::Dropout { rate: 0.5 };
    for Case(name, size, layers) in [
        Case("dense", 4, vec![Layer::Flatten, dense(5), SOFTMAX]),
        Case("first convolution with pool", 10, vec![CONV, pool, Layer::Flatten, SOFTMAX]),
        Case("first convolution with pool, odd size", 9, vec![CONV, pool, Layer::Flatten, SOFTMAX]),
        Case("first convolution alone", 8, vec![CONV, Layer::Flatten, SOFTMAX]),
        Case("deeper convolution with pool", 14, vec![CONV, pool, CONV, pool, Layer::Flatten, SOFTMAX]),
        Case("deeper convolution, odd pool", 16, vec![CONV, pool, CONV, pool, Layer::Flatten, SOFTMAX]),
        Case(
            "four convolutions with pools",
            46,
            vec![CONV, pool, CONV, pool, CONV, pool, CONV, pool, Layer::Flatten, SOFTMAX],
        ),
        Case("pools and then none", 18, vec![CONV, pool, CONV, pool, CONV, Layer::Flatten, SOFTMAX]),
        Case("doubled convolution", 11, vec![CONV, CONV, pool, CONV, Layer::Flatten, SOFTMAX]),
        Case("pool alone", 9, vec![pool, CONV, Layer::Flatten, SOFTMAX]),
        Case("pool after a doubled pool", 15, vec![CONV, pool, pool, Layer::Flatten, SOFTMAX]),
        Case("dropout", 8, vec![CONV, pool, Layer::Flatten, dropout, dense(6), SOFTMAX]),
        Case("mean of each channel", 6, vec![CONV, Layer::MeanPool, SOFTMAX]),
        Case("1×1 convolution", 6, vec![Layer::Pointwise { filters: 5 }, Layer::MeanPool, SOFTMAX]),
        Case("residual with shortcut", 5, vec![CONV, residual(4, 1), residual(4, 1), Layer::MeanPool, SOFTMAX]),
        Case(
            "residual that widens",
            5,
            vec![residual(5, 1), Layer::Pointwise { filters: 7 }, Layer::MeanPool, SOFTMAX],
        ),
        Case("residual with a step", 6, vec![residual(4, 2), residual(4, 1), Layer::MeanPool, SOFTMAX]),
        Case("residual with a step, odd size", 7, vec![residual(4, 2), residual(3, 2), Layer::MeanPool, SOFTMAX]),
        Case("residual of 5×5", 5, vec![CONV, wide(4, 1), wide(4, 1), Layer::MeanPool, SOFTMAX]),
        Case("residual of 5×5 with a step", 6, vec![wide(4, 2), wide(4, 1), Layer::MeanPool, SOFTMAX]),
        Case("residual of 5×5 with a step, odd size", 7, vec![wide(4, 2), wide(3, 2), Layer::MeanPool, SOFTMAX]),
        Case("two dropouts", 6, vec![Layer::Flatten, dropout, dense(12), Layer::Dropout { rate: 0.25 }, SOFTMAX]),
    ] {
        for loss in LOSSES {
            // One picture at a time takes another product for the weights' gradients than several.
            for micro_batch in [1, 4] {
                for computation in [Computation::Fast, Computation::Plain] {
                    check(name, layers.clone(), size, loss, micro_batch, computation);
                }
            }
        }
    }
}

#[test]
fn the_fast_gradients_are_the_plain_ones_for_every_architecture_and_size() {
    for (architecture, sizes) in [
        (Architecture::SmallVgg, [46, 47, 61, 96]),
        (Architecture::TwoConv, [32, 33, 38, 50]),
        (Architecture::Tiny, [32, 35, 64, 99]),
        (Architecture::VggLike, [40, 41, 48, 52]),
    ] {
        for size in sizes {
            let network = NetworkDescription::new(architecture, size, CLASSES, None).unwrap();
            let batch = batch(&samples(size as usize, 3));
            let gradients = [Computation::Fast, Computation::Plain].map(|computation| {
                engine(&network, Loss::CategoricalCrossentropy, 2, 2, computation).gradients(&batch).unwrap().1
            });
            for ((parameter, fast), plain) in network.parameters().iter().zip(&gradients[0]).zip(&gradients[1]) {
                let largest = plain.iter().fold(0.0_f32, |top, g| top.max(g.abs()));
                let difference = fast.iter().zip(plain).fold(0.0_f32, |top, (a, b)| top.max((a - b).abs()));
                let name = format!("{architecture:?} at {size} px, {}", parameter.name);
                assert!(difference <= 1e-3 * largest, "{name}: off by {difference:.2e} of {largest:.2e}");
            }
        }
    }
}

#[test]
fn a_partial_batch_counts_as_the_mean_over_its_pictures() {
    let layers = vec![CONV, Layer::MaxPool, Layer::Flatten, Layer::Dropout { rate: 0.5 }, SOFTMAX];
    let network = NetworkDescription::from_layers(layers, 8).unwrap();
    let samples = samples(8, SAMPLES);
    let whole = batch(&samples);
    for threads in [1, 2, 3] {
        let mut engine = engine(&network, Loss::Mse, threads, 4, Computation::Fast);
        let (loss, gradients) = engine.gradients(&whole).unwrap();
        let mut mean_loss = 0.0;
        let mut means: Vec<Vec<f32>> = gradients.iter().map(|g| vec![0.0; g.len()]).collect();
        let length = whole.inputs.len() / SAMPLES;
        for i in 0..SAMPLES {
            let alone = Batch {
                epoch: EPOCH,
                samples: vec![i],
                labels: vec![whole.labels[i]],
                inputs: whole.inputs[i * length..][..length].to_vec(),
            };
            let (loss, gradients) = engine.gradients(&alone).unwrap();
            mean_loss += loss / SAMPLES as f64;
            let pairs = means.iter_mut().flatten().zip(gradients.iter().flatten());
            pairs.for_each(|(mean, gradient)| *mean += gradient / SAMPLES as f32);
        }
        assert!((loss - mean_loss).abs() < 1e-6, "{threads} threads: {loss} {mean_loss}");
        for (found, mean) in gradients.iter().flatten().zip(means.iter().flatten()) {
            assert!((found - mean).abs() < 1e-6, "{threads} threads: {found} {mean}");
        }
    }
}

#[test]
fn checking_gives_the_probabilities_without_dropout() {
    let maps = vec![CONV, CONV, Layer::MaxPool, Layer::Flatten];
    let backbone = vec![residual(3, 1), residual(5, 2), Layer::Pointwise { filters: 9 }, Layer::MeanPool];
    let other = vec![wide(3, 1), wide(5, 2), wide(5, 2), Layer::MeanPool];
    for mut layers in [maps, backbone, other] {
        layers.extend([Layer::Dropout { rate: 0.5 }, dense(7), SOFTMAX]);
        checking_gives_the_probabilities_of(layers);
    }
}

fn checking_gives_the_probabilities_of(layers: Vec<Layer>) {
    let network = NetworkDescription::from_layers(layers, 9).unwrap();
    let samples = samples(9, 7);
    let mut engine = engine(&network, Loss::Mse, 2, 4, Computation::Fast);
    let fill = |index: usize, pixels: &mut [f32]| {
        pixels.iter_mut().zip(&samples[index]).for_each(|(pixel, &value)| *pixel = value as f32);
        Ok(())
    };
    let Evaluated::Probabilities(found) = engine.evaluate(samples.len(), &fill, &|| false).unwrap() else {
        panic!("stopped");
    };
    let weights = to_f64(&engine.weights());
    for (sample, found) in samples.iter().zip(found.chunks_exact(CLASSES)) {
        let expected = reference::probabilities(&network, &weights, sample, &[]);
        for (found, expected) in found.iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} {expected}");
        }
    }
    assert_eq!(engine.evaluate(samples.len(), &fill, &|| true).unwrap(), Evaluated::Stopped);
}
