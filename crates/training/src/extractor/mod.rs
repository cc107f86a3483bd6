//! The frozen front of a network: pretrained backbones that turn pixels into features or maps. What is
//! trained behind it is a [`NetworkDescription`] like any other.

mod backbones;

use bauta_domain::{Architecture, Head, Preprocessing, TrainingConfig};
use bauta_inference::Runtime;

use self::backbones::{Backbone, Cut, EFFICIENTNET_LITE0, FEATURES, MOBILENET_V2};
use crate::{
    TrainingError,
    network::{Activation, CHANNELS, Layer, NetworkDescription, SampleShape},
    onnx::{DYNAMIC, GraphBuilder, Part, Value},
};

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
    /// The front of an architecture, and what is trained behind it; `None` when the architecture has no front.
    ///
    /// # Errors
    /// When a backbone's file is missing or not the one that this program knows, or the architecture has no
    /// such head.
    pub fn open(
        runtime: &Runtime,
        config: &TrainingConfig,
        classes: usize,
    ) -> Result<Option<(Self, Behind)>, TrainingError> {
        let backbones: &[&Backbone] = match config.architecture {
            Architecture::MobilenetV2 => &[&MOBILENET_V2],
            Architecture::EfficientnetLite0 => &[&EFFICIENTNET_LITE0],
            Architecture::TwoBackbones => &[&MOBILENET_V2, &EFFICIENTNET_LITE0],
            Architecture::SmallVgg | Architecture::TwoConv | Architecture::Tiny | Architecture::VggLike => {
                return Ok(None);
            }
        };
        let dropout = |own: f32| Layer::Dropout { rate: config.dropout.map_or(own, |rate| rate as f32) };
        let dense = |units, activation| Layer::Dense { units, activation };
        let softmax = dense(classes, Activation::Softmax);
        let head = match config.architecture.head(config.head).unwrap_or(Head::Wide) {
            Head::Blocks => {
                let [backbone] = backbones else { return Err(TrainingError::NoBlocks) };
                let Cut { part, map, layers, weights } = backbone.cut(runtime, config.image_size as usize)?;
                let layers = [layers, vec![dropout(0.3), softmax]].concat();
                let parts = vec![(part, backbone.preprocessing.clone())];
                return Ok(Some(Self::with(parts, map, layers, weights)));
            }
            Head::Wide => {
                vec![Layer::Dropout { rate: 0.2 }, dense(256, Activation::Relu), dropout(0.5), softmax]
            }
            Head::Tutorial => vec![dense(128, Activation::Relu), dropout(0.5), softmax],
        };
        let part = |backbone: &&Backbone| Ok((backbone.whole(runtime)?, backbone.preprocessing.clone()));
        let parts = backbones.iter().map(part).collect::<Result<Vec<_>, TrainingError>>()?;
        let shape = SampleShape::Row(FEATURES * parts.len());
        Ok(Some(Self::with(parts, shape, head, Vec::new())))
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
