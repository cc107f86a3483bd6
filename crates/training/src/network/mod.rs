//! What a network is: its layers, the shapes between them, its weights before training. How it is
//! computed and differentiated is in `graph`.

mod initial;

use bauta_domain::Architecture;

pub use initial::initial_weights;

use crate::TrainingError;

/// One layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layer {
    /// 3×3 convolution without padding, then ReLU.
    Conv3x3 {
        /// Number of filters.
        filters: usize,
    },
    /// MobileNetV2's block: 1×1 convolution to six times the channels, ReLU6, 3×3 convolution of each
    /// channel by itself with a border of zeros, ReLU6, 1×1 convolution; where the shape stays, what came in
    /// is added.
    InvertedResidual {
        /// Number of channels that come out.
        channels: usize,
        /// Step of the 3×3 convolution, 1 or 2.
        stride: usize,
    },
    /// 1×1 convolution, then ReLU6.
    Pointwise {
        /// Number of filters.
        filters: usize,
    },
    /// The mean of each channel, as one row of numbers.
    MeanPool,
    /// 2×2 maximum; a last odd row or column is dropped.
    MaxPool,
    /// The picture as one row of numbers: channel by channel, row by row.
    Flatten,
    /// While training, sets this share of numbers to zero and scales the others up to keep the mean.
    Dropout {
        /// Share, from 0 up to but not 1.
        rate: f32,
    },
    /// Every number with every number.
    Dense {
        /// Number of outputs.
        units: usize,
        /// What happens to them.
        activation: Activation,
    },
}

/// What happens to the outputs of a dense layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// max(x, 0).
    Relu,
    /// eˣ over the sum of all eˣ; the last layer's.
    Softmax,
}

/// Shape of one sample between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleShape {
    /// A square picture.
    Picture {
        /// Number of channels.
        channels: usize,
        /// Side in pixels.
        side: usize,
    },
    /// A row of this many numbers.
    Row(usize),
}

/// Name and shape of one trained tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Such as `conv1.weight` or `dense2.bias`.
    pub name: String,
    /// `[filters, channels, 3, 3]` for a 3×3 convolution, `[filters, channels]` for a 1×1 one, `[channels, 9]`
    /// for one of each channel by itself, `[inputs, units]` for a dense layer (as Keras, so that a row of
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

/// The channels of a picture: red, green, blue.
pub const CHANNELS: usize = 3;

/// How many times the channels an inverted residual has inside.
pub const EXPANSION: usize = 6;

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
        let build = |size: u32| Self::from_layers(layers(architecture, classes, dropout), size as usize);
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
                (Layer::InvertedResidual { channels: outputs, .. }, SampleShape::Picture { channels, .. }) => {
                    let (name, inside) = (format!("residual{}", next(3)), EXPANSION * channels);
                    add(format!("{name}.expand"), vec![inside, channels], inside);
                    add(format!("{name}.depthwise"), vec![inside, 9], inside);
                    add(format!("{name}.project"), vec![outputs, inside], outputs);
                }
                _ => {}
            }
        }
        parameters
    }
}

impl SampleShape {
    /// The shape of this many samples together.
    pub fn batch(self, count: usize) -> Vec<usize> {
        match self {
            Self::Picture { channels, side } => vec![count, channels, side, side],
            Self::Row(length) => vec![count, length],
        }
    }

    /// How many numbers a sample has.
    pub const fn count(self) -> usize {
        match self {
            Self::Picture { channels, side } => channels * side * side,
            Self::Row(count) => count,
        }
    }
}

impl Layer {
    /// How many parameters it has.
    pub const fn parameters(self) -> usize {
        match self {
            Self::Conv3x3 { .. } | Self::Dense { .. } | Self::Pointwise { .. } => 2,
            Self::InvertedResidual { .. } => 6,
            Self::MaxPool | Self::MeanPool | Self::Flatten | Self::Dropout { .. } => 0,
        }
    }

    /// Shape that comes out when `input` goes in; `None` when it cannot go in.
    fn output(&self, input: SampleShape) -> Option<SampleShape> {
        match (*self, input) {
            (Self::Conv3x3 { filters: channels }, SampleShape::Picture { side, .. }) if side > 2 && channels > 0 => {
                Some(SampleShape::Picture { channels, side: side - 2 })
            }
            (Self::MaxPool, SampleShape::Picture { channels, side }) if side > 1 => {
                Some(SampleShape::Picture { channels, side: side / 2 })
            }
            (Self::InvertedResidual { channels, stride }, SampleShape::Picture { side, .. })
                if channels > 0 && matches!(stride, 1 | 2) =>
            {
                Some(SampleShape::Picture { channels, side: side.div_ceil(stride) })
            }
            (Self::Pointwise { filters: channels }, SampleShape::Picture { side, .. }) if channels > 0 => {
                Some(SampleShape::Picture { channels, side })
            }
            (Self::MeanPool, SampleShape::Picture { channels, .. }) => Some(SampleShape::Row(channels)),
            (Self::Flatten, SampleShape::Picture { .. }) => Some(SampleShape::Row(input.count())),
            (Self::Dropout { rate }, SampleShape::Row(_)) if (0.0..1.0).contains(&rate) => Some(input),
            (Self::Dense { units, .. }, SampleShape::Row(_)) if units > 0 => Some(SampleShape::Row(units)),
            _ => None,
        }
    }
}

/// The layers that an architecture's name stands for.
fn layers(architecture: Architecture, classes: usize, dropout: Option<f64>) -> Vec<Layer> {
    let (groups, rate, hidden): (&[&[usize]], f32, usize) = match architecture {
        Architecture::SmallVgg => (&[&[64], &[64], &[128], &[128]], 0.5, 120),
        Architecture::TwoConv => (&[&[100], &[100]], 0.5, 50),
        Architecture::Tiny => (&[&[16], &[32], &[32]], 0.25, 48),
        Architecture::VggLike => (&[&[32, 32], &[64, 64], &[128, 128]], 0.5, 120),
        Architecture::MobilenetV2 | Architecture::EfficientnetLite0 | Architecture::TwoBackbones => {
            unreachable!("pretrained networks do not begin with pixels: see `extractor`")
        }
    };
    let mut layers = Vec::new();
    for group in groups {
        layers.extend(group.iter().map(|&filters| Layer::Conv3x3 { filters }));
        layers.push(Layer::MaxPool);
    }
    layers.extend([
        Layer::Flatten,
        Layer::Dropout { rate: dropout.map_or(rate, |rate| rate as f32) },
        Layer::Dense { units: hidden, activation: Activation::Relu },
        Layer::Dense { units: classes, activation: Activation::Softmax },
    ]);
    layers
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
