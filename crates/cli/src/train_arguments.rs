//! What can be typed after `bauta train` and `bauta runs`.

mod numbers;

use std::path::PathBuf;

use bauta_domain::Architecture;
use clap::{Args, Subcommand, ValueEnum};

use self::numbers::{above_zero, between_zero_and_one, blur, degrees, share_below_one};
use crate::arguments::share;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum PresetName {
    /// Best for few pictures: a pretrained network, its last blocks trained.
    Transfer,
    /// The fastest good one: a small network behind pretrained ones.
    Quick,
    /// As the mask-detector tutorial that the paper cites.
    Tutorial,
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

impl ArchitectureName {
    pub fn architecture(self) -> Architecture {
        match self {
            Self::SmallVgg => Architecture::SmallVgg,
            Self::TwoConv => Architecture::TwoConv,
            Self::Tiny => Architecture::Tiny,
            Self::VggLike => Architecture::VggLike,
            Self::MobilenetV2 => Architecture::MobilenetV2,
            Self::EfficientnetLite0 => Architecture::EfficientnetLite0,
            Self::TwoBackbones => Architecture::TwoBackbones,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum HeadName {
    /// Its last blocks and a dense layer.
    Blocks,
    /// Dense 256 behind its features.
    Wide,
    /// Dense 128 behind its features, as in the mask-detector tutorial.
    Tutorial,
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
    /// What is trained of a pretrained network.
    #[arg(long, value_enum)]
    pub head: Option<HeadName>,
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
    #[arg(long, value_name = "RATE", value_parser = above_zero)]
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
    #[arg(long, value_name = "SHARE", value_parser = share_below_one)]
    pub label_smoothing: Option<f64>,
    /// Share of numbers that dropout leaves out, 0 up to but not 1.
    #[arg(long, value_name = "SHARE", value_parser = share_below_one)]
    pub dropout: Option<f64>,
    #[command(flatten)]
    pub changes: Changes,
    /// Seed of weights, order, augmentation and split.
    #[arg(long)]
    pub seed: Option<u32>,
    /// Share of pictures kept to check with, between 0 and 1.
    #[arg(long, value_name = "SHARE", value_parser = between_zero_and_one)]
    pub test_share: Option<f64>,
    /// What belongs together and is never divided: crops of one `photo`, pictures of one `folder`, or the groups that
    /// a column of a table names. By default what is known: a manifest.csv beside the categories, folders below
    /// them, photos, capture bursts. Pictures that are nearly the same are never divided.
    #[arg(long, value_name = "photo|folder|FILE.csv:COLUMN", value_parser = groups)]
    pub groups: Option<Groups>,
    /// Divide at random, as in the paper, even where it is known what belongs together.
    #[arg(long, conflicts_with = "groups")]
    pub random_split: bool,
    /// Cross-validation: train this many times, each time checking with another part, and add up what the
    /// models say. Each fold's model is kept in a folder of its own.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(2..=100))]
    pub folds: Option<u32>,
    /// Worker threads (default: all cores).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub threads: Option<u32>,
    /// Let the model answer for each picture together with its mirror image: better, at twice the time.
    #[arg(long)]
    pub average_views: bool,
    /// Go on where a training of the same pictures and settings was interrupted, into this folder or of this project.
    #[arg(long)]
    pub resume: bool,
    /// Print one line of JSON an epoch.
    #[arg(long)]
    pub json: bool,
}

/// What belongs together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Groups {
    /// Crops of one photo.
    Photo,
    /// Pictures of one folder.
    Folder,
    /// Pictures with the same entry in a column of a table.
    Table { file: PathBuf, column: String },
}

impl std::fmt::Display for Groups {
    /// As it is typed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Photo => write!(f, "photo"),
            Self::Folder => write!(f, "folder"),
            Self::Table { file, column } => write!(f, "{}:{column}", file.display()),
        }
    }
}

fn groups(text: &str) -> Result<Groups, String> {
    match text.rsplit_once(':') {
        _ if text == "photo" => Ok(Groups::Photo),
        _ if text == "folder" => Ok(Groups::Folder),
        Some((file, column)) if !file.is_empty() && !column.is_empty() => {
            Ok(Groups::Table { file: file.into(), column: column.to_owned() })
        }
        _ => Err(format!("expected photo, folder, or FILE.csv:COLUMN, found {text:?}")),
    }
}

/// Random changes of every training picture, where they are not the preset's.
#[derive(Args)]
pub(crate) struct Changes {
    /// Turn by up to this many degrees, 0 to 180.
    #[arg(long, value_name = "DEGREES", value_parser = degrees)]
    pub rotation: Option<f64>,
    /// Shift by up to this share of the side.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub shift: Option<f64>,
    /// Zoom by up to this share, 0 up to but not 1.
    #[arg(long, value_name = "SHARE", value_parser = share_below_one)]
    pub zoom: Option<f64>,
    /// Mirror half of the pictures.
    #[arg(long, value_name = "true|false")]
    pub flip: Option<bool>,
    /// Make pictures lighter or darker by up to this share.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub brightness: Option<f64>,
    /// Change the contrast by up to this share, 0 up to but not 1.
    #[arg(long, value_name = "SHARE", value_parser = share_below_one)]
    pub contrast: Option<f64>,
    /// Blur by up to this share of the side, at most 0.1.
    #[arg(long, value_name = "SHARE", value_parser = blur)]
    pub blur: Option<f64>,
    /// Cover a part of this share of the pictures.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub erasing: Option<f64>,
    /// Train on the pictures as they are.
    #[arg(long, conflicts_with_all = ["rotation", "shift", "zoom", "flip", "brightness", "contrast", "blur", "erasing"])]
    pub no_augment: bool,
}

#[derive(Subcommand)]
pub(crate) enum RunsCommand {
    /// List them. Others name one by its number in this list, or by its id.
    List {
        /// A .bauta project.
        project: PathBuf,
        /// Print one line of JSON a training.
        #[arg(long)]
        json: bool,
    },
    /// Show the settings, figures and confusion of one.
    Show {
        /// A .bauta project.
        project: PathBuf,
        /// Which one.
        run: String,
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show the settings that differ, and what came of them.
    Compare {
        /// A .bauta project.
        project: PathBuf,
        /// Which ones.
        #[arg(required = true, num_args = 2..)]
        runs: Vec<String>,
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give one another name.
    Rename {
        /// A .bauta project.
        project: PathBuf,
        /// Which one.
        run: String,
        /// The new name.
        name: String,
    },
    /// Train once more on the pictures, division and settings of one, as a new one: for the same figures, or to see what
    /// another seed makes of them. The model is saved beside the project.
    Repeat {
        /// A .bauta project.
        project: PathBuf,
        /// Which one.
        run: String,
        /// Another seed of weights, order, dropout and augmentation; the division stays.
        #[arg(long)]
        seed: Option<u32>,
        /// Another size of the steps, above 0.
        #[arg(long, value_name = "RATE", value_parser = above_zero)]
        learning_rate: Option<f64>,
        /// Print one line of JSON an epoch.
        #[arg(long)]
        json: bool,
    },
    /// Forget one, for good.
    Delete {
        /// A .bauta project.
        project: PathBuf,
        /// Which one.
        run: String,
        /// Delete its model's files too.
        #[arg(long)]
        model: bool,
    },
}
