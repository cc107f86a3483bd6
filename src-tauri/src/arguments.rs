//! What the program is asked to open when it starts.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::bail;
use bauta_app::{ErrorCode, ProjectView, Workspace};
use bauta_domain::ImageId;
use serde::Serialize;

/// What to open.
pub(crate) enum Start {
    /// Nothing: the window says what to do.
    Nothing,
    /// The sample, drawn at the first time.
    Sample,
    /// A photo, a folder of photos, or a project.
    Path(PathBuf),
}

/// What the program is to do.
pub(crate) enum Task {
    /// Show the window.
    Window(Start),
    /// Do one trial of a tuning, without a window: the program itself is started so.
    Trial {
        /// What [`bauta_app::tuning::trial_file`] wrote.
        file: PathBuf,
        /// Folders that may hold the ONNX Runtime.
        resources: Vec<PathBuf>,
    },
}

/// The option before a trial's file.
pub(crate) const TRIAL: &str = "--trial";

impl Task {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = OsString>) -> anyhow::Result<Self> {
        let mut first = arguments.next();
        if let Some(file) = first.take_if(|flag| flag == TRIAL).and_then(|_| arguments.next()) {
            return Ok(Self::Trial { file: file.into(), resources: arguments.map(PathBuf::from).collect() });
        }
        Start::parse(first.into_iter().chain(arguments)).map(Self::Window)
    }
}

/// What is left for the page to do.
#[derive(Clone, Debug, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Startup {
    /// Open the sample: it takes a while, so the page shows how far it is.
    Sample,
    /// Say that the project can only be looked at now, and offer that.
    Locked {
        /// What happened.
        message: String,
    },
    /// Show what could not be opened.
    Problem {
        /// What happened and what helps.
        message: String,
    },
}

/// Opens what the program was started with while the window builds itself up, and holds what came of it until
/// the page asks, once.
pub(crate) struct StartSlot(Mutex<Slot>);

struct Slot {
    opening: Option<JoinHandle<Outcome>>,
    outcome: Outcome,
}

#[derive(Default)]
struct Outcome {
    startup: Option<Startup>,
    project: Option<ProjectView>,
}

impl StartSlot {
    /// What is left to do. Waits until all is open.
    pub(crate) fn startup(&self) -> Option<Startup> {
        self.outcome().outcome.startup.take()
    }

    /// The project as it was opened, for the first who asks. Waits until it is open.
    pub(crate) fn project(&self) -> Option<ProjectView> {
        self.outcome().outcome.project.take()
    }

    fn outcome(&self) -> MutexGuard<'_, Slot> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opening) = slot.opening.take() {
            // A panic of it was written to the log; the window then shows that nothing is open.
            slot.outcome = opening.join().unwrap_or_default();
        }
        slot
    }
}

impl Start {
    fn parse(mut arguments: impl Iterator<Item = OsString>) -> anyhow::Result<Self> {
        let start = match arguments.next() {
            None => Self::Nothing,
            Some(flag) if flag == "--sample" => Self::Sample,
            Some(flag) if flag.to_string_lossy().starts_with("--") => {
                bail!("unknown option {}; usage: bauta-app [--sample | PHOTO | FOLDER | PROJECT.bauta]", flag.display())
            }
            Some(path) => Self::Path(path.into()),
        };
        if let Some(extra) = arguments.next() {
            bail!("one thing can be opened at a time, found a second one: {}", extra.display());
        }
        Ok(start)
    }

    /// Begins to open what is quick to open; the rest is left to the page. `shown` hears which images the
    /// page will ask for first.
    pub(crate) fn open(
        self,
        workspace: Arc<Workspace>,
        shown: impl FnOnce(Vec<ImageId>) + Send + 'static,
    ) -> StartSlot {
        let (opening, startup) = match self {
            Self::Nothing => (None, None),
            Self::Sample => (None, Some(Startup::Sample)),
            Self::Path(path) => (Some(std::thread::spawn(move || open_path(&workspace, &path, shown))), None),
        };
        StartSlot(Mutex::new(Slot { opening, outcome: Outcome { startup, project: None } }))
    }
}

/// A program that is just ending holds its project for so long at most.
const LETTING_GO: Duration = Duration::from_secs(1);

fn open_path(workspace: &Workspace, path: &Path, shown: impl FnOnce(Vec<ImageId>)) -> Outcome {
    let began = Instant::now();
    let opened = loop {
        match workspace.open_path(path) {
            Err(error) if error.code() == ErrorCode::Locked && began.elapsed() < LETTING_GO => {
                std::thread::sleep(Duration::from_millis(50));
            }
            outcome => break outcome,
        }
    };
    match opened.and_then(|project| project.view()) {
        Ok(view) => {
            tracing::info!(images = view.images.len(), millis = began.elapsed().as_millis(), "opened at the start");
            // The image that is shown, and the one that is looked at after it.
            let at = view.images.iter().position(|row| Some(row.id) == view.last_image).unwrap_or(0);
            shown(view.images.iter().skip(at).take(2).map(|row| row.id).collect());
            Outcome { startup: None, project: Some(view) }
        }
        Err(error) => {
            let message = crate::error::sentence(&error.full_message());
            let startup = match error.code() {
                ErrorCode::Locked | ErrorCode::ReadOnly => Startup::Locked { message },
                _ => Startup::Problem { message },
            };
            Outcome { startup: Some(startup), project: None }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_options_and_a_second_path_are_refused() {
        let parse = |arguments: &[&str]| Start::parse(arguments.iter().map(OsString::from)).is_ok();
        assert!(parse(&[]) && parse(&["--sample"]) && parse(&["photo.jpg"]));
        assert!(!parse(&["--sampel"]) && !parse(&["a", "b"]));
    }

    #[test]
    fn a_trial_is_done_without_a_window() {
        let words = [TRIAL, "tuning/trials/t001/trial.jsonl", "models"].map(OsString::from);
        let Ok(Task::Trial { file, resources }) = Task::parse(words.into_iter()) else { panic!("a window") };
        assert_eq!(file, Path::new("tuning/trials/t001/trial.jsonl"));
        assert_eq!(resources, [Path::new("models")]);
        assert!(matches!(Task::parse(["photo.jpg".into()].into_iter()), Ok(Task::Window(Start::Path(_)))));
    }
}
