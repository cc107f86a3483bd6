//! Pictures in inks (CMYK) with an embedded colour profile. `image` mixes inks to RGB by a rule of thumb, which
//! is far too bright and too loud for what a press prints; with the profile they get the colours that they were
//! made for. Without a profile, or with a damaged one, the rule of thumb is all there is.

use std::{io::Cursor, path::Path, sync::Arc};

use image::{DynamicImage, ImageFormat};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};
use turbojpeg::{Colorspace, Decompressor, Image, PixelFormat};

use crate::{
    decode::{self, Decoded, MAX_DECODING_BYTES},
    jpeg_scan::{components, has_end_marker, is_progressive},
};

/// Cyan, magenta, yellow, black.
const INKS: usize = 4;

/// Bytes of a pixel in inks and in RGB, both of which are held at one time.
const BYTES: u64 = 4 + 3;

/// What a progressive JPEG keeps of each pixel besides: a 16-bit coefficient for each ink.
const PROGRESSIVE_BYTES: u64 = 8;

/// How amounts of ink become sRGB.
pub(crate) struct Inks(Arc<dyn TransformExecutor<u8> + Send + Sync>);

impl Inks {
    /// `None` when the profile is damaged or not one of four inks.
    pub(crate) fn new(icc: &[u8]) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        if profile.color_space != DataColorSpace::Cmyk {
            return None;
        }
        // Four channels of a byte each, whatever they are called.
        let (from, to, options) = (Layout::Rgba, ColorProfile::new_srgb(), TransformOptions::default());
        profile.create_transform_8bit(from, &to, Layout::Rgb, options).ok().map(Self)
    }

    /// `inks` has the amounts of `width` pixels a row, 255 being all of an ink.
    pub(crate) fn to_srgb(&self, inks: &[u8], (width, height): (u32, u32)) -> Option<DynamicImage> {
        let (pixels, row) = (width as usize * height as usize, width as usize);
        if row == 0 || inks.len() != INKS * pixels {
            return None;
        }
        let mut rgb = vec![0; 3 * pixels];
        for (from, to) in inks.chunks_exact(INKS * row).zip(rgb.chunks_exact_mut(3 * row)) {
            self.0.transform(from, to).ok()?;
        }
        image::RgbImage::from_raw(width, height, rgb).map(DynamicImage::ImageRgb8)
    }
}

/// A whole JPEG in inks with a usable profile, as sRGB. `None` for every other JPEG, also for one that is cut off:
/// how much of it is there is judged by the ordinary way.
pub(crate) fn of_jpeg(bytes: &[u8], path: &Path) -> Option<Decoded> {
    if components(bytes)? != INKS as u8 || !has_end_marker(bytes) {
        return None;
    }
    let facts = decode::facts(&mut Cursor::new(bytes), path, ImageFormat::Jpeg).ok()?;
    let inks = Inks::new(&facts.profile?)?;
    let held = BYTES + if is_progressive(bytes) { PROGRESSIVE_BYTES } else { 0 };
    let (width, height) = (facts.stored.width, facts.stored.height);
    if u64::from(width) * u64::from(height) * held > MAX_DECODING_BYTES {
        return None;
    }
    let mut decoder = Decompressor::new().ok()?;
    let header = decoder.read_header(bytes).ok()?;
    let is_inks = matches!(header.colorspace, Colorspace::CMYK | Colorspace::YCCK);
    if !is_inks || (header.width, header.height) != (width as usize, height as usize) {
        return None;
    }
    let mut pixels = vec![0; INKS * header.width * header.height];
    let target = Image {
        pixels: &mut pixels[..],
        width: header.width,
        height: header.height,
        pitch: INKS * header.width,
        format: PixelFormat::CMYK,
    };
    decoder.decompress(bytes, target).ok()?;
    // JPEGs have the share of the paper that stays white (Adobe's way, which all programs took over).
    pixels.iter_mut().for_each(|value| *value = 255 - *value);
    let pixels = inks.to_srgb(&pixels, (width, height))?;
    Some(Decoded { pixels, orientation: facts.orientation, profile: None })
}

#[cfg(test)]
mod tests {
    use jpeg_encoder::{ColorType, Encoder};
    use tiff::{
        encoder::{TiffEncoder, colortype::CMYK8},
        tags::Tag,
    };

    use super::*;
    use crate::{read_image, regions::read_regions};

    /// White paper, each ink alone, and half of one.
    const AMOUNTS: [[u8; 4]; 6] =
        [[0; 4], [255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255], [128, 0, 0, 0]];

    /// What LittleCMS (Pillow's `ImageCms`, perceptual) makes of them with [`profile`].
    const BY_LITTLE_CMS: [[u8; 3]; 6] =
        [[255, 255, 255], [0, 161, 214], [234, 92, 156], [255, 241, 96], [0, 0, 0], [147, 208, 235]];

    /// A profile (ICC.1:2001-04) of one table from four inks to Lab, with two points for each ink.
    fn profile() -> Vec<u8> {
        let mut table = b"mft2\0\0\0\0\x04\x03\x02\0".to_vec();
        for at in 0..9 {
            table.extend((if at % 4 == 0 { 1 << 16 } else { 0i32 }).to_be_bytes());
        }
        let straight = [0u16, u16::MAX];
        let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        table.extend(words(&[2, 2]));
        (0..4).for_each(|_| table.extend(words(&straight)));
        for inks in 0..16 {
            let has = |ink: i32| f64::from(inks >> (3 - ink) & 1);
            let (c, m, y) = (has(0), has(1), has(2));
            let lab = match inks & 1 {
                0 => [
                    (100.0 - 40.0 * c - 40.0 * m - 5.0 * y).max(12.0),
                    -30.0 * c + 60.0 * m - 4.0 * y,
                    -40.0 * c - 5.0 * m + 70.0 * y,
                ],
                _ => [0.0; 3],
            };
            let [l, a, b] = lab;
            table.extend(words(
                &[l / 100.0 * 65280.0, (a + 128.0) * 256.0, (b + 128.0) * 256.0].map(|v| v.round() as u16),
            ));
        }
        (0..3).for_each(|_| table.extend(words(&straight)));
        let white = [63190i32, 65536, 54061].iter().flat_map(|part| part.to_be_bytes()).collect::<Vec<u8>>();
        let tags = [(b"A2B0", table), (b"wtpt", [&b"XYZ \0\0\0\0"[..], &white].concat())];
        let (mut list, mut data) = (2u32.to_be_bytes().to_vec(), Vec::new());
        for (name, tag) in tags {
            let at = (128 + 4 + 2 * 12 + data.len()) as u32;
            list.extend([&name[..], &at.to_be_bytes(), &(tag.len() as u32).to_be_bytes()].concat());
            data.extend(tag);
            data.resize(data.len().next_multiple_of(4), 0);
        }
        let size = (128 + list.len() + data.len()) as u32;
        let start = [&size.to_be_bytes()[..], b"\0\0\0\0\x02\x40\0\0prtrCMYKLab "].concat();
        let mut header = [&start[..], &[0; 12], b"acsp", &[0; 28], &white].concat();
        header.resize(128, 0);
        [header, list, data].concat()
    }

    /// Blocks of 16 × 16 pixels of these amounts.
    fn amounts() -> (Vec<u8>, u16, u16) {
        let row = AMOUNTS.iter().flat_map(|inks| inks.repeat(16));
        (row.collect::<Vec<u8>>().repeat(16), 16 * AMOUNTS.len() as u16, 16)
    }

    fn jpeg(kind: ColorType, icc: &[u8]) -> Vec<u8> {
        let ((inks, width, height), mut bytes) = (amounts(), Vec::new());
        let mut encoder = Encoder::new(&mut bytes, 98);
        if !icc.is_empty() {
            encoder.add_icc_profile(icc).unwrap();
        }
        encoder.encode(&inks, width, height, kind).unwrap();
        bytes
    }

    fn tiff(icc: &[u8]) -> Vec<u8> {
        let ((inks, width, height), mut bytes) = (amounts(), Cursor::new(Vec::new()));
        let mut encoder = TiffEncoder::new(&mut bytes).unwrap();
        let mut image = encoder.new_image::<CMYK8>(width.into(), height.into()).unwrap();
        image.encoder().write_tag(Tag::IccProfile, icc).unwrap();
        image.write_data(&inks).unwrap();
        bytes.into_inner()
    }

    /// The colour in the middle of each block.
    fn colors(bytes: &[u8]) -> Vec<[u8; 3]> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("picture");
        std::fs::write(&path, bytes).unwrap();
        let image = read_image(&path).unwrap();
        let row = &image.pixels()[8 * 3 * image.size().width as usize..];
        let colors: Vec<[u8; 3]> = (0..AMOUNTS.len())
            .map(|block| std::array::from_fn(|channel| row[3 * (16 * block + 8) + channel]))
            .collect();
        // Crops are cut out of the same pixels.
        let plan = bauta_domain::CropPlan { left: 24, top: 8, width: 1, height: 1 };
        assert_eq!(read_regions(&path, &|_| vec![plan]).unwrap()[0].pixels(), colors[1]);
        colors
    }

    #[test]
    fn inks_get_the_colours_that_their_profile_says() {
        let icc = profile();
        for (name, bytes) in [
            ("CMYK JPEG", jpeg(ColorType::Cmyk, &icc)),
            ("YCCK JPEG", jpeg(ColorType::CmykAsYcck, &icc)),
            ("TIFF", tiff(&icc)),
        ] {
            for (found, expected) in colors(&bytes).iter().zip(BY_LITTLE_CMS) {
                let alike = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 6);
                assert!(alike, "{name}: {found:?}, by LittleCMS {expected:?}");
            }
        }
    }

    #[test]
    fn without_a_usable_profile_inks_are_mixed_as_ever() {
        let mut damaged = profile();
        damaged.truncate(200);
        let plain = colors(&jpeg(ColorType::Cmyk, &[]));
        assert_eq!(colors(&jpeg(ColorType::Cmyk, &damaged)), plain);
        let [cyan, black] = [plain[1], plain[4]];
        assert!(cyan[0] < 12 && cyan[1] > 240 && cyan[2] > 240 && black.iter().all(|&v| v < 12), "{plain:?}");
        assert_eq!(colors(&tiff(&damaged))[1], [0, 255, 255]);
    }
}
