//! Parts of other people's graphs in ours.

use std::collections::{HashMap, HashSet};

use prost::Message as _;

use super::{
    builder::{GraphBuilder, Value},
    messages::{FLOAT, Graph, Model, Node, Tensor},
};

/// The part of a graph that computes one value from its one input.
#[derive(Clone, Debug)]
pub struct Part {
    input: String,
    output: String,
    nodes: Vec<Node>,
    initializers: Vec<Tensor>,
}

/// The weights of a graph by name.
pub type Weights = HashMap<String, Vec<f32>>;

impl Part {
    /// What computes `output` in an ONNX file, and all weights of the file.
    ///
    /// # Errors
    /// When the bytes are no ONNX model, or it has no such value; says what was found.
    pub fn of(model: &[u8], output: &str) -> Result<(Self, Weights), String> {
        let model = Model::decode(model).map_err(|error| error.to_string())?;
        let Graph { node: nodes, initializer, input, .. } = model.graph.ok_or("the file has no graph")?;
        let [input] = input.as_slice() else { return Err(format!("{} inputs instead of one", input.len())) };
        // Nodes are in an order in which they can run, so that one walk backwards finds all that are needed.
        let mut needed = HashSet::from([output.to_owned()]);
        let mut kept: Vec<Node> = Vec::new();
        for node in nodes.into_iter().rev() {
            if node.output.iter().any(|name| needed.contains(name)) {
                needed.extend(node.input.iter().cloned());
                kept.push(node);
            }
        }
        if kept.is_empty() {
            return Err(format!("no value is called {output:?}"));
        }
        kept.reverse();
        let weights = initializer.iter().filter(|tensor| tensor.data_type == FLOAT).map(|tensor| {
            let values = tensor.raw_data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
            (tensor.name.clone(), values.collect())
        });
        let weights = weights.collect();
        let initializers = initializer.into_iter().filter(|tensor| needed.contains(&tensor.name)).collect();
        Ok((Self { input: input.name.clone(), output: output.to_owned(), nodes: kept, initializers }, weights))
    }
}

impl GraphBuilder {
    /// Adds a part, reading `input`. Its names get `prefix` before them. `shape` is that of its output.
    pub fn graft(&mut self, part: &Part, prefix: &str, input: &Value, shape: &[i64]) -> Value {
        let renamed = |name: &String| match name {
            name if *name == part.input => input.name.clone(),
            // An input that is left out stays so.
            name if name.is_empty() => String::new(),
            name => format!("{prefix}{name}"),
        };
        for tensor in &part.initializers {
            self.add_initializer(Tensor { name: renamed(&tensor.name), ..tensor.clone() });
        }
        for node in &part.nodes {
            self.add_node(Node {
                input: node.input.iter().map(renamed).collect(),
                output: node.output.iter().map(renamed).collect(),
                name: format!("{prefix}{}", node.name),
                ..node.clone()
            });
        }
        Value { name: renamed(&part.output), shape: shape.to_vec() }
    }
}
