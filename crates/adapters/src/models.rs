//! Detectors of both kinds, and classifiers, behind one port.

use std::path::{Path, PathBuf};

use bauta_domain::{
    ForeignFacts,
    ports::{Classifier, Detector, DetectorInfo, Models, PortError},
};
use bauta_inference::{OnnxClassifier, Runtime, detectors, open_detector};
use bauta_vision::{HaarDetector, VisionError};

/// ONNX models from the runtime's folder and the user's, and OpenCV's cascade.
pub(crate) struct AllModels {
    pub runtime: Runtime,
    pub user_models: Option<PathBuf>,
}

const HAAR: &str = "haar";

impl AllModels {
    fn haar_file(&self) -> Result<PathBuf, VisionError> {
        HaarDetector::locate(Some(self.runtime.models_dir()))
    }
}

impl Models for AllModels {
    fn detectors(&self) -> Vec<DetectorInfo> {
        let mut known = detectors(&self.runtime, self.user_models.as_deref());
        known.push(DetectorInfo {
            id: HAAR,
            name: "Haar (paper)",
            problem: self.haar_file().err().map(|error| error.to_string()),
        });
        known
    }

    fn open_detector(&self, id: &str, threads: usize) -> Result<Box<dyn Detector>, PortError> {
        if id == HAAR {
            return Ok(Box::new(HaarDetector::open(&self.haar_file()?)?));
        }
        Ok(Box::new(open_detector(&self.runtime, self.user_models.as_deref(), id, threads)?))
    }

    fn open_classifier(&self, path: &Path, threads: usize) -> Result<Box<dyn Classifier>, PortError> {
        Ok(Box::new(OnnxClassifier::open(&self.runtime, path, threads)?))
    }

    fn foreign(&self, path: &Path) -> Result<Option<ForeignFacts>, PortError> {
        Ok(self.runtime.foreign(path)?)
    }
}
