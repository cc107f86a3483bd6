//! What is printed: JSON or text on stdout, progress and problems on stderr.

use std::{
    io::{ErrorKind, IsTerminal as _, Write as _},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bauta_app::Progress;
use bauta_domain::Problem;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

/// Whether something could not be printed.
static INCOMPLETE: AtomicBool = AtomicBool::new(false);

/// Prints one line. A reader that went away (`| head`) ends the program quietly, as is usual. Where lines cannot be
/// written for another reason (the disk is full), the work goes on; [`complete`] tells at its end.
pub(crate) fn line(text: &str) {
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            if !INCOMPLETE.swap(true, Ordering::Relaxed) {
                note(&format!("what is printed cannot be written ({error}); the work goes on without"));
            }
        }
    }
}

/// The same while threads compute, which must end before the program does: whether there still is a reader.
fn reaches_reader(text: &str) -> bool {
    writeln!(std::io::stdout(), "{text}").is_ok()
}

/// Whether all was printed, at the end of a command.
///
/// # Errors
/// When something was not.
pub(crate) fn complete() -> anyhow::Result<()> {
    anyhow::ensure!(
        !INCOMPLETE.load(Ordering::Relaxed),
        "the work was done, but not all that it printed could be written; make space where the output goes, and repeat"
    );
    Ok(())
}

/// Prints one JSON object on one line.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string(value)?);
    Ok(())
}

/// Prints an error with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            text += if text.is_empty() { "" } else { ": " };
            text += &cause;
        }
    }
    note(&format!("bauta: {text}"));
}

/// Prints a remark for a person.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Lists what was left out of a batch.
pub(crate) fn problems(problems: &[Problem]) {
    for problem in problems {
        note(&format!("left out: {problem}"));
    }
}

/// Lists what is to be said of an import or export; most of it was brought along all the same.
pub(crate) fn remarks(problems: &[Problem]) {
    for problem in problems {
        note(&format!("note: {problem}"));
    }
}

/// A progress bar with time left on stderr, when that is a terminal.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub fn new(what: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new(0);
        let template = "{prefix} {wide_bar} {pos}/{len}  {eta} left  {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(500));
        Self(bar)
    }

    pub fn show(&self, progress: &Progress) {
        self.0.set_length(progress.total as u64);
        self.0.set_position(progress.done as u64);
        self.0.set_message(progress.current.clone());
    }

    /// Sets the bar to step `done` of `total`.
    pub fn set(&self, done: u32, total: u32, message: String) {
        self.0.set_length(u64::from(total));
        self.0.set_position(u64::from(done));
        self.0.set_message(message);
    }

    /// Sets what is said beside the bar.
    pub fn message(&self, message: String) {
        self.0.set_message(message);
    }

    /// Prints a line above the bar.
    pub fn println(&self, text: &str) {
        self.0.suspend(|| line(text));
    }

    /// The same while threads compute; whether there still is a reader.
    pub fn reaches_reader(&self, text: &str) -> bool {
        self.0.suspend(|| reaches_reader(text))
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
