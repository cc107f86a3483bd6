//! A project of every version that was ever released must open for good.
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use bauta_domain::{Annotation, Edit, EpochFigures, ImageSize, Preset, RunEnvironment, RunId, Step, TrainingConfig};
use bauta_store::{EpochDetails, NewRun, RunEnd, Store};
use common::{NOW, add_images, added, annotation, category, group, image_id};
use uuid::Uuid;

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/projects")
}

/// A bit of everything that version 1 can hold, with a step to undo and one to redo.
fn fill(store: &mut Store) {
    let ffp2 = category(0, "ffp2");
    add_images(store, 3);
    store.set_image_size(image_id(0), ImageSize::new(640, 480)).unwrap();
    store.set_image_problem(image_id(2), "the file is empty").unwrap();
    store.set_setting("last_image", &image_id(1)).unwrap();
    let labelled = Annotation { category: Some(ffp2.id), ..annotation(0) };
    let edits = [
        Edit::Category { before: None, after: Some(ffp2) },
        added(0, labelled),
        added(0, annotation(1)),
        added(1, annotation(3)),
    ];
    store.apply(Step::EditBoxes, group(0), &edits, NOW).unwrap();
    store.apply(Step::DeleteBoxes, group(1), &[added(1, annotation(3)).inverted()], NOW).unwrap();
    store.undo(NOW).unwrap();
    let run = NewRun {
        id: RunId::from_uuid(Uuid::from_u128(1)),
        name: "first".to_owned(),
        started: NOW.to_owned(),
        // Written out where the preset may change: the file does not.
        config: TrainingConfig { epochs: 15, ..Preset::Tiny.config() },
        environment: RunEnvironment {
            program: "1".to_owned(),
            system: "any".to_owned(),
            trainer: "any".to_owned(),
            cores: 2,
            threads: 2,
        },
        dataset: bauta_domain::Dataset { labels: vec!["ffp2".to_owned()], samples: Vec::new() },
        split: bauta_domain::Split { training: Vec::new(), validation: Vec::new() },
    };
    store.insert_run(&run).unwrap();
    let figures = EpochFigures {
        epoch: 1,
        loss: 0.5,
        accuracy: 0.5,
        val_loss: 0.25,
        val_accuracy: 0.75,
        seconds: 2.0,
        cpu_seconds: 4.0,
    };
    store.append_epoch(run.id, &figures, &EpochDetails::default()).unwrap();
    store.finish_run(run.id, &RunEnd::Failed { message: "no space".to_owned() }).unwrap();
}

/// What can be seen of [`fill`]'s project, after the redo that it offers and two undos.
fn seen(store: &mut Store) -> String {
    let mut seen = Vec::new();
    let mut look = |store: &Store| {
        let boxes: Vec<_> = (0..3).map(|n| store.annotations(image_id(n)).unwrap()).collect();
        let images = store.images().unwrap();
        let categories = store.categories().unwrap();
        seen.push(format!("{:#?}", (images, boxes, categories, store.history().unwrap())));
    };
    look(store);
    store.redo(NOW).unwrap().unwrap();
    look(store);
    while store.undo(NOW).unwrap().is_some() {}
    look(store);
    let run = RunId::from_uuid(Uuid::from_u128(1));
    let mut runs = store.runs().unwrap();
    // Since version 4.
    runs.iter_mut().for_each(|run| run.environment = None);
    let rest = (store.setting::<String>("last_image").unwrap(), runs, store.run_samples(run).unwrap());
    seen.push(format!("{rest:#?}"));
    seen.join("\n")
}

#[test]
fn a_project_of_every_version_opens_with_all_that_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    for version in 1..=bauta_store::FORMAT {
        let name = format!("v{version}.bauta");
        let old = folder.path().join(&name);
        fs::copy(projects().join(&name), &old).unwrap();
        let mut store = Store::create(&folder.path().join(format!("new {name}"))).unwrap();
        fill(&mut store);
        assert_eq!(seen(&mut Store::open(&old).unwrap()), seen(&mut store), "{name}");
    }
}

/// Run once per version, before it is released; what is in the repository stays.
#[test]
#[ignore = "makes the fixture of the newest version"]
fn make_the_fixture() {
    let path = projects().join(format!("v{}.bauta", bauta_store::FORMAT));
    fs::create_dir_all(projects()).unwrap();
    fill(&mut Store::create(&path).unwrap());
}
