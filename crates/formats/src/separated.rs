//! Separated text (CSV, RFC 4180): records of cells, read as people's programs write it and written as the standard
//! says. What the cells mean is said elsewhere.

use std::{borrow::Cow, io::Write};

use memchr::{memchr, memchr2, memchr2_iter, memchr3};

use crate::{
    Problems,
    neutral::{neutral, original},
    table::Cell,
};

/// A quoted cell of more bytes is none: no spreadsheet holds more than 32,767 letters in a cell, at most four bytes
/// each. Its quote was never closed.
const MOST_CELL_BYTES: usize = 1 << 17;
/// So many line ends in one cell are none of a name's either.
const MOST_CELL_LINES: usize = 100;

/// Hands each record that is not empty to `take` with its line, from 1, until `take` has enough (false). A quote that
/// is opened and not closed is a problem: it is left out, and its cell ends where it would end without it.
pub(crate) fn each_record<'t>(
    text: &'t str,
    problems: &mut Problems,
    mut take: impl FnMut(u32, &[Cell<'t>], &mut Problems) -> bool,
) {
    let (separator, at, line) = beginning(text);
    let mut records = Records { text, separator, at, line };
    let mut cells: Vec<Cell<'t>> = Vec::new();
    while records.at < text.len() {
        let line = records.line;
        cells.clear();
        if !records.read(&mut cells) {
            problems.push(
                format_args!("line {line}"),
                "found a cell with a quote (\") at its beginning and none at its end; expected both or none; the \
                 quote is left out",
            );
        }
        if cells.iter().any(|cell| *cell != Cell::Empty) && !take(line, &cells, problems) {
            return;
        }
    }
}

/// The separator, and where the records begin: after Excel's own line `sep=;`, if there is one.
fn beginning(text: &str) -> (u8, usize, u32) {
    let first = &text[..memchr2(b'\n', b'\r', text.as_bytes()).unwrap_or(text.len())];
    let named = first.trim_matches('"').strip_prefix("sep=").map(str::as_bytes);
    match named {
        // A tab may have been trimmed away by whoever saved the file.
        Some([] | [b'\t']) => (b'\t', after_line_end(text, first.len()), 2),
        Some(&[separator]) => (separator, after_line_end(text, first.len()), 2),
        _ => (most_frequent_separator(text), 0, 1),
    }
}

/// The separator that the first line with text has most of outside quotes; a comma when there is none.
fn most_frequent_separator(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    let line = text.trim_start_matches(['\n', '\r', ' ']).bytes().take_while(|byte| !matches!(byte, b'\n' | b'\r'));
    for byte in line {
        quoted ^= byte == b'"';
        if !quoted && let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte) {
            *count += 1;
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0).map_or(b',', |(s, _)| s)
}

/// Where the next line begins when this one ends at `end`: with a line feed, a carriage return, or both.
fn after_line_end(text: &str, end: usize) -> usize {
    match &text.as_bytes()[end..] {
        [b'\r', b'\n', ..] => end + 2,
        [] => end,
        _ => end + 1,
    }
}

struct Records<'t> {
    text: &'t str,
    separator: u8,
    at: usize,
    line: u32,
}

impl<'t> Records<'t> {
    /// Reads the cells of one record; whether all its quotes are closed.
    fn read(&mut self, cells: &mut Vec<Cell<'t>>) -> bool {
        let mut all_closed = true;
        loop {
            if self.text.as_bytes().get(self.at) == Some(&b'"') {
                match self.quoted() {
                    Some(text) => cells.push(cell(text, Cell::Exact)),
                    None => {
                        all_closed = false;
                        self.at += 1;
                        cells.push(cell(Cow::Borrowed(self.plain()), Cell::Text));
                    }
                }
            } else {
                cells.push(cell(Cow::Borrowed(self.plain()), Cell::Text));
            }
            match self.text.as_bytes().get(self.at) {
                Some(byte) if *byte == self.separator => self.at += 1,
                _ => break,
            }
        }
        self.at = after_line_end(self.text, self.at);
        self.line = self.line.saturating_add(1);
        all_closed
    }

    /// The text up to the next separator or line end.
    fn plain(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = memchr3(self.separator, b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// The content of the quoted cell that begins here, or `None` when its quote is not closed: there is no other, it
    /// is implausibly far away, or it is the opening one of another cell some lines below.
    fn quoted(&mut self) -> Option<Cow<'t, str>> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let window = &bytes[..bytes.len().min(start + MOST_CELL_BYTES)];
        let (mut end, mut doubled) = (start, false);
        loop {
            end += memchr(b'"', &window[end..])?;
            if bytes.get(end + 1) != Some(&b'"') {
                break;
            }
            (end, doubled) = (end + 2, true);
            if end > window.len() {
                return None;
            }
        }
        let content = &self.text[start..end];
        let line_ends = memchr2_iter(b'\n', b'\r', content.as_bytes())
            .filter(|&at| content.as_bytes()[at] == b'\n' || content.as_bytes().get(at + 1) != Some(&b'\n'))
            .count();
        let before = self.at;
        self.at = end + 1;
        let behind = self.plain();
        if line_ends > MOST_CELL_LINES || (line_ends > 0 && !behind.trim().is_empty()) {
            self.at = before;
            return None;
        }
        self.line = self.line.saturating_add(u32::try_from(line_ends).unwrap_or(u32::MAX));
        let content = if doubled { Cow::Owned(content.replace("\"\"", "\"")) } else { Cow::Borrowed(content) };
        Some(if behind.trim().is_empty() { content } else { content + behind })
    }
}

fn cell<'t>(text: Cow<'t, str>, kind: fn(Cow<'t, str>) -> Cell<'t>) -> Cell<'t> {
    match text {
        text if text.is_empty() => Cell::Empty,
        Cow::Borrowed(text) => kind(original(text)),
        Cow::Owned(text) => kind(Cow::Owned(original(&text).into_owned())),
    }
}

/// Writes one record. Text that a spreadsheet would run is made harmless; what reading would trim is quoted.
pub(crate) fn write_record(out: &mut impl Write, cells: &[&str]) -> std::io::Result<()> {
    for (index, text) in cells.iter().enumerate() {
        out.write_all(if index == 0 { b"" } else { b"," })?;
        let text = neutral(text);
        let has_white_ends = text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace);
        if has_white_ends || text.contains(['"', ',', '\t', '\r', '\n']) {
            write!(out, "\"{}\"", text.replace('"', "\"\""))?;
        } else {
            out.write_all(text.as_bytes())?;
        }
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records as `line: cell|cell`, quoted cells in brackets, and the lines with problems.
    fn records(text: &str) -> (Vec<String>, Vec<String>) {
        let (mut found, mut problems) = (Vec::new(), Problems::default());
        each_record(text, &mut problems, |line, cells, _| {
            let cells = cells.iter().map(|cell| match cell {
                Cell::Exact(text) => format!("[{text}]"),
                Cell::Text(text) => text.to_string(),
                _ => String::new(),
            });
            found.push(format!("{line}: {}", cells.collect::<Vec<_>>().join("|")));
            true
        });
        (found, problems.iter().map(|problem| problem.place.clone()).collect())
    }

    #[test]
    fn records_are_split_as_the_standard_says_and_as_spreadsheets_save_them() {
        struct Case(&'static str, &'static [&'static str]);
        for Case(text, expected) in [
            Case("a,b\r\n\r\n1,2\r\n", &["1: a|b", "3: 1|2"]),
            Case("a;b\r1;\"2;3\"\r", &["1: a|b", "2: 1|[2;3]"]),
            Case("a,\"x\n\"\"y\"\"\"\nb,c", &["1: a|[x\n\"y\"]", "3: b|c"]),
            Case("a,\"b\" ,\"c\"d\n", &["1: a|[b]|[cd]"]),
            Case("sep=;\na,b;c\n", &["2: a,b|c"]),
            Case("\"sep=\t\"\r\na\tb", &["2: a|b"]),
            Case("\tb\n1\t2\n", &["1: |b", "2: 1|2"]),
            Case("a,\n,b\n,\n", &["1: a|", "2: |b"]),
            Case("", &[]),
        ] {
            assert_eq!(records(text), (expected.iter().map(|&line| line.to_owned()).collect(), vec![]), "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_takes_nothing_but_itself() {
        let rows = "b,2\n".repeat(300);
        let (found, problems) = records(&format!("a,b\n\"x, y\",\"m,1\n{rows}"));
        assert_eq!((found.len(), found[1].as_str(), problems), (302, "2: [x, y]|m|1", vec!["line 2".to_owned()]));
        // The next quote is the opening one of another cell.
        let (found, problems) = records("a,\"m\nb,\"n\nc,\"o\"\n");
        assert_eq!(
            (found, problems),
            (vec!["1: a|m".into(), "2: b|n".into(), "3: c|[o]".into()], vec!["line 1".to_owned(), "line 2".into()])
        );
        // The next quote is far away.
        let (found, problems) = records(&format!("\"m\n{}x\"\n", "n\n".repeat(MOST_CELL_LINES)));
        assert_eq!((found.len(), problems.len()), (MOST_CELL_LINES + 2, 1));
        let (found, _) = records(&format!("\"{}\nb\n", "\"\"".repeat(MOST_CELL_BYTES)));
        assert_eq!(found.last().map(String::as_str), Some("2: b"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_again(cells in proptest::collection::vec("[-',;=\"\t\r\n a-b]{0,5}", 1..5)) {
            let mut out = Vec::new();
            let texts: Vec<&str> = cells.iter().map(String::as_str).collect();
            write_record(&mut out, &texts).unwrap();
            let (text, mut problems) = (String::from_utf8(out).unwrap(), Problems::default());
            let mut records = Records { text: &text, separator: b',', at: 0, line: 1 };
            let mut read = Vec::new();
            proptest::prop_assert!(records.read(&mut read));
            proptest::prop_assert_eq!(records.at, text.len());
            for (cell, text) in read.iter().zip(&texts) {
                match cell {
                    Cell::Exact(found) | Cell::Text(found) => proptest::prop_assert_eq!(found, text),
                    _ => proptest::prop_assert_eq!(*text, ""),
                }
            }
            each_record(&text, &mut problems, |_, _, _| true);
        }
    }
}
