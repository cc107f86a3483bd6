//! Bytes to and from domain documents, one module per format. Nothing here opens a file.
//!
//! Reading takes bytes and returns a document with the list of what was wrong; only what is not of the
//! format at all is an error. Writing takes a document and a sink. Neither knows pictures or projects.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod categories;
mod category_names;
pub mod coco;
mod corners;
mod crop_manifest;
pub mod csv_table;
mod detect;
mod error;
mod folder;
mod format;
mod groups;
mod json;
pub mod labelme;
mod layout;
mod neutral;
mod number;
mod odd_numbers;
pub mod paper;
mod places;
mod problems;
mod references;
mod separated;
mod table;
mod text;
pub mod voc;
mod write;
pub mod xlsx;
pub mod yolo;

pub use crop_manifest::{CROP_MANIFEST, CropRow, is_crop_manifest, read_crop_manifest, write_crop_rows};
pub use csv_table::CsvOptions;
pub use detect::{DETECT_BYTES, Detected, FolderCounts, detect_file, detect_folder};
pub use error::{ReadError, WriteError};
pub use folder::{FolderFiles, NO_CATEGORY};
pub use format::Format;
pub use groups::{GroupsError, read_groups};
pub use layout::{Layout, file_name};
pub use neutral::{neutral, original};
pub use places::numbered;
pub use problems::Problems;
pub use text::{MAX_LINE_BYTES, decoded};
pub use write::{ReadDocument, Tick};
