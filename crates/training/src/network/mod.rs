//! What a network is: its layers, the shapes between them, its weights before training. How it is
//! computed and differentiated is in `graph`.

mod architectures;
mod initial;
mod layer;

use bauta_domain::Architecture;

pub use initial::initial_weights;
pub use layer::{Activation, Border, CHANNELS, Depthwise, EXPANSION, Layer, SampleShape};

use crate::TrainingError;

/// Name and shape of one trained tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Such as `conv1.weight` or `dense2.bias`.
    pub name: String,
    /// `[filters, channels, 3, 3]` for a 3×3 convolution, `[filters, channels]` for a 1×1 one, `[channels, 9]`
    /// or `[channels, 25]` for one of each channel by itself, `[inputs, units]` for a dense layer (as Keras, so that a row of
    /// inputs is multiplied from the left), one number for each output for a bias.
    pub shape: Vec<usize>,
}

impl Parameter {
    /// Number of weights.
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

/// A network for pictures of one size: layers, and the shapes between them.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkDescription {
    layers: Vec<Layer>,
    /// One more than layers: `shapes[i]` goes into layer `i`.
    shapes: Vec<SampleShape>,
}

impl NetworkDescription {
    /// The network of an architecture for squares of `size` pixels and this many classes. `dropout` is the
    /// share that dropout leaves out, `None` for the architecture's own. Pretrained architectures are made
    /// by [`Extractor::open`](crate::extractor::Extractor::open).
    ///
    /// # Errors
    /// When `size` is so small that nothing would be left of the picture.
    pub fn new(
        architecture: Architecture,
        size: u32,
        classes: usize,
        dropout: Option<f64>,
    ) -> Result<Self, TrainingError> {
        let build = |size: u32| Self::from_layers(architectures::layers(architecture, classes, dropout), size as usize);
        build(size).ok_or_else(|| {
            let minimum = (size..).find(|&larger| build(larger).is_some()).unwrap_or(u32::MAX);
            TrainingError::TooSmall { architecture, size, minimum }
        })
    }

    /// A network of these layers for pictures of `size` pixels; `None` as for [`with_input`](Self::with_input).
    pub fn from_layers(layers: Vec<Layer>, size: usize) -> Option<Self> {
        Self::with_input(layers, SampleShape::Picture { channels: CHANNELS, side: size })
    }

    /// A network of these layers; `None` when they do not fit each other or the input: nothing would be left
    /// of the picture, a dense layer sees a picture, or the last layer has no softmax.
    pub fn with_input(layers: Vec<Layer>, input: SampleShape) -> Option<Self> {
        let mut shape = input;
        let mut shapes = vec![shape];
        for (index, layer) in layers.iter().enumerate() {
            shape = layer.output(shape)?;
            let softmax = matches!(layer, Layer::Dense { activation: Activation::Softmax, .. });
            if softmax != (index + 1 == layers.len()) {
                return None;
            }
            shapes.push(shape);
        }
        (!layers.is_empty()).then_some(Self { layers, shapes })
    }

    /// The layers, from the picture to the probabilities.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Shape that goes into layer `index`.
    pub fn input_of(&self, index: usize) -> SampleShape {
        self.shapes[index]
    }

    /// Shape of one sample.
    pub fn input(&self) -> SampleShape {
        self.shapes[0]
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        match self.shapes.last() {
            Some(SampleShape::Row(classes)) => *classes,
            _ => unreachable!("a network ends with a dense layer"),
        }
    }

    /// For each dropout layer, how many numbers of a sample it sees and its rate.
    pub fn dropouts(&self) -> Vec<(usize, f32)> {
        let layers = self.layers.iter().zip(&self.shapes);
        let dropouts = layers.filter_map(|(layer, shape)| match layer {
            Layer::Dropout { rate } => Some((shape.count(), *rate)),
            _ => None,
        });
        dropouts.collect()
    }

    /// The trained tensors, weight before bias, layer by layer.
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        let mut numbers = [0; 4];
        let mut next = |kind: usize| {
            numbers[kind] += 1;
            numbers[kind]
        };
        let mut add = |name: String, weight: Vec<usize>, outputs: usize| {
            parameters.push(Parameter { name: format!("{name}.weight"), shape: weight });
            parameters.push(Parameter { name: format!("{name}.bias"), shape: vec![outputs] });
        };
        for (layer, &shape) in self.layers.iter().zip(&self.shapes) {
            match (*layer, shape) {
                (Layer::Conv3x3 { filters }, SampleShape::Picture { channels, .. }) => {
                    add(format!("conv{}", next(0)), vec![filters, channels, 3, 3], filters);
                }
                (Layer::Dense { units, .. }, SampleShape::Row(inputs)) => {
                    add(format!("dense{}", next(1)), vec![inputs, units], units);
                }
                (Layer::Pointwise { filters }, SampleShape::Picture { channels, .. }) => {
                    add(format!("pointwise{}", next(2)), vec![filters, channels], filters);
                }
                (Layer::InvertedResidual { channels: outputs, depthwise }, SampleShape::Picture { channels, .. }) => {
                    let (name, inside) = (format!("residual{}", next(3)), EXPANSION * channels);
                    add(format!("{name}.expand"), vec![inside, channels], inside);
                    add(format!("{name}.depthwise"), vec![inside, depthwise.kernel.pow(2)], inside);
                    add(format!("{name}.project"), vec![outputs, inside], outputs);
                }
                _ => {}
            }
        }
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Architecture; 4] =
        [Architecture::SmallVgg, Architecture::TwoConv, Architecture::Tiny, Architecture::VggLike];

    #[test]
    fn the_papers_network_has_the_papers_weights() {
        let network = NetworkDescription::new(Architecture::SmallVgg, 180, 4, None).unwrap();
        let count: usize = network.parameters().iter().map(Parameter::count).sum();
        // Keras' model.summary() of the same layers: 1792 + 36928 + 73856 + 147584 + 1244280 + 484.
        assert_eq!(count, 1_504_924);
        assert_eq!(network.dropouts(), [(128 * 9 * 9, 0.5)]);
    }

    #[test]
    fn every_architecture_takes_any_size_or_says_what_it_needs() {
        for architecture in ALL {
            let mut works = false;
            for size in 32..=256 {
                match NetworkDescription::new(architecture, size, 2, None) {
                    Ok(network) => {
                        works = true;
                        let side = size as usize;
                        assert_eq!(network.input(), SampleShape::Picture { channels: CHANNELS, side });
                        assert_eq!(network.classes(), 2);
                    }
                    Err(TrainingError::TooSmall { minimum, .. }) => {
                        assert!(!works && minimum > size, "{architecture:?} {size}");
                        assert!(
                            NetworkDescription::new(architecture, minimum, 2, None).is_ok(),
                            "{architecture:?} {minimum}"
                        );
                    }
                    Err(other) => panic!("{other}"),
                }
            }
            assert!(works, "{architecture:?}");
        }
    }

    #[test]
    fn layers_that_do_not_fit_make_no_network() {
        let last = Layer::Dense { units: 2, activation: Activation::Softmax };
        for layers in [
            vec![],
            vec![last],
            vec![Layer::Flatten],
            vec![Layer::Flatten, last, last],
            vec![Layer::Flatten, Layer::MaxPool, last],
        ] {
            assert_eq!(NetworkDescription::from_layers(layers.clone(), 8), None, "{layers:?}");
        }
    }
}
