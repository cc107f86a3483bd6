//! What the table of all boxes can be asked for.

use serde::{Deserialize, Serialize};

use crate::{AnnotationState, CategoryId, ImageId};

/// Which boxes, and in which order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct TableQuery {
    /// Part of the image's file name, without regard to case; empty for all.
    pub search: String,
    /// By category.
    pub category: CategoryFilter,
    /// Accepted or proposed only.
    pub state: Option<AnnotationState>,
    /// Of one source only.
    pub source: Option<SourceKind>,
    /// Of one image only.
    pub image: Option<ImageId>,
    /// What to sort by. Boxes that are equal in it stay in the project's order.
    pub order: TableOrder,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// Which categories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum CategoryFilter {
    /// All boxes.
    #[default]
    Any,
    /// Boxes without a category.
    None,
    /// Boxes with this one.
    Is {
        /// The category.
        id: CategoryId,
    },
}

/// [`crate::Source`] without its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SourceKind {
    /// Drawn by hand.
    Drawn,
    /// Found by a detector.
    Detected,
    /// Made together with the picture.
    Generated,
    /// Read from a file of another program.
    Imported,
}

/// What the table is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum TableOrder {
    /// Natural order of the images' names, then of their folders.
    #[default]
    Image,
    /// Order of the categories; boxes without one come last.
    Category,
    /// Width in pixels.
    Width,
    /// Height in pixels.
    Height,
    /// Area in px².
    Area,
    /// Accepted first.
    State,
    /// By hand, by detector, by generator.
    Source,
    /// The detector's score, or the suggestion's confidence; boxes without one come last.
    Score,
    /// When the box was changed last; boxes from before this was kept come last.
    Changed,
}
