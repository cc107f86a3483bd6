//! The frozen front of a network: pretrained backbones that turn pixels into features or maps. What is
//! trained behind it is a [`NetworkDescription`] like any other.

use bauta_domain::{Architecture, Preprocessing};
use bauta_inference::Runtime;

use crate::{
    TrainingError,
    network::{Activation, CHANNELS, Layer, NetworkDescription, SampleShape},
    onnx::{DYNAMIC, GraphBuilder, Part, Value},
};

/// A pretrained network.
struct Backbone {
    /// Its file among the models.
    file: &'static str,
    /// What it expects of pixels.
    preprocessing: Preprocessing,
}

const MOBILENET_V2: Backbone = Backbone {
    file: "mobilenet-v2.onnx",
    preprocessing: Preprocessing { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};
const EFFICIENTNET_LITE0: Backbone = Backbone {
    file: "efficientnet-lite0.onnx",
    preprocessing: Preprocessing { mean: [127.0 / 255.0; 3], std: [128.0 / 255.0; 3] },
};

/// Numbers of a backbone's features.
const FEATURES: usize = 1280;
/// What MobileNetV2's 14th block reads: channels, and how many pixels one place stands for.
const MAP: (usize, usize) = (96, 16);
/// The layers behind the map, with the names that their weights have in the file.
const TRAINED: [(&str, Layer); 5] = [
    ("block14", Layer::InvertedResidual { channels: 160, stride: 2 }),
    ("block15", Layer::InvertedResidual { channels: 160, stride: 1 }),
    ("block16", Layer::InvertedResidual { channels: 160, stride: 1 }),
    ("block17", Layer::InvertedResidual { channels: 320, stride: 1 }),
    ("last", Layer::Pointwise { filters: FEATURES }),
];

/// The front, and what is trained behind it.
pub struct Extractor {
    parts: Vec<(Part, Preprocessing)>,
    shape: SampleShape,
    /// Once it is measured.
    standardisation: Option<Standardisation>,
}

/// Centring and scaling of features.
#[derive(Clone, Debug)]
pub struct Standardisation {
    /// What is subtracted from each feature.
    pub means: Vec<f32>,
    /// What it is multiplied with then.
    pub scales: Vec<f32>,
}

impl Standardisation {
    /// Centres and scales one sample's features.
    pub fn apply(&self, features: &mut [f32]) {
        let pairs = self.means.iter().zip(&self.scales);
        features.iter_mut().zip(pairs).for_each(|(feature, (mean, scale))| *feature = (*feature - mean) * scale);
    }
}

/// A network that begins behind a front, and where its training starts.
pub struct Behind {
    /// The layers.
    pub network: NetworkDescription,
    /// Weights to start from; parameters after these start anew.
    pub pretrained: Vec<Vec<f32>>,
}

impl Extractor {
    /// The front of an architecture for pictures of `side` pixels, and what is trained behind it; `None`
    /// when the architecture has no front.
    ///
    /// # Errors
    /// When a backbone's file is missing or not the one that this program knows.
    pub fn open(
        runtime: &Runtime,
        architecture: Architecture,
        side: usize,
        classes: usize,
        dropout: Option<f64>,
    ) -> Result<Option<(Self, Behind)>, TrainingError> {
        let dropout = |own: f32| Layer::Dropout { rate: dropout.map_or(own, |rate| rate as f32) };
        let softmax = Layer::Dense { units: classes, activation: Activation::Softmax };
        let backbones: &[&Backbone] = match architecture {
            Architecture::MobilenetV2 => {
                let (part, layers, pretrained) = trained_end(runtime)?;
                let layers = [layers, vec![Layer::MeanPool, dropout(0.3), softmax]].concat();
                let (channels, pixels) = MAP;
                let shape = SampleShape::Picture { channels, side: side.div_ceil(pixels) };
                let parts = vec![(part, MOBILENET_V2.preprocessing.clone())];
                return Ok(Some(Self::with(parts, shape, layers, pretrained)));
            }
            Architecture::EfficientnetLite0 => &[&EFFICIENTNET_LITE0],
            Architecture::TwoBackbones => &[&MOBILENET_V2, &EFFICIENTNET_LITE0],
            Architecture::SmallVgg | Architecture::TwoConv | Architecture::Tiny | Architecture::VggLike => {
                return Ok(None);
            }
        };
        let part = |backbone: &&Backbone| {
            let (part, _) = read(runtime, backbone, |model| Part::of(model, "features"))?;
            Ok((part, backbone.preprocessing.clone()))
        };
        let parts = backbones.iter().map(part).collect::<Result<Vec<_>, TrainingError>>()?;
        let hidden = Layer::Dense { units: 256, activation: Activation::Relu };
        let layers = vec![Layer::Dropout { rate: 0.2 }, hidden, dropout(0.5), softmax];
        let shape = SampleShape::Row(FEATURES * parts.len());
        Ok(Some(Self::with(parts, shape, layers, Vec::new())))
    }

    fn with(
        parts: Vec<(Part, Preprocessing)>,
        shape: SampleShape,
        layers: Vec<Layer>,
        pretrained: Vec<Vec<f32>>,
    ) -> (Self, Behind) {
        let network = NetworkDescription::with_input(layers, shape).expect("the layers fit each other");
        (Self { parts, shape, standardisation: None }, Behind { network, pretrained })
    }

    /// Shape of what it gives of one picture.
    pub fn shape(&self) -> SampleShape {
        self.shape
    }

    /// What the first backbone expects of pixels, for the description of the model. The graph does it itself.
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.parts[0].1
    }

    /// From now on features are centred and scaled.
    pub fn standardise(&mut self, standardisation: Standardisation) {
        self.standardisation = Some(standardisation);
    }

    /// Centres and scales features as the graph does.
    pub fn apply_standardisation(&self, features: &mut [f32]) {
        if let Some(standardisation) = &self.standardisation {
            standardisation.apply(features);
        }
    }

    /// Adds it to a graph; `image` is `[N, 3, side, side]`, RGB 0 to 255.
    pub fn graft(&self, graph: &mut GraphBuilder, image: &Value) -> Value {
        let part_shape: Vec<i64> = match self.shape {
            SampleShape::Picture { channels, side } => vec![DYNAMIC, channels as i64, side as i64, side as i64],
            SampleShape::Row(_) => vec![DYNAMIC, FEATURES as i64],
        };
        let mut values = Vec::new();
        for (index, (part, preprocessing)) in self.parts.iter().enumerate() {
            let prefix = format!("backbone{}.", index + 1);
            let pixels = normalised(graph, image, preprocessing, &prefix);
            values.push(graph.graft(part, &prefix, &pixels, &part_shape));
        }
        let features = if values.len() == 1 { values.remove(0) } else { graph.concat(&values, 1) };
        let Some(Standardisation { means, scales }) = &self.standardisation else { return features };
        let lengths = [1, means.len() as i64];
        let means = graph.initializer("features.mean", &lengths, means);
        let scales = graph.initializer("features.scale", &lengths, scales);
        let centred = graph.sub(&features, &means);
        graph.mul(&centred, &scales)
    }

    /// It alone as a model: `image` to `features`, before they are standardised.
    pub fn model(&self, side: usize) -> Vec<u8> {
        let mut graph = GraphBuilder::default();
        let image = graph.input("image", &[DYNAMIC, CHANNELS as i64, side as i64, side as i64]);
        let plain = Self { parts: self.parts.clone(), shape: self.shape, standardisation: None };
        let features = plain.graft(&mut graph, &image);
        let features = graph.identity(&features);
        graph.output(&features, "features");
        graph.into_model("extractor", "frozen backbones", Vec::new())
    }
}

/// Centring and scaling of an image in a graph, with constants called `<prefix>mean` and `<prefix>scale`.
pub fn normalised(graph: &mut GraphBuilder, image: &Value, preprocessing: &Preprocessing, prefix: &str) -> Value {
    let per_channel = [1, CHANNELS as i64, 1, 1];
    let Preprocessing { mean, std } = preprocessing;
    let mean = graph.initializer(&format!("{prefix}mean"), &per_channel, &mean.map(|mean| (255.0 * mean) as f32));
    let scale = std.map(|std| (1.0 / (255.0 * std)) as f32);
    let scale = graph.initializer(&format!("{prefix}scale"), &per_channel, &scale);
    let centred = graph.sub(image, &mean);
    graph.mul(&centred, &scale)
}

type TrainedEnd = (Part, Vec<Layer>, Vec<Vec<f32>>);

/// MobileNetV2 up to the map, the layers behind it, and their weights.
fn trained_end(runtime: &Runtime) -> Result<TrainedEnd, TrainingError> {
    read(runtime, &MOBILENET_V2, |model| {
        let (part, mut weights) = Part::of(model, "map")?;
        let layers: Vec<Layer> = TRAINED.iter().map(|(_, layer)| *layer).collect();
        let mut pretrained = Vec::new();
        for (name, layer) in TRAINED {
            let parts: &[&str] = match layer {
                Layer::InvertedResidual { .. } => &[".expand", ".depthwise", ".project"],
                _ => &[""],
            };
            for name in parts.iter().flat_map(|part| ["weight", "bias"].map(|kind| format!("{name}{part}.{kind}"))) {
                pretrained.push(weights.remove(&name).ok_or_else(|| format!("no weights are called {name:?}"))?);
            }
        }
        let shape = SampleShape::Picture { channels: MAP.0, side: 14 };
        let end = [Layer::MeanPool, Layer::Dense { units: 2, activation: Activation::Softmax }];
        let network = NetworkDescription::with_input([layers.clone(), end.to_vec()].concat(), shape);
        let parameters = network.expect("the layers fit each other").parameters();
        match parameters.iter().zip(&pretrained).find(|(parameter, weights)| parameter.count() != weights.len()) {
            Some((parameter, weights)) => Err(format!("{} weights for {}", weights.len(), parameter.name)),
            None => Ok((part, layers, pretrained)),
        }
    })
}

fn read<T>(
    runtime: &Runtime,
    backbone: &Backbone,
    parse: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<T, TrainingError> {
    let path = runtime.model_file(backbone.file);
    let unusable = |reason: String| TrainingError::Backbone { path: path.clone(), reason };
    let bytes = std::fs::read(&path).map_err(|error| unusable(error.to_string()))?;
    parse(&bytes).map_err(unusable)
}
