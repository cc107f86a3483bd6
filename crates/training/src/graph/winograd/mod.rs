//! Convolutions with pools: the fast formulation.
//!
//! Maps are `[pictures, side, side, channels]`. The first layer is one operator ([`stem`]); the others are
//! Winograd's F(4×4, 3×3) ([`block`]): products of matrices between transforms, which are operators of ours
//! ([`crate::kernels`]). Only outputs that a pool reads are computed.

mod block;
mod kernel;
mod stem;

use self::{block::Block, stem::Stem};
use super::{formulation::Formulation, pass::Pass};
use crate::onnx::Value;

/// The first convolutions of a network, each with ReLU and a 2×2 pool: pixels in, maps out.
pub struct Trunk {
    stem: Stem,
    blocks: Vec<Block>,
}

impl Trunk {
    /// `layers` convolutions, at least 1. The first one's weight is parameter 0, its bias the next, and
    /// so on.
    pub fn new(layers: usize) -> Self {
        let blocks = (1..layers).map(|layer| Block::new(2 * layer)).collect();
        Self { stem: Stem::new(0), blocks }
    }
}

impl Formulation for Trunk {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        let mut maps = self.stem.forward(pass, input);
        for block in &mut self.blocks {
            maps = block.forward(pass, &maps);
        }
        pass.graph.transpose(&maps, &[0, 3, 1, 2])
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        assert!(!wanted, "the trunk begins the network: nothing before it needs a gradient");
        let mut gradient = pass.graph.transpose(gradient, &[0, 2, 3, 1]);
        for block in self.blocks.iter().rev() {
            gradient = block.backward(pass, &gradient);
        }
        self.stem.backward(pass, &gradient);
        None
    }
}
