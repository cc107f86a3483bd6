//! The end of the program. The page is asked first: it may hold what is not saved yet, or want to say what still runs.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use bauta_app::Workspace;
use tauri::{AppHandle, Manager as _};
use tauri_specta::Event as _;

use crate::events::LeaveWanted;

/// A page that has not answered for so long does not answer at all.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the page hears, and when it was asked without an answer yet.
#[derive(Default)]
pub(crate) struct Leaving {
    page_hears: AtomicBool,
    asked: Mutex<Option<Instant>>,
    /// Whether the program is to end with the last training.
    when_trained: AtomicBool,
}

impl Leaving {
    /// The page is there, and the program goes on.
    pub(crate) fn stay(&self) {
        self.page_hears.store(true, Ordering::Relaxed);
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Closes the windows, and ends the program when no training runs any more.
    pub(crate) fn when_trained(&self, app: &AppHandle, workspace: &Workspace) {
        self.when_trained.store(true, Ordering::SeqCst);
        // A camera is nobody's any more.
        workspace.stop_live();
        app.webview_windows().values().for_each(|window| drop(window.hide()));
        // It may have ended before it was told to tell.
        if !workspace.is_training() {
            app.exit(0);
        }
    }

    /// The last training has ended.
    pub(crate) fn trained(&self, app: &AppHandle) {
        if self.when_trained.load(Ordering::SeqCst) {
            app.exit(0);
        }
    }

    /// Whether the page is to be asked now; not when it has no ears yet, or has lost them.
    fn ask(&self, now: Instant) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let deaf = asked.is_some_and(|then| now.duration_since(then) >= PATIENCE);
        asked.get_or_insert(now);
        self.page_hears.load(Ordering::Relaxed) && !deaf
    }
}

/// The user wants the program to end.
pub(crate) fn wanted(app: &AppHandle) {
    if !app.state::<Leaving>().ask(Instant::now()) || (LeaveWanted {}).emit(app).is_err() {
        app.exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_asked_once_it_hears_and_left_when_it_does_not_answer() {
        let (leaving, start) = (Leaving::default(), Instant::now());
        assert!(!leaving.ask(start), "a page that is still loading has nothing to lose");
        leaving.stay();
        assert!(leaving.ask(start));
        assert!(leaving.ask(start + PATIENCE / 2), "it may be saving");
        assert!(!leaving.ask(start + PATIENCE), "it hangs");
        leaving.stay();
        assert!(leaving.ask(start + PATIENCE), "it had answered");
    }
}
