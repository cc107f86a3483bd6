//! The pretrained networks that this program knows: their files, what they expect of pixels, and which of their layers
//! can be trained.

use bauta_domain::Preprocessing;
use bauta_inference::Runtime;
use sha2::{Digest as _, Sha256};

use crate::{
    TrainingError,
    network::{Activation, Border, Depthwise, Layer, NetworkDescription, Parameter, SampleShape},
    onnx::Part,
};

/// A pretrained network.
pub struct Backbone {
    /// Its file among the models.
    pub file: &'static str,
    /// SHA-256 of the file, in hexadecimal digits, as in `models.toml`.
    sha256: &'static str,
    /// What it expects of pixels.
    pub preprocessing: Preprocessing,
    /// The value that its last blocks read, and its channels.
    map: (&'static str, usize),
    /// The layers behind the map, with the names that their weights have in the file.
    blocks: &'static [(&'static str, Layer)],
}

/// Numbers of a backbone's features.
pub const FEATURES: usize = 1280;
/// How many pixels one place of the map stands for.
const PIXELS: usize = 16;

const LAST: (&str, Layer) = ("last", Layer::Pointwise { filters: FEATURES });

pub const MOBILENET_V2: Backbone = Backbone {
    file: "mobilenet-v2.onnx",
    sha256: "43e6ba07754bd344b1c696ce5abe9f9ee450916fab2fd1684ad2359b68de2eab",
    preprocessing: Preprocessing { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    map: ("map", 96),
    blocks: &[
        ("block14", block(160, Depthwise::three(2))),
        ("block15", block(160, Depthwise::three(1))),
        ("block16", block(160, Depthwise::three(1))),
        ("block17", block(320, Depthwise::three(1))),
        LAST,
    ],
};

/// Its convolutions are TensorFlow's.
pub const EFFICIENTNET_LITE0: Backbone = Backbone {
    file: "efficientnet-lite0.onnx",
    sha256: "decb63e70cd9e4ecce435cb1a32b5f1c36e71cf7e2a5c3b9cb307f34f18c3f6c",
    preprocessing: Preprocessing { mean: [127.0 / 255.0; 3], std: [128.0 / 255.0; 3] },
    map: ("block11.sum", 112),
    blocks: &[
        ("block12", block(192, lite(5, 2))),
        ("block13", block(192, lite(5, 1))),
        ("block14", block(192, lite(5, 1))),
        ("block15", block(192, lite(5, 1))),
        ("block16", block(320, lite(3, 1))),
        LAST,
    ],
};

const fn block(channels: usize, depthwise: Depthwise) -> Layer {
    Layer::InvertedResidual { channels, depthwise }
}

const fn lite(kernel: usize, stride: usize) -> Depthwise {
    Depthwise { kernel, stride, border: Border::Least }
}

/// A backbone cut in two: what stays as it is, and what is trained.
pub struct Cut {
    /// From pixels to the map.
    pub part: Part,
    /// Shape of the map.
    pub map: SampleShape,
    /// From the map to the features.
    pub layers: Vec<Layer>,
    /// The weights of these layers, in the order of the parameters.
    pub weights: Vec<Vec<f32>>,
}

impl Backbone {
    /// All of it, from pixels to features.
    ///
    /// # Errors
    /// When its file is missing or is not the one that this program knows.
    pub fn whole(&self, runtime: &Runtime) -> Result<Part, TrainingError> {
        self.read(runtime, |model| Ok(Part::of(model, "features")?.0))
    }

    /// It for pictures of `side` pixels, cut before its last blocks.
    ///
    /// # Errors
    /// As for [`whole`](Self::whole).
    pub fn cut(&self, runtime: &Runtime, side: usize) -> Result<Cut, TrainingError> {
        let (name, channels) = self.map;
        let map = SampleShape::Picture { channels, side: side.div_ceil(PIXELS) };
        self.read(runtime, |model| {
            let (part, mut weights) = Part::of(model, name)?;
            let mut trained = Vec::new();
            for &(name, layer) in self.blocks {
                let parts: &[&str] = match layer {
                    Layer::InvertedResidual { .. } => &[".expand", ".depthwise", ".project"],
                    _ => &[""],
                };
                for name in parts.iter().flat_map(|part| ["weight", "bias"].map(|kind| format!("{name}{part}.{kind}")))
                {
                    trained.push(weights.remove(&name).ok_or_else(|| format!("no weights are called {name:?}"))?);
                }
            }
            let layers = self.blocks.iter().map(|(_, layer)| *layer).chain([Layer::MeanPool]);
            let layers: Vec<Layer> = layers.collect();
            let parameters = parameters(&layers, map);
            match parameters.iter().zip(&trained).find(|(parameter, weights)| parameter.count() != weights.len()) {
                Some((parameter, weights)) => Err(format!("{} weights for {}", weights.len(), parameter.name)),
                None => Ok(Cut { part, map, layers, weights: trained }),
            }
        })
    }

    fn read<T>(&self, runtime: &Runtime, parse: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<T, TrainingError> {
        let path = runtime.model_file(self.file);
        let unusable = |reason: String| TrainingError::Backbone { path: path.clone(), reason };
        let bytes = std::fs::read(&path).map_err(|error| unusable(error.to_string()))?;
        let found: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if found != self.sha256 {
            return Err(unusable(format!(
                "it was altered: its checksum begins with {} instead of {}",
                &found[..8],
                &self.sha256[..8]
            )));
        }
        parse(&bytes).map_err(unusable)
    }
}

fn parameters(layers: &[Layer], map: SampleShape) -> Vec<Parameter> {
    let end = [Layer::Dense { units: 2, activation: Activation::Softmax }];
    let network = NetworkDescription::with_input([layers, &end].concat(), map);
    network.expect("the layers fit each other").parameters()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_that_set_up_compares_with() {
        let listed = include_str!("../../../../models/models.toml");
        for Backbone { file, sha256, .. } in [MOBILENET_V2, EFFICIENTNET_LITE0] {
            let entry = listed.split("[[file]]").find(|entry| entry.contains(&format!("\"files/{file}\""))).unwrap();
            assert!(entry.contains(&format!("\nsha256 = \"{sha256}\"")), "{file}");
        }
    }
}
