//! What stands before the trained network in the exported model, and the same for the trainer's own check.

use bauta_domain::Preprocessing;
use bauta_inference::Runtime;
use ort::value::Tensor;

use crate::{
    TrainingError,
    data::Normalisation,
    engine::extraction_session,
    extractor::{Extractor, normalised},
    network::CHANNELS,
    onnx::{GraphBuilder, Value},
};

/// From RGB 0 to 255 to what the network takes.
pub enum Front {
    /// Centring and scaling.
    Pixels(Preprocessing),
    /// Pretrained networks.
    Backbones(Extractor),
}

impl Front {
    /// What happens to pixels first, for the description of the model.
    pub fn preprocessing(&self) -> Preprocessing {
        match self {
            Self::Pixels(preprocessing) => preprocessing.clone(),
            Self::Backbones(extractor) => extractor.preprocessing().clone(),
        }
    }

    /// Adds it to a graph; `image` is `[N, 3, side, side]`, RGB 0 to 255.
    pub fn graft(&self, graph: &mut GraphBuilder, image: &Value) -> Value {
        match self {
            Self::Pixels(preprocessing) => normalised(graph, image, preprocessing, ""),
            Self::Backbones(extractor) => extractor.graft(graph, image),
        }
    }

    /// The network's inputs of pictures, interleaved RGB squares of `side` pixels.
    ///
    /// # Errors
    /// When the runtime fails.
    pub fn inputs(&self, runtime: &Runtime, pictures: &[Vec<u8>], side: usize) -> Result<Vec<Vec<f32>>, TrainingError> {
        let as_planes = |picture: &Vec<u8>, preprocessing: &Preprocessing| {
            let mut planes = vec![0.0; picture.len()];
            Normalisation::new(preprocessing).write_planes(picture, &mut planes);
            planes
        };
        let extractor = match self {
            // Opening its networks takes longer than a few pictures do.
            Self::Backbones(_) if pictures.is_empty() => return Ok(Vec::new()),
            Self::Pixels(preprocessing) => {
                return Ok(pictures.iter().map(|picture| as_planes(picture, preprocessing)).collect());
            }
            Self::Backbones(extractor) => extractor,
        };
        let mut session = extraction_session(runtime.environment(), &extractor.model(side))?;
        let bytes = Preprocessing { mean: [0.0; 3], std: [1.0 / 255.0; 3] };
        let features = |picture: &Vec<u8>| {
            let image = Tensor::from_array(([1, CHANNELS, side, side], as_planes(picture, &bytes)))?;
            let outputs = session.run(ort::inputs![image])?;
            let mut features = outputs["features"].try_extract_tensor::<f32>()?.1.to_vec();
            extractor.apply_standardisation(&mut features);
            Ok(features)
        };
        pictures.iter().map(features).collect()
    }
}
