//! Trainings that no project remembers: they go on after a crash all the same.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::{Arc, Mutex, mpsc};

use bauta_app::{DatasetChoice, Workspace};
use bauta_domain::{Preset, TrainingEvent};
use common::{Fakes, adapters, labelled, photos};

type Listener = Arc<dyn Fn(&TrainingEvent) + Send + Sync>;

/// Starts something and waits for its last event; in epoch `stop` it is cancelled.
fn wait(workspace: &Arc<Workspace>, stop: u32, start: impl FnOnce(Listener)) -> Vec<TrainingEvent> {
    let (sender, receiver) = mpsc::channel();
    let (sender, told) = (Mutex::new(sender), Arc::clone(workspace));
    start(Arc::new(move |event| {
        if matches!(event, TrainingEvent::Epoch(figures) if figures.epoch == stop) {
            told.cancel_training();
        }
        drop(sender.lock().unwrap().send(event.clone()));
    }));
    receiver.into_iter().collect()
}

/// A folder with two folders of two pictures.
fn categories() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["ffp2/a.jpg", "ffp2/b.jpg", "no_mask/c.jpg", "no_mask/d.jpg"] {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, b"").unwrap();
    }
    folder
}

#[test]
fn a_training_without_a_project_goes_on_in_the_next_program_and_in_smaller_steps() {
    let (fakes, data, folder) = (Arc::new(Fakes::default()), tempfile::tempdir().unwrap(), categories());
    *fakes.epochs.lock().unwrap() = 5;
    let program = || Arc::new(Workspace::new(adapters(&fakes), data.path().to_owned()));
    let first = program();
    first.choose_dataset_folder(folder.path()).unwrap();
    assert_eq!(first.resumable_training().unwrap(), None);
    let config = Preset::Tiny.config();
    wait(&first, 2, |listener| first.start_training(DatasetChoice::Folder, &config, listener).unwrap());

    let second = program();
    let earlier = second.resumable_training().unwrap().unwrap();
    assert_eq!((earlier.done, earlier.epochs, earlier.learning_rate), (2, config.epochs, config.learning_rate));
    std::fs::remove_file(folder.path().join("ffp2/a.jpg")).unwrap();
    let events = wait(&second, 9, |listener| second.resume_training(earlier.run, Some(1e-5), listener).unwrap());
    let resumed = events.iter().find_map(|event| match event {
        TrainingEvent::Started { resumed, .. } => Some(*resumed),
        _ => None,
    });
    assert!(resumed == Some(2) && matches!(events.last(), Some(TrainingEvent::Finished(_))), "{events:?}");
    assert_eq!(second.training_log().config.unwrap().learning_rate, 1e-5);
    assert_eq!(second.resumable_training().unwrap(), None, "it is done");
    assert!(second.resume_training(earlier.run, None, Arc::new(|_| {})).is_err());
}

#[test]
fn a_new_training_without_a_project_takes_the_place_of_the_one_before() {
    let (fakes, data, folder) = (Arc::new(Fakes::default()), tempfile::tempdir().unwrap(), categories());
    *fakes.epochs.lock().unwrap() = 5;
    let workspace = Arc::new(Workspace::new(adapters(&fakes), data.path().to_owned()));
    workspace.choose_dataset_folder(folder.path()).unwrap();
    let train = |stop| {
        let config = Preset::Tiny.config();
        wait(&workspace, stop, |listener| workspace.start_training(DatasetChoice::Folder, &config, listener).unwrap());
    };
    train(1);
    let earlier = workspace.resumable_training().unwrap().unwrap();
    train(3);
    let later = workspace.resumable_training().unwrap().unwrap();
    assert!(later.run != earlier.run && later.done == 3);
    train(9);
    assert_eq!(workspace.resumable_training().unwrap(), None);
}

#[test]
fn a_project_that_is_open_for_looking_is_trained_on_and_does_not_remember_it() {
    let (fakes, data) = (Arc::new(Fakes::default()), tempfile::tempdir().unwrap());
    let names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
    let folder = photos(&names);
    let path = {
        let workspace = Workspace::new(adapters(&fakes), data.path().to_owned());
        let project = workspace.open_path(folder.path()).unwrap();
        project.add_generated(&labelled(folder.path(), &names)).unwrap();
        project.path().to_owned()
    };
    *fakes.epochs.lock().unwrap() = 2;
    // Another program works on it.
    let writer = bauta_store::Store::open(&path).unwrap();
    let workspace = Arc::new(Workspace::new(adapters(&fakes), data.path().to_owned()));
    assert!(workspace.open_path(&path).is_err());
    workspace.open_refused_to_read().unwrap();
    let config = Preset::Tiny.config();
    let events =
        wait(&workspace, 9, |listener| workspace.start_training(DatasetChoice::Project, &config, listener).unwrap());
    assert!(matches!(events.last(), Some(TrainingEvent::Finished(_))), "{events:?}");
    let said = |text: &str| {
        events.iter().any(|event| matches!(event, TrainingEvent::Warning { message } if message.contains(text)))
    };
    assert!(said("will not remember this training") && said("copies"), "{events:?}");
    assert_eq!(writer.runs().unwrap(), []);
}
