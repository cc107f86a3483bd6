//! Which pictures of a dataset are nearly the same: copies, re-encoded copies, and the neighbours of a
//! capture burst. They must not fall on both sides of a split, or the check repeats the lesson.

use crate::{RgbImage, groups::Joined, ports::CancelToken};

/// Cells of a fingerprint along one side.
const CELLS: usize = 16;
/// Bits that two copies may differ in, of 64, and the mean difference of their cells, 0 to 255.
const COPIES: Limit = Limit { bits: 8, cells: 5.0 };
/// The same for neighbours of a burst: taken one after the other, so that less likeness is enough.
const BURST: Limit = Limit { bits: 16, cells: 12.0 };

struct Limit {
    bits: u32,
    cells: f32,
}

/// A picture reduced to what stays when it is re-encoded, resized or taken again at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Fingerprint {
    /// Whether each of 8×8 cells is lighter than the one before it: a quick first comparison.
    bits: u64,
    /// 16×16 means of the grey picture, less their mean.
    cells: Vec<i16>,
}

impl Fingerprint {
    /// Side of the square pictures that [`of`](Self::of) takes: a whole number of pixels a cell.
    pub const SIDE: u32 = 2 * CELLS as u32;

    /// The fingerprint of a square picture of [`SIDE`](Self::SIDE) pixels; `None` for another size.
    pub fn of(picture: &RgbImage) -> Option<Self> {
        let side = Self::SIDE as usize;
        if picture.size().width != Self::SIDE || picture.size().height != Self::SIDE {
            return None;
        }
        let grey = |at: usize| {
            let [r, g, b] = [0, 1, 2].map(|channel| i32::from(picture.pixels()[3 * at + channel]));
            (299 * r + 587 * g + 114 * b) / 1000
        };
        let cell = |row: usize, column: usize| {
            let corner = 2 * (row * side + column);
            (grey(corner) + grey(corner + 1) + grey(corner + side) + grey(corner + side + 1)) / 4
        };
        let cells: Vec<i32> = (0..CELLS * CELLS).map(|at| cell(at / CELLS, at % CELLS)).collect();
        let mean = cells.iter().sum::<i32>() / cells.len() as i32;
        let coarse = |row: usize, column: usize| {
            let corner = 2 * (row * CELLS + column);
            cells[corner] + cells[corner + 1] + cells[corner + CELLS] + cells[corner + CELLS + 1]
        };
        let mut bits = 0;
        for row in 0..CELLS / 2 {
            for column in 0..CELLS / 2 {
                let before = coarse(row, (column + CELLS / 2 - 1) % (CELLS / 2));
                bits = bits << 1 | u64::from(coarse(row, column) > before);
            }
        }
        Some(Self { bits, cells: cells.iter().map(|&cell| (cell - mean) as i16).collect() })
    }

    /// Whether two pictures are copies: the same one re-encoded, resized or retouched a little.
    pub fn is_copy_of(&self, other: &Self) -> bool {
        self.is_within(other, &COPIES)
    }

    /// As bytes, for [`from_bytes`](Self::from_bytes).
    pub fn to_bytes(&self) -> Vec<u8> {
        let cells = self.cells.iter().flat_map(|cell| cell.to_le_bytes());
        self.bits.to_le_bytes().into_iter().chain(cells).collect()
    }

    /// The fingerprint that these bytes were made from; `None` when it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (bits, cells) = bytes.split_first_chunk()?;
        let (cells, rest) = cells.as_chunks();
        let whole = cells.len() == CELLS * CELLS && rest.is_empty();
        let cells = cells.iter().map(|cell| i16::from_le_bytes(*cell)).collect();
        whole.then_some(Self { bits: u64::from_le_bytes(*bits), cells })
    }

    /// A quick look that most pairs do not pass.
    fn may_be_within(&self, other: &Self, limit: &Limit) -> bool {
        (self.bits ^ other.bits).count_ones() <= limit.bits
    }

    fn is_within(&self, other: &Self, limit: &Limit) -> bool {
        if !self.may_be_within(other, limit) {
            return false;
        }
        let differences = self.cells.iter().zip(&other.cells).map(|(a, b)| f32::from((a - b).abs()));
        differences.sum::<f32>() <= limit.cells * self.cells.len() as f32
    }
}

/// Seconds between two pictures that are of one burst whatever they show: nobody changes the scene in less.
const AT_ONCE: f64 = 2.0;
/// Seconds between two pictures that are of one burst when they look alike as neighbours do.
const SOON: f64 = 60.0;

/// What must not be parted, as pairs of places in the dataset: never more pairs than pictures. Pictures that are joined by
/// pairs, directly or over others, belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Likeness {
    /// Pictures that are nearly the same.
    pub copies: Vec<(usize, usize)>,
    /// Pictures of one capture burst: taken at once, or soon after each other and alike.
    pub bursts: Vec<(usize, usize)>,
    /// Pictures that could not be read, in ascending order.
    pub unreadable: Vec<usize>,
}

impl Likeness {
    /// Compares pictures. `fingerprints` are as for [`look_alikes`]; `taken` has for each the seconds at which it
    /// was taken, counted from any moment, where that is known. What was found so far when it is cancelled.
    pub fn of(fingerprints: &[Option<Fingerprint>], taken: &[Option<f64>], cancel: &CancelToken) -> Self {
        let unreadable = fingerprints.iter().enumerate().filter(|(_, print)| print.is_none());
        Self {
            copies: look_alikes(fingerprints, cancel),
            bursts: bursts(fingerprints, taken),
            unreadable: unreadable.map(|(place, _)| place).collect(),
        }
    }
}

/// Neighbours in time that are of one burst.
fn bursts(fingerprints: &[Option<Fingerprint>], taken: &[Option<f64>]) -> Vec<(usize, usize)> {
    let known = taken.iter().enumerate().filter_map(|(place, taken)| taken.map(|taken| (taken, place)));
    let mut in_time: Vec<(f64, usize)> = known.collect();
    in_time.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let alike = |a: usize, b: usize| match (&fingerprints[a], &fingerprints[b]) {
        (Some(a), Some(b)) => a.is_within(b, &BURST),
        _ => false,
    };
    let of_one = |pair: &&[(f64, usize)]| {
        let ((before, a), (after, b)) = (pair[0], pair[1]);
        after - before <= AT_ONCE || (after - before <= SOON && alike(a, b))
    };
    in_time.windows(2).filter(of_one).map(|pair| (pair[0].1.min(pair[1].1), pair[0].1.max(pair[1].1))).collect()
}

/// Pairs of pictures that are nearly the same, by their places, without those that follow from others: fewer than there
/// are pictures. What was found so far when it is cancelled. `fingerprints` are in the order in which
/// the pictures were taken, as far as that is known: neighbours count as a burst. Pictures without a
/// fingerprint could not be read.
pub fn look_alikes(fingerprints: &[Option<Fingerprint>], cancel: &CancelToken) -> Vec<(usize, usize)> {
    let known: Vec<(usize, &Fingerprint)> =
        fingerprints.iter().enumerate().filter_map(|(at, print)| print.as_ref().map(|print| (at, print))).collect();
    let (mut pairs, mut joined) = (Vec::new(), Joined::alone(fingerprints.len()));
    for (place, &(first, print)) in known.iter().enumerate() {
        if cancel.is_cancelled() {
            break;
        }
        for &(second, other) in &known[place + 1..] {
            let limit = if second == first + 1 { &BURST } else { &COPIES };
            // Thousands of copies of one picture would make millions of pairs.
            if print.may_be_within(other, limit) && !joined.are_joined(first, second) && print.is_within(other, limit) {
                joined.join(first, second);
                pairs.push((first, second));
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ImageSize;

    /// A disc of a size on a slope of grey, with noise.
    fn picture(radius: f32, noise: u32) -> RgbImage {
        let side = Fingerprint::SIDE;
        let pixels = (0..side * side).flat_map(|at| {
            let (row, column) = ((at / side) as f32 - 14.0, (at % side) as f32 - 17.0);
            let inside = row.hypot(column) < radius;
            let random = at.wrapping_mul(2_654_435_761) >> 24;
            [(if inside { 200 } else { 4 * (at % side) } + random * noise / 256) as u8; 3]
        });
        RgbImage::new(ImageSize::new(side, side), pixels.collect()).unwrap()
    }

    fn never() -> CancelToken {
        CancelToken::default()
    }

    fn print(radius: f32, noise: u32) -> Option<Fingerprint> {
        Fingerprint::of(&picture(radius, noise))
    }

    #[test]
    fn copies_are_found_wherever_they_are_and_others_are_not() {
        let prints = [print(9.0, 0), print(3.0, 0), None, print(9.0, 20), print(14.0, 0)];
        assert_eq!(look_alikes(&prints, &never()), [(0, 3)]);
    }

    #[test]
    fn neighbours_need_less_likeness() {
        assert_eq!(look_alikes(&[print(9.0, 0), None, print(9.0, 60)], &never()), []);
        assert_eq!(look_alikes(&[print(9.0, 0), print(9.0, 60), print(3.0, 0)], &never()), [(0, 1)]);
    }

    #[test]
    fn copies_of_one_picture_are_fewer_pairs_than_pictures_and_a_stop_is_heard() {
        let mut prints = vec![print(9.0, 0); 200];
        prints.extend([print(3.0, 0), None]);
        let pairs = look_alikes(&prints, &never());
        assert_eq!(pairs.len(), 199);
        let mut joined = Joined::alone(prints.len());
        pairs.iter().for_each(|&(a, b)| joined.join(a, b));
        assert!((0..200).all(|place| joined.are_joined(0, place)) && !joined.are_joined(0, 200));
        let stopped = CancelToken::default();
        stopped.cancel();
        assert_eq!(look_alikes(&prints, &stopped), []);
        assert_eq!(Likeness::of(&prints, &vec![None; prints.len()], &never()).unreadable, [201]);
    }

    #[test]
    fn a_fingerprint_keeps_its_likeness_as_bytes() {
        let (one, copy, other) = (print(9.0, 0).unwrap(), print(9.0, 20).unwrap(), print(14.0, 0).unwrap());
        assert_eq!(Fingerprint::from_bytes(&one.to_bytes()), Some(one.clone()));
        assert!(one.is_copy_of(&copy) && !one.is_copy_of(&other));
        assert_eq!(Fingerprint::from_bytes(&one.to_bytes()[1..]), None);
    }

    #[test]
    fn a_burst_is_what_was_taken_at_once_or_soon_and_alike() {
        let (disc, noisy, other) = (print(9.0, 0), print(9.0, 60), print(3.0, 0));
        for (prints, taken, expected) in [
            // At once, whatever they show, and in whatever order they are.
            ([&disc, &noisy, &other], [Some(9.0), None, Some(7.5)], vec![(0, 2)]),
            ([&disc, &other, &noisy], [Some(0.0), Some(200.0), Some(30.0)], vec![(0, 2)]),
            ([&disc, &other, &noisy], [Some(0.0), Some(30.0), Some(100.0)], vec![]),
            ([&disc, &noisy, &disc], [None, None, None], vec![]),
            ([&None, &None, &disc], [Some(1.0), Some(2.0), Some(30.0)], vec![(0, 1)]),
        ] {
            let prints = prints.map(Clone::clone);
            assert_eq!(Likeness::of(&prints, &taken, &never()).bursts, expected, "{taken:?}");
        }
    }

    #[test]
    fn only_the_right_size_has_a_fingerprint() {
        assert_eq!(Fingerprint::of(&RgbImage::filled(ImageSize::new(8, 8), [1; 3])), None);
    }
}
