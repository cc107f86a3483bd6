//! What the program notes down for whoever has to find out what went wrong: starts, jobs, errors by their
//! code, panics. No names of files, people or categories: a log is meant to be sent to somebody.

use std::{
    path::{Path, PathBuf},
    sync::Once,
};

use tracing_appender::rolling::{RollingFileAppender, Rotation};

/// Days that are kept, one file each.
const DAYS: usize = 7;

/// Folder of the log files.
pub(crate) struct LogFolder(pub(crate) PathBuf);

/// Writes the log to a file a day in `folder`. A folder that cannot be written is no reason not to start.
pub(crate) fn start(folder: &Path) {
    // Else it complains on the terminal that there are no old files.
    let _ = std::fs::create_dir_all(folder);
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("bauta")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder);
    let Ok(appender) = appender else { return };
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(appender).with_target(false);
    // A second program in the same process exists in tests only.
    let _ = subscriber.try_init();
    static PANICS: Once = Once::new();
    PANICS.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(place, "panic");
            usual(panic);
        }));
    });
    let (system, cores) = (std::env::consts::OS, bauta_app::cores());
    let webview = tauri::webview_version().unwrap_or_default();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), system, cores, webview, "start");
}
