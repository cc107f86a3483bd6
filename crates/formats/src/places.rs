//! In which line something stands in a text: entries of JSON are read without their places, but their keys and
//! names are parts of the text itself.

use std::fmt::{self, Display};

/// Counts the lines of a text on the way through it.
#[derive(Debug, Default)]
pub(crate) struct Lines<'t> {
    text: &'t str,
    /// Up to here the lines are counted.
    at: usize,
    before: u32,
}

impl<'t> Lines<'t> {
    /// The lines of this text.
    pub const fn of(text: &'t str) -> Self {
        Self { text, at: 0, before: 0 }
    }

    /// The line, from 1, of this offset. Asking for one after the other is quick.
    pub fn at(&mut self, offset: usize) -> u32 {
        if offset < self.at {
            (self.at, self.before) = (0, 0);
        }
        let end = offset.min(self.text.len());
        let passed = &self.text.as_bytes()[self.at..end];
        self.before = memchr::memchr_iter(b'\n', passed).fold(self.before, |lines, _| lines.saturating_add(1));
        self.at = end;
        self.before.saturating_add(1)
    }

    /// The line, from 1, that a part of the text begins in; 0 for what is no part of it, as an empty text or one that
    /// had to be copied because letters are escaped.
    pub fn of_part(&mut self, part: &str) -> u32 {
        let offset = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        if part.is_empty() || offset >= self.text.len() { 0 } else { self.at(offset) }
    }
}

/// A place for people: what it is, and the line where it is known.
pub(crate) fn in_line(what: impl Display, line: u32) -> impl Display {
    fmt::from_fn(move |f| {
        what.fmt(f)?;
        if line > 0 { write!(f, " (line {line})") } else { Ok(()) }
    })
}

/// The place of one of several of a kind: "annotation 3 (line 12)"; line 0 is one that is not known.
pub fn numbered(word: &str, number: u32, line: u32) -> impl Display {
    in_line(fmt::from_fn(move |f| write!(f, "{word} {number}")), line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_text_know_their_lines_in_any_order() {
        let text = "a\n\nb c\nd";
        let mut lines = Lines::of(text);
        let mut line = |from: usize, to: usize| lines.of_part(&text[from..to]);
        assert_eq!([line(0, 1), line(3, 4), line(7, 8), line(5, 6), line(0, 1)], [1, 3, 4, 3, 1]);
        assert_eq!([lines.of_part(""), lines.of_part("elsewhere")], [0, 0]);
        assert_eq!(numbered("shape", 3, lines.at(99)).to_string(), "shape 3 (line 4)");
        assert_eq!(numbered("shape", 3, 0).to_string(), "shape 3");
    }
}
