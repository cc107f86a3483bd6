//! The system's clipboard, as text: boxes go from window to window in it, and text fields keep their own
//! copy and paste although the native menu takes the keys.

use std::sync::{Mutex, PoisonError};

use tauri::State;

use crate::error::CommandError;

/// The clipboard, connected when it is first used. On Linux what was copied lasts as long as this does.
#[derive(Default)]
pub(crate) struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    fn with<T>(
        &self,
        work: impl FnOnce(&mut arboard::Clipboard) -> Result<T, arboard::Error>,
    ) -> Result<T, CommandError> {
        let mut connected = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let clipboard = match connected.take() {
            Some(clipboard) => clipboard,
            None => arboard::Clipboard::new()?,
        };
        Ok(work(connected.insert(clipboard))?)
    }
}

/// The text in the clipboard; null when it holds something else or nothing.
#[tauri::command(async)]
#[specta::specta]
pub fn read_clipboard(clipboard: State<'_, Clipboard>) -> Result<Option<String>, CommandError> {
    clipboard.with(|clipboard| match clipboard.get_text() {
        Ok(text) => Ok(Some(text)),
        Err(arboard::Error::ContentNotAvailable) => Ok(None),
        Err(error) => Err(error),
    })
}

/// Puts text into the clipboard.
#[tauri::command(async)]
#[specta::specta]
pub fn write_clipboard(clipboard: State<'_, Clipboard>, text: String) -> Result<(), CommandError> {
    clipboard.with(|clipboard| clipboard.set_text(text))
}
