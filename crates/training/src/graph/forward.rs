//! The forward pass alone: to check with while training, and to export.

use super::names;
use crate::{
    front::Front,
    network::{Activation, CHANNELS, Layer, NetworkDescription},
    onnx::{DYNAMIC, GraphBuilder, Value},
};

/// Name of the exported model's input.
pub const IMAGE: &str = "image";

/// A graph that takes normalised pixels and the parameters as inputs, as the training graph does, so
/// that it sees every change of the optimiser.
pub fn evaluation_graph(network: &NetworkDescription, micro_batch: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::default();
    let input = graph.input(names::INPUT, &lengths(&network.input().batch(micro_batch)));
    let parameters = network.parameters();
    let parameters: Vec<Value> = parameters.iter().map(|p| graph.input(&p.name, &lengths(&p.shape))).collect();
    let probabilities = forward(&mut graph, network, input, &parameters);
    graph.output(&probabilities, names::PROBABILITIES);
    graph.into_model("evaluation", "forward pass on a micro-batch", Vec::new())
}

/// The model that leaves the program: standard operators, weights inside, RGB values 0 to 255 of `side`
/// pixels in, probabilities out, any number of pictures at once. With `averages_views` they are the means
/// over a picture and its mirror image.
pub fn exported_graph(
    (front, network): (&Front, &NetworkDescription),
    weights: &[Vec<f32>],
    (side, averages_views): (u32, bool),
    description: &str,
    metadata: Vec<(String, String)>,
) -> Vec<u8> {
    let mut graph = GraphBuilder::default();
    let (side, channels) = (i64::from(side), CHANNELS as i64);
    let image = graph.input(IMAGE, &[DYNAMIC, channels, side, side]);
    let views = if averages_views { graph.with_mirror_images(&image) } else { image };
    let input = front.graft(&mut graph, &views);
    let parameters = network.parameters().into_iter().zip(weights);
    let parameters: Vec<Value> =
        parameters.map(|(p, weights)| graph.initializer(&p.name, &lengths(&p.shape), weights)).collect();
    let probabilities = forward(&mut graph, network, input, &parameters);
    let probabilities = if averages_views { graph.mean_of_halves(&probabilities) } else { probabilities };
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
            Layer::InvertedResidual { depthwise: convolution, .. } => {
                let [expand, depthwise, project] = [pair(), pair(), pair()];
                let x = value;
                let wide = pointwise(graph, &x, expand, true);
                let side = convolution.kernel as i64;
                let kernel = graph.reshape(&depthwise[0], &[depthwise[0].shape()[0], 1, side, side]);
                let filtered = graph.depthwise(&wide, (&kernel, &depthwise[1]), *convolution);
                let filtered = graph.clip(&filtered, 0.0, 6.0);
                let projected = pointwise(graph, &filtered, project, false);
                if projected.shape() == x.shape() { graph.add(&projected, &x) } else { projected }
            }
            Layer::Pointwise { .. } => {
                let pair = pair();
                pointwise(graph, &value, pair, true)
            }
            Layer::MeanPool => graph.channel_means(&value),
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

/// A 1×1 convolution, with ReLU6 or without.
fn pointwise(graph: &mut GraphBuilder, x: &Value, pair: &[Value], relu6: bool) -> Value {
    let [filters, channels] = pair[0].dims();
    let kernel = graph.reshape(&pair[0], &[filters, channels, 1, 1]);
    let y = graph.conv(x, &kernel, Some(&pair[1]), 1, 0);
    if relu6 { graph.clip(&y, 0.0, 6.0) } else { y }
}

fn lengths(shape: &[usize]) -> Vec<i64> {
    shape.iter().map(|&length| length as i64).collect()
}
