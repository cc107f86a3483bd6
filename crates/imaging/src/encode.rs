//! Pixels to bytes of files.

use bauta_domain::RgbImage;
use image::{ExtendedColorType, ImageEncoder, codecs::png::PngEncoder};

use crate::ImagingError;

/// A baseline JPEG. `quality` is 1 to 100 and is brought into that range; below 90 colour is stored
/// at half resolution.
///
/// # Errors
/// When a side is longer than the 65,535 pixels that JPEG can name.
pub fn encode_jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, ImagingError> {
    let refused = |reason: String| failed(image, "JPEG", reason);
    let side = |length: u32| u16::try_from(length).map_err(|_| refused("a side is at most 65535 pixels long".into()));
    let (width, height) = (side(image.size().width)?, side(image.size().height)?);
    let mut bytes = Vec::with_capacity(image.pixels().len() / 8);
    jpeg_encoder::Encoder::new(&mut bytes, quality.clamp(1, 100))
        .encode(image.pixels(), width, height, jpeg_encoder::ColorType::Rgb)
        .map_err(|error| refused(error.to_string()))?;
    Ok(bytes)
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
