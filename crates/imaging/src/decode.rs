//! Files to pixels: format by content and not by name, limits from the header before anything is
//! allocated, first frame of animations, alpha laid over white, EXIF orientation applied, embedded
//! colour profiles converted to sRGB.

use std::{
    any::Any,
    io::{BufRead, BufReader, Cursor, Read, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use bauta_domain::{ImageSize, Picture, RgbImage};
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits, metadata::Orientation};

use crate::{
    ImagingError,
    color::Profile,
    error::explain,
    inks::{self, Inks},
    jpeg_scan::{has_end_marker, is_progressive, missing_rows},
    tiff_data,
};

/// Pictures with more pixels are refused from their header.
pub const MAX_PIXELS: u64 = 200_000_000;

/// Pictures whose decoding would hold more bytes at one time are refused from their header.
pub const MAX_DECODING_BYTES: u64 = 3 << 29;

/// A JPEG that ends early is used when at least this share of its rows is there: many cameras and
/// messengers drop a few bytes, but half a picture would move faces and boxes into a grey field.
const MIN_SHARE_OF_ROWS: f64 = 0.9;

/// A progressive JPEG keeps a 16-bit coefficient for each of three channels until its last pass.
const PROGRESSIVE_BYTES: u64 = 6;

/// Enough for the headers of nearly every JPEG (EXIF with its thumbnail is at most 64 KiB).
const JPEG_HEADER_BYTES: u64 = 512 << 10;

/// Reads a picture, upright, as 8-bit RGB. Transparent parts are laid over white; of an animation
/// the first frame is taken.
///
/// # Errors
/// When the file cannot be read, is not a picture that we know, is damaged, or is over the limits
/// ([`MAX_PIXELS`], [`MAX_DECODING_BYTES`]).
pub fn read_image(path: &Path) -> Result<RgbImage, ImagingError> {
    let (mut file, format) = open(path)?;
    match format {
        ImageFormat::Jpeg => decode_jpeg_of(&read_all(file, path)?, path),
        _ => guarded(path, format, || finish(decode(&mut file, path, format, 0)?, path)),
    }
}

/// The bytes of the file when it is a JPEG.
///
/// # Errors
/// When the file cannot be read or is no picture.
pub(crate) fn jpeg_bytes(path: &Path) -> Result<Option<Vec<u8>>, ImagingError> {
    match open(path)? {
        (file, ImageFormat::Jpeg) => read_all(file, path).map(Some),
        _ => Ok(None),
    }
}

/// The upright picture of a JPEG's bytes.
///
/// # Errors
/// As for [`read_image`].
pub(crate) fn decode_jpeg_of(bytes: &[u8], path: &Path) -> Result<RgbImage, ImagingError> {
    guarded(path, ImageFormat::Jpeg, || {
        if let Some(image) = inks::of_jpeg(bytes, path) {
            return finish(image, path);
        }
        let held = if is_progressive(bytes) { PROGRESSIVE_BYTES } else { 0 };
        let image = decode(&mut Cursor::new(bytes), path, ImageFormat::Jpeg, held)?;
        refuse_if_cut_off(bytes, &image.pixels, path)?;
        finish(image, path)
    })
}

/// Reads a JPEG from memory, one that we made ourselves.
pub(crate) fn decode_jpeg(bytes: &[u8]) -> Result<RgbImage, ImagingError> {
    let (nowhere, format) = (Path::new("a preview"), ImageFormat::Jpeg);
    guarded(nowhere, format, || finish(decode(&mut Cursor::new(bytes), nowhere, format, 0)?, nowhere))
}

/// Size of the upright picture, from the header only.
///
/// # Errors
/// As for [`read_image`], as far as the header shows it.
pub fn image_size(path: &Path) -> Result<ImageSize, ImagingError> {
    Ok(image_header(path)?.size)
}

/// Size of the upright picture and how the stored one is turned, from the header only.
///
/// # Errors
/// As for [`read_image`], as far as the header shows it.
pub fn image_header(path: &Path) -> Result<Picture, ImagingError> {
    let (mut file, format) = open(path)?;
    guarded(path, format, || {
        if format != ImageFormat::Jpeg {
            return header(&mut file, path, format);
        }
        // The JPEG decoder reads all it is given; the size of ten thousand photos must not cost
        // reading them whole.
        let mut head = Vec::new();
        let unreadable = |error: &std::io::Error| ImagingError::Read { path: path.into(), reason: explain(error) };
        file.by_ref().take(JPEG_HEADER_BYTES).read_to_end(&mut head).map_err(|e| unreadable(&e))?;
        header(&mut Cursor::new(head.as_slice()), path, format).or_else(|_| {
            file.read_to_end(&mut head).map_err(|e| unreadable(&e))?;
            header(&mut Cursor::new(head.as_slice()), path, format)
        })
    })
}

/// Decoders are generic over what they read; one type of it means that each is compiled once.
pub(crate) trait Source: BufRead + Seek {}

impl<T: BufRead + Seek> Source for T {}

pub(crate) struct Decoded {
    pub pixels: DynamicImage,
    pub orientation: Orientation,
    /// Embedded ICC profile.
    pub profile: Option<Vec<u8>>,
}

fn open(path: &Path) -> Result<(BufReader<std::fs::File>, ImageFormat), ImagingError> {
    let unreadable = |error: &std::io::Error| ImagingError::Read { path: path.into(), reason: explain(error) };
    let metadata = std::fs::metadata(path).map_err(|error| match std::fs::symlink_metadata(path) {
        Ok(link) if link.is_symlink() => {
            ImagingError::NotAFile { path: path.into(), found: "a link to a file that does not exist" }
        }
        _ => unreadable(&error),
    })?;
    if metadata.is_dir() {
        return Err(ImagingError::NotAFile { path: path.into(), found: "a folder" });
    }
    // Opening a pipe would wait for a writer for ever.
    if !metadata.is_file() {
        return Err(ImagingError::NotAFile { path: path.into(), found: "a device or a pipe" });
    }
    if metadata.len() == 0 {
        return Err(ImagingError::Empty { path: path.into() });
    }
    if metadata.len() > MAX_DECODING_BYTES {
        let (needed, limit) = (metadata.len(), MAX_DECODING_BYTES);
        return Err(ImagingError::TooMuchMemory { path: path.into(), needed, limit });
    }
    let mut file = BufReader::new(std::fs::File::open(path).map_err(|e| unreadable(&e))?);
    let head = file.fill_buf().map_err(|e| unreadable(&e))?;
    match image::guess_format(head) {
        Ok(format) if format.reading_enabled() => Ok((file, format)),
        _ => Err(ImagingError::UnknownFormat { path: path.into(), found: describe(head) }),
    }
}

/// What bytes that are no picture look like to people.
fn describe(head: &[u8]) -> String {
    let head = &head[..head.len().min(64)];
    let brand = head.get(4..12).unwrap_or_default();
    if brand.starts_with(b"ftyp") {
        let found = match &brand[4..] {
            b"heic" | b"heix" | b"mif1" | b"msf1" | b"hevc" => "a HEIC photo",
            b"avif" | b"avis" => "an AVIF picture",
            _ => "a video",
        };
        return found.to_owned();
    }
    let is_text = head.iter().all(|&b| b >= b' ' || b == b'\n' || b == b'\r' || b == b'\t');
    match std::str::from_utf8(head).ok().filter(|_| is_text) {
        Some(text) => format!("text that begins with {:?}", text.chars().take(24).collect::<String>()),
        None => {
            let hex: Vec<String> = head.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            format!("bytes that begin with {}", hex.join(" "))
        }
    }
}

fn read_all(mut file: BufReader<std::fs::File>, path: &Path) -> Result<Vec<u8>, ImagingError> {
    let mut bytes = Vec::new();
    match file.read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(ImagingError::Read { path: path.into(), reason: explain(&error) }),
    }
}

/// A decoder whose header was read and found within the limits. `held` is what it keeps for each pixel
/// while it decodes, in bytes, besides its result.
fn decoder<'a>(
    source: &'a mut dyn Source,
    path: &Path,
    format: ImageFormat,
    held: u64,
) -> Result<impl ImageDecoder + 'a, ImagingError> {
    let mut reader = ImageReader::with_format(source, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODING_BYTES);
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(|error| damaged(path, format, &error))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        return Err(ImagingError::TooManyPixels { path: path.into(), width, height, limit: MAX_PIXELS });
    }
    if pixels == 0 {
        return Err(damaged(path, format, &"the header says that the picture has no pixels"));
    }
    // The decoded pixels, and what is held meanwhile or our RGB copy of them (or its rotated copy).
    let needed = decoder.total_bytes().saturating_add(pixels * held.max(3));
    if needed > MAX_DECODING_BYTES {
        return Err(ImagingError::TooMuchMemory { path: path.into(), needed, limit: MAX_DECODING_BYTES });
    }
    Ok(decoder)
}

/// What the headers of a picture say.
pub(crate) struct Facts {
    /// Size before the picture is turned upright.
    pub stored: ImageSize,
    pub orientation: Orientation,
    /// Embedded ICC profile.
    pub profile: Option<Vec<u8>>,
}

/// Reads the headers.
///
/// # Errors
/// When they are damaged, or the picture is over the limits.
pub(crate) fn facts(source: &mut dyn Source, path: &Path, format: ImageFormat) -> Result<Facts, ImagingError> {
    let mut decoder = decoder(source, path, format, 0)?;
    let (width, height) = decoder.dimensions();
    let (orientation, profile) = (orientation(&mut decoder), profile(&mut decoder));
    Ok(Facts { stored: ImageSize::new(width, height), orientation, profile })
}

fn header(source: &mut dyn Source, path: &Path, format: ImageFormat) -> Result<Picture, ImagingError> {
    let mut decoder = decoder(source, path, format, 0)?;
    let (width, height) = decoder.dimensions();
    let orientation = bauta_domain::Orientation::from_exif(orientation(&mut decoder).to_exif()).unwrap_or_default();
    Ok(Picture { size: orientation.other_size(ImageSize::new(width, height)), orientation })
}

/// Unreadable or nonsensical EXIF data mean "as it is": they are no reason to refuse good pixels.
fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

/// As for orientation: a profile that cannot be read is none.
fn profile(decoder: &mut impl ImageDecoder) -> Option<Vec<u8>> {
    decoder.icc_profile().ok().flatten()
}

pub(crate) fn decode(
    source: &mut dyn Source,
    path: &Path,
    format: ImageFormat,
    held: u64,
) -> Result<Decoded, ImagingError> {
    let of_tiff = if format == ImageFormat::Tiff { tiff_data::profile(source) } else { None };
    rewind(source, path)?;
    let mut decoder = decoder(source, path, format, held)?;
    let orientation = orientation(&mut decoder);
    let profile = of_tiff.or_else(|| profile(&mut decoder));
    let is_inks = matches!(decoder.original_color_type(), ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16);
    if let Some(inks) = profile.as_deref().filter(|_| is_inks).and_then(Inks::new) {
        drop(decoder);
        rewind(source, path)?;
        let pixels = tiff_data::from_inks(source, &inks).map_err(|reason| damaged(path, format, &reason))?;
        return Ok(Decoded { pixels, orientation, profile: None });
    }
    let pixels = DynamicImage::from_decoder(decoder).map_err(|error| damaged(path, format, &error))?;
    Ok(Decoded { pixels, orientation, profile })
}

fn rewind(source: &mut dyn Source, path: &Path) -> Result<(), ImagingError> {
    source.rewind().map_err(|error| ImagingError::Read { path: path.into(), reason: explain(&error) })
}

pub(crate) fn finish(Decoded { pixels, orientation, profile }: Decoded, path: &Path) -> Result<RgbImage, ImagingError> {
    let mut upright = DynamicImage::ImageRgb8(match profile.as_deref().and_then(Profile::new) {
        Some(profile) => profile.to_srgb(over_white(pixels)),
        None => over_white(pixels),
    });
    upright.apply_orientation(orientation);
    let size = ImageSize::new(upright.width(), upright.height());
    RgbImage::new(size, upright.into_rgb8().into_raw()).ok_or_else(|| ImagingError::Read {
        path: path.into(),
        reason: format!("the decoder gave a buffer that does not fit {}×{} pixels", size.width, size.height),
    })
}

/// Eight-bit RGB; what is transparent shows white, as on paper.
fn over_white(pixels: DynamicImage) -> image::RgbImage {
    if !pixels.color().has_alpha() {
        return pixels.into_rgb8();
    }
    let rgba = pixels.into_rgba8();
    let mut rgb = image::RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in rgb.pixels_mut().zip(rgba.pixels()) {
        let [r, g, b, alpha] = from.0.map(u32::from);
        to.0 = [r, g, b].map(|channel| ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    rgb
}

pub(crate) fn refuse_if_cut_off(bytes: &[u8], pixels: &DynamicImage, path: &Path) -> Result<(), ImagingError> {
    if has_end_marker(bytes) {
        return Ok(());
    }
    let missing = missing_rows(pixels) / f64::from(pixels.height());
    if missing <= 1.0 - MIN_SHARE_OF_ROWS {
        return Ok(());
    }
    Err(ImagingError::CutOff { path: path.into(), missing_percent: (missing * 100.0).round() as u32 })
}

/// Runs a decoder; its panic is a damaged file and not the end of the program.
pub(crate) fn guarded<T>(
    path: &Path,
    format: ImageFormat,
    work: impl FnOnce() -> Result<T, ImagingError>,
) -> Result<T, ImagingError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = message(panic.as_ref());
        Err(damaged(path, format, &format!("the decoder stopped at {said:?}")))
    })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("an unnamed place")
}

fn damaged(path: &Path, format: ImageFormat, reason: &dyn std::fmt::Display) -> ImagingError {
    let format = match format {
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Png => "PNG",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        ImageFormat::Tiff => "TIFF",
        _ => "picture",
    };
    ImagingError::Damaged { path: path.into(), format, reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_decoder_is_an_error_with_the_file() {
        let path = Path::new("bad.png");
        let result = guarded::<()>(path, ImageFormat::Png, || panic!("index {} out of range", 7));
        let message = result.unwrap_err().to_string();
        assert!(message.contains("bad.png") && message.contains("index 7 out of range"), "{message}");
    }

    #[test]
    fn bytes_that_are_no_picture_are_described() {
        for (head, expected) in [
            (&b"this is a text file, not a picture\n"[..], "text that begins with \"this is a text file, not\""),
            (&b"\0\0\0\x18ftypheic\0\0\0\0"[..], "a HEIC photo"),
            (&b"\0\0\0\x18ftypisom\0\0\0\0"[..], "a video"),
            (&b"\x00\xff\x10"[..], "bytes that begin with 00 ff 10"),
        ] {
            assert_eq!(describe(head), expected);
        }
    }

    #[test]
    fn transparent_parts_show_white() {
        let rgba = image::RgbaImage::from_raw(3, 1, vec![10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 128]).unwrap();
        assert_eq!(over_white(rgba.into()).into_raw(), [10, 20, 30, 255, 255, 255, 127, 127, 127]);
    }
}
