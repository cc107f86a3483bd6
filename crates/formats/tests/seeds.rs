//! The seeds of the fuzz targets, each through the function that its target runs.
#![allow(clippy::unwrap_used)]

use std::path::Path;

#[path = "../../../fuzz/src/readers.rs"]
#[allow(dead_code)]
mod readers;

#[test]
fn every_committed_seed_keeps_what_its_reader_promises() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    for (target, read) in readers::ALL {
        let files: Vec<_> = std::fs::read_dir(seeds.join(target)).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(!files.is_empty(), "{target} has no seeds");
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            assert!(std::panic::catch_unwind(|| read(&bytes)).is_ok(), "{}", file.display());
        }
    }
}
