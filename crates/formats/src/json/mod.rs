//! JSON as people's programs write it: numbers as strings, NaN, entries of the wrong kind. Nothing here
//! recurses into what it skips, so depth does not matter.

mod entries;
mod values;

pub(crate) use entries::{Entry, Keys, Numbered, ReadKeys, each_entry, read_object, without_place};
pub(crate) use values::{Found, List, Row, number_in};
