//! What the program is asked to open when it starts.

use std::{
    ffi::OsString,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use anyhow::bail;
use bauta_app::Workspace;
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

/// What is left for the page to do.
#[derive(Clone, Debug, Serialize, specta::Type)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Startup {
    /// Open the sample: it takes a while, so the page shows how far it is.
    Sample,
    /// Show what could not be opened.
    Problem {
        /// What happened and what helps.
        message: String,
    },
}

/// Holds [`Startup`] until the page asks, once.
pub(crate) struct StartSlot(Mutex<Option<Startup>>);

impl StartSlot {
    pub(crate) fn take(&self) -> Option<Startup> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Start {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = OsString>) -> anyhow::Result<Self> {
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

    /// Opens what is quick to open; the rest is left to the page.
    pub(crate) fn open(&self, workspace: &Workspace) -> StartSlot {
        StartSlot(Mutex::new(match self {
            Self::Nothing => None,
            Self::Sample => Some(Startup::Sample),
            Self::Path(path) => workspace.open_path(path).err().map(|error| {
                let message = crate::error::sentence(&error.full_message());
                Startup::Problem { message }
            }),
        }))
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
}
