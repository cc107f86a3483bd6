//! Pixels as they cross the ports.

use serde::{Deserialize, Serialize};

use crate::ImageSize;

/// Kinds of picture files that are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum PictureFormat {
    /// Lossless.
    #[default]
    Png,
    /// Smaller, with losses.
    Jpeg {
        /// 1 to 100; 90 shows no difference to the eye.
        quality: u8,
    },
}

impl PictureFormat {
    /// Ending of file names, without the dot.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg { .. } => "jpg",
        }
    }
}

/// An upright picture: interleaved 8-bit sRGB, rows from the top, no padding.
#[derive(Clone, PartialEq, Eq)]
pub struct RgbImage {
    size: ImageSize,
    pixels: Vec<u8>,
}

impl std::fmt::Debug for RgbImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RgbImage({}×{})", self.size.width, self.size.height)
    }
}

impl RgbImage {
    /// Wraps `3 · width · height` bytes; `None` when the number of bytes does not fit the size.
    pub fn new(size: ImageSize, pixels: Vec<u8>) -> Option<Self> {
        (pixels.len() as u64 == size.pixels() * 3).then_some(Self { size, pixels })
    }

    /// A picture of one colour.
    pub fn filled(size: ImageSize, color: [u8; 3]) -> Self {
        Self { size, pixels: color.repeat(size.width as usize * size.height as usize) }
    }

    /// Width and height.
    pub const fn size(&self) -> ImageSize {
        self.size
    }

    /// The bytes, `3 · width · height` of them.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The bytes, to draw into.
    pub fn pixels_mut(&mut self) -> &mut [u8] {
        &mut self.pixels
    }

    /// Gives the bytes away.
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }
}
