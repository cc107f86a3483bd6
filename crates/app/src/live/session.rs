//! The engine on a source, in the background. Two threads and two slots of one: a slow model or a slow
//! screen drops frames, and never delays them.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use bauta_domain::{
    LiveResult, RgbImage,
    ports::{CancelToken, FrameSource},
};

use super::engine::LiveEngine;
use crate::error::said;

/// A frame with its boxes.
pub struct Shown {
    /// The picture.
    pub image: RgbImage,
    /// Its boxes.
    pub result: LiveResult,
}

/// What happens to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveEvent {
    /// The first frame was shown.
    Running,
    /// The file is at its end.
    Ended,
    /// The source or a model failed; the message has the remedy.
    Failed(String),
}

/// A running live view. Dropping it stops the threads and waits for them.
pub struct LiveSession {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    cancel: CancelToken,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Newest frame that nobody looked at yet, with its time.
    waiting: Option<(RgbImage, f64)>,
    newest: Option<Arc<Shown>>,
    /// No more frames will come.
    ended: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `ready`, a stop, or half a second (so that nobody waits for ever).
    fn wait<'a>(&self, state: MutexGuard<'a, State>, ready: impl Fn(&State) -> bool) -> MutexGuard<'a, State> {
        let waiting = |state: &mut State| !ready(state) && !self.cancel.is_cancelled();
        let result = self.changed.wait_timeout_while(state, Duration::from_millis(500), waiting);
        result.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl LiveSession {
    /// Starts to show `source`. A file is played at its own speed. `events` is called from the threads.
    pub fn start(
        source: Box<dyn FrameSource>,
        engine: LiveEngine,
        events: Arc<dyn Fn(LiveEvent) + Send + Sync>,
    ) -> Self {
        let shared =
            Arc::new(Shared { cancel: CancelToken::default(), state: Mutex::default(), changed: Condvar::new() });
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new().name(name.to_owned()).spawn(work).ok()
        };
        let (for_capture, for_engine) = (Arc::clone(&shared), Arc::clone(&shared));
        let (capture_events, engine_events) = (Arc::clone(&events), events);
        let capture = guarded(move || capture(source, &for_capture), Arc::clone(&shared), capture_events);
        let look = {
            let events = Arc::clone(&engine_events);
            guarded(move || look(engine, &for_engine, events.as_ref()), Arc::clone(&shared), engine_events)
        };
        let threads = [spawn("live-capture", Box::new(capture)), spawn("live-engine", Box::new(look))];
        Self { shared, threads: threads.into_iter().flatten().collect() }
    }

    /// The newest frame with a number above `after`; waits for it for half a second at most.
    pub fn newest(&self, after: u32) -> Option<Arc<Shown>> {
        let is_newer = |shown: &Arc<Shown>| shown.result.frame > after;
        let state = self.shared.lock();
        let state = self.shared.wait(state, |state| state.ended || state.newest.as_ref().is_some_and(is_newer));
        state.newest.clone().filter(is_newer)
    }
}

impl Drop for LiveSession {
    fn drop(&mut self) {
        self.shared.cancel.cancel();
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            // Panics inside were caught and reported already.
            let _ = thread.join();
        }
    }
}

/// Runs `work`; an error or a panic ends the session with a message instead of taking the window down.
fn guarded(
    work: impl FnOnce() -> Result<(), String>,
    shared: Arc<Shared>,
    events: Arc<dyn Fn(LiveEvent) + Send + Sync>,
) -> impl FnOnce() {
    move || {
        let outcome = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err("the live view met a mistake in the program; start it again".to_owned()));
        shared.lock().ended = true;
        shared.changed.notify_all();
        if let Err(message) = outcome
            && !shared.cancel.is_cancelled()
        {
            shared.cancel.cancel();
            shared.changed.notify_all();
            events(LiveEvent::Failed(message));
        }
    }
}

fn capture(mut source: Box<dyn FrameSource>, shared: &Shared) -> Result<(), String> {
    let started = Instant::now();
    let interval =
        source.frames_per_second().filter(|fps| *fps > 0.0 && source.waits_for_reader()).map(|fps| 1.0 / fps);
    let mut frames = 0u32;
    while !shared.cancel.is_cancelled() {
        let Some(image) = source.next_frame().map_err(|error| said(&error))? else { break };
        let time = interval.map_or_else(|| started.elapsed().as_secs_f64(), |interval| f64::from(frames) * interval);
        frames += 1;
        if interval.is_some() {
            // A file hands out frames as fast as they are read: show each at its own time.
            let early = Duration::from_secs_f64(time).saturating_sub(started.elapsed());
            std::thread::sleep(early);
        }
        shared.lock().waiting = Some((image, time));
        shared.changed.notify_all();
    }
    Ok(())
}

fn look(mut engine: LiveEngine, shared: &Shared, events: &(dyn Fn(LiveEvent) + Send + Sync)) -> Result<(), String> {
    let mut running = false;
    while !shared.cancel.is_cancelled() {
        let (frame, ended) = {
            let state = shared.lock();
            let mut state = shared.wait(state, |state| state.waiting.is_some() || state.ended);
            (state.waiting.take(), state.ended)
        };
        match frame {
            Some((image, time)) => {
                let result = engine.process(&image, time).map_err(|error| error.full_message())?;
                shared.lock().newest = Some(Arc::new(Shown { image, result }));
                shared.changed.notify_all();
                if !std::mem::replace(&mut running, true) {
                    events(LiveEvent::Running);
                }
            }
            None if ended => {
                events(LiveEvent::Ended);
                return Ok(());
            }
            None => {}
        }
    }
    Ok(())
}
