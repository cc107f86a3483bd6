//! The live view: frames in, boxes with labels out. [`LiveEngine`] works on one frame at a time;
//! [`LiveSession`] runs it on a source in the background and keeps the newest result only.

mod collecting;
mod detecting;
mod doubt;
mod engine;
mod frame_files;
mod label;
mod playing;
mod rhythm;
mod saving;
mod session;
mod tracker;

pub use collecting::CollectListener;
pub(crate) use collecting::Collecting;
pub use engine::{LiveEngine, MIN_CONFIDENCE};
pub(crate) use frame_files::{group_of_frame, stamp};
pub(crate) use saving::Album;
pub use session::{LiveEvent, LiveListener, LiveSession, LiveWatcher, Shown};
