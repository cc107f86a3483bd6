//! Bytes to text, whatever somebody's spreadsheet or editor saved it as.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::ReadError;

/// The longest line that line-based formats may have, in bytes. A longer one is no table of boxes.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// The text of a file: UTF-8, or UTF-16 by its mark or its look, or else Windows-1252. A character that
/// is cut off at the very end is dropped.
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    if let Some(encoding) = looks_like_utf16(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        // Nothing but the end is wrong: a file that was cut off.
        Err(error) if error.error_len().is_none() => UTF_8.decode_without_bom_handling(&bytes[..error.valid_up_to()]).0,
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// UTF-16 without a mark: text in Latin letters has a zero in every other byte.
fn looks_like_utf16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let head = &bytes[..bytes.len().min(256) & !1];
    let pairs = head.len() / 2;
    if pairs < 2 {
        return None;
    }
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    match (zeros(0) * 10 >= pairs * 7, zeros(1) * 10 >= pairs * 7) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// Refuses a file with a line longer than [`MAX_LINE_BYTES`], before anything is read of it.
pub(crate) fn check_lines(bytes: &[u8]) -> Result<(), ReadError> {
    let mut start = 0;
    for (line, end) in (1..).zip(memchr::memchr_iter(b'\n', bytes).chain([bytes.len()])) {
        if end - start > MAX_LINE_BYTES {
            return Err(ReadError::LineTooLong { line, bytes: end - start });
        }
        start = end + 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_encoding_gives_the_same_text() {
        let text = "Maske;Größe €\n";
        let utf16 = |big: bool| -> Vec<u8> {
            text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        let with = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        for (name, bytes) in [
            ("UTF-8", text.as_bytes().to_vec()),
            ("UTF-8 with a mark", with(b"\xef\xbb\xbf", text.as_bytes().to_vec())),
            ("UTF-16 LE", with(b"\xff\xfe", utf16(false))),
            ("UTF-16 BE", with(b"\xfe\xff", utf16(true))),
            ("UTF-16 LE without a mark", utf16(false)),
            ("UTF-16 BE without a mark", utf16(true)),
            ("Windows-1252", b"Maske;Gr\xf6\xdfe \x80\n".to_vec()),
        ] {
            assert_eq!(decoded(&bytes), text, "{name}");
        }
        assert_eq!(decoded("Grö".as_bytes().strip_suffix(b"\xb6").unwrap()), "Gr", "a character cut off at the end");
        assert_eq!(decoded(b""), "");
    }

    #[test]
    fn a_line_of_a_megabyte_is_refused_and_a_file_of_many_lines_is_not() {
        assert!(check_lines(&b"abc\n".repeat(MAX_LINE_BYTES)).is_ok());
        let error = check_lines(&[b"a\n".as_slice(), &vec![b'x'; MAX_LINE_BYTES + 1]].concat()).unwrap_err();
        assert!(matches!(error, ReadError::LineTooLong { line: 2, .. }), "{error}");
    }
}
