//! Settings: those of a project live in its file.

use std::ops::RangeInclusive;

use bauta_domain::{BoxRules, SquareRule};
use bauta_store::Store;
use serde::{Deserialize, Serialize};

use crate::{AppError, Project};

const KEY: &str = "preferences";

/// Sides of saved crops, in pixels.
pub const CROP_SIDES: RangeInclusive<u32> = bauta_domain::CropShape::SIDES;
/// Longer sides of resized pictures, in pixels.
pub const RESIZED_SIDES: RangeInclusive<u32> = 32..=16_384;

/// What a project is worked on with. Not part of its history.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ProjectPreferences {
    /// Limits of a drawn box.
    pub rules: BoxRules,
    /// Side of saved crops in pixels, one of [`CROP_SIDES`].
    pub crop_side: u32,
    /// How the square of a saved crop is made.
    pub square: SquareRule,
    /// Longer side of pictures that are saved resized, in pixels, one of [`RESIZED_SIDES`].
    pub resized_side: u32,
}

impl Default for ProjectPreferences {
    /// The paper's rules and crops; pictures that fill a screen.
    fn default() -> Self {
        Self { rules: BoxRules::default(), crop_side: 240, square: SquareRule::default(), resized_side: 1024 }
    }
}

impl ProjectPreferences {
    fn check(&self) -> Result<(), AppError> {
        let BoxRules { min_area, min_side, max_overlap } = self.rules;
        let limits = [
            ("the least area of a box", min_area, 0.0..=1e9, "px²"),
            ("the least side of a box", min_side, 0.0..=1e5, "pixels"),
            ("the largest overlap of two boxes", max_overlap, 0.0..=1.0, "(100 %)"),
            ("the size of crops", f64::from(self.crop_side), range(&CROP_SIDES), "pixels"),
            ("the size of resized pictures", f64::from(self.resized_side), range(&RESIZED_SIDES), "pixels"),
        ];
        match limits.into_iter().find(|(_, value, range, _)| !range.contains(value)) {
            None => Ok(()),
            Some((what, value, range, unit)) => Err(AppError::Invalid(format!(
                "{what} must lie between {} and {} {unit}, found {value}",
                range.start(),
                range.end()
            ))),
        }
    }
}

fn range(whole: &RangeInclusive<u32>) -> RangeInclusive<f64> {
    f64::from(*whole.start())..=f64::from(*whole.end())
}

impl Project {
    /// The settings of this project.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn preferences(&self) -> Result<ProjectPreferences, AppError> {
        preferences(&self.store())
    }

    /// Changes the settings of this project. Boxes that are there already stay as they are.
    ///
    /// # Errors
    /// When a value makes no sense, or the file cannot be written.
    pub fn set_preferences(&self, preferences: &ProjectPreferences) -> Result<(), AppError> {
        preferences.check()?;
        Ok(self.store().set_setting(KEY, preferences)?)
    }
}

pub(crate) fn preferences(store: &Store) -> Result<ProjectPreferences, AppError> {
    let kept: serde_json::Map<String, serde_json::Value> = store.setting(KEY)?.unwrap_or_default();
    // On top of the defaults, so that settings which came later need no migration.
    let mut all = serde_json::to_value(ProjectPreferences::default()).map_err(std::io::Error::other)?;
    if let Some(all) = all.as_object_mut() {
        all.extend(kept);
    }
    Ok(serde_json::from_value(all).unwrap_or_default())
}

/// The limits of a drawn box in this project.
pub(crate) fn rules(store: &Store) -> Result<BoxRules, AppError> {
    Ok(preferences(store)?.rules)
}
