//! The choice of how each layer is computed, and what a formulation is given to do it.

use super::{
    convolution::Convolution,
    dense,
    pass::Pass,
    pooled_stem::PooledStem,
    residual::{InvertedResidual, MeanPool, Pointwise},
    winograd::Trunk,
};
use crate::{
    network::{Activation, Layer, NetworkDescription},
    onnx::Value,
};

/// How the gradients of a network are computed. Both ways give the same ones but for rounding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Computation {
    /// The fastest way for each layer.
    #[default]
    Fast,
    /// The runtime's own operators throughout: slower, and what the fast way is compared with.
    Plain,
}

/// One way of computing one layer, or a few neighbours together, and of taking its gradient.
pub trait Formulation {
    /// Adds the forward computation and remembers what the backward one needs.
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value;

    /// Adds the gradients of its parameters to the pass, given the gradient of its output. Gives the
    /// gradient of its input when that is `wanted`: nobody needs that of the pixels, the costliest of all.
    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value>;
}

/// How many convolutions at the beginning of a network the fast way takes together: those with a pool
/// each. 0 when it does not apply.
pub fn in_trunk(network: &NetworkDescription, computation: Computation) -> usize {
    let pooled = |pair: &&[Layer]| matches!(pair, [Layer::Conv3x3 { .. }, Layer::MaxPool]);
    match computation {
        Computation::Fast => network.layers().chunks_exact(2).take_while(pooled).count(),
        Computation::Plain => 0,
    }
}

/// Groups the layers of a network and chooses a formulation for each group.
pub fn choose(network: &NetworkDescription, computation: Computation) -> Vec<Box<dyn Formulation>> {
    let mut chosen: Vec<Box<dyn Formulation>> = Vec::new();
    let trunk = in_trunk(network, computation);
    if trunk > 0 {
        chosen.push(Box::new(Trunk::new(trunk)));
    }
    let mut layers = &network.layers()[2 * trunk..];
    let (mut parameter, mut mask) = (2 * trunk, 0);
    while let [first, rest @ ..] = layers {
        let pooled = rest.first() == Some(&Layer::MaxPool);
        let mut taken = 1;
        let formulation: Box<dyn Formulation> = match *first {
            Layer::Conv3x3 { .. } if pooled => {
                taken = 2;
                if chosen.is_empty() {
                    Box::new(PooledStem::new(parameter))
                } else {
                    Box::new(Convolution::pooled(parameter))
                }
            }
            Layer::Conv3x3 { .. } => Box::new(Convolution::plain(parameter)),
            Layer::InvertedResidual { depthwise, .. } => Box::new(InvertedResidual::new(parameter, depthwise)),
            Layer::Pointwise { .. } => Box::new(Pointwise::new(parameter)),
            Layer::MeanPool => Box::new(MeanPool::default()),
            Layer::MaxPool => Box::new(super::convolution::MaxPool::default()),
            Layer::Flatten => Box::new(dense::Flatten::default()),
            Layer::Dropout { .. } => Box::new(dense::Dropout::new(mask)),
            Layer::Dense { activation, .. } => Box::new(dense::Dense::new(parameter, activation == Activation::Relu)),
        };
        parameter += first.parameters();
        mask += usize::from(matches!(first, Layer::Dropout { .. }));
        chosen.push(formulation);
        layers = &layers[taken..];
    }
    chosen
}
