//! The ports of the domain, on pictures that lie on a disk.

use std::path::{Path, PathBuf};

use bauta_domain::{
    BoundingBox, CropShape, Picture, PictureFormat, PixelSource, Problem, RgbImage, plan_crop,
    ports::{Cropper, ImageReader, PortError, SampleReader},
};

use crate::{
    crop::in_shape, crop_shaped, crop_square, encode_jpeg, encode_png, image_header, list_images, read_image,
    regions::read_regions, resize_to_fit, squeeze, taken::taken, write_atomically,
};

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

    fn list_while(&self, folder: &Path, go_on: &mut dyn FnMut(usize) -> bool) -> (Vec<PathBuf>, Vec<Problem>) {
        list_images(folder, go_on)
    }
}

impl Cropper for DiskImages {
    fn crop(&self, image: &RgbImage, bbox: &BoundingBox, side: u32) -> RgbImage {
        crop_square(image, bbox, side)
    }

    fn squeeze(&self, image: &RgbImage, side: u32) -> RgbImage {
        squeeze(image, side)
    }

    fn shaped(&self, image: &RgbImage, boxes: &[BoundingBox], shape: CropShape) -> Vec<RgbImage> {
        boxes.iter().map(|bbox| crop_shaped(image, bbox, shape)).collect()
    }

    fn shaped_from_file(
        &self,
        path: &Path,
        boxes: &[BoundingBox],
        shape: CropShape,
    ) -> Result<Vec<RgbImage>, PortError> {
        let plan = |size| boxes.iter().map(|bbox| shape.plan(bbox, size)).collect();
        Ok(read_regions(path, &plan)?.iter().map(|region| in_shape(region, shape)).collect())
    }

    fn encode(&self, image: &RgbImage, format: PictureFormat) -> Result<Vec<u8>, PortError> {
        Ok(match format {
            PictureFormat::Png => encode_png(image)?,
            PictureFormat::Jpeg { quality } => encode_jpeg(image, quality)?,
        })
    }

    fn fit(&self, image: &RgbImage, max_side: u32) -> RgbImage {
        resize_to_fit(image, max_side)
    }

    fn save_png(&self, image: &RgbImage, path: &Path) -> Result<(), PortError> {
        Ok(write_atomically(path, &encode_png(image)?)?)
    }
}

impl SampleReader for DiskImages {
    fn read(&self, source: &PixelSource, side: u32) -> Result<RgbImage, PortError> {
        let Some(bbox) = &source.bbox else { return Ok(squeeze(&read_image(&source.path)?, side)) };
        let regions = read_regions(&source.path, &|size| vec![plan_crop(bbox, size)])?;
        regions.first().map(|region| squeeze(region, side)).ok_or_else(|| "no crop was planned".into())
    }

    fn taken(&self, path: &Path) -> Option<f64> {
        taken(path)
    }
}
