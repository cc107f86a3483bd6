//! Numbers that JSON does not have and programs write all the same: NaN, Infinity, 1e999.

use std::borrow::Cow;

use memchr::memmem;

/// What stands for them in the text that the JSON reader gets: strings of the same length, so that lines
/// and columns stay right.
pub(crate) const NAN: &str = "N";
pub(crate) const INFINITY: &str = "Infini";
pub(crate) const NEGATIVE_INFINITY: &str = "-Infini";

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
                Some((word, stand_in)) => {
                    out.extend(["\"", stand_in, "\""]);
                    word.len()
                }
                None if first == '-' || first.is_ascii_digit() => {
                    let number = number_at(rest);
                    if number.len() >= 3 && number.parse().is_ok_and(f64::is_infinite) {
                        let inside = if first == '-' { NEGATIVE_INFINITY } else { INFINITY };
                        let room = number.len() - 2;
                        let fits = inside.len() <= room;
                        let inside = if fits { inside } else { &number[1..=room] };
                        out.extend(["\"", inside, "\""]);
                        out.extend(std::iter::repeat_n(' ', room - inside.len()));
                    } else {
                        out.push_str(number);
                    }
                    number.len()
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
        let mended = r#"{"NaN \" Infinity": ["N", "-Infini", "Infini", "e99", "-Infini"   , 1e30, -5], "e": "1e999"}"#;
        assert_eq!(plain, mended);
        assert_eq!(plain.len(), text.len());
        assert!(serde_json::from_str::<serde_json::Value>(&plain).is_ok());
        assert!(matches!(without_odd_numbers(r#"{"a": [1, 2.5e3]}"#), Cow::Borrowed(_)));
    }
}
