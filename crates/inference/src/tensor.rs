//! Pixels to tensors. Training, checking, classification of files and live all go through here, so a
//! network sees in use what it saw in training.

use bauta_domain::RgbImage;

/// The batch as `[N, 3, side, side]`: planes R, G, B, rows from the top, values 0 to 255. Our networks
/// normalise inside.
///
/// # Panics
/// When a picture is not `side` × `side`.
pub fn image_tensor(images: &[RgbImage], side: u32) -> Vec<f32> {
    let length = 3 * side as usize * side as usize;
    let mut tensor = vec![0.0; images.len() * length];
    for (image, planes) in images.iter().zip(tensor.chunks_exact_mut(length.max(1))) {
        write_planes(image, planes);
    }
    tensor
}

/// One picture of [`image_tensor`], written into `3 · width · height` values that are there already.
///
/// # Panics
/// When `planes` has another length.
pub fn write_planes(image: &RgbImage, planes: &mut [f32]) {
    let pixels = image.pixels();
    assert_eq!(planes.len(), pixels.len(), "a tensor of {} values cannot hold {image:?}", planes.len());
    let (red, rest) = planes.split_at_mut(pixels.len() / 3);
    let (green, blue) = rest.split_at_mut(pixels.len() / 3);
    for (((pixel, r), g), b) in pixels.chunks_exact(3).zip(red).zip(green).zip(blue) {
        (*r, *g, *b) = (f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2]));
    }
}

#[cfg(test)]
mod tests {
    use bauta_domain::ImageSize;

    use super::*;

    #[test]
    fn a_batch_is_planes_of_red_green_and_blue() {
        let size = ImageSize::new(2, 2);
        let first = RgbImage::new(size, vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]).unwrap();
        let tensor = image_tensor(&[first, RgbImage::filled(size, [0, 128, 255])], 2);
        assert_eq!(tensor[..12], [1., 4., 7., 10., 2., 5., 8., 11., 3., 6., 9., 255.]);
        assert_eq!(tensor[12..], [0., 0., 0., 0., 128., 128., 128., 128., 255., 255., 255., 255.]);
        assert!(image_tensor(&[], 2).is_empty());
    }

    #[test]
    #[should_panic(expected = "cannot hold RgbImage(3×2)")]
    fn a_picture_of_another_size_is_a_mistake_of_the_program() {
        image_tensor(&[RgbImage::filled(ImageSize::new(3, 2), [0; 3])], 2);
    }
}
