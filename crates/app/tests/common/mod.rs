//! Fakes of the ports: pictures that exist by name only, a detector that finds what it is told to.
#![allow(dead_code, clippy::unwrap_used)]

pub mod open;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::SystemTime,
};

use bauta_app::{Adapters, GeneratedPicture};
use bauta_domain::{
    BoundingBox, Classification, ConfusionMatrix, CropShape, Detection, EpochFigures, Followed, GreyPyramid, ImageSize,
    ModelManifest, Picture, PictureFormat, PixelSource, Preprocessing, Problem, RgbImage, TrainingEvent,
    TrainingSummary,
    ports::{
        Camera, CancelToken, Classifier, Cropper, Detector, DetectorInfo, Follower, FrameAddress, FrameSource,
        FrameSources, ImageReader, ModelTrainer, Models, PortError, SampleReader, TrainingJob,
    },
};

pub const SIZE: ImageSize = ImageSize::new(200, 100);

/// A file whose name contains this cannot be read.
pub const BROKEN: &str = "broken";

#[derive(Default)]
pub struct Fakes {
    /// What the detector finds in every picture.
    pub faces: Mutex<Vec<Detection>>,
    /// What the classifier answers for every crop.
    pub answer: Mutex<Vec<f32>>,
    /// Crops that were saved.
    pub saved: Mutex<Vec<PathBuf>>,
    /// Frames that a source gives before it ends.
    pub frames: Mutex<usize>,
    /// Size of all pictures, when it is not [`SIZE`].
    pub size: Mutex<Option<ImageSize>>,
    /// Epochs after which the fake training asks whether it was cancelled.
    pub epochs: Mutex<u32>,
}

pub fn bbox(x1: f64, y1: f64, x2: f64, y2: f64) -> BoundingBox {
    BoundingBox::from_corners(x1, y1, x2, y2).unwrap()
}

pub fn face(x1: f64, y1: f64, x2: f64, y2: f64, score: f64) -> Detection {
    Detection { bbox: bbox(x1, y1, x2, y2), score }
}

/// One box on each of these pictures, in two categories by turns.
pub fn labelled(folder: &Path, names: &[&str]) -> Vec<GeneratedPicture> {
    let picture = |(index, name): (usize, &&str)| GeneratedPicture {
        path: folder.join(name),
        boxes: vec![(bbox(10.0, 10.0, 60.0, 60.0), ["ffp2", "no_mask"][index % 2].to_owned())],
        accepted: true,
    };
    names.iter().enumerate().map(picture).collect()
}

pub fn adapters(fakes: &Arc<Fakes>) -> Adapters {
    let port = Port(Arc::clone(fakes));
    Adapters {
        images: Arc::new(port.clone()),
        cropper: Arc::new(port.clone()),
        samples: Arc::new(port.clone()),
        follower: Arc::new(port.clone()),
        models: Arc::new(port.clone()),
        sources: Arc::new(port.clone()),
        trainer: Arc::new(port),
        clock: || SystemTime::UNIX_EPOCH,
    }
}

#[derive(Clone)]
struct Port(Arc<Fakes>);

fn broken(path: &Path) -> Result<(), PortError> {
    let message = format!("{}: the file is damaged; copy it again", path.display());
    if path.to_string_lossy().contains(BROKEN) { Err(message.into()) } else { Ok(()) }
}

impl ImageReader for Port {
    fn read(&self, path: &Path) -> Result<RgbImage, PortError> {
        broken(path)?;
        Ok(RgbImage::filled(SIZE, [1, 2, 3]))
    }
    fn picture(&self, path: &Path) -> Result<Picture, PortError> {
        broken(path)?;
        Ok(Picture::upright(self.0.size.lock().unwrap().unwrap_or(SIZE)))
    }
    fn list_while(&self, folder: &Path, go_on: &mut dyn FnMut(usize) -> bool) -> (Vec<PathBuf>, Vec<Problem>) {
        let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort_by(|a, b| bauta_domain::natural_cmp(&a.to_string_lossy(), &b.to_string_lossy()));
        let (folders, mut files): (Vec<_>, Vec<_>) = found.into_iter().partition(|path| path.is_dir());
        files.retain(|file| file.extension().is_some_and(|ending| ending == "jpg" || ending == "png"));
        files.extend(folders.iter().flat_map(|folder| self.list_while(folder, go_on).0));
        go_on(files.len());
        (files, Vec::new())
    }
}

impl Cropper for Port {
    fn crop(&self, _: &RgbImage, _: &BoundingBox, side: u32) -> RgbImage {
        RgbImage::filled(ImageSize::new(side, side), [9, 9, 9])
    }
    fn squeeze(&self, _: &RgbImage, side: u32) -> RgbImage {
        RgbImage::filled(ImageSize::new(side, side), [9, 9, 9])
    }
    fn shaped(&self, _: &RgbImage, boxes: &[BoundingBox], shape: CropShape) -> Vec<RgbImage> {
        boxes.iter().map(|_| RgbImage::filled(ImageSize::new(shape.side, shape.side), [9, 9, 9])).collect()
    }
    fn shaped_from_file(
        &self,
        path: &Path,
        boxes: &[BoundingBox],
        shape: CropShape,
    ) -> Result<Vec<RgbImage>, PortError> {
        let image = ImageReader::read(self, path)?;
        Ok(self.shaped(&image, boxes, shape))
    }
    fn encode(&self, image: &RgbImage, _: PictureFormat) -> Result<Vec<u8>, PortError> {
        Ok(format!("a picture of {} pixels", image.size().width).into_bytes())
    }
    fn fit(&self, image: &RgbImage, _: u32) -> RgbImage {
        image.clone()
    }
    fn save_png(&self, _: &RgbImage, path: &Path) -> Result<(), PortError> {
        self.0.saved.lock().unwrap().push(path.to_owned());
        Ok(())
    }
}

impl Follower for Port {
    fn shrink(&self, _: &RgbImage) -> GreyPyramid {
        GreyPyramid { planes: Vec::new(), step: 1.0 }
    }
    fn follow(&self, _: &GreyPyramid, _: &BoundingBox, _: &GreyPyramid, near: &BoundingBox) -> Option<Followed> {
        Some(Followed { bbox: *near, correlation: 1.0 })
    }
    fn likeness(&self, _: &GreyPyramid, _: &GreyPyramid) -> f64 {
        1.0
    }
}

impl SampleReader for Port {
    fn read(&self, source: &PixelSource, side: u32) -> Result<RgbImage, PortError> {
        broken(&source.path)?;
        Ok(RgbImage::filled(ImageSize::new(side, side), [9, 9, 9]))
    }
    fn taken(&self, _: &Path) -> Option<f64> {
        None
    }
}

impl Models for Port {
    fn detectors(&self) -> Vec<DetectorInfo> {
        vec![DetectorInfo { id: "fake", name: "Fake", problem: None }]
    }
    fn open_detector(&self, _: &str, _: usize) -> Result<Box<dyn Detector>, PortError> {
        Ok(Box::new(self.clone()))
    }
    fn open_classifier(&self, path: &Path, _: usize) -> Result<Box<dyn Classifier>, PortError> {
        broken(path)?;
        Ok(Box::new(FakeClassifier { fakes: Arc::clone(&self.0), manifest: manifest() }))
    }
}

impl Detector for Port {
    fn name(&self) -> &'static str {
        "fake"
    }
    fn detect(&mut self, _: &RgbImage, min_score: f64) -> Result<Vec<Detection>, PortError> {
        let faces = self.0.faces.lock().unwrap();
        Ok(faces.iter().filter(|face| face.score >= min_score).copied().collect())
    }
    fn default_min_score(&self) -> f64 {
        0.5
    }
}

pub fn manifest() -> ModelManifest {
    ModelManifest {
        format: 1,
        name: "fake".to_owned(),
        labels: vec!["ffp2".to_owned(), "no_mask".to_owned()],
        input_size: 32,
        preprocessing: Preprocessing { mean: [0.5; 3], std: [0.25; 3] },
        averages_views: false,
        milliseconds: None,
        trained_with: None,
        foreign: None,
    }
}

struct FakeClassifier {
    fakes: Arc<Fakes>,
    manifest: ModelManifest,
}

impl Classifier for FakeClassifier {
    fn manifest(&self) -> &ModelManifest {
        &self.manifest
    }
    fn classify(&mut self, crops: &[RgbImage]) -> Result<Vec<Classification>, PortError> {
        let answer = self.fakes.answer.lock().unwrap().clone();
        Ok(crops.iter().map(|_| Classification { probabilities: answer.clone() }).collect())
    }
}

impl FrameSources for Port {
    fn cameras(&self) -> Vec<Camera> {
        Vec::new()
    }
    fn open(&self, address: &FrameAddress, _: &CancelToken) -> Result<Box<dyn FrameSource>, PortError> {
        match address {
            FrameAddress::Camera(_) => Err("no camera is connected; plug one in".into()),
            _ => Ok(Box::new(FakeSource(*self.0.frames.lock().unwrap()))),
        }
    }
}

struct FakeSource(usize);

impl FrameSource for FakeSource {
    fn next_frame(&mut self) -> Result<Option<RgbImage>, PortError> {
        let more = self.0 > 0;
        self.0 = self.0.saturating_sub(1);
        Ok(more.then(|| RgbImage::filled(SIZE, [0, 0, 0])))
    }
    fn frames_per_second(&self) -> Option<f64> {
        None
    }
    fn waits_for_reader(&self) -> bool {
        true
    }
}

impl ModelTrainer for Port {
    fn describe(&self) -> String {
        "fake trainer 1".to_owned()
    }

    fn train(
        &self,
        job: &TrainingJob<'_>,
        events: &mut dyn FnMut(TrainingEvent),
        cancel: &CancelToken,
    ) -> Result<Option<TrainingSummary>, PortError> {
        let planned = *self.0.epochs.lock().unwrap();
        let kept = job.checkpoint.filter(|checkpoint| checkpoint.resume);
        let done = kept.map_or(0, |kept| std::fs::read_to_string(kept.path).unwrap().parse().unwrap());
        if planned > 0 {
            events(TrainingEvent::Started {
                labels: job.dataset.labels.clone(),
                training: job.split.training.len() as u32,
                validation: job.split.validation.len() as u32,
                steps: 2,
                epochs: planned,
                resumed: done,
                parameters: 1,
                problems: Vec::new(),
            });
        }
        for epoch in 1..=planned {
            if epoch > done {
                for step in 1..=2 {
                    let (loss, accuracy) = (1.0 / f64::from(step), 0.5);
                    events(TrainingEvent::Step { epoch, step, steps: 2, loss, accuracy, seconds_left: 1.0 });
                }
                let mut confusion = ConfusionMatrix::new(job.dataset.labels.clone());
                confusion.add(0, 1);
                events(TrainingEvent::Checked { epoch, confusion });
            }
            let figures = EpochFigures {
                epoch,
                loss: 0.1,
                accuracy: 0.9,
                val_loss: 0.2,
                val_accuracy: 0.8,
                seconds: 1.0,
                cpu_seconds: 2.0,
            };
            events(TrainingEvent::Epoch(figures));
            if epoch > done
                && let Some(checkpoint) = job.checkpoint
            {
                std::fs::write(checkpoint.path, epoch.to_string()).unwrap();
            }
            if cancel.is_cancelled() {
                break;
            }
        }
        if planned == 0 {
            return Err("the loss is not a number; try a smaller learning rate".into());
        }
        Ok(Some(TrainingSummary {
            model: job.model.display().to_string(),
            best_epoch: 1,
            val_accuracy: 0.8,
            confusion: ConfusionMatrix::new(job.dataset.labels.clone()),
            seconds: 1.0,
            cpu_seconds: 2.0,
            cancelled: cancel.is_cancelled(),
            stopped_early: false,
            val_accuracy_interval: None,
        }))
    }
}

/// A folder with empty files of these names.
pub fn photos(names: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        std::fs::write(folder.path().join(name), b"").unwrap();
    }
    folder
}
