//! ONNX documents: their messages and a builder that knows the shape of every value. What a network
//! is, and how it is differentiated, is not known here.

mod builder;
mod graft;
pub(crate) mod messages;
mod operators;
mod own_operators;
mod row_operators;

pub use builder::{DYNAMIC, GraphBuilder, Value};
pub use graft::Part;
pub use operators::{Indices, Slice};
pub use own_operators::Pooled;
