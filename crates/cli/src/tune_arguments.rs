//! What can be typed after `bauta tune`.

use std::path::PathBuf;

use clap::Args;

use crate::train_arguments::ArchitectureName;

#[derive(Args)]
pub(crate) struct Tune {
    /// A folder of category folders, or a .bauta project. With --trial, where this machine sees it when that is not where
    /// the plan says.
    #[arg(required_unless_present_any = ["collect", "trial"])]
    pub dataset: Option<PathBuf>,
    /// Folder for the trials and the report. What is in it already is not done again.
    #[arg(long, value_name = "DIR", required_unless_present = "collect")]
    pub out: Option<PathBuf>,
    /// How many settings are tried (default: 27; with --minutes, up to 81).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub trials: Option<u32>,
    /// How long all trainings together may take; the one under way is done to its end.
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..))]
    pub minutes: Option<u32>,
    /// How many seeds the best are trained with at the end.
    #[arg(long, value_name = "K", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub seeds: u32,
    /// The networks to choose from, with commas between them; the usual settings of the first are tried too.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "mobilenet-v2,two-backbones,small-vgg,two-conv,tiny,vgg-like"
    )]
    pub arch: Vec<ArchitectureName>,
    /// The sides of pictures in pixels to choose from, for networks that are not pretrained.
    #[arg(long, value_delimiter = ',', default_value = "64,96,128,180", value_parser = clap::value_parser!(u32).range(32..=256))]
    pub sizes: Vec<u32>,
    /// The most epochs of a training (default: what each network usually has).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// Seed of the search.
    #[arg(long)]
    pub seed: Option<u32>,
    /// Divide at random, as in the paper, even where it is known what belongs together.
    #[arg(long)]
    pub random_split: bool,
    /// Worker threads of a training (default: all cores).
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub threads: Option<u32>,
    /// Only print the trials that may be done now, one line of JSON each: do them anywhere with --trial, then plan again
    /// until nothing is printed.
    #[arg(long, conflicts_with_all = ["trial", "collect"])]
    pub plan: bool,
    /// Do one trial: that in line N, from 1, of a plan.
    #[arg(long, value_name = "PLAN.jsonl:N", value_parser = trial, conflicts_with = "collect")]
    pub trial: Option<(PathBuf, usize)>,
    /// Join what the trials in a folder came to.
    #[arg(long, value_name = "DIR")]
    pub collect: Option<PathBuf>,
    /// Stop, to go on later, when the standard input ends: the program that started this one is gone then.
    #[arg(long, hide = true, requires = "trial")]
    pub until_input_ends: bool,
    /// Print one line of JSON a trial.
    #[arg(long)]
    pub json: bool,
}

fn trial(text: &str) -> Result<(PathBuf, usize), String> {
    let parts = text.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    match parts {
        Some((file, line)) if !file.is_empty() => Ok((file.into(), line)),
        _ => Err(format!("expected PLAN.jsonl:NUMBER, found {text:?}")),
    }
}
