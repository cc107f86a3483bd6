//! Classifiers: the models that this program trains, and those of others that somebody described.

use std::path::Path;

use bauta_domain::{
    Classification, ForeignNetwork, ModelManifest, RgbImage,
    ports::{Classifier, PortError},
};
use ort::{
    session::Session,
    value::{Outlet, Tensor, TensorElementType, ValueType},
};

use crate::{
    InferenceError, Runtime, SessionOptions,
    error::guarded,
    foreign::{self, Network, softmax},
    image_tensor,
};

/// Key of the ONNX file's metadata that holds the [`ModelManifest`] as JSON.
pub const MANIFEST_KEY: &str = "bauta.manifest";

/// Name of the input, `[N, 3, side, side]`, RGB 0 to 255.
pub const INPUT: &str = "image";

/// Name of the output, `[N, labels]`.
pub const OUTPUT: &str = "probabilities";

/// More crops at once need more memory and are no faster.
const MAX_BATCH: usize = 32;

/// A model that says what crops show.
#[derive(Debug)]
pub struct OnnxClassifier {
    session: Session,
    manifest: ModelManifest,
    /// How the network of another program is fed; ours normalise inside.
    foreign: Option<(Network, ForeignNetwork)>,
}

impl OnnxClassifier {
    /// Opens a classifier. The manifest of ours is in the file's metadata; a `.json` of the same name beside it
    /// must agree with it. That of another program's model is in the `.json` only (see [`Runtime::foreign`]).
    ///
    /// # Errors
    /// When the file is missing, damaged, no classifier, or the description beside it is another model's or,
    /// for one of another program, missing.
    pub fn open(runtime: &Runtime, path: &Path, threads: usize) -> Result<Self, InferenceError> {
        let session = runtime.open_session(path, SessionOptions { threads })?;
        if let Some(manifest) = embedded(&session, path)? {
            check_beside(path, &manifest)?;
            check_shapes(&session, &manifest, path)?;
            return Ok(Self { session, manifest, foreign: None });
        }
        let network = Network::of(&session, path)?;
        let json = foreign::manifest_of(path);
        let (manifest, described) =
            foreign::beside(path)?.ok_or_else(|| InferenceError::Undescribed { path: path.into(), json })?;
        foreign::check(&network, &manifest, &described, path)?;
        Ok(Self { session, manifest, foreign: Some((network, described)) })
    }

    fn run(&mut self, crops: &[RgbImage]) -> Result<Vec<Classification>, InferenceError> {
        let side = self.manifest.input_size;
        if let Some(size) = crops.iter().map(RgbImage::size).find(|size| size.width != side || size.height != side) {
            return Err(InferenceError::CropSize { expected: side, width: size.width, height: size.height });
        }
        let labels = self.manifest.labels.len();
        let failed = |reason| InferenceError::Run { model: self.manifest.name.clone(), reason };
        let probabilities = match &self.foreign {
            None => own_scores(&mut self.session, crops, side),
            Some((network, how)) => network.run(&mut self.session, crops, &self.manifest, how.order),
        };
        let mut probabilities = probabilities.map_err(failed)?;
        if probabilities.len() != crops.len() * labels || probabilities.iter().any(|p| !p.is_finite()) {
            return Err(failed(format!(
                "expected {} finite probabilities for {} crops, found {:?}",
                crops.len() * labels,
                crops.len(),
                &probabilities[..probabilities.len().min(8)]
            )));
        }
        if self.foreign.as_ref().is_some_and(|(_, how)| how.gives_logits) {
            softmax(&mut probabilities, labels);
        }
        let rows = probabilities.chunks_exact(labels);
        Ok(rows.map(|row| Classification { probabilities: row.to_vec() }).collect())
    }
}

impl Classifier for OnnxClassifier {
    fn manifest(&self) -> &ModelManifest {
        &self.manifest
    }

    fn classify(&mut self, crops: &[RgbImage]) -> Result<Vec<Classification>, PortError> {
        let mut all = Vec::with_capacity(crops.len());
        let one_by_one = self.foreign.as_ref().is_some_and(|(network, _)| network.one_by_one);
        for batch in crops.chunks(if one_by_one { 1 } else { MAX_BATCH }) {
            all.extend(self.run(batch)?);
        }
        Ok(all)
    }
}

/// What a network of ours says of these crops.
fn own_scores(session: &mut Session, crops: &[RgbImage], side: u32) -> Result<Vec<f32>, String> {
    let shape = [crops.len(), 3, side as usize, side as usize];
    guarded(|| {
        let tensor = Tensor::from_array((shape, image_tensor(crops, side)))?;
        let outputs = session.run(ort::inputs![INPUT => tensor])?;
        outputs[OUTPUT].try_extract_tensor::<f32>().map(|(_, values)| values.to_vec())
    })
}

/// The manifest in the file's metadata; `None` for a model of another program.
pub(crate) fn embedded(session: &Session, path: &Path) -> Result<Option<ModelManifest>, InferenceError> {
    let text = guarded(|| session.metadata().map(|metadata| metadata.custom(MANIFEST_KEY))).ok().flatten();
    text.map(|text| parse(&text, path)).transpose()
}

pub(crate) fn parse(text: &str, path: &Path) -> Result<ModelManifest, InferenceError> {
    let unusable = |reason: String| InferenceError::Manifest { path: path.into(), reason };
    // The format is looked at first: a later one may lack or rename any other field.
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let Format { format } = serde_json::from_str(text).map_err(|error| unusable(error.to_string()))?;
    if format > ModelManifest::FORMAT {
        return Err(unusable(bauta_domain::ManifestError::Newer { found: format }.to_string()));
    }
    let manifest: ModelManifest = serde_json::from_str(text).map_err(|error| unusable(error.to_string()))?;
    manifest.check().map_err(|error| unusable(error.to_string()))?;
    Ok(manifest)
}

/// The name may differ (people rename), what the numbers mean may not.
fn check_beside(path: &Path, manifest: &ModelManifest) -> Result<(), InferenceError> {
    let json = path.with_extension("json");
    let Ok(text) = std::fs::read_to_string(&json) else { return Ok(()) };
    let beside = parse(&text, &json)?;
    let same = beside.labels == manifest.labels
        && beside.input_size == manifest.input_size
        && beside.preprocessing == manifest.preprocessing;
    if same {
        return Ok(());
    }
    Err(InferenceError::WrongModel {
        path: path.into(),
        expected: format!("the model that {} describes (labels {})", json.display(), beside.labels.join(", ")),
        found: format!("one with the labels {} and {} px", manifest.labels.join(", "), manifest.input_size),
        remedy: "put the two files of one training together, or move the .json away: the model holds the same facts",
    })
}

fn check_shapes(session: &Session, manifest: &ModelManifest, path: &Path) -> Result<(), InferenceError> {
    let (side, labels) = (i64::from(manifest.input_size), manifest.labels.len() as i64);
    let [input] = session.inputs() else { return Err(wrong_shapes(session, manifest, path)) };
    let output = session.outputs().iter().find(|output| output.name() == OUTPUT);
    let fits = input.name() == INPUT
        && is_tensor(input, &[None, Some(3), Some(side), Some(side)])
        && output.is_some_and(|output| is_tensor(output, &[None, Some(labels)]));
    if fits { Ok(()) } else { Err(wrong_shapes(session, manifest, path)) }
}

/// Whether a value is a float tensor of this shape; `None` stands for a size that is free.
fn is_tensor(outlet: &Outlet, expected: &[Option<i64>]) -> bool {
    let ValueType::Tensor { ty: TensorElementType::Float32, shape, .. } = outlet.dtype() else { return false };
    shape.len() == expected.len()
        && shape.iter().zip(expected).all(|(&found, wished)| match wished {
            Some(wished) => found == *wished || found < 0,
            None => found < 0,
        })
}

fn wrong_shapes(session: &Session, manifest: &ModelManifest, path: &Path) -> InferenceError {
    let (side, labels) = (manifest.input_size, manifest.labels.len());
    InferenceError::WrongModel {
        path: path.into(),
        expected: format!(
            "input {INPUT} [N, 3, {side}, {side}] and output {OUTPUT} [N, {labels}], as its description says"
        ),
        found: describe(session),
        remedy: "export it again",
    }
}

pub(crate) fn describe(session: &Session) -> String {
    let list = |outlets: &[Outlet]| {
        let one = |outlet: &Outlet| match outlet.dtype() {
            ValueType::Tensor { shape, .. } => format!("{} {:?}", outlet.name(), &shape[..]),
            other => format!("{} {other:?}", outlet.name()),
        };
        outlets.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    format!("a model with the inputs {} and the outputs {}", list(session.inputs()), list(session.outputs()))
}
