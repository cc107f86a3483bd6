//! The ports of the domain, on pictures that lie on a disk.

use std::path::{Path, PathBuf};

use bauta_domain::{
    BoundingBox, Picture, PixelSource, Problem, RgbImage,
    ports::{Cropper, ImageReader, PortError, SampleReader},
};

use crate::{crop_square, encode_png, image_header, list_images, read_image, squeeze, write_atomically};

/// Pictures on disk: implements [`ImageReader`], [`Cropper`] and [`SampleReader`].
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskImages;

impl ImageReader for DiskImages {
    fn read(&self, path: &Path) -> Result<RgbImage, PortError> {
        Ok(read_image(path)?)
    }

    fn picture(&self, path: &Path) -> Result<Picture, PortError> {
        Ok(image_header(path)?)
    }

    fn list(&self, folder: &Path) -> (Vec<PathBuf>, Vec<Problem>) {
        list_images(folder)
    }
}

impl Cropper for DiskImages {
    fn crop(&self, image: &RgbImage, bbox: &BoundingBox, side: u32) -> RgbImage {
        crop_square(image, bbox, side)
    }

    fn squeeze(&self, image: &RgbImage, side: u32) -> RgbImage {
        squeeze(image, side)
    }

    fn save_png(&self, image: &RgbImage, path: &Path) -> Result<(), PortError> {
        Ok(write_atomically(path, &encode_png(image)?)?)
    }
}

impl SampleReader for DiskImages {
    fn read(&self, source: &PixelSource, side: u32) -> Result<RgbImage, PortError> {
        let image = read_image(&source.path)?;
        Ok(match &source.bbox {
            Some(bbox) => crop_square(&image, bbox, side),
            None => squeeze(&image, side),
        })
    }
}
