//! Pictures on disk through the public functions, without any data from outside.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use bauta_domain::{
    BoundingBox, ImageSize, PixelSource, RgbImage,
    ports::{Cropper, SampleReader},
};
use bauta_imaging::{DiskImages, encode_jpeg, encode_png, image_size, preview, read_image};

/// Four blocks of 16 × 16 pixels, two rows and two columns plus a third column: red green blue /
/// white black yellow.
fn blocks() -> RgbImage {
    const COLORS: [[u8; 3]; 6] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255; 3], [0; 3], [255, 255, 0]];
    let pixels = (0..32).flat_map(|y| (0..48).flat_map(move |x| COLORS[y / 16 * 3 + x / 16])).collect();
    RgbImage::new(ImageSize::new(48, 32), pixels).unwrap()
}

/// The JPEG with an EXIF segment that names an orientation.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    [&jpeg[..2], &exif, &jpeg[2..]].concat()
}

fn save(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The letter of the colour in the middle of each block, row by row.
fn letters(image: &RgbImage) -> String {
    let size = image.size();
    let letter = |x: u32, y: u32| {
        let at = 3 * (y * size.width + x) as usize;
        match image.pixels()[at..at + 3].iter().map(|&v| v > 127).collect::<Vec<_>>()[..] {
            [true, false, false] => 'r',
            [false, true, false] => 'g',
            [false, false, true] => 'b',
            [true, true, true] => 'w',
            [true, true, false] => 'y',
            _ => 'k',
        }
    };
    let rows = (8..size.height).step_by(16).map(|y| (8..size.width).step_by(16).map(|x| letter(x, y)).collect());
    rows.collect::<Vec<String>>().join("/")
}

#[test]
fn all_eight_orientations_come_out_upright() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = encode_jpeg(&blocks(), 95).unwrap();
    // The stored picture is rgb over wky; EXIF says how it must be turned to stand upright.
    for (orientation, upright) in [
        (1, "rgb/wky"),
        (2, "bgr/ykw"),
        (3, "ykw/bgr"),
        (4, "wky/rgb"),
        (5, "rw/gk/by"),
        (6, "wr/kg/yb"),
        (7, "yb/kg/wr"),
        (8, "by/gk/rw"),
        (0, "rgb/wky"),
        (9, "rgb/wky"),
    ] {
        let path = save(folder.path(), &format!("{orientation}.jpg"), &with_orientation(&jpeg, orientation));
        let image = read_image(&path).unwrap();
        assert_eq!(letters(&image), upright, "orientation {orientation}");
        assert_eq!(image_size(&path).unwrap(), image.size(), "orientation {orientation}");
    }
}

#[test]
fn what_is_no_picture_is_refused_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let jpeg = encode_jpeg(&blocks(), 95).unwrap();
    std::fs::create_dir(folder.path().join("folder.jpg")).unwrap();
    save(folder.path(), "empty.jpg", b"");
    save(folder.path(), "text.jpg", b"hello there");
    save(folder.path(), "head.jpg", &jpeg[..40]);
    for (name, reason) in [
        ("folder.jpg", "a folder"),
        ("empty.jpg", "0 bytes"),
        ("text.jpg", "text that begins with \"hello there\""),
        ("head.jpg", "JPEG data are damaged"),
        ("gone.jpg", "no such file"),
    ] {
        let path = folder.path().join(name);
        for message in [read_image(&path).unwrap_err().to_string(), image_size(&path).unwrap_err().to_string()] {
            assert!(message.contains(name) && message.contains(reason), "{message}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_dangling_link_and_a_pipe_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link.jpg");
    std::os::unix::fs::symlink("nowhere.jpg", &link).unwrap();
    assert!(read_image(&link).unwrap_err().to_string().contains("a link to a file that does not exist"));
    let pipe = folder.path().join("pipe.jpg");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(read_image(&pipe).unwrap_err().to_string().contains("a device or a pipe"));
}

#[test]
fn a_header_that_promises_too_many_pixels_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut jpeg = encode_jpeg(&blocks(), 95).unwrap();
    let frame = jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    let message = read_image(&save(folder.path(), "bomb.jpg", &jpeg)).unwrap_err().to_string();
    assert!(message.contains("65535×65535 pixels, at most 200 million"), "{message}");
}

#[test]
fn a_jpeg_that_lost_a_few_bytes_is_read_and_half_a_jpeg_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let noise = |i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8;
    let image = RgbImage::new(ImageSize::new(256, 256), (0..256 * 256 * 3).map(noise).collect()).unwrap();
    let jpeg = encode_jpeg(&image, 90).unwrap();
    let nearly = save(folder.path(), "nearly.jpg", &jpeg[..jpeg.len() - jpeg.len() / 50]);
    assert_eq!(read_image(&nearly).unwrap().size(), image.size());
    let half = save(folder.path(), "half.jpg", &jpeg[..jpeg.len() / 2]);
    let message = read_image(&half).unwrap_err().to_string();
    assert!(message.contains("cut off") && message.contains("% of the picture are missing"), "{message}");
}

#[test]
fn a_png_keeps_every_pixel_and_a_preview_fits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crops/ffp2/a.png");
    DiskImages.save_png(&blocks(), &path).unwrap();
    assert_eq!(read_image(&path).unwrap(), blocks());
    let jpeg = save(folder.path(), "preview.jpg", &preview(&path, 24).unwrap());
    assert_eq!(image_size(&jpeg).unwrap(), ImageSize::new(24, 16));
}

#[test]
fn a_sample_is_the_crop_of_its_box_or_the_squeezed_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = save(folder.path(), "a.png", &encode_png(&blocks()).unwrap());
    let bbox = BoundingBox::from_corners(16.0, 0.0, 32.0, 16.0).ok();
    let crop = DiskImages.read_sample(&PixelSource { path: path.clone(), bbox }, 16);
    assert_eq!(crop, RgbImage::filled(ImageSize::new(16, 16), [0, 255, 0]));
    let whole = DiskImages.read_sample(&PixelSource { path, bbox: None }, 48);
    assert_eq!(whole.size(), ImageSize::new(48, 48));
}

trait ReadSample {
    fn read_sample(&self, source: &PixelSource, side: u32) -> RgbImage;
}

impl ReadSample for DiskImages {
    fn read_sample(&self, source: &PixelSource, side: u32) -> RgbImage {
        SampleReader::read(self, source, side).unwrap()
    }
}
