//! Where a crop is cut, and what becomes of boxes that are no squares.

use serde::{Deserialize, Serialize};

use crate::{BoundingBox, ImageSize};

/// Name of the table that lies beside crops that were saved. A folder below others that has one holds crops and
/// no photos.
pub const CROP_MANIFEST: &str = "manifest.csv";

/// Columns of that table.
pub const CROP_MANIFEST_COLUMNS: [&str; 13] = [
    "crop",
    "source",
    "x1",
    "y1",
    "x2",
    "y2",
    "category",
    "detector",
    "score",
    "source_sha256",
    "crop_sha256",
    "settings",
    "project",
];

/// What that table begins with: other programs write files of the same name.
pub const CROP_MANIFEST_START: &str = "crop,source,x1,y1,x2,y2,";

/// A region of a picture, in whole pixels. It sticks out of the picture only where the picture is smaller
/// than a square has to be; there the picture's edge pixels are repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CropPlan {
    /// Left edge; negative when the picture is narrower than the region.
    pub left: i64,
    /// Top edge; negative when the picture is lower than the region.
    pub top: i64,
    /// Length of the horizontal sides, at least 1.
    pub width: u32,
    /// Length of the vertical sides, at least 1.
    pub height: u32,
}

/// How a box becomes a square.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SquareRule {
    /// The box is grown to its longer side around its centre and shifted back inside the picture: what
    /// training, classification and the live view see.
    #[default]
    Grow,
    /// Only the box is shown, with black bars at its shorter sides.
    Pad,
    /// Only the box is shown, stretched to a square.
    Stretch,
}

/// What a crop file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct CropShape {
    /// Side of the square in pixels, 32 to 1024.
    pub side: u32,
    /// How boxes that are no squares become squares.
    pub square: SquareRule,
}

impl CropShape {
    /// Sides that a crop file may have, in pixels.
    pub const SIDES: std::ops::RangeInclusive<u32> = 32..=1024;

    /// The region of the picture that a crop of `bbox` shows.
    pub fn plan(self, bbox: &BoundingBox, size: ImageSize) -> CropPlan {
        match self.square {
            SquareRule::Grow => plan_crop(bbox, size),
            SquareRule::Pad | SquareRule::Stretch => plan_box(bbox, size),
        }
    }
}

impl Default for CropShape {
    /// The paper's: 240 pixels, grown.
    fn default() -> Self {
        Self { side: 240, square: SquareRule::Grow }
    }
}

/// Plans the crop of `bbox`: a square of its longer side (rounded, at least one pixel) around its
/// centre, moved inside the picture; centred on the picture along a side that is too short for it.
pub fn plan_crop(bbox: &BoundingBox, size: ImageSize) -> CropPlan {
    let longer = bbox.width().max(bbox.height()).round().clamp(1.0, f64::from(u32::MAX / 4));
    let side = longer as u32;
    let (center_x, center_y) = bbox.center();
    CropPlan {
        left: start(center_x, side, size.width),
        top: start(center_y, side, size.height),
        width: side,
        height: side,
    }
}

/// The whole pixels of the box inside the picture, at least one.
fn plan_box(bbox: &BoundingBox, size: ImageSize) -> CropPlan {
    let edges = |from: f64, to: f64, length: u32| {
        let first = from.round().clamp(0.0, f64::from(length.saturating_sub(1)));
        let last = to.round().clamp(first + 1.0, f64::from(length.max(1)));
        (first as i64, (last - first) as u32)
    };
    let (left, width) = edges(bbox.x1(), bbox.x2(), size.width);
    let (top, height) = edges(bbox.y1(), bbox.y2(), size.height);
    CropPlan { left, top, width, height }
}

/// First pixel of `side` pixels around `center`, inside `0..length` when they fit.
fn start(center: f64, side: u32, length: u32) -> i64 {
    let (side, length) = (i64::from(side), i64::from(length));
    if side > length {
        return (length - side).div_euclid(2);
    }
    let wished = (center - side as f64 / 2.0).round() as i64;
    wished.clamp(0, length - side)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_square_grows_to_the_longer_side_and_stays_inside() {
        struct Case(&'static str, [f64; 4], [i64; 3]);
        let size = ImageSize::new(200, 100);
        for Case(name, [x1, y1, x2, y2], [left, top, side]) in [
            Case("wide box in the middle", [80.0, 40.0, 120.0, 60.0], [80, 30, 40]),
            Case("tall box at the left edge", [0.0, 10.0, 10.0, 70.0], [0, 10, 60]),
            Case("box at the bottom right corner", [190.0, 80.0, 200.0, 100.0], [180, 80, 20]),
            Case("wider than the picture is high", [0.0, 0.0, 150.0, 10.0], [0, -25, 150]),
            Case("odd overhang", [0.0, 0.0, 101.0, 10.0], [0, -1, 101]),
            Case("empty box", [50.0, 50.0, 50.0, 50.0], [50, 50, 1]),
        ] {
            let bbox = BoundingBox::from_corners(x1, y1, x2, y2).unwrap();
            let plan = plan_crop(&bbox, size);
            assert_eq!([plan.left, plan.top, i64::from(plan.width)], [left, top, side], "{name}");
            assert_eq!(plan.width, plan.height, "{name}");
        }
    }

    #[test]
    fn padded_and_stretched_crops_show_the_pixels_of_the_box_alone() {
        let size = ImageSize::new(200, 100);
        let shape = CropShape { side: 64, square: SquareRule::Pad };
        for ([x1, y1, x2, y2], expected) in [
            ([10.4, 20.0, 50.6, 40.0], [10, 20, 41, 20]),
            ([190.0, 90.0, 260.0, 140.0], [190, 90, 10, 10]),
            ([200.0, 100.0, 200.0, 100.0], [199, 99, 1, 1]),
        ] {
            let plan = shape.plan(&BoundingBox::from_corners(x1, y1, x2, y2).unwrap(), size);
            assert_eq!([plan.left, plan.top, plan.width.into(), plan.height.into()], expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_square_that_fits_lies_inside(x in 0.0..300.0_f64, y in 0.0..300.0_f64, w in 0.1..80.0_f64, h in 0.1..80.0_f64) {
            let size = ImageSize::new(300, 300);
            let plan = plan_crop(&BoundingBox::from_corners(x, y, x + w, y + h).unwrap().clamped(size), size);
            proptest::prop_assert!(plan.left >= 0 && plan.left + i64::from(plan.width) <= 300);
            proptest::prop_assert!(plan.top >= 0 && plan.top + i64::from(plan.height) <= 300);
        }
    }
}
