//! Crops that the benches train on.

use std::path::Path;

use bauta_domain::{Dataset, ImageSize, PixelSource, RgbImage, Sample, ports::ImageReader as _};
use bauta_imaging::{DiskImages, encode_jpeg};

use super::support::Failure;

const CLASSES: usize = 4;
/// Side of drawn crops, as the program saves them.
const CROP: u32 = 240;

/// The crops of a folder that has a folder of them for each category.
pub fn dataset_of(folder: &Path) -> Result<Dataset, Failure> {
    let mut dataset = Dataset::default();
    let mut folders: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    folders.retain(|entry| entry.path().is_dir());
    folders.sort_by_key(std::fs::DirEntry::file_name);
    for (label, category) in folders.iter().enumerate() {
        dataset.labels.push(category.file_name().to_string_lossy().into_owned());
        for path in DiskImages.list(&category.path()).0 {
            dataset.samples.push(Sample { source: PixelSource { path, bbox: None }, label, group: None });
        }
    }
    Ok(dataset)
}

/// Draws crops of waves, whose direction is their category, with noise: as large a file as a photo's crop.
pub fn draw(folder: &Path, count: usize) -> Result<(), Failure> {
    for index in 0..count {
        let label = index % CLASSES;
        let category = folder.join(format!("category {label}"));
        std::fs::create_dir_all(&category)?;
        let value = |at: usize| {
            let (x, y) = ((at / 3 % CROP as usize) as f64, (at / 3 / CROP as usize) as f64);
            let turn = std::f64::consts::PI * label as f64 / CLASSES as f64;
            let wave = ((x * turn.cos() + y * turn.sin()) * 0.2 + index as f64).sin();
            let noise = (at + 7 * index).wrapping_mul(2_654_435_761) >> 16 & 0x3f;
            (100.0 + 60.0 * wave) as u8 + noise as u8
        };
        let pixels = (0..3 * (CROP * CROP) as usize).map(value).collect();
        let picture = RgbImage::new(ImageSize::new(CROP, CROP), pixels).ok_or("the pixels fit")?;
        std::fs::write(category.join(format!("{index}.jpg")), encode_jpeg(&picture, 90)?)?;
    }
    Ok(())
}
