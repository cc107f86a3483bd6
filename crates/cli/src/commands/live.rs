//! `bauta live`: every frame of a file as fast as it goes, or the newest frames of a camera or a stream.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use bauta_app::{
    Adapters,
    live::{LiveEngine, LiveEvent, LiveListener, LiveSession},
};
use bauta_domain::{
    LiveFace, LiveResult,
    ports::{CancelToken, FrameAddress},
};
use serde_json::json;

use crate::{arguments::Live, output};

pub(crate) fn run(adapters: &Adapters, arguments: &Live, cancel: &CancelToken) -> anyhow::Result<()> {
    let threads = bauta_app::cores().div_ceil(2);
    let open = |error| anyhow::Error::from_boxed(error);
    let classifier = adapters.models.open_classifier(&arguments.model, threads).map_err(open)?;
    let detector = adapters.models.open_detector(arguments.detector.id(), threads).map_err(open)?;
    let mut engine = LiveEngine::new(detector, Some(classifier), adapters)?;
    engine.set_min_confidence(arguments.min_confidence);
    let mut printed = Printed { started: Instant::now(), frames: 0, faces: 0, arguments };
    match address(&arguments.camera) {
        FrameAddress::File(path) => whole_file(adapters, &path, engine.in_step(), &mut printed, cancel)?,
        source => newest_frames(adapters, source, engine, &mut printed, cancel)?,
    }
    printed.end()
}

/// Every frame, with the same answers each time.
fn whole_file(
    adapters: &Adapters,
    path: &std::path::Path,
    mut engine: LiveEngine,
    printed: &mut Printed<'_>,
    cancel: &CancelToken,
) -> anyhow::Result<()> {
    let open = |error| anyhow::Error::from_boxed(error);
    let mut source = adapters.sources.open(&FrameAddress::File(path.to_owned()), cancel).map_err(open)?;
    let per_second = source.frames_per_second().filter(|fps| *fps > 0.0);
    while !cancel.is_cancelled() && printed.wants_more() {
        let image = match source.next_frame() {
            Ok(Some(image)) => Arc::new(image),
            Ok(None) => break,
            Err(_) if cancel.is_cancelled() => break,
            Err(error) => return Err(open(error)),
        };
        let elapsed = printed.started.elapsed().as_secs_f64();
        let time = per_second.map_or(elapsed, |fps| f64::from(printed.frames) / fps);
        printed.print(&engine.process(&image, time, Instant::now())?)?;
    }
    Ok(())
}

/// What the window would show: frames that come while the engine works are left out, and a source that breaks is tried
/// again. One that was never there is an error.
fn newest_frames(
    adapters: &Adapters,
    source: FrameAddress,
    engine: LiveEngine,
    printed: &mut Printed<'_>,
    cancel: &CancelToken,
) -> anyhow::Result<()> {
    let refused: Arc<Mutex<Option<String>>> = Arc::default();
    let (heard, ran) = (Arc::clone(&refused), Mutex::new(false));
    let events: LiveListener = Arc::new(move |event| {
        let mut ran = ran.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            LiveEvent::Running => *ran = true,
            LiveEvent::Waiting { message, seconds } if *ran => {
                output::note(&format!("{message}; trying again in {seconds} s"));
            }
            LiveEvent::Waiting { message, .. } | LiveEvent::Failed(message) => {
                *heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(message);
            }
            LiveEvent::Opening | LiveEvent::Ended => {}
        }
    });
    let session = LiveSession::start(Arc::clone(&adapters.sources), source, engine, &events, Box::new(|_| {}));
    let mut last = 0;
    while !cancel.is_cancelled() && printed.wants_more() {
        if let Some(message) = refused.lock().unwrap_or_else(PoisonError::into_inner).take() {
            anyhow::bail!(message);
        }
        if let Some(shown) = session.newest(last) {
            last = shown.result.frame;
            printed.print(&shown.result)?;
        }
    }
    Ok(())
}

/// A number is a camera, something with `://` a stream, anything else a file.
pub(crate) fn address(text: &str) -> FrameAddress {
    match text.parse() {
        Ok(index) => FrameAddress::Camera(index),
        Err(_) if text.contains("://") => FrameAddress::Url(text.to_owned()),
        Err(_) => FrameAddress::File(PathBuf::from(text)),
    }
}

/// What was printed so far.
struct Printed<'a> {
    started: Instant,
    frames: u32,
    faces: usize,
    arguments: &'a Live,
}

impl Printed<'_> {
    fn wants_more(&self) -> bool {
        self.arguments.max_frames.is_none_or(|most| self.frames < most)
    }

    fn print(&mut self, result: &LiveResult) -> anyhow::Result<()> {
        self.frames += 1;
        self.faces += result.faces.len();
        if self.arguments.json { as_json(result) } else { as_text(result) }
    }

    fn end(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.frames > 0 || !self.wants_more(), "{} gave no pictures", self.arguments.camera);
        if !self.arguments.json {
            let (frames, faces) = (self.frames, self.faces);
            let rate = f64::from(frames) / self.started.elapsed().as_secs_f64().max(1e-9);
            output::note(&format!("{frames} frame(s), {faces} face(s), {rate:.1} frames a second"));
        }
        Ok(())
    }
}

fn as_json(result: &LiveResult) -> anyhow::Result<()> {
    let face = |face: &LiveFace| {
        let b = &face.bbox;
        json!({
            "track": face.track, "x1": b.x1(), "y1": b.y1(), "x2": b.x2(), "y2": b.y2(),
            "label": face.label.as_ref().filter(|_| face.sure), "guess": face.label, "confidence": face.confidence,
        })
    };
    let faces: Vec<_> = result.faces.iter().map(face).collect();
    let milliseconds = json!({
        "follow": result.follow_millis, "detect": result.detect_millis, "classify": result.classify_millis,
        "latency": result.latency_millis,
    });
    output::json(&json!({
        "frame": result.frame, "time": result.time, "width": result.size.width, "height": result.size.height,
        "faces": faces, "milliseconds": milliseconds,
    }))
}

fn as_text(result: &LiveResult) -> anyhow::Result<()> {
    let face = |face: &LiveFace| match &face.label {
        Some(label) if face.sure => format!("#{} {label} ({:.0} %)", face.track, face.confidence * 100.0),
        Some(label) => format!("#{} not sure ({label}? {:.0} %)", face.track, face.confidence * 100.0),
        None => format!("#{} face", face.track),
    };
    let faces: Vec<String> = result.faces.iter().map(face).collect();
    output::line(&format!("{:7.2} s  frame {}: {}", result.time, result.frame, faces.join(", ")));
    Ok(())
}
