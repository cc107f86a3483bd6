//! What the use cases need from the outside. `imaging`, `vision`, `inference` and `training` implement
//! these; `app` never names them.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{
    Augmentation, BoundingBox, Classification, CropShape, Dataset, Detection, Followed, ForeignFacts, GreyPyramid,
    ImageSize, ModelManifest, Picture, PictureFormat, PixelSource, Problem, RgbImage, Split, TrainingConfig,
    TrainingEvent, TrainingSummary,
};

/// What an adapter says went wrong: a message with place, found, expected and remedy.
pub type PortError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Asks a job to stop. Clones ask the same job.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Asks the job to stop at the next safe point.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the job was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Reads pictures from disk, upright, under limits of size and memory.
pub trait ImageReader: Send + Sync {
    /// The whole picture.
    ///
    /// # Errors
    /// When the file cannot be read, is not a picture, or is too large.
    fn read(&self, path: &Path) -> Result<RgbImage, PortError>;

    /// Size of the upright picture and how the stored one is turned, from the header only.
    ///
    /// # Errors
    /// As for [`read`](Self::read), as far as the header shows it.
    fn picture(&self, path: &Path) -> Result<Picture, PortError>;

    /// Size of the upright picture, from the header only.
    ///
    /// # Errors
    /// As for [`picture`](Self::picture).
    fn size(&self, path: &Path) -> Result<ImageSize, PortError> {
        Ok(self.picture(path)?.size)
    }

    /// All picture files below a folder, by their extension, in natural order folder by folder; and
    /// what could not be looked into. `go_on` hears how many entries were looked at so far, now and then; when it
    /// answers false, what was found until then is returned.
    fn list_while(&self, folder: &Path, go_on: &mut dyn FnMut(usize) -> bool) -> (Vec<PathBuf>, Vec<Problem>);

    /// [`list_while`](Self::list_while), to the end.
    fn list(&self, folder: &Path) -> (Vec<PathBuf>, Vec<Problem>) {
        self.list_while(folder, &mut |_| true)
    }
}

/// Cuts and writes crops. The same function serves training, classification, live and files.
pub trait Cropper: Send + Sync {
    /// The square crop of `bbox` (see [`crate::plan_crop`]), `side` × `side` pixels.
    fn crop(&self, image: &RgbImage, bbox: &BoundingBox, side: u32) -> RgbImage;

    /// The whole picture squeezed to `side` × `side` pixels, for files that are crops already.
    fn squeeze(&self, image: &RgbImage, side: u32) -> RgbImage;

    /// The crops of several boxes of one picture, shaped as files are.
    fn shaped(&self, image: &RgbImage, boxes: &[BoundingBox], shape: CropShape) -> Vec<RgbImage>;

    /// The same of a picture file, read once, and no more of it than the crops need.
    ///
    /// # Errors
    /// As for [`ImageReader::read`].
    fn shaped_from_file(
        &self,
        path: &Path,
        boxes: &[BoundingBox],
        shape: CropShape,
    ) -> Result<Vec<RgbImage>, PortError>;

    /// The bytes of a picture file.
    ///
    /// # Errors
    /// When the picture is too large for the format.
    fn encode(&self, image: &RgbImage, format: PictureFormat) -> Result<Vec<u8>, PortError>;

    /// The whole picture in its proportions, its longer side at most `max_side` pixels.
    fn fit(&self, image: &RgbImage, max_side: u32) -> RgbImage;

    /// Writes a PNG beside its target and renames it, so that a file is there whole or not at all.
    ///
    /// # Errors
    /// When the folder cannot be written or the disk is full; then an earlier file stays as it was.
    fn save_png(&self, image: &RgbImage, path: &Path) -> Result<(), PortError>;
}

/// Gives the pixels of samples.
pub trait SampleReader: Send + Sync {
    /// The sample as a square of `side` pixels.
    ///
    /// # Errors
    /// When its file cannot be read.
    fn read(&self, source: &PixelSource, side: u32) -> Result<RgbImage, PortError>;

    /// When the picture was taken, by its camera's clock: seconds from a moment that is the same for all
    /// pictures. `None` when the file does not say.
    fn taken(&self, path: &Path) -> Option<f64>;
}

/// How much care a detector takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// For photos: as good as it can.
    #[default]
    Thorough,
    /// One look: for live frames.
    Quick,
    /// One look at a copy of [`Pace::GLANCE_SIDE`] pixels: for live frames whose faces are large.
    Glance,
}

impl Pace {
    /// Longer side, in pixels, of what a detector sees at a glance.
    pub const GLANCE_SIDE: u32 = 320;
}

/// Finds regions in pictures.
pub trait Detector: Send {
    /// Short name, such as `centerface`.
    fn name(&self) -> &'static str;

    /// Regions with a score of at least `min_score` (0 to 1), best first, inside the picture, without repeats.
    ///
    /// # Errors
    /// When the model cannot run.
    fn detect(&mut self, image: &RgbImage, min_score: f64) -> Result<Vec<Detection>, PortError>;

    /// Trades small and doubtful faces for speed from now on, where the detector can. [`Pace::Thorough`] until then.
    fn set_pace(&mut self, _pace: Pace) {}

    /// The score above which a detection is worth showing, 0 to 1.
    fn default_min_score(&self) -> f64;
}

/// Says what crops show.
pub trait Classifier: Send {
    /// The model's contract.
    fn manifest(&self) -> &ModelManifest;

    /// One answer for each crop; crops are squares of the manifest's input size.
    ///
    /// # Errors
    /// When the model cannot run, or a crop has another size.
    fn classify(&mut self, crops: &[RgbImage]) -> Result<Vec<Classification>, PortError>;
}

/// Follows regions over the frames of one source, for much less than detecting them costs.
pub trait Follower: Send + Sync {
    /// What is needed of a frame to follow regions in it.
    fn shrink(&self, frame: &RgbImage) -> GreyPyramid;

    /// Where the region `bbox` of one frame is in another one, looked for around `near`, at most about half its size
    /// away. `None` when it is too small, flat or outside, or the frames differ in size.
    fn follow(&self, from: &GreyPyramid, bbox: &BoundingBox, to: &GreyPyramid, near: &BoundingBox) -> Option<Followed>;

    /// How much two whole frames look alike, −1 to 1 as in [`Followed::correlation`]; 0 when their sizes differ.
    fn likeness(&self, a: &GreyPyramid, b: &GreyPyramid) -> f64;
}

/// Gives pictures one after the other: a camera, a video file, a stream.
pub trait FrameSource: Send {
    /// The next frame, or `None` at the end of a file. Waits for a camera.
    ///
    /// # Errors
    /// When the camera was unplugged or the stream broke.
    fn next_frame(&mut self) -> Result<Option<RgbImage>, PortError>;

    /// Frames per second that the source promises, when it does; a file is played at this speed.
    fn frames_per_second(&self) -> Option<f64>;

    /// Whether frames wait for the reader (a file) or go by without it (a camera, a stream).
    fn waits_for_reader(&self) -> bool;
}

/// Trains networks.
pub trait ModelTrainer: Send + Sync {
    /// What it computes with, and the version, for the record of a training.
    fn describe(&self) -> String;

    /// Trains on one side of `split`, checks on the other, exports the best epoch to `model`
    /// (`….onnx`, and `….json` beside it), and reports on the way. Pictures that cannot be read are
    /// listed in [`TrainingEvent::Started`] and left out. Returns `None` when it was cancelled before
    /// the first epoch ended.
    ///
    /// # Errors
    /// When the training cannot go on; nothing is exported then.
    fn train(
        &self,
        job: &TrainingJob<'_>,
        events: &mut dyn FnMut(TrainingEvent),
        cancel: &CancelToken,
    ) -> Result<Option<TrainingSummary>, PortError>;

    /// A square picture as a training shows it to the network, for a person to look at: with the random change that
    /// depends on the seed, the epoch and the picture's number alone. What is covered is grey.
    fn changed(&self, picture: &RgbImage, _changes: &Augmentation, _seed: u64, _item: (u32, u64)) -> RgbImage {
        picture.clone()
    }
}

/// All that a training needs.
#[derive(Clone, Copy)]
pub struct TrainingJob<'a> {
    /// The samples.
    pub dataset: &'a Dataset,
    /// Who learns and who checks.
    pub split: &'a Split,
    /// The settings.
    pub config: &'a TrainingConfig,
    /// Where the pixels come from.
    pub samples: &'a dyn SampleReader,
    /// Where the model goes.
    pub model: &'a Path,
    /// What the user calls the model.
    pub name: &'a str,
    /// Where its state is kept, so that it can go on after a crash; `None` keeps none.
    pub checkpoint: Option<Checkpointing<'a>>,
}

/// Where the state of a training is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpointing<'a> {
    /// The file that is written after every epoch, and stays when the training ends.
    pub path: &'a Path,
    /// Go on from what the file has; a training without a file yet begins anew.
    pub resume: bool,
}

/// A detector that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectorInfo {
    /// Short name, such as `centerface`.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Why it cannot be used now, with the remedy: its file is missing. Whether the file is sound is seen when it is
    /// opened.
    pub problem: Option<String>,
}

/// Opens models.
pub trait Models: Send + Sync {
    /// The detectors that this installation knows; the first is the default. Quick: no file is read.
    fn detectors(&self) -> Vec<DetectorInfo>;

    /// Opens a detector by its short name, to run on `threads` threads (at least 1).
    ///
    /// # Errors
    /// When there is no such detector, or its file is missing or damaged.
    fn open_detector(&self, id: &str, threads: usize) -> Result<Box<dyn Detector>, PortError>;

    /// Opens a classifier (`….onnx`), to run on `threads` threads (at least 1).
    ///
    /// # Errors
    /// When the file is missing, damaged, or no classifier, or one of another program that nobody described.
    fn open_classifier(&self, path: &Path, threads: usize) -> Result<Box<dyn Classifier>, PortError>;

    /// What the classifier of another program tells of itself, when it is one that nobody described yet, with a
    /// manifest beside it.
    ///
    /// # Errors
    /// When the file is missing, damaged, or no image classifier.
    fn foreign(&self, _path: &Path) -> Result<Option<ForeignFacts>, PortError> {
        Ok(None)
    }
}

/// Where frames come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameAddress {
    /// A camera by its number, from 0.
    Camera(u32),
    /// A video file.
    File(PathBuf),
    /// A stream: `http://`, `https://` or `rtsp://`.
    Url(String),
}

impl FrameAddress {
    /// Whether it may come back when it is gone: a camera can be plugged in again, a stream be sent again.
    pub const fn comes_back(&self) -> bool {
        matches!(self, Self::Camera(_) | Self::Url(_))
    }
}

/// A camera that is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Camera {
    /// Its number, from 0.
    pub index: u32,
    /// Its name for people.
    pub name: String,
}

/// Opens cameras, files and streams.
pub trait FrameSources: Send + Sync {
    /// The cameras that are plugged in.
    fn cameras(&self) -> Vec<Camera>;

    /// Opens a source. `cancel` ends it at any time, also while it is being opened or waits for its next frame.
    ///
    /// # Errors
    /// When there is no such camera, file or stream, or it gives no pictures; with the remedy.
    fn open(&self, address: &FrameAddress, cancel: &CancelToken) -> Result<Box<dyn FrameSource>, PortError>;
}
