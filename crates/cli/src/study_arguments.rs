//! What can be typed after `bauta study`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum GridName {
    /// Four networks.
    Models,
    /// Three losses.
    Losses,
    /// Pictures of 64 to 224 px.
    Sizes,
    /// A third, two thirds, all and twice the epochs.
    Epochs,
    /// All of these.
    All,
}

#[derive(Args)]
pub(crate) struct Study {
    /// A folder of category folders, or a .bauta project.
    pub dataset: PathBuf,
    /// Folder for the trainings and the report. What is in it already is not done again.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// What is changed.
    #[arg(long, value_enum, default_value = "models")]
    pub grid: GridName,
    /// How often each is trained, on another division of the pictures each time.
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub seeds: u32,
    /// The first seed; the others follow it.
    #[arg(long)]
    pub seed: Option<u32>,
    /// Side of the pictures in pixels, where it is not what changes.
    #[arg(long, value_parser = clap::value_parser!(u32).range(32..=256))]
    pub size: Option<u32>,
    /// Passes over the pictures, where it is not what changes.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// Divide at random, as in the paper, even where it is known what belongs together.
    #[arg(long)]
    pub random_split: bool,
    /// Worker threads (default: all cores).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub threads: Option<u32>,
    /// Print one line of JSON a training.
    #[arg(long)]
    pub json: bool,
}
