//! The sample: photo-like portraits drawn from a seed, in the four categories of the paper's masks.
//! For trying the program, for tests and for `bauta demo`; no real person is in any of them.
//!
//! Attributes of people (hair, hats, glasses, clothes, beards), light and place come from other
//! streams of chance than the category, so nothing but the mask tells the category.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod background;
mod beard;
mod body;
mod clip;
mod eyes;
mod face;
mod hair;
mod head;
mod headwear;
mod lens;
mod light;
mod masks;
mod paint;
mod person;
mod portrait;
mod random;
mod scene;
mod tone;
mod write;

pub use clip::{SampleFrame, clip};
pub use scene::{CATEGORIES, LEAST_SIZE, MOST_SIZE, SampleFace, SamplePicture, picture};
pub use write::{SampleConfig, SampleError, WrittenPicture, write_sample};
