//! A whole sample as files.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
};

use bauta_domain::ImageSize;
use bauta_imaging::{ImagingError, encode_jpeg, write_atomically};
use thiserror::Error;

use crate::scene::{LEAST_SIZE, MOST_SIZE, SampleFace, picture};

/// Quality of the JPEG files, 1 to 100.
const QUALITY: u8 = 90;

/// Which sample to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleConfig {
    /// Pictures of different seeds show different people.
    pub seed: u64,
    /// How many pictures.
    pub pictures: u32,
    /// Size of each, [`LEAST_SIZE`] to [`MOST_SIZE`].
    pub size: ImageSize,
}

/// A picture on the disk and what is true about it.
#[derive(Clone, Debug, PartialEq)]
pub struct WrittenPicture {
    /// The JPEG file.
    pub path: PathBuf,
    /// Its size in pixels.
    pub size: ImageSize,
    /// Its faces, from left to right.
    pub faces: Vec<SampleFace>,
}

/// Why a sample could not be written.
#[derive(Debug, Error)]
pub enum SampleError {
    /// Too small for faces, or too large to draw.
    #[error(
        "sample pictures cannot be {}×{} pixels; choose a size from {}×{} to {}×{}",
        found.width, found.height, LEAST_SIZE.width, LEAST_SIZE.height, MOST_SIZE.width, MOST_SIZE.height
    )]
    Size {
        /// The size that was asked for.
        found: ImageSize,
    },
    /// A file could not be written.
    #[error(transparent)]
    Imaging(#[from] ImagingError),
}

/// Draws a sample and writes it as `portrait_001.jpg` and so on into a folder, which is made when
/// missing; files of these names are replaced. Uses all cores. `progress` is called in this thread
/// with the number of pictures done and of all, and may break off; then only what is written so far is
/// returned.
///
/// # Errors
/// When the size is out of range, or at the first file that cannot be written; those already
/// written stay.
pub fn write_sample(
    folder: &Path,
    config: SampleConfig,
    progress: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
) -> Result<Vec<WrittenPicture>, SampleError> {
    let SampleConfig { size, pictures, .. } = config;
    let fits = |side: u32, least: u32, most: u32| (least..=most).contains(&side);
    if !fits(size.width, LEAST_SIZE.width, MOST_SIZE.width) || !fits(size.height, LEAST_SIZE.height, MOST_SIZE.height) {
        return Err(SampleError::Size { found: size });
    }
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(pictures as usize);
    let next = AtomicU32::new(0);
    let mut written: Vec<Option<WrittenPicture>> = vec![None; pictures as usize];
    std::thread::scope(|scope| {
        let (sender, results) = mpsc::channel();
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    // The receiver is gone once a picture failed or the caller broke off.
                    if index >= pictures || sender.send((index, write_one(folder, config, index))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        for (done, (index, result)) in (1..).zip(results) {
            written[index as usize] = Some(result?);
            if progress(done, pictures).is_break() {
                break;
            }
        }
        Ok(written.into_iter().flatten().collect())
    })
}

fn write_one(folder: &Path, config: SampleConfig, index: u32) -> Result<WrittenPicture, SampleError> {
    let drawn = picture(config.seed, index, config.size);
    let path = folder.join(&drawn.name);
    write_atomically(&path, &encode_jpeg(&drawn.image, QUALITY)?)?;
    Ok(WrittenPicture { path, size: drawn.image.size(), faces: drawn.faces })
}
