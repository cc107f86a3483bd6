//! Workflows across crates, with the real adapters: see `tests/`.
