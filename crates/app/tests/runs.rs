//! The trainings that a project remembers.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::{Arc, Mutex, mpsc};

use bauta_app::{BoxChoice, DatasetChoice, ErrorCode, RepeatChanges, RunOutcome, RunRecorder, Workspace};
use bauta_domain::{
    CategoryFilter, EpochFigures, Preset, RunId, TableOrder, TableQuery, TrainingConfig, TrainingEvent,
};
use common::{Fakes, adapters, labelled, photos};
use uuid::Uuid;

struct Bench {
    workspace: Arc<Workspace>,
    fakes: Arc<Fakes>,
    _data: tempfile::TempDir,
    _folder: tempfile::TempDir,
}

/// A project with four labelled boxes in two categories.
fn bench() -> Bench {
    let (fakes, data) = (Arc::new(Fakes::default()), tempfile::tempdir().unwrap());
    let workspace = Arc::new(Workspace::new(adapters(&fakes), data.path().to_owned()));
    let names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
    let folder = photos(&names);
    let project = workspace.open_path(folder.path()).unwrap();
    project.add_generated(&labelled(folder.path(), &names)).unwrap();
    *fakes.epochs.lock().unwrap() = 3;
    Bench { workspace, fakes, _data: data, _folder: folder }
}

type Listener = Arc<dyn Fn(&TrainingEvent) + Send + Sync>;

impl Bench {
    /// Starts something and waits for its last event.
    fn wait(&self, start: impl FnOnce(&Arc<Workspace>, Listener)) -> TrainingEvent {
        let (sender, receiver) = mpsc::channel();
        let sender = Mutex::new(sender);
        start(&self.workspace, Arc::new(move |event| drop(sender.lock().unwrap().send(event.clone()))));
        receiver.into_iter().last().unwrap()
    }

    fn train(&self, config: &TrainingConfig) -> RunId {
        self.wait(|workspace, listener| {
            workspace.start_training(DatasetChoice::Project, config, listener).unwrap();
        });
        self.workspace.project().unwrap().runs().unwrap().last().unwrap().id
    }
}

#[test]
fn a_training_is_remembered_with_its_settings_figures_steps_and_surroundings() {
    let bench = bench();
    let config = Preset::Tiny.config();
    let id = bench.train(&config);
    let project = bench.workspace.project().unwrap();
    let run = project.run(id).unwrap();
    assert_eq!((run.outcome, &run.config, run.figures.len()), (RunOutcome::Finished, &config, 3));
    let environment = run.environment.unwrap();
    assert_eq!((environment.trainer.as_str(), environment.threads), ("fake trainer 1", environment.cores));
    assert_eq!(run.summary.unwrap().cpu_seconds, 2.0);
    let parts = project.run_parts(id).unwrap();
    assert_eq!(parts.len(), 3);
    assert!(parts.iter().all(|part| part.step_losses == [1.0, 0.5] && part.confusion == [[0, 1], [0, 0]]), "{parts:?}");
    let checkpoint = project.path().with_extension("models").join(format!("{id}.checkpoint"));
    assert!(checkpoint.exists(), "the last and the best weights are kept");
}

#[test]
fn a_failed_training_is_remembered_with_the_reason() {
    let bench = bench();
    *bench.fakes.epochs.lock().unwrap() = 0;
    let id = bench.train(&Preset::Tiny.config());
    let run = bench.workspace.project().unwrap().run(id).unwrap();
    assert_eq!(run.outcome, RunOutcome::Failed);
    assert!(run.failure.unwrap().contains("learning rate"));
}

#[test]
fn a_training_is_repeated_on_what_it_learned_from_as_a_new_one() {
    let bench = bench();
    let config = TrainingConfig { seed: 7, ..Preset::Tiny.config() };
    let first = bench.train(&config);
    let project = bench.workspace.project().unwrap();
    // The project moves on: its boxes are gone.
    let query = TableQuery {
        search: String::new(),
        category: CategoryFilter::Any,
        state: None,
        source: None,
        image: None,
        order: TableOrder::Image,
        descending: false,
    };
    let boxes = BoxChoice::Table { query };
    assert_eq!(project.delete_boxes(&boxes).unwrap().boxes, 4);
    let last =
        bench.wait(|workspace, listener| workspace.repeat_training(first, RepeatChanges::default(), listener).unwrap());
    assert!(matches!(last, TrainingEvent::Finished(_)), "{last:?}");
    let runs = project.runs().unwrap();
    assert_eq!((runs.len(), &runs[1].config), (2, &config));
    let comparison = project.compare_runs(&[first, runs[1].id]).unwrap();
    assert!(comparison.same_pictures && comparison.differences.is_empty(), "{:?}", comparison.differences);
    let changes = RepeatChanges { seed: Some(8), learning_rate: Some(1e-4) };
    bench.wait(|workspace, listener| workspace.repeat_training(first, changes, listener).unwrap());
    let comparison = project.compare_runs(&[first, project.runs().unwrap()[2].id]).unwrap();
    let differences: Vec<_> = comparison.differences.iter().map(|difference| difference.setting.as_str()).collect();
    assert_eq!((comparison.same_pictures, differences), (true, vec!["learningRate", "seed"]));
}

#[test]
fn an_epoch_that_only_the_state_remembers_is_in_the_record_of_a_training_that_goes_on() {
    let bench = bench();
    let id = bench.train(&Preset::Tiny.config());
    let project = bench.workspace.project().unwrap();
    let before = project.run(id).unwrap();
    let mut recorder = RunRecorder::resume(Arc::clone(&project), id, &before.config).unwrap();
    for epoch in 1..=4 {
        recorder.hear(&TrainingEvent::Epoch(EpochFigures { epoch, ..before.figures[0] }));
    }
    let parts = project.run_parts(id).unwrap();
    assert_eq!(parts.iter().map(|part| part.step_losses.len()).collect::<Vec<_>>(), [2, 2, 2, 0]);
}

#[test]
fn a_training_that_was_refused_when_it_was_to_go_on_keeps_its_record() {
    let bench = bench();
    let id = bench.train(&Preset::Tiny.config());
    let project = bench.workspace.project().unwrap();
    let before = project.run(id).unwrap();
    let config = TrainingConfig { learning_rate: 1.0, ..before.config };
    let mut recorder = RunRecorder::resume(Arc::clone(&project), id, &config).unwrap();
    recorder.hear(&TrainingEvent::Preparing { done: 1, total: 4 });
    recorder.end(&TrainingEvent::Failed { message: "the state is damaged".to_owned() }).unwrap();
    assert_eq!(project.run(id).unwrap(), before);
}

#[test]
fn trainings_beside_each_other_show_what_was_different() {
    let bench = bench();
    let first = bench.train(&Preset::Tiny.config());
    let second = bench.train(&TrainingConfig { image_size: 96, ..Preset::Tiny.config() });
    let other_split = bench.train(&TrainingConfig { seed: 1, ..Preset::Tiny.config() });
    let project = bench.workspace.project().unwrap();
    let compare = |runs: &[RunId]| {
        let comparison = project.compare_runs(runs).unwrap();
        let named: Vec<_> = comparison.differences.iter().map(|d| format!("{} {:?}", d.setting, d.values)).collect();
        (named, comparison.same_pictures)
    };
    assert_eq!(compare(&[first, second]), (vec![r#"imageSize ["64", "96"]"#.to_owned()], true));
    assert_eq!(compare(&[first, other_split]).0, [r#"seed ["42", "1"]"#]);
    assert_eq!(project.compare_runs(&[RunId::from_uuid(Uuid::nil())]).unwrap_err().code(), ErrorCode::NotFound);
}

#[test]
fn a_training_gets_another_name_and_goes_with_its_files() {
    let bench = bench();
    let (first, second) = (bench.train(&Preset::Tiny.config()), bench.train(&Preset::Tiny.config()));
    let project = bench.workspace.project().unwrap();
    project.rename_run(second, "  the good one ").unwrap();
    assert_eq!(project.run(second).unwrap().name, "the good one");
    assert!(project.rename_run(second, "   ").unwrap_err().to_string().contains("needs a name"));
    let models = project.path().with_extension("models");
    let model = project.run(first).unwrap().summary.unwrap().model;
    std::fs::write(&model, "a model").unwrap();
    let checkpoint = |run: RunId| models.join(format!("{run}.checkpoint"));
    project.delete_run(first, false).unwrap();
    assert!(!checkpoint(first).exists() && checkpoint(second).exists() && std::path::Path::new(&model).exists());
    assert_eq!(project.delete_run(first, true).unwrap_err().code(), ErrorCode::NotFound);
    let model = project.run(second).unwrap().summary.unwrap().model;
    std::fs::write(&model, "a model").unwrap();
    project.delete_run(second, true).unwrap();
    assert!(!checkpoint(second).exists() && !std::path::Path::new(&model).exists());
    assert_eq!(project.runs().unwrap(), []);
}
