//! What goes in and out: annotations as files of other tools hold them, where their boxes land on the
//! upright picture, and how they meet what a project has already.

mod compare;
mod document;
mod orientation;
mod placing;

pub use compare::{MAX_BOXES_AN_IMAGE, Meeting, compare_boxes};
pub use document::{AnnotationDocument, DocumentBox, DocumentCategory, DocumentImage, Unit};
pub use orientation::{Orientation, Picture};
pub use placing::{BoxFrame, FrameChoice, PlacedBox, Placing, PlacingError};
