//! How a picture is turned between its file and the screen (EXIF orientation).

use crate::ImageSize;

/// The eight values of EXIF's tag 0x0112 (Exif 2.32, §4.6.4.A): what has to be done with the stored
/// picture to see it upright.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// 1: nothing.
    #[default]
    Upright,
    /// 2: mirror left and right.
    MirrorHorizontal,
    /// 3: turn by 180°.
    Turn180,
    /// 4: mirror top and bottom.
    MirrorVertical,
    /// 5: mirror along the main diagonal.
    Transpose,
    /// 6: turn by 90° clockwise.
    Turn90,
    /// 7: mirror along the other diagonal.
    Transverse,
    /// 8: turn by 270° clockwise.
    Turn270,
}

impl Orientation {
    /// All of them, in the order of their EXIF values.
    pub const ALL: [Self; 8] = [
        Self::Upright,
        Self::MirrorHorizontal,
        Self::Turn180,
        Self::MirrorVertical,
        Self::Transpose,
        Self::Turn90,
        Self::Transverse,
        Self::Turn270,
    ];

    /// The orientation with this EXIF value, 1 to 8.
    pub fn from_exif(value: u8) -> Option<Self> {
        Self::ALL.get(usize::from(value).checked_sub(1)?).copied()
    }

    /// Whether width and height of the stored picture change places.
    pub const fn swaps_sides(self) -> bool {
        matches!(self, Self::Transpose | Self::Turn90 | Self::Transverse | Self::Turn270)
    }

    /// The size of the other of the two pictures, stored and upright.
    pub const fn other_size(self, size: ImageSize) -> ImageSize {
        if self.swaps_sides() { ImageSize::new(size.height, size.width) } else { size }
    }

    /// Corners in pixels of the stored picture, of size `stored`, as corners in the upright picture.
    pub fn upright_corners(self, [x1, y1, x2, y2]: [f64; 4], stored: ImageSize) -> [f64; 4] {
        let (w, h) = (f64::from(stored.width), f64::from(stored.height));
        let turn = |x: f64, y: f64| match self {
            Self::Upright => (x, y),
            Self::MirrorHorizontal => (w - x, y),
            Self::Turn180 => (w - x, h - y),
            Self::MirrorVertical => (x, h - y),
            Self::Transpose => (y, x),
            Self::Turn90 => (h - y, x),
            Self::Transverse => (h - y, w - x),
            Self::Turn270 => (y, w - x),
        };
        let ((a, b), (c, d)) = (turn(x1, y1), turn(x2, y2));
        [a, b, c, d]
    }
}

/// What the header of a picture says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Size of the upright picture.
    pub size: ImageSize,
    /// How the stored picture is turned.
    pub orientation: Orientation,
}

impl Picture {
    /// A picture that is stored upright.
    pub const fn upright(size: ImageSize) -> Self {
        Self { size, orientation: Orientation::Upright }
    }

    /// Size of the picture as it is stored.
    pub const fn stored_size(self) -> ImageSize {
        self.orientation.other_size(self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Turns a picture of numbered pixels as EXIF's definition says, independently of the formula.
    fn upright_pixels(orientation: Orientation, stored: &[Vec<u32>]) -> Vec<Vec<u32>> {
        let (h, w) = (stored.len(), stored[0].len());
        let turned = |rows: usize, columns: usize, from: &dyn Fn(usize, usize) -> (usize, usize)| {
            (0..rows)
                .map(|row| (0..columns).map(|column| from(row, column)).map(|(r, c)| stored[r][c]).collect())
                .collect()
        };
        // EXIF: the 0th row and the 0th column of the stored picture are these sides of the visual one.
        match orientation {
            Orientation::Upright => turned(h, w, &|r, c| (r, c)),
            Orientation::MirrorHorizontal => turned(h, w, &|r, c| (r, w - 1 - c)),
            Orientation::Turn180 => turned(h, w, &|r, c| (h - 1 - r, w - 1 - c)),
            Orientation::MirrorVertical => turned(h, w, &|r, c| (h - 1 - r, c)),
            Orientation::Transpose => turned(w, h, &|r, c| (c, r)),
            Orientation::Turn90 => turned(w, h, &|r, c| (h - 1 - c, r)),
            Orientation::Transverse => turned(w, h, &|r, c| (h - 1 - c, w - 1 - r)),
            Orientation::Turn270 => turned(w, h, &|r, c| (c, w - 1 - r)),
        }
    }

    #[test]
    fn a_box_around_one_stored_pixel_is_around_that_pixel_of_the_upright_picture() {
        let stored: Vec<Vec<u32>> = vec![vec![1, 2, 3], vec![4, 5, 6]];
        let size = ImageSize::new(3, 2);
        for orientation in Orientation::ALL {
            let upright = upright_pixels(orientation, &stored);
            let upright_size = orientation.other_size(size);
            assert_eq!((upright[0].len(), upright.len()), (upright_size.width as usize, upright_size.height as usize));
            for (y, x) in (0..2).flat_map(|y| (0..3).map(move |x| (y, x))) {
                let corners = [x as f64, y as f64, x as f64 + 1.0, y as f64 + 1.0];
                let [a, b, c, d] = orientation.upright_corners(corners, size);
                let (column, row) = (a.min(c) as usize, b.min(d) as usize);
                assert_eq!(upright[row][column], stored[y][x], "{orientation:?}");
                assert!(((a - c).abs() - 1.0).abs() < 1e-12 && ((b - d).abs() - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn exif_values_run_from_one_to_eight() {
        assert_eq!(Orientation::from_exif(0), None);
        assert_eq!(Orientation::from_exif(1), Some(Orientation::Upright));
        assert_eq!(Orientation::from_exif(6), Some(Orientation::Turn90));
        assert_eq!(Orientation::from_exif(9), None);
    }
}
