//! Whether the coordinates of a table are pixels or shares of the picture, which no table says. Every row with a
//! plain answer has a vote; a few rows of the other kind are mistakes, and each of them is reported.

use bauta_domain::{AnnotationDocument, DocumentBox, Unit};

use super::columns::Place;
use crate::{Problems, number::number_text};

/// Shares as other programs round them: a little beyond the edge is on the edge.
const SLIGHTLY_BEYOND: f64 = 0.05;
/// What adding and subtracting makes of 0 and 1.
const ROUNDING: f64 = 1e-9;

/// What the rows so far look like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Votes {
    fractions: usize,
    pixels: usize,
}

impl Votes {
    /// Counts the four numbers of a row. Rows of zeros and ones say nothing, and neither does what is no number.
    pub fn count(&mut self, values: [f64; 4]) {
        if values.iter().any(|value| !value.is_finite()) {
            return;
        }
        match all_within(values, SLIGHTLY_BEYOND) {
            true => self.fractions += usize::from(values.iter().any(|value| *value > 0.0 && *value < 1.0)),
            false => self.pixels += 1,
        }
    }

    fn unit(self) -> Unit {
        if self.fractions > self.pixels { Unit::Fractions } else { Unit::Pixels }
    }

    /// A table of ours is in pixels, however small its boxes are.
    pub const fn pixels() -> Self {
        Self { fractions: 0, pixels: usize::MAX }
    }

    /// Says of every image what its coordinates are, and mends or reports the boxes that cannot be meant so. `word`
    /// is what the place of a box counts.
    pub fn decide(self, document: &mut AnnotationDocument, place: Place, word: &str, problems: &mut Problems) {
        let unit = self.unit();
        for image in &mut document.images {
            image.unit = unit;
            match unit {
                Unit::Fractions => image.boxes.retain_mut(|found| keep_share(found, place, word, problems)),
                Unit::Pixels => image.boxes.iter().for_each(|found| question_tiny(found, word, problems)),
            }
        }
    }
}

fn all_within(values: [f64; 4], beyond: f64) -> bool {
    values.iter().all(|value| (-beyond..=1.0 + beyond).contains(value))
}

/// The four numbers of a row again.
fn values(place: Place, [x1, y1, x2, y2]: [f64; 4]) -> [f64; 4] {
    match place {
        Place::Corners(_) | Place::OneCell(_, false) => [x1, y1, x2, y2],
        Place::CornerAndSize(_) | Place::OneCell(_, true) => [x1, y1, x2 - x1, y2 - y1],
        Place::CenterAndSize(_) => [(x1 + x2) / 2.0, (y1 + y2) / 2.0, x2 - x1, y2 - y1],
    }
}

/// Whether a box can be shares of the picture; what is a little beyond its edge is cut there. What is no number is
/// refused later, with all such boxes of all formats.
fn keep_share(found: &mut DocumentBox, place: Place, word: &str, problems: &mut Problems) -> bool {
    let values = values(place, found.corners);
    // A size below 0 was reported when the row was read; its corners are put right.
    let values = values.map(|value| if matches!(place, Place::Corners(_)) { value } else { value.abs() });
    if values.iter().any(|value| !value.is_finite()) || all_within(values, ROUNDING) {
        return true;
    }
    let outside = values.into_iter().find(|value| !(-ROUNDING..=1.0 + ROUNDING).contains(value)).unwrap_or_default();
    let outside = number_text((outside * 1e6).round() / 1e6);
    let keep = all_within(values, SLIGHTLY_BEYOND);
    let outcome = if keep { "it is cut at the edge" } else { "the box is left out" };
    problems.push(
        format_args!("{word} {}", found.place),
        format_args!("found {outside}; expected 0 to 1, shares of the picture, as in most rows; {outcome}"),
    );
    if keep {
        found.corners = found.corners.map(|corner| corner.clamp(0.0, 1.0));
    }
    keep
}

fn question_tiny(found: &DocumentBox, word: &str, problems: &mut Problems) {
    let [x1, y1, x2, y2] = found.corners;
    let (width, height) = ((x2 - x1).abs(), (y2 - y1).abs());
    // A box without any width is refused later, with all such boxes of all formats.
    if width > 0.0 && height > 0.0 && width.min(height) < 1.0 {
        let [width, height] = [width, height].map(|side| number_text((side * 1e3).round() / 1e3));
        problems.push(
            format_args!("{word} {}", found.place),
            format_args!(
                "the box is {width} × {height} pixels, expected at least 1 × 1; shares of the picture (0 to 1) are \
                 only understood when most rows have them"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::csv_table::read;

    /// The corners that come out of rows, and what is said of them.
    fn table(rows: &str) -> (bool, Vec<[f64; 4]>, Vec<String>) {
        let read = read(format!("image,xmin,ymin,xmax,ymax\n{rows}").as_bytes()).unwrap();
        let image = &read.document.images[0];
        let corners = image.boxes.iter().map(|found| found.corners).collect();
        let problems = read.problems.iter().map(ToString::to_string).collect();
        (image.unit == bauta_domain::Unit::Fractions, corners, problems)
    }

    const SHARES: &str = "a.jpg,0.1,0.1,0.5,0.5\na.jpg,0,0,0.25,1\n";

    #[test]
    fn one_row_a_little_beyond_the_edge_is_cut_and_the_others_stay_shares() {
        let (shares, corners, problems) = table(&format!("{SHARES}a.jpg,0.2,0.2,1.002,0.9\n"));
        assert!(shares);
        assert_eq!(corners[2], [0.2, 0.2, 1.0, 0.9]);
        assert_eq!(
            problems,
            ["line 4: found 1.002; expected 0 to 1, shares of the picture, as in most rows; it is cut at the edge"]
        );
    }

    #[test]
    fn a_table_of_ours_is_in_pixels_however_small_its_boxes_are() {
        let header = crate::csv_table::HEADER.join(",");
        let read = read(format!("{header}\na.jpg,,,0.1,0.1,0.5,0.5,100,50,,drawn,,\n").as_bytes()).unwrap();
        assert_eq!(read.document.images[0].unit, bauta_domain::Unit::Pixels, "{:?}", read.problems);
        assert_eq!(read.document.images[0].boxes.len(), 1);
    }

    #[test]
    fn a_row_that_is_no_number_has_no_vote() {
        let (shares, corners, problems) = table(&format!("{SHARES}a.jpg,0.2,nan,0.4,0.9\na.jpg,0,0,inf,0.5\n"));
        assert!(shares && corners[2][1].is_nan() && problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn a_row_of_pixels_among_shares_is_left_out_and_a_row_of_shares_among_pixels_is_questioned() {
        let (shares, corners, problems) = table(&format!("{SHARES}a.jpg,10,10,64,64\n"));
        assert_eq!((shares, corners.len()), (true, 2));
        assert!(problems[0].starts_with("line 4: found 10; expected 0 to 1"), "{problems:?}");
        let (shares, corners, problems) = table("a.jpg,10,10,64,64\na.jpg,0,0,20,20\na.jpg,0.1,0.1,0.5,0.5\n");
        assert_eq!((shares, corners.len()), (false, 3));
        assert!(problems[0].starts_with("line 4: the box is 0.4 × 0.4 pixels, expected"), "{problems:?}");
    }
}
