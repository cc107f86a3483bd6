//! Pictures on their way from the reader to the engine: read, measured, changed at random, normalised,
//! and put into batches beside the step.

mod affine;
mod feed;
mod light;
mod pictures;
mod preprocessing;

pub use affine::Affine;
pub use feed::{Feed, FeedPlan};
pub use light::Light;
pub use pictures::{MEMORY, Pictures};
pub use preprocessing::{ChannelSums, Normalisation};
