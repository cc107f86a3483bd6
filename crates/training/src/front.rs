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

    /// The network's inputs of pictures, interleaved RGB squares of `side` pixels, computed on so many threads.
    ///
    /// # Errors
    /// When the runtime fails.
    pub fn inputs(
        &self,
        (runtime, threads): (&Runtime, usize),
        pictures: &[Vec<u8>],
        side: usize,
    ) -> Result<Vec<Vec<f32>>, TrainingError> {
        let planes = |preprocessing: &Preprocessing| {
            let mut planes = vec![vec![0.0; CHANNELS * side * side]; pictures.len()];
            let normalisation = Normalisation::new(preprocessing);
            planes.iter_mut().zip(pictures).for_each(|(planes, picture)| normalisation.write_planes(picture, planes));
            planes
        };
        let extractor = match self {
            // Opening its networks takes longer than a few pictures do.
            Self::Backbones(_) if pictures.is_empty() => return Ok(Vec::new()),
            Self::Pixels(preprocessing) => return Ok(planes(preprocessing)),
            Self::Backbones(extractor) => extractor,
        };
        let mut session = extraction_session(runtime.environment(), &extractor.model(side), threads)?;
        let bytes = Preprocessing { mean: [0.0; 3], std: [1.0 / 255.0; 3] };
        let images = Tensor::from_array(([pictures.len(), CHANNELS, side, side], planes(&bytes).concat()))?;
        let outputs = session.run(ort::inputs![images])?;
        let features = outputs["features"].try_extract_tensor::<f32>()?.1;
        let mut features: Vec<Vec<f32>> =
            features.chunks_exact(features.len() / pictures.len()).map(<[f32]>::to_vec).collect();
        features.iter_mut().for_each(|features| extractor.apply_standardisation(features));
        Ok(features)
    }
}
