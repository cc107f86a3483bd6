//! OpenCV's matrices (BGR, rows from the top) to and from our pictures.

use bauta_domain::{ImageSize, RgbImage};
use opencv::{
    boxed_ref::BoxedRef,
    core::{DataType, Mat, MatTraitConst, MatTraitConstManual, Size, Vec3b},
    imgproc,
};

use crate::error::SourceError;

/// Longer side of the largest frames that are passed on, in pixels: 4K. Each frame of 8K has 100 megabytes, of which a
/// live view keeps several, and shows no more on any screen.
const MAX_SIDE: i32 = 3840;

const DOING: &str = "the conversion of a frame";

/// A captured frame; cameras without colour give grey ones.
pub fn rgb_image(frame: &Mat) -> Result<RgbImage, SourceError> {
    let bgr = match frame.channels() {
        3 => frame.try_clone(),
        1 => converted(frame, imgproc::COLOR_GRAY2BGR),
        _ => converted(frame, imgproc::COLOR_BGRA2BGR),
    }
    .map_err(SourceError::open_cv(DOING))?;
    let size = ImageSize::new(bgr.cols().unsigned_abs(), bgr.rows().unsigned_abs());
    let mut pixels = bgr.data_bytes().map_err(SourceError::open_cv(DOING))?.to_vec();
    swap_red_and_blue(&mut pixels);
    RgbImage::new(size, pixels).ok_or_else(|| SourceError::OpenCv {
        doing: DOING,
        reason: format!("expected 3 bytes for each of {}×{} pixels, found type {}", size.width, size.height, bgr.typ()),
    })
}

/// The frame in its proportions, its longer side at most [`MAX_SIDE`].
pub fn reduced(frame: Mat) -> Result<Mat, SourceError> {
    let longer = frame.cols().max(frame.rows());
    if longer <= MAX_SIDE {
        return Ok(frame);
    }
    let scaled = |side: i32| (i64::from(side) * i64::from(MAX_SIDE) / i64::from(longer)).max(1) as i32;
    let size = Size::new(scaled(frame.cols()), scaled(frame.rows()));
    let mut small = Mat::default();
    imgproc::resize(&frame, &mut small, size, 0.0, 0.0, imgproc::INTER_AREA).map_err(SourceError::open_cv(DOING))?;
    Ok(small)
}

/// The picture as a matrix of OpenCV's own.
pub fn matrix(image: &RgbImage) -> Result<Mat, SourceError> {
    let mut pixels = image.pixels().to_vec();
    swap_red_and_blue(&mut pixels);
    let pixels: Vec<Vec3b> = pixels.chunks_exact(3).map(|p| Vec3b::from([p[0], p[1], p[2]])).collect();
    view(image.size(), &pixels)
        .and_then(|view| view.try_clone())
        .map_err(SourceError::open_cv("the conversion of a picture"))
}

/// Values that are there already, one a pixel, seen as a matrix.
pub fn view<T: DataType>(size: ImageSize, values: &[T]) -> opencv::Result<BoxedRef<'_, Mat>> {
    Mat::new_rows_cols_with_data(i32::try_from(size.height)?, i32::try_from(size.width)?, values)
}

fn converted(frame: &Mat, code: i32) -> opencv::Result<Mat> {
    let mut bgr = Mat::default();
    imgproc::cvt_color_def(frame, &mut bgr, code)?;
    Ok(bgr)
}

fn swap_red_and_blue(pixels: &mut [u8]) {
    for pixel in pixels.chunks_exact_mut(3) {
        pixel.swap(0, 2);
    }
}

#[cfg(test)]
mod tests {
    use opencv::core::Scalar;

    use super::*;

    #[test]
    fn a_picture_survives_the_way_through_opencv() {
        let image = RgbImage::new(ImageSize::new(2, 1), vec![1, 2, 3, 4, 5, 6]).unwrap();
        let matrix = matrix(&image).unwrap();
        assert_eq!(matrix.data_bytes().unwrap(), [3, 2, 1, 6, 5, 4]);
        assert_eq!(rgb_image(&matrix).unwrap(), image);
    }

    #[test]
    fn a_frame_of_8k_becomes_one_of_4k_and_smaller_ones_stay() {
        for (size, expected) in [([7680, 4320], [3840, 2160]), ([3840, 2160], [3840, 2160]), ([10, 7000], [5, 3840])] {
            let frame =
                Mat::new_rows_cols_with_default(size[1], size[0], Vec3b::opencv_type(), Scalar::all(9.0)).unwrap();
            let small = reduced(frame).unwrap();
            assert_eq!([small.cols(), small.rows()], expected);
        }
    }

    #[test]
    fn a_grey_frame_becomes_rgb() {
        let grey = view(ImageSize::new(1, 2), &[7u8, 200]).unwrap().try_clone().unwrap();
        assert_eq!(rgb_image(&grey).unwrap().pixels(), [7, 7, 7, 200, 200, 200]);
    }
}
