//! How long a large project takes. Prints figures; run with
//! `cargo test -p bauta-store --release --test speed -- --ignored --nocapture`.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::time::Instant;

use bauta_domain::{Edit, Step};
use bauta_store::Store;
use common::{NOW, added, annotation, category, group, image_id};

const IMAGES: usize = 100_000;
const BOXES: usize = 300_000;

#[test]
#[ignore = "a measurement"]
fn open_a_project_of_100_000_images_and_300_000_boxes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.bauta");
    measured("make", || make(&path));
    println!("size: {} MB", std::fs::metadata(&path).unwrap().len() / 1_000_000);
    for _ in 0..3 {
        let store = measured("open", || Store::open(&path).unwrap());
        let images = measured("images", || store.images().unwrap());
        assert_eq!(images.len(), IMAGES);
        assert_eq!(images.iter().map(|i| i.accepted + i.proposals).sum::<u32>() as usize, BOXES);
        measured("categories", || store.categories().unwrap());
        measured("history", || store.history().unwrap());
        measured("annotations of one image", || store.annotations(image_id(IMAGES / 2)).unwrap());
    }
    let mut store = Store::open(&path).unwrap();
    measured("one box", || {
        store.apply(Step::DrawBox, group(1), &[added(5, annotation(BOXES))], NOW).unwrap();
    });
    measured("all boxes", || {
        store.visit_annotations(|_, _| Ok::<_, bauta_store::StoreError>(())).unwrap();
    });
    measured("undo one box", || store.undo(NOW).unwrap());
    measured("undo all boxes", || store.undo(NOW).unwrap());
}

fn make(path: &std::path::Path) {
    let mut store = Store::create(path).unwrap();
    common::add_images(&mut store, IMAGES);
    let names = ["no_mask", "op_mask", "ffp2", "other_mask"];
    let categories: Vec<_> = names.iter().enumerate().map(|(n, name)| category(n, name)).collect();
    let mut edits: Vec<Edit> =
        categories.iter().map(|c| Edit::Category { before: None, after: Some(c.clone()) }).collect();
    for n in 0..BOXES {
        let mut new = annotation(n);
        new.category = (n % 3 > 0).then(|| categories[n % 4].id);
        edits.push(added(n % IMAGES, new));
    }
    store.apply(Step::EditBoxes, group(0), &edits, NOW).unwrap();
}

fn measured<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what}: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    done
}
