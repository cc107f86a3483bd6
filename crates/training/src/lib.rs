//! Training: a frozen dataset goes in, a model file comes out, events tell the way.
//!
//! A network is described as layers (`network`), written down as one ONNX graph of the forward and the
//! backward pass (`graph`, with the documents in `onnx` and operators of our own in `kernels`), run on micro-batches by single-threaded
//! sessions (`engine`) that are fed from a thread beside them (`data`), and driven epoch by epoch
//! (`run`, with its state kept by `checkpoint`) to the best epoch's export (`export`). A network may begin behind pretrained ones (`extractor`),
//! whose features are computed once and kept. How models predict afterwards is `bauta-inference`'s.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod checkpoint;
mod checks;
mod data;
pub mod engine;
mod error;
mod export;
mod extractor;
mod front;
mod graph;
mod kernels;
pub mod network;
mod onnx;
mod preparation;
mod progress;
mod random;
mod run;
mod trainer;

pub use error::TrainingError;
pub use trainer::OnnxTrainer;
