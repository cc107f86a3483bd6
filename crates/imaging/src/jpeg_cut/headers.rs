//! What stands before the compressed data of a JPEG, read and written again for a part of it.

use super::huffman::{DC_LENGTHS, Table};

/// Components of a picture that is cut: brightness alone, or brightness and two colours.
pub(super) const MAX_COMPONENTS: usize = 3;

const START_OF_IMAGE: [u8; 2] = [0xff, 0xd8];
const END_OF_IMAGE: [u8; 2] = [0xff, 0xd9];
const BASELINE: u8 = 0xc0;
const EXTENDED: u8 = 0xc1;
const HUFFMAN_TABLES: u8 = 0xc4;
const START_OF_SCAN: u8 = 0xda;
const QUANTISATION_TABLES: u8 = 0xdb;
const RESTART_INTERVAL: u8 = 0xdd;
/// JFIF and Adobe segments: they say which colours the components are.
const COLOUR_SEGMENTS: [u8; 2] = [0xe0, 0xee];

struct Component {
    id: u8,
    across: u8,
    down: u8,
    quantisation: u8,
    dc_table: usize,
    ac_table: usize,
}

/// The headers of a picture that can be cut.
pub(super) struct Headers {
    pub width: u32,
    pub height: u32,
    /// Pixels of an MCU, the smallest unit that the data are divided into.
    pub mcu_width: usize,
    pub mcu_height: usize,
    pub mcus_across: usize,
    pub mcus_down: usize,
    /// MCUs between two restart markers.
    pub restart_interval: Option<usize>,
    /// First byte of the compressed data.
    pub scan_start: usize,
    components: Vec<Component>,
    dc_tables: [Option<Table>; 4],
    ac_tables: [Option<Table>; 4],
    /// Segments that are written as they were read.
    kept: Vec<u8>,
}

impl Headers {
    /// Reads up to the first scan; `None` when the picture is of another kind, or damaged.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut headers = Self {
            width: 0,
            height: 0,
            mcu_width: 8,
            mcu_height: 8,
            mcus_across: 0,
            mcus_down: 0,
            restart_interval: None,
            scan_start: 0,
            components: Vec::new(),
            dc_tables: [const { None }; 4],
            ac_tables: [const { None }; 4],
            kept: Vec::new(),
        };
        let mut at = bytes.starts_with(&START_OF_IMAGE).then_some(2)?;
        loop {
            let &[0xff, code] = bytes.get(at..at + 2)? else { return None };
            if code == 0xff {
                at += 1;
                continue;
            }
            let &[high, low] = bytes.get(at + 2..at + 4)? else { return None };
            let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
            let segment = bytes.get(at + 4..end)?;
            match code {
                BASELINE | EXTENDED => headers.frame(segment)?,
                HUFFMAN_TABLES => headers.huffman_tables(segment)?,
                RESTART_INTERVAL => {
                    let interval = usize::from(u16::from_be_bytes(segment.try_into().ok()?));
                    headers.restart_interval = (interval > 0).then_some(interval);
                }
                START_OF_SCAN => {
                    headers.scan(segment)?;
                    headers.scan_start = end;
                    return Some(headers);
                }
                QUANTISATION_TABLES => headers.kept.extend_from_slice(&bytes[at..end]),
                _ if COLOUR_SEGMENTS.contains(&code) => headers.kept.extend_from_slice(&bytes[at..end]),
                // Other application data and comments say nothing about pixels.
                0xe0..=0xef | 0xfe => {}
                _ => return None,
            }
            at = end;
        }
    }

    fn frame(&mut self, segment: &[u8]) -> Option<()> {
        let (&[8, h1, h0, w1, w0, count], rest) = segment.split_first_chunk()? else { return None };
        let is_second = !self.components.is_empty();
        if is_second || !matches!(count, 1 | 3) || rest.len() != 3 * usize::from(count) {
            return None;
        }
        (self.width, self.height) = (u16::from_be_bytes([w1, w0]).into(), u16::from_be_bytes([h1, h0]).into());
        for part in rest.chunks_exact(3) {
            let (across, down) = (part[1] >> 4, part[1] & 15);
            let usual = |factor| matches!(factor, 1 | 2 | 4);
            if !usual(across) || !usual(down) || (count == 1 && (across, down) != (1, 1)) {
                return None;
            }
            let component = Component { id: part[0], across, down, quantisation: part[2], dc_table: 0, ac_table: 0 };
            self.components.push(component);
        }
        let most = |factor: fn(&Component) -> u8| self.components.iter().map(factor).max().map_or(1, usize::from);
        (self.mcu_width, self.mcu_height) = (8 * most(|c| c.across), 8 * most(|c| c.down));
        self.mcus_across = (self.width as usize).div_ceil(self.mcu_width);
        self.mcus_down = (self.height as usize).div_ceil(self.mcu_height);
        (self.width > 0 && self.height > 0).then_some(())
    }

    fn huffman_tables(&mut self, mut segment: &[u8]) -> Option<()> {
        while let Some((&head, rest)) = segment.split_first() {
            let (lengths, values) = rest.split_first_chunk::<16>()?;
            let table = Table::new(*lengths, values)?;
            segment = &values[table.values.len()..];
            let tables = if head >> 4 == 0 { &mut self.dc_tables } else { &mut self.ac_tables };
            *tables.get_mut(usize::from(head & 15))? = Some(table);
        }
        Some(())
    }

    /// All components, in the frame's order, in one scan.
    fn scan(&mut self, segment: &[u8]) -> Option<()> {
        let (&count, rest) = segment.split_first()?;
        let selectors = rest.strip_suffix(&[0, 63, 0])?;
        if self.components.is_empty()
            || usize::from(count) != self.components.len()
            || selectors.len() != 2 * usize::from(count)
        {
            return None;
        }
        for (component, selector) in self.components.iter_mut().zip(selectors.chunks_exact(2)) {
            if selector[0] != component.id {
                return None;
            }
            (component.dc_table, component.ac_table) = (usize::from(selector[1] >> 4), usize::from(selector[1] & 15));
        }
        Some(())
    }

    /// The blocks of an MCU in their order: component, DC table, AC table; `None` where a table is missing.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Option<(usize, &Table, &Table)>> {
        self.components.iter().enumerate().flat_map(|(index, component)| {
            let dc_table = self.dc_tables.get(component.dc_table).and_then(Option::as_ref);
            let ac_table = self.ac_tables.get(component.ac_table).and_then(Option::as_ref);
            let block = dc_table.zip(ac_table).map(|(dc_table, ac_table)| (index, dc_table, ac_table));
            std::iter::repeat_n(block, usize::from(component.across) * usize::from(component.down))
        })
    }

    /// A file of `width` × `height` pixels with these compressed data; `None` when a side is too long.
    pub(super) fn write(&self, width: u32, height: u32, data: &[u8]) -> Option<Vec<u8>> {
        let (width, height) = (u16::try_from(width).ok()?, u16::try_from(height).ok()?);
        let mut file = Vec::with_capacity(self.kept.len() + data.len() + 2048);
        file.extend(START_OF_IMAGE);
        file.extend_from_slice(&self.kept);
        let mut frame = vec![8];
        frame.extend(height.to_be_bytes().into_iter().chain(width.to_be_bytes()));
        frame.push(self.components.len() as u8);
        for component in &self.components {
            frame.extend([component.id, component.across << 4 | component.down, component.quantisation]);
        }
        segment(&mut file, BASELINE, &frame)?;
        let dc_values: [u8; 12] = std::array::from_fn(|category| category as u8);
        segment(&mut file, HUFFMAN_TABLES, &[&[0][..], &DC_LENGTHS, &dc_values].concat())?;
        for (index, table) in (0u8..).zip(&self.ac_tables) {
            if let Some(table) = table {
                segment(&mut file, HUFFMAN_TABLES, &[&[0x10 | index][..], &table.lengths, &table.values].concat())?;
            }
        }
        let mut scan = vec![self.components.len() as u8];
        scan.extend(self.components.iter().flat_map(|component| [component.id, component.ac_table as u8]));
        scan.extend([0, 63, 0]);
        segment(&mut file, START_OF_SCAN, &scan)?;
        file.extend_from_slice(data);
        file.extend(END_OF_IMAGE);
        Some(file)
    }
}

fn segment(file: &mut Vec<u8>, code: u8, content: &[u8]) -> Option<()> {
    let length = u16::try_from(content.len() + 2).ok()?;
    file.extend([0xff, code]);
    file.extend(length.to_be_bytes());
    file.extend_from_slice(content);
    Some(())
}
