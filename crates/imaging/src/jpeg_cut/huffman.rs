//! Huffman tables of a JPEG (ITU T.81, annexes C and F), made for passing over coefficients quickly:
//! one look-up takes as many of them as its bits hold.

use super::bits::Bits;

/// Bits that one look-up takes.
const LOOKUP: u32 = 13;

/// Symbol at the end of a block.
const END_OF_BLOCK: u8 = 0x00;
/// Symbol for sixteen zeros.
const SIXTEEN_ZEROS: u8 = 0xf0;

/// Coefficients of a block.
const BLOCK: u32 = 64;

/// A table as the file defines it, and what makes it fast.
pub(super) struct Table {
    /// Number of codes of 1 to 16 bits.
    pub lengths: [u8; 16],
    /// Symbols in order of their codes.
    pub values: Vec<u8>,
    /// For the next bits: one symbol and the length of its code; 0 when the code is longer.
    single: Vec<u16>,
    /// For the next bits: all whole coefficients in them.
    many: Vec<Many>,
    /// For each length: the first code that is longer, filled up to 16 bits; and what leads from a code
    /// to the index of its symbol.
    limits: [u32; 16],
    offsets: [i32; 16],
}

/// What a number of bits holds: `bits` of them are whole coefficients, which lead `coefficients` on.
#[derive(Clone, Copy, Default)]
struct Many {
    bits: u8,
    coefficients: u8,
    ends_block: bool,
}

impl Table {
    /// `None` when the codes do not fit into 16 bits or there are too few symbols.
    pub(super) fn new(lengths: [u8; 16], values: &[u8]) -> Option<Self> {
        let count: usize = lengths.iter().map(|&n| usize::from(n)).sum();
        let values = values.get(..count)?.to_vec();
        let (mut limits, mut offsets) = ([0; 16], [0; 16]);
        let (mut code, mut index) = (0u32, 0u32);
        for (length, &number) in (1u32..).zip(&lengths) {
            let place = length as usize - 1;
            offsets[place] = index as i32 - code as i32;
            code += u32::from(number);
            index += u32::from(number);
            if code > 1 << length {
                return None;
            }
            limits[place] = code << (16 - length);
            code <<= 1;
        }
        let mut table = Self { lengths, values, single: Vec::new(), many: Vec::new(), limits, offsets };
        let single = |index: u32| match table.symbol(index << (16 - LOOKUP)) {
            Some((symbol, length)) if length <= LOOKUP => (length as u16) << 8 | u16::from(symbol),
            _ => 0,
        };
        table.single = (0..1 << LOOKUP).map(single).collect();
        table.many = (0..1 << LOOKUP).map(|index| table.coefficients_in(index)).collect();
        Some(table)
    }

    /// Symbol and length of the code at the beginning of 16 bits.
    fn symbol(&self, sixteen: u32) -> Option<(u8, u32)> {
        let place = self.limits.iter().position(|&limit| sixteen < limit)?;
        let code = (sixteen >> (15 - place)) as i32;
        let index = usize::try_from(code + self.offsets[place]).ok()?;
        self.values.get(index).map(|&symbol| (symbol, place as u32 + 1))
    }

    fn coefficients_in(&self, index: u32) -> Many {
        let mut many = Many::default();
        loop {
            let rest = LOOKUP - u32::from(many.bits);
            let entry = self.single[(index << many.bits & ((1 << LOOKUP) - 1)) as usize];
            let (length, symbol) = (u32::from(entry >> 8), entry as u8);
            let length = length + u32::from(symbol & 15);
            if entry == 0 || length > rest {
                return many;
            }
            let Some(steps) = steps(symbol) else { return many };
            if u32::from(many.coefficients) + steps >= BLOCK {
                return many;
            }
            many.bits += length as u8;
            many.coefficients += steps as u8;
            if symbol == END_OF_BLOCK {
                return Many { ends_block: true, ..many };
            }
        }
    }

    /// Reads a code; `None` when no symbol has it.
    #[inline(always)]
    fn read_symbol(&self, window: u64) -> Option<(u8, u32)> {
        match self.single[(window >> (64 - LOOKUP)) as usize] {
            0 => self.symbol((window >> 48) as u32),
            entry => Some((entry as u8, u32::from(entry >> 8))),
        }
    }

    /// Reads a DC difference.
    #[inline(always)]
    pub(super) fn difference(&self, bits: &mut Bits<'_>) -> Option<i32> {
        let window = bits.window()?;
        let (size, length) = self.read_symbol(window)?;
        let size = u32::from(size);
        if size > 15 {
            return None;
        }
        bits.advance(length + size);
        if size == 0 {
            return Some(0);
        }
        let value = (window << length >> (64 - size)) as i32;
        let is_negative = value >> (size - 1) == 0;
        Some(if is_negative { value - (1 << size) + 1 } else { value })
    }

    /// Passes over the 63 AC coefficients of a block; `None` when they are damaged.
    #[inline(always)]
    pub(super) fn skip_block(&self, bits: &mut Bits<'_>) -> Option<()> {
        let mut next = 1;
        loop {
            let mut window = bits.window()?;
            let mut used = 0;
            while used + LOOKUP <= Bits::WINDOW {
                let many = self.many[(window >> (64 - LOOKUP)) as usize];
                // At the end of a block, bits of the next one could look like coefficients of this one.
                if many.bits == 0 || next + u32::from(many.coefficients) >= BLOCK {
                    break;
                }
                next += u32::from(many.coefficients);
                used += u32::from(many.bits);
                window <<= many.bits;
                if many.ends_block {
                    bits.advance(used);
                    return Some(());
                }
            }
            bits.advance(used);
            if used + LOOKUP > Bits::WINDOW {
                continue;
            }
            let (symbol, length) = self.read_symbol(bits.window()?)?;
            bits.advance(length + u32::from(symbol & 15));
            next += steps(symbol)?;
            if symbol == END_OF_BLOCK || next == BLOCK {
                return Some(());
            }
            if next > BLOCK {
                return None;
            }
        }
    }
}

/// How many coefficients a symbol leads on; `None` for symbols that baseline pictures do not have.
fn steps(symbol: u8) -> Option<u32> {
    match symbol {
        END_OF_BLOCK => Some(0),
        SIXTEEN_ZEROS => Some(16),
        _ if symbol & 15 == 0 => None,
        _ => Some(u32::from(symbol >> 4) + 1),
    }
}

/// Number of bits of a difference's size: the category of ITU T.81, table F.1.
pub(super) fn category(difference: i32) -> u32 {
    i32::BITS - difference.unsigned_abs().leading_zeros()
}

/// Lengths of the DC table that we write: the usual one for brightness (ITU T.81, table K.3), which has
/// every category of 8-bit pictures. The file's own may lack those that only a cut needs.
pub(super) const DC_LENGTHS: [u8; 16] = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];

/// Code and length for each category of [`DC_LENGTHS`].
pub(super) const DC_CODES: [(u16, u8); 12] = [
    (0b00, 2),
    (0b010, 3),
    (0b011, 3),
    (0b100, 3),
    (0b101, 3),
    (0b110, 3),
    (0b1110, 4),
    (0b1_1110, 5),
    (0b11_1110, 6),
    (0b111_1110, 7),
    (0b1111_1110, 8),
    (0b1_1111_1110, 9),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_dc_codes_are_those_of_our_table() {
        let table = Table::new(DC_LENGTHS, &(0..12).collect::<Vec<u8>>()).unwrap();
        for (size, (code, length)) in DC_CODES.into_iter().enumerate() {
            let found = table.symbol(u32::from(code) << (16 - length));
            assert_eq!(found, Some((size as u8, u32::from(length))));
        }
    }

    #[test]
    fn tables_that_no_code_fits_are_refused() {
        let mut lengths = [0; 16];
        lengths[0] = 3;
        assert!(Table::new(lengths, &[1, 2, 3]).is_none(), "three codes of one bit");
        lengths[0] = 2;
        assert!(Table::new(lengths, &[1]).is_none(), "a symbol is missing");
    }

    #[test]
    fn categories_are_those_of_the_standard() {
        assert_eq!([0, 1, -1, 2, -3, 4, 255, -256, 2047].map(category), [0, 1, 1, 2, 2, 3, 8, 9, 11]);
    }
}
