//! Frames made small and grey, to follow regions from one to the next without a detector.

use crate::BoundingBox;

/// A grey picture, one byte a pixel, rows from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct GreyPlane {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The bytes, `width · height` of them.
    pub pixels: Vec<u8>,
}

impl std::fmt::Debug for GreyPlane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GreyPlane({}×{})", self.width, self.height)
    }
}

/// A frame in several sizes, the largest first, each half of the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct GreyPyramid {
    /// The planes.
    pub planes: Vec<GreyPlane>,
    /// Pixels of the frame along a side of one of the first plane's pixels.
    pub step: f64,
}

/// Where a region went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Followed {
    /// Where it is in the later frame, in that frame's pixels; as large as it was.
    pub bbox: BoundingBox,
    /// How much it looks as before: the normalised correlation of grey values, −1 to 1. The same picture gives 1,
    /// whatever its brightness and contrast; unrelated ones give values around 0.
    pub correlation: f64,
}
