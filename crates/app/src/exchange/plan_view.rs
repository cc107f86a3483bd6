//! What an import would do, for people.

use bauta_domain::{BoundingBox, FrameChoice, ImageId, Problem};
use bauta_formats::Format;
use serde::{Deserialize, Serialize};

/// What an import would do, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ImportPlanView {
    /// The file or folder.
    pub path: String,
    /// Its format.
    pub format: Format,
    /// Name of the format.
    pub format_name: String,
    /// Whether its content says that it is of this format; else it is the likeliest.
    pub certain: bool,
    /// Images of the file that were found, in the project or on disk.
    pub images: u32,
    /// Those of them that the project does not have yet.
    pub new_images: u32,
    /// Boxes that are new.
    pub new_boxes: u32,
    /// Boxes that are there already.
    pub same_boxes: u32,
    /// Boxes that give a category to one that has none, or stand for a proposal.
    pub completed_boxes: u32,
    /// Boxes that are there with another category, or drawn otherwise.
    pub conflicts: u32,
    /// The first conflicts, in the order in which they are numbered from 0.
    pub conflict_list: Vec<BoxConflict>,
    /// Categories that would be added.
    pub new_categories: Vec<String>,
    /// Boxes on images that were not found.
    pub missing_boxes: u32,
    /// Images that were not found.
    pub missing_images: u32,
    /// The first of them.
    pub missing_list: Vec<MissingImage>,
    /// Whether some picture with boxes is stored turned, as far as pictures were looked at: then `frame` may matter.
    pub has_turned: bool,
    /// Which way up the boxes were taken to be.
    pub frame: FrameChoice,
    /// What was wrong in the file, and boxes that had to be cut or left out.
    pub problems: Vec<Problem>,
}

/// A box of the file that is in the project otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BoxConflict {
    /// The image.
    pub image_id: ImageId,
    /// Its file name.
    pub image: String,
    /// The project's category; none when null.
    pub mine: Option<String>,
    /// The file's category; none when null.
    pub theirs: Option<String>,
    /// The project's box.
    pub my_box: BoundingBox,
    /// The file's box.
    pub their_box: BoundingBox,
}

/// An image of the file that was not found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct MissingImage {
    /// Its path, as the file has it.
    pub path: String,
    /// Its boxes in the file.
    pub boxes: u32,
}
