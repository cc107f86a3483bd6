//! What can go wrong in a use case.

use std::path::PathBuf;

use bauta_domain::{
    CategoryNameError, DatasetError, EditError, HotkeyTaken, ManifestError, SplitError, ports::PortError,
};
use bauta_store::StoreError;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What the caller may do differently because of an error; the message says the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// The thing asked for is not there (any more).
    NotFound,
    /// What was given cannot be used; the message says why.
    InvalidInput,
    /// Something changed in between: load again and repeat.
    Conflict,
    /// Another program has the project open; it can be opened for looking.
    Locked,
    /// The project cannot be written where it is; it can be opened for looking.
    ReadOnly,
    /// The same job runs already.
    Busy,
    /// There is no such camera, video or stream.
    CameraUnavailable,
    /// The model cannot be used.
    ModelIncompatible,
    /// Anything else.
    Internal,
}

/// What can go wrong in a use case.
#[derive(Debug, Error)]
#[allow(missing_docs, reason = "the messages document the variants")]
pub enum AppError {
    #[error("no project is open; open a folder or a project first")]
    NoProject,
    #[error("the image is no longer in the project; load the list of images again")]
    NoImage,
    #[error("the category is no longer in the project; load the list of categories again")]
    NoCategory,
    #[error("the destination is no longer in the project; choose a folder again")]
    NoDestination,
    #[error("the training is no longer in the project; load the list of trainings again")]
    NoRun,
    #[error("somebody changed this image in between; it was loaded again, repeat the change")]
    Stale,
    #[error("{0} is running already; wait for it or cancel it")]
    Busy(&'static str),
    #[error("{path}: {message}")]
    Unreadable { path: String, message: String },
    #[error("{0}")]
    Invalid(String),
    #[error("no model is loaded; train one or load one first (Model menu)")]
    NoModel,
    #[error(transparent)]
    Model(PortError),
    #[error(transparent)]
    Source(PortError),
    #[error(transparent)]
    Adapter(PortError),
    #[error("the folder {0} is not there or cannot be read; choose another one")]
    NoFolder(PathBuf),
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error(transparent)]
    CategoryName(#[from] CategoryNameError),
    #[error(transparent)]
    Hotkey(#[from] HotkeyTaken),
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("stopped; nothing was changed")]
    Cancelled,
    #[error("{path}: the export was not written, an earlier one is as it was: {reason}")]
    Export { path: PathBuf, reason: String },
    #[error("{path}: the export was not written, and an earlier one is no longer whole: {reason}")]
    ExportTorn { path: PathBuf, reason: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl AppError {
    /// The message with all its causes, for a person: `this: because of that`.
    pub fn full_message(&self) -> String {
        causes(self)
    }

    /// What the caller may do differently.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoProject
            | Self::NoImage
            | Self::NoCategory
            | Self::NoDestination
            | Self::NoRun
            | Self::NoFolder(_) => ErrorCode::NotFound,
            Self::Stale | Self::Store(StoreError::Conflict { .. }) => ErrorCode::Conflict,
            Self::Edit(EditError::Missing(_) | EditError::Duplicate(_) | EditError::UnknownCategory) => {
                ErrorCode::Conflict
            }
            Self::Store(StoreError::Locked { .. }) => ErrorCode::Locked,
            Self::Store(StoreError::ReadOnly { .. }) => ErrorCode::ReadOnly,
            Self::Busy(_) => ErrorCode::Busy,
            Self::Source(_) => ErrorCode::CameraUnavailable,
            Self::Model(_) | Self::Manifest(_) => ErrorCode::ModelIncompatible,
            Self::Unreadable { .. }
            | Self::Invalid(_)
            | Self::NoModel
            | Self::Edit(EditError::Rejected(_))
            | Self::CategoryName(_)
            | Self::Hotkey(_)
            // The window takes a change back that will never be saved, and says why.
            | Self::Store(StoreError::OpenedToRead { .. })
            | Self::Dataset(_)
            | Self::Split(_) => ErrorCode::InvalidInput,
            Self::Cancelled | Self::Export { .. } | Self::ExportTorn { .. } | Self::Adapter(_) | Self::Store(_) | Self::Io(_) => {
                ErrorCode::Internal
            }
        }
    }
}

/// What an adapter's error says, with all its causes.
pub(crate) fn said(error: &PortError) -> String {
    causes(error.as_ref())
}

/// The error of a picture that cannot be read.
pub(crate) fn unreadable(path: &std::path::Path, error: &PortError) -> AppError {
    let bauta_domain::Problem { place, message } = bauta_domain::Problem::new(path.display().to_string(), said(error));
    AppError::Unreadable { path: place, message }
}

/// An error with its causes, joined by colons.
pub(crate) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // Some libraries repeat their cause in their own message.
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}
