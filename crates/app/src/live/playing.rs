//! Frames from a source into the newest-frame slot, for as long as there are any: a file at its own speed, a camera or a
//! stream again and again when it is gone.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bauta_domain::ports::{FrameAddress, FrameSource, FrameSources};

use super::{
    LiveEvent,
    session::{Shared, Waiting},
};
use crate::error::said;

/// Seconds until a source that is gone is tried again: soon at first, since a plug may only have come loose.
const WAITS: [u32; 5] = [2, 3, 5, 8, 10];

/// How the playing of a source came to its end.
enum Stopped {
    /// There is no more of it, or nobody wants more.
    Ended,
    /// It cannot be had, or is gone; whether frames had come.
    Gone { message: String, had_frames: bool },
}

/// Plays the source until it ends, is gone for good, or the session is stopped.
pub(super) fn play(
    sources: &dyn FrameSources,
    address: &FrameAddress,
    shared: &Shared,
    events: &(dyn Fn(LiveEvent) + Send + Sync),
) -> Result<(), String> {
    let mut failures = 0;
    for opened in 1.. {
        events(LiveEvent::Opening);
        let (message, had_frames) = match play_once(sources, address, shared, opened) {
            Stopped::Ended => return Ok(()),
            Stopped::Gone { .. } if shared.cancel.is_cancelled() => return Ok(()),
            Stopped::Gone { message, had_frames } => (message, had_frames),
        };
        if !address.comes_back() {
            return Err(message);
        }
        failures = if had_frames { 1 } else { failures + 1 };
        let seconds = WAITS[(failures - 1).min(WAITS.len() - 1)];
        // Before it is told: who hears of it may ask for a try at once.
        shared.lock().retry = false;
        events(LiveEvent::Waiting { message, seconds });
        let state = shared.lock();
        drop(shared.wait(state, Duration::from_secs(seconds.into()), |state| state.retry));
        if shared.cancel.is_cancelled() {
            return Ok(());
        }
    }
    Ok(())
}

fn play_once(sources: &dyn FrameSources, address: &FrameAddress, shared: &Shared, opened: u32) -> Stopped {
    let mut source = match sources.open(address, &shared.cancel) {
        Ok(source) => source,
        Err(error) => return Stopped::Gone { message: said(&error), had_frames: false },
    };
    let mut frames = 0u32;
    let started = Instant::now();
    let interval = interval(source.as_ref());
    while !shared.cancel.is_cancelled() {
        let image = match source.next_frame() {
            Ok(Some(image)) => Arc::new(image),
            Ok(None) => return Stopped::Ended,
            Err(error) => return Stopped::Gone { message: said(&error), had_frames: frames > 0 },
        };
        let mut time = started.elapsed().as_secs_f64();
        if let Some(interval) = interval {
            // A file hands out frames as fast as they are read: show each at its own time.
            time = f64::from(frames) * interval;
            std::thread::sleep(Duration::from_secs_f64(time).saturating_sub(started.elapsed()));
        }
        frames += 1;
        shared.lock().waiting = Some(Waiting { image, time, arrived: Instant::now(), opened });
        shared.changed.notify_all();
    }
    Stopped::Ended
}

/// Seconds from one frame to the next, of a source whose frames wait.
fn interval(source: &dyn FrameSource) -> Option<f64> {
    source.frames_per_second().filter(|fps| *fps > 0.0 && source.waits_for_reader()).map(|fps| 1.0 / fps)
}
