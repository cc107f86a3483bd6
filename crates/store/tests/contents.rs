//! What a project holds beside its history: images with counts, categories, settings, trainings.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_domain::{
    Annotation, AnnotationState, ConfusionMatrix, Dataset, Edit, EpochFigures, ImageSize, PixelSource, Preset,
    Revision, RunEnvironment, RunId, Sample, Split, Step, TrainingConfig, TrainingSummary,
};
use bauta_store::{EpochDetails, NewImage, NewRun, RowId, RunEnd, RunState, Store, StoreError};
use common::{NOW, add_images, added, annotation, category, group, image_id};
use uuid::Uuid;

fn in_new_project(test: impl FnOnce(Store, &dyn Fn(Store) -> Store)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.bauta");
    let reopen = |store: Store| {
        drop(store);
        Store::open(&path).unwrap()
    };
    test(Store::create(&path).unwrap(), &reopen);
}

fn new_image(n: usize, path: &str) -> NewImage {
    NewImage { id: image_id(n), path: path.to_owned(), file: None }
}

#[test]
fn a_store_may_move_to_another_thread() {
    fn check<T: Send>() {}
    check::<Store>();
}

#[test]
fn images_keep_the_order_in_which_they_were_added_and_no_path_comes_twice() {
    in_new_project(|mut store, reopen| {
        let first = [new_image(9, "/b/x.jpg"), new_image(3, "/a/x.jpg")];
        assert_eq!(store.add_images(&first).unwrap(), [image_id(9), image_id(3)]);
        let more = [new_image(1, "/a/x.jpg"), new_image(2, "/a/ä\u{1f637}.jpg"), new_image(4, "/a/ä\u{1f637}.jpg")];
        assert_eq!(store.add_images(&more).unwrap(), [image_id(2)]);
        let store = reopen(store);
        let paths: Vec<String> = store.images().unwrap().into_iter().map(|image| image.record.path).collect();
        assert_eq!(paths, ["/b/x.jpg", "/a/x.jpg", "/a/ä\u{1f637}.jpg"]);
        assert_eq!(store.image(image_id(1)).unwrap(), None);
    });
}

#[test]
fn a_picture_that_becomes_readable_loses_its_problem_and_keeps_its_size_when_it_stops() {
    in_new_project(|mut store, _| {
        add_images(&mut store, 1);
        store.set_image_problem(image_id(0), "the file is empty").unwrap();
        let read = |store: &Store| store.image(image_id(0)).unwrap().map(|i| (i.size, i.problem)).unwrap();
        assert_eq!(read(&store), (None, Some("the file is empty".to_owned())));
        let size = ImageSize::new(4000, 3000);
        store.set_image_size(image_id(0), size).unwrap();
        assert_eq!(read(&store), (Some(size), None));
        store.set_image_problem(image_id(0), "gone").unwrap();
        assert_eq!(read(&store), (Some(size), Some("gone".to_owned())));

        let unknown = store.set_image_size(image_id(7), size).unwrap_err();
        assert!(matches!(unknown, StoreError::NotInProject { row: RowId::Image(_) }), "{unknown:?}");
        let empty = store.set_image_size(image_id(0), ImageSize::new(0, 5)).unwrap_err();
        assert!(matches!(empty, StoreError::Unstorable { .. }), "{empty:?}");
    });
}

#[test]
fn counts_tell_accepted_unlabelled_and_proposed_boxes_apart() {
    in_new_project(|mut store, _| {
        add_images(&mut store, 3);
        let (ffp2, unused) = (category(0, "ffp2"), category(1, "unused"));
        let with = |n, category, state| Annotation { category, state, ..annotation(n) };
        let (accepted, proposed) = (AnnotationState::Accepted, AnnotationState::Proposed);
        let edits = [
            Edit::Category { before: None, after: Some(ffp2.clone()) },
            Edit::Category { before: None, after: Some(unused.clone()) },
            added(1, with(0, Some(ffp2.id), accepted)),
            added(1, with(2, None, accepted)),
            added(1, with(1, None, proposed)),
            added(1, with(3, Some(ffp2.id), proposed)),
            added(2, with(4, None, accepted)),
        ];
        let applied = store.apply(Step::EditBoxes, group(1), &edits, NOW).unwrap();
        assert_eq!(applied.images, [(image_id(1), Revision(1)), (image_id(2), Revision(1))]);
        assert!(applied.categories_changed);

        let images = store.images().unwrap();
        let counts: Vec<_> = images.iter().map(|i| (i.revision.0, i.accepted, i.unlabelled, i.proposals)).collect();
        assert_eq!(counts, [(0, 0, 0, 0), (1, 2, 1, 2), (1, 1, 1, 0)]);
        let asked = store.image_summaries(&[image_id(2), image_id(8), image_id(1)]).unwrap();
        assert_eq!(asked, [images[2].clone(), images[1].clone()]);

        assert_eq!(store.categories().unwrap(), [(ffp2.clone(), 2), (unused, 0)]);
        let members = store.annotations_with_category(ffp2.id).unwrap();
        let members: Vec<_> = members.into_iter().map(|(image, annotation)| (image, annotation.id)).collect();
        assert_eq!(members, [(image_id(1), annotation(0).id), (image_id(1), annotation(3).id)]);
    });
}

#[test]
fn a_visit_shows_every_image_in_order_and_ends_when_the_visitor_does() {
    in_new_project(|mut store, _| {
        add_images(&mut store, 3);
        store.apply(Step::DrawBox, group(1), &[added(1, annotation(0)), added(1, annotation(1))], NOW).unwrap();
        let mut seen = Vec::new();
        store
            .visit_annotations(|image, boxes| {
                seen.push((image.id, boxes.len()));
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert_eq!(seen, [(image_id(0), 0), (image_id(1), 2), (image_id(2), 0)]);

        let mut visits = 0;
        let stopped: Result<(), Box<dyn std::error::Error>> = store.visit_annotations(|_, boxes| {
            visits += 1;
            if boxes.is_empty() { Ok(()) } else { Err("disk full".into()) }
        });
        assert_eq!((stopped.unwrap_err().to_string().as_str(), visits), ("disk full", 2));
    });
}

#[test]
fn settings_are_kept_and_one_of_another_kind_is_an_error() {
    in_new_project(|mut store, reopen| {
        assert_eq!(store.setting::<u32>("zoom").unwrap(), None);
        store.set_setting("zoom", &3_u32).unwrap();
        store.set_setting("zoom", &vec![0.1 + 0.2]).unwrap();
        let store = reopen(store);
        assert_eq!(store.setting("zoom").unwrap(), Some(vec![0.1 + 0.2]));
        let error = store.setting::<String>("zoom").unwrap_err();
        assert!(error.to_string().starts_with("row zoom of settings is damaged: value: "), "{error}");
    });
}

fn run(n: u128) -> NewRun {
    let sample = |label| Sample { source: PixelSource { path: "a.png".into(), bbox: None }, label, group: None };
    NewRun {
        id: RunId::from_uuid(Uuid::from_u128(n)),
        name: format!("run {n}"),
        started: NOW.to_owned(),
        config: Preset::Paper.config(),
        environment: environment(),
        dataset: Dataset { labels: vec!["a".to_owned(), "b".to_owned()], samples: vec![sample(0), sample(1)] },
        split: Split { training: vec![1], validation: vec![0] },
    }
}

fn environment() -> RunEnvironment {
    RunEnvironment {
        program: "1".to_owned(),
        system: "linux".to_owned(),
        trainer: "t".to_owned(),
        cores: 2,
        threads: 1,
    }
}

fn epoch(epoch: u32, loss: f64) -> EpochFigures {
    EpochFigures { epoch, loss, accuracy: 0.1, val_loss: 0.2, val_accuracy: 0.3, seconds: 4.5, cpu_seconds: 8.9 }
}

#[test]
fn the_record_of_a_training_survives_with_its_figures_and_samples() {
    in_new_project(|mut store, reopen| {
        let [finished, failed, cancelled, running] = [1, 2, 3, 4].map(run);
        for run in [&finished, &failed, &cancelled, &running] {
            store.insert_run(run).unwrap();
        }
        let details =
            EpochDetails { steps: vec![(0.5, 0.25), (1.0 / 3.0, 1.0)], confusion: vec![vec![1, 0], vec![2, 3]] };
        let none = EpochDetails::default();
        store.append_epoch(finished.id, &epoch(2, f64::NAN), &none).unwrap();
        store.append_epoch(finished.id, &epoch(1, 9.0), &none).unwrap();
        store.append_epoch(finished.id, &epoch(1, 0.7), &details).unwrap();
        let summary = TrainingSummary {
            model: "/models/m.onnx".to_owned(),
            best_epoch: 1,
            val_accuracy: 0.3,
            confusion: ConfusionMatrix::new(finished.dataset.labels.clone()),
            seconds: 9.0,
            cpu_seconds: 17.0,
            cancelled: false,
            stopped_early: false,
            val_accuracy_interval: None,
        };
        store.finish_run(finished.id, &RunEnd::Finished(summary.clone())).unwrap();
        let failure = RunEnd::Failed { message: "no space".to_owned() };
        store.finish_run(failed.id, &failure).unwrap();
        store.finish_run(cancelled.id, &RunEnd::Cancelled).unwrap();
        assert_eq!(store.runs().unwrap()[3].state, RunState::Running);

        let store = reopen(store);
        let runs = store.runs().unwrap();
        let states: Vec<RunState> = runs.iter().map(|run| run.state.clone()).collect();
        let expected = [RunEnd::Finished(summary), failure, RunEnd::Cancelled].map(RunState::Ended);
        assert_eq!(states[..3], expected);
        assert_eq!(states[3], RunState::Interrupted, "nothing runs in a project that was just opened");
        assert_eq!((&runs[0].name, &runs[0].config), (&finished.name, &finished.config));
        assert_eq!(runs[0].environment, Some(environment()));
        assert_eq!(store.run_details(finished.id).unwrap(), [details, none]);
        assert_eq!(runs[0].figures[0], epoch(1, 0.7), "an epoch that is run again replaces the first try");
        assert!(runs[0].figures[1].loss.is_nan());
        assert_eq!(store.run_samples(finished.id).unwrap(), (finished.dataset, finished.split));
    });
}

#[test]
fn a_training_whose_program_was_killed_counts_as_interrupted_for_those_who_only_look() {
    in_new_project(|mut store, _| {
        store.insert_run(&run(1)).unwrap();
        let path = store.path().to_owned();
        let seen = || Store::open_to_read(&path).unwrap().runs().unwrap()[0].state.clone();
        assert_eq!(seen(), RunState::Running, "somebody has the project open");
        drop(store);
        assert_eq!(seen(), RunState::Interrupted);
    });
}

#[test]
fn a_training_goes_on_with_the_settings_that_it_has_from_now_on() {
    in_new_project(|mut store, _| {
        store.insert_run(&run(1)).unwrap();
        store.finish_run(run(1).id, &RunEnd::Failed { message: "it ran away".to_owned() }).unwrap();
        let config = TrainingConfig { learning_rate: 1e-5, ..run(1).config };
        store.resume_run(run(1).id, &config).unwrap();
        let found = store.runs().unwrap().swap_remove(0);
        assert_eq!((found.state, found.config), (RunState::Running, config));
    });
}

#[test]
fn figures_of_an_unknown_training_are_refused() {
    in_new_project(|mut store, _| {
        let id = run(1).id;
        let errors = [
            store.append_epoch(id, &epoch(1, 0.0), &EpochDetails::default()),
            store.rename_run(id, "x"),
            store.delete_run(id),
        ];
        for error in errors.map(Result::unwrap_err) {
            assert!(matches!(error, StoreError::NotInProject { row: RowId::Run(_) }), "{error:?}");
        }
    });
}

#[test]
fn a_training_gets_another_name_and_is_forgotten_with_its_figures() {
    in_new_project(|mut store, reopen| {
        for n in 1..=2 {
            store.insert_run(&run(n)).unwrap();
            store.append_epoch(run(n).id, &epoch(1, 0.5), &EpochDetails::default()).unwrap();
        }
        store.rename_run(run(2).id, "the good one").unwrap();
        store.delete_run(run(1).id).unwrap();
        let store = reopen(store);
        let runs = store.runs().unwrap();
        assert_eq!(runs.iter().map(|run| run.name.as_str()).collect::<Vec<_>>(), ["the good one"]);
        assert_eq!((runs[0].figures.len(), store.run_details(run(1).id).unwrap().len()), (1, 0));
        assert!(store.run_samples(run(1).id).is_err());
    });
}

#[test]
fn a_training_of_a_newer_version_hides_no_other_one() {
    in_new_project(|mut store, reopen| {
        for n in 1..=2 {
            store.insert_run(&run(n)).unwrap();
        }
        let path = store.path().to_owned();
        drop(store);
        let newer =
            "UPDATE runs SET config = replace(config, '\"small-vgg\"', '\"resnet\"'), name = 'theirs' WHERE name = ?1";
        let database = rusqlite::Connection::open(&path).unwrap();
        assert_eq!(database.execute(newer, [&run(1).name]).unwrap(), 1);
        drop(database);
        let store = reopen(Store::open(&path).unwrap());
        assert_eq!(store.runs().unwrap().iter().map(|run| run.id).collect::<Vec<_>>(), [run(2).id]);
        let strange = store.strange_runs().unwrap();
        assert_eq!(strange.len(), 1);
        assert_eq!((strange[0].id, strange[0].name.as_str()), (run(1).id, "theirs"));
        assert_eq!(strange[0].program, Some(environment().program));
        assert!(strange[0].found.contains("resnet"), "{}", strange[0].found);
    });
}
