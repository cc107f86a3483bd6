//! What `image` keeps to itself of a TIFF file: profiles that are longer than its pixels allow, and inks.

use image::DynamicImage;
use tiff::{
    decoder::{Decoder, DecodingResult, Limits},
    tags::Tag,
};

use crate::{
    decode::{MAX_DECODING_BYTES, Source},
    inks::Inks,
};

/// Profiles of printing presses have two or three megabytes.
const MAX_PROFILE_BYTES: u64 = 16 << 20;

/// The embedded colour profile. `image` leaves out one that has more bytes than about a tenth of its pixels, which
/// is that of every small picture for a press.
pub(crate) fn profile(source: &mut dyn Source) -> Option<Vec<u8>> {
    let mut decoder = Decoder::new(source).ok()?;
    let mut headers = decoder.image_ifd();
    let length = headers.find_entry(Tag::IccProfile)?.count();
    let mut icc = vec![0; usize::try_from(length).ok().filter(|_| length <= MAX_PROFILE_BYTES)?];
    let read = headers.find_tag_bytes(Tag::IccProfile, &mut icc, 0).ok()??;
    (read == icc.len()).then_some(icc)
}

/// The pixels of a picture in inks, as sRGB. Its size is within the limits.
///
/// # Errors
/// What is wrong with the file.
pub(crate) fn from_inks(source: &mut dyn Source, inks: &Inks) -> Result<DynamicImage, String> {
    let mut limits = Limits::unlimited();
    let most = usize::try_from(MAX_DECODING_BYTES).unwrap_or(usize::MAX);
    (limits.decoding_buffer_size, limits.intermediate_buffer_size, limits.ifd_value_size) = (most, most, most);
    let mut decoder = Decoder::new(source).map_err(|error| error.to_string())?.with_limits(limits);
    let size = decoder.dimensions().map_err(|error| error.to_string())?;
    let amounts = match decoder.read_image().map_err(|error| error.to_string())? {
        DecodingResult::U8(amounts) => amounts,
        DecodingResult::U16(amounts) => amounts.into_iter().map(|amount| (amount >> 8) as u8).collect(),
        _ => return Err("inks of neither 8 nor 16 bits".to_owned()),
    };
    inks.to_srgb(&amounts, size).ok_or_else(|| "the inks lie in separate planes".to_owned())
}
