//! Pascal VOC: one XML file an image, with `object/name` and `object/bndbox` in pixels
//! (<http://host.robots.ox.ac.uk/pascal/VOC/>, VOC2012 development kit, §5).
//!
//! Corners are taken as edges counted from 0, as labelImg and its successors write them. Parts of
//! objects, poses and segments are not read. Entities are never expanded: a file that defines some is refused.

mod read;
mod write;

pub use read::read;
pub use write::write;
