//! What went wrong with one item of a batch that went on.

use serde::{Deserialize, Serialize};

/// One bad file or row: the batch lists it and goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Problem {
    /// Where: a path, or a path with line and column.
    pub place: String,
    /// What was found, what was expected, and the remedy when there is one.
    pub message: String,
}

impl Problem {
    /// A problem with its place. A message that begins with the place does not repeat it.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        let (place, message) = (place.into(), message.into());
        let rest = message.strip_prefix(&place).and_then(|rest| rest.strip_prefix(": ")).map(str::to_owned);
        Self { message: rest.unwrap_or(message), place }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}
