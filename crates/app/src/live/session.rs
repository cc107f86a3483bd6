//! The engine on a source, in the background. Two threads and two slots of one: a slow model or a slow screen drops
//! frames, and never delays them.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use bauta_domain::{
    LiveResult, RgbImage,
    ports::{CancelToken, FrameAddress, FrameSources},
};

use super::{engine::LiveEngine, playing::play};

/// Frames that were handed out and are kept, so that a face of the one on the screen can still be saved: the next one
/// may have been fetched already.
const HANDED_OUT: usize = 2;

/// A frame with its boxes.
#[derive(Debug)]
pub struct Shown {
    /// The picture.
    pub image: Arc<RgbImage>,
    /// Its boxes.
    pub result: LiveResult,
}

/// What happens to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveEvent {
    /// The source is being opened.
    Opening,
    /// The first frame since it was opened was shown.
    Running,
    /// The source cannot be had or is gone: the message says why, and it is tried again in so many seconds.
    Waiting {
        /// What happened, and what helps.
        message: String,
        /// Until the next try.
        seconds: u32,
    },
    /// The file is at its end.
    Ended,
    /// The source or a model failed for good; the message has the remedy.
    Failed(String),
}

/// Hears what happens, from the session's threads.
pub type LiveListener = Arc<dyn Fn(LiveEvent) + Send + Sync>;

/// Sees every frame with its boxes, on the engine's thread: it must be quick.
pub type LiveWatcher = Box<dyn FnMut(&Arc<Shown>) + Send>;

/// A running live view. Dropping it stops the threads and waits for them.
pub struct LiveSession {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

pub(super) struct Shared {
    pub cancel: CancelToken,
    pub state: Mutex<State>,
    pub changed: Condvar,
}

pub(super) struct State {
    /// Newest frame that nobody looked at yet.
    pub waiting: Option<Waiting>,
    newest: Option<Arc<Shown>>,
    handed_out: VecDeque<Arc<Shown>>,
    min_confidence: f64,
    /// The source is to be tried again now.
    pub retry: bool,
    /// No more frames will come.
    ended: bool,
}

/// A frame on its way to the engine.
pub(super) struct Waiting {
    pub image: Arc<RgbImage>,
    /// Seconds since the source was opened.
    pub time: f64,
    pub arrived: Instant,
    /// How often the source was opened until then.
    pub opened: u32,
}

impl Shared {
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `ready`, a stop, or so long.
    pub fn wait<'a>(
        &self,
        state: MutexGuard<'a, State>,
        most: Duration,
        ready: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        let waiting = |state: &mut State| !ready(state) && !self.cancel.is_cancelled();
        let result = self.changed.wait_timeout_while(state, most, waiting);
        result.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl LiveSession {
    /// Opens the source at `address` and shows it. A file is played at its own speed; a camera or a stream that is not
    /// there, or goes away, is tried again and again. `events` and `watch` are called from the threads.
    pub fn start(
        sources: Arc<dyn FrameSources>,
        address: FrameAddress,
        engine: LiveEngine,
        events: &LiveListener,
        watch: LiveWatcher,
    ) -> Self {
        let state = State {
            waiting: None,
            newest: None,
            handed_out: VecDeque::new(),
            min_confidence: engine.min_confidence(),
            retry: false,
            ended: false,
        };
        let shared =
            Arc::new(Shared { cancel: CancelToken::default(), state: Mutex::new(state), changed: Condvar::new() });
        let (for_playing, for_looking) = (Arc::clone(&shared), Arc::clone(&shared));
        let (playing_events, looking_events) = (Arc::clone(events), Arc::clone(events));
        let playing = move || play(sources.as_ref(), &address, &for_playing, playing_events.as_ref());
        let looking = move || look(engine, &for_looking, looking_events.as_ref(), watch);
        let threads = [spawn("live-capture", &shared, events, playing), spawn("live-engine", &shared, events, looking)];
        Self { shared, threads: threads.into_iter().flatten().collect() }
    }

    /// The newest frame with a number above `after`; waits for it for half a second at most.
    pub fn newest(&self, after: u32) -> Option<Arc<Shown>> {
        let is_newer = |shown: &Arc<Shown>| shown.result.frame > after;
        let state = self.shared.lock();
        let ready = |state: &State| state.ended || state.newest.as_ref().is_some_and(is_newer);
        let mut state = self.shared.wait(state, Duration::from_millis(500), ready);
        let newest = state.newest.clone().filter(is_newer)?;
        state.handed_out.push_back(Arc::clone(&newest));
        if state.handed_out.len() > HANDED_OUT {
            state.handed_out.pop_front();
        }
        Some(newest)
    }

    /// The frame of this number, if it is one of the last that [`newest`](Self::newest) gave.
    pub fn handed_out(&self, frame: u32) -> Option<Arc<Shown>> {
        self.shared.lock().handed_out.iter().find(|shown| shown.result.frame == frame).cloned()
    }

    /// From which probability (0 to 1) on a label is said to be sure, from the next frame on.
    pub fn set_min_confidence(&self, min_confidence: f64) {
        self.shared.lock().min_confidence = min_confidence;
    }

    /// Tries a source that is waited for at once.
    pub fn retry_now(&self) {
        self.shared.lock().retry = true;
        self.shared.changed.notify_all();
    }

    /// Whether it goes on by itself: not at its end, and not failed.
    pub fn is_running(&self) -> bool {
        !self.shared.lock().ended && !self.shared.cancel.is_cancelled()
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

/// Runs `work` on a thread; an error or a panic ends the session with a message instead of taking the window down.
fn spawn(
    name: &str,
    shared: &Arc<Shared>,
    events: &LiveListener,
    work: impl FnOnce() -> Result<(), String> + Send + 'static,
) -> Option<JoinHandle<()>> {
    let (shared, events) = (Arc::clone(shared), Arc::clone(events));
    let guarded = move || {
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
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(guarded).ok()
}

fn look(
    mut engine: LiveEngine,
    shared: &Shared,
    events: &(dyn Fn(LiveEvent) + Send + Sync),
    mut watch: LiveWatcher,
) -> Result<(), String> {
    let mut opened = 0;
    while !shared.cancel.is_cancelled() {
        let (frame, ended, min_confidence) = {
            let state = shared.lock();
            let mut state =
                shared.wait(state, Duration::from_millis(500), |state| state.waiting.is_some() || state.ended);
            (state.waiting.take(), state.ended, state.min_confidence)
        };
        match frame {
            Some(Waiting { image, time, arrived, opened: now_opened }) => {
                let is_first = now_opened != std::mem::replace(&mut opened, now_opened);
                if is_first {
                    engine.begin_again();
                }
                engine.set_min_confidence(min_confidence);
                let result = engine.process(&image, time, arrived).map_err(|error| error.full_message())?;
                let shown = Arc::new(Shown { image, result });
                watch(&shown);
                shared.lock().newest = Some(shown);
                shared.changed.notify_all();
                if is_first {
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
