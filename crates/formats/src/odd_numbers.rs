//! Numbers that JSON does not have and programs write all the same: NaN, Infinity, 1e999.

use std::borrow::Cow;

use memchr::memmem;

/// What stands for them in the text that the JSON reader gets: strings no longer than they are, so that lines and
/// columns stay right. They begin with a control character (delete), which no name does.
const NAN: &str = "\u{7f}";
const INFINITY: &str = "\u{7f}+";
const NEGATIVE_INFINITY: &str = "\u{7f}-";
const TOO_LARGE: &str = "\u{7f}>";
const TOO_FAR_BELOW: &str = "\u{7f}<";

/// The number that such a string stands for, and what to call it.
pub(crate) fn odd_number(text: &str) -> Option<(f64, &'static str)> {
    match text {
        NAN => Some((f64::NAN, "NaN")),
        INFINITY => Some((f64::INFINITY, "Infinity")),
        NEGATIVE_INFINITY => Some((f64::NEG_INFINITY, "-Infinity")),
        TOO_LARGE => Some((f64::INFINITY, "a number above 1.7e308")),
        TOO_FAR_BELOW => Some((f64::NEG_INFINITY, "a number below -1.7e308")),
        _ => None,
    }
}

/// The text with these numbers as strings; borrowed when there are none.
pub(crate) fn without_odd_numbers(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let suspect = memmem::find(bytes, b"NaN").is_some()
        || memmem::find(bytes, b"Infinity").is_some()
        || has_large_exponent(bytes);
    if !suspect {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut in_string) = (text, false);
    while let Some(first) = rest.chars().next() {
        let taken = if in_string {
            // Up to and with the next quote that is not escaped.
            let end = end_of_string(rest);
            in_string = false;
            out.push_str(&rest[..end]);
            end
        } else {
            let odd = [("NaN", NAN), ("-Infinity", NEGATIVE_INFINITY), ("Infinity", INFINITY)];
            match odd.into_iter().find(|(word, _)| rest.starts_with(word)) {
                Some((word, stand_in)) => push_padded(&mut out, stand_in, word.len()),
                None if first == '-' || first.is_ascii_digit() => {
                    let number = number_at(rest);
                    // The shortest such number is 2e308.
                    if number.len() >= 5 && number.parse().is_ok_and(f64::is_infinite) {
                        push_padded(&mut out, if first == '-' { TOO_FAR_BELOW } else { TOO_LARGE }, number.len())
                    } else {
                        out.push_str(number);
                        number.len()
                    }
                }
                None => {
                    in_string = first == '"';
                    out.push(first);
                    first.len_utf8()
                }
            }
        };
        rest = &rest[taken..];
    }
    Cow::Owned(out)
}

/// Writes a stand-in as a string, with spaces up to the length of what it stands for, and returns that.
fn push_padded(out: &mut String, stand_in: &str, length: usize) -> usize {
    out.extend(["\"", stand_in, "\""]);
    out.extend(std::iter::repeat_n(' ', length.saturating_sub(stand_in.len() + 2)));
    length
}

fn end_of_string(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = memchr::memchr2(b'"', b'\\', &bytes[at..]) {
        if bytes[at + next] == b'"' {
            return at + next + 1;
        }
        // The escaped character may be longer than a byte; its later bytes are neither quote nor backslash.
        at = (at + next + 2).min(bytes.len());
    }
    bytes.len()
}

fn number_at(text: &str) -> &str {
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(text.len());
    &text[..end.max(1)]
}

/// Whether an `e` between digits is followed by three or more of them, as in 1e999.
fn has_large_exponent(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(b'e', b'E', bytes).any(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        let digits = bytes[at + 1..].strip_prefix(b"+").unwrap_or(&bytes[at + 1..]);
        before.is_some_and(u8::is_ascii_digit) && digits.len() >= 3 && digits[..3].iter().all(u8::is_ascii_digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_numbers_become_strings_of_their_length_and_words_in_strings_stay() {
        let text = r#"{"NaN \" Infinity": [NaN, -Infinity, Infinity, 1e999, -12345.5e400, 1e30, -5], "e": "1e999"}"#;
        let plain = without_odd_numbers(text);
        let mended = r#"{"NaN \" Infinity": ["_", "_-"     , "_+"    , "_>" , "_<"        , 1e30, -5], "e": "1e999"}"#;
        let mended = mended.replace('_', "\u{7f}");
        assert_eq!(plain, mended);
        assert_eq!(plain.len(), text.len());
        assert!(serde_json::from_str::<serde_json::Value>(&plain).is_ok());
        assert!(matches!(without_odd_numbers(r#"{"a": [1, 2.5e3]}"#), Cow::Borrowed(_)));
    }
}
