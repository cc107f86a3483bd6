//! Convolutions with pools as products of rows: the fast formulation.
//!
//! Every map is a matrix `[rows, channels]`; where a row lies in its picture is known only to constant
//! index tables. The first layer is four products, one for each place of its pool windows ([`stem`]); the
//! others are Winograd's F(4×4, 3×3) ([`block`]). Only outputs that a pool reads are computed.

mod block;
mod stem;
mod transforms;

use self::{block::Block, stem::Stem};
use super::{formulation::Formulation, pass::Pass};
use crate::onnx::{GraphBuilder, Value};

/// The first convolutions of a network, each with ReLU and a 2×2 pool: pixels in, maps out.
pub struct Trunk {
    stem: Stem,
    blocks: Vec<Block>,
    last: Option<Rows>,
}

impl Trunk {
    /// `layers` convolutions, at least 1. The first one's weight is parameter 0, its bias the next, and
    /// so on.
    pub fn new(layers: usize) -> Self {
        let blocks = (1..layers).map(|layer| Block::new(2 * layer)).collect();
        Self { stem: Stem::new(0), blocks, last: None }
    }
}

impl Formulation for Trunk {
    fn forward(&mut self, pass: &mut Pass, input: &Value) -> Value {
        let mut rows = self.stem.forward(pass, input);
        for block in &mut self.blocks {
            rows = block.forward(pass, &rows);
        }
        let [_, channels] = rows.value.dims();
        let (batch, side) = (rows.batch as i64, rows.side as i64);
        let flat = pass.graph.gather_rows(&rows.value, &[batch, side * side], &rows.places);
        let planes = pass.graph.transpose(&flat, &[0, 2, 1]);
        let maps = pass.graph.reshape(&planes, &[batch, channels, side, side]);
        self.last = Some(rows);
        maps
    }

    fn backward(&self, pass: &mut Pass, gradient: &Value, wanted: bool) -> Option<Value> {
        assert!(!wanted, "the trunk begins the network: nothing before it needs a gradient");
        let last = self.last.as_ref().expect("forward comes before backward");
        let [batch, channels, side, _] = gradient.dims();
        let planes = pass.graph.reshape(gradient, &[batch, channels, side * side]);
        let flat = pass.graph.transpose(&planes, &[0, 2, 1]);
        let flat = pass.graph.reshape(&flat, &[batch * side * side, channels]);
        let mut gradient = pass.graph.put_into_rows(&flat, last.value.shape()[0], &last.places);
        for block in self.blocks.iter().rev() {
            gradient = block.backward(pass, &gradient);
        }
        self.stem.backward(pass, &gradient);
        None
    }
}

/// Square maps as a matrix of rows.
struct Rows {
    /// `[rows, channels]`; some rows may belong to no place.
    value: Value,
    /// Pictures.
    batch: usize,
    /// Side of a map.
    side: usize,
    /// The row of each place, picture by picture, in reading order.
    places: Vec<i64>,
}

/// The larger of two values, and how to route a gradient to the one it came from: the first among equals.
#[derive(Clone)]
struct Larger {
    first: Value,
    second: Value,
}

impl Larger {
    fn of(graph: &mut GraphBuilder, first: Value, second: Value) -> (Value, Self) {
        let larger = graph.max(&first, &second);
        (larger, Self { first, second })
    }

    /// The gradient of the first and of the second.
    fn routed(&self, graph: &mut GraphBuilder, gradient: &Value) -> [Value; 2] {
        // The gate is computed anew: remembering it would cost more memory than comparing again.
        let gate = graph.at_least(&self.first, &self.second);
        let first = graph.mul(gradient, &gate);
        let second = graph.sub(gradient, &first);
        [first, second]
    }
}
