//! The Haar detector on real faces, where OpenCV's data and the photos are there.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use bauta_domain::{BoundingBox, ImageSize, RgbImage, ports::Detector};
use bauta_imaging::read_image;
use bauta_vision::HaarDetector;

/// The detector, or a printed reason.
fn haar() -> Option<HaarDetector> {
    HaarDetector::find(None).inspect_err(|error| eprintln!("skipped: {error}")).ok()
}

#[test]
fn most_faces_without_a_mask_are_found_where_they_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/P_three_persons_photos");
    let Ok(manifest) = std::fs::read_to_string(folder.join("manifest.csv")) else {
        return eprintln!("skipped: {} is not there", folder.display());
    };
    let Some(mut detector) = haar() else { return };
    let (mut found, mut faces) = (0, 0);
    for line in manifest.lines().filter(|line| line.starts_with("no_mask/")).take(20) {
        let fields: Vec<&str> = line.split(',').collect();
        let place: Vec<f64> = fields[3].split(' ').map(|v| v.parse().unwrap()).collect();
        let truth = BoundingBox::from_corners(place[0], place[1], place[2], place[3]).unwrap();
        let image = read_image(&folder.join(fields[0])).unwrap();
        let detections = detector.detect(&image, detector.default_min_score()).unwrap();
        found += usize::from(detections.iter().any(|detection| detection.bbox.iou(&truth) > 0.4));
        faces += 1;
    }
    assert!(faces == 20 && found >= 15, "{found} of {faces}");
}

#[test]
fn a_plain_picture_of_any_shape_has_no_faces() {
    let Some(mut detector) = haar() else { return };
    for (w, h) in [(1, 1), (3000, 5), (640, 480)] {
        assert_eq!(detector.detect(&RgbImage::filled(ImageSize::new(w, h), [90; 3]), 0.0).unwrap(), [], "{w}×{h}");
    }
}

#[test]
fn a_cascade_in_the_models_folder_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("haarcascade_frontalface_default.xml"), "not a cascade").unwrap();
    let message = HaarDetector::find(Some(folder.path())).unwrap_err().to_string();
    assert!(message.contains(&*folder.path().to_string_lossy()), "{message}");
}

#[test]
fn another_or_a_damaged_cascade_under_the_name_is_refused_and_named() {
    let Ok(own) = HaarDetector::locate(None) else { return eprintln!("skipped: OpenCV's cascades are not there") };
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join(own.file_name().unwrap());
    let refused = |bytes: &[u8]| {
        std::fs::write(&place, bytes).unwrap();
        let message = HaarDetector::find(Some(folder.path())).unwrap_err().to_string();
        assert!(message.contains(&place.display().to_string()) && message.contains("opencv-data"), "{message}");
        message
    };
    let whole = std::fs::read(&own).unwrap();
    let eyes = std::fs::read(own.with_file_name("haarcascade_eye.xml")).unwrap();
    assert!(refused(&eyes).contains("Haar features with 24 stages for windows of 20×20 pixels"));
    let lbp = own.with_file_name("../lbpcascades/lbpcascade_frontalface.xml");
    assert!(refused(&std::fs::read(lbp).unwrap()).contains("LBP features"));
    // A number in the middle, which still makes a cascade.
    let at = whole.len() / 2 + whole[whole.len() / 2..].iter().position(u8::is_ascii_digit).unwrap();
    let mut damaged = whole.clone();
    damaged[at] = if damaged[at] == b'1' { b'7' } else { b'1' };
    assert!(refused(&damaged).contains("damaged or changed"));
    assert!(refused(&whole[..whole.len() - 5000]).contains("damaged or changed"));
    std::fs::write(&place, String::from_utf8(whole).unwrap().replace('\n', "\r\n")).unwrap();
    HaarDetector::find(Some(folder.path())).unwrap();
}
