//! Everything before the first step: reading pictures, computing features, choosing the network.

use std::path::Path;

use bauta_domain::{
    Head, Preprocessing, Split,
    ports::{CancelToken, TrainingJob},
};
use bauta_inference::Runtime;

use crate::{
    TrainingError, checks,
    data::{Changes, FeaturePlan, FeatureSource, Features, Normalisation, PictureSource, Pictures, Source},
    extractor::{Behind, Extractor},
    front::Front,
    network::NetworkDescription,
};

/// Versions that maps and features are computed of, beside the plain one. More cost more than they gained where it was
/// measured.
const CHANGED_MAPS: Changes = Changes::MirrorAndRandom(3);
const CHANGED_FEATURES: Changes = Changes::InTurn(1);

/// What the steps need.
pub struct Prepared<'a> {
    /// Inputs of the network.
    pub source: Box<dyn Source + 'a>,
    /// The split without pictures that cannot be read.
    pub split: Split,
    /// What stands before the network in the exported model.
    pub front: Front,
    /// What is trained.
    pub network: NetworkDescription,
    /// Weights that its first parameters start from.
    pub pretrained: Vec<Vec<f32>>,
}

/// Where work is done, and how to stop it.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The runtime.
    pub runtime: &'a Runtime,
    /// Folder for features.
    pub cache: &'a Path,
    /// Worker threads, at least 1.
    pub threads: usize,
    /// Bytes of pixels that are kept in memory.
    pub memory: usize,
    /// Asks to stop.
    pub cancel: &'a CancelToken,
}

/// Reads every picture once. `None` when it was cancelled.
///
/// # Errors
/// When the settings, the dataset or a pretrained network cannot be used.
pub fn prepare<'a>(
    place: Place<'_>,
    job: &TrainingJob<'a>,
    progress: &mut dyn FnMut(usize),
) -> Result<Option<Prepared<'a>>, TrainingError> {
    let TrainingJob { dataset, config, .. } = *job;
    let (side, classes) = (config.image_size as usize, dataset.labels.len());
    let behind = Extractor::open(place.runtime, config, classes)?;
    if let Some((extractor, behind)) = behind {
        return from_features(place, job, extractor, behind, progress);
    }
    let network = NetworkDescription::new(config.architecture, config.image_size, classes, config.dropout)?;
    let Place { threads, memory, cancel, .. } = place;
    let pictures = Pictures::read(dataset, job.samples, side, memory, threads, cancel, progress)?;
    let Some(pictures) = pictures else { return Ok(None) };
    // The normalisation is that of the pictures to learn from, which are known once all were read.
    let unmeasured = Preprocessing { mean: [0.0; 3], std: [1.0; 3] };
    let mut source = PictureSource {
        pictures,
        augmentation: config.augmentation,
        normalisation: Normalisation::new(&unmeasured),
        seed: u64::from(config.seed),
    };
    let split = checks::readable_split(dataset, job.split, &source)?;
    let preprocessing = source.pictures.preprocessing(&split.training);
    source.normalisation = Normalisation::new(&preprocessing);
    let front = Front::Pixels(preprocessing);
    Ok(Some(Prepared { source: Box::new(source), split, front, network, pretrained: Vec::new() }))
}

fn from_features<'a>(
    place: Place<'_>,
    job: &TrainingJob<'a>,
    mut extractor: Extractor,
    behind: Behind,
    progress: &mut dyn FnMut(usize),
) -> Result<Option<Prepared<'a>>, TrainingError> {
    let TrainingJob { dataset, config, .. } = *job;
    let head = config.architecture.head(config.head);
    let is_fine_tuned = head == Some(Head::Blocks);
    let plan = FeaturePlan {
        dataset,
        reader: job.samples,
        extractor: &extractor,
        kind: (config.architecture, is_fine_tuned),
        side: config.image_size as usize,
        augmentation: config.augmentation,
        changes: if is_fine_tuned { CHANGED_MAPS } else { CHANGED_FEATURES },
        mirrored: config.average_views,
        seed: u64::from(config.seed),
    };
    let environment = place.runtime.environment();
    let features = Features::of(&plan, environment, place.cache, place.threads, place.cancel, progress)?;
    let Some(features) = features else { return Ok(None) };
    let mut source = FeatureSource { features, standardisation: None };
    let split = checks::readable_split(dataset, job.split, &source)?;
    if head == Some(Head::Wide) {
        let standardisation = source.features.standardisation(&split.training)?;
        source.standardisation = Some(standardisation.clone());
        extractor.standardise(standardisation);
    }
    let Behind { network, pretrained } = behind;
    Ok(Some(Prepared { source: Box::new(source), split, front: Front::Backbones(extractor), network, pretrained }))
}
