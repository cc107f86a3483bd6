//! The networks that begin with pixels.

use bauta_domain::Architecture;

use super::{Activation, Layer};

/// The layers that an architecture's name stands for.
pub(super) fn layers(architecture: Architecture, classes: usize, dropout: Option<f64>) -> Vec<Layer> {
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
