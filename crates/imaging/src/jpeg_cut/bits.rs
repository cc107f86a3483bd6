//! Bits of entropy-coded data: read without their byte stuffing, written with it.

use super::huffman::{DC_CODES, category};

const MARKER: u8 = 0xff;

/// Zero bytes behind the data, so that a window of eight bytes can be read at every position.
const PADDING: usize = 16;

/// Entropy-coded data without stuffing, divided by restart markers.
pub(super) struct Segments {
    bytes: Vec<u8>,
    /// First byte of each segment, and the byte behind the last one.
    edges: Vec<usize>,
}

/// Takes the stuffing out of a scan. `None` when it does not end with the end marker of the picture: the file is
/// cut off, or there are further scans.
pub(super) fn unstuffed(scan: &[u8]) -> Option<Segments> {
    const STUFFED: u8 = 0x00;
    const RESTART: std::ops::RangeInclusive<u8> = 0xd0..=0xd7;
    const END_OF_IMAGE: u8 = 0xd9;
    let mut bytes = Vec::with_capacity(scan.len() + PADDING);
    let mut edges = vec![0];
    let mut at = 0;
    loop {
        let found = at + memchr::memchr(MARKER, &scan[at..])?;
        bytes.extend_from_slice(&scan[at..found]);
        match *scan.get(found + 1)? {
            STUFFED => bytes.push(MARKER),
            // A fill byte: the marker begins with the next one.
            MARKER => {
                at = found + 1;
                continue;
            }
            code if RESTART.contains(&code) => edges.push(bytes.len()),
            END_OF_IMAGE => break,
            _ => return None,
        }
        at = found + 2;
    }
    edges.push(bytes.len());
    bytes.resize(bytes.len() + PADDING, 0);
    Some(Segments { bytes, edges })
}

impl Segments {
    /// The bits of a segment, from its beginning; `None` when the scan has fewer of them.
    pub(super) fn bits(&self, segment: usize) -> Option<Bits<'_>> {
        let &[start, end] = self.edges.get(segment..segment + 2)? else { return None };
        Some(Bits { bytes: &self.bytes, at: start * 8, end: end * 8 })
    }
}

/// Reads bits, the highest of each byte first.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl Bits<'_> {
    /// Bits of a window that can be used.
    pub(super) const WINDOW: u32 = 57;

    /// The next bits, the first of them highest; at least [`WINDOW`](Self::WINDOW) of them. `None` far behind
    /// the end.
    #[inline(always)]
    pub(super) fn window(&self) -> Option<u64> {
        let byte = self.at >> 3;
        let eight: &[u8; 8] = self.bytes.get(byte..byte + 8)?.try_into().ok()?;
        Some(u64::from_be_bytes(*eight) << (self.at & 7))
    }

    #[inline(always)]
    pub(super) fn advance(&mut self, bits: u32) {
        self.at += bits as usize;
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Whether no more was read than is there.
    pub(super) fn is_inside(&self) -> bool {
        self.at <= self.end
    }
}

/// Writes bits, the highest of each byte first, with stuffing.
#[derive(Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
    /// Bits that wait, the latest lowest; fewer than eight between calls.
    waiting: u64,
    count: u32,
}

impl Writer {
    /// Writes the lowest `count` bits (at most 32) of `bits`.
    fn push(&mut self, bits: u64, count: u32) {
        self.waiting = self.waiting << count | bits & ((1 << count) - 1);
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.waiting >> self.count) as u8;
            self.bytes.push(byte);
            if byte == MARKER {
                self.bytes.push(0);
            }
        }
    }

    /// Writes a DC difference with our own table; `None` when it is larger than 8-bit pictures have.
    pub(super) fn dc(&mut self, difference: i32) -> Option<()> {
        let size = category(difference);
        let (code, length) = DC_CODES.get(size as usize)?;
        self.push(u64::from(*code), u32::from(*length));
        // Negative values are written as one less, in `size` bits (ITU T.81, F.1.2.1.1).
        self.push((difference - i32::from(difference < 0)) as u64, size);
        Some(())
    }

    /// Writes what `bits` has read since it was at `from`.
    pub(super) fn copy(&mut self, bits: &Bits<'_>, from: usize) {
        let mut source = Bits { at: from, ..*bits };
        while source.at < bits.at {
            let count = (bits.at - source.at).min(32) as u32;
            // Read before, so there are bytes.
            let window = source.window().unwrap_or_default();
            self.push(window >> (64 - count), count);
            source.advance(count);
        }
    }

    /// The bytes, the last one filled up with ones.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            let missing = 8 - self.count;
            self.push((1 << missing) - 1, missing);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffing_goes_and_restart_markers_divide() {
        let segments = unstuffed(&[1, 0xff, 0, 2, 0xff, 0xd0, 3, 0xff, 0xff, 0xd1, 4, 0xff, 0xd9, 9]).unwrap();
        assert_eq!(segments.edges, [0, 3, 4, 5]);
        assert_eq!(segments.bytes[..5], [1, 0xff, 2, 3, 4]);
        assert!(segments.bits(2).is_some() && segments.bits(3).is_none());
    }

    #[test]
    fn a_scan_without_the_end_of_the_picture_is_not_cut() {
        for scan in [&[1, 2, 3][..], &[1, 0xff], &[1, 0xff, 0xda, 0xff, 0xd9], &[]] {
            assert!(unstuffed(scan).is_none(), "{scan:x?}");
        }
    }

    #[test]
    fn copied_bits_are_the_same_at_every_offset() {
        let mut data: Vec<u8> = (0..40).map(|n: u8| n.wrapping_mul(151)).collect();
        data[7] = 0xff;
        data.resize(60, 0);
        for (from, to) in [(0, 9), (3, 300), (17, 18), (8, 72), (5, 5)] {
            let bits = Bits { bytes: &data, at: to, end: 320 };
            let mut writer = Writer::default();
            writer.copy(&bits, from);
            let written = unstuffed(&[writer.finish(), vec![0xff, 0xd9]].concat()).unwrap();
            let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
            assert!((from..to).all(|at| bit(&data, at) == bit(&written.bytes, at - from)), "{from}..{to}");
        }
    }
}
