//! The choice of how each layer is computed, and what a formulation is given to do it.

use super::{convolution::Convolution, dense, names, pooled_stem::PooledStem};
use crate::{
    network::{Activation, Layer, NetworkDescription},
    onnx::{GraphBuilder, Value},
};

/// One way of computing one layer, or a few neighbours together, and of taking its gradient.
pub trait Formulation {
    /// Adds the forward computation and remembers what the backward one needs.
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value;

    /// Adds the gradients of its parameters to the pass, given the gradient of its output. Gives the
    /// gradient of its input when that is `wanted`: nobody needs that of the pixels, the costliest of all.
    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value>;
}

/// Groups the layers of a network and chooses a formulation for each group.
pub fn choose(network: &NetworkDescription) -> Vec<Box<dyn Formulation>> {
    let mut chosen: Vec<Box<dyn Formulation>> = Vec::new();
    let mut layers = network.layers();
    let (mut parameter, mut mask) = (0, 0);
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
            Layer::MaxPool => Box::new(super::convolution::MaxPool::default()),
            Layer::Flatten => Box::new(dense::Flatten::default()),
            Layer::Dropout { .. } => Box::new(dense::Dropout::new(mask)),
            Layer::Dense { activation, .. } => Box::new(dense::Dense::new(parameter, activation == Activation::Relu)),
        };
        match first {
            Layer::Conv3x3 { .. } | Layer::Dense { .. } => parameter += 2,
            Layer::Dropout { .. } => mask += 1,
            Layer::MaxPool | Layer::Flatten => {}
        }
        chosen.push(formulation);
        layers = &layers[taken..];
    }
    chosen
}

/// A training graph in the making.
pub struct Pass {
    /// Where nodes go.
    pub graph: GraphBuilder,
    parameters: Vec<Trained>,
    masks: Vec<Value>,
}

/// A parameter in the graph.
struct Trained {
    name: String,
    value: Value,
    /// Its gradient, summed over earlier micro-batches.
    sum: Value,
    /// That sum with this micro-batch added.
    gradient: Option<Value>,
}

impl Pass {
    /// Declares the inputs for parameters, their sums, and dropout masks.
    pub fn new(network: &NetworkDescription, micro_batch: i64) -> Self {
        let mut graph = GraphBuilder::default();
        let mut trained = |parameter: crate::network::Parameter| {
            let shape: Vec<i64> = parameter.shape.iter().map(|&length| length as i64).collect();
            let value = graph.input(&parameter.name, &shape);
            let sum = graph.input(&names::sum(&parameter.name), &shape);
            Trained { name: parameter.name, value, sum, gradient: None }
        };
        let parameters = network.parameters().into_iter().map(&mut trained).collect();
        let dropouts = network.dropouts().into_iter().enumerate();
        let masks = dropouts.map(|(index, (count, _))| graph.input(&names::mask(index), &[micro_batch, count as i64]));
        Self { masks: masks.collect(), graph, parameters }
    }

    /// Parameter `index`, in the order of [`NetworkDescription::parameters`].
    pub fn parameter(&self, index: usize) -> Value {
        self.parameters[index].value.clone()
    }

    /// Mask of dropout layer `index`.
    pub fn mask(&self, index: usize) -> Value {
        self.masks[index].clone()
    }

    /// Adds this micro-batch's gradient of parameter `index`.
    pub fn add_gradient(&mut self, index: usize, gradient: &Value) {
        let total = self.graph.add(&self.parameters[index].sum.clone(), gradient);
        self.parameters[index].gradient = Some(total);
    }

    /// Adds this micro-batch's gradient of parameter `index` when it is `aᵀ · b`: the product adds to the
    /// sum by itself, which saves a pass over the largest tensors.
    pub fn add_product_gradient(&mut self, index: usize, a: &Value, b: &Value) {
        let sum = self.parameters[index].sum.clone();
        self.parameters[index].gradient = Some(self.graph.gemm(a, b, Some(&sum), true, false));
    }

    /// Makes every gradient an output.
    pub fn output_gradients(&mut self) {
        for trained in &self.parameters {
            let gradient = trained.gradient.as_ref().expect("every formulation adds the gradients of its parameters");
            self.graph.output(gradient, &names::gradient(&trained.name));
        }
    }
}
