//! Layers, and the shapes between them.

/// The channels of a picture: red, green, blue.
pub const CHANNELS: usize = 3;

/// How many times the channels an inverted residual has inside.
pub const EXPANSION: usize = 6;

/// One layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Layer {
    /// 3×3 convolution without padding, then ReLU.
    Conv3x3 {
        /// Number of filters.
        filters: usize,
    },
    /// MobileNetV2's block: 1×1 convolution to six times the channels, ReLU6, a convolution of each channel by
    /// itself, ReLU6, 1×1 convolution; where the shape stays, what came in is added.
    InvertedResidual {
        /// Number of channels that come out.
        channels: usize,
        /// The convolution in the middle.
        depthwise: Depthwise,
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

/// A convolution of each channel by itself, with a border of zeros that keeps the side, or makes it its
/// `stride`-th part, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depthwise {
    /// Side of the kernel: 3 or 5.
    pub kernel: usize,
    /// Step, 1 or 2.
    pub stride: usize,
    /// Where the zeros go.
    pub border: Border,
}

/// Where the zeros around a picture go; the two differ for a stride of 2 only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// Half a kernel on each side, as PyTorch does.
    Even,
    /// As few as are needed, an odd one below and to the right: TensorFlow's `SAME`.
    Least,
}

impl Depthwise {
    /// MobileNetV2's.
    pub const fn three(stride: usize) -> Self {
        Self { kernel: 3, stride, border: Border::Even }
    }

    /// Side of what comes out for a picture of this side.
    pub const fn output_side(self, side: usize) -> usize {
        side.div_ceil(self.stride)
    }

    /// Rows of zeros above (as columns to the left) and below a picture of this side.
    pub fn zeros(self, side: usize) -> (usize, usize) {
        let total = ((self.output_side(side) - 1) * self.stride + self.kernel).saturating_sub(side);
        let before = match self.border {
            Border::Even => self.kernel / 2,
            Border::Least => total / 2,
        };
        (before, total.saturating_sub(before))
    }
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
    pub(super) fn output(&self, input: SampleShape) -> Option<SampleShape> {
        match (*self, input) {
            (Self::Conv3x3 { filters: channels }, SampleShape::Picture { side, .. }) if side > 2 && channels > 0 => {
                Some(SampleShape::Picture { channels, side: side - 2 })
            }
            (Self::MaxPool, SampleShape::Picture { channels, side }) if side > 1 => {
                Some(SampleShape::Picture { channels, side: side / 2 })
            }
            (Self::InvertedResidual { channels, depthwise }, SampleShape::Picture { side, .. })
                if channels > 0 && matches!(depthwise.stride, 1 | 2) && matches!(depthwise.kernel, 3 | 5) =>
            {
                Some(SampleShape::Picture { channels, side: depthwise.output_side(side) })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_around_a_picture_are_those_of_pytorch_and_of_tensorflow() {
        for (kernel, stride, border, side, expected) in [
            (3, 1, Border::Even, 14, (1, 1)),
            // The last row of zeros that PyTorch adds is never reached.
            (3, 2, Border::Even, 14, (1, 0)),
            (3, 2, Border::Even, 7, (1, 1)),
            (3, 2, Border::Least, 14, (0, 1)),
            (5, 2, Border::Least, 14, (1, 2)),
            (5, 2, Border::Least, 7, (2, 2)),
            (5, 1, Border::Least, 1, (2, 2)),
        ] {
            let depthwise = Depthwise { kernel, stride, border };
            assert_eq!(depthwise.zeros(side), expected, "{depthwise:?} of {side}");
        }
    }
}
