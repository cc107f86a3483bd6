//! Face detectors on real photos, where models and photos are there.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use bauta_domain::{BoundingBox, ImageSize, RgbImage, ports::Detector};
use bauta_imaging::{read_image, resize};
use bauta_inference::{OnnxDetector, Runtime, detectors, open_detector};
use support::{ColorModel, runtime, shared};

/// The centerface model that set-up fetches, or a printed reason.
fn center_face(runtime: &Runtime) -> Option<OnnxDetector> {
    let path = runtime.model_file("centerface.onnx");
    if path.is_file() {
        return Some(OnnxDetector::open(runtime, &path, 1).unwrap());
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

fn best_iou(detector: &mut dyn Detector, image: &RgbImage, truth: &BoundingBox) -> f64 {
    let found = detector.detect(image, detector.default_min_score()).unwrap();
    found.iter().map(|detection| detection.bbox.iou(truth)).fold(0.0, f64::max)
}

/// A photo of one person, with the box of the face.
fn portrait(folder: &Path) -> (RgbImage, BoundingBox) {
    let manifest = std::fs::read_to_string(folder.join("manifest.csv")).unwrap();
    let columns: Vec<&str> = manifest.lines().next().unwrap().split(',').collect();
    let row: Vec<&str> = manifest.lines().nth(1).unwrap().split(',').collect();
    let field = |name: &str| row[columns.iter().position(|column| column.starts_with(name)).unwrap()];
    let place: Vec<f64> = field("box").split_whitespace().map(|v| v.parse().unwrap()).collect();
    let bbox = BoundingBox::from_corners(place[0], place[1], place[2], place[3]).unwrap();
    (read_image(&folder.join(field("path"))).unwrap(), bbox)
}

/// Puts a picture at the upper edge of a larger one, so many pixels from the left.
fn paste(canvas: &mut RgbImage, picture: &RgbImage, left: u32) {
    let (row, left) = (3 * picture.size().width as usize, 3 * left as usize);
    let canvas_row = 3 * canvas.size().width as usize;
    for (to, from) in canvas.pixels_mut().chunks_exact_mut(canvas_row).zip(picture.pixels().chunks_exact(row)) {
        to[left..left + row].copy_from_slice(from);
    }
}

#[test]
fn a_face_is_found_where_it_is_at_any_shape_of_the_picture() {
    let (Some(runtime), Some(data)) = (runtime(), shared("data/P_three_persons_photos")) else { return };
    let Some(mut detector) = center_face(&runtime) else { return };
    let (photo, truth) = portrait(&data);
    assert!(best_iou(&mut detector, &photo, &truth) > 0.4);
    // The same photo in the corner of a much wider and of a much higher black one.
    let size = photo.size();
    for (wider, higher) in [(3, 1), (1, 3)] {
        let canvas_size = ImageSize::new(size.width * wider, size.height * higher);
        let mut canvas = RgbImage::filled(canvas_size, [0; 3]);
        paste(&mut canvas, &photo, 0);
        assert!(best_iou(&mut detector, &canvas, &truth) > 0.4, "{canvas_size:?}");
    }
    // And squeezed, so that the two scales differ.
    let squeezed = resize(&photo, ImageSize::new(size.width, size.height * 3 / 4));
    let shorter = BoundingBox::from_corners(truth.x1(), truth.y1() * 0.75, truth.x2(), truth.y2() * 0.75).unwrap();
    assert!(best_iou(&mut detector, &squeezed, &shorter) > 0.4);
}

#[test]
fn small_faces_of_a_large_photo_are_found_from_nearer() {
    let (Some(runtime), Some(data)) = (runtime(), shared("data/P_three_persons_photos")) else { return };
    let Some(mut detector) = center_face(&runtime) else { return };
    let (photo, truth) = portrait(&data);
    let canvas_size = ImageSize::new(2816, 400);
    let mut canvas = RgbImage::filled(canvas_size, [90; 3]);
    let (mut left, mut faces) = (0, Vec::new());
    // 16 to 12 pixels of what the first look sees.
    for height in [64.0, 60.0, 56.0, 52.0, 48.0] {
        let scale = height / truth.height();
        let side = |pixels: u32| (f64::from(pixels) * scale).round() as u32;
        let small = resize(&photo, ImageSize::new(side(photo.size().width), side(photo.size().height)));
        paste(&mut canvas, &small, left);
        let [x1, y1, x2, y2] = [truth.x1(), truth.y1(), truth.x2(), truth.y2()].map(|edge| edge * scale);
        faces.push(BoundingBox::from_corners(x1 + f64::from(left), y1, x2 + f64::from(left), y2).unwrap());
        left += small.size().width + 40;
    }
    for face in faces {
        assert!(best_iou(&mut detector, &canvas, &face) > 0.4, "{face:?}");
    }
}

#[test]
fn detections_are_sorted_inside_the_picture_and_over_the_threshold() {
    let (Some(runtime), Some(data)) = (runtime(), shared("data/P_three_persons_photos")) else { return };
    let Some(mut detector) = center_face(&runtime) else { return };
    let (photo, _) = portrait(&data);
    let all = detector.detect(&photo, 0.01).unwrap();
    assert!(all.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert_eq!(detector.detect(&photo, all[0].score + 0.001).unwrap(), []);
    let bounds = photo.size().bounds();
    for detection in all {
        assert!((0.01..=1.0).contains(&detection.score));
        let area = detection.bbox.area();
        assert!((detection.bbox.intersection_area(&bounds) - area).abs() < 1e-6 && area >= 1.0, "{detection:?}");
    }
}

#[test]
fn a_picture_of_one_pixel_and_a_sliver_have_no_faces() {
    let Some(runtime) = runtime() else { return };
    let Some(mut detector) = center_face(&runtime) else { return };
    for (w, h) in [(1, 1), (1, 3000), (4000, 2)] {
        let image = RgbImage::filled(ImageSize::new(w, h), [128; 3]);
        assert_eq!(detector.detect(&image, 0.4).unwrap(), [], "{w}×{h}");
    }
}

#[test]
fn yunet_is_found_in_the_users_folder() {
    let (Some(runtime), Some(data), Some(models)) =
        (runtime(), shared("data/P_three_persons_photos"), shared("models/yunet_n_dynamic.onnx"))
    else {
        return;
    };
    let folder = models.parent();
    assert!(detectors(&runtime, folder).iter().any(|info| info.id == "yunet" && info.problem.is_none()));
    let mut detector = open_detector(&runtime, folder, "yunet", 1).unwrap();
    let (photo, truth) = portrait(&data);
    assert!(best_iou(&mut detector, &photo, &truth) > 0.4);
    assert_eq!(detector.name(), "yunet");
}

#[test]
fn missing_and_wrong_detectors_say_what_helps() {
    let Some(runtime) = runtime() else { return };
    let folder = tempfile::tempdir().unwrap();
    let unknown = open_detector(&runtime, None, "blaze", 1).unwrap_err().to_string();
    assert!(unknown.contains("\"blaze\"; choose one of centerface, yunet"), "{unknown}");
    let missing = open_detector(&runtime, Some(folder.path()), "yunet", 1).unwrap_err().to_string();
    assert!(missing.contains(&*folder.path().join("yunet.onnx").to_string_lossy()), "{missing}");
    let path = folder.path().join("yunet_wrong.onnx");
    ColorModel::with_labels(&["red", "green", "blue"]).save(&path);
    let wrong = open_detector(&runtime, Some(folder.path()), "yunet", 1).unwrap_err().to_string();
    assert!(wrong.contains("expected the YuNet network") && wrong.contains("probabilities"), "{wrong}");
    // Cut off, as by a download that ended early.
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let damaged = open_detector(&runtime, Some(folder.path()), "yunet", 1).unwrap_err().to_string();
    assert!(damaged.contains(&*path.to_string_lossy()) && damaged.contains("found a damaged file"), "{damaged}");
    assert!(damaged.contains("put a YuNet model with dynamic input sizes in its place"), "{damaged}");
}

#[test]
fn a_detector_under_anothers_name_is_refused() {
    let (Some(runtime), Some(yunet)) = (runtime(), shared("models/yunet_n_dynamic.onnx")) else { return };
    let center_face = runtime.model_file("centerface.onnx");
    if !center_face.is_file() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(&center_face, folder.path().join("yunet.onnx")).unwrap();
    let wrong = open_detector(&runtime, Some(folder.path()), "yunet", 1).unwrap_err().to_string();
    assert!(wrong.contains("expected the YuNet network") && wrong.contains("found the CenterFace network"), "{wrong}");
    std::fs::copy(yunet, folder.path().join("yunet.onnx")).unwrap();
    open_detector(&runtime, Some(folder.path()), "yunet", 1).unwrap();
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_no_detector_and_says_what_helps() {
    use std::os::unix::fs::symlink;
    let Some(runtime) = runtime() else { return };
    let open = |make: &dyn Fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        make(&folder.path().join("yunet.onnx"));
        open_detector(&runtime, Some(folder.path()), "yunet", 1).unwrap_err().to_string()
    };
    let folder = open(&|place| std::fs::create_dir(place).unwrap());
    assert!(folder.contains("found a folder; put a YuNet model"), "{folder}");
    let link = open(&|place| symlink("nowhere", place).unwrap());
    assert!(link.contains("found a link to a file that does not exist"), "{link}");
    let pipe = open(&|place| {
        assert!(std::process::Command::new("mkfifo").arg(place).status().unwrap().success());
    });
    assert!(pipe.contains("found a device or a pipe"), "{pipe}");
}

#[test]
fn the_detector_that_ships_is_compared_with_what_set_up_fetched() {
    let Some(real) = runtime() else { return };
    let center_face = real.model_file("centerface.onnx");
    if !center_face.is_file() {
        return;
    }
    // The library is loaded already: only the folder of models is another one.
    let models = tempfile::tempdir().unwrap();
    let runtime = Runtime::open(models.path()).unwrap();
    let place = runtime.model_file("centerface.onnx");
    let user = tempfile::tempdir().unwrap();
    let missing = open_detector(&runtime, Some(user.path()), "centerface", 1).unwrap_err().to_string();
    assert!(missing.contains(&*place.to_string_lossy()), "where \"npm start\" puts it: {missing}");
    let mut bytes = std::fs::read(center_face).unwrap();
    std::fs::create_dir(models.path().join("files")).unwrap();
    std::fs::write(&place, &bytes).unwrap();
    open_detector(&runtime, None, "centerface", 1).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes.push(0);
    std::fs::write(&place, &bytes).unwrap();
    let damaged = open_detector(&runtime, None, "centerface", 1).unwrap_err().to_string();
    assert!(damaged.contains("damaged or changed since it was installed"), "{damaged}");
    assert!(damaged.contains("delete it and run \"npm start\""), "{damaged}");
}
