//! The crops of whole photos of three persons, compared with the boxes of their faces. Real photos: where they are
//! absent, it says so and is skipped.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{collections::HashMap, path::Path};

use bauta_adapters::connect;
use bauta_app::{CropTarget, DetectOptions, autocrop_folder};
use bauta_domain::{BoundingBox, CropShape, ports::CancelToken};
use bauta_formats::{CROP_MANIFEST, read_crop_manifest};

const PHOTOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/P_three_persons_photos");

/// The face of each photo, by the photo's name.
fn faces(set: &Path) -> HashMap<String, BoundingBox> {
    let text = std::fs::read_to_string(set.join("manifest.csv")).unwrap();
    let face = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        let corners: Vec<f64> = fields[3].split(' ').map(|corner| corner.parse().unwrap()).collect();
        let bbox = BoundingBox::from_corners(corners[0], corners[1], corners[2], corners[3]).unwrap();
        (name_of(fields[0]).to_owned(), bbox)
    };
    text.lines().skip(1).map(face).collect()
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Share of `face` that a crop of `bbox` shows.
fn shown(bbox: &BoundingBox, face: &BoundingBox, size: bauta_domain::ImageSize) -> f64 {
    let plan = CropShape::default().plan(bbox, size);
    let (left, top) = (plan.left as f64, plan.top as f64);
    let right_bottom = (left + f64::from(plan.width), top + f64::from(plan.height));
    let region = BoundingBox::from_corners(left, top, right_bottom.0, right_bottom.1).unwrap();
    region.intersection_area(face) / face.area()
}

#[test]
fn auto_crop_shows_the_face_of_nearly_every_photo_and_hardly_anything_else() {
    let set = Path::new(PHOTOS);
    if !set.is_dir() {
        eprintln!("skipped: {PHOTOS} is not there");
        return;
    }
    let (faces, out) = (faces(set), tempfile::tempdir().unwrap());
    let (adapters, target) = (connect(&[], None).unwrap(), CropTarget::new(out.path().join("crops")));
    let options = DetectOptions::new("centerface");
    autocrop_folder(&adapters, set, &target, &options, &mut |_| {}, &CancelToken::default()).unwrap();

    let rows = read_crop_manifest(&std::fs::read(target.folder.join(CROP_MANIFEST)).unwrap());
    let mut best: HashMap<&str, (f64, f64)> = HashMap::new();
    let (mut crops, mut right) = (0, 0);
    for row in rows.iter().filter(|row| !row.crop.is_empty()) {
        let face = &faces[name_of(&row.source)];
        let corners = [row.x1, row.y1, row.x2, row.y2].map(Option::unwrap);
        let bbox = BoundingBox::from_corners(corners[0], corners[1], corners[2], corners[3]).unwrap();
        let size = bauta_imaging::image_size(Path::new(&row.source)).unwrap();
        let (iou, share) = (bbox.iou(face), shown(&bbox, face, size));
        let saved = bauta_imaging::read_image(&target.folder.join(&row.crop)).unwrap();
        assert_eq!(saved.size().width, 240);
        // The pixels of its box, as cropping the whole photo gives them; one in ten, since each decodes a photo.
        if crops % 10 == 0 {
            let photo = bauta_imaging::read_image(Path::new(&row.source)).unwrap();
            assert!(saved == bauta_imaging::crop_square(&photo, &bbox, 240), "{} shows something else", row.crop);
        }
        crops += 1;
        right += usize::from(iou >= 0.5);
        let best = best.entry(name_of(&row.source)).or_default();
        *best = (best.0.max(iou), best.1.max(share));
    }
    let found = best.values().filter(|(iou, _)| *iou >= 0.5).count();
    let mean = |of: fn(&(f64, f64)) -> f64| best.values().map(of).sum::<f64>() / best.len() as f64;
    let (iou, share) = (mean(|pair| pair.0), mean(|pair| pair.1));
    println!(
        "{} photos: {found} faces cropped (IoU ≥ 0.5), {crops} crops, {right} of them of the face; mean IoU {iou:.3}, the crop shows {:.1} % of the face's box",
        faces.len(),
        100.0 * share
    );
    assert!(found as f64 >= 0.98 * faces.len() as f64, "{found} of {}", faces.len());
    // The others are mostly faces of bystanders, which the set does not mark.
    assert!(right as f64 >= 0.85 * f64::from(crops), "{right} of {crops}");
    assert!(share >= 0.9, "{share}");
}
