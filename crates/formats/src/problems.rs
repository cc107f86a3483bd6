//! What readers found wrong, one line each, up to a number that somebody will read.

use std::fmt::Display;

use bauta_domain::Problem;

/// Problems of one reading. Past [`Problems::LIMIT`] they are only counted, so that a file of a million
/// bad rows costs no memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problems {
    list: Vec<Problem>,
    more: usize,
}

impl Problems {
    /// So many problems are kept with their words.
    pub const LIMIT: usize = 1000;

    /// Notes a problem: where, and what was found, what was expected, what to do.
    pub fn push(&mut self, place: impl Display, message: impl Display) {
        if self.list.len() < Self::LIMIT {
            self.list.push(Problem::new(place.to_string(), message.to_string()));
        } else {
            self.more += 1;
        }
    }

    /// Takes those of another reading, each place prefixed with `place` (a file).
    pub fn extend(&mut self, place: &str, others: Self) {
        for problem in others.list {
            let inside = match (place, problem.place.as_str()) {
                ("", inside) => inside.to_owned(),
                (place, "") => place.to_owned(),
                (place, inside) => format!("{place}, {inside}"),
            };
            self.push(inside, problem.message);
        }
        self.more += others.more;
    }

    /// How many there are, those without words too.
    pub fn len(&self) -> usize {
        self.list.len() + self.more
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The problems with words.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// The list, with a last line that counts those without words.
    pub fn into_list(mut self) -> Vec<Problem> {
        if self.more > 0 {
            self.list.push(Problem::new("…", format!("{} more problems of this kind", self.more)));
        }
        self.list
    }
}
