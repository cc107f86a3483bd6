//! The forward pass alone: to check with while training, and to export.

use bauta_domain::Preprocessing;

use super::names;
use crate::{
    network::{Activation, CHANNELS, Layer, NetworkDescription},
    onnx::{DYNAMIC, GraphBuilder, Value},
};

/// Name of the exported model's input.
pub const IMAGE: &str = "image";

/// A graph that takes normalised pixels and the parameters as inputs, as the training graph does, so
/// that it sees every change of the optimiser.
pub fn evaluation_graph(network: &NetworkDescription, micro_batch: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::default();
    let size = network.size() as i64;
    let pixels = graph.input(names::PIXELS, &[micro_batch as i64, CHANNELS as i64, size, size]);
    let parameters = network.parameters();
    let parameters: Vec<Value> = parameters.iter().map(|p| graph.input(&p.name, &lengths(&p.shape))).collect();
    let probabilities = forward(&mut graph, network, pixels, &parameters);
    graph.output(&probabilities, names::PROBABILITIES);
    graph.into_model("evaluation", "forward pass on a micro-batch", Vec::new())
}

/// The model that leaves the program: standard operators, weights inside, RGB values 0 to 255 in,
/// probabilities out, any number of pictures at once.
pub fn exported_graph(
    network: &NetworkDescription,
    weights: &[Vec<f32>],
    preprocessing: &Preprocessing,
    description: &str,
    metadata: Vec<(String, String)>,
) -> Vec<u8> {
    let mut graph = GraphBuilder::default();
    let (size, channels) = (network.size() as i64, CHANNELS as i64);
    let image = graph.input(IMAGE, &[DYNAMIC, channels, size, size]);
    let per_channel = [1, channels, 1, 1];
    let mean = graph.initializer("mean", &per_channel, &preprocessing.mean.map(|mean| (255.0 * mean) as f32));
    let scale = graph.initializer("scale", &per_channel, &preprocessing.std.map(|std| (1.0 / (255.0 * std)) as f32));
    let centred = graph.sub(&image, &mean);
    let pixels = graph.mul(&centred, &scale);
    let parameters = network.parameters().into_iter().zip(weights);
    let parameters: Vec<Value> =
        parameters.map(|(p, weights)| graph.initializer(&p.name, &lengths(&p.shape), weights)).collect();
    let probabilities = forward(&mut graph, network, pixels, &parameters);
    graph.output(&probabilities, names::PROBABILITIES);
    graph.into_model("classifier", description, metadata)
}

fn forward(graph: &mut GraphBuilder, network: &NetworkDescription, pixels: Value, parameters: &[Value]) -> Value {
    let mut pairs = parameters.chunks_exact(2);
    let mut pair = || pairs.next().expect("a weight and a bias for every layer that has them");
    let mut value = pixels;
    for layer in network.layers() {
        value = match layer {
            Layer::Conv3x3 { .. } => {
                let pair = pair();
                let sum = graph.conv(&value, &pair[0], Some(&pair[1]), 1, 0);
                graph.relu(&sum)
            }
            Layer::MaxPool => graph.max_pool(&value),
            Layer::Flatten => graph.flatten(&value),
            Layer::Dropout { .. } => value,
            Layer::Dense { activation, .. } => {
                let pair = pair();
                let sum = graph.gemm(&value, &pair[0], Some(&pair[1]), false, false);
                match activation {
                    Activation::Relu => graph.relu(&sum),
                    Activation::Softmax => graph.softmax(&sum),
                }
            }
        };
    }
    value
}

fn lengths(shape: &[usize]) -> Vec<i64> {
    shape.iter().map(|&length| length as i64).collect()
}
