//! The projects that were opened lately: a list in the data folder.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::{AppError, project::names_of};

const FILE: &str = "recent.json";
/// As many as a menu can show.
const LENGTH: usize = 10;

/// A project that was opened lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RecentProject {
    /// Path of the file.
    pub path: String,
    /// Name of the file without its ending.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// Whether it is not there any more.
    pub missing: bool,
}

/// The projects, the latest first.
pub(crate) fn list(data_folder: &Path) -> Vec<RecentProject> {
    let view = |path: String| {
        let (name, folder) = names_of(&path);
        let name = Path::new(&name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        RecentProject { missing: !Path::new(&path).is_file(), path, name, folder }
    };
    read(data_folder).into_iter().map(view).collect()
}

/// Puts a project at the head of the list.
pub(crate) fn remember(data_folder: &Path, project: &Path) -> Result<(), AppError> {
    let path = project.to_string_lossy().into_owned();
    let mut paths = read(data_folder);
    paths.retain(|known| *known != path);
    paths.insert(0, path);
    paths.truncate(LENGTH);
    write(data_folder, &paths)
}

/// Takes a project off the list.
pub(crate) fn forget(data_folder: &Path, path: &str) -> Result<(), AppError> {
    let mut paths = read(data_folder);
    paths.retain(|known| known != path);
    write(data_folder, &paths)
}

/// A list that cannot be read is an empty one: it is a convenience, not somebody's work.
fn read(data_folder: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file(data_folder)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn write(data_folder: &Path, paths: &[String]) -> Result<(), AppError> {
    let text = serde_json::to_vec_pretty(paths).map_err(std::io::Error::other)?;
    Ok(bauta_files::write_whole(&file(data_folder), &text)?)
}

fn file(data_folder: &Path) -> PathBuf {
    data_folder.join(FILE)
}
