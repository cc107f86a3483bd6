//! Where a crop is cut: the box grown to its longer side, shifted back inside the picture.

use crate::{BoundingBox, ImageSize};

/// A square region of a picture, in whole pixels. It sticks out of the picture only where the picture
/// is smaller than the square; there the picture's edge pixels are repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CropPlan {
    /// Left edge; negative when the picture is narrower than the square.
    pub left: i64,
    /// Top edge; negative when the picture is lower than the square.
    pub top: i64,
    /// Length of the sides, at least 1.
    pub side: u32,
}

/// Plans the crop of `bbox`: a square of its longer side (rounded, at least one pixel) around its
/// centre, moved inside the picture; centred on the picture along a side that is too short for it.
pub fn plan_crop(bbox: &BoundingBox, size: ImageSize) -> CropPlan {
    let longer = bbox.width().max(bbox.height()).round().clamp(1.0, f64::from(u32::MAX / 4));
    let side = longer as u32;
    let (center_x, center_y) = bbox.center();
    CropPlan { left: start(center_x, side, size.width), top: start(center_y, side, size.height), side }
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
            assert_eq!([plan.left, plan.top, i64::from(plan.side)], [left, top, side], "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_square_that_fits_lies_inside(x in 0.0..300.0_f64, y in 0.0..300.0_f64, w in 0.1..80.0_f64, h in 0.1..80.0_f64) {
            let size = ImageSize::new(300, 300);
            let plan = plan_crop(&BoundingBox::from_corners(x, y, x + w, y + h).unwrap().clamped(size), size);
            proptest::prop_assert!(plan.left >= 0 && plan.left + i64::from(plan.side) <= 300);
            proptest::prop_assert!(plan.top >= 0 && plan.top + i64::from(plan.side) <= 300);
        }
    }
}
