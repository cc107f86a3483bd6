//! Boxes and sizes in the pixels of the upright picture (after EXIF orientation), origin top-left.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Width and height of a picture in pixels, both at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ImageSize {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl ImageSize {
    /// A size of `width` × `height` pixels.
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Number of pixels.
    pub const fn pixels(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// The box that covers the whole picture.
    pub fn bounds(self) -> BoundingBox {
        BoundingBox { x1: 0.0, y1: 0.0, x2: f64::from(self.width), y2: f64::from(self.height) }
    }
}

/// A box in image pixels: `x1 ≤ x2`, `y1 ≤ y2`, all finite. Edges lie between pixels, so a box
/// from 0 to 10 covers ten pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct BoundingBox {
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    x1: f64,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    y1: f64,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    x2: f64,
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    y2: f64,
}

#[derive(Deserialize)]
struct Corners {
    x1: f64,
    y1: f64,
    x2: f64,
    y2: f64,
}

/// Why four numbers are not a box.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum GeometryError {
    /// A coordinate is NaN or infinite.
    #[error("box coordinates must be finite numbers, found {0}")]
    NotFinite(f64),
}

// Written out, because the derive with `try_from` gives the window two types for one box.
impl<'de> Deserialize<'de> for BoundingBox {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let c = Corners::deserialize(deserializer)?;
        Self::from_corners(c.x1, c.y1, c.x2, c.y2).map_err(serde::de::Error::custom)
    }
}

impl BoundingBox {
    /// The box spanned by two opposite corners, in any order.
    ///
    /// # Errors
    /// When a coordinate is NaN or infinite.
    pub fn from_corners(x1: f64, y1: f64, x2: f64, y2: f64) -> Result<Self, GeometryError> {
        match [x1, y1, x2, y2].into_iter().find(|v| !v.is_finite()) {
            Some(bad) => Err(GeometryError::NotFinite(bad)),
            None => Ok(Self { x1: x1.min(x2), y1: y1.min(y2), x2: x1.max(x2), y2: y1.max(y2) }),
        }
    }

    /// Left edge.
    pub const fn x1(&self) -> f64 {
        self.x1
    }
    /// Top edge.
    pub const fn y1(&self) -> f64 {
        self.y1
    }
    /// Right edge.
    pub const fn x2(&self) -> f64 {
        self.x2
    }
    /// Bottom edge.
    pub const fn y2(&self) -> f64 {
        self.y2
    }
    /// Width in pixels.
    pub fn width(&self) -> f64 {
        self.x2 - self.x1
    }
    /// Height in pixels.
    pub fn height(&self) -> f64 {
        self.y2 - self.y1
    }
    /// Area in square pixels.
    pub fn area(&self) -> f64 {
        self.width() * self.height()
    }
    /// The middle, as (x, y).
    pub fn center(&self) -> (f64, f64) {
        (f64::midpoint(self.x1, self.x2), f64::midpoint(self.y1, self.y2))
    }

    /// Area that two boxes share, in square pixels.
    pub fn intersection_area(&self, other: &Self) -> f64 {
        let width = self.x2.min(other.x2) - self.x1.max(other.x1);
        let height = self.y2.min(other.y2) - self.y1.max(other.y1);
        width.max(0.0) * height.max(0.0)
    }

    /// Intersection over union, 0 to 1; 0 for two empty boxes.
    pub fn iou(&self, other: &Self) -> f64 {
        let shared = self.intersection_area(other);
        let union = self.area() + other.area() - shared;
        if union > 0.0 { shared / union } else { 0.0 }
    }

    /// Intersection ÷ area of the smaller box, 0 to 1: the paper's measure of overlap.
    pub fn overlap(&self, other: &Self) -> f64 {
        let smaller = self.area().min(other.area());
        if smaller > 0.0 { self.intersection_area(other) / smaller } else { 0.0 }
    }

    /// The part inside a picture of this size; may be empty.
    #[must_use]
    pub fn clamped(&self, size: ImageSize) -> Self {
        let (w, h) = (f64::from(size.width), f64::from(size.height));
        Self {
            x1: self.x1.clamp(0.0, w),
            y1: self.y1.clamp(0.0, h),
            x2: self.x2.clamp(0.0, w),
            y2: self.y2.clamp(0.0, h),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(x1: f64, y1: f64, x2: f64, y2: f64) -> BoundingBox {
        BoundingBox::from_corners(x1, y1, x2, y2).unwrap()
    }

    #[test]
    fn corners_in_any_order_give_the_same_box() {
        assert_eq!(bbox(10.0, 20.0, 4.0, 5.0), bbox(4.0, 5.0, 10.0, 20.0));
    }

    #[test]
    fn overlap_is_measured_against_the_smaller_box() {
        let (large, small) = (bbox(0.0, 0.0, 100.0, 100.0), bbox(95.0, 0.0, 105.0, 10.0));
        assert!((large.overlap(&small) - 0.5).abs() < 1e-12);
        assert!((large.iou(&small) - 50.0 / 10_050.0).abs() < 1e-12);
        assert!(bbox(0.0, 0.0, 0.0, 0.0).overlap(&large).abs() < 1e-12);
    }

    #[test]
    fn a_box_with_nan_is_refused_from_json_too() {
        assert!(BoundingBox::from_corners(f64::NAN, 0.0, 1.0, 1.0).is_err());
        assert!(serde_json::from_str::<BoundingBox>(r#"{"x1":1e999,"y1":0,"x2":1,"y2":1}"#).is_err());
    }
}
