//! Small values for the store's tests.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::{fs, path::Path};

use bauta_domain::{
    Annotation, AnnotationId, AnnotationState, BoundingBox, CATEGORY_COLORS, Category, CategoryId, Edit, ImageId,
    Source, Suggestion,
};
use bauta_store::{NewImage, Store};
use uuid::Uuid;

pub mod model;

pub const NOW: &str = "2030-01-02T03:04:05Z";

pub fn image_id(n: usize) -> ImageId {
    ImageId::from_uuid(Uuid::from_u128(0x1000_0000 + n as u128))
}

pub fn annotation_id(n: usize) -> AnnotationId {
    AnnotationId::from_uuid(Uuid::from_u128(0x2000_0000 + n as u128))
}

pub fn group(n: usize) -> Uuid {
    Uuid::from_u128(0x4000_0000 + n as u128)
}

pub fn category(n: usize, name: &str) -> Category {
    Category {
        id: CategoryId::from_uuid(Uuid::from_u128(0x3000_0000 + n as u128)),
        name: name.to_owned(),
        color: CATEGORY_COLORS[n % CATEGORY_COLORS.len()],
        position: n as u32,
        hotkey: None,
        description: String::new(),
    }
}

/// A box that differs from the others in every column.
pub fn annotation(n: usize) -> Annotation {
    // Thirds have no finite binary form: a coordinate that loses a bit on the way through JSON shows.
    let at = n as f64 / 3.0;
    let detected = n % 2 == 1;
    Annotation {
        id: annotation_id(n),
        bbox: BoundingBox::from_corners(at, at * 7.0, at + 40.1, at * 7.0 + 30.7).unwrap(),
        category: None,
        state: if detected { AnnotationState::Proposed } else { AnnotationState::Accepted },
        source: if detected {
            Source::Detected { detector: "centerface".to_owned(), score: 1.0 / (n + 1) as f64 }
        } else {
            Source::Drawn
        },
        suggestion: (n % 4 == 3).then(|| Suggestion { label: "ffp2".to_owned(), confidence: 0.1 + 0.2 }),
    }
}

pub fn added(image: usize, annotation: Annotation) -> Edit {
    Edit::Annotation { image: image_id(image), before: None, after: Some(annotation) }
}

pub fn add_images(store: &mut Store, count: usize) {
    let image = |n| NewImage { id: image_id(n), path: format!("/photos/img{n}.jpg"), file: None };
    store.add_images(&(0..count).map(image).collect::<Vec<_>>()).unwrap();
}

/// Names and contents of all files in a folder.
pub fn folder_contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}
