//! A tiny classifier written byte by byte, so the tests need no training and no model files; only the
//! runtime library.

#![allow(dead_code)]

use std::path::{Path, PathBuf};

use bauta_inference::Runtime;

/// The runtime, or a printed reason why there is none and the test is skipped.
pub fn runtime() -> Option<Runtime> {
    match Runtime::find() {
        Ok(runtime) => Some(runtime),
        Err(error) => {
            eprintln!("skipped: {error}");
            None
        }
    }
}

/// A folder of real pictures or models beside the checkout, or a printed reason.
pub fn shared(path: &str) -> Option<PathBuf> {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if full.exists() {
        return Some(full);
    }
    eprintln!("skipped: {} is not there", full.display());
    None
}

/// A model whose probabilities are the softmax of the means of red, green and blue.
pub struct ColorModel {
    pub side: u64,
    pub manifest: Option<String>,
    pub output: &'static str,
    pub external: bool,
    /// Takes `[1, side, side, 3]` as other programs' networks may, one picture at a time.
    pub channels_last: bool,
    /// Leaves out the softmax: its scores are the means themselves.
    pub logits: bool,
    /// Answers with a value for each of the picture's, as a network that finds places does.
    pub map: bool,
    /// Version of ONNX's operators.
    pub opset: u64,
    /// More metadata, by key.
    pub metadata: Vec<(&'static str, &'static str)>,
}

impl ColorModel {
    pub fn with_labels(labels: &[&str]) -> Self {
        let labels = labels.iter().map(|label| format!("{label:?}")).collect::<Vec<_>>().join(",");
        let manifest = format!(
            r#"{{"format":1,"name":"colours","labels":[{labels}],"inputSize":16,"preprocessing":{{"mean":[0,0,0],"std":[1,1,1]}},"trainedWith":null}}"#
        );
        Self {
            side: 16,
            manifest: Some(manifest),
            output: "probabilities",
            external: false,
            channels_last: false,
            logits: false,
            map: false,
            opset: 13,
            metadata: Vec::new(),
        }
    }

    pub fn save(&self, path: &Path) {
        std::fs::write(path, self.bytes()).unwrap();
    }

    fn bytes(&self) -> Vec<u8> {
        let [down, across] = if self.channels_last { [1, 2] } else { [2, 3] };
        let axes = [text(1, "axes"), number(8, down), number(8, across), number(20, 7)].concat();
        let keep = [text(1, "keepdims"), number(3, 0), number(20, 2)].concat();
        let means = if self.logits { self.output } else { "mean" };
        let mean = [text(1, "image"), text(2, means), text(4, "ReduceMean"), nested(5, &axes), nested(5, &keep)];
        let softmax = [text(1, "mean"), text(2, self.output), text(4, "Softmax")];
        let size = |n: u64| nested(1, &number(1, n));
        let sides = [size(self.side), size(self.side)].concat();
        let input = match self.channels_last {
            true => value("image", &[size(1), sides, size(3)].concat()),
            false => value("image", &[nested(1, &text(2, "N")), size(3), sides].concat()),
        };
        let sides = if self.map { [size(self.side), size(self.side)].concat() } else { Vec::new() };
        let output = value(self.output, &[nested(1, &text(2, "N")), size(3), sides].concat());
        let outside = if self.external {
            let entry = [text(1, "location"), text(2, "/etc/passwd")].concat();
            nested(5, &[number(1, 1), number(2, 1), text(8, "weights"), nested(13, &entry), number(14, 1)].concat())
        } else {
            Vec::new()
        };
        let softmax = if self.logits { Vec::new() } else { nested(1, &softmax.concat()) };
        let relu = [text(1, "image"), text(2, self.output), text(4, "Relu")];
        let nodes = if self.map { nested(1, &relu.concat()) } else { [nested(1, &mean.concat()), softmax].concat() };
        let graph = [nodes, text(2, "g"), outside, nested(11, &input), nested(12, &output)].concat();
        let own = self.manifest.iter().map(|json| (bauta_inference::MANIFEST_KEY, json.as_str()));
        let all = own.chain(self.metadata.iter().copied());
        let metadata: Vec<u8> =
            all.flat_map(|(key, value)| nested(14, &[text(1, key), text(2, value)].concat())).collect();
        let opset = nested(8, &number(2, self.opset));
        [number(1, 8), nested(7, &graph), opset, metadata].concat()
    }
}

/// `ValueInfoProto` of a float tensor with these dimensions.
fn value(name: &str, dimensions: &[u8]) -> Vec<u8> {
    let tensor = [number(1, 1), nested(2, dimensions)].concat();
    [text(1, name), nested(2, &nested(1, &tensor))].concat()
}

fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

fn number(field: u64, n: u64) -> Vec<u8> {
    [varint(field << 3), varint(n)].concat()
}

fn nested(field: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

fn text(field: u64, text: &str) -> Vec<u8> {
    nested(field, text.as_bytes())
}
