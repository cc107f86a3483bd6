//! Pixels to bytes of files.

use bauta_domain::RgbImage;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

use crate::ImagingError;

/// `JPEG_MAX_DIMENSION` of libjpeg.
const MAX_JPEG_SIDE: u32 = 65_500;
/// From this quality on, colour is stored at full resolution.
const FULL_COLOR_FROM: u8 = 90;

/// A baseline JPEG. `quality` is 1 to 100 and is brought into that range; below 90 colour is stored
/// at half resolution.
///
/// # Errors
/// When a side is longer than the 65,500 pixels that libjpeg takes.
pub fn encode_jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, ImagingError> {
    if image.size().width.max(image.size().height) > MAX_JPEG_SIDE {
        return Err(failed(image, "JPEG", format!("a side is at most {MAX_JPEG_SIDE} pixels long")));
    }
    let (width, height) = (image.size().width as usize, image.size().height as usize);
    let pixels = Image { pixels: image.pixels(), width, height, pitch: 3 * width, format: PixelFormat::RGB };
    let encode = || {
        let mut compressor = Compressor::new()?;
        compressor.set_quality(quality.clamp(1, 100).into())?;
        compressor.set_subsamp(if quality < FULL_COLOR_FROM { Subsamp::Sub2x2 } else { Subsamp::None })?;
        compressor.compress_to_vec(pixels)
    };
    encode().map_err(|error: turbojpeg::Error| failed(image, "JPEG", error.to_string()))
}

/// A lossless PNG.
///
/// # Errors
/// When the encoder refuses the size.
pub fn encode_png(image: &RgbImage) -> Result<Vec<u8>, ImagingError> {
    let size = image.size();
    let mut bytes = Vec::with_capacity(image.pixels().len() / 2);
    PngEncoder::new(&mut bytes)
        .write_image(image.pixels(), size.width, size.height, ExtendedColorType::Rgb8)
        .map_err(|error| failed(image, "PNG", error.to_string()))?;
    Ok(bytes)
}

fn failed(image: &RgbImage, format: &'static str, reason: String) -> ImagingError {
    let size = image.size();
    ImagingError::Encode { width: size.width, height: size.height, format, reason }
}
