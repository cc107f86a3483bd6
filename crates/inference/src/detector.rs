//! Face detectors that are ONNX models.

use std::path::Path;

use bauta_domain::{
    Detection, ImageSize, RgbImage,
    ports::{Detector, Pace, PortError},
};
use bauta_imaging::resize_longer_side;
use ort::{
    session::{Session, SessionOutputs},
    value::{Tensor, ValueType},
};

use crate::{
    InferenceError, Runtime, SessionOptions,
    error::guarded,
    faces::{Candidate, CenterFaceOutputs, YuNetGrid},
    looks::{LEAST_SCORE, Look, Sightings, add_small, faces, pays_to_look_closer},
};

/// One look, at the usual size.
const QUICK: [Look; 1] = [Look { side: 640, mirrored: false }];

/// One look at a small copy.
const GLANCE: [Look; 1] = [Look { side: Pace::GLANCE_SIDE, mirrored: false }];

/// A larger look, and one at about half its size, mirrored, for half a quarter of its time: together they find
/// more and are wrong less often than a single look that takes as long (README, face detectors).
const THOROUGH: [Look; 2] = [Look { side: 704, mirrored: false }, Look { side: 320, mirrored: true }];

/// In a photo with many more pixels than that, small faces get one more look, so many times as close.
const CLOSER: u32 = 2;

/// Both networks halve the picture five times.
const MULTIPLE: u32 = 32;

const YUNET_STRIDES: [usize; 3] = [8, 16, 32];

/// A face network. It sees the picture in its proportions, a few hundred pixels long, filled up at the right
/// and at the bottom to multiples of 32; CenterFace looks twice, and once more from nearer where that pays, unless its
/// [pace](Detector::set_pace) says otherwise.
#[derive(Debug)]
pub struct OnnxDetector {
    session: Session,
    family: Family,
    input: String,
    looks: &'static [Look],
}

/// How a network's input and outputs are to be read.
#[derive(Debug)]
enum Family {
    /// RGB 0–255; outputs heatmap, scale and offset, here by their names.
    CenterFace { heatmap: String, scale: String, offset: String },
    /// BGR 0–255; outputs `cls_8`, `obj_8`, `bbox_8`, and the same for strides 16 and 32.
    YuNet,
}

impl OnnxDetector {
    /// Opens a detector; CenterFace and YuNet are told apart by their outputs.
    ///
    /// # Errors
    /// When the file is missing, damaged, or neither of the two.
    pub fn open(runtime: &Runtime, path: &Path, threads: usize) -> Result<Self, InferenceError> {
        let session = runtime.open_session(path, SessionOptions { threads })?;
        let found: Vec<String> = session
            .outputs()
            .iter()
            .map(|output| format!("{} {:?}", output.name(), channels(output.dtype())))
            .collect();
        let wrong = |found: String| InferenceError::WrongModel {
            path: path.into(),
            expected: "a CenterFace or YuNet network that takes pictures of any size".to_owned(),
            found,
            remedy: "choose another file",
        };
        let family = family(&session).ok_or_else(|| wrong(format!("a model with the outputs {}", found.join(", "))))?;
        let [input] = session.inputs() else {
            return Err(wrong(format!("a model with {} inputs", session.inputs().len())));
        };
        match dimensions(input.dtype()) {
            Some([_, 3, height, width]) if *height < 0 && *width < 0 => {}
            Some(shape) => return Err(wrong(format!("a model that takes {shape:?} only"))),
            None => return Err(wrong("a model whose input is no tensor".to_owned())),
        }
        let input = input.name().to_owned();
        let looks = family.looks(Pace::Thorough);
        Ok(Self { session, family, input, looks })
    }

    fn look(&mut self, image: &RgbImage, look: Look, min_score: f32) -> Result<Sightings, InferenceError> {
        let scaled = resize_longer_side(image, look.side);
        let size = scaled.size();
        let padded = ImageSize::new(size.width.next_multiple_of(MULTIPLE), size.height.next_multiple_of(MULTIPLE));
        let order = if matches!(self.family, Family::YuNet) { [2, 1, 0] } else { [0, 1, 2] };
        let mut tensor = padded_planes(&scaled, padded, order);
        if look.mirrored {
            mirror(&mut tensor, size.width as usize, padded.width as usize);
        }
        let shape = [1, 3, padded.height as usize, padded.width as usize];
        let (session, family, input) = (&mut self.session, &self.family, self.input.as_str());
        let mut candidates = guarded(|| {
            let tensor = Tensor::from_array((shape, tensor))?;
            let outputs = session.run(ort::inputs![input => tensor])?;
            family.decode(&outputs, padded.width as usize, min_score)
        })
        .map_err(|reason| InferenceError::Run { model: self.family.name().to_owned(), reason })?;
        if look.mirrored {
            candidates.iter_mut().for_each(|candidate| candidate.center[0] = size.width as f32 - candidate.center[0]);
        }
        let ratio = |scaled: u32, original: u32| f64::from(scaled) / f64::from(original);
        let scale = [ratio(size.width, image.size().width), ratio(size.height, image.size().height)];
        Ok(Sightings { candidates, scale })
    }
}

impl Detector for OnnxDetector {
    fn name(&self) -> &'static str {
        self.family.name()
    }

    fn detect(&mut self, image: &RgbImage, min_score: f64) -> Result<Vec<Detection>, PortError> {
        let least = LEAST_SCORE.min(min_score as f32);
        let looks = self.looks;
        let mut seen = looks.iter().map(|&look| self.look(image, look, least)).collect::<Result<Vec<_>, _>>()?;
        let mut found = faces(&seen, image.size(), min_score);
        if looks == THOROUGH && pays_to_look_closer(&seen[0], found.is_empty()) {
            let closer = Look { side: CLOSER * looks[0].side, mirrored: false };
            let closer = self.look(image, closer, least)?;
            let pair = [closer, seen.swap_remove(0)];
            add_small(&mut found, faces(&pair, image.size(), min_score), pair[1].scale);
        }
        Ok(found)
    }

    fn set_pace(&mut self, pace: Pace) {
        self.looks = self.family.looks(pace);
    }

    fn default_min_score(&self) -> f64 {
        match self.family {
            // The lowest hundredth at which 85 % of what it finds on 511 photos are faces (85.5; 0.40 gives 84.6):
            // a face that is missed costs more work than a proposal that is rejected.
            Family::CenterFace { .. } => 0.41,
            Family::YuNet => 0.6,
        }
    }
}

impl Family {
    fn looks(&self, pace: Pace) -> &'static [Look] {
        match (pace, self) {
            (Pace::Thorough, Self::CenterFace { .. }) => &THOROUGH,
            (Pace::Thorough, Self::YuNet) | (Pace::Quick, _) => &QUICK,
            (Pace::Glance, _) => &GLANCE,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::CenterFace { .. } => "centerface",
            Self::YuNet => "yunet",
        }
    }

    fn decode(&self, outputs: &SessionOutputs<'_>, width: usize, min_score: f32) -> ort::Result<Vec<Candidate>> {
        let values = |name: &str| -> ort::Result<&[f32]> { Ok(outputs[name].try_extract_tensor::<f32>()?.1) };
        match self {
            Self::CenterFace { heatmap, scale, offset } => {
                let (shape, heatmap) = outputs[heatmap.as_str()].try_extract_tensor::<f32>()?;
                let columns = shape.last().map_or(1, |&columns| columns as usize);
                let grid = CenterFaceOutputs { columns, heatmap, scale: values(scale)?, offset: values(offset)? };
                Ok(grid.candidates(min_score))
            }
            Self::YuNet => {
                let mut found = Vec::new();
                for stride in YUNET_STRIDES {
                    let grid = YuNetGrid {
                        stride,
                        columns: width / stride,
                        class: values(&format!("cls_{stride}"))?,
                        object: values(&format!("obj_{stride}"))?,
                        boxes: values(&format!("bbox_{stride}"))?,
                    };
                    found.extend(grid.candidates(min_score));
                }
                Ok(found)
            }
        }
    }
}

/// CenterFace's outputs have names that mean nothing; their order and numbers of channels are its mark.
fn family(session: &Session) -> Option<Family> {
    let outputs = session.outputs();
    let has = |name: String| outputs.iter().any(|output| output.name() == name);
    if YUNET_STRIDES.into_iter().all(|s| has(format!("cls_{s}")) && has(format!("obj_{s}")) && has(format!("bbox_{s}")))
    {
        return Some(Family::YuNet);
    }
    let name = |index: usize| outputs[index].name().to_owned();
    let channels: Vec<Option<i64>> = outputs.iter().map(|output| channels(output.dtype())).collect();
    let is_center_face = channels.starts_with(&[Some(1), Some(2), Some(2)]);
    is_center_face.then(|| Family::CenterFace { heatmap: name(0), scale: name(1), offset: name(2) })
}

fn dimensions(value: &ValueType) -> Option<&[i64]> {
    match value {
        ValueType::Tensor { shape, .. } => Some(shape),
        _ => None,
    }
}

/// The second dimension of four.
fn channels(value: &ValueType) -> Option<i64> {
    dimensions(value).filter(|shape| shape.len() == 4).map(|shape| shape[1])
}

/// Planes of the picture's channels in `order`, 0 to 255, with black at the right and at the bottom.
fn padded_planes(image: &RgbImage, padded: ImageSize, order: [usize; 3]) -> Vec<f32> {
    let (width, padded_width) = (image.size().width as usize, padded.width as usize);
    let plane_length = padded_width * padded.height as usize;
    let mut tensor = vec![0.0; 3 * plane_length];
    for (plane, channel) in tensor.chunks_exact_mut(plane_length).zip(order) {
        for (to, from) in plane.chunks_exact_mut(padded_width).zip(image.pixels().chunks_exact(3 * width)) {
            for (value, pixel) in to.iter_mut().zip(from.chunks_exact(3)) {
                *value = f32::from(pixel[channel]);
            }
        }
    }
    tensor
}

/// Exchanges left and right of the first `width` values of each row.
fn mirror(tensor: &mut [f32], width: usize, padded_width: usize) {
    tensor.chunks_exact_mut(padded_width).for_each(|row| row[..width].reverse());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_filled_up_at_the_right_and_at_the_bottom() {
        let image = RgbImage::new(ImageSize::new(1, 2), vec![1, 2, 3, 4, 5, 6]).unwrap();
        let planes = padded_planes(&image, ImageSize::new(2, 3), [2, 1, 0]);
        assert_eq!(planes[..6], [3., 0., 6., 0., 0., 0.]);
        assert_eq!(planes[12..], [1., 0., 4., 0., 0., 0.]);
        let mut rows = vec![1., 2., 3., 0., 4., 5., 6., 0.];
        mirror(&mut rows, 3, 4);
        assert_eq!(rows, [3., 2., 1., 0., 6., 5., 4., 0.]);
    }
}
