//! The file that leaves the program: written beside its target, opened again and compared with the
//! trained network, and only then given its name.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

use bauta_domain::{ModelManifest, Preprocessing};
use bauta_inference::{Runtime, SessionOptions};
use ort::value::Tensor;
use tempfile::NamedTempFile;

use crate::{
    TrainingError,
    front::Front,
    graph::{exported_graph, names},
    network::{CHANNELS, NetworkDescription},
};

/// Largest difference of a probability between the exported and the trained network. Float rounding
/// alone gives some 10⁻⁶.
const LIMIT: f32 = 1e-4;

/// Key of the manifest in the file's metadata.
const MANIFEST_KEY: &str = "bauta.manifest";

/// Crops of the training and what the trained network says of them.
pub struct Proof {
    /// Interleaved RGB squares of the network's size.
    pub pictures: Vec<Vec<u8>>,
    /// `[pictures, classes]`
    pub probabilities: Vec<f32>,
}

/// A trained network.
pub struct TrainedNetwork<'a> {
    /// What stands before it.
    pub front: &'a Front,
    /// Its layers.
    pub network: &'a NetworkDescription,
    /// Its weights, in the order of [`NetworkDescription::parameters`].
    pub weights: &'a [Vec<f32>],
    /// Its contract.
    pub manifest: &'a ModelManifest,
}

/// Finds out before hours of training whether `model` can be written, making its folder if need be.
///
/// # Errors
/// When it cannot.
pub fn check_writable(model: &Path) -> Result<(), TrainingError> {
    temporary(model).map(drop).map_err(|reason| TrainingError::Write { path: model.to_path_buf(), reason })
}

/// Writes `model` (`….onnx`) and the manifest beside it (`….json`), after the written file was opened
/// again and gave the trained network's own probabilities. An earlier model stays as it was until then.
///
/// # Errors
/// When the files cannot be written, or the model does not agree; then nothing is left behind.
pub fn export(
    runtime: &Runtime,
    trained: &TrainedNetwork<'_>,
    proof: &Proof,
    model: &Path,
) -> Result<(), TrainingError> {
    let write_error = |path: &Path| {
        let path = path.to_path_buf();
        move |reason| TrainingError::Write { path, reason }
    };
    let manifest_path = manifest_path(model);
    let as_json = |manifest: &ModelManifest| {
        serde_json::to_string_pretty(manifest).map_err(|error| write_error(&manifest_path)(error.into()))
    };
    // The description says what an answer costs, so the model is measured before it is written for good.
    // What is thrown away again need not be safe from power cuts.
    let draft = beside(model, &model_bytes(trained, &as_json(trained.manifest)?)).map_err(write_error(model))?;
    let milliseconds = check_agreement(runtime, draft.path(), trained.manifest, proof, proof.pictures.len())?;
    drop(draft);
    let manifest = as_json(&ModelManifest { milliseconds: Some(milliseconds), ..trained.manifest.clone() })?;
    let model_file = written(model, &model_bytes(trained, &manifest)).map_err(write_error(model))?;
    let manifest_file = written(&manifest_path, manifest.as_bytes()).map_err(write_error(&manifest_path))?;
    // Nothing but the description differs now: one picture tells whether the file is whole.
    check_agreement(runtime, model_file.path(), trained.manifest, proof, 1)?;
    persist(model_file, model).map_err(write_error(model))?;
    persist(manifest_file, &manifest_path).map_err(write_error(&manifest_path))
}

/// The manifest's place: the model's, ending in `.json`.
pub fn manifest_path(model: &Path) -> PathBuf {
    model.with_extension("json")
}

fn model_bytes(trained: &TrainedNetwork<'_>, manifest_json: &str) -> Vec<u8> {
    let ModelManifest { name, labels, input_size, preprocessing, averages_views, .. } = trained.manifest;
    let Preprocessing { mean, std } = preprocessing;
    let description = format!(
        "{name}: tells {} apart. Input image [N,3,{input_size},{input_size}]: RGB, 0 to 255. Output probabilities [N,{}]. Normalised inside.",
        labels.join(", "),
        labels.len()
    );
    // Keys that other programs can use without knowing ours, as JSON.
    let metadata = [
        (MANIFEST_KEY, manifest_json.to_owned()),
        ("labels", serde_json::json!(labels).to_string()),
        ("input_size", input_size.to_string()),
        ("mean", serde_json::json!(mean).to_string()),
        ("std", serde_json::json!(std).to_string()),
    ];
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value)).to_vec();
    let network = (trained.front, trained.network);
    exported_graph(network, trained.weights, (*input_size, *averages_views), &description, metadata)
}

/// Runs the file on the first `count` of the proof's pictures and compares. Gives the milliseconds of the quickest
/// answer.
fn check_agreement(
    runtime: &Runtime,
    file: &Path,
    manifest: &ModelManifest,
    proof: &Proof,
    count: usize,
) -> Result<f64, TrainingError> {
    let opened = runtime.open_session(file, SessionOptions { threads: 1 });
    let mut session = opened.map_err(|error| TrainingError::ExportUnusable { reason: error.to_string() })?;
    let mut quickest = f64::INFINITY;
    let (side, classes) = (manifest.input_size as usize, manifest.labels.len());
    for (picture, expected) in proof.pictures.iter().zip(proof.probabilities.chunks_exact(classes)).take(count) {
        let planes: Vec<f32> = (0..CHANNELS)
            .flat_map(|channel| picture.iter().skip(channel).step_by(CHANNELS).map(|&value| f32::from(value)))
            .collect();
        let image = Tensor::from_array(([1, CHANNELS, side, side], planes))?;
        let began = Instant::now();
        let outputs = session.run(ort::inputs![image])?;
        quickest = quickest.min(began.elapsed().as_secs_f64() * 1000.0);
        let (_, found) = outputs[names::PROBABILITIES].try_extract_tensor::<f32>()?;
        let differences = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
        // A NaN must not pass as agreement, so the comparison is the right way round.
        let difference = differences.fold(0.0_f32, |top, d| if d <= top { top } else { d });
        let agrees = found.len() == classes && difference <= LIMIT;
        if !agrees {
            return Err(TrainingError::ExportDiffers { difference, limit: LIMIT });
        }
    }
    Ok(quickest)
}

/// A complete file beside `target`, on the disk.
fn written(target: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
    let file = beside(target, bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// A complete file beside `target`, which the system may not have put on the disk yet.
fn beside(target: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
    let mut file = temporary(target)?;
    file.write_all(bytes)?;
    Ok(file)
}

fn temporary(target: &Path) -> std::io::Result<NamedTempFile> {
    let folder = folder(target);
    fs_err::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".bauta-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Temporary files are private by default; a model is as readable as any other file.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

fn folder(target: &Path) -> &Path {
    target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Gives the file its name, for good: only a synced folder remembers it after a power cut.
fn persist(file: NamedTempFile, target: &Path) -> std::io::Result<()> {
    file.persist(target).map_err(|failed| failed.error)?;
    #[cfg(unix)]
    fs_err::File::open(folder(target))?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use bauta_domain::Architecture;

    use super::*;
    use crate::network::initial_weights;

    #[test]
    fn a_model_that_disagrees_is_not_kept_and_the_earlier_one_stays() {
        let network = NetworkDescription::new(Architecture::Tiny, 32, 2, None).unwrap();
        let weights = initial_weights(&network.parameters(), 1);
        let manifest = ModelManifest {
            format: ModelManifest::FORMAT,
            name: "test".to_owned(),
            labels: vec!["a".to_owned(), "b".to_owned()],
            input_size: 32,
            preprocessing: Preprocessing { mean: [0.5; 3], std: [0.25; 3] },
            averages_views: false,
            milliseconds: None,
            trained_with: None,
            foreign: None,
        };
        let front = Front::Pixels(manifest.preprocessing.clone());
        let trained = TrainedNetwork { front: &front, network: &network, weights: &weights, manifest: &manifest };
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("model.onnx");
        std::fs::write(&model, "an earlier model").unwrap();
        let runtime = Runtime::find().unwrap();
        for wrong in [[0.9, 0.1], [f32::NAN, 0.5]] {
            let proof = Proof { pictures: vec![vec![127; 32 * 32 * 3]], probabilities: wrong.to_vec() };
            let error = export(&runtime, &trained, &proof, &model).unwrap_err();
            assert!(matches!(error, TrainingError::ExportDiffers { .. }), "{error}");
        }
        assert_eq!(std::fs::read(&model).unwrap(), b"an earlier model");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
