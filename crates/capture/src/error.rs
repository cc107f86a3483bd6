//! What goes wrong between the two programs, in words for the person in front of them.

use std::path::PathBuf;

use thiserror::Error;

/// Why there are no frames.
#[derive(Clone, Debug, Error)]
pub enum CaptureError {
    /// The program that reads cameras and videos is not where this one is.
    #[error("{program} was not found in {}; install Bauta anew", searched.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    ProgramMissing {
        /// Its file name.
        program: String,
        /// Folders that were looked into.
        searched: Vec<PathBuf>,
    },
    /// The program does not run.
    #[error("{} does not start: {reason}; install Bauta anew", path.display())]
    ProgramUnusable {
        /// The program.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The source was refused or broke, in the program's words: what, what was found, and what helps.
    #[error("{0}")]
    Source(String),
    /// The program says nothing any more: a driver or a network hangs.
    #[error(
        "{source_name}: no picture came for {seconds} seconds; check its cable or network, or choose another source"
    )]
    Silent {
        /// What was read.
        source_name: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The program ended in the middle: a driver or a decoder brought it down.
    #[error("{source_name}: reading it came to a sudden end ({reason}); start it again, or try another file or camera")]
    Ended {
        /// What was read or written.
        source_name: String,
        /// What is known of it.
        reason: String,
    },
}
