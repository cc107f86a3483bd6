//! What the markers of a JPEG tell that decoders keep to themselves: whether it is all there (they fill
//! what is missing with grey and say nothing), whether it is progressive, and of how many components it is.

use image::DynamicImage;

const MARKER: u8 = 0xff;
const END_OF_IMAGE: u8 = 0xd9;
const START_OF_SCAN: u8 = 0xda;
const PROGRESSIVE_FRAME: u8 = 0xc2;
/// Baseline, extended and progressive: the frames that decoders know.
const FRAMES: std::ops::RangeInclusive<u8> = 0xc0..=0xc2;
/// Where the frame's segment has the number of components: behind length, precision, height and width.
const COMPONENTS_AT: usize = 7;
const RESTART: std::ops::RangeInclusive<u8> = 0xd0..=0xd7;

/// Whether the picture's own end marker is there.
pub(crate) fn has_end_marker(bytes: &[u8]) -> bool {
    Markers { bytes, at: 2 }.any(|(code, _)| code == END_OF_IMAGE)
}

/// Whether the picture comes in several passes, all of which a decoder keeps in memory until the last.
pub(crate) fn is_progressive(bytes: &[u8]) -> bool {
    frame(bytes).is_some_and(|(code, _)| code == PROGRESSIVE_FRAME)
}

/// Components of a pixel: 1 for grey, 3 for colours, 4 for inks. `None` when the headers are damaged.
pub(crate) fn components(bytes: &[u8]) -> Option<u8> {
    frame(bytes).and_then(|(_, at)| bytes.get(at + COMPONENTS_AT)).copied()
}

/// Code of the picture's frame, and where its segment begins.
fn frame(bytes: &[u8]) -> Option<(u8, usize)> {
    let mut headers = Markers { bytes, at: 2 }.take_while(|&(code, _)| code != START_OF_SCAN);
    headers.find(|(code, _)| FRAMES.contains(code))
}

/// Codes of the markers behind the start marker (ITU T.81, B.1.1), and where what follows them begins. Segments are stepped over, so what
/// the thumbnail inside EXIF data contains does not count.
struct Markers<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Markers<'_> {
    type Item = (u8, usize);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let &[first, code] = self.bytes.get(self.at..self.at + 2)? else { return None };
            match (first, code) {
                (MARKER, MARKER) => self.at += 1,
                (MARKER, END_OF_IMAGE) => {
                    let behind = self.at + 2;
                    self.at = self.bytes.len();
                    return Some((code, behind));
                }
                (MARKER, START_OF_SCAN) => {
                    let behind = self.at + 2;
                    self.at = end_of_scan(self.bytes, behind);
                    return Some((code, behind));
                }
                (MARKER, code) if code == 0x00 || code == 0x01 || RESTART.contains(&code) => self.at += 2,
                (MARKER, _) => {
                    let &[high, low] = self.bytes.get(self.at + 2..self.at + 4)? else { return None };
                    let behind = self.at + 2;
                    self.at = behind + usize::from(u16::from_be_bytes([high, low])).max(2);
                    return Some((code, behind));
                }
                _ => self.at += 1,
            }
        }
    }
}

/// First marker after entropy-coded data that is neither a stuffed byte nor a restart.
fn end_of_scan(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let is_marker =
        |&at: &usize| rest.get(at + 1).is_some_and(|code| !matches!(code, 0x00 | &MARKER) && !RESTART.contains(code));
    memchr::memchr_iter(MARKER, rest).find(is_marker).map_or(bytes.len(), |offset| from + offset)
}

/// Number of rows at the bottom (of the stored picture, before it is turned) that a decoder filled in:
/// all alike and of one colour each.
pub(crate) fn missing_rows(pixels: &DynamicImage) -> f64 {
    let bytes = pixels.as_bytes();
    let channels = usize::from(pixels.color().bytes_per_pixel());
    let row_length = pixels.width() as usize * channels;
    let Some(last) = bytes.chunks_exact(row_length).next_back() else { return 0.0 };
    if last.chunks_exact(channels).any(|pixel| pixel != &last[..channels]) {
        return 0.0;
    }
    bytes.chunks_exact(row_length).rev().take_while(|row| *row == last).count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_marker_of_the_picture_itself_counts() {
        struct Case(&'static str, &'static [u8], bool);
        for Case(name, bytes, whole) in [
            Case("whole", &[0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0x00, 0xff, 0xd0, 4, 0xff, 0xd9], true),
            Case("cut in the scan", &[0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3], false),
            Case("thumbnail's end marker", &[0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xd9, 0xff, 0xda, 0, 2, 1], false),
            Case("rubbish behind the end", &[0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 0xff, 0xd9, 0, 0, 0], true),
            Case("cut in a header", &[0xff, 0xd8, 0xff, 0xe1, 0], false),
        ] {
            assert_eq!(has_end_marker(bytes), whole, "{name}");
        }
    }

    #[test]
    fn components_are_counted_in_the_frame_and_not_in_a_thumbnail() {
        for (bytes, count) in [
            (&[0xff, 0xd8, 0xff, 0xc0, 0, 9, 8, 0, 16, 0, 16, 4, 0, 0xff, 0xda, 0, 2][..], Some(4)),
            (&[0xff, 0xd8, 0xff, 0xe1, 0, 12, 0xff, 0xc0, 0, 8, 8, 0, 1, 0, 1, 4, 0xff, 0xda, 0, 2], None),
            (&[0xff, 0xd8, 0xff, 0xc2, 0, 9, 8], None),
        ] {
            assert_eq!(components(bytes), count, "{bytes:x?}");
        }
    }

    #[test]
    fn only_the_frame_before_the_scan_tells_whether_it_is_progressive() {
        for (bytes, progressive) in [
            (&[0xff, 0xd8, 0xff, 0xc2, 0, 2, 0xff, 0xda, 0, 2][..], true),
            (&[0xff, 0xd8, 0xff, 0xc0, 0, 2, 0xff, 0xda, 0, 2, 0xff, 0xc2, 0, 2], false),
            (&[0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xc2, 0xff, 0xc0, 0, 2], false),
        ] {
            assert_eq!(is_progressive(bytes), progressive, "{bytes:x?}");
        }
    }
}
