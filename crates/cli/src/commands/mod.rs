//! One module a command: arguments to use case, result to text or JSON.

pub(crate) mod classify;
pub(crate) mod crop;
pub(crate) mod describe;
pub(crate) mod detect;
pub(crate) mod evaluate;
pub(crate) mod exchange;
pub(crate) mod live;
pub(crate) mod report;
pub(crate) mod runs;
pub(crate) mod study;
pub(crate) mod train;
mod train_config;
pub(crate) mod training;
pub(crate) mod tune;

use std::path::Path;

use bauta_app::{Adapters, Project, folder_dataset};
use bauta_domain::{Dataset, Problem, ports::CancelToken};

/// What is said of a folder without a single picture.
const NO_PICTURES: &str = "no pictures found; expected JPEG, PNG, BMP, GIF, WebP or TIFF files";

/// Whether a path names a project, be it there or not.
fn names_project(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "bauta")
}

/// The dataset that a path names: a project, or a folder of category folders.
fn dataset(adapters: &Adapters, path: &Path) -> anyhow::Result<(Dataset, Vec<Problem>)> {
    if names_project(path) {
        return Ok((Project::open(path, adapters.clone())?.dataset()?, Vec::new()));
    }
    Ok(folder_dataset(adapters, path)?)
}

/// A stop asked for by Ctrl-C is a failure to the shell, after what was done has been printed.
pub(crate) fn not_cancelled(cancel: &CancelToken) -> anyhow::Result<()> {
    if cancel.is_cancelled() {
        anyhow::bail!("stopped; what is printed above was done");
    }
    Ok(())
}
