//! The paper's face detector: Viola and Jones' cascade of Haar features
//! (<https://doi.org/10.1109/CVPR.2001.990517>), as OpenCV has it. It misses most masked faces; it is
//! here because the paper used it.

use std::path::{Path, PathBuf};

use bauta_domain::{
    BoundingBox, Detection, RgbImage,
    ports::{Detector, PortError},
};
use bauta_imaging::resize_longer_side;
use opencv::{
    core::{Mat, Rect, Size, Vector},
    objdetect::CascadeClassifier,
    prelude::{CascadeClassifierTrait, CascadeClassifierTraitConst},
};

use crate::{VisionError, cascade_file::wrong_contents, error::silence_opencv};

const CASCADE: &str = "haarcascade_frontalface_default.xml";

/// Where packages of OpenCV put their cascades.
const FOLDERS: [&str; 5] = [
    "/usr/share/opencv4/haarcascades",
    "/usr/share/opencv/haarcascades",
    "/usr/local/share/opencv4/haarcascades",
    "/opt/homebrew/share/opencv4/haarcascades",
    "C:/tools/opencv/build/etc/haarcascades",
];

/// Longer side of what the cascade sees.
const SIDE: u32 = 640;

/// The paper's settings: each search window 1.1 times the last, five neighbours that agree.
const SCALE_FACTOR: f64 = 1.1;
const MIN_NEIGHBORS: i32 = 5;
/// Smallest face, in pixels of the scaled picture.
const MIN_FACE: i32 = 30;

/// OpenCV's frontal-face cascade.
#[derive(Debug)]
pub struct HaarDetector {
    cascade: CascadeClassifier,
}

impl HaarDetector {
    /// Finds and opens the frontal-face cascade, as [`HaarDetector::locate`] does.
    ///
    /// # Errors
    /// When it is nowhere, or cannot be read.
    pub fn find(models: Option<&Path>) -> Result<Self, VisionError> {
        Self::open(&Self::locate(models)?)
    }

    /// The file of the frontal-face cascade: in `models` (and `models/files`) when given, else where packages of
    /// OpenCV put it. It is not read: that takes OpenCV 40 ms.
    ///
    /// # Errors
    /// When it is nowhere.
    pub fn locate(models: Option<&Path>) -> Result<PathBuf, VisionError> {
        let own = models.into_iter().flat_map(|folder| [folder.to_path_buf(), folder.join("files")]);
        let searched: Vec<PathBuf> = own.chain(FOLDERS.map(PathBuf::from)).collect();
        let found = searched.iter().map(|folder| folder.join(CASCADE)).find(|path| path.is_file());
        found.ok_or(VisionError::CascadeMissing { file: CASCADE, searched })
    }

    /// Opens a cascade file.
    ///
    /// # Errors
    /// When it is missing, damaged or another cascade.
    pub fn open(path: &Path) -> Result<Self, VisionError> {
        let wrong = |found: String| VisionError::WrongCascade { path: path.into(), found };
        let bytes = std::fs::read(path).map_err(|error| wrong(format!("a file that cannot be read ({error})")))?;
        if let Some(found) = wrong_contents(&bytes) {
            return Err(wrong(found));
        }
        // OpenCV prints what it thinks of a wrong file, and answers with an empty cascade.
        silence_opencv();
        // It takes its path as text only.
        let name = path.to_str().ok_or_else(|| wrong("a path that is not valid Unicode".to_owned()))?;
        let refused = || wrong("one that OpenCV refuses".to_owned());
        let cascade = CascadeClassifier::new(name).map_err(|_| refused())?;
        if cascade.empty().unwrap_or(true) { Err(refused()) } else { Ok(Self { cascade }) }
    }

    fn search(&mut self, image: &RgbImage) -> opencv::Result<Vec<Detection>> {
        let scaled = resize_longer_side(image, SIDE);
        let size = scaled.size();
        let grey: Vec<u8> = scaled.pixels().chunks_exact(3).map(luma).collect();
        let (mut faces, mut neighbors) = (Vector::<Rect>::new(), Vector::<i32>::new());
        self.cascade.detect_multi_scale2(
            &Mat::new_rows_cols_with_data(i32::try_from(size.height)?, i32::try_from(size.width)?, &grey)?,
            &mut faces,
            &mut neighbors,
            SCALE_FACTOR,
            MIN_NEIGHBORS,
            0,
            Size::new(MIN_FACE, MIN_FACE),
            Size::default(),
        )?;
        let kx = f64::from(image.size().width) / f64::from(scaled.size().width);
        let ky = f64::from(image.size().height) / f64::from(scaled.size().height);
        let detection = |(face, neighbors): (Rect, i32)| {
            let [x, y, w, h] = [face.x, face.y, face.width, face.height].map(f64::from);
            let bbox = BoundingBox::from_corners(x * kx, y * ky, (x + w) * kx, (y + h) * ky).ok()?;
            Some(Detection { bbox: bbox.clamped(image.size()), score: score(neighbors) })
        };
        let mut found: Vec<Detection> = faces.iter().zip(neighbors).filter_map(detection).collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(found)
    }
}

impl Detector for HaarDetector {
    fn name(&self) -> &'static str {
        "haar"
    }

    fn detect(&mut self, image: &RgbImage, min_score: f64) -> Result<Vec<Detection>, PortError> {
        let mut found = self.search(image).map_err(VisionError::open_cv("the search for faces"))?;
        found.retain(|detection| detection.score >= min_score);
        Ok(found)
    }

    fn default_min_score(&self) -> f64 {
        score(MIN_NEIGHBORS)
    }
}

/// A cascade has no probability; the number of windows that agree is what it has. Half at the fewest
/// that count, nearing one.
fn score(neighbors: i32) -> f64 {
    let neighbors = f64::from(neighbors.max(0));
    neighbors / (neighbors + f64::from(MIN_NEIGHBORS))
}

/// Brightness as OpenCV computes it (ITU-R BT.601).
fn luma(pixel: &[u8]) -> u8 {
    let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
    ((299 * r + 587 * g + 114 * b + 500) / 1000) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_wrong_cascade_is_an_error_and_not_an_empty_answer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cascade.xml");
        assert!(HaarDetector::open(&path).is_err());
        std::fs::write(&path, "<opencv_storage></opencv_storage>").unwrap();
        let message = HaarDetector::open(&path).unwrap_err().to_string();
        assert!(message.contains("cascade.xml") && message.contains("found a file without a cascade"), "{message}");
        assert!(message.contains("apt install --reinstall opencv-data"), "{message}");
    }

    #[test]
    fn more_agreement_is_a_higher_score() {
        assert!((score(5) - 0.5).abs() < 1e-9 && score(50) > 0.9 && score(6) > score(5));
    }
}
