//! Writing a graph down: inputs, constants, nodes, outputs. The operators are in `operators`.

use std::collections::HashMap;

use prost::Message as _;

use super::messages::{
    Attribute, Dimension, FLOAT, Graph, INT_ATTRIBUTE, INT64, INTS_ATTRIBUTE, Length, Model, Node, OperatorSet,
    Property, Shape, Tensor, TensorType, Type, ValueInfo,
};
use crate::kernels;

/// Length of a dimension that is known only when the model runs; the batch of an exported model.
pub const DYNAMIC: i64 = -1;

/// Operator set of every graph we write. Opset 17 is from 2022, so that old runtimes take our models.
const OPSET: i64 = 17;
/// The file format version that came with opset 17.
const IR_VERSION: i64 = 8;
/// Operators of ONNX Runtime itself. Only graphs that never leave the program use them.
pub(super) const RUNTIME_DOMAIN: &str = "com.microsoft";

/// A tensor of `f32` in a graph: its name and its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub(super) name: String,
    pub(super) shape: Vec<i64>,
}

impl Value {
    /// The lengths of its dimensions; [`DYNAMIC`] for the batch of an exported model.
    pub fn shape(&self) -> &[i64] {
        &self.shape
    }

    /// The lengths as an array, when there are `N` of them.
    pub(crate) fn dims<const N: usize>(&self) -> [i64; N] {
        self.shape.as_slice().try_into().expect("the caller knows the rank of the value it made")
    }
}

/// An attribute of a node.
pub(super) enum Setting<'a> {
    Int(&'static str, i64),
    Ints(&'static str, &'a [i64]),
}

/// Collects a graph. Operators are methods that check shapes as they go: a mismatch is a mistake in the
/// program and panics here, with the shapes, rather than inside the runtime.
#[derive(Default)]
pub struct GraphBuilder {
    nodes: Vec<Node>,
    initializers: Vec<Tensor>,
    inputs: Vec<ValueInfo>,
    outputs: Vec<ValueInfo>,
    integers: HashMap<Vec<i64>, String>,
    names: usize,
}

impl GraphBuilder {
    /// An input of the graph.
    pub fn input(&mut self, name: &str, shape: &[i64]) -> Value {
        self.inputs.push(value_info(name, shape));
        Value { name: name.to_owned(), shape: shape.to_vec() }
    }

    /// Makes `value`, which a node computes, an output of the graph under this name.
    pub fn output(&mut self, value: &Value, name: &str) {
        let rename = |names: &mut Vec<String>| {
            let mut found = false;
            for old in names.iter_mut().filter(|old| **old == value.name) {
                name.clone_into(old);
                found = true;
            }
            found
        };
        let mut computed = false;
        for node in &mut self.nodes {
            rename(&mut node.input);
            computed |= rename(&mut node.output);
        }
        assert!(computed, "no node computes {}, which should become the output {name}", value.name);
        self.outputs.push(value_info(name, &value.shape));
    }

    /// A constant with a name of its own, such as a trained weight.
    pub fn initializer(&mut self, name: &str, shape: &[i64], elements: &[f32]) -> Value {
        assert_eq!(shape.iter().product::<i64>(), elements.len() as i64, "{name} does not fit its shape {shape:?}");
        let raw_data = elements.iter().flat_map(|e| e.to_le_bytes()).collect();
        self.initializers.push(Tensor { dims: shape.to_vec(), data_type: FLOAT, name: name.to_owned(), raw_data });
        Value { name: name.to_owned(), shape: shape.to_vec() }
    }

    /// A constant.
    pub fn constant(&mut self, shape: &[i64], elements: &[f32]) -> Value {
        let name = self.fresh("constant");
        self.initializer(&name, shape, elements)
    }

    /// A constant without dimensions.
    pub fn scalar(&mut self, value: f32) -> Value {
        self.constant(&[], &[value])
    }

    /// A constant vector of whole numbers, as operators take them for axes and shapes; each is kept once.
    pub(super) fn integers(&mut self, values: &[i64]) -> String {
        if let Some(name) = self.integers.get(values) {
            return name.clone();
        }
        let name = self.index_table(&[values.len() as i64], values);
        self.integers.insert(values.to_vec(), name.clone());
        name
    }

    /// A constant tensor of whole numbers.
    pub(super) fn index_table(&mut self, shape: &[i64], values: &[i64]) -> String {
        assert_eq!(shape.iter().product::<i64>(), values.len() as i64, "{} numbers for {shape:?}", values.len());
        let name = self.fresh("integers");
        let raw_data = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        self.initializers.push(Tensor { dims: shape.to_vec(), data_type: INT64, name: name.clone(), raw_data });
        name
    }

    pub(super) fn add_initializer(&mut self, tensor: Tensor) {
        self.initializers.push(tensor);
    }

    pub(super) fn add_node(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// A node with one output.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str], settings: &[Setting<'_>], shape: Vec<i64>) -> Value {
        let name = self.fresh(operator);
        self.push("", operator, inputs, std::slice::from_ref(&name), settings);
        Value { name, shape }
    }

    /// A node as it is.
    pub(super) fn push(
        &mut self,
        domain: &str,
        operator: &str,
        inputs: &[&str],
        outputs: &[String],
        settings: &[Setting<'_>],
    ) {
        let attribute = |setting: &Setting<'_>| match *setting {
            Setting::Int(name, i) => {
                Attribute { name: name.to_owned(), i: Some(i), r#type: INT_ATTRIBUTE, ..Attribute::default() }
            }
            Setting::Ints(name, ints) => {
                Attribute { name: name.to_owned(), ints: ints.to_vec(), r#type: INTS_ATTRIBUTE, ..Attribute::default() }
            }
        };
        self.nodes.push(Node {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: outputs.to_vec(),
            name: outputs[0].clone(),
            op_type: operator.to_owned(),
            attribute: settings.iter().map(attribute).collect(),
            domain: domain.to_owned(),
        });
    }

    pub(super) fn fresh(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}_{}", self.names)
    }

    /// The model as the bytes of a file. `metadata` goes into `metadata_props`.
    pub fn into_model(self, name: &str, description: &str, metadata: Vec<(String, String)>) -> Vec<u8> {
        let mut opset_import = vec![OperatorSet { domain: String::new(), version: OPSET }];
        for domain in [RUNTIME_DOMAIN, kernels::DOMAIN] {
            if self.nodes.iter().any(|node| node.domain == domain) {
                opset_import.push(OperatorSet { domain: domain.to_owned(), version: 1 });
            }
        }
        let graph = Graph {
            node: self.nodes,
            name: name.to_owned(),
            initializer: self.initializers,
            doc_string: String::new(),
            input: self.inputs,
            output: self.outputs,
        };
        Model {
            ir_version: IR_VERSION,
            producer_name: "bauta".to_owned(),
            producer_version: env!("CARGO_PKG_VERSION").to_owned(),
            doc_string: description.to_owned(),
            graph: Some(graph),
            opset_import,
            metadata_props: metadata.into_iter().map(|(key, value)| Property { key, value }).collect(),
        }
        .encode_to_vec()
    }
}

fn value_info(name: &str, shape: &[i64]) -> ValueInfo {
    let length = |&length: &i64| {
        let length = if length == DYNAMIC { Length::Named("N".to_owned()) } else { Length::Fixed(length) };
        Dimension { length: Some(length) }
    };
    let shape = Shape { dim: shape.iter().map(length).collect() };
    let tensor_type = Some(TensorType { elem_type: FLOAT, shape: Some(shape) });
    ValueInfo { name: name.to_owned(), r#type: Some(Type { tensor_type }), doc_string: String::new() }
}
