//! Embedded colour profiles (ICC): pictures are brought to sRGB, which is what screens, networks and other
//! programs take our pixels for.

use image::RgbImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};
use std::sync::Arc;

/// Colours that differ by no more than this are the same: rounding of two tables.
const SAME: u8 = 2;

/// How the pixels of a picture become sRGB.
pub(crate) enum Profile {
    /// Three channels to three.
    Rgb(Arc<dyn TransformExecutor<u8> + Send + Sync>),
    /// Brightness to brightness.
    Grey(Box<[u8; 256]>),
}

impl Profile {
    /// `None` when there is nothing to do: the profile is sRGB itself (as in most photos), it is damaged, or
    /// it describes inks (see [`Inks`](crate::inks::Inks)), of which these pixels are none.
    pub(crate) fn new(icc: &[u8]) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        let layout = match profile.color_space {
            DataColorSpace::Rgb => Layout::Rgb,
            DataColorSpace::Gray => Layout::Gray,
            _ => return None,
        };
        let to_srgb = profile
            .create_transform_8bit(layout, &ColorProfile::new_srgb(), Layout::Rgb, TransformOptions::default())
            .ok()?;
        let (probe, as_srgb): (Vec<u8>, Vec<u8>) = match layout {
            Layout::Gray => ((0..=255).collect(), (0..=255).flat_map(|grey| [grey; 3]).collect()),
            _ => (cube(), cube()),
        };
        let mut converted = vec![0; as_srgb.len()];
        to_srgb.transform(&probe, &mut converted).ok()?;
        if converted.iter().zip(&as_srgb).all(|(a, b)| a.abs_diff(*b) <= SAME) {
            return None;
        }
        Some(match layout {
            Layout::Gray => Self::Grey(Box::new(std::array::from_fn(|grey| converted[3 * grey]))),
            _ => Self::Rgb(to_srgb),
        })
    }

    /// The picture in sRGB.
    pub(crate) fn to_srgb(&self, mut image: RgbImage) -> RgbImage {
        let row_length = 3 * image.width() as usize;
        match self {
            Self::Grey(table) => image.iter_mut().for_each(|value| *value = table[usize::from(*value)]),
            Self::Rgb(transform) => {
                let mut converted = vec![0; row_length];
                for row in image.chunks_exact_mut(row_length) {
                    // Refused only for buffers of unlike lengths.
                    if transform.transform(row, &mut converted).is_ok() {
                        row.copy_from_slice(&converted);
                    }
                }
            }
        }
        image
    }
}

/// Colours all over the cube, greys among them.
fn cube() -> Vec<u8> {
    let steps = || (0..=255u8).step_by(51);
    steps().flat_map(|r| steps().flat_map(move |g| steps().flat_map(move |b| [r, g, b]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixel(profile: &ColorProfile, color: [u8; 3]) -> Option<[u8; 3]> {
        let image = RgbImage::from_pixel(3, 2, image::Rgb(color));
        Profile::new(&profile.encode().unwrap()).map(|profile| profile.to_srgb(image).get_pixel(2, 1).0)
    }

    #[test]
    fn a_wide_profile_becomes_srgb_and_srgb_stays_as_it_is() {
        assert_eq!(pixel(&ColorProfile::new_srgb(), [200, 100, 50]), None);
        // The same colour needs less of a wider green: Display P3 (200, 100, 50) is about (213, 95, 35) in sRGB.
        let [r, g, b] = pixel(&ColorProfile::new_display_p3(), [200, 100, 50]).unwrap();
        assert!(r.abs_diff(213) <= 3 && g.abs_diff(95) <= 3 && b.abs_diff(35) <= 4, "{:?}", [r, g, b]);
        let grey = pixel(&ColorProfile::new_display_p3(), [128; 3]).unwrap();
        assert!(grey.iter().all(|value| value.abs_diff(128) <= 1), "{grey:?}");
    }

    #[test]
    fn a_damaged_profile_changes_nothing() {
        assert!(Profile::new(b"").is_none());
        let mut icc = ColorProfile::new_display_p3().encode().unwrap();
        icc.truncate(140);
        assert!(Profile::new(&icc).is_none());
    }
}
