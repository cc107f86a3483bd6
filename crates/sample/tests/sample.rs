//! What the sample promises: the same pictures from the same seed, true boxes, balanced categories,
//! a clip that moves smoothly, files on the disk.

#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, ops::ControlFlow};

use bauta_domain::{BoundingBox, ImageSize};
use bauta_sample::{CATEGORIES, LEAST_SIZE, SampleConfig, clip, picture, write_sample};

const SIZE: ImageSize = LEAST_SIZE;

#[test]
fn a_picture_depends_on_seed_and_index_alone() {
    let third = picture(7, 3, SIZE);
    picture(8, 1, SIZE);
    assert_eq!(picture(7, 3, SIZE), third);
    assert_ne!(picture(7, 4, SIZE).image, third.image);
    assert_ne!(picture(8, 3, SIZE).image, third.image);
    assert_eq!(third.name, "portrait_004.jpg");
}

#[test]
fn boxes_lie_inside_the_picture_and_are_larger_than_forty_pixels() {
    for size in [LEAST_SIZE, ImageSize::new(640, 480), ImageSize::new(480, 640)] {
        for index in 0..24 {
            let drawn = picture(2, index, size);
            assert!((1..=3).contains(&drawn.faces.len()));
            for face in drawn.faces {
                let bbox = face.bbox;
                assert_eq!(bbox.clamped(size), bbox, "picture {index} at {size:?}");
                assert!(bbox.width() > 40.0 && bbox.height() > 40.0, "picture {index} at {size:?}: {bbox:?}");
            }
        }
    }
}

#[test]
fn faces_of_one_picture_do_not_cover_each_other() {
    for index in 0..40 {
        let faces = picture(3, index, SIZE).faces;
        for (place, face) in faces.iter().enumerate() {
            assert!(faces[place + 1..].iter().all(|other| face.bbox.overlap(&other.bbox) < 0.1), "picture {index}");
        }
    }
}

#[test]
fn first_faces_show_each_category_equally_often() {
    let mut counts = BTreeMap::new();
    for index in 0..40 {
        *counts.entry(picture(5, index, SIZE).faces[0].category).or_insert(0) += 1;
    }
    assert_eq!(counts, CATEGORIES.map(|category| (category, 10)).into());
}

#[test]
fn the_mask_changes_the_lower_face_and_nothing_above_it() {
    // A hundredth of a second apart nobody moves: the frames around the middle differ in mask and grain.
    let frames: Vec<_> = clip(4, 0.04, 100.0, SIZE).collect();
    let (before, after) = (&frames[1], &frames[2]);
    let face = before.faces[0].bbox;
    assert_ne!(before.faces[0].category, after.faces[0].category);
    let third = face.height() / 3.0;
    let band = |top: f64| BoundingBox::from_corners(face.x1(), top, face.x2(), top + third).unwrap();
    let difference = |area: BoundingBox| mean_difference(&before.image, &after.image, area);
    assert!(difference(band(face.y2() - third)) > 2.0 * difference(band(face.y1())));
}

#[test]
fn a_clip_moves_smoothly_and_changes_masks_once_halfway() {
    let frames: Vec<_> = clip(1, 4.0, 15.0, SIZE).collect();
    assert_eq!(frames.len(), 60);
    let mut moved = 0.0_f64;
    for (number, pair) in (1..).zip(frames.windows(2)) {
        assert_eq!(pair[0].faces.len(), pair[1].faces.len());
        for (before, after) in pair[0].faces.iter().zip(&pair[1].faces) {
            let ((x1, y1), (x2, y2)) = (before.bbox.center(), after.bbox.center());
            let step = (x2 - x1).hypot(y2 - y1);
            moved = moved.max(step);
            assert!(step < 0.012 * f64::from(SIZE.width), "frame {number} jumps {step} px");
            assert!((after.bbox.width() / before.bbox.width() - 1.0).abs() < 0.04, "frame {number} changes size");
            assert_eq!(before.category != after.category, number == 30, "frame {number}");
        }
    }
    assert!(moved > 0.3, "nobody moved");
}

#[test]
fn a_clip_without_length_has_no_frames() {
    assert_eq!(clip(1, 0.0, 15.0, SIZE).count(), 0);
    assert_eq!(clip(1, -2.0, 15.0, SIZE).count(), 0);
    assert_eq!(clip(1, f64::NAN, 15.0, SIZE).count(), 0);
}

#[test]
fn a_written_sample_is_read_back_as_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("new/sample");
    let mut steps = Vec::new();
    let config = SampleConfig { seed: 9, pictures: 5, size: SIZE };
    let written = write_sample(&target, config, &mut |done, total| {
        steps.push((done, total));
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(steps, [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]);
    assert_eq!(std::fs::read_dir(&target).unwrap().count(), 5);
    for (index, file) in (0..).zip(&written) {
        let drawn = picture(9, index, SIZE);
        assert_eq!(file.path, target.join(&drawn.name));
        assert_eq!(file.faces, drawn.faces);
        let read = bauta_imaging::read_image(&file.path).unwrap();
        assert!(mean_difference(&read, &drawn.image, SIZE.bounds()) < 4.0, "{}", drawn.name);
    }
}

#[test]
fn a_size_out_of_range_is_refused_with_the_range() {
    let folder = tempfile::tempdir().unwrap();
    for size in [ImageSize::new(100, 480), ImageSize::new(640, 9000)] {
        let config = SampleConfig { seed: 1, pictures: 1, size };
        let message =
            write_sample(folder.path(), config, &mut |_, _| ControlFlow::Continue(())).unwrap_err().to_string();
        assert!(message.contains("320×240") && message.contains(&size.width.to_string()), "{message}");
    }
}

#[test]
fn the_first_file_that_cannot_be_written_ends_the_writing() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("file");
    std::fs::write(&taken, b"x").unwrap();
    let config = SampleConfig { seed: 1, pictures: 50, size: SIZE };
    let mut done = 0;
    let message = write_sample(&taken, config, &mut |count, _| {
        done = count;
        ControlFlow::Continue(())
    })
    .unwrap_err()
    .to_string();
    assert!(message.contains("file"), "{message}");
    assert_eq!(done, 0);
}

#[test]
fn a_caller_that_breaks_off_gets_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let config = SampleConfig { seed: 1, pictures: 40, size: SIZE };
    let mut until_third = |done, _| if done < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    let written = write_sample(folder.path(), config, &mut until_third).unwrap();
    assert_eq!(written.len(), 3);
    assert!(written.iter().all(|picture| picture.path.is_file()));
    assert!(std::fs::read_dir(folder.path()).unwrap().count() < 40, "the others are not drawn");
}

/// Mean absolute difference of the channels inside a box, in 8-bit steps.
fn mean_difference(a: &bauta_domain::RgbImage, b: &bauta_domain::RgbImage, area: BoundingBox) -> f64 {
    let width = a.size().width as usize;
    let (mut sum, mut count) = (0_u64, 0_u64);
    for y in area.y1() as usize..area.y2() as usize {
        for at in (y * width + area.x1() as usize) * 3..(y * width + area.x2() as usize) * 3 {
            sum += u64::from(a.pixels()[at].abs_diff(b.pixels()[at]));
            count += 1;
        }
    }
    sum as f64 / count as f64
}
