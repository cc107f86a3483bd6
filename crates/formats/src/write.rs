//! What all writers share.

use std::ops::ControlFlow;

use crate::WriteError;

/// Hears how many images (or rows) are written, and may stop the writing.
pub type Tick<'a> = dyn FnMut(usize) -> ControlFlow<()> + 'a;

/// Tells `tick` now and then, and turns its wish to stop into an error.
pub(crate) fn tick_at(done: usize, tick: &mut Tick) -> Result<(), WriteError> {
    if done.is_multiple_of(256) && tick(done).is_break() { Err(WriteError::Cancelled) } else { Ok(()) }
}

/// A document with what was wrong in its file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadDocument {
    /// What could be read.
    pub document: bauta_domain::AnnotationDocument,
    /// What was wrong, and what does not fit what the format says.
    pub problems: crate::Problems,
}
