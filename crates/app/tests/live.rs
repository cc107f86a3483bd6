//! The live view: frames that are dropped and not delayed, sources that go away and come back, faces that become
//! annotations.

#![allow(clippy::unwrap_used)]

mod common;

use std::{
    collections::VecDeque,
    path::Path,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    time::{Duration, Instant},
};

use bauta_app::{
    Adapters, Project, Workspace,
    live::{LiveEngine, LiveEvent, LiveListener, LiveSession, Shown},
};
use bauta_domain::{
    AnnotationState, BoundingBox, Classification, Followed, GreyPyramid, ImageSize, ModelManifest, RgbImage, Source,
    ports::{Camera, CancelToken, Classifier, Detector, Follower, FrameAddress, FrameSource, FrameSources, PortError},
};
use common::{Fakes, adapters, face, manifest};

const SIZE: ImageSize = ImageSize::new(200, 100);

/// What a source does next.
enum Turn {
    /// Gives a frame of this grey.
    Frame(u8),
    /// Gives the last frame again and again, until it is cancelled.
    Endless(u8),
    /// Says that it has come so far.
    Tell(Sender<()>),
    /// Waits until it may go on.
    Await(Receiver<()>),
    /// Breaks.
    Break,
    /// Hangs until it is cancelled.
    Hang,
}

/// Each opening of the source plays the next script; after the last one there is no camera.
struct Scripts(Mutex<VecDeque<Vec<Turn>>>);

struct Playing(VecDeque<Turn>, CancelToken);

fn scripts(scripts: impl IntoIterator<Item = Vec<Turn>>) -> Arc<dyn FrameSources> {
    Arc::new(Scripts(Mutex::new(scripts.into_iter().collect())))
}

impl FrameSources for Scripts {
    fn cameras(&self) -> Vec<Camera> {
        Vec::new()
    }
    fn open(&self, _: &FrameAddress, cancel: &CancelToken) -> Result<Box<dyn FrameSource>, PortError> {
        match self.0.lock().unwrap().pop_front() {
            Some(script) => Ok(Box::new(Playing(script.into(), cancel.clone()))),
            None => Err("no camera is connected; plug one in".into()),
        }
    }
}

impl FrameSource for Playing {
    fn next_frame(&mut self) -> Result<Option<RgbImage>, PortError> {
        match self.0.pop_front() {
            Some(Turn::Frame(grey)) => Ok(Some(RgbImage::filled(SIZE, [grey; 3]))),
            Some(Turn::Endless(grey)) => {
                self.0.push_front(Turn::Endless(grey));
                Ok(Some(RgbImage::filled(SIZE, [grey; 3])))
            }
            Some(Turn::Tell(sender)) => {
                sender.send(())?;
                self.next_frame()
            }
            Some(Turn::Await(receiver)) => {
                receiver.recv()?;
                self.next_frame()
            }
            Some(Turn::Break) => Err("camera 0: it was unplugged; plug it in again".into()),
            Some(Turn::Hang) => {
                while !self.1.is_cancelled() {
                    std::thread::yield_now();
                }
                Err("cancelled".into())
            }
            None => Ok(None),
        }
    }
    fn frames_per_second(&self) -> Option<f64> {
        None
    }
    fn waits_for_reader(&self) -> bool {
        true
    }
}

fn fakes() -> Arc<Fakes> {
    let fakes = Arc::new(Fakes::default());
    *fakes.faces.lock().unwrap() = vec![face(10.0, 10.0, 60.0, 60.0, 0.9)];
    *fakes.answer.lock().unwrap() = vec![0.8, 0.2];
    fakes
}

fn engine(adapters: &Adapters) -> LiveEngine {
    let detector = adapters.models.open_detector("fake", 1).unwrap();
    let classifier = adapters.models.open_classifier("model.onnx".as_ref(), 1).unwrap();
    LiveEngine::new(detector, Some(classifier), adapters).unwrap()
}

fn listener() -> (LiveListener, Receiver<LiveEvent>) {
    let (sender, events) = mpsc::channel();
    let sender = Mutex::new(sender);
    (Arc::new(move |event| drop(sender.lock().unwrap().send(event))), events)
}

fn start(adapters: &Adapters, engine: LiveEngine, address: FrameAddress) -> (LiveSession, Receiver<LiveEvent>) {
    let (events, heard) = listener();
    (LiveSession::start(Arc::clone(&adapters.sources), address, engine, &events, Box::new(|_| {})), heard)
}

fn shown_after(session: &LiveSession, frame: u32) -> Arc<Shown> {
    loop {
        if let Some(shown) = session.newest(frame) {
            return shown;
        }
        assert!(session.is_running(), "it ended before the frame came");
    }
}

/// A classifier that says when it begins and waits until it may go on.
struct Slow {
    manifest: ModelManifest,
    begun: Sender<()>,
    may_go_on: Receiver<()>,
}

impl Classifier for Slow {
    fn manifest(&self) -> &ModelManifest {
        &self.manifest
    }
    fn classify(&mut self, crops: &[RgbImage]) -> Result<Vec<Classification>, PortError> {
        self.begun.send(())?;
        self.may_go_on.recv()?;
        Ok(crops.iter().map(|_| Classification { probabilities: vec![0.9, 0.1] }).collect())
    }
}

#[test]
fn while_the_model_works_frames_are_dropped_and_the_newest_is_next() {
    let mut adapters = adapters(&fakes());
    let (all_given, are_all_given) = mpsc::channel();
    let frames = (0..200).map(Turn::Frame).chain([Turn::Tell(all_given), Turn::Hang]);
    adapters.sources = scripts([frames.collect()]);
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let slow = Slow { manifest: manifest(), begun, may_go_on };
    let detector = adapters.models.open_detector("fake", 1).unwrap();
    let engine = LiveEngine::new(detector, Some(Box::new(slow)), &adapters).unwrap();
    let (session, _events) = start(&adapters, engine, FrameAddress::Camera(0));
    has_begun.recv().unwrap();
    // The source gives all its frames while one of the first is still looked at: it never waits for the model.
    are_all_given.recv().unwrap();
    (0..8).for_each(|_| go_on.send(()).unwrap());
    let first = shown_after(&session, 0);
    let mut last = first;
    while last.image.pixels()[0] != 199 {
        last = shown_after(&session, last.result.frame);
    }
    assert!(last.result.frame < 100, "frame {} of 200: nothing was queued", last.result.frame);
    assert_eq!(last.result.faces.len(), 1, "its boxes are its own");
}

#[test]
fn a_camera_that_is_unplugged_is_waited_for_and_goes_on() {
    let mut adapters = adapters(&fakes());
    let (unplug, unplugged) = mpsc::channel();
    let first = vec![Turn::Frame(1), Turn::Await(unplugged), Turn::Break];
    adapters.sources = scripts([first, vec![Turn::Endless(2)]]);
    let (session, events) = start(&adapters, engine(&adapters), FrameAddress::Camera(0));
    assert_eq!(events.iter().take(2).collect::<Vec<_>>(), [LiveEvent::Opening, LiveEvent::Running]);
    unplug.send(()).unwrap();
    let LiveEvent::Waiting { message, seconds } = events.recv().unwrap() else { panic!("it is waited for") };
    assert!(message.contains("unplugged") && message.contains("plug it in"), "{message}");
    assert_eq!(seconds, 2);
    session.retry_now();
    assert_eq!(events.iter().take(2).collect::<Vec<_>>(), [LiveEvent::Opening, LiveEvent::Running]);
    loop {
        let shown = shown_after(&session, 1);
        if shown.image.pixels()[0] == 2 && !shown.result.faces.is_empty() {
            assert_ne!(shown.result.faces[0].track, 1, "whoever is there now may be somebody else");
            break;
        }
    }
}

#[test]
fn a_file_that_breaks_is_not_tried_again() {
    let mut adapters = adapters(&fakes());
    adapters.sources = scripts([vec![Turn::Frame(1), Turn::Break]]);
    let (_session, events) = start(&adapters, engine(&adapters), FrameAddress::File("clip.avi".into()));
    let failed = events.iter().find_map(|event| match event {
        LiveEvent::Failed(message) => Some(message),
        _ => None,
    });
    assert!(failed.unwrap().contains("unplugged"));
}

#[test]
fn closing_ends_a_source_that_hangs() {
    let mut adapters = adapters(&fakes());
    adapters.sources = scripts([vec![Turn::Frame(1), Turn::Hang]]);
    let (session, _events) = start(&adapters, engine(&adapters), FrameAddress::Camera(0));
    shown_after(&session, 0);
    drop(session);
}

#[test]
fn below_the_confidence_that_was_set_it_is_not_sure() {
    let mut adapters = adapters(&fakes());
    adapters.sources = scripts([vec![Turn::Endless(1)]]);
    let (session, _events) = start(&adapters, engine(&adapters), FrameAddress::Camera(0));
    let sure = |session: &LiveSession, after: u32| {
        let shown = shown_after(session, after);
        (shown.result.frame, shown.result.faces.first().map(|face| (face.label.clone(), face.sure)))
    };
    let (mut frame, mut seen) = sure(&session, 0);
    while seen != Some((Some("ffp2".to_owned()), true)) {
        (frame, seen) = sure(&session, frame);
    }
    session.set_min_confidence(0.95);
    while seen != Some((Some("ffp2".to_owned()), false)) {
        (frame, seen) = sure(&session, frame);
    }
}

#[test]
fn in_step_the_same_frames_give_the_same_answers() {
    let adapters = adapters(&fakes());
    let run = || {
        let mut engine = engine(&adapters).in_step();
        let frames = (0..40u8).map(|grey| Arc::new(RgbImage::filled(SIZE, [grey; 3])));
        let results =
            frames.enumerate().map(|(n, image)| engine.process(&image, n as f64 / 30.0, Instant::now()).unwrap());
        results.map(|result| (result.frame, result.faces)).collect::<Vec<_>>()
    };
    let first = run();
    assert_eq!(first, run());
    assert!(first.iter().all(|(_, faces)| faces.len() == 1), "also in the very first frame");
}

#[test]
fn a_detector_that_fails_is_said_and_ends_the_view() {
    struct Failing;
    impl Detector for Failing {
        fn name(&self) -> &'static str {
            "failing"
        }
        fn detect(&mut self, _: &RgbImage, _: f64) -> Result<Vec<bauta_domain::Detection>, PortError> {
            panic!("a mistake")
        }
        fn default_min_score(&self) -> f64 {
            0.5
        }
    }
    let mut adapters = adapters(&fakes());
    adapters.sources = scripts([vec![Turn::Endless(1)]]);
    let engine = LiveEngine::new(Box::new(Failing), None, &adapters).unwrap();
    let (_session, events) = start(&adapters, engine, FrameAddress::Camera(0));
    let failed = events.iter().find_map(|event| match event {
        LiveEvent::Failed(message) => Some(message),
        _ => None,
    });
    assert!(failed.unwrap().contains("mistake in the program"));
}

/// Does it again and again until it holds; a minute is more than any thread needs.
fn until(mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never came");
    }
}

/// Frames of another grey are another scene.
struct Scenes;

impl Follower for Scenes {
    fn shrink(&self, image: &RgbImage) -> GreyPyramid {
        GreyPyramid { planes: Vec::new(), step: f64::from(image.pixels()[0]) }
    }
    fn follow(&self, _: &GreyPyramid, _: &BoundingBox, _: &GreyPyramid, near: &BoundingBox) -> Option<Followed> {
        Some(Followed { bbox: *near, correlation: 1.0 })
    }
    fn likeness(&self, a: &GreyPyramid, b: &GreyPyramid) -> f64 {
        f64::from(u8::from(a.step.total_cmp(&b.step).is_eq()))
    }
}

#[test]
fn faces_lost_while_the_detector_is_busy_are_looked_for_as_soon_as_it_is_free() {
    /// Says when it begins and answers when it may.
    struct Gated(mpsc::Sender<()>, Receiver<()>);
    impl Detector for Gated {
        fn name(&self) -> &'static str {
            "gated"
        }
        fn detect(&mut self, _: &RgbImage, _: f64) -> Result<Vec<bauta_domain::Detection>, PortError> {
            let _ = self.0.send(());
            Ok(self.1.recv().map(|()| vec![face(10.0, 10.0, 60.0, 60.0, 0.9)]).unwrap_or_default())
        }
        fn default_min_score(&self) -> f64 {
            0.5
        }
    }
    let ((began, asked), (go, gate)) = (mpsc::channel(), mpsc::channel());
    let mut adapters = adapters(&fakes());
    adapters.follower = Arc::new(Scenes);
    let mut engine = LiveEngine::new(Box::new(Gated(began, gate)), None, &adapters).unwrap();
    // It goes before the engine, which waits for its detector.
    let go = go;
    let mut faces = |grey: u8, time: f64| {
        engine.process(&Arc::new(RgbImage::filled(SIZE, [grey; 3])), time, Instant::now()).unwrap().faces.len()
    };
    go.send(()).unwrap();
    until(|| faces(1, 0.0) == 1);
    asked.recv().unwrap();
    // Busy with a frame of the first scene when the second one begins.
    faces(1, 1.0);
    asked.recv().unwrap();
    assert_eq!(faces(2, 1.01), 0);
    go.send(()).unwrap();
    // The time stands still: it is not the next look's turn.
    until(|| {
        assert_eq!(faces(2, 1.02), 0, "what it saw was of the first scene");
        asked.try_recv().is_ok()
    });
    go.send(()).unwrap();
    until(|| faces(2, 1.02) == 1);
}

/// A program with an open project of two categories, watching an endless source.
fn watching(folder: &Path) -> (Workspace, Arc<Project>, Arc<Fakes>) {
    let fakes = fakes();
    *fakes.faces.lock().unwrap() = vec![face(10.0, 10.0, 60.0, 60.0, 0.9), face(100.0, 10.0, 160.0, 70.0, 0.8)];
    let mut adapters = adapters(&fakes);
    adapters.sources = scripts([vec![Turn::Endless(7)], vec![Turn::Endless(7)]]);
    let workspace = Workspace::new(adapters, folder.join("data"));
    let project = workspace.create_project(&folder.join("masks.bauta")).unwrap();
    project.add_category("ffp2").unwrap();
    project.add_category("no_mask").unwrap();
    workspace.load_model("good.onnx".as_ref()).unwrap();
    let (events, _heard) = listener();
    workspace.start_live(FrameAddress::Camera(0), "fake", 0.6, &events).unwrap();
    (workspace, project, fakes)
}

fn with_faces(workspace: &Workspace, after: u32) -> Arc<Shown> {
    let live = workspace.live().unwrap();
    let mut shown = shown_after(live.session(), after);
    while shown.result.faces.len() < 2 {
        shown = shown_after(live.session(), shown.result.frame);
    }
    shown
}

#[test]
fn a_face_becomes_an_accepted_box_and_its_frame_an_image_of_the_project() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, project, _fakes) = watching(folder.path());
    let [ffp2, no_mask] = [0, 1].map(|index| project.categories().unwrap()[index].id);
    let shown = with_faces(&workspace, 0);
    let (frame, faces) = (shown.result.frame, &shown.result.faces);
    let saved = workspace.save_live_face(frame, faces[0].track, ffp2, 1).unwrap();
    let again = workspace.save_live_face(frame, faces[1].track, no_mask, 2).unwrap();
    assert_eq!(saved.row.id, again.row.id, "two faces of one frame are two boxes of one image");
    assert_eq!(again.categories.iter().map(|c| c.boxes).collect::<Vec<_>>(), [1, 1]);
    let image = project.open_image(saved.row.id).unwrap();
    let [first, second] = image.annotations.as_slice() else { panic!("{:?}", image.annotations) };
    assert_eq!((first.category, first.state, first.bbox), (Some(ffp2), AnnotationState::Accepted, faces[0].bbox));
    assert_eq!((second.category, second.bbox), (Some(no_mask), faces[1].bbox));
    assert!(matches!(&first.source, Source::Detected { detector, .. } if detector == "fake"));
    let path = project.image_path(saved.row.id).unwrap();
    assert!(path.is_file() && path.starts_with(folder.path().join("masks camera")), "{}", path.display());
    assert_eq!(project.view().unwrap().images.len(), 1);
}

#[test]
fn frames_of_one_burst_are_one_group_for_the_split() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, project, _fakes) = watching(folder.path());
    let ffp2 = project.categories().unwrap()[0].id;
    let mut frame = 0;
    for burst in [1, 1, 2] {
        let shown = with_faces(&workspace, frame);
        frame = shown.result.frame;
        workspace.save_live_face(frame, shown.result.faces[0].track, ffp2, burst).unwrap();
    }
    let groups: Vec<_> = project.dataset().unwrap().samples.into_iter().map(|sample| sample.group).collect();
    assert_eq!(groups.len(), 3);
    assert!(groups[0] == groups[1] && groups[1] != groups[2], "{groups:?}");
}

#[test]
fn a_face_that_is_not_on_the_screen_cannot_be_saved() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, project, _fakes) = watching(folder.path());
    let ffp2 = project.categories().unwrap()[0].id;
    let shown = with_faces(&workspace, 0);
    for (frame, track) in [(shown.result.frame + 100_000, 1), (shown.result.frame, 99)] {
        let message = workspace.save_live_face(frame, track, ffp2, 1).unwrap_err().to_string();
        assert!(message.contains("press the key while the face is shown"), "{message}");
    }
    assert!(project.view().unwrap().images.is_empty());
}

#[test]
fn doubtful_frames_are_collected_as_proposals_with_the_models_guess() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, project, fakes) = watching(folder.path());
    *fakes.answer.lock().unwrap() = vec![0.55, 0.45];
    let (events, _heard) = listener();
    workspace.start_live(FrameAddress::Camera(0), "fake", 0.6, &events).unwrap();
    let (sender, collected) = mpsc::channel();
    workspace.collect_doubts(true, Box::new(move |outcome| drop(sender.send(outcome)))).unwrap();
    let saved = collected.recv().unwrap().unwrap();
    workspace.stop_live();
    let image = project.open_image(saved.row.id).unwrap();
    assert!(!image.annotations.is_empty());
    for proposal in &image.annotations {
        assert_eq!((proposal.state, proposal.category), (AnnotationState::Proposed, None));
        let guess = proposal.suggestion.as_ref().unwrap();
        assert!(guess.label == "ffp2" && (guess.confidence - 0.55).abs() < 1e-6, "{guess:?}");
    }
    assert!(project.dataset().unwrap().samples.is_empty(), "nothing is learned from what nobody accepted");
}

#[test]
fn a_snapshot_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, _project, _fakes) = watching(folder.path());
    let png = b"\x89PNG\r\n\x1a\n...";
    let pictures = folder.path().join("Pictures/Bauta");
    let [first, second] = [0, 1].map(|_| workspace.save_snapshot(&pictures, png).unwrap());
    assert!(first != second && first.is_file() && second.is_file());
    assert!(workspace.save_snapshot(&pictures, b"text").is_err());
}

#[test]
fn the_video_of_last_time_is_offered_again_while_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let clip = folder.path().join("walk.mp4");
    std::fs::write(&clip, b"").unwrap();
    let workspace = || Workspace::new(adapters(&fakes()), folder.path().join("data"));
    assert_eq!(workspace().last_video(), None);
    workspace().choose_video(clip.clone());
    let later = workspace();
    assert_eq!(later.last_video().as_deref(), Some("walk.mp4"));
    assert_eq!(later.video().unwrap(), FrameAddress::File(clip.clone()));
    std::fs::remove_file(clip).unwrap();
    assert_eq!(workspace().last_video(), None);
}
