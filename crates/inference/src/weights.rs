//! Looks into an ONNX file, before the runtime does, for tensors that are kept in other files. Such a
//! tensor names a path, and a model from a stranger could name any file of this computer.

use prost::Message;

/// `TensorProto.DataLocation.EXTERNAL`.
const EXTERNAL: i32 = 1;

/// Graphs nest in attributes (If, Loop); deeper than this is not a network but an attack on the stack.
/// prost itself gives up after a hundred levels of messages.
const MAX_DEPTH: usize = 16;

/// Name of the first tensor whose values are not in the file, if there is one.
///
/// # Errors
/// When the bytes are not an ONNX model.
pub(crate) fn external_tensor(bytes: &[u8]) -> Result<Option<String>, String> {
    let model = Model::decode(bytes).map_err(|error| format!("not an ONNX file ({error})"))?;
    let graph = model.graph.ok_or("not an ONNX file (there is no graph in it)")?;
    if graph.node.is_empty() {
        return Err("not an ONNX file (its graph has no nodes)".to_owned());
    }
    let in_functions = model.functions.iter().flat_map(|function| &function.node);
    find_in_graph(&graph, 0).or_else(|| find_in_nodes(in_functions, 0)).map_or(Ok(None), |found| found.map(Some))
}

/// The version of ONNX's own operators that the model is made for; `None` when it does not say.
pub(crate) fn operators_version(bytes: &[u8]) -> Option<i64> {
    let model = Model::decode(bytes).ok()?;
    let own = |set: &&OperatorSet| matches!(set.domain.as_str(), "" | "ai.onnx");
    model.opset_import.iter().find(own).map(|set| set.version)
}

type Found = Option<Result<String, String>>;

fn find_in_graph(graph: &Graph, depth: usize) -> Found {
    let sparse = graph.sparse_initializer.iter().flat_map(sparse_tensors);
    find_in_tensors(graph.initializer.iter().chain(sparse)).or_else(|| find_in_nodes(&graph.node, depth))
}

fn find_in_nodes<'a>(nodes: impl IntoIterator<Item = &'a Node>, depth: usize) -> Found {
    if depth > MAX_DEPTH {
        return Some(Err(format!("graphs nest more than {MAX_DEPTH} deep")));
    }
    nodes.into_iter().flat_map(|node| &node.attribute).find_map(|attribute| {
        let sparse = attribute.sparse_tensor.iter().chain(&attribute.sparse_tensors).flat_map(sparse_tensors);
        find_in_tensors(attribute.t.iter().chain(&attribute.tensors).chain(sparse))
            .or_else(|| attribute.g.iter().chain(&attribute.graphs).find_map(|graph| find_in_graph(graph, depth + 1)))
    })
}

fn find_in_tensors<'a>(tensors: impl Iterator<Item = &'a Tensor>) -> Found {
    let is_external = |tensor: &&Tensor| tensor.data_location == EXTERNAL || !tensor.external_data.is_empty();
    tensors.into_iter().find(is_external).map(|tensor| Ok(tensor.name.clone()))
}

fn sparse_tensors(sparse: &SparseTensor) -> impl Iterator<Item = &Tensor> {
    sparse.values.iter().chain(&sparse.indices)
}

// The fields of onnx.proto3 that can lead to a tensor, by their numbers there; all others are skipped
// unread, the weights included.

#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
    #[prost(message, repeated, tag = "8")]
    opset_import: Vec<OperatorSet>,
    #[prost(message, repeated, tag = "25")]
    functions: Vec<Function>,
}

#[derive(Clone, PartialEq, Message)]
struct OperatorSet {
    #[prost(string, tag = "1")]
    domain: String,
    #[prost(int64, tag = "2")]
    version: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Function {
    #[prost(message, repeated, tag = "7")]
    node: Vec<Node>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "15")]
    sparse_initializer: Vec<SparseTensor>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
struct Attribute {
    #[prost(message, optional, tag = "5")]
    t: Option<Tensor>,
    #[prost(message, optional, tag = "6")]
    g: Option<Graph>,
    #[prost(message, repeated, tag = "10")]
    tensors: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    graphs: Vec<Graph>,
    #[prost(message, optional, tag = "22")]
    sparse_tensor: Option<SparseTensor>,
    #[prost(message, repeated, tag = "23")]
    sparse_tensors: Vec<SparseTensor>,
}

#[derive(Clone, PartialEq, Message)]
struct SparseTensor {
    #[prost(message, optional, tag = "1")]
    values: Option<Tensor>,
    #[prost(message, optional, tag = "2")]
    indices: Option<Tensor>,
}

#[derive(Clone, PartialEq, Message)]
struct Tensor {
    #[prost(string, tag = "8")]
    name: String,
    #[prost(message, repeated, tag = "13")]
    external_data: Vec<Entry>,
    #[prost(int32, tag = "14")]
    data_location: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(initializer: Vec<Tensor>, attribute: Vec<Attribute>) -> Vec<u8> {
        let graph = Graph { node: vec![Node { attribute }], initializer, sparse_initializer: vec![] };
        Model { graph: Some(graph), opset_import: vec![], functions: vec![] }.encode_to_vec()
    }

    fn outside(name: &str) -> Tensor {
        let location = Entry { key: "location".to_owned(), value: "/etc/passwd".to_owned() };
        Tensor { name: name.to_owned(), external_data: vec![location], data_location: EXTERNAL }
    }

    #[test]
    fn weights_outside_the_file_are_found_wherever_they_hide() {
        let inside = Tensor { name: "w".to_owned(), ..Tensor::default() };
        let nested = Graph { initializer: vec![outside("deep")], ..Graph::default() };
        for (bytes, expected) in [
            (model(vec![inside.clone()], vec![]), None),
            (model(vec![inside, outside("w2")], vec![]), Some("w2")),
            (model(vec![], vec![Attribute { t: Some(outside("constant")), ..Attribute::default() }]), Some("constant")),
            (model(vec![], vec![Attribute { g: Some(nested), ..Attribute::default() }]), Some("deep")),
        ] {
            assert_eq!(external_tensor(&bytes).unwrap().as_deref(), expected);
        }
    }

    #[test]
    fn the_version_of_the_operators_is_read() {
        let set = |domain: &str, version| OperatorSet { domain: domain.to_owned(), version };
        let model = Model { opset_import: vec![set("com.example", 1), set("", 99)], ..Model::default() };
        assert_eq!(operators_version(&model.encode_to_vec()), Some(99));
        assert_eq!(operators_version(b"text"), None);
    }

    #[test]
    fn what_is_no_model_says_so() {
        for bytes in [&b""[..], b"this is a text file", &[0xff; 64]] {
            let reason = external_tensor(bytes).unwrap_err();
            assert!(reason.contains("not an ONNX file"), "{reason}");
        }
    }
}
