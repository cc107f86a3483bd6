//! Cuts parts out of a JPEG as smaller JPEGs, without decoding pixels: the compressed blocks of the part
//! are copied, only their DC differences are written anew (as `jpegtran -crop` does). The decoder then
//! works on the part alone, and its pixels are those that it would give for the whole picture.
//!
//! Only the usual kind of photo is cut: baseline, Huffman, one or three components in one scan, whole.
//! For everything else the answer is `None`, and the caller decodes the whole picture.

mod bits;
mod headers;
mod huffman;

use bits::{Bits, Writer};
use headers::Headers;
use huffman::Table;

/// A rectangle of stored pixels (before EXIF orientation); the right and bottom edges do not belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoredRect {
    pub left: u32,
    pub top: u32,
    pub right: u32,
    pub bottom: u32,
}

/// A part of a picture that is a JPEG of its own.
pub(crate) struct Cut {
    /// The file.
    pub jpeg: Vec<u8>,
    /// Where its pixels lie in the picture. It reaches one MCU farther than what was asked for, so that
    /// colours at the asked-for edges are interpolated as in the whole picture.
    pub place: StoredRect,
}

/// Parts of a JPEG that is not worth cutting cover more than this share of it: decoding them one by one would
/// take as long as decoding it all.
const MAX_SHARE: f64 = 0.6;

/// Cuts `rects` (each inside the picture and not empty) in one pass over `bytes`; `None` when the file is
/// not of the usual kind, is damaged, or is not worth cutting.
pub(crate) fn cut(bytes: &[u8], rects: &[StoredRect]) -> Option<Vec<Cut>> {
    let headers = Headers::read(bytes)?;
    let parts: Vec<Part> = rects.iter().map(|rect| Part::around(*rect, &headers)).collect();
    let covered: usize = parts.iter().map(Part::mcus).sum();
    if covered as f64 > MAX_SHARE * (headers.mcus_across * headers.mcus_down) as f64 {
        return None;
    }
    let segments = bits::unstuffed(&bytes[headers.scan_start..])?;
    Cutter { headers: &headers, parts }.run(&segments)
}

/// Where the file's entropy-coded data begin: what is before are headers.
pub(crate) fn scan_start(bytes: &[u8]) -> Option<usize> {
    Headers::read(bytes).map(|headers| headers.scan_start)
}

/// A part that is being cut: whole MCUs, and what was written of it so far.
struct Part {
    /// First column and row, and the ones behind the last.
    columns: std::ops::Range<usize>,
    rows: std::ops::Range<usize>,
    writer: Writer,
    /// DC value last written, for each component.
    written: [i32; headers::MAX_COMPONENTS],
}

impl Part {
    fn around(rect: StoredRect, headers: &Headers) -> Self {
        let range = |from: u32, to: u32, mcu: usize, all: usize| {
            let first = (from as usize / mcu).saturating_sub(1);
            first..((to as usize).div_ceil(mcu) + 1).min(all)
        };
        Self {
            columns: range(rect.left, rect.right, headers.mcu_width, headers.mcus_across),
            rows: range(rect.top, rect.bottom, headers.mcu_height, headers.mcus_down),
            writer: Writer::default(),
            written: [0; headers::MAX_COMPONENTS],
        }
    }

    fn mcus(&self) -> usize {
        self.columns.len() * self.rows.len()
    }

    fn finish(self, headers: &Headers) -> Option<Cut> {
        let edge = |mcu: usize, size: usize, all: u32| u32::try_from(mcu * size).ok().map(|edge| edge.min(all));
        let place = StoredRect {
            left: edge(self.columns.start, headers.mcu_width, headers.width)?,
            top: edge(self.rows.start, headers.mcu_height, headers.height)?,
            right: edge(self.columns.end, headers.mcu_width, headers.width)?,
            bottom: edge(self.rows.end, headers.mcu_height, headers.height)?,
        };
        let jpeg = headers.write(place.right - place.left, place.bottom - place.top, &self.writer.finish())?;
        Some(Cut { jpeg, place })
    }
}

struct Cutter<'a> {
    headers: &'a Headers,
    parts: Vec<Part>,
}

impl Cutter<'_> {
    fn run(mut self, segments: &bits::Segments) -> Option<Vec<Cut>> {
        let headers = self.headers;
        let all = headers.mcus_across * headers.mcus_down;
        let interval = headers.restart_interval.unwrap_or(all);
        for (segment, first) in (0..all).step_by(interval).enumerate() {
            let mcus = first..(first + interval).min(all);
            // Behind the last wanted MCU of a segment there is nothing to learn.
            let Some(last) = mcus.clone().rev().find(|&mcu| self.is_wanted(mcu)) else { continue };
            let mut bits = segments.bits(segment)?;
            self.segment(mcus.start..last + 1, &mut bits)?;
        }
        self.parts.into_iter().map(|part| part.finish(headers)).collect()
    }

    fn is_wanted(&self, mcu: usize) -> bool {
        let (column, row) = (mcu % self.headers.mcus_across, mcu / self.headers.mcus_across);
        self.parts.iter().any(|part| part.columns.contains(&column) && part.rows.contains(&row))
    }

    /// Goes over the MCUs of one restart segment; DC differences begin at zero.
    fn segment(&mut self, mcus: std::ops::Range<usize>, bits: &mut Bits<'_>) -> Option<()> {
        let headers = self.headers;
        let blocks: Vec<(usize, &Table, &Table)> = headers.blocks().collect::<Option<_>>()?;
        let mut dc = [0i32; headers::MAX_COMPONENTS];
        let mut wanted: Vec<usize> = Vec::with_capacity(self.parts.len());
        for mcu in mcus {
            let (column, row) = (mcu % headers.mcus_across, mcu / headers.mcus_across);
            wanted.clear();
            wanted
                .extend((0..self.parts.len()).filter(|&part| {
                    self.parts[part].columns.contains(&column) && self.parts[part].rows.contains(&row)
                }));
            for &(component, dc_table, ac_table) in &blocks {
                dc[component] = dc[component].wrapping_add(dc_table.difference(bits)?);
                let start = bits.position();
                ac_table.skip_block(bits)?;
                for &part in &wanted {
                    let part = &mut self.parts[part];
                    part.writer.dc(dc[component].wrapping_sub(part.written[component]))?;
                    part.written[component] = dc[component];
                    part.writer.copy(bits, start);
                }
            }
        }
        bits.is_inside().then_some(())
    }
}
