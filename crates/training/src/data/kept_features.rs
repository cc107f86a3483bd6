//! Features that earlier trainings left in their folder, picture by picture: one more photo in a dataset costs the
//! features of one photo.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::Hasher as _,
    io::{Read as _, Seek as _, SeekFrom},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bauta_domain::Problem;
use fs_err::File;
use serde::{Deserialize, Serialize};

/// What is known of a file of features; written when it is complete.
#[derive(Serialize, Deserialize)]
pub(super) struct Description {
    /// What each picture is ([`FeaturePlan::pictures`](super::FeaturePlan::pictures)).
    pub pictures: Vec<u64>,
    pub length: usize,
    pub views: usize,
    pub readable: Vec<bool>,
    pub problems: Vec<Problem>,
    pub checksums: Vec<u64>,
}

/// Features of earlier datasets by their pictures.
pub(super) struct Kept {
    files: Vec<Mutex<File>>,
    /// File, offset in it, and checksum of what is there.
    places: HashMap<u64, (usize, u64, u64)>,
    bytes_a_sample: usize,
}

impl Kept {
    /// Those in `folder` that were computed by the same recipe. What cannot be read is not kept.
    pub fn of(folder: &Path, recipe: &str, bytes_a_sample: usize) -> Self {
        let mut kept = Self { files: Vec::new(), places: HashMap::new(), bytes_a_sample };
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_ours = |path: &PathBuf| {
            path.extension().is_some_and(|ending| ending == "json")
                && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(recipe))
        };
        for path in entries.filter(is_ours) {
            let description = std::fs::read(&path).ok().and_then(|json| serde_json::from_slice(&json).ok());
            let (Some(Description { pictures, readable, checksums, .. }), Ok(file)) =
                (description, File::open(path.with_extension("features")))
            else {
                continue;
            };
            for (index, ((picture, readable), checksum)) in pictures.iter().zip(readable).zip(checksums).enumerate() {
                if readable {
                    kept.places.insert(*picture, (kept.files.len(), (index * bytes_a_sample) as u64, checksum));
                }
            }
            kept.files.push(Mutex::new(file));
        }
        kept
    }

    /// What was computed of this picture, as it was written.
    pub fn find(&self, picture: u64) -> Option<Vec<u8>> {
        let &(file, offset, expected) = self.places.get(&picture)?;
        let mut bytes = vec![0; self.bytes_a_sample];
        let mut file = self.files[file].lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut bytes)).ok()?;
        (checksum(&bytes) == expected).then_some(bytes)
    }
}

/// What changes with any of the numbers.
pub(super) fn checksum_of(numbers: &[u64]) -> u64 {
    let mut hasher = DefaultHasher::new();
    numbers.iter().for_each(|number| hasher.write_u64(*number));
    hasher.finish()
}

/// What changes with any of the bytes; quick, as whole files are checked before each training.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
