//! Trials of a tuning, each in this program once more, without a window.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use bauta_app::{TrialProgram, run_trial_of_window, tuning::cancel_when_input_ends};
use bauta_domain::ports::CancelToken;

use crate::arguments::TRIAL;

/// The command that does a trial. `resources` are folders that may hold the ONNX Runtime.
pub(crate) fn program(program: PathBuf, resources: Vec<PathBuf>) -> TrialProgram {
    Box::new(move |file| {
        let mut command = Command::new(&program);
        command.arg(TRIAL).arg(file).args(&resources);
        command
    })
}

/// Does a trial, and prints what its training tells. What goes wrong is the last thing that it says.
pub(crate) fn run(file: &Path, resources: &[PathBuf]) {
    if let Err(message) = trial(file, resources) {
        eprintln!("bauta-app: {message}");
        std::process::exit(1);
    }
}

fn trial(file: &Path, resources: &[PathBuf]) -> Result<(), String> {
    let cancel = CancelToken::default();
    cancel_when_input_ends(&cancel);
    let adapters = bauta_adapters::connect(resources, None).map_err(|error| error.to_string())?;
    let mut out = std::io::stdout().lock();
    // Nobody listens any more when the window is gone; then the input has ended too.
    let mut say = |line: &str| drop(writeln!(out, "{line}"));
    run_trial_of_window(&adapters, file, &mut say, &cancel).map_err(|error| error.full_message())
}
