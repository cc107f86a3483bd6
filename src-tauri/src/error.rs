//! Errors as the page sees them.

use bauta_app::{AppError, ErrorCode};
use serde::Serialize;

/// A code to branch on and a message to show.
#[derive(Clone, Debug, Serialize, specta::Type)]
pub struct CommandError {
    code: ErrorCode,
    message: String,
}

impl From<AppError> for CommandError {
    fn from(error: AppError) -> Self {
        let code = error.code();
        // Its message may name files of the user.
        tracing::warn!(?code, "a command answered with an error");
        Self { code, message: sentence(&error.full_message()) }
    }
}

impl From<tauri::Error> for CommandError {
    fn from(error: tauri::Error) -> Self {
        Self { code: ErrorCode::Internal, message: sentence(&error.to_string()) }
    }
}

impl From<arboard::Error> for CommandError {
    fn from(error: arboard::Error) -> Self {
        let message = format!("the clipboard cannot be used now: {error}; try again");
        Self { code: ErrorCode::Internal, message: sentence(&message) }
    }
}

/// Errors are written lower-case, to be chained; alone on a screen they begin with a capital.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
