//! Ends a running program that nobody wants any more, or that says nothing for too long, while another thread waits for
//! what it says: reading from a pipe cannot be interrupted otherwise.

use std::{
    process::{Child, ExitStatus},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use bauta_domain::ports::CancelToken;

/// How soon a stop is noticed.
const GLANCE: Duration = Duration::from_millis(50);

/// How long to wait for the program to say something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Patience {
    /// So many seconds.
    Seconds(u64),
    /// As long as it takes.
    Endless,
}

/// A child process under watch; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    child: Child,
    /// Since when it is waited for, and how long it is going to be.
    waiting: Option<(Instant, u64)>,
    lost_patience: Option<u64>,
    over: bool,
}

impl Watch {
    /// Watches a child until it is dropped, or ends it when `cancel` says so.
    pub fn over(child: Child, cancel: CancelToken) -> Self {
        let state = Mutex::new(State { child, waiting: None, lost_patience: None, over: false });
        let shared = Arc::new(Shared { state, changed: Condvar::new() });
        let watched = Arc::clone(&shared);
        // Without the thread, a program that hangs is ended when its source is closed only.
        let thread = std::thread::Builder::new().name("capture-watch".to_owned()).spawn(move || watched.watch(&cancel));
        Self { shared, thread: thread.ok() }
    }

    /// From now on somebody waits for what it says.
    pub fn waiting(&self, patience: Patience) {
        if let Patience::Seconds(seconds) = patience {
            self.shared.lock().waiting = Some((Instant::now(), seconds));
        }
    }

    /// It said something.
    pub fn heard(&self) {
        self.shared.lock().waiting = None;
    }

    /// After how many seconds it was ended because it said nothing, if it was.
    pub fn lost_patience(&self) -> Option<u64> {
        self.shared.lock().lost_patience
    }

    /// How it ended, if it has.
    pub fn status(&self) -> Option<ExitStatus> {
        self.shared.lock().child.try_wait().ok().flatten()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watch(&self, cancel: &CancelToken) {
        let mut state = self.lock();
        while !state.over {
            let silent = state.waiting.filter(|(since, seconds)| since.elapsed().as_secs() >= *seconds);
            state.lost_patience = silent.map(|(_, seconds)| seconds);
            if silent.is_some() || cancel.is_cancelled() {
                // When it has ended already, this fails, rightly.
                let _ = state.child.kill();
                return;
            }
            state = self.changed.wait_timeout(state, GLANCE).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        {
            let mut state = self.shared.lock();
            state.over = true;
            // It may be waiting for a camera or a network. When it has ended already, both fail, rightly.
            let _ = state.child.kill();
            let _ = state.child.wait();
        }
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::{
        io::Read,
        process::{Command, Stdio},
    };

    use super::*;

    /// A program that says nothing for a minute, and what it says.
    fn silent() -> (Child, std::process::ChildStdout) {
        let mut child = Command::new("sleep").arg("60").stdout(Stdio::piped()).spawn().unwrap();
        let from = child.stdout.take().unwrap();
        (child, from)
    }

    #[test]
    fn who_waits_for_a_silent_program_is_freed_when_it_is_cancelled() {
        let (child, mut from) = silent();
        let cancel = CancelToken::default();
        let watch = Watch::over(child, cancel.clone());
        watch.waiting(Patience::Endless);
        let reader = std::thread::spawn(move || from.read(&mut [0]).unwrap());
        cancel.cancel();
        assert_eq!(reader.join().unwrap(), 0, "the end of what it says");
        assert_eq!(watch.lost_patience(), None);
    }

    #[test]
    fn a_program_that_is_silent_for_too_long_is_ended() {
        let (child, mut from) = silent();
        let watch = Watch::over(child, CancelToken::default());
        watch.waiting(Patience::Seconds(0));
        assert_eq!(from.read(&mut [0]).unwrap(), 0);
        assert_eq!(watch.lost_patience(), Some(0));
    }

    #[test]
    fn a_program_ends_with_its_watch() {
        let (child, mut from) = silent();
        drop(Watch::over(child, CancelToken::default()));
        assert_eq!(from.read(&mut [0]).unwrap(), 0);
    }
}
