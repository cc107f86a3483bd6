//! The `bauta` program: the same engine without a window, for scripts and tests. Exit status 0 done,
//! 1 failed, 2 wrong usage.

mod arguments;
mod commands;
mod demo;
mod exchange_arguments;
mod output;
mod report;
mod study_arguments;
mod train_arguments;
mod tune_arguments;

use std::process::ExitCode;

use bauta_domain::ports::CancelToken;
use clap::Parser as _;

use arguments::{Arguments, Command};

#[allow(unsafe_code)]
fn main() -> ExitCode {
    // SAFETY: no thread was started yet.
    unsafe { bauta_adapters::forbid_telemetry() };
    let arguments = Arguments::parse();
    let cancel = CancelToken::default();
    let asked = cancel.clone();
    let handled = ctrlc::set_handler(move || {
        // The second Ctrl-C is for a program that does not stop.
        if asked.is_cancelled() {
            std::process::exit(130);
        }
        asked.cancel();
    });
    let outcome =
        handled.map_err(Into::into).and_then(|()| run(arguments.command, &cancel)).and_then(|()| output::complete());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::from(1)
        }
    }
}

/// The program's name among others, as in `src-tauri/tauri.conf.json`.
const IDENTIFIER: &str = "org.bauta.app";

/// The folder for the user's own detectors that the window reads too; the first of its places on this system.
fn user_models() -> Option<std::path::PathBuf> {
    let data = |variable: &str, below: &str| {
        let folder = std::env::var_os(variable).filter(|value| !value.is_empty())?;
        Some(std::path::Path::new(&folder).join(below).join(IDENTIFIER).join("models"))
    };
    if cfg!(windows) {
        data("LOCALAPPDATA", "")
    } else if cfg!(target_os = "macos") {
        data("HOME", "Library/Application Support")
    } else {
        data("XDG_DATA_HOME", "").or_else(|| data("HOME", ".local/share"))
    }
}

fn run(command: Command, cancel: &CancelToken) -> anyhow::Result<()> {
    let adapters = bauta_adapters::connect(&[], user_models()).map_err(anyhow::Error::from_boxed)?;
    match command {
        Command::Detect(arguments) => commands::detect::run(&adapters, &arguments, cancel),
        Command::Autocrop(arguments) => commands::crop::autocrop(&adapters, &arguments, cancel),
        Command::Unprocessed(arguments) => commands::crop::unprocessed(&adapters, &arguments, cancel),
        Command::Crop(arguments) => commands::crop::crop(&adapters, &arguments, cancel),
        Command::Import(arguments) => commands::exchange::import(&adapters, &arguments, cancel),
        Command::Export(arguments) => commands::exchange::export(&adapters, &arguments, cancel),
        Command::Categories { command } => commands::exchange::categories(&adapters, &command),
        Command::Train(arguments) => commands::train::run(&adapters, &arguments, cancel),
        Command::Runs { command } => commands::runs::run(&adapters, &command, cancel),
        Command::Study(arguments) => commands::study::run(&adapters, &arguments, cancel),
        Command::Tune(arguments) => commands::tune::run(&adapters, &arguments, cancel),
        Command::Report(arguments) => commands::report::run(&adapters, &arguments),
        Command::Evaluate(arguments) => commands::evaluate::run(&adapters, &arguments, cancel),
        Command::Classify(arguments) => commands::classify::run(&adapters, &arguments, cancel),
        Command::Describe(arguments) => commands::describe::run(&adapters, &arguments),
        Command::Live(arguments) => commands::live::run(&adapters, &arguments, cancel),
        Command::Demo(arguments) => demo::run(&adapters, &arguments, cancel),
    }
}
