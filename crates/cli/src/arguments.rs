//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use crate::exchange_arguments::{CategoriesCommand, Export, ExportTarget, Import};

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
    /// Measure a model on a folder of category folders, or on a project.
    Evaluate(Evaluate),
    /// Ask a model what pictures, or the faces in them, show.
    Classify(Classify),
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

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PresetName {
    /// Best for few pictures: a pretrained network, its last blocks trained.
    Transfer,
    /// The fastest good one: a small network behind pretrained ones.
    Quick,
    /// As in the paper: small VGG at 180 px, 15 epochs.
    Paper,
    /// The paper's network on pictures of 96 px.
    PaperSmall,
    /// A tiny network on pictures of 64 px.
    Tiny,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ArchitectureName {
    SmallVgg,
    TwoConv,
    Tiny,
    VggLike,
    MobilenetV2,
    EfficientnetLite0,
    TwoBackbones,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum LossName {
    Mse,
    CategoricalCrossentropy,
    Msle,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum OptimizerName {
    Adam,
    /// Gradient descent with momentum.
    Sgd,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ScheduleName {
    Constant,
    Cosine,
    OneCycle,
}

#[derive(Args)]
pub(crate) struct Train {
    /// A folder of category folders, or a .bauta project.
    pub dataset: PathBuf,
    /// Folder for the model.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Settings to start from; the options below change single ones.
    #[arg(long, value_enum, default_value = "transfer")]
    pub preset: PresetName,
    /// The network.
    #[arg(long, value_enum)]
    pub arch: Option<ArchitectureName>,
    /// What is minimised.
    #[arg(long, value_enum)]
    pub loss: Option<LossName>,
    /// Side of the network's input in pixels.
    #[arg(long, value_parser = clap::value_parser!(u32).range(32..=256))]
    pub size: Option<u32>,
    /// Passes over the training pictures.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// Pictures per step.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub batch: Option<u32>,
    /// How gradients become steps.
    #[arg(long, value_enum)]
    pub optimizer: Option<OptimizerName>,
    /// Size of the steps, above 0.
    #[arg(long, value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// How the size of the steps changes.
    #[arg(long, value_enum)]
    pub schedule: Option<ScheduleName>,
    /// Stop when the validation pictures got no better for this many epochs.
    #[arg(long, value_name = "EPOCHS", value_parser = clap::value_parser!(u32).range(1..))]
    pub patience: Option<u32>,
    /// Share of the size of the steps by which weights shrink in each.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub weight_decay: Option<f64>,
    /// Let all categories count alike, however many pictures they have.
    #[arg(long)]
    pub class_weights: bool,
    /// Share of each label that is spread over all categories, 0 up to but not 1.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub label_smoothing: Option<f64>,
    /// Share of numbers that dropout leaves out, 0 up to but not 1.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub dropout: Option<f64>,
    /// Make pictures lighter or darker by up to this share.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub brightness: Option<f64>,
    /// Change the contrast by up to this share.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub contrast: Option<f64>,
    /// Blur by up to this share of the side, at most 0.1.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub blur: Option<f64>,
    /// Cover a part of this share of the pictures.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub erasing: Option<f64>,
    /// Seed of weights, order, augmentation and split.
    #[arg(long)]
    pub seed: Option<u32>,
    /// Share of pictures kept to check with, between 0 and 1.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub test_share: Option<f64>,
    /// Column of a table that names each picture's group; groups are never divided. Pictures that are nearly
    /// the same never are, with or without this.
    #[arg(long, value_name = "FILE.csv:COLUMN")]
    pub groups: Option<String>,
    /// Divide by group (crops of one photo, or --groups) instead of at random.
    #[arg(long)]
    pub by_group: bool,
    /// Cross-validation: train this many times, each time checking with another part, and add up what the
    /// models say. Each fold's model is kept in a folder of its own.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(2..=100))]
    pub folds: Option<u32>,
    /// Worker threads (default: all cores).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub threads: Option<u32>,
    /// Train on the pictures as they are.
    #[arg(long, conflicts_with_all = ["brightness", "contrast", "blur", "erasing"])]
    pub no_augment: bool,
    /// Let the model answer for each picture together with its mirror image: better, at twice the time.
    #[arg(long)]
    pub average_views: bool,
    /// Go on where a training of the same pictures and settings into this folder was interrupted.
    #[arg(long)]
    pub resume: bool,
    /// Print one line of JSON an epoch.
    #[arg(long)]
    pub json: bool,
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
    /// Print one line of JSON an answer.
    #[arg(long)]
    pub json: bool,
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
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("expected a number, found {text:?}"))?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(format!("expected a number from 0 to 1, found {text}")) }
}
