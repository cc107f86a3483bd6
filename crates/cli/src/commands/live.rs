//! `bauta live`: every frame of a file as fast as it goes, or the newest frames of a camera.

use std::{path::PathBuf, sync::Arc, time::Instant};

use bauta_app::{Adapters, live::LiveEngine};
use bauta_domain::{
    LiveResult,
    ports::{CancelToken, FrameAddress},
};
use serde_json::json;

use crate::{arguments::Live, output};

pub(crate) fn run(adapters: &Adapters, arguments: &Live, cancel: &CancelToken) -> anyhow::Result<()> {
    let threads = bauta_app::cores();
    let open = |error| anyhow::Error::from_boxed(error);
    let classifier = adapters.models.open_classifier(&arguments.model, threads).map_err(open)?;
    let detector = adapters.models.open_detector(arguments.detector.id(), threads).map_err(open)?;
    let mut source = adapters.sources.open(&address(&arguments.camera)).map_err(open)?;
    let mut engine = LiveEngine::new(detector, Some(classifier), Arc::clone(&adapters.cropper));
    let started = Instant::now();
    let (mut frames, mut faces) = (0u32, 0usize);
    while !cancel.is_cancelled() && arguments.max_frames.is_none_or(|most| frames < most) {
        let Some(image) = source.next_frame().map_err(open)? else { break };
        let elapsed = started.elapsed().as_secs_f64();
        let per_second = source.frames_per_second().filter(|fps| *fps > 0.0 && source.waits_for_reader());
        let time = per_second.map_or(elapsed, |fps| f64::from(frames) / fps);
        let result = engine.process(&image, time)?;
        frames += 1;
        faces += result.faces.len();
        print(&result, arguments.json)?;
    }
    let seconds = started.elapsed().as_secs_f64();
    anyhow::ensure!(frames > 0, "{} gave no pictures", arguments.camera);
    if !arguments.json {
        let rate = f64::from(frames) / seconds.max(1e-9);
        output::note(&format!("{frames} frame(s), {faces} face(s), {rate:.1} frames a second"));
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

fn print(result: &LiveResult, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let face = |face: &bauta_domain::LiveFace| {
            let b = &face.bbox;
            json!({
                "track": face.track, "x1": b.x1(), "y1": b.y1(), "x2": b.x2(), "y2": b.y2(),
                "label": face.label, "confidence": face.confidence,
            })
        };
        let faces: Vec<_> = result.faces.iter().map(face).collect();
        let milliseconds = json!({"detect": result.detect_millis, "classify": result.classify_millis});
        return output::json(
            &json!({"frame": result.frame, "time": result.time, "faces": faces, "milliseconds": milliseconds}),
        );
    }
    let face = |face: &bauta_domain::LiveFace| {
        format!("#{} {} ({:.0} %)", face.track, face.label.as_deref().unwrap_or("?"), face.confidence * 100.0)
    };
    let faces: Vec<String> = result.faces.iter().map(face).collect();
    output::line(&format!("{:7.2} s  frame {}: {}", result.time, result.frame, faces.join(", ")));
    Ok(())
}
