//! Bytes to text, whatever somebody's spreadsheet or editor saved it as.

use std::borrow::Cow;

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::{Problems, ReadError};

/// The longest line that line-based formats may have, in bytes. A longer one is no table of boxes.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// The text of a file: UTF-8, or UTF-16 by its mark or its look, or else Windows-1252. A character that
/// is cut off at the very end is dropped, and single bytes that do not belong into UTF-8 become �.
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    decode(bytes).0
}

/// The same; what could not be read with certainty is a problem.
pub(crate) fn decoded_with<'b>(bytes: &'b [u8], problems: &mut Problems) -> Cow<'b, str> {
    let (text, doubt) = decode(bytes);
    let line = |at: usize| line_ends(&bytes[..at]) + 1;
    match doubt {
        None => {}
        Some(Doubt::CutOff) => problems.push(
            format_args!("line {}", line(bytes.len())),
            "the file ends in the middle of a letter, which is left out; was it cut off?",
        ),
        Some(Doubt::NoUtf16) => problems.push("text", "found what is no UTF-16; it was read as �; save it as UTF-8"),
        Some(Doubt::Faults { first, more }) => {
            let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
            let found = format_args!("found the byte 0x{:02X}{more}", bytes[first]);
            let message = format_args!("{found}, expected UTF-8 as in the rest; it was read as �; correct it there");
            problems.push(format_args!("line {}", line(first)), message);
        }
        Some(Doubt::Legacy { first }) => problems.push(
            format_args!("line {}", line(first)),
            format_args!(
                "found the byte 0x{:02X}, expected UTF-8; the whole file was read as Windows-1252; save it as UTF-8 \
                 if letters are wrong",
                bytes[first]
            ),
        ),
    }
    text
}

/// Why a text may be another than was meant. Places are offsets in the file.
enum Doubt {
    CutOff,
    NoUtf16,
    Faults { first: usize, more: usize },
    Legacy { first: usize },
}

fn decode(bytes: &[u8]) -> (Cow<'_, str>, Option<Doubt>) {
    let marked = encoding_rs::Encoding::for_bom(bytes);
    let (start, utf16) = match marked {
        Some((encoding, mark)) => (mark, Some(encoding).filter(|encoding| *encoding != UTF_8)),
        None => (0, looks_like_utf16(bytes)),
    };
    let inner = &bytes[start..];
    if let Some(encoding) = utf16 {
        let (text, had_errors) = encoding.decode_without_bom_handling(inner);
        return (text, had_errors.then_some(Doubt::NoUtf16));
    }
    let error = match std::str::from_utf8(inner) {
        Ok(text) => return (Cow::Borrowed(text), None),
        Err(error) => error,
    };
    // Nothing but the end is wrong: a file that was cut off.
    if error.error_len().is_none() {
        let whole = String::from_utf8_lossy(&inner[..error.valid_up_to()]);
        return (whole, Some(Doubt::CutOff));
    }
    let first = start + error.valid_up_to();
    let (mut letters, mut faults) = (0_usize, 0_usize);
    for chunk in inner.utf8_chunks() {
        letters += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    // Letters of several bytes that fit together come about by chance only in a text without meaning.
    if marked.is_some() || letters >= faults {
        return (String::from_utf8_lossy(inner), Some(Doubt::Faults { first, more: faults - 1 }));
    }
    (WINDOWS_1252.decode_without_bom_handling(inner).0, Some(Doubt::Legacy { first }))
}

/// The lines of a text, with their numbers from 1, whichever system's line ends there are.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let mut rest = Some(text);
    let lines = std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr::memchr2(b'\n', b'\r', text.as_bytes());
        rest = end.map(|end| text[end..].strip_prefix("\r\n").unwrap_or(&text[end + 1..]));
        Some(&text[..end.unwrap_or(text.len())])
    });
    (1..).zip(lines)
}

/// How many lines end here: with a line feed, a carriage return, or both.
pub(crate) fn line_ends(bytes: &[u8]) -> usize {
    memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
        .count()
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
    let (mut start, mut line) = (0, 1);
    for end in memchr::memchr2_iter(b'\n', b'\r', bytes).chain([bytes.len()]) {
        if end - start > MAX_LINE_BYTES {
            return Err(ReadError::LineTooLong { line, bytes: end - start });
        }
        // Old Macs end a line with a carriage return alone, Windows with both.
        line += u64::from(bytes.get(end) == Some(&b'\n') || bytes.get(end + 1) != Some(&b'\n'));
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
    fn a_byte_that_does_not_belong_into_a_text_costs_one_letter_and_is_reported() {
        struct Case(&'static str, Vec<u8>, &'static str, &'static [&'static str]);
        for Case(name, bytes, text, expected) in [
            Case("UTF-8", "Größe".into(), "Größe", &[]),
            Case(
                "UTF-8 with a bad byte",
                b"Gr\xc3\xb6\xc3\x9fe\n\xffx\n\xff".to_vec(),
                "Größe\n\u{fffd}x\n\u{fffd}",
                &[
                    "line 2: found the byte 0xFF (and 1 more), expected UTF-8 as in the rest; it was read as �; correct it there",
                ],
            ),
            Case(
                "Windows-1252",
                b"a\r\nGr\xf6\xdfe\r\n".to_vec(),
                "a\r\nGröße\r\n",
                &["line 2: found the byte 0xF6, expected UTF-8; the whole file was read as Windows-1252; save it as \
                     UTF-8 if letters are wrong"],
            ),
            Case(
                "cut off",
                b"a\nGr\xc3".to_vec(),
                "a\nGr",
                &["line 2: the file ends in the middle of a letter, which is left out; was it cut off?"],
            ),
        ] {
            let mut problems = Problems::default();
            assert_eq!(decoded_with(&bytes, &mut problems), text, "{name}");
            assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), expected, "{name}");
        }
    }

    #[test]
    fn a_line_of_a_megabyte_is_refused_and_a_file_of_many_lines_is_not() {
        for line in ["abc\n", "abc\r", "abc\r\n"] {
            assert!(check_lines(&line.repeat(MAX_LINE_BYTES).into_bytes()).is_ok(), "{line:?}");
        }
        let error = check_lines(&[b"a\n".as_slice(), &vec![b'x'; MAX_LINE_BYTES + 1]].concat()).unwrap_err();
        assert!(matches!(error, ReadError::LineTooLong { line: 2, .. }), "{error}");
        let error = check_lines(&[b"a\r\nb\r".as_slice(), &vec![b'x'; MAX_LINE_BYTES + 1]].concat()).unwrap_err();
        assert!(matches!(error, ReadError::LineTooLong { line: 3, .. }), "{error}");
    }
}
