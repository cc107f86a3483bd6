//! The live view: frames in, boxes with labels out. [`LiveEngine`] works on one frame at a time;
//! [`LiveSession`] runs it on a source in the background and keeps the newest result only.

mod engine;
mod session;
mod tracker;

pub use engine::LiveEngine;
pub use session::{LiveEvent, LiveSession, Shown};
