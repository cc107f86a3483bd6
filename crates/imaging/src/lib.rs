//! Pictures in and out: decoding under limits, EXIF orientation, the one crop-to-square function,
//! resizing, encoding, atomic writes. What is cut, and where, is decided in `bauta-domain`; nothing
//! here knows models or projects.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod color;
mod crop;
mod decode;
mod disk;
mod encode;
mod error;
mod follow;
mod inks;
mod jpeg_cut;
mod jpeg_scan;
mod listing;
mod preview;
mod reduced;
mod regions;
mod resize;
mod taken;
mod tiff_data;
mod write;

pub use crop::{crop_shaped, crop_square, squeeze};
pub use decode::{MAX_DECODING_BYTES, MAX_PIXELS, image_header, image_size, read_image};
pub use disk::DiskImages;
pub use encode::{encode_jpeg, encode_png};
pub use error::ImagingError;
pub use follow::GreyFollower;
pub use listing::{EXTENSIONS, list_images};
pub use preview::{PicturePart, part_of_preview, preview};
pub use resize::{resize, resize_longer_side, resize_to_fit};
pub use write::write_atomically;
