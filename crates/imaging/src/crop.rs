//! The one crop function: training, classification, live and files all cut here.

use bauta_domain::{BoundingBox, CropPlan, ImageSize, RgbImage, plan_crop};

use crate::resize;

/// The square crop of `bbox` (see [`plan_crop`]), resampled to `side` × `side` pixels (at least 1).
/// Where the square sticks out of the picture, the picture's edge pixels are repeated.
pub fn crop_square(image: &RgbImage, bbox: &BoundingBox, side: u32) -> RgbImage {
    squeeze(&cut(image, plan_crop(bbox, image.size())), side)
}

/// The whole picture squeezed to `side` × `side` pixels (at least 1), for files that are crops already.
pub fn squeeze(image: &RgbImage, side: u32) -> RgbImage {
    resize(image, ImageSize::new(side, side))
}

/// The planned square in the picture's own pixels.
fn cut(image: &RgbImage, plan: CropPlan) -> RgbImage {
    let (width, height) = (i64::from(image.size().width), i64::from(image.size().height));
    let side = i64::from(plan.side);
    // Columns of the picture that the square covers; the rest repeats the first and the last one.
    let first = plan.left.clamp(0, width - 1);
    let last = (plan.left + side - 1).clamp(0, width - 1);
    let repeat_left = (first - plan.left).max(0) as usize;
    let mut pixels = Vec::with_capacity(3 * (side * side) as usize);
    for y in plan.top..plan.top + side {
        let row = y.clamp(0, height - 1) * width;
        let inside = &image.pixels()[3 * (row + first) as usize..3 * (row + last + 1) as usize];
        let row_end = pixels.len() + 3 * side as usize;
        for _ in 0..repeat_left {
            pixels.extend_from_slice(&inside[..3]);
        }
        pixels.extend_from_slice(inside);
        while pixels.len() < row_end {
            pixels.extend_from_slice(&inside[inside.len() - 3..]);
        }
    }
    RgbImage::new(ImageSize::new(plan.side, plan.side), pixels).expect("every row has `side` pixels")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pixel names its place: red = x, green = y.
    fn numbered(width: u32, height: u32) -> RgbImage {
        let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 7])).collect();
        RgbImage::new(ImageSize::new(width, height), pixels).unwrap()
    }

    fn places(image: &RgbImage) -> Vec<[u8; 2]> {
        image.pixels().chunks(3).map(|p| [p[0], p[1]]).collect()
    }

    #[test]
    fn a_crop_of_its_own_size_is_an_exact_copy() {
        let bbox = BoundingBox::from_corners(5.0, 3.0, 7.0, 5.0).unwrap();
        assert_eq!(places(&crop_square(&numbered(10, 8), &bbox, 2)), [[5, 3], [6, 3], [5, 4], [6, 4]]);
    }

    #[test]
    fn edge_pixels_are_repeated_where_the_picture_is_too_small() {
        let bbox = BoundingBox::from_corners(0.0, 0.0, 4.0, 2.0).unwrap();
        let crop = crop_square(&numbered(4, 2), &bbox, 4);
        let rows: Vec<u8> = places(&crop).iter().step_by(4).map(|p| p[1]).collect();
        assert_eq!(rows, [0, 0, 1, 1]);
        let tall = crop_square(&numbered(2, 5), &BoundingBox::from_corners(0.0, 0.0, 2.0, 5.0).unwrap(), 5);
        assert_eq!(places(&tall)[..5], [[0, 0], [0, 0], [0, 0], [1, 0], [1, 0]]);
    }

    proptest::proptest! {
        #[test]
        fn every_pixel_of_a_crop_is_the_nearest_pixel_of_the_picture(
            width in 1u32..20, height in 1u32..20, x in 0.0..20.0_f64, y in 0.0..20.0_f64, w in 0.0..30.0_f64, h in 0.0..30.0_f64,
        ) {
            let image = numbered(width, height);
            let plan = plan_crop(&BoundingBox::from_corners(x, y, x + w, y + h).unwrap(), image.size());
            let cut = places(&cut(&image, plan));
            proptest::prop_assert_eq!(cut.len(), (plan.side * plan.side) as usize);
            for (index, place) in cut.iter().enumerate() {
                let (column, row) = (index as i64 % i64::from(plan.side), index as i64 / i64::from(plan.side));
                let expected_x = (plan.left + column).clamp(0, i64::from(width) - 1);
                let expected_y = (plan.top + row).clamp(0, i64::from(height) - 1);
                proptest::prop_assert_eq!([i64::from(place[0]), i64::from(place[1])], [expected_x, expected_y]);
            }
        }
    }
}
