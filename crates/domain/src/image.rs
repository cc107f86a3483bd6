//! Images of a project and what is known of them beside their boxes.

use serde::{Deserialize, Serialize};

use crate::{DestinationId, ImageId, ImageSize};

/// An image as the project names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRecord {
    /// Identity.
    pub id: ImageId,
    /// Absolute path of the file.
    pub path: String,
    /// Size of the upright picture, once it was read.
    pub size: Option<ImageSize>,
    /// Why it could not be read, if so.
    pub problem: Option<String>,
    /// What the user says of it.
    pub marks: ImageMarks,
    /// The file as it was seen last, once it was.
    pub file: Option<FileFacts>,
}

/// What the user says of an image beside its boxes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageMarks {
    /// It has no boxes on purpose: it shows background only.
    pub background: bool,
    /// Where the resized picture goes.
    pub destination: Option<DestinationId>,
}

/// What is known of a file without decoding it; a moved picture is found again by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Length in bytes.
    pub bytes: u64,
    /// When it was written, ISO 8601 in UTC; some file systems do not know.
    pub modified: Option<String>,
    /// SHA-256 of its contents, once it was computed.
    pub hash: Option<[u8; 32]>,
}

/// A folder into which whole pictures are saved resized.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Identity; images refer to it, so replacing the folder touches one row.
    pub id: DestinationId,
    /// Absolute path of the folder; no two destinations share one.
    pub path: String,
    /// Place in lists, from 0.
    pub position: u32,
}
