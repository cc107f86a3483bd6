//! Classifiers that other programs made: what their files tell of themselves, and how crops become what they take.
//! What only people know is in a manifest beside the file.

use std::path::{Path, PathBuf};

use bauta_domain::{ChannelOrder, ForeignFacts, ForeignNetwork, ImageSize, ModelManifest, RgbImage};
use ort::{
    session::{Session, SessionInputValue},
    value::{Outlet, Tensor, TensorElementType, ValueType},
};

use crate::{
    InferenceError, Runtime, SessionOptions,
    classifier::{describe, parse},
    error::guarded,
    told,
};

/// Side of the trial picture when the network takes any.
const TRIAL_SIDE: u32 = 224;

/// Probabilities sum to 1, but for rounding.
const SUM_TOLERANCE: f32 = 1e-3;

/// A network for pictures with one input and one output of scores.
#[derive(Debug)]
pub(crate) struct Network {
    input: String,
    takes_bytes: bool,
    /// Pictures at a time, when the network takes just so many: one.
    pub one_by_one: bool,
    side: Option<u32>,
    channels_last: bool,
}

impl Network {
    /// The network of a session.
    ///
    /// # Errors
    /// When it is no classifier of pictures.
    pub(crate) fn of(session: &Session, path: &Path) -> Result<Self, InferenceError> {
        let wrong = || {
            InferenceError::WrongModel {
            path: path.into(),
            expected: "an image classifier: one input of pictures with 3 channels, [N, 3, H, W] or [N, H, W, 3], and one output of scores".to_owned(),
            found: describe(session),
            remedy: "choose another model, or export it with these alone",
        }
        };
        let ([input], [output]) = (session.inputs(), session.outputs()) else { return Err(wrong()) };
        let is_scores = matches!(output.dtype(), ValueType::Tensor { ty: TensorElementType::Float32, shape, .. } if shape.len() >= 2);
        if !is_scores {
            return Err(wrong());
        }
        Self::of_input(input).ok_or_else(wrong)
    }

    fn of_input(input: &Outlet) -> Option<Self> {
        let ValueType::Tensor { ty, shape, .. } = input.dtype() else { return None };
        let takes_bytes = match ty {
            TensorElementType::Float32 => false,
            TensorElementType::Uint8 => true,
            _ => return None,
        };
        let &[batch, a, b, c] = &shape[..] else { return None };
        let (channels_last, [height, width]) = match (a, c) {
            (3, _) => (false, [b, c]),
            (_, 3) => (true, [a, b]),
            _ => return None,
        };
        let side = match (height, width) {
            (height, width) if height < 0 && width < 0 => None,
            (height, width) if height == width => Some(u32::try_from(height).ok()?),
            _ => return None,
        };
        let one_by_one = batch == 1;
        (batch < 0 || one_by_one).then(|| Self {
            input: input.name().to_owned(),
            takes_bytes,
            one_by_one,
            side,
            channels_last,
        })
    }

    /// The scores of these crops, one after the other.
    pub(crate) fn run(
        &self,
        session: &mut Session,
        crops: &[RgbImage],
        manifest: &ModelManifest,
        order: ChannelOrder,
    ) -> Result<Vec<f32>, String> {
        let (side, count) = (manifest.input_size as usize, crops.len());
        let shape = if self.channels_last { [count, side, side, 3] } else { [count, 3, side, side] };
        let (answer, values) = guarded(|| {
            let input: SessionInputValue<'_> = if self.takes_bytes {
                let values = self.values(crops, order, &|_, value| value);
                Tensor::from_array((shape, values))?.into()
            } else {
                let [mean, std] = [manifest.preprocessing.mean, manifest.preprocessing.std];
                let scaled =
                    |channel: usize, value: u8| ((f64::from(value) / 255.0 - mean[channel]) / std[channel]) as f32;
                // Of each channel there are 256 values.
                let table: [[f32; 256]; 3] =
                    std::array::from_fn(|channel| std::array::from_fn(|value| scaled(channel, value as u8)));
                let values = self.values(crops, order, &|channel, value| table[channel][usize::from(value)]);
                Tensor::from_array((shape, values))?.into()
            };
            let outputs = session.run(ort::inputs![self.input.as_str() => input])?;
            outputs[0].try_extract_tensor::<f32>().map(|(shape, values)| (shape.to_vec(), values.to_vec()))
        })?;
        // [N, scores], with sides of 1 behind it or between. What finds places answers with a map.
        if answer.iter().skip(1).filter(|&&dimension| dimension > 1).count() > 1 {
            return Err(format!("its answer has the shape {answer:?}"));
        }
        Ok(values)
    }

    /// The pixels in the network's order; `value` takes the channel (0 is red) and its value.
    fn values<T>(&self, crops: &[RgbImage], order: ChannelOrder, value: &dyn Fn(usize, u8) -> T) -> Vec<T> {
        let channels = match order {
            ChannelOrder::Rgb => [0, 1, 2],
            ChannelOrder::Bgr => [2, 1, 0],
        };
        let mut values = Vec::with_capacity(crops.iter().map(|crop| crop.pixels().len()).sum());
        for crop in crops {
            let pixels = || crop.pixels().chunks_exact(3);
            if self.channels_last {
                values.extend(pixels().flat_map(|pixel| channels.map(|channel| value(channel, pixel[channel]))));
            } else {
                channels.iter().for_each(|&c| values.extend(pixels().map(|pixel| value(c, pixel[c]))));
            }
        }
        values
    }
}

/// Softmax of each row of `labels` logits.
pub(crate) fn softmax(scores: &mut [f32], labels: usize) {
    for row in scores.chunks_exact_mut(labels) {
        let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        row.iter_mut().for_each(|score| *score = (*score - highest).exp());
        let sum: f32 = row.iter().sum();
        row.iter_mut().for_each(|score| *score /= sum);
    }
}

/// The manifest that somebody wrote for a foreign model, beside it; `None` when there is none.
///
/// # Errors
/// When there is one that cannot be used.
pub(crate) fn beside(path: &Path) -> Result<Option<(ModelManifest, ForeignNetwork)>, InferenceError> {
    let json = manifest_of(path);
    let Ok(text) = std::fs::read_to_string(&json) else { return Ok(None) };
    // Other programs put files of that name there too.
    let is_ours = serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|value| value.get("inputSize").is_some());
    if !is_ours {
        return Ok(None);
    }
    let manifest = parse(&text, &json)?;
    Ok(manifest.foreign.map(|foreign| (manifest, foreign)))
}

/// Where the manifest of a model lies.
pub(crate) fn manifest_of(path: &Path) -> PathBuf {
    path.with_extension("json")
}

/// Whether the network is what its manifest says.
///
/// # Errors
/// When it is not.
pub(crate) fn check(
    network: &Network,
    manifest: &ModelManifest,
    foreign: &ForeignNetwork,
    path: &Path,
) -> Result<(), InferenceError> {
    let fits =
        network.side.is_none_or(|side| side == manifest.input_size) && network.channels_last == foreign.channels_last;
    if fits {
        return Ok(());
    }
    Err(InferenceError::WrongModel {
        path: path.into(),
        expected: format!("the model that {} describes", manifest_of(path).display()),
        found: format!("one for pictures of {} pixels", network.side.unwrap_or_default()),
        remedy: "delete that file and load the model again: you will be asked anew",
    })
}

impl Runtime {
    /// What a classifier of another program tells of itself; `None` for one of ours, and for one with a manifest
    /// beside it.
    ///
    /// # Errors
    /// When the file is missing, damaged, or no image classifier.
    pub fn foreign(&self, path: &Path) -> Result<Option<ForeignFacts>, InferenceError> {
        let mut session = self.open_session(path, SessionOptions { threads: 1 })?;
        if crate::classifier::embedded(&session, path)?.is_some() || beside(path)?.is_some() {
            return Ok(None);
        }
        let network = Network::of(&session, path)?;
        let (scores, gives_logits) = try_out(&network, &mut session, path)?;
        let metadata = told::Metadata::of(&session);
        let labels = metadata.labels().or_else(|| told::labels_beside(path)).filter(|found| found.len() == scores);
        Ok(Some(ForeignFacts {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            side: network.side,
            channels_last: network.channels_last,
            takes_bytes: network.takes_bytes,
            scores: u32::try_from(scores).unwrap_or(u32::MAX),
            gives_logits,
            labels: labels.unwrap_or_default(),
            order: metadata.order(),
            range: metadata.range(),
        }))
    }
}

/// Number of the scores, and whether they are logits: what it says of a dark, a bright and a noisy picture are
/// probabilities only when each sums to 1.
fn try_out(network: &Network, session: &mut Session, path: &Path) -> Result<(usize, bool), InferenceError> {
    let side = network.side.unwrap_or(TRIAL_SIDE);
    let size = ImageSize::new(side, side);
    let noise = (0..3 * side * side).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let trials =
        [Some(RgbImage::filled(size, [20; 3])), Some(RgbImage::filled(size, [230; 3])), RgbImage::new(size, noise)];
    let plain = ModelManifest {
        format: ModelManifest::FORMAT,
        name: String::new(),
        labels: Vec::new(),
        input_size: side,
        preprocessing: bauta_domain::ValueRange::Unit.preprocessing(),
        averages_views: false,
        milliseconds: None,
        trained_with: None,
        foreign: None,
    };
    let (mut scores, mut gives_logits) = (0, false);
    for trial in trials.into_iter().flatten() {
        let wrong = |found: String| InferenceError::WrongModel {
            path: path.into(),
            expected: "at least two scores for a picture".to_owned(),
            found,
            remedy: "choose another model",
        };
        let answer = network
            .run(session, &[trial], &plain, ChannelOrder::Rgb)
            .map_err(|reason| wrong(format!("none for a trial picture: {reason}")))?;
        if answer.len() < 2 || answer.iter().any(|score| !score.is_finite()) {
            return Err(wrong(format!("{} finite", answer.iter().filter(|score| score.is_finite()).count())));
        }
        let sum: f32 = answer.iter().sum();
        gives_logits |= answer.iter().any(|&score| score < -SUM_TOLERANCE) || (sum - 1.0).abs() > SUM_TOLERANCE;
        scores = answer.len();
    }
    Ok((scores, gives_logits))
}
