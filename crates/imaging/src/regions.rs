//! Several regions of one picture file, read once. Of an ordinary photo only the parts around the regions are
//! decoded ([`jpeg_cut`](crate::jpeg_cut)); the pixels are those of the whole picture either way.

use std::{io::Cursor, path::Path};

use bauta_domain::{CropPlan, ImageSize, RgbImage};
use image::{ImageFormat, metadata::Orientation};

use crate::{
    ImagingError,
    crop::Part,
    decode::{self, Decoded},
    jpeg_cut::{StoredRect, cut, scan_start},
};

/// The regions that `plan` wants of the upright picture, in its own pixels and in that order.
///
/// # Errors
/// As for [`read_image`](crate::read_image).
pub(crate) fn read_regions(
    path: &Path,
    plan: &dyn Fn(ImageSize) -> Vec<CropPlan>,
) -> Result<Vec<RgbImage>, ImagingError> {
    let image = match decode::jpeg_bytes(path)? {
        Some(bytes) => {
            let parts = decode::guarded(path, ImageFormat::Jpeg, || Ok(from_parts(&bytes, path, plan)));
            if let Ok(Some(regions)) = parts {
                return Ok(regions);
            }
            decode::decode_jpeg_of(&bytes, path)?
        }
        None => decode::read_image(path)?,
    };
    let whole = Part { pixels: &image, left: 0, top: 0, picture: image.size() };
    Ok(plan(image.size()).into_iter().map(|plan| whole.cut(plan)).collect())
}

/// `None` when the picture has to be decoded whole.
fn from_parts(bytes: &[u8], path: &Path, plan: &dyn Fn(ImageSize) -> Vec<CropPlan>) -> Option<Vec<RgbImage>> {
    let head = &bytes[..scan_start(bytes)?];
    let facts = decode::facts(&mut Cursor::new(head), path, ImageFormat::Jpeg).ok()?;
    let picture = turned_size(facts.stored, facts.orientation);
    let plans = plan(picture);
    let rects: Vec<StoredRect> = plans.iter().map(|plan| visible(plan, picture)).collect();
    let back = inverse(facts.orientation);
    let stored: Vec<StoredRect> = rects.iter().map(|rect| turned(*rect, back, picture)).collect();
    let region = |(plan, cut): (&CropPlan, crate::jpeg_cut::Cut)| {
        let decoded = decode::decode(&mut Cursor::new(cut.jpeg.as_slice()), path, ImageFormat::Jpeg, 0).ok()?;
        let decoded = Decoded { orientation: facts.orientation, profile: facts.profile.clone(), ..decoded };
        let pixels = decode::finish(decoded, path).ok()?;
        let place = turned(cut.place, facts.orientation, facts.stored);
        Some(Part { pixels: &pixels, left: place.left, top: place.top, picture }.cut(*plan))
    };
    plans.iter().zip(cut(bytes, &stored)?).map(region).collect()
}

/// The pixels of the picture that a region shows.
fn visible(plan: &CropPlan, picture: ImageSize) -> StoredRect {
    let inside = |from: i64, length: u32, all: u32| {
        let all = i64::from(all);
        let first = from.clamp(0, all - 1);
        let last = (from + i64::from(length) - 1).clamp(0, all - 1);
        (first as u32, last as u32 + 1)
    };
    let (left, right) = inside(plan.left, plan.width, picture.width);
    let (top, bottom) = inside(plan.top, plan.height, picture.height);
    StoredRect { left, top, right, bottom }
}

fn turned_size(size: ImageSize, orientation: Orientation) -> ImageSize {
    let all = turned(StoredRect { left: 0, top: 0, right: size.width, bottom: size.height }, orientation, size);
    ImageSize::new(all.right, all.bottom)
}

/// Where a rectangle of a picture of this size lies after the picture was turned.
fn turned(rect: StoredRect, orientation: Orientation, size: ImageSize) -> StoredRect {
    let corner = |x: u32, y: u32| match orientation {
        Orientation::NoTransforms => (x, y),
        Orientation::FlipHorizontal => (size.width - x, y),
        Orientation::Rotate180 => (size.width - x, size.height - y),
        Orientation::FlipVertical => (x, size.height - y),
        Orientation::Rotate90FlipH => (y, x),
        Orientation::Rotate90 => (size.height - y, x),
        Orientation::Rotate270FlipH => (size.height - y, size.width - x),
        Orientation::Rotate270 => (y, size.width - x),
    };
    let ((x1, y1), (x2, y2)) = (corner(rect.left, rect.top), corner(rect.right, rect.bottom));
    StoredRect { left: x1.min(x2), top: y1.min(y2), right: x1.max(x2), bottom: y1.max(y2) }
}

fn inverse(orientation: Orientation) -> Orientation {
    match orientation {
        Orientation::Rotate90 => Orientation::Rotate270,
        Orientation::Rotate270 => Orientation::Rotate90,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

    use super::*;

    /// Gradients with noise: no two blocks alike, and coefficients of every size.
    fn photo(width: u32, height: u32, channels: u32) -> Vec<u8> {
        let value = |i: u32| {
            let (x, y) = (i / channels % width, i / channels / width);
            let noise = i.wrapping_mul(2_654_435_761) >> 26;
            let wave = ((x * (1 + i % channels)) as f32 / 9.0).sin() * 70.0 + (y as f32 / 5.0).cos() * 50.0;
            (128.0 + wave) as u8 / 2 + noise as u8
        };
        (0..width * height * channels).map(value).collect()
    }

    fn jpeg((width, height): (u16, u16), set: &dyn Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 88);
        set(&mut encoder);
        let pixels = photo(width.into(), height.into(), 3);
        encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
        bytes
    }

    /// Small regions in the middle, at every edge and over the edges.
    fn plans(picture: ImageSize) -> Vec<CropPlan> {
        let (w, h) = (i64::from(picture.width), i64::from(picture.height));
        let places = [(0, 0), (w / 2, h / 2), (w - 9, 3), (5, h - 7), (w / 3, -4), (w - 20, h - 20)];
        let plan = |(left, top)| CropPlan { left, top, width: 20, height: 17 };
        places.into_iter().map(plan).collect()
    }

    fn whole(bytes: &[u8]) -> Vec<RgbImage> {
        let image = decode::decode_jpeg_of(bytes, Path::new("x.jpg")).unwrap();
        let part = Part { pixels: &image, left: 0, top: 0, picture: image.size() };
        plans(image.size()).into_iter().map(|plan| part.cut(plan)).collect()
    }

    fn parts(bytes: &[u8]) -> Option<Vec<RgbImage>> {
        from_parts(bytes, Path::new("x.jpg"), &plans)
    }

    fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        [&jpeg[..2], &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn parts_have_exactly_the_pixels_of_the_whole_picture() {
        for sampling in [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2] {
            for size in [(333, 257), (320, 256)] {
                for restarts in [0, 7, 100] {
                    let bytes = jpeg(size, &|encoder| {
                        encoder.set_sampling_factor(sampling);
                        encoder.set_restart_interval(restarts);
                    });
                    let case = format!("{sampling:?} {size:?} restart interval {restarts}");
                    assert!(parts(&bytes).unwrap() == whole(&bytes), "{case}");
                }
            }
        }
    }

    #[test]
    fn a_grey_picture_and_every_orientation_are_cut_at_the_right_place() {
        let mut grey = Vec::new();
        Encoder::new(&mut grey, 90).encode(&photo(300, 200, 1), 300, 200, ColorType::Luma).unwrap();
        assert!(parts(&grey).unwrap() == whole(&grey));
        let bytes = jpeg((200, 310), &|_| {});
        for orientation in 1..=8 {
            let turned = with_orientation(&bytes, orientation);
            assert!(parts(&turned).unwrap() == whole(&turned), "orientation {orientation}");
        }
    }

    #[test]
    fn what_cannot_be_cut_is_left_to_the_decoder() {
        let good = jpeg((320, 256), &|_| {});
        assert!(parts(&good).is_some());
        let progressive = jpeg((320, 256), &|encoder| encoder.set_progressive(true));
        assert!(parts(&progressive).is_none());
        let one_scan_a_component = jpeg((320, 256), &|encoder| encoder.set_optimized_huffman_tables(true));
        assert!(parts(&one_scan_a_component).is_none());
        assert!(parts(&jpeg((40, 30), &|_| {})).is_none(), "regions that cover most of the picture");
        assert!(parts(&good[..good.len() - 20]).is_none(), "cut off");
        assert!(parts(&good[..300]).is_none(), "headers only");
    }

    #[test]
    fn damaged_data_are_an_answer_or_none_and_never_a_panic() {
        let good = jpeg((320, 256), &|encoder| encoder.set_restart_interval(11));
        let start = scan_start(&good).unwrap();
        for n in 0..400usize {
            let mut bad = good.clone();
            // Half of the damage hits the headers, half the compressed data.
            let at = if n % 2 == 0 {
                n.wrapping_mul(7919) % start
            } else {
                start + n.wrapping_mul(104_729) % (good.len() - start)
            };
            bad[at] ^= (n as u8).wrapping_mul(37) | 1;
            let _ = decode::guarded(Path::new("x.jpg"), ImageFormat::Jpeg, || Ok(parts(&bad)));
        }
    }
}
