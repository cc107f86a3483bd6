//! Where the boxes of a file land on the upright picture: units, turned pictures, pictures that were
//! resized since, and boxes that reach over the edge.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{DocumentBox, DocumentImage, Picture, Unit};
use crate::{BoundingBox, ImageSize};

/// Which way up the picture was when its boxes were drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoxFrame {
    /// As people see it.
    Upright,
    /// As it is stored: the tool did not know of EXIF orientation.
    Stored,
}

/// How the frame is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum FrameChoice {
    /// By the size that the file gives, by boxes that fit one way up only, else upright.
    #[default]
    Auto,
    /// Always upright.
    Upright,
    /// Always as stored.
    Stored,
}

/// How the boxes of one image of a file become boxes in upright pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placing {
    picture: Picture,
    frame: BoxFrame,
    unit: Unit,
    scale: (f64, f64),
    /// The file gives another size than the picture has. Boxes were scaled when the sides' ratio is the
    /// same, else taken as they are.
    pub other_size: Option<ImageSize>,
}

/// A box on the upright picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedBox {
    /// The box, inside the picture.
    pub bbox: BoundingBox,
    /// It reached over the edge by more than a rounding error and was cut.
    pub clamped: bool,
}

/// Why a box has no place on the picture.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum PlacingError {
    /// A coordinate is NaN or infinite.
    #[error("expected four finite numbers")]
    NotFinite,
    /// Nothing of it is inside the picture.
    #[error("expected one on the picture of {} × {} px", .0.width, .0.height)]
    Outside(ImageSize),
    /// It has no area.
    #[error("expected a width and a height above 0")]
    Empty,
}

/// Over the edge by this much (pixels) is rounding.
const ROUNDING: f64 = 0.5;
/// Fractions are written with six decimals: what they say of a pixel is exact to this share of a side.
const FRACTION_STEP: f64 = 1e-6;

impl Placing {
    /// How the boxes of `image` lie on `picture`.
    pub fn new(image: &DocumentImage, picture: Picture, choice: FrameChoice) -> Self {
        let frame = match choice {
            FrameChoice::Auto => likely_frame(image, picture),
            FrameChoice::Upright => BoxFrame::Upright,
            FrameChoice::Stored => BoxFrame::Stored,
        };
        let actual = size_in(frame, picture);
        let declared = image.size.filter(|size| image.unit == Unit::Pixels && size.pixels() > 0);
        let other_size = declared.filter(|size| *size != actual);
        let scale = other_size.filter(|size| same_ratio(*size, actual)).map_or((1.0, 1.0), |size| {
            (f64::from(actual.width) / f64::from(size.width), f64::from(actual.height) / f64::from(size.height))
        });
        Self { picture, frame, unit: image.unit, scale, other_size }
    }

    /// Whether boxes were scaled to the picture's size.
    pub fn is_scaled(&self) -> bool {
        self.scale != (1.0, 1.0)
    }

    /// The frame that was chosen.
    pub const fn frame(&self) -> BoxFrame {
        self.frame
    }

    /// The box on the upright picture.
    ///
    /// # Errors
    /// When its coordinates are not numbers, or nothing of it is on the picture.
    pub fn place(&self, found: &DocumentBox) -> Result<PlacedBox, PlacingError> {
        let actual = size_in(self.frame, self.picture);
        let (w, h) = (f64::from(actual.width), f64::from(actual.height));
        let [x1, y1, x2, y2] = found.corners;
        let corners = match self.unit {
            Unit::Fractions => [snapped(x1, w), snapped(y1, h), snapped(x2, w), snapped(y2, h)],
            Unit::Pixels => {
                let (sx, sy) = self.scale;
                [x1 * sx, y1 * sy, x2 * sx, y2 * sy]
            }
        };
        let [x1, y1, x2, y2] = match self.frame {
            BoxFrame::Upright => corners,
            BoxFrame::Stored => self.picture.orientation.upright_corners(corners, actual),
        };
        let whole = BoundingBox::from_corners(x1, y1, x2, y2).map_err(|_| PlacingError::NotFinite)?;
        let bbox = whole.clamped(self.picture.size);
        if bbox.width() <= 0.0 || bbox.height() <= 0.0 {
            let empty = whole.width() <= 0.0 || whole.height() <= 0.0;
            return Err(if empty { PlacingError::Empty } else { PlacingError::Outside(self.picture.size) });
        }
        let cut = [(whole.x1(), bbox.x1()), (whole.y1(), bbox.y1()), (whole.x2(), bbox.x2()), (whole.y2(), bbox.y2())];
        Ok(PlacedBox { bbox, clamped: cut.iter().any(|(before, after)| (before - after).abs() > ROUNDING) })
    }
}

fn size_in(frame: BoxFrame, picture: Picture) -> ImageSize {
    match frame {
        BoxFrame::Upright => picture.size,
        BoxFrame::Stored => picture.stored_size(),
    }
}

fn likely_frame(image: &DocumentImage, picture: Picture) -> BoxFrame {
    let (upright, stored) = (picture.size, picture.stored_size());
    // Where the sides keep their places nothing in the file tells the two apart, and today's tools show
    // pictures upright.
    if upright == stored {
        return BoxFrame::Upright;
    }
    match image.size {
        Some(size) if same_ratio(size, upright) => return BoxFrame::Upright,
        Some(size) if same_ratio(size, stored) => return BoxFrame::Stored,
        _ => {}
    }
    let fits = |size: ImageSize| {
        let (w, h) = (f64::from(size.width) + ROUNDING, f64::from(size.height) + ROUNDING);
        image.boxes.iter().all(|b| b.corners[0].max(b.corners[2]) <= w && b.corners[1].max(b.corners[3]) <= h)
    };
    if image.unit == Unit::Pixels && !fits(upright) && fits(stored) { BoxFrame::Stored } else { BoxFrame::Upright }
}

/// Whether one size is the other one, scaled and rounded to whole pixels.
fn same_ratio(a: ImageSize, b: ImageSize) -> bool {
    let across = u64::from(a.width) * u64::from(b.height);
    let down = u64::from(a.height) * u64::from(b.width);
    across.abs_diff(down) <= u64::from(a.width.max(a.height).max(b.width).max(b.height)) / 2
}

/// A fraction in pixels; a whole pixel where six decimals cannot tell the two apart.
fn snapped(fraction: f64, side: f64) -> f64 {
    let pixels = fraction * side;
    let whole = pixels.round();
    if (pixels - whole).abs() <= side * FRACTION_STEP { whole } else { pixels }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Orientation;

    const TALL: Picture = Picture { size: ImageSize::new(60, 100), orientation: Orientation::Turn90 };

    fn image(size: Option<(u32, u32)>, unit: Unit, corners: &[[f64; 4]]) -> DocumentImage {
        DocumentImage {
            size: size.map(|(w, h)| ImageSize::new(w, h)),
            unit,
            boxes: corners.iter().map(|&corners| DocumentBox::imported(corners, None, 1)).collect(),
            ..DocumentImage::default()
        }
    }

    fn placed(image: &DocumentImage, picture: Picture) -> [f64; 4] {
        let b = Placing::new(image, picture, FrameChoice::Auto).place(&image.boxes[0]).unwrap().bbox;
        [b.x1(), b.y1(), b.x2(), b.y2()]
    }

    #[test]
    fn the_size_in_the_file_tells_which_way_up_its_boxes_are() {
        let corners = [10.0, 5.0, 30.0, 15.0];
        assert_eq!(placed(&image(Some((60, 100)), Unit::Pixels, &[corners]), TALL), corners);
        // Stored 100 × 60, shown turned clockwise: x becomes y, y runs from the right.
        assert_eq!(placed(&image(Some((100, 60)), Unit::Pixels, &[corners]), TALL), [45.0, 10.0, 55.0, 30.0]);
        assert_eq!(placed(&image(None, Unit::Pixels, &[corners]), TALL), corners, "upright when nothing tells");
        assert_eq!(placed(&image(None, Unit::Pixels, &[[70.0, 5.0, 90.0, 15.0]]), TALL), [45.0, 70.0, 55.0, 90.0]);
    }

    #[test]
    fn a_box_drawn_on_the_stored_picture_lands_where_it_belongs_for_all_eight_orientations() {
        for orientation in Orientation::ALL {
            let stored = ImageSize::new(100, 60);
            let picture = Picture { size: orientation.other_size(stored), orientation };
            let drawn = image(Some((100, 60)), Unit::Pixels, &[[10.0, 5.0, 30.0, 15.0]]);
            let placing = Placing::new(&drawn, picture, FrameChoice::Stored);
            let b = placing.place(&drawn.boxes[0]).unwrap().bbox;
            let [x1, y1, x2, y2] = orientation.upright_corners([10.0, 5.0, 30.0, 15.0], stored);
            assert_eq!(b, BoundingBox::from_corners(x1, y1, x2, y2).unwrap(), "{orientation:?}");
            let expected = if orientation.swaps_sides() { (10.0, 20.0) } else { (20.0, 10.0) };
            assert_eq!((b.width(), b.height()), expected, "{orientation:?}");
        }
    }

    #[test]
    fn fractions_of_six_decimals_give_back_whole_pixels() {
        let yolo = image(None, Unit::Fractions, &[[0.130_001, 0.1955, 0.182_499_9, 0.280_443]]);
        let picture = Picture::upright(ImageSize::new(400, 271));
        let b = placed(&yolo, picture);
        assert_eq!((b[0], b[2], b[3]), (52.0, 73.0, 76.0));
        assert!((b[1] - 52.9805).abs() < 1e-9, "a fraction between two pixels stays between them");
    }

    #[test]
    fn boxes_of_a_resized_picture_are_scaled_and_it_is_said() {
        let picture = Picture::upright(ImageSize::new(200, 100));
        let half = image(Some((100, 50)), Unit::Pixels, &[[10.0, 10.0, 20.0, 20.0]]);
        let placing = Placing::new(&half, picture, FrameChoice::Auto);
        assert!(placing.is_scaled() && placing.other_size.is_some());
        assert_eq!(placed(&half, picture), [20.0, 20.0, 40.0, 40.0]);
        let other = image(Some((100, 90)), Unit::Pixels, &[[10.0, 10.0, 20.0, 20.0]]);
        let placing = Placing::new(&other, picture, FrameChoice::Auto);
        assert!(!placing.is_scaled() && placing.other_size.is_some());
    }

    #[test]
    fn what_reaches_over_the_edge_is_cut_and_what_is_outside_or_no_number_is_refused() {
        let picture = Picture::upright(ImageSize::new(100, 100));
        let place = |corners| {
            let image = image(None, Unit::Pixels, &[corners]);
            Placing::new(&image, picture, FrameChoice::Auto).place(&image.boxes[0])
        };
        let cut = place([90.0, 90.0, 120.0, 80.0]).unwrap();
        assert!(cut.clamped);
        assert_eq!(cut.bbox, BoundingBox::from_corners(90.0, 80.0, 100.0, 90.0).unwrap());
        assert!(!place([0.0, 0.0, 100.4, 50.0]).unwrap().clamped);
        assert_eq!(place([110.0, 0.0, 120.0, 10.0]), Err(PlacingError::Outside(picture.size)));
        assert_eq!(place([10.0, 10.0, 10.0, 20.0]), Err(PlacingError::Empty));
        assert_eq!(place([f64::NAN, 0.0, 1.0, 1.0]), Err(PlacingError::NotFinite));
        assert_eq!(place([0.0, 0.0, f64::INFINITY, 1.0]), Err(PlacingError::NotFinite));
    }
}
