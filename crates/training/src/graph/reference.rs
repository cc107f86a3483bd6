//! The networks once more, in plain loops and double precision, to compare the graphs with.

use bauta_domain::Loss;

use crate::network::{Activation, Depthwise, EXPANSION, Layer, NetworkDescription, SampleShape};

/// Mean loss of samples. `pixels`, `weights` and `masks` are laid out as the graphs take them;
/// `masks[layer][sample]`.
pub fn mean_loss(
    network: &NetworkDescription,
    kind: Loss,
    weights: &[Vec<f64>],
    samples: &[Vec<f64>],
    labels: &[usize],
    masks: &[Vec<Vec<f64>>],
) -> f64 {
    let losses = samples.iter().enumerate().map(|(sample, pixels)| {
        let masks: Vec<&[f64]> = masks.iter().map(|layer| layer[sample].as_slice()).collect();
        loss(kind, &probabilities(network, weights, pixels, &masks), labels[sample])
    });
    losses.sum::<f64>() / samples.len() as f64
}

/// Probabilities of one sample; without masks dropout lets everything through.
pub fn probabilities(network: &NetworkDescription, weights: &[Vec<f64>], pixels: &[f64], masks: &[&[f64]]) -> Vec<f64> {
    let (mut value, mut weights, mut masks) = (pixels.to_vec(), weights.iter(), masks.iter());
    for (index, layer) in network.layers().iter().enumerate() {
        value = match (*layer, network.input_of(index)) {
            (Layer::Conv3x3 { filters }, SampleShape::Picture { channels, side }) => {
                let (kernel, bias) = (weights.next().unwrap(), weights.next().unwrap());
                convolution(&value, channels, side, filters, kernel, bias)
            }
            (
                Layer::InvertedResidual { channels: outputs, depthwise: convolution },
                SampleShape::Picture { channels, side },
            ) => {
                let mut pair = || (weights.next().unwrap(), weights.next().unwrap());
                let (expand, depthwise, project) = (pair(), pair(), pair());
                let wide = pointwise(&value, channels, expand, 6.0);
                let filtered = depthwise_convolution(&wide, side, convolution, depthwise);
                let projected = pointwise(&filtered, EXPANSION * channels, project, f64::INFINITY);
                match convolution.stride == 1 && outputs == channels {
                    true => projected.iter().zip(&value).map(|(a, b)| a + b).collect(),
                    false => projected,
                }
            }
            (Layer::Pointwise { .. }, SampleShape::Picture { channels, .. }) => {
                let pair = (weights.next().unwrap(), weights.next().unwrap());
                pointwise(&value, channels, pair, 6.0)
            }
            (Layer::MeanPool, SampleShape::Picture { side, .. }) => {
                value.chunks(side * side).map(|plane| plane.iter().sum::<f64>() / plane.len() as f64).collect()
            }
            (Layer::MaxPool, SampleShape::Picture { channels, side }) => max_pool(&value, channels, side),
            (Layer::Dropout { .. }, _) => match masks.next() {
                Some(mask) => value.iter().zip(*mask).map(|(v, m)| v * m).collect(),
                None => value,
            },
            (Layer::Dense { units, activation }, _) => {
                let (matrix, bias) = (weights.next().unwrap(), weights.next().unwrap());
                let sum = |unit| {
                    bias[unit] + value.iter().enumerate().map(|(i, v)| v * matrix[i * units + unit]).sum::<f64>()
                };
                let sums = (0..units).map(sum);
                match activation {
                    Activation::Relu => sums.map(|s| s.max(0.0)).collect(),
                    Activation::Softmax => softmax(&sums.collect::<Vec<_>>()),
                }
            }
            (Layer::Flatten, _) => value,
            (layer, shape) => panic!("{layer:?} of {shape:?}"),
        };
    }
    value
}

fn convolution(x: &[f64], channels: usize, side: usize, filters: usize, kernel: &[f64], bias: &[f64]) -> Vec<f64> {
    let out = side - 2;
    let mut result = Vec::with_capacity(filters * out * out);
    for filter in 0..filters {
        for row in 0..out {
            for column in 0..out {
                let mut sum = bias[filter];
                for channel in 0..channels {
                    for place in 0..9 {
                        let pixel = x[(channel * side + row + place / 3) * side + column + place % 3];
                        sum += pixel * kernel[(filter * channels + channel) * 9 + place];
                    }
                }
                result.push(sum.max(0.0));
            }
        }
    }
    result
}

/// A 1×1 convolution; results are cut at 0 and `top`, or not at all when `top` is infinite.
fn pointwise(x: &[f64], channels: usize, (kernel, bias): (&Vec<f64>, &Vec<f64>), top: f64) -> Vec<f64> {
    let places = x.len() / channels;
    let value = |filter: usize, place: usize| {
        let terms = (0..channels).map(|channel| kernel[filter * channels + channel] * x[channel * places + place]);
        let sum = bias[filter] + terms.sum::<f64>();
        if top.is_finite() { sum.clamp(0.0, top) } else { sum }
    };
    (0..bias.len()).flat_map(|filter| (0..places).map(move |place| value(filter, place))).collect()
}

fn depthwise_convolution(
    x: &[f64],
    side: usize,
    depthwise: Depthwise,
    (kernel, bias): (&Vec<f64>, &Vec<f64>),
) -> Vec<f64> {
    let Depthwise { kernel: width, stride, .. } = depthwise;
    let (after, (zeros, _)) = (side.div_ceil(stride), depthwise.zeros(side));
    let mut result = Vec::new();
    for (channel, bias) in bias.iter().enumerate() {
        for target in 0..after * after {
            let mut sum = *bias;
            for tap in 0..width * width {
                let row = (target / after * stride + tap / width).wrapping_sub(zeros);
                let column = (target % after * stride + tap % width).wrapping_sub(zeros);
                if row < side && column < side {
                    sum += kernel[channel * width * width + tap] * x[(channel * side + row) * side + column];
                }
            }
            result.push(sum.clamp(0.0, 6.0));
        }
    }
    result
}

fn max_pool(x: &[f64], channels: usize, side: usize) -> Vec<f64> {
    let out = side / 2;
    let mut result = Vec::with_capacity(channels * out * out);
    for channel in 0..channels {
        for row in 0..out {
            for column in 0..out {
                let at = |r: usize, c: usize| x[(channel * side + 2 * row + r) * side + 2 * column + c];
                result.push(at(0, 0).max(at(0, 1)).max(at(1, 0)).max(at(1, 1)));
            }
        }
    }
    result
}

fn softmax(logits: &[f64]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|l| (l - top).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|p| p / sum).collect()
}

fn loss(kind: Loss, probabilities: &[f64], label: usize) -> f64 {
    let truth = |class: usize| if class == label { 1.0 } else { 0.0 };
    let classes = probabilities.iter().enumerate();
    let mean = |squares: f64| squares / probabilities.len() as f64;
    match kind {
        Loss::CategoricalCrossentropy => -probabilities[label].ln(),
        Loss::Mse => mean(classes.map(|(class, p)| (p - truth(class)).powi(2)).sum()),
        Loss::Msle => mean(classes.map(|(class, p)| (p.ln_1p() - truth(class).ln_1p()).powi(2)).sum()),
    }
}
