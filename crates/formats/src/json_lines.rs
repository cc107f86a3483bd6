//! In which line each entry of a JSON file begins. The reader of entries does not say; this looks at nothing but
//! quotes, brackets, commas and line ends.

use std::{
    collections::HashMap,
    fmt::{self, Display},
};

/// The lines of the entries of each list, or object, that stands under a key of the outermost object; those of the
/// outermost list under no name.
#[derive(Debug, Default)]
pub(crate) struct Lines<'t>(HashMap<&'t str, Vec<u32>>);

impl<'t> Lines<'t> {
    /// Looks through a text, to where it breaks off.
    pub fn of(text: &'t str) -> Self {
        let mut look = Look { line: 1, depth: 0, entries_at: 2, key: "", text: "", begins: false };
        let (mut lists, mut list) = (HashMap::new(), Vec::new());
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if look.begins && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}') {
                list.push(look.line);
                look.begins = false;
            }
            match byte {
                b'\n' => look.line += 1,
                b'"' => {
                    let end = string_end(bytes, at + 1);
                    if look.depth == 1 {
                        look.text = &text[at + 1..end];
                    }
                    at = end;
                }
                b':' if look.depth == 1 => look.key = look.text,
                b'{' | b'[' => {
                    if look.depth == 0 && byte == b'[' {
                        look.entries_at = 1;
                    }
                    look.depth += 1;
                    look.begins = look.depth == look.entries_at;
                }
                b'}' | b']' => {
                    if look.depth == look.entries_at {
                        lists.insert(look.key, std::mem::take(&mut list));
                        look.begins = false;
                    }
                    look.depth = look.depth.saturating_sub(1);
                }
                b',' if look.depth == look.entries_at => look.begins = true,
                _ => {}
            }
            at += 1;
        }
        if !list.is_empty() {
            lists.insert(look.key, list);
        }
        Self(lists)
    }

    /// The line, from 1, that entry `number`, from 1, of the list under `key` begins in; 0 where that is not known.
    pub fn line(&self, key: &str, number: u32) -> u32 {
        let index = (number as usize).checked_sub(1);
        index.and_then(|index| self.0.get(key)?.get(index).copied()).unwrap_or(0)
    }
}

struct Look<'t> {
    line: u32,
    depth: usize,
    /// So deep lie the entries.
    entries_at: usize,
    key: &'t str,
    /// The last text at the depth of keys.
    text: &'t str,
    /// Whether what comes next begins an entry.
    begins: bool,
}

/// Where the quote is that ends a string, or the end of the text.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// A place for people: the number among its kind, and the line where it is known.
pub(crate) fn numbered(word: &str, number: u32, line: u32) -> impl Display {
    fmt::from_fn(move |f| {
        write!(f, "{word} {number}")?;
        if line > 0 { write!(f, " (line {line})") } else { Ok(()) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_lists_and_objects_begin_in_their_lines() {
        let text = "{\"images\": [ {\"a\": \"},\\\"\"},\n\n {\"b\": [1,\n2, {}]} ], \"none\": [],\n\"by name\": {\n\"x\": 1,\n \"y\"\n: {}},\n \"n\": 3}";
        let lines = Lines::of(text);
        let all = |key: &str| (1..).map(|n| lines.line(key, n)).take_while(|line| *line > 0).collect::<Vec<_>>();
        assert_eq!(all("images"), [1, 3]);
        assert_eq!(all("by name"), [6, 7]);
        assert_eq!(all("none"), [0; 0]);
        assert_eq!(all("n"), [0; 0]);
        assert_eq!(lines.line("images", 0), 0);
    }

    #[test]
    fn the_outermost_list_and_a_text_that_breaks_off_have_lines_too() {
        assert_eq!(Lines::of("[\"a\",\n\"b\",\n[[1,\n2]],\n4").line("", 4), 5);
        let cut = Lines::of("{\"shapes\": [{},\n{\"label\": \"a\\");
        assert_eq!((cut.line("shapes", 1), cut.line("shapes", 2), cut.line("shapes", 3)), (1, 2, 0));
        assert_eq!(Lines::of(&"[".repeat(20_000)).line("", 1), 1);
        assert_eq!(Lines::of("}]}]").line("", 1), 0);
    }
}
