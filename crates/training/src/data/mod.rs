//! Pictures on their way from the reader to the engine: read, measured, changed at random, normalised,
//! and put into batches beside the step.

mod affine;
mod feature_plan;
mod feature_source;
mod features;
mod feed;
mod kept_features;
mod light;
mod old_features;
mod pictures;
mod preprocessing;
mod source;

pub use affine::Affine;
pub use feature_plan::{Changes, FeaturePlan};
pub use feature_source::FeatureSource;
pub use features::Features;
pub use feed::{Fed, Feed, FeedPlan};
pub use light::Light;
pub use pictures::{MEMORY, Pictures, read_one};
pub use preprocessing::{ChannelSums, Normalisation};
pub use source::{PictureSource, Source, shown_changed};
