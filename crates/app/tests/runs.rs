//! The trainings that a project remembers.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::{Arc, Mutex, mpsc};

use bauta_app::{BoxChoice, DatasetChoice, ErrorCode, RepeatChanges, RunOutcome, RunRecorder, Workspace};
use bauta_domain::{
    CategoryFilter, EpochFigures, Preset, RunId, TableOrder, TableQuery, TrainingConfig, TrainingEvent,
    ports::CancelToken,
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

fn all_boxes() -> BoxChoice {
    let query = TableQuery {
        search: String::new(),
        category: CategoryFilter::Any,
        state: None,
        source: None,
        image: None,
        order: TableOrder::Image,
        descending: false,
    };
    BoxChoice::Table { query }
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
    assert_eq!(project.delete_boxes(&all_boxes()).unwrap().boxes, 4);
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

#[test]
fn a_second_training_waits_for_the_first_and_one_that_waits_can_be_forgotten() {
    let bench = bench();
    let (sender, ends) = mpsc::channel();
    let (first_began, began) = mpsc::channel();
    let (go_on, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(Some(gate));
    let listener = |name: &'static str, first: bool| -> Listener {
        let (sender, first_began) = (Mutex::new(sender.clone()), Mutex::new(first_began.clone()));
        let gate = Mutex::new(if first { gate.lock().unwrap().take() } else { None });
        Arc::new(move |event| match event {
            TrainingEvent::Started { .. } => {
                if let Some(gate) = gate.lock().unwrap().take() {
                    first_began.lock().unwrap().send(()).unwrap();
                    gate.recv().unwrap();
                }
            }
            TrainingEvent::Finished(_) => sender.lock().unwrap().send(name).unwrap(),
            _ => {}
        })
    };
    let start = |epochs, listener| {
        let config = TrainingConfig { epochs, ..Preset::Tiny.config() };
        bench.workspace.start_training(DatasetChoice::Project, &config, listener).unwrap();
    };
    start(1, listener("first", true));
    began.recv().unwrap();
    start(2, listener("second", false));
    start(3, listener("third", false));
    let waiting = bench.workspace.training_log().waiting;
    assert_eq!(waiting.iter().map(|waiting| waiting.config.epochs).collect::<Vec<_>>(), [2, 3]);
    bench.workspace.cancel_waiting(waiting[0].number);
    go_on.send(()).unwrap();
    assert_eq!([ends.recv().unwrap(), ends.recv().unwrap()], ["first", "third"]);
    let runs = bench.workspace.project().unwrap().runs().unwrap();
    let models: Vec<String> = runs.into_iter().map(|run| run.summary.unwrap().model).collect();
    assert_eq!(models.len(), 2);
}

#[test]
fn the_page_of_a_training_says_what_became_of_its_pictures_and_how_to_do_it_again() {
    let bench = bench();
    let id = bench.train(&TrainingConfig { seed: 5, ..Preset::Tiny.config() });
    let project = bench.workspace.project().unwrap();
    let page = project.run_page(id).unwrap();
    assert_eq!((page.pictures.training, page.pictures.validation, page.pictures.missing), (2, 2, 0));
    assert_eq!((page.pictures.added, page.pictures.removed), (0, 0));
    assert_eq!(page.report.iter().map(|label| label.label.as_str()).collect::<Vec<_>>(), ["ffp2", "no_mask"]);
    assert!(page.train_command.starts_with("bauta train "), "{}", page.train_command);
    assert!(page.train_command.contains("--preset tiny --seed 5 --threads "), "{}", page.train_command);
    assert!(page.repeat_command.ends_with(&id.to_string()), "{}", page.repeat_command);
    let record = project.recorded_run(id).unwrap();
    assert_eq!(record.command, page.repeat_command, "a report names the same command");
    assert_eq!(record.figures, page.run.figures);
    std::fs::remove_file(bench._folder.path().join("b.jpg")).unwrap();
    project.delete_boxes(&all_boxes()).unwrap();
    let pictures = project.run_page(id).unwrap().pictures;
    assert_eq!((pictures.missing, pictures.removed), (1, 4));
    assert!(pictures.examples[0].ends_with("b.jpg"), "{:?}", pictures.examples);
}

#[test]
fn the_model_of_a_training_is_asked_about_each_picture_that_it_was_checked_with() {
    let bench = bench();
    let id = bench.train(&Preset::Tiny.config());
    let gone = bench.workspace.run_answers(id, &CancelToken::default()).unwrap_err();
    assert!(gone.to_string().contains("repeat the training"), "{gone}");
    let project = bench.workspace.project().unwrap();
    std::fs::write(project.run(id).unwrap().summary.unwrap().model, "a model").unwrap();
    *bench.fakes.answer.lock().unwrap() = vec![0.25, 0.75];
    let found = bench.workspace.run_answers(id, &CancelToken::default()).unwrap();
    assert_eq!(found.labels, ["ffp2", "no_mask"]);
    let truths: Vec<u32> = found.answers.iter().map(|answer| answer.truth).collect();
    assert_eq!((truths, found.problems.len()), (vec![0, 1], 0));
    assert!(found.answers.iter().all(|answer| answer.said == 1 && answer.probabilities == [0.25, 0.75]));
    let picture = bench.workspace.sample_picture(id, found.answers[0].sample as usize, 48).unwrap();
    assert_eq!(picture.size().width, 48);
}

#[test]
fn a_look_at_the_pictures_finds_copies_and_a_preview_shows_every_category() {
    let bench = bench();
    let config = Preset::Tiny.config();
    // All pictures of the fakes are the same: nothing else is left to check with.
    let check = bench.workspace.check_dataset(DatasetChoice::Project, &config).unwrap();
    assert_eq!((check.copies, check.unreadable), (3, 0));
    assert_eq!(check.straddling, ["ffp2"]);
    let sheet = bench.workspace.preview_changes(DatasetChoice::Project, &config).unwrap();
    assert_eq!((sheet.size().width, sheet.size().height), (8 * 64, 4 * 64));
    let summary = bench.workspace.project_dataset().unwrap();
    assert_eq!(summary.groups, None, "each box is on a photo of its own");
}
