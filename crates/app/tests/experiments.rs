//! Studies and tunings that the window starts.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::{Arc, Mutex, mpsc};

use bauta_app::{
    BoxChoice, DatasetChoice, ExperimentEvent, ExperimentState, ExperimentView, Question, Workspace, report::Block,
    study::Grid,
};
use bauta_domain::{Architecture, CategoryFilter, Preset, TableOrder, TableQuery, TrainingEvent};
use common::{Fakes, adapters, labelled, photos};

struct Bench {
    workspace: Arc<Workspace>,
    fakes: Arc<Fakes>,
    folder: tempfile::TempDir,
    _data: tempfile::TempDir,
}

/// A project with six labelled boxes in two categories.
fn bench() -> Bench {
    let (fakes, data) = (Arc::new(Fakes::default()), tempfile::tempdir().unwrap());
    let workspace = Arc::new(Workspace::new(adapters(&fakes), data.path().to_owned()));
    let names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
    let folder = photos(&names);
    let project = workspace.open_path(folder.path()).unwrap();
    project.add_generated(&labelled(folder.path(), &names)).unwrap();
    *fakes.epochs.lock().unwrap() = 2;
    Bench { workspace, fakes, folder, _data: data }
}

const STUDY: Question = Question::Study { grid: Some(Grid::Losses), image_size: 64, epochs: 2, seeds: 2 };

impl Bench {
    /// Starts one and waits until it has ended or was stopped; `heard` is asked about every event.
    fn run(
        &self,
        start: impl FnOnce(&Arc<Workspace>, Arc<dyn Fn(&ExperimentEvent) + Send + Sync>) -> ExperimentView,
        heard: impl Fn(&Workspace, &ExperimentEvent) + Send + 'static,
    ) -> (ExperimentView, Vec<ExperimentEvent>) {
        let (sender, receiver) = mpsc::channel();
        let shared = Mutex::new((sender, heard));
        let workspace = Arc::clone(&self.workspace);
        let listener = move |event: &ExperimentEvent| {
            let shared = shared.lock().unwrap();
            shared.1(&workspace, event);
            let _ = shared.0.send(event.clone());
        };
        let begun = start(&self.workspace, Arc::new(listener));
        let events: Vec<_> = receiver.into_iter().collect();
        let views = self.workspace.experiments().unwrap();
        (views.into_iter().find(|view| view.id == begun.id).unwrap(), events)
    }

    fn start(&self, question: Question) -> (ExperimentView, Vec<ExperimentEvent>) {
        let start = |workspace: &Arc<Workspace>, listener| {
            workspace.start_experiment(DatasetChoice::Project, question, listener).unwrap()
        };
        self.run(start, |_, _| {})
    }

    fn resume(&self, id: &str) -> ExperimentView {
        let start = |workspace: &Arc<Workspace>, listener| workspace.resume_experiment(id, listener).unwrap();
        self.run(start, |_, _| {}).0
    }
}

fn stop_after_one(workspace: &Workspace, event: &ExperimentEvent) {
    if let ExperimentEvent::Changed { id } = event {
        workspace.stop_experiment(id);
    }
}

#[test]
fn a_study_is_done_told_of_and_reported_and_its_trainings_are_counted() {
    let bench = bench();
    let (view, events) = bench.start(STUDY);
    assert_eq!((view.state, view.done, view.total), (ExperimentState::Done, 6, Some(6)));
    assert_eq!((view.seconds, view.seconds_left), (6.0, Some(0.0)));
    assert!(events.iter().any(|event| matches!(event, ExperimentEvent::Training { epochs: 2, .. })), "{events:?}");
    assert!(matches!(events.last(), Some(ExperimentEvent::Changed { id }) if *id == view.id));
    let report = bench.workspace.experiment_report(&view.id).unwrap();
    assert_eq!(report.sections[1].heading, "Losses");
    assert!(format!("{:?}", report.sections[0]).contains("to learn from, "));
    let commands: Vec<_> =
        report.sections[0].blocks.iter().filter(|block| matches!(block, Block::Command(_))).collect();
    assert!(format!("{commands:?}").contains("--grid losses"), "{commands:?}");
}

#[test]
fn a_study_that_was_stopped_keeps_what_it_did_and_goes_on_though_boxes_have_changed() {
    let bench = bench();
    let start = |workspace: &Arc<Workspace>, listener| {
        workspace.start_experiment(DatasetChoice::Project, STUDY, listener).unwrap()
    };
    let (view, _) = bench.run(start, stop_after_one);
    assert_eq!((view.state, view.total), (ExperimentState::Stopped, Some(6)));
    assert!((1..6).contains(&view.done), "{}", view.done);
    let query = TableQuery {
        search: String::new(),
        category: CategoryFilter::Any,
        state: None,
        source: None,
        image: None,
        order: TableOrder::Image,
        descending: false,
    };
    bench.workspace.project().unwrap().delete_boxes(&BoxChoice::Table { query }).unwrap();
    let view = bench.resume(&view.id);
    assert_eq!((view.state, view.done), (ExperimentState::Done, 6));
}

#[test]
fn a_study_whose_pictures_are_gone_says_so_and_goes_on_when_they_are_back() {
    let bench = bench();
    let (view, _) = bench.start(STUDY);
    let (picture, kept) = (bench.folder.path().join("a.jpg"), bench.folder.path().join("kept"));
    let studies = bench.workspace.project().unwrap().path().with_extension("studies");
    std::fs::remove_dir_all(studies.join(&view.id).join("runs")).unwrap();
    std::fs::write(&picture, "other contents").unwrap();
    let failed = bench.resume(&view.id);
    assert_eq!(failed.state, ExperimentState::Failed);
    assert!(failed.failure.unwrap().contains("bring them back"));
    std::fs::write(&kept, "").unwrap();
    std::fs::rename(&kept, &picture).unwrap();
    assert_eq!(bench.resume(&view.id).state, ExperimentState::Done);
}

#[test]
fn a_study_whose_trainings_all_fail_says_why_and_tries_them_again() {
    let bench = bench();
    *bench.fakes.epochs.lock().unwrap() = 0;
    let (view, _) = bench.start(STUDY);
    assert_eq!((view.state, view.done, view.failed), (ExperimentState::Failed, 6, 6));
    assert!(view.failure.unwrap().contains("learning rate"));
    let report = format!("{:?}", bench.workspace.experiment_report(&view.id).unwrap());
    assert!(report.contains("2 seeds each") && !report.contains("to learn from"), "nothing is known yet: {report}");
    *bench.fakes.epochs.lock().unwrap() = 2;
    let view = bench.resume(&view.id);
    assert_eq!((view.state, view.failed, view.failure), (ExperimentState::Done, 0, None));
}

#[test]
fn a_tuning_tries_its_settings_and_says_when_none_is_better() {
    let bench = bench();
    let question =
        Question::Tuning { architectures: vec![Architecture::Tiny], trials: Some(3), minutes: None, seeds: 2 };
    let (view, _) = bench.start(question);
    // Three, one of them longer, that one in full; then three settings with two seeds.
    assert_eq!((view.state, view.total), (ExperimentState::Done, Some(view.done)));
    assert!(view.done > 4, "{}", view.done);
    let report = bench.workspace.experiment_report(&view.id).unwrap();
    assert!(format!("{report:?}").contains("no difference"), "{:?}", report.sections[0]);
}

#[test]
fn a_tuning_whose_trials_all_failed_tries_them_again() {
    let bench = bench();
    *bench.fakes.epochs.lock().unwrap() = 0;
    let question =
        Question::Tuning { architectures: vec![Architecture::Tiny], trials: Some(3), minutes: None, seeds: 1 };
    let (view, _) = bench.start(question);
    assert_eq!((view.state, view.done), (ExperimentState::Failed, view.failed));
    *bench.fakes.epochs.lock().unwrap() = 2;
    let view = bench.resume(&view.id);
    assert_eq!((view.state, view.failed, view.failure), (ExperimentState::Done, 0, None));
}

#[test]
fn a_tuning_that_was_stopped_after_a_trial_failed_does_the_others_only() {
    let bench = bench();
    *bench.fakes.epochs.lock().unwrap() = 0;
    let question =
        Question::Tuning { architectures: vec![Architecture::Tiny], trials: Some(3), minutes: None, seeds: 1 };
    let start = |workspace: &Arc<Workspace>, listener| {
        workspace.start_experiment(DatasetChoice::Project, question, listener).unwrap()
    };
    let (view, _) = bench.run(start, stop_after_one);
    assert!(view.state == ExperimentState::Stopped && view.failed > 0, "{view:?}");
    let failed = view.failed;
    *bench.fakes.epochs.lock().unwrap() = 2;
    let view = bench.resume(&view.id);
    assert_eq!((view.state, view.failed), (ExperimentState::Done, failed));
}

#[test]
fn a_training_waits_for_a_study_and_a_study_that_waits_is_taken_out_again() {
    let bench = bench();
    let (sender, receiver) = mpsc::channel();
    let sender = Mutex::new(sender);
    let told = Arc::new(move |event: &TrainingEvent| drop(sender.lock().unwrap().send(event.clone())));
    let seen = Arc::new(Mutex::new(None));
    let (look, trained) = (Arc::clone(&seen), Mutex::new(Some(told)));
    let workspace = Arc::clone(&bench.workspace);
    let at_first_event = move |_: &Workspace, _: &ExperimentEvent| {
        let Some(told) = trained.lock().unwrap().take() else { return };
        workspace.start_training(DatasetChoice::Project, &Preset::Tiny.config(), told).unwrap();
        let second = workspace.start_experiment(DatasetChoice::Project, STUDY, Arc::new(|_| {})).unwrap();
        let log = workspace.training_log();
        *look.lock().unwrap() = Some((log.running, log.experiment, log.waiting.len(), second.state));
        let refused = workspace.delete_experiment(&second.id).unwrap_err().to_string();
        assert!(refused.contains("study"), "{refused}");
        workspace.stop_experiment(&second.id);
        workspace.delete_experiment(&second.id).unwrap();
    };
    let start = |workspace: &Arc<Workspace>, listener| {
        workspace.start_experiment(DatasetChoice::Project, STUDY, listener).unwrap()
    };
    let (view, _) = bench.run(start, at_first_event);
    assert_eq!(view.state, ExperimentState::Done);
    let seen = seen.lock().unwrap().take();
    assert_eq!(seen, Some((false, Some(view.id), 1, ExperimentState::Waiting)));
    assert!(matches!(receiver.into_iter().last(), Some(TrainingEvent::Finished(_))));
    assert_eq!(bench.workspace.experiments().unwrap().len(), 1);
    assert_eq!(*bench.fakes.epochs.lock().unwrap(), 2);
}

#[test]
fn what_is_no_name_of_a_study_is_refused_and_nothing_is_deleted() {
    let bench = bench();
    for id in ["..", "../x", "", "/", "study nine"] {
        assert!(bench.workspace.delete_experiment(id).is_err(), "{id:?}");
        assert!(bench.workspace.experiment_report(id).is_err(), "{id:?}");
    }
    assert!(bench.folder.path().join("a.jpg").exists());
    let nothing = Question::Tuning { architectures: vec![], trials: None, minutes: None, seeds: 2 };
    let refused = bench.workspace.start_experiment(DatasetChoice::Project, nothing, Arc::new(|_| {}));
    assert!(refused.unwrap_err().to_string().contains("no network"));
}
