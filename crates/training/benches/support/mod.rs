//! What the benches share; each takes the files of this folder that it needs.

pub type Failure = Box<dyn std::error::Error + Send + Sync>;
