//! The one crop function: training, classification, live and files all cut here.

use bauta_domain::{BoundingBox, CropPlan, CropShape, ImageSize, RgbImage, SquareRule, plan_crop};

use crate::resize;

/// The square crop of `bbox` (see [`plan_crop`]), resampled to `side` × `side` pixels (at least 1).
/// Where the square sticks out of the picture, the picture's edge pixels are repeated.
pub fn crop_square(image: &RgbImage, bbox: &BoundingBox, side: u32) -> RgbImage {
    squeeze(&Part::whole(image).cut(plan_crop(bbox, image.size())), side)
}

/// The crop of `bbox` as a file shows it.
pub fn crop_shaped(image: &RgbImage, bbox: &BoundingBox, shape: CropShape) -> RgbImage {
    in_shape(&Part::whole(image).cut(shape.plan(bbox, image.size())), shape)
}

/// The whole picture squeezed to `side` × `side` pixels (at least 1), for files that are crops already.
pub fn squeeze(image: &RgbImage, side: u32) -> RgbImage {
    resize(image, ImageSize::new(side, side))
}

/// What was cut out of a picture, brought into its shape.
pub(crate) fn in_shape(cut: &RgbImage, shape: CropShape) -> RgbImage {
    match shape.square {
        SquareRule::Grow | SquareRule::Stretch => squeeze(cut, shape.side),
        SquareRule::Pad => padded(&crate::resize_longer_side(cut, shape.side), shape.side),
    }
}

/// The picture, which fits, in the middle of a black square.
fn padded(image: &RgbImage, side: u32) -> RgbImage {
    let size = image.size();
    let mut square = RgbImage::filled(ImageSize::new(side, side), [0; 3]);
    let (left, top) = ((side - size.width) / 2, (side - size.height) / 2);
    let rows = square.pixels_mut().chunks_exact_mut(3 * side as usize).skip(top as usize);
    for (to, from) in rows.zip(image.pixels().chunks_exact(3 * size.width as usize)) {
        to[3 * left as usize..][..from.len()].copy_from_slice(from);
    }
    square
}

/// Pixels of a picture of which not all need be there.
pub(crate) struct Part<'a> {
    /// What is there.
    pub pixels: &'a RgbImage,
    /// Where its first pixel lies in the picture.
    pub left: u32,
    pub top: u32,
    /// Size of the picture.
    pub picture: ImageSize,
}

impl<'a> Part<'a> {
    fn whole(image: &'a RgbImage) -> Self {
        Self { pixels: image, left: 0, top: 0, picture: image.size() }
    }

    /// The planned region in the picture's own pixels; what it shows of the picture must be there.
    pub(crate) fn cut(&self, plan: CropPlan) -> RgbImage {
        let (width, height) = (i64::from(self.picture.width), i64::from(self.picture.height));
        // Columns of the picture that the region covers; the rest repeats the first and the last one.
        let first = plan.left.clamp(0, width - 1);
        let last = (plan.left + i64::from(plan.width) - 1).clamp(0, width - 1);
        let repeat_left = (first - plan.left).max(0) as usize;
        let row_length = 3 * plan.width as usize;
        let mut pixels = Vec::with_capacity(row_length * plan.height as usize);
        for y in plan.top..plan.top + i64::from(plan.height) {
            let row = (y.clamp(0, height - 1) - i64::from(self.top)) * i64::from(self.pixels.size().width);
            let at = |column: i64| 3 * (row + column - i64::from(self.left)) as usize;
            let inside = &self.pixels.pixels()[at(first)..at(last) + 3];
            let row_end = pixels.len() + row_length;
            for _ in 0..repeat_left {
                pixels.extend_from_slice(&inside[..3]);
            }
            pixels.extend_from_slice(inside);
            while pixels.len() < row_end {
                pixels.extend_from_slice(&inside[inside.len() - 3..]);
            }
        }
        RgbImage::new(ImageSize::new(plan.width, plan.height), pixels).expect("every row has `width` pixels")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_stretched_to_a_square_without_growing() {
        let stretch = |bbox: &BoundingBox, side| {
            crop_shaped(&numbered(8, 8), bbox, CropShape { side, square: SquareRule::Stretch })
        };
        let stretched = stretch(&BoundingBox::from_corners(2.0, 1.0, 6.0, 3.0).unwrap(), 4);
        assert_eq!(&stretched.pixels()[..3], [2, 1, 7]);
        assert_eq!(&stretched.pixels()[45..], [5, 2, 7]);
        let outside = BoundingBox::from_corners(-5.0, -5.0, 99.0, 99.0).unwrap();
        assert_eq!(stretch(&outside, 8), numbered(8, 8));
    }

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

    #[test]
    fn a_padded_crop_keeps_its_proportions_and_a_stretched_one_fills_the_square() {
        let image = RgbImage::filled(ImageSize::new(40, 40), [9, 9, 9]);
        let bbox = BoundingBox::from_corners(0.0, 0.0, 40.0, 20.0).unwrap();
        let shaped = |square| crop_shaped(&image, &bbox, CropShape { side: 32, square });
        let row = |crop: &RgbImage, y: usize| crop.pixels()[3 * 32 * y];
        let padded = shaped(SquareRule::Pad);
        assert_eq!([0, 7, 8, 23, 24, 31].map(|y| row(&padded, y)), [0, 0, 9, 9, 0, 0]);
        assert_eq!(shaped(SquareRule::Stretch), RgbImage::filled(ImageSize::new(32, 32), [9, 9, 9]));
    }

    proptest::proptest! {
        #[test]
        fn every_pixel_of_a_crop_is_the_nearest_pixel_of_the_picture(
            width in 1u32..20, height in 1u32..20, x in 0.0..20.0_f64, y in 0.0..20.0_f64, w in 0.0..30.0_f64, h in 0.0..30.0_f64,
        ) {
            let image = numbered(width, height);
            let plan = plan_crop(&BoundingBox::from_corners(x, y, x + w, y + h).unwrap(), image.size());
            let cut = places(&Part::whole(&image).cut(plan));
            proptest::prop_assert_eq!(cut.len(), (plan.width * plan.height) as usize);
            for (index, place) in cut.iter().enumerate() {
                let (column, row) = (index as i64 % i64::from(plan.width), index as i64 / i64::from(plan.width));
                let expected_x = (plan.left + column).clamp(0, i64::from(width) - 1);
                let expected_y = (plan.top + row).clamp(0, i64::from(height) - 1);
                proptest::prop_assert_eq!([i64::from(place[0]), i64::from(place[1])], [expected_x, expected_y]);
            }
        }
    }
}
