//! What stands in a cell of a table.

use std::borrow::Cow;

use crate::{json::number_in, number::number_text};

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell<'a> {
    #[default]
    Empty,
    Text(Cow<'a, str>),
    /// Text whose beginning and end are certain: it was quoted, or is a spreadsheet's.
    Exact(Cow<'a, str>),
    Number(f64),
}

impl Cell<'_> {
    /// The text without white space around it; numbers are text too where a name is expected.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Exact(text) => Cow::Borrowed(text.trim()),
            Self::Number(value) => Cow::Owned(number_text(*value)),
        }
    }

    /// The text as it stands there, where its beginning and end are certain; else as [`Cell::text`].
    pub fn exact_text(&self) -> Cow<'_, str> {
        match self {
            Self::Exact(text) => Cow::Borrowed(text),
            other => other.text(),
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Empty => None,
            Self::Number(value) => Some(*value),
            // A comma is a decimal point in half of the world; as a separator it would be in no cell.
            Self::Text(text) | Self::Exact(text) => number_in(text).or_else(|| number_in(&text.replacen(',', ".", 1))),
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) | Self::Exact(text) => text.trim().is_empty(),
            Self::Number(_) => false,
        }
    }
}
