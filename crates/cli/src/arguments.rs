//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use crate::{
    exchange_arguments::{CategoriesCommand, Export, ExportTarget, Import},
    study_arguments::Study,
    train_arguments::{RunsCommand, Train},
    tune_arguments::Tune,
};

/// From a folder of photos to an image classifier, on your own machine.
#[derive(Parser)]
#[command(name = "bauta", version, about, after_help = "Exit status: 0 done, 1 failed, 2 wrong usage.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Find faces in pictures.
    Detect(Detect),
    /// Find the faces of a folder and save them as crops.
    Autocrop(Autocrop),
    /// Copy the photos of which no crop was made, to annotate them by hand.
    Unprocessed(Unprocessed),
    /// Save the accepted boxes of a project as crops, one folder a category.
    Crop(Crop),
    /// Add the annotations of a file or folder to a project.
    Import(Import),
    /// Write the annotations of a project in another tool's format.
    Export(Export),
    /// Write or read a list of categories.
    Categories {
        #[command(subcommand)]
        command: CategoriesCommand,
    },
    /// Train a classifier on a folder of category folders, or on a project.
    Train(Box<Train>),
    /// The trainings that a project remembers.
    Runs {
        #[command(subcommand)]
        command: RunsCommand,
    },
    /// Do the paper's study: change one setting at a time, train with several seeds, and report what it comes to.
    /// Ctrl-C keeps what is done, the same command goes on.
    Study(Study),
    /// Look for the best settings: many tried briefly, the best fully, the very best with several seeds; and say whether
    /// they are better at all. Ctrl-C keeps what is done, the same command goes on.
    Tune(Box<Tune>),
    /// Write what trainings recorded as one page with curves and tables, and beside it as CSV and SVG.
    Report(Report),
    /// Measure a model on a folder of category folders, or on a project.
    Evaluate(Evaluate),
    /// Ask a model what pictures, or the faces in them, show.
    Classify(Classify),
    /// Show what another program's model tells of itself, and say the rest, so that it can be used.
    Describe(Describe),
    /// Watch a camera, a video file or a stream with a model.
    Live(Live),
    /// Do everything once on drawn pictures, and write a report.
    Demo(Demo),
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum DetectorName {
    Centerface,
    Haar,
    Yunet,
}

impl DetectorName {
    pub fn id(self) -> &'static str {
        match self {
            Self::Centerface => "centerface",
            Self::Haar => "haar",
            Self::Yunet => "yunet",
        }
    }
}

#[derive(Args)]
pub(crate) struct Detect {
    /// Pictures, or folders of pictures.
    #[arg(required = true, value_name = "IMAGE|FOLDER")]
    pub inputs: Vec<PathBuf>,
    /// Which detector.
    #[arg(long, value_enum, default_value = "centerface")]
    pub detector: DetectorName,
    #[command(flatten)]
    pub limits: Limits,
    /// Print one line of JSON a picture.
    #[arg(long)]
    pub json: bool,
}

/// What a detector may leave out.
#[derive(Args)]
pub(crate) struct Limits {
    /// Least score, 0 to 1 (default: the detector's own).
    #[arg(long, value_name = "S", value_parser = share)]
    pub min_score: Option<f64>,
    /// Leave out faces whose longer side is shorter than this, in pixels of the picture.
    #[arg(long, value_name = "PIXELS", default_value_t = 0)]
    pub min_face: u32,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum FormatName {
    /// Lossless.
    Png,
    /// Smaller.
    Jpeg,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum SquareName {
    /// The box grown to its longer side.
    Grow,
    /// The box with black bars.
    Pad,
    /// The box stretched.
    Stretch,
}

/// What crops look like.
#[derive(Args)]
pub(crate) struct CropArguments {
    /// Folder for the crops.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Side of the crops in pixels.
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(32..=1024))]
    pub size: u32,
    /// How a box becomes a square.
    #[arg(long, value_enum, default_value = "grow")]
    pub square: SquareName,
    /// Kind of the files.
    #[arg(long, value_enum, default_value = "png")]
    pub format: FormatName,
    /// Quality of JPEG files, 1 to 100.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub quality: u8,
}

#[derive(Args)]
pub(crate) struct Autocrop {
    /// Folder of photos.
    pub folder: PathBuf,
    /// Which detector.
    #[arg(long, value_enum, default_value = "centerface")]
    pub detector: DetectorName,
    #[command(flatten)]
    pub limits: Limits,
    #[command(flatten)]
    pub crops: CropArguments,
    /// Also make crops again that were deleted by hand.
    #[arg(long)]
    pub again: bool,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct Unprocessed {
    /// Folder of photos.
    pub raw: PathBuf,
    /// Folder of crops.
    pub cropped: PathBuf,
    /// Folder for copies of the photos without a crop.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct Crop {
    /// A .bauta project.
    pub project: PathBuf,
    #[command(flatten)]
    pub crops: CropArguments,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct Report {
    /// Trainings: folders that `bauta train` wrote, .bauta projects (all their trainings), or PROJECT.bauta:NUMBER.
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<String>,
    /// The page to write.
    #[arg(long, value_name = "FILE.html")]
    pub out: PathBuf,
    /// Its title.
    #[arg(long)]
    pub title: Option<String>,
}

#[derive(Args)]
pub(crate) struct Evaluate {
    /// A model.
    #[arg(value_name = "MODEL.onnx")]
    pub model: PathBuf,
    /// A folder of category folders, or a .bauta project.
    pub dataset: PathBuf,
    /// Print the figures as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct Classify {
    /// A model.
    #[arg(value_name = "MODEL.onnx")]
    pub model: PathBuf,
    /// Pictures.
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<PathBuf>,
    /// Classify the faces in the pictures instead of whole pictures.
    #[arg(long)]
    pub faces: bool,
    /// Which detector finds the faces.
    #[arg(long, value_enum, default_value = "centerface", requires = "faces")]
    pub detector: DetectorName,
    /// Print one line of JSON an answer.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct Describe {
    /// The model.
    #[arg(value_name = "MODEL.onnx")]
    pub model: PathBuf,
    /// Its labels in the order of its scores, with commas between them.
    #[arg(long, value_delimiter = ',', value_name = "LABEL,LABEL…")]
    pub labels: Vec<String>,
    /// A text file with one label a line.
    #[arg(long, value_name = "FILE", conflicts_with = "labels")]
    pub labels_file: Option<PathBuf>,
    /// Side of its pictures in pixels, when it takes any.
    #[arg(long)]
    pub size: Option<u32>,
    /// The order of a pixel's values.
    #[arg(long, value_enum)]
    pub order: Option<OrderName>,
    /// The values that it wants for the pixels.
    #[arg(long, value_enum)]
    pub range: Option<RangeName>,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// The order of a pixel's values.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum OrderName {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
}

/// Values that networks want.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum RangeName {
    /// 0 to 255.
    Bytes,
    /// 0 to 1.
    Unit,
    /// −1 to 1.
    Signed,
    /// By ImageNet's mean and deviation.
    Imagenet,
}

#[derive(Args)]
pub(crate) struct Live {
    /// A model.
    #[arg(value_name = "MODEL.onnx")]
    pub model: PathBuf,
    /// Number of a camera, a video file, or the address of a stream.
    #[arg(long, value_name = "INDEX|FILE|URL")]
    pub camera: String,
    /// Which detector.
    #[arg(long, value_enum, default_value = "centerface")]
    pub detector: DetectorName,
    /// Below this probability the label is null: not sure.
    #[arg(long, value_name = "SHARE", default_value = "0.6", value_parser = share)]
    pub min_confidence: f64,
    /// Stop after this many frames.
    #[arg(long, value_name = "N")]
    pub max_frames: Option<u32>,
    /// Print one line of JSON a frame.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub(crate) struct Demo {
    /// Folder for everything the demo makes.
    #[arg(long, value_name = "DIR", default_value = "bauta-demo")]
    pub out: PathBuf,
    /// Pictures to draw and learn from; a third as many are drawn to be measured on. Fewer are quicker, and the network
    /// learns less.
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(40..=2000))]
    pub pictures: u32,
}

pub(crate) fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("expected a number, found {text:?}"))?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(format!("expected a number from 0 to 1, found {text}")) }
}
