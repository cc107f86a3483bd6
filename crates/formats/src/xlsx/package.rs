//! A spreadsheet is a package of packed XML. It is unpacked to nowhere before anything is read of it, so that a small
//! file cannot fill the memory: sheets are read cell by cell and may be long, what is kept whole may not.

use std::io::{Cursor, Error, ErrorKind, Read as _, Write};

use memchr::{memchr, memmem};
use zip::ZipArchive;

use crate::{Format, ReadError};

/// A package of more parts is no spreadsheet.
const MAX_PARTS: usize = 10_000;
/// The longest tag, and the longest text of one cell; Excel's own limit is 32,767 letters.
const MAX_PIECE: usize = 1 << 20;
/// The list of shared texts may announce so many; space for them is made before the first one is read.
const MAX_ANNOUNCED: u64 = 4_000_000;

/// How much the parts of a package may unpack to, in bytes.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// All together.
    pub total: u64,
    /// Each of those that are kept in memory, at about four times their size: shared texts, styles, lists of parts.
    pub kept: u64,
}

impl Default for Limits {
    /// 300,000 boxes on 100,000 images, with texts of their own in every cell, unpack to a quarter of this.
    fn default() -> Self {
        Self { total: 1 << 30, kept: 64 << 20 }
    }
}

/// Unpacks everything to nowhere: what a package says of its own size may be a lie.
pub(super) fn check_package(bytes: &[u8], limits: Limits) -> Result<(), ReadError> {
    let not_xlsx = |reason: String| ReadError::NotThisFormat { format: Format::Xlsx, reason };
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|error| not_xlsx(error.to_string()))?;
    if package.len() > MAX_PARTS {
        return Err(not_xlsx(format!("it has {} parts; a spreadsheet has fewer than {MAX_PARTS}", package.len())));
    }
    let mut left = limits.total;
    for index in 0..package.len() {
        let part = package.by_index(index).map_err(|error| not_xlsx(error.to_string()))?;
        let name = part.name().map_or_else(|_| format!("part {}", index + 1), |name| name.into_owned());
        let folded = name.to_lowercase();
        let streamed = ["xl/worksheets/sheet", "xl/media/"].iter().any(|begin| folded.starts_with(begin));
        let (limit, allowed) =
            if streamed || left < limits.kept { (limits.total, left) } else { (limits.kept, limits.kept) };
        let too_large = || ReadError::TooLarge { part: name.clone(), limit_megabytes: limit >> 20 };
        if part.size() > allowed {
            return Err(too_large());
        }
        let has_cells = folded.starts_with("xl/worksheets/sheet") || folded.ends_with("sharedstrings.xml");
        let mut watch = Watch { is_xml: !folded.starts_with("xl/media/"), has_cells, ..Watch::default() };
        let unpacked = std::io::copy(&mut part.take(allowed + 1), &mut watch);
        let unpacked =
            unpacked.map_err(|error| ReadError::Damaged { place: name.clone(), reason: error.to_string() })?;
        if unpacked > allowed {
            return Err(too_large());
        }
        left -= unpacked;
    }
    Ok(())
}

/// Looks at XML as it goes by, for what would cost memory wherever it stands.
#[derive(Default)]
struct Watch {
    is_xml: bool,
    /// Text in it is that of cells; elsewhere there are remarks and spaces of any length.
    has_cells: bool,
    in_tag: bool,
    /// The tag so far.
    tag: Vec<u8>,
    /// So much text was there since the last cell began.
    text: usize,
}

impl Watch {
    fn tag_ends(&mut self) -> std::io::Result<()> {
        let name =
            self.tag.split(|byte| matches!(byte, b' ' | b'/' | b'\n' | b'\r' | b'\t')).next().unwrap_or_default();
        match name.rsplit(|byte| *byte == b':').next() {
            Some(b"c" | b"si" | b"row") => self.text = 0,
            Some(b"sst") => {
                let at = memmem::find(&self.tag, b"uniqueCount").unwrap_or(self.tag.len());
                let digits = self.tag[at..].iter().skip_while(|byte| !byte.is_ascii_digit());
                let digits: Vec<u8> = digits.take_while(|byte| byte.is_ascii_digit()).copied().collect();
                let count = String::from_utf8_lossy(&digits).parse();
                if !digits.is_empty() && count.map_or(true, |count: u64| count > MAX_ANNOUNCED) {
                    return Err(Error::new(
                        ErrorKind::InvalidData,
                        format!(
                            "it announces {} texts, expected at most {MAX_ANNOUNCED}; save it again as CSV",
                            String::from_utf8_lossy(&digits)
                        ),
                    ));
                }
            }
            _ => {}
        }
        self.in_tag = false;
        self.tag.clear();
        Ok(())
    }
}

impl Write for Watch {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut rest = bytes;
        while self.is_xml && !rest.is_empty() {
            let end = memchr(if self.in_tag { b'>' } else { b'<' }, rest);
            let piece = &rest[..end.unwrap_or(rest.len())];
            if self.in_tag {
                self.tag.extend_from_slice(piece);
            } else if self.has_cells {
                self.text += piece.len();
            }
            if self.tag.len().max(self.text) > MAX_PIECE {
                let reason =
                    "a cell or a tag in it is longer than 1 MB; this is no ordinary spreadsheet, save it again as CSV";
                return Err(Error::new(ErrorKind::InvalidData, reason));
            }
            let Some(end) = end else { break };
            match self.in_tag {
                true => self.tag_ends()?,
                false => self.in_tag = true,
            }
            rest = &rest[end + 1..];
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        for (name, content) in parts {
            package.start_file(*name, options).unwrap();
            package.write_all(content).unwrap();
        }
        package.finish().unwrap().into_inner()
    }

    #[test]
    fn a_zip_bomb_is_refused_by_what_it_unpacks_to_whatever_it_says() {
        let zeros = vec![0; 600 << 10];
        let mut bytes = package(&[("xl/worksheets/sheet1.xml", &zeros), ("xl/worksheets/sheet2.xml", &zeros)]);
        assert!(bytes.len() < 10 << 10, "a bomb is small");
        let check =
            |bytes: &[u8], megabytes: u64| check_package(bytes, Limits { total: megabytes << 20, kept: 1 << 20 });
        assert!(check(&bytes, 2).is_ok());
        let refused = |bytes: &[u8]| matches!(check(bytes, 1), Err(ReadError::TooLarge { part, .. }) if part == "xl/worksheets/sheet2.xml");
        assert!(refused(&bytes));
        // The same with sizes that lie: four bytes at offset 24 of each central directory header.
        let headers: Vec<usize> = memmem::find_iter(&bytes, b"PK\x01\x02").collect();
        assert_eq!(headers.len(), 2);
        for header in headers {
            bytes[header + 24..header + 28].copy_from_slice(&10_u32.to_le_bytes());
        }
        assert!(check(&bytes, 1).is_err());
    }

    #[test]
    fn what_is_kept_whole_may_be_less_than_what_is_read_cell_by_cell() {
        let text = "<si><t>a</t></si>".repeat(100_000).into_bytes();
        let check = |name: &str| check_package(&package(&[(name, &text)]), Limits { total: 8 << 20, kept: 1 << 20 });
        assert!(check("xl/worksheets/sheet1.xml").is_ok());
        let error = check("XL/sharedStrings.xml").unwrap_err();
        assert!(matches!(&error, ReadError::TooLarge { limit_megabytes: 1, .. }), "{error}");
    }

    #[test]
    fn endless_cells_and_announced_texts_are_refused_before_space_is_made_for_them() {
        let refused =
            |content: &str| check_package(&package(&[("xl/sharedStrings.xml", content.as_bytes())]), Limits::default());
        assert!(refused("<sst uniqueCount=\"30\"><si><t>a</t></si></sst>").is_ok());
        for (content, expected) in [
            ("<x:sst count=\"1\" uniqueCount = '100000000000'/>".to_owned(), "announces 100000000000 texts"),
            ("<sst uniqueCount=\"99999999999999999999999\"/>".to_owned(), "announces"),
            (format!("<sst><si><t>{}</t></si></sst>", "a".repeat(MAX_PIECE + 1)), "longer than 1 MB"),
            (format!("<sst><si>{}</si></sst>", "<r><t>abcdef</t></r>".repeat(MAX_PIECE / 6 + 1)), "longer than 1 MB"),
            (format!("<sst a=\"{}\"/>", "a".repeat(MAX_PIECE)), "longer than 1 MB"),
        ] {
            let error = refused(&content).unwrap_err().to_string();
            assert!(error.starts_with("xl/sharedStrings.xml: ") && error.contains(expected), "{error}");
        }
    }
}
