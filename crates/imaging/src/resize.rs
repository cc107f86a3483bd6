//! Changing the size of pictures.

use bauta_domain::{ImageSize, RgbImage};
use fast_image_resize::{
    FilterType, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::U8x3,
};

/// The picture squeezed or stretched to `size` (at least 1 × 1): bilinear convolution whose support
/// grows with the reduction, so fine patterns do not turn into moiré. The same pixels come out on
/// every machine. A picture of that size already is returned as it is.
pub fn resize(image: &RgbImage, size: ImageSize) -> RgbImage {
    if image.size() == size {
        return image.clone();
    }
    let (from, to) = (image.size(), ImageSize::new(size.width.max(1), size.height.max(1)));
    let mut resized = RgbImage::filled(to, [0; 3]);
    let source = TypedImageRef::<U8x3>::from_buffer(from.width, from.height, image.pixels())
        .expect("an RgbImage holds three bytes a pixel");
    let mut target = TypedImage::<U8x3>::from_buffer(to.width, to.height, resized.pixels_mut())
        .expect("an RgbImage holds three bytes a pixel");
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear)).use_alpha(false);
    // The untyped call would compile the resizer for thirteen kinds of pixels: minutes in every build.
    Resizer::new().resize_typed(&source, &mut target, &options).expect("there is no crop box to be wrong");
    resized
}

/// The picture made smaller, in its proportions, so that its longer side is at most `max_side` pixels
/// (at least 1). A picture that fits already is returned as it is.
pub fn resize_to_fit(image: &RgbImage, max_side: u32) -> RgbImage {
    resize(image, size_to_fit(image.size(), max_side))
}

/// The picture made larger or smaller, in its proportions, so that its longer side is `side` pixels (at
/// least 1): what detectors look at.
pub fn resize_longer_side(image: &RgbImage, side: u32) -> RgbImage {
    resize(image, scaled_size(image.size(), side))
}

fn size_to_fit(size: ImageSize, max_side: u32) -> ImageSize {
    if size.width.max(size.height) <= max_side { size } else { scaled_size(size, max_side) }
}

fn scaled_size(size: ImageSize, side: u32) -> ImageSize {
    let scale = f64::from(side) / f64::from(size.width.max(size.height));
    let scaled = |length: u32| (f64::from(length) * scale).round().max(1.0) as u32;
    ImageSize::new(scaled(size.width), scaled(size.height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_side_fits_and_the_proportions_stay() {
        struct Case([u32; 2], u32, [u32; 2]);
        for Case([w, h], max_side, expected) in [
            Case([4000, 3000], 640, [640, 480]),
            Case([3000, 4000], 640, [480, 640]),
            Case([640, 480], 640, [640, 480]),
            Case([100, 50], 640, [100, 50]),
            Case([4000, 3], 100, [100, 1]),
        ] {
            let size = size_to_fit(ImageSize::new(w, h), max_side);
            assert_eq!([size.width, size.height], expected, "{w}×{h} into {max_side}");
        }
    }

    #[test]
    fn the_longer_side_is_scaled_up_or_down_and_the_rest_follows() {
        for ([w, h], expected) in
            [([1280, 720], [640, 360]), ([300, 400], [480, 640]), ([640, 1], [640, 1]), ([9000, 3], [640, 1])]
        {
            let size = scaled_size(ImageSize::new(w, h), 640);
            assert_eq!([size.width, size.height], expected, "{w}×{h}");
        }
    }

    #[test]
    fn a_fine_pattern_becomes_its_mean_and_not_moire() {
        let size = ImageSize::new(64, 64);
        let pixels = (0..64 * 64).flat_map(|i| [if (i % 64 + i / 64) % 2 == 0 { 0 } else { 200 }; 3]).collect();
        let small = resize(&RgbImage::new(size, pixels).unwrap(), ImageSize::new(8, 8));
        assert!(small.pixels().iter().all(|&v| v.abs_diff(100) <= 4), "{:?}", &small.pixels()[..9]);
    }
}
