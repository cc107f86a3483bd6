//! Colours, as sRGB parts from 0 to 1. Mixing happens in sRGB: this is illustration, not physics.

use tiny_skia::Color;

/// An opaque colour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tone(pub [f32; 3]);

impl Tone {
    pub(crate) const WHITE: Self = Self([1.0; 3]);
    pub(crate) const BLACK: Self = Self([0.0; 3]);

    /// From `0xRRGGBB`.
    pub(crate) fn hex(rgb: u32) -> Self {
        Self([16, 8, 0].map(|shift| ((rgb >> shift) & 255) as f32 / 255.0))
    }

    /// From hue in degrees, saturation and lightness in 0 to 1.
    pub(crate) fn hsl(hue: f32, saturation: f32, lightness: f32) -> Self {
        let reach = saturation * lightness.min(1.0 - lightness);
        Self([0.0, 8.0, 4.0].map(|n| {
            let k = (n + hue / 30.0).rem_euclid(12.0);
            lightness - reach * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
        }))
    }

    /// This colour with `share` of the other mixed in.
    pub(crate) fn mixed(self, other: Self, share: f32) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + (other.0[i] - self.0[i]) * share))
    }

    /// Every part times `factor`: darker below 1, lighter above.
    pub(crate) fn times(self, factor: f32) -> Self {
        Self(self.0.map(|part| part * factor))
    }

    /// How light it looks, 0 to 1 (Rec. 601 weights).
    pub(crate) fn luma(self) -> f32 {
        0.299 * self.0[0] + 0.587 * self.0[1] + 0.114 * self.0[2]
    }

    /// As the painter wants it, with an opacity from 0 to 1.
    pub(crate) fn with_opacity(self, opacity: f32) -> Color {
        let [r, g, b] = self.0.map(|part| part.clamp(0.0, 1.0));
        Color::from_rgba(r, g, b, opacity.clamp(0.0, 1.0)).unwrap_or(Color::TRANSPARENT)
    }
}
