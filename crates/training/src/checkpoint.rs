//! The state of a training between two epochs, in a file, so that an interrupted one can go on.
//!
//! The file is [safetensors](https://huggingface.co/docs/safetensors): `weights.N` and `best.N` for each parameter N
//! of the network, `moments.N` for what the optimiser remembers, and the rest as JSON in its metadata.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use bauta_domain::{ConfusionMatrix, Dataset, EpochFigures, Split, TrainingConfig};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{TrainingError, engine::Engine, error::NotKept};

const KEY: &str = "bauta.checkpoint";
const FORMAT: u32 = 2;

/// The best epoch so far: highest validation accuracy, then lowest validation loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Its figures.
    pub figures: EpochFigures,
    /// Its confusion on the validation side.
    pub confusion: ConfusionMatrix,
    /// The weights after it, in the order of the network's parameters.
    pub weights: Vec<Vec<f32>>,
}

/// A training that did some epochs.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Figures of the epochs so far, in order from the first.
    pub figures: Vec<EpochFigures>,
    /// The best of them.
    pub best: Best,
    weights: Vec<Vec<f32>>,
    optimizer_steps: i32,
    moments: Vec<Vec<f32>>,
}

/// What is not numbers by the million.
#[derive(Serialize, Deserialize)]
struct Facts {
    format: u32,
    program: String,
    /// SHA-256 of the samples and of their division, in hexadecimal digits.
    samples: String,
    config: TrainingConfig,
    figures: Vec<EpochFigures>,
    best: EpochFigures,
    confusion: ConfusionMatrix,
    optimizer_steps: i32,
}

/// Which training a checkpoint is of.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    /// The samples.
    pub dataset: &'a Dataset,
    /// Who learns and who checks, whether or not they can be read now: a picture that is gone makes no other training.
    pub split: &'a Split,
    /// The settings.
    pub config: &'a TrainingConfig,
}

impl Identity<'_> {
    fn samples(&self) -> String {
        let mut hash = Sha256::new();
        let mut field = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        self.dataset.labels.iter().for_each(|label| field(label.as_bytes()));
        let mut folders = HashMap::new();
        for sample in &self.dataset.samples {
            field(wherever(&sample.source.path, &mut folders).as_os_str().as_encoded_bytes());
            let corners = sample.source.bbox.map(|bbox| [bbox.x1(), bbox.y1(), bbox.x2(), bbox.y2()]);
            field(&corners.into_iter().flatten().flat_map(f64::to_le_bytes).collect::<Vec<_>>());
            field(&(sample.label as u64).to_le_bytes());
        }
        for side in [&self.split.training, &self.split.validation] {
            field(&side.iter().flat_map(|&index| (index as u64).to_le_bytes()).collect::<Vec<_>>());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What of this training is not as it was in `facts`.
    fn differs(&self, facts: &Facts) -> Option<&'static str> {
        if !facts.config.is_of_one_training(self.config) {
            Some("settings")
        } else if facts.samples != self.samples() {
            Some("pictures, labels or split")
        } else {
            None
        }
    }
}

impl Checkpoint {
    /// Puts the engine where it was after the last epoch.
    pub fn restore(&self, engine: &mut Engine) {
        engine.set_weights(&self.weights);
        engine.restore_optimizer(self.optimizer_steps, &self.moments);
    }

    /// Reads what [`save`] wrote, for a training with the shapes of `engine`; `None` when there is no file.
    ///
    /// # Errors
    /// [`TrainingError::Checkpoint`] when the file is damaged or is not of this training.
    pub fn read(path: &Path, identity: Identity<'_>, engine: &Engine) -> Result<Option<Self>, TrainingError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refused(path, &error)),
        };
        parse(&bytes, identity, engine).map(Some).map_err(|reason| refused(path, &reason))
    }
}

/// A path that is the same from whatever working folder it was named. `folders` remembers those seen so far. The file
/// itself may be gone.
fn wherever<'a>(path: &'a Path, folders: &mut HashMap<&'a Path, PathBuf>) -> PathBuf {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return path.to_owned() };
    let real = folders.entry(folder).or_insert_with(|| {
        let named = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let absolute = || std::path::absolute(named).unwrap_or_else(|_| named.to_owned());
        named.canonicalize().unwrap_or_else(|_| absolute())
    });
    real.join(name)
}

fn refused(path: &Path, reason: &dyn std::fmt::Display) -> TrainingError {
    TrainingError::Checkpoint { path: path.to_owned(), reason: reason.to_string() }
}

/// Removes the state of an earlier training, so that nobody takes it for that of the one which begins now.
///
/// # Errors
/// When there is one and it cannot be removed.
pub fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Err(error),
        _ => Ok(()),
    }
}

/// Writes the state after an epoch; an earlier one stays until this one is whole.
///
/// # Errors
/// When the file cannot be written, or the state has a number that is not finite: nothing could go on from that.
pub fn save(
    path: &Path,
    identity: Identity<'_>,
    engine: &Engine,
    (figures, best): (&[EpochFigures], &Best),
) -> Result<(), NotKept> {
    let (optimizer_steps, moments) = engine.optimizer_state();
    let facts = Facts {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        samples: identity.samples(),
        config: identity.config.clone(),
        figures: figures.to_vec(),
        best: best.figures,
        confusion: best.confusion.clone(),
        optimizer_steps,
    };
    let weights = engine.weights();
    let mut tensors = Vec::new();
    let groups: [(&str, Vec<&[f32]>); 3] = [
        ("weights", weights.iter().map(Vec::as_slice).collect()),
        ("best", best.weights.iter().map(Vec::as_slice).collect()),
        ("moments", moments),
    ];
    for (group, values) in groups {
        for (index, values) in values.into_iter().enumerate() {
            if !values.iter().all(|value| value.is_finite()) {
                return Err(NotKept::NotFinite);
            }
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            tensors.push((format!("{group}.{index}"), values.len(), bytes));
        }
    }
    let views = tensors.iter().map(|(name, length, bytes)| {
        let view = TensorView::new(Dtype::F32, vec![*length], bytes).expect("four bytes a number");
        (name.as_str(), view)
    });
    let metadata = HashMap::from([(KEY.to_owned(), serde_json::to_string(&facts).map_err(io::Error::other)?)]);
    let bytes = safetensors::serialize(views, Some(metadata)).map_err(io::Error::other)?;
    Ok(bauta_files::write_whole(path, &bytes)?)
}

fn parse(bytes: &[u8], identity: Identity<'_>, engine: &Engine) -> Result<Checkpoint, String> {
    let damaged = |reason: &dyn std::fmt::Display| format!("it is damaged: {reason}");
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| damaged(&error))?;
    let facts = header.metadata().as_ref().and_then(|metadata| metadata.get(KEY));
    let facts = facts.ok_or_else(|| "it was not written by this program".to_owned())?;
    let facts: Facts = serde_json::from_str(facts).map_err(|error| damaged(&error))?;
    if facts.format != FORMAT {
        return Err(format!("its format is {}, this program reads {FORMAT}", facts.format));
    }
    if let Some(what) = identity.differs(&facts) {
        return Err(format!("it is of a training with other {what}"));
    }
    if facts.figures.is_empty() {
        return Err(damaged(&"it has no epoch"));
    }
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| damaged(&error))?;
    let counts: Vec<usize> = engine.weights().iter().map(Vec::len).collect();
    let moments: Vec<usize> = engine.optimizer_state().1.iter().map(|values| values.len()).collect();
    let read = |group: &str, counts: &[usize]| {
        counts
            .iter()
            .enumerate()
            .map(|(n, &count)| {
                let view = tensors.tensor(&format!("{group}.{n}")).map_err(|error| damaged(&error))?;
                let values = floats(&view).filter(|values| values.len() == count);
                values.ok_or_else(|| damaged(&format!("{group}.{n} does not have {count} finite numbers")))
            })
            .collect::<Result<Vec<_>, String>>()
    };
    Ok(Checkpoint {
        best: Best { figures: facts.best, confusion: facts.confusion, weights: read("best", &counts)? },
        weights: read("weights", &counts)?,
        moments: read("moments", &moments)?,
        optimizer_steps: facts.optimizer_steps,
        figures: facts.figures,
    })
}

/// The numbers of a tensor, when all are 32-bit and finite.
fn floats(view: &TensorView<'_>) -> Option<Vec<f32>> {
    if view.dtype() != Dtype::F32 {
        return None;
    }
    let (chunks, _) = view.data().as_chunks::<4>();
    chunks.iter().map(|bytes| Some(f32::from_le_bytes(*bytes)).filter(|value| value.is_finite())).collect()
}

#[cfg(test)]
mod tests {
    use bauta_domain::Preset;
    use bauta_inference::Runtime;

    use super::*;
    use crate::{
        engine::EngineSettings,
        network::{Activation, Layer, NetworkDescription},
    };

    #[test]
    fn a_state_with_a_number_that_is_not_finite_leaves_the_last_good_one() {
        let layers = vec![Layer::Flatten, Layer::Dense { units: 2, activation: Activation::Softmax }];
        let network = NetworkDescription::from_layers(layers, 4).unwrap();
        let settings = EngineSettings { threads: 1, ..EngineSettings::default() };
        let mut engine = Engine::new(Runtime::find().unwrap().environment(), network, &settings).unwrap();
        let (dataset, split) = (Dataset::default(), Split { training: Vec::new(), validation: Vec::new() });
        let identity = Identity { dataset: &dataset, split: &split, config: &Preset::Tiny.config() };
        let figures = EpochFigures {
            epoch: 1,
            loss: 0.5,
            accuracy: 0.5,
            val_loss: 0.5,
            val_accuracy: 0.5,
            seconds: 1.0,
            cpu_seconds: 1.0,
        };
        let confusion = ConfusionMatrix::new(Vec::new());
        let best = Best { figures, confusion, weights: engine.weights() };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        save(&path, identity, &engine, (&[figures], &best)).unwrap();
        let good = std::fs::read(&path).unwrap();
        for wrong in [f32::INFINITY, f32::NAN] {
            let mut moments: Vec<Vec<f32>> = engine.optimizer_state().1.iter().map(|part| part.to_vec()).collect();
            let whole = moments.clone();
            moments[3][0] = wrong;
            engine.restore_optimizer(1, &moments);
            let refused = save(&path, identity, &engine, (&[figures], &best));
            assert!(matches!(refused, Err(NotKept::NotFinite)), "{refused:?}");
            engine.restore_optimizer(1, &whole);
            let mut best = best.clone();
            best.weights[0][5] = wrong;
            assert!(save(&path, identity, &engine, (&[figures], &best)).is_err());
        }
        assert_eq!(std::fs::read(&path).unwrap(), good);
        assert!(Checkpoint::read(&path, identity, &engine).unwrap().is_some());
    }
}
