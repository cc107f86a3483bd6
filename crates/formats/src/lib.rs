//! Bytes to and from domain documents, one module per format. Nothing here opens a file.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod groups;

pub use groups::{GroupsError, read_groups};
