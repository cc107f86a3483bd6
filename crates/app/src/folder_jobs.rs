//! Auto-crop and "find unprocessed" as the window runs them: on folders that the user chose before, since the page
//! names no paths.

use std::path::{Path, PathBuf};

use bauta_domain::{CropShape, PictureFormat, SquareRule, ports::CancelToken};
use serde::{Deserialize, Serialize};

use crate::{
    AddedImages, AppError, CropSummary, CropTarget, DetectOptions, Progress, UnprocessedSummary, Workspace,
    autocrop_folder, find_unprocessed, project::count, workspace::lock,
};

/// Photos without a face that are named; the others are counted.
const NAMED: usize = 200;

/// What a folder is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum FolderRole {
    /// The photos that auto-crop looks at.
    AutocropPhotos,
    /// Where auto-crop puts its crops.
    AutocropCrops,
    /// The photos that are compared with their crops.
    RawPhotos,
    /// Their crops.
    ProcessedCrops,
    /// Where photos without a crop are copied to.
    Unprocessed,
}

/// A folder that was chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ChosenFolder {
    /// What it is for.
    pub role: FolderRole,
    /// Its path.
    pub path: String,
}

/// What crops look like.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CropLook {
    /// Side in pixels, 32 to 1024.
    pub side: u32,
    /// How a box becomes a square.
    pub square: SquareRule,
    /// Kind of the files.
    pub format: PictureFormat,
}

impl CropLook {
    /// Crops that look like this, in that folder.
    pub const fn target(self, folder: PathBuf) -> CropTarget {
        let shape = CropShape { side: self.side, square: self.square };
        CropTarget { folder, shape, format: self.format, again: false }
    }
}

/// What auto-crop did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AutocropSummary {
    /// The crops.
    pub crops: CropSummary,
    /// Photos in which no face was found.
    pub without_face: u32,
    /// The first of them, by name.
    pub names: Vec<String>,
}

impl Workspace {
    /// Remembers a folder for what it is for, as long as the program runs.
    ///
    /// # Errors
    /// When its path is not valid Unicode, which the lists of crops need.
    pub fn choose_folder(&self, role: FolderRole, folder: &Path) -> Result<(), AppError> {
        if folder.to_str().is_none() {
            return Err(AppError::Invalid(format!(
                "{}: the folder's name is not valid Unicode; rename it",
                folder.display()
            )));
        }
        lock(&self.folders).insert(role, folder.to_owned());
        Ok(())
    }

    /// The folders that were chosen.
    pub fn chosen_folders(&self) -> Vec<ChosenFolder> {
        let folders = lock(&self.folders);
        folders.iter().map(|(role, path)| ChosenFolder { role: *role, path: path.display().to_string() }).collect()
    }

    /// The folder that was chosen for this.
    ///
    /// # Errors
    /// When none was.
    pub fn chosen_folder(&self, role: FolderRole) -> Result<PathBuf, AppError> {
        let folder = lock(&self.folders).get(&role).cloned();
        folder.ok_or_else(|| AppError::Invalid("choose all folders first".to_owned()))
    }

    /// Crops the faces of the chosen folder into the other one, with `again` also those whose crops were deleted. The
    /// two are then suggested for finding photos without a crop.
    ///
    /// # Errors
    /// As for [`autocrop_folder`], or when a folder was not chosen.
    pub fn autocrop(
        &self,
        look: CropLook,
        again: bool,
        options: &DetectOptions,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<AutocropSummary, AppError> {
        let photos = self.chosen_folder(FolderRole::AutocropPhotos)?;
        let crops = self.chosen_folder(FolderRole::AutocropCrops)?;
        let target = CropTarget { again, ..look.target(crops.clone()) };
        let done = autocrop_folder(&self.adapters, &photos, &target, options, progress, cancel)?;
        let mut folders = lock(&self.folders);
        folders.insert(FolderRole::RawPhotos, photos);
        folders.insert(FolderRole::ProcessedCrops, crops);
        let (summary, without_face) = done;
        let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(AutocropSummary {
            crops: summary,
            without_face: count(without_face.len()),
            names: without_face.iter().take(NAMED).map(name).collect(),
        })
    }

    /// Copies the photos without a crop into the third of the chosen folders.
    ///
    /// # Errors
    /// As for [`find_unprocessed`], or when a folder was not chosen.
    pub fn find_unprocessed(
        &self,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<UnprocessedSummary, AppError> {
        let [raw, crops, out] = [FolderRole::RawPhotos, FolderRole::ProcessedCrops, FolderRole::Unprocessed]
            .map(|role| self.chosen_folder(role));
        find_unprocessed(&self.adapters, (&raw?, &crops?, &out?), progress, cancel)
    }

    /// Adds the photos that were copied as unprocessed to the open project, or to a new one beside them, to draw
    /// their boxes by hand.
    ///
    /// # Errors
    /// When the folder was not chosen or cannot be read, or the project cannot be written.
    pub fn annotate_unprocessed(&self) -> Result<AddedImages, AppError> {
        let folder = self.chosen_folder(FolderRole::Unprocessed)?;
        self.project_for_folder(&folder)?.add_folder(&folder)
    }
}
