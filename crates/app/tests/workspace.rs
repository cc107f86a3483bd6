//! What one running program does: trainings, models, the live view.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::{
    Arc,
    mpsc::{self, Receiver},
};

use bauta_app::{
    DatasetChoice, ErrorCode, JobKind, Project, Workspace, describe_model,
    live::{LiveEvent, LiveListener},
};
use bauta_domain::{
    ChannelOrder, ForeignAnswers, ForeignFacts, ModelManifest, Preset, TrainingEvent, ValueRange,
    ports::{CancelToken, FrameAddress},
};
use common::{Fakes, adapters, face, photos};

fn workspace() -> (Arc<Workspace>, Arc<Fakes>, tempfile::TempDir) {
    let (fakes, data) = (Arc::new(Fakes::default()), tempfile::tempdir().unwrap());
    (Arc::new(Workspace::new(adapters(&fakes), data.path().to_owned())), fakes, data)
}

/// A project with four labelled boxes in two categories.
fn labelled(workspace: &Workspace) -> tempfile::TempDir {
    let names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
    let folder = photos(&names);
    let project = workspace.open_path(folder.path()).unwrap();
    project.add_generated(&common::labelled(folder.path(), &names)).unwrap();
    folder
}

fn start_training(workspace: &Arc<Workspace>) -> Receiver<TrainingEvent> {
    let (sender, receiver) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let listener = move |event: &TrainingEvent| drop(sender.lock().unwrap().send(event.clone()));
    workspace.start_training(DatasetChoice::Project, &Preset::Tiny.config(), Arc::new(listener)).unwrap();
    receiver
}

/// Events without how far it was in between, which a finished training does not repeat.
fn without_progress(events: Vec<TrainingEvent>) -> Vec<TrainingEvent> {
    let in_between =
        |event: &TrainingEvent| matches!(event, TrainingEvent::Preparing { .. } | TrainingEvent::Step { .. });
    events.into_iter().filter(|event| !in_between(event)).collect()
}

#[test]
fn a_finished_training_loads_its_model_and_a_reloaded_window_catches_up() {
    let (workspace, fakes, _data) = workspace();
    let _folder = labelled(&workspace);
    *fakes.epochs.lock().unwrap() = 3;
    let events: Vec<_> = start_training(&workspace).into_iter().collect();
    assert!(matches!(events.last(), Some(TrainingEvent::Finished(_))), "{events:?}");
    let log = workspace.training_log();
    assert!(!log.running);
    assert_eq!(log.events, without_progress(events));
    assert_eq!(workspace.model().unwrap().labels, ["ffp2", "no_mask"]);
}

#[test]
fn a_failed_training_says_why_and_the_next_one_may_start() {
    let (workspace, fakes, _data) = workspace();
    let _folder = labelled(&workspace);
    let events = without_progress(start_training(&workspace).into_iter().collect());
    assert!(
        matches!(&events[..], [TrainingEvent::Failed { message }] if message.contains("learning rate")),
        "{events:?}"
    );
    *fakes.epochs.lock().unwrap() = 1;
    assert!(matches!(start_training(&workspace).into_iter().last(), Some(TrainingEvent::Finished(_))));
}

#[test]
fn a_training_that_was_stopped_goes_on_with_the_pictures_and_the_division_that_it_had() {
    let (workspace, fakes, _data) = workspace();
    let folder = labelled(&workspace);
    *fakes.epochs.lock().unwrap() = 5;
    let (sender, receiver) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let told = Arc::clone(&workspace);
    let stop = move |event: &TrainingEvent| {
        if matches!(event, TrainingEvent::Epoch(figures) if figures.epoch == 2) {
            told.cancel_training();
        }
        drop(sender.lock().unwrap().send(event.clone()));
    };
    assert_eq!(workspace.resumable_training().unwrap(), None);
    workspace.start_training(DatasetChoice::Project, &Preset::Tiny.config(), Arc::new(stop)).unwrap();
    assert!(matches!(receiver.into_iter().last(), Some(TrainingEvent::Finished(summary)) if summary.cancelled));
    let earlier = workspace.resumable_training().unwrap().unwrap();
    assert_eq!((earlier.done, earlier.learning_rate, earlier.failed), (2, 1e-3, false));
    let project = workspace.project().unwrap();
    let record = || bauta_store::Store::open_to_read(project.path()).unwrap();
    let samples = record().run_samples(earlier.run).unwrap();
    std::fs::remove_file(folder.path().join("a.jpg")).unwrap();

    let (sender, receiver) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let listener = move |event: &TrainingEvent| drop(sender.lock().unwrap().send(event.clone()));
    workspace.resume_training(earlier.run, Some(1e-5), Arc::new(listener)).unwrap();
    assert!(matches!(receiver.into_iter().last(), Some(TrainingEvent::Finished(summary)) if !summary.cancelled));
    let runs = record().runs().unwrap();
    assert_eq!((runs.len(), runs[0].figures.len()), (1, 5), "one run, with all its epochs");
    assert_eq!(runs[0].config.learning_rate, 1e-5, "with the smaller steps that were asked for");
    assert_eq!(record().run_samples(earlier.run).unwrap(), samples);
    assert_eq!(workspace.resumable_training().unwrap(), None, "it is done");
    let error = workspace.resume_training(earlier.run, None, Arc::new(|_| {})).unwrap_err();
    assert!(error.to_string().contains("train again"), "{error}");
}

#[test]
fn a_closed_project_is_its_file_alone_even_while_a_job_holds_it() {
    let (workspace, _, _data) = workspace();
    let folder = labelled(&workspace);
    let held = workspace.project().unwrap();
    let path = held.path().to_owned();
    workspace.close_project();
    assert!(workspace.current_project().is_none());
    let elsewhere = folder.path().join("copy.bauta");
    std::fs::copy(&path, &elsewhere).unwrap();
    let copy = workspace.open_project(&elsewhere).unwrap();
    assert_eq!(copy.view().unwrap().images.len(), 4);
}

#[test]
fn a_project_with_one_category_cannot_be_trained_on_and_says_so() {
    let (workspace, _fakes, _data) = workspace();
    let folder = photos(&["a.jpg"]);
    workspace.open_path(folder.path()).unwrap();
    let none: Arc<dyn Fn(&TrainingEvent) + Send + Sync> = Arc::new(|_| {});
    let error = workspace.start_training(DatasetChoice::Project, &Preset::Tiny.config(), none).unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidInput);
    assert!(workspace.project_dataset().unwrap().problem.unwrap().contains("label some boxes"));
}

#[test]
fn a_photo_opens_its_folder_with_that_photo_in_front() {
    let (workspace, _fakes, _data) = workspace();
    let folder = photos(&["a.jpg", "b.jpg"]);
    let project = workspace.open_path(&folder.path().join("b.jpg")).unwrap();
    let view = project.view().unwrap();
    let front = view.images.iter().find(|row| Some(row.id) == view.last_image).unwrap();
    assert_eq!(front.name, "b.jpg");
}

#[test]
fn a_folder_whose_listing_is_cancelled_adds_nothing_and_opens_nothing() {
    let (workspace, _, _data) = workspace();
    let folder = photos(&["a.jpg", "b.jpg"]);
    let cancel = CancelToken::default();
    let mut told = Vec::new();
    let mut stop = |progress: bauta_app::Progress| {
        told.push((progress.done, progress.total));
        cancel.cancel();
    };
    assert!(workspace.add_folder(folder.path(), &mut stop, &cancel).unwrap().is_none());
    assert_eq!(told, [(2, 0)], "how many there are is not known while they are listed");
    assert!(workspace.current_project().is_none());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no project was made beside the photos");
    let added = workspace.add_folder(folder.path(), &mut |_| {}, &CancelToken::default()).unwrap().unwrap();
    assert_eq!(added.added, 2);
}

#[test]
fn one_job_of_a_kind_runs_at_a_time() {
    let (workspace, _fakes, _data) = workspace();
    let job = workspace.begin(JobKind::Detect).unwrap();
    assert_eq!(workspace.begin(JobKind::Detect).err().unwrap().code(), ErrorCode::Busy);
    workspace.cancel(JobKind::Detect);
    assert!(job.cancel.is_cancelled());
    drop(job);
    assert!(!workspace.begin(JobKind::Detect).unwrap().cancel.is_cancelled());
}

#[test]
fn a_broken_model_is_refused_and_the_loaded_one_stays() {
    let (workspace, _fakes, _data) = workspace();
    workspace.load_model("good.onnx".as_ref()).unwrap();
    let error = workspace.load_model("broken.onnx".as_ref()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ModelIncompatible);
    assert_eq!(workspace.model().unwrap().path, "good.onnx");
}

#[test]
fn a_model_of_another_program_is_described_once_beside_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.onnx");
    let facts = ForeignFacts {
        name: "theirs".to_owned(),
        side: Some(224),
        channels_last: true,
        takes_bytes: false,
        scores: 2,
        gives_logits: true,
        labels: vec![],
        order: None,
        range: None,
    };
    let labels = vec!["a".to_owned(), "b".to_owned()];
    let answers = ForeignAnswers { side: 224, order: ChannelOrder::Bgr, range: ValueRange::Signed, labels };
    let few = ForeignAnswers { labels: vec!["a".to_owned()], ..answers };
    let refused = describe_model(&facts, &path, &few).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ModelIncompatible);
    let json = describe_model(&facts, &path, &answers).unwrap();
    let written: ModelManifest = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    assert_eq!((json, written), (folder.path().join("theirs.json"), facts.described(&answers).unwrap()));
    let refused = describe_model(&facts, &path, &answers).unwrap_err().to_string();
    assert!(refused.contains("theirs.json") && refused.contains("another file is there"), "{refused}");
}

#[test]
fn the_live_view_shows_labels_and_ends_with_its_file() {
    let (workspace, fakes, _data) = workspace();
    workspace.load_model("good.onnx".as_ref()).unwrap();
    *fakes.frames.lock().unwrap() = 5;
    *fakes.faces.lock().unwrap() = vec![face(10.0, 10.0, 60.0, 60.0, 0.9)];
    *fakes.answer.lock().unwrap() = vec![0.8, 0.2];
    let (sender, receiver) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let events: LiveListener = Arc::new(move |event| drop(sender.lock().unwrap().send(event)));
    workspace.start_live(FrameAddress::File("clip.avi".into()), "fake", 0.6, &events).unwrap();
    let events: Vec<LiveEvent> = receiver.iter().take(3).collect();
    assert_eq!(events, [LiveEvent::Opening, LiveEvent::Running, LiveEvent::Ended]);
    let shown = workspace.live().unwrap().session().newest(0).unwrap();
    assert_eq!(shown.result.faces[0].label.as_deref(), Some("ffp2"));
    assert!(workspace.live().unwrap().session().newest(shown.result.frame).is_none());
    workspace.stop_live();
    assert!(workspace.live().is_none());
}

#[test]
fn a_missing_camera_is_said_with_the_remedy_and_tried_again() {
    let (workspace, _fakes, _data) = workspace();
    let (sender, receiver) = mpsc::channel();
    let sender = std::sync::Mutex::new(sender);
    let events: LiveListener = Arc::new(move |event| drop(sender.lock().unwrap().send(event)));
    workspace.start_live(FrameAddress::Camera(0), "fake", 0.6, &events).unwrap();
    assert_eq!(receiver.recv().unwrap(), LiveEvent::Opening);
    let LiveEvent::Waiting { message, seconds } = receiver.recv().unwrap() else { panic!("it is waited for") };
    assert!(message.contains("plug one in") && seconds == 2, "{message} {seconds}");
    workspace.live().unwrap().session().retry_now();
    assert_eq!(receiver.recv().unwrap(), LiveEvent::Opening);
    assert!(workspace.live().unwrap().session().is_running());
}

#[test]
fn a_project_that_a_job_still_reads_can_be_opened_again_and_is_the_same_one() {
    let (workspace, fakes, _data) = workspace();
    let _folder = labelled(&workspace);
    let project = workspace.project().unwrap();
    let path = project.path().to_owned();
    let (begun, may_end) = (mpsc::channel(), mpsc::channel::<()>());
    let job = std::thread::spawn(move || {
        begun.0.send(()).unwrap();
        may_end.1.recv().unwrap();
        drop(project);
    });
    begun.1.recv().unwrap();
    let other = tempfile::tempdir().unwrap();
    let second_path = other.path().join("second.bauta");
    drop(Project::create(&second_path, adapters(&fakes)).unwrap());
    workspace.open_project(&second_path).unwrap();
    let again = workspace.open_project(&path).unwrap();
    again.add_category("added after it was left").unwrap();
    may_end.0.send(()).unwrap();
    job.join().unwrap();
    // Twice more, now that nothing holds it any longer.
    workspace.open_project(&second_path).unwrap();
    drop(again);
    let once_more = workspace.open_project(&path).unwrap();
    assert_eq!(once_more.view().unwrap().images.len(), 4);
}
