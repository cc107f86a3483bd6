//! Large JPEGs decoded at a half, a quarter or an eighth of their size, straight from the low frequencies of
//! their blocks: what the window shows of a photo needs no more, and comes in half the time.

use std::{io::Cursor, path::Path};

use bauta_domain::RgbImage;
use image::{DynamicImage, ImageFormat};
use turbojpeg::{Colorspace, Decompressor, Image, PixelFormat, ScalingFactor};

use crate::{
    ImagingError,
    decode::{self, Decoded},
    read_image,
};

/// A reduced picture may be this much shorter than what was asked for: 2000 pixels instead of 2048 are not seen,
/// and the next larger size takes twice as long.
const MIN_SHARE: f64 = 0.9;

/// The sizes that a block of 8 × 8 pixels can be decoded at, in eighths.
const EIGHTHS: [u32; 3] = [1, 2, 4];

/// The upright picture, possibly reduced, but not below [`MIN_SHARE`] of `side` on its longer side.
///
/// # Errors
/// As for [`read_image`].
pub(crate) fn read_reduced(path: &Path, side: u32) -> Result<RgbImage, ImagingError> {
    let Some(bytes) = decode::jpeg_bytes(path)? else { return read_image(path) };
    // What this decoder does not take, the other one judges.
    let reduced = decode::guarded(path, ImageFormat::Jpeg, || Ok(reduced(&bytes, path, side)));
    reduced.ok().flatten().map_or_else(|| decode::decode_jpeg_of(&bytes, path), Ok)
}

/// `None` when the picture is no larger than wanted, not of the usual kind, or damaged.
fn reduced(bytes: &[u8], path: &Path, side: u32) -> Option<RgbImage> {
    let facts = decode::facts(&mut Cursor::new(bytes), path, ImageFormat::Jpeg).ok()?;
    let longer = facts.stored.width.max(facts.stored.height);
    let eighths = EIGHTHS.into_iter().find(|n| f64::from(longer * n) / 8.0 >= MIN_SHARE * f64::from(side))?;
    let mut decoder = Decompressor::new().ok()?;
    let header = decoder.read_header(bytes).ok()?;
    // The passes of a progressive picture take most of the time, and are kept whole in memory.
    if header.is_progressive || !matches!(header.colorspace, Colorspace::YCbCr | Colorspace::RGB | Colorspace::Gray) {
        return None;
    }
    let factor = ScalingFactor::new(eighths as usize, 8);
    decoder.set_scaling_factor(factor).ok()?;
    let (width, height) = (factor.scale(header.width), factor.scale(header.height));
    let bytes_of_pixels = 3 * width as u64 * height as u64;
    if bytes_of_pixels > decode::MAX_DECODING_BYTES {
        return None;
    }
    let mut pixels = vec![0; 3 * width * height];
    let target = Image { pixels: &mut pixels[..], width, height, pitch: 3 * width, format: PixelFormat::RGB };
    decoder.decompress(bytes, target).ok()?;
    let pixels = image::RgbImage::from_raw(u32::try_from(width).ok()?, u32::try_from(height).ok()?, pixels)?;
    let pixels = DynamicImage::ImageRgb8(pixels);
    decode::refuse_if_cut_off(bytes, &pixels, path).ok()?;
    decode::finish(Decoded { pixels, orientation: facts.orientation, profile: facts.profile }, path).ok()
}

#[cfg(test)]
mod tests {
    use bauta_domain::ImageSize;
    use image::{ExtendedColorType, ImageEncoder as _, codecs::jpeg::JpegEncoder};

    use super::*;
    use crate::{resize, resize_to_fit};

    /// Soft colours with a frame and a diagonal, so that a shift or a wrong channel is seen.
    fn painted(width: u32, height: u32) -> RgbImage {
        let shade = |at: u32, all: u32| (40 + at * 160 / all) as u8;
        let pixels = (0..height).flat_map(|y| {
            (0..width).flat_map(move |x| {
                let dark = x < 24 || y < 24 || x.abs_diff(y) < 24;
                if dark { [20, 30, 90] } else { [shade(x, width), shade(y, height), 200 - shade(x, width) / 2] }
            })
        });
        RgbImage::new(ImageSize::new(width, height), pixels.collect()).unwrap()
    }

    fn saved(folder: &Path, image: &RgbImage) -> std::path::PathBuf {
        let path = folder.join("photo.jpg");
        std::fs::write(&path, crate::encode_jpeg(image, 90).unwrap()).unwrap();
        path
    }

    fn mean_difference(a: &RgbImage, b: &RgbImage) -> f64 {
        assert_eq!(a.size(), b.size());
        let sum: u64 = a.pixels().iter().zip(b.pixels()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        sum as f64 / a.pixels().len() as f64
    }

    #[test]
    fn a_reduced_picture_shows_what_the_whole_one_shows() {
        let folder = tempfile::tempdir().unwrap();
        let path = saved(folder.path(), &painted(1603, 1201));
        let whole = read_image(&path).unwrap();
        for (side, width) in [(2000, 1603), (1603, 1603), (800, 802), (880, 802), (400, 401), (200, 201), (100, 201)] {
            let reduced = read_reduced(&path, side).unwrap();
            assert_eq!(reduced.size().width, width, "for {side}");
            let difference = mean_difference(&reduced, &resize(&whole, reduced.size()));
            assert!(difference < 1.5, "for {side}: {difference}");
        }
    }

    #[test]
    fn it_is_turned_upright_and_its_profile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("turned.jpg");
        let image = painted(640, 480);
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
        // An EXIF block that says only: turned by a quarter (TIFF, one entry, tag 0x112, SHORT, 6).
        encoder.set_exif_metadata(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec()).unwrap();
        encoder.set_icc_profile(moxcms::ColorProfile::new_display_p3().encode().unwrap()).unwrap();
        encoder.write_image(image.pixels(), 640, 480, ExtendedColorType::Rgb8).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let (whole, reduced) = (read_image(&path).unwrap(), read_reduced(&path, 320).unwrap());
        assert_eq!(reduced.size(), ImageSize::new(240, 320));
        assert!(mean_difference(&reduced, &resize_to_fit(&whole, 320)) < 1.5);
        assert!(mean_difference(&whole, &rotated(&image)) > 1.0, "the profile changed nothing");
    }

    fn rotated(image: &RgbImage) -> RgbImage {
        let stored = image::RgbImage::from_raw(640, 480, image.pixels().to_vec()).unwrap();
        RgbImage::new(ImageSize::new(480, 640), image::imageops::rotate90(&stored).into_raw()).unwrap()
    }

    #[test]
    fn a_thin_picture_keeps_its_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = saved(folder.path(), &painted(4000, 3));
        assert!(read_reduced(&path, 500).unwrap().size().width >= 450);
    }

    #[test]
    fn what_is_cut_off_is_refused_as_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = saved(folder.path(), &painted(1600, 1200));
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let (whole, reduced) = (read_image(&path).unwrap_err(), read_reduced(&path, 400).unwrap_err());
        assert_eq!(reduced.to_string(), whole.to_string());
    }
}
