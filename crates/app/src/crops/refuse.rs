//! Folders that results must not go into, since the next run would take them for what it reads.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use crate::{AppError, files::real_path};

/// Refuses a folder for results inside the folder that is read: the next run would take them for photos.
/// `what` is what goes into the one, `of` what the other holds.
pub(crate) fn refuse_inside(out: &Path, input: &Path, what: &str, of: &str) -> Result<(), AppError> {
    let (out, input) = (real(out)?, real(input)?);
    if !out.starts_with(&input) {
        return Ok(());
    }
    Err(AppError::Invalid(format!(
        "the folder for {what}, {}, lies inside the folder of {of}, {}: the next run would take them for {of}; choose a folder beside it",
        out.display(),
        input.display()
    )))
}

/// Refuses a folder for crops that holds photos of the project, or a folder of them: whoever opens it again would
/// take the crops below it for photos. Inside a folder of photos crops do no harm, since listings leave out folders
/// with our manifest.
pub(super) fn refuse_around<'a>(out: &Path, photos: impl Iterator<Item = &'a Path>) -> Result<(), AppError> {
    let out = real(out)?;
    let folders: HashSet<&Path> = photos.filter_map(Path::parent).collect();
    let around = |folder: &Path| real_path(folder).ok().filter(|real| real.starts_with(&out));
    let Some(folder) = folders.into_iter().find_map(around) else { return Ok(()) };
    Err(AppError::Invalid(format!(
        "the folder for the crops, {}, holds photos of the project, in {}: the crops would lie among them and be taken for photos; choose a new folder for the crops",
        out.display(),
        folder.display()
    )))
}

/// The path without links, as far as it exists.
fn real(path: &Path) -> Result<PathBuf, AppError> {
    let path = std::path::absolute(path)?;
    let mut missing = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(real) = real_path(ancestor) {
            return Ok(missing.iter().rev().fold(real, |real, name| real.join(name)));
        }
        missing.extend(ancestor.file_name());
    }
    Ok(path)
}
