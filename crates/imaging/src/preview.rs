//! Pictures as the window shows them: JPEGs no larger than asked for.

use std::path::Path;

use bauta_domain::{ImageSize, RgbImage};

use crate::{ImagingError, decode::decode_jpeg, encode_jpeg, reduced::read_reduced, resize_to_fit};

/// Quality of previews: no visible loss at the size of a screen, a sixth of the bytes of 95.
const QUALITY: u8 = 85;

/// A part of a picture in shares of its sides: from the left and the top, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PicturePart {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl PicturePart {
    /// Reads `left,top,right,bottom`; `None` when that is no part of a picture.
    pub fn parse(text: &str) -> Option<Self> {
        let edges: Vec<f64> = text.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
        let [left, top, right, bottom] = edges.try_into().ok()?;
        let inside = |share: f64| (0.0..=1.0).contains(&share);
        let part = Self { left, top, right, bottom };
        ([left, top, right, bottom].into_iter().all(inside) && left < right && top < bottom).then_some(part)
    }
}

/// The upright picture as a JPEG whose longer side is at most `max_side` pixels, for the window. Of a picture that
/// is larger it may be up to a tenth shorter, where that is what the decoder can give without resizing.
///
/// # Errors
/// As for [`read_image`](crate::read_image).
pub fn preview(path: &Path, max_side: u32) -> Result<Vec<u8>, ImagingError> {
    encode_jpeg(&resize_to_fit(&read_reduced(path, max_side)?, max_side), QUALITY)
}

/// A part of a preview that was made before, as a JPEG of at most `max_side` pixels: a list of boxes need not
/// decode their photo for each of them. At least one pixel.
///
/// # Errors
/// When the bytes are not such a preview.
pub fn part_of_preview(preview: &[u8], part: PicturePart, max_side: u32) -> Result<Vec<u8>, ImagingError> {
    let picture = decode_jpeg(preview)?;
    encode_jpeg(&resize_to_fit(&cut(&picture, part), max_side), QUALITY)
}

fn cut(picture: &RgbImage, part: PicturePart) -> RgbImage {
    let range = |from: f64, to: f64, length: u32| {
        let first = ((from * f64::from(length)).floor() as u32).min(length - 1);
        (first, ((to * f64::from(length)).ceil() as u32).clamp(first + 1, length))
    };
    let size = picture.size();
    let ((left, right), (top, bottom)) =
        (range(part.left, part.right, size.width), range(part.top, part.bottom, size.height));
    let row = 3 * size.width as usize;
    let (from, to) = (3 * left as usize, 3 * right as usize);
    let pixels = (top..bottom).flat_map(|y| &picture.pixels()[y as usize * row..][from..to]).copied().collect();
    RgbImage::new(ImageSize::new(right - left, bottom - top), pixels).expect("every row has its pixels")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parts_within_the_picture_are_parts() {
        assert!(PicturePart::parse("0.25,0,0.5,1").is_some());
        for text in
            ["", "0,0,1", "0,0,1,1,1", "0.5,0,0.5,1", "0,0.9,1,0.1", "-0.1,0,1,1", "0,0,1,1.5", "0,0,NaN,1", "a,b,c,d"]
        {
            assert_eq!(PicturePart::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_part_shows_what_is_there_and_has_at_least_a_pixel() {
        let size = ImageSize::new(40, 20);
        let half = |x: u32| if x < 20 { [200, 30, 30] } else { [30, 30, 200] };
        let pixels = (0..20).flat_map(|_| (0..40).flat_map(half)).collect();
        let whole = encode_jpeg(&RgbImage::new(size, pixels).unwrap(), 95).unwrap();
        let part =
            |text| decode_jpeg(&part_of_preview(&whole, PicturePart::parse(text).unwrap(), 16).unwrap()).unwrap();
        let right = part("0.75,0,1,0.5");
        assert_eq!((right.size().width, right.size().height), (10, 10));
        assert!(right.pixels()[2] > 150 && right.pixels()[0] < 80);
        assert_eq!(part("0.999,0.999,1,1").size(), ImageSize::new(1, 1));
        assert_eq!(part("0,0,1,1").size(), ImageSize::new(16, 8));
    }
}
