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
}

impl ColorModel {
    pub fn with_labels(labels: &[&str]) -> Self {
        let labels = labels.iter().map(|label| format!("{label:?}")).collect::<Vec<_>>().join(",");
        let manifest = format!(
            r#"{{"format":1,"name":"colours","labels":[{labels}],"inputSize":16,"preprocessing":{{"mean":[0,0,0],"std":[1,1,1]}},"trainedWith":null}}"#
        );
        Self { side: 16, manifest: Some(manifest), output: "probabilities", external: false }
    }

    pub fn save(&self, path: &Path) {
        std::fs::write(path, self.bytes()).unwrap();
    }

    fn bytes(&self) -> Vec<u8> {
        let axes = [text(1, "axes"), number(8, 2), number(8, 3), number(20, 7)].concat();
        let keep = [text(1, "keepdims"), number(3, 0), number(20, 2)].concat();
        let mean = [text(1, "image"), text(2, "mean"), text(4, "ReduceMean"), nested(5, &axes), nested(5, &keep)];
        let softmax = [text(1, "mean"), text(2, self.output), text(4, "Softmax")];
        let size = |n: u64| nested(1, &number(1, n));
        let input = value("image", &[nested(1, &text(2, "N")), size(3), size(self.side), size(self.side)].concat());
        let output = value(self.output, &[nested(1, &text(2, "N")), size(3)].concat());
        let outside = if self.external {
            let entry = [text(1, "location"), text(2, "/etc/passwd")].concat();
            nested(5, &[number(1, 1), number(2, 1), text(8, "weights"), nested(13, &entry), number(14, 1)].concat())
        } else {
            Vec::new()
        };
        let nodes = [nested(1, &mean.concat()), nested(1, &softmax.concat())].concat();
        let graph = [nodes, text(2, "g"), outside, nested(11, &input), nested(12, &output)].concat();
        let metadata = self
            .manifest
            .as_ref()
            .map_or(Vec::new(), |json| nested(14, &[text(1, bauta_inference::MANIFEST_KEY), text(2, json)].concat()));
        let opset = nested(8, &number(2, 13));
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
