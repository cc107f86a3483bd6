//! What stops a training, in words for the person who started it.

use std::path::PathBuf;

use bauta_domain::{Architecture, DatasetError, Problem};
use thiserror::Error;

/// Why a training could not go on. Nothing is exported then.
#[derive(Debug, Error)]
pub enum TrainingError {
    /// A setting is out of its range.
    #[error("the {name} must be {expected}, found {found}")]
    Setting {
        /// Which setting.
        name: &'static str,
        /// Its range.
        expected: &'static str,
        /// What was asked for.
        found: String,
    },
    /// Nothing is left of the picture after this many pools.
    #[error(
        "pictures of {size} px are too small for this network: it needs at least {minimum} px; choose a larger image size or a smaller network"
    )]
    TooSmall {
        /// The network.
        architecture: Architecture,
        /// Side that was asked for.
        size: u32,
        /// Smallest side that works.
        minimum: u32,
    },
    /// The dataset cannot be trained on.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// What is left of the dataset after unreadable pictures were taken out cannot be trained on.
    #[error("{unreadable} pictures could not be read, the first is {first}; without them, {rest}")]
    Unreadable {
        /// How many could not be read.
        unreadable: usize,
        /// The first of them.
        first: Problem,
        /// What is wrong with the rest.
        rest: DatasetError,
    },
    /// One side of the split has no readable picture of a label.
    #[error(
        "no readable picture of {label:?} is left to {purpose}; add pictures of it, repair those that cannot be read, or choose another seed"
    )]
    EmptySide {
        /// The label.
        label: String,
        /// `learn from` or `check with`.
        purpose: &'static str,
    },
    /// A picture that could be read at first cannot be read any more, nor can the others.
    #[error(
        "the pictures could be read when the training began and cannot be read now, the first is {place} ({reason}); were they moved? put them back or train again"
    )]
    PictureLost {
        /// The picture.
        place: String,
        /// What the reader said.
        reason: String,
    },
    /// The loss is no number any more.
    #[error(
        "the training ran away: the loss stopped being a number at step {step} of epoch {epoch}; choose a smaller learning rate, it is {}{kept}",
        in_few_digits(*learning_rate)
    )]
    Diverged {
        /// Epoch, from 1.
        epoch: u32,
        /// Step, from 1; the step after the last one means the check with the validation pictures.
        step: u32,
        /// The learning rate.
        learning_rate: f64,
        /// The last epoch whose state is kept.
        kept: Kept,
    },
    /// The exported file does not do what the trained network does.
    #[error(
        "the exported model differs from the trained one by {difference:.2e} on a training picture (at most {limit:.0e} is allowed), so it was not kept; please report this"
    )]
    ExportDiffers {
        /// Largest difference of a probability.
        difference: f32,
        /// Largest difference that is allowed.
        limit: f32,
    },
    /// A pretrained network that a training starts from is missing or altered.
    #[error(
        "the pretrained network {} cannot be used: {reason}; run \"npm run setup\", which fetches it, or choose the preset \"paper\", which needs none",
        path.display()
    )]
    Backbone {
        /// Its file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// Two networks at once have no last blocks to train.
    #[error(
        "only one pretrained network can have its last blocks trained; choose MobileNetV2 or EfficientNet-Lite0 alone, or the head \"wide\""
    )]
    NoBlocks,
    /// Features of pictures cannot be kept on the disk.
    #[error("features of the pictures cannot be kept in {}: {reason}; make space on that disk", path.display())]
    Features {
        /// The file, or its folder.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The training cannot go on from the file of an earlier part of it.
    #[error("the training cannot go on from {}: {reason}; train anew without resuming", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The model cannot be written.
    #[error("the model cannot be written to {}: {reason}; choose a folder that can be written to, with enough space", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The runtime failed.
    #[error("the ONNX Runtime failed: {reason}; if memory was short, fewer threads or smaller pictures help")]
    Runtime {
        /// What it said.
        reason: String,
    },
    /// The exported file cannot be opened again.
    #[error("the exported model cannot be opened again, so it was not kept: {reason}; please report this")]
    ExportUnusable {
        /// What the runtime said.
        reason: String,
    },
    /// The system gives no threads.
    #[error("no threads could be started ({reason}); close other programs, or choose fewer threads")]
    Threads {
        /// What it said.
        reason: String,
    },
    /// A thread of the training ended with a panic; what it said went to the error output.
    #[error("a thread of the training ended unexpectedly; please report this")]
    ThreadLost,
}

/// Why the state after an epoch is not kept; an earlier one stays.
#[derive(Debug, Error)]
pub enum NotKept {
    /// A weight or a moment of the optimiser is infinite or no number.
    #[error(
        "its numbers grew beyond all bounds, so nothing could go on from them; if the training runs away, choose a smaller learning rate"
    )]
    NotFinite,
    /// The file cannot be written.
    #[error("{0}; the training goes on, and could go on from an earlier epoch after a crash; make space on that disk")]
    Write(std::io::Error),
}

impl From<std::io::Error> for NotKept {
    fn from(error: std::io::Error) -> Self {
        Self::Write(error)
    }
}

/// A number for a person: not with three hundred digits.
pub fn in_few_digits(value: f64) -> String {
    if value == 0.0 || (1e-4..1e6).contains(&value.abs()) { value.to_string() } else { format!("{value:e}") }
}

/// The last epoch whose state is kept, to go on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept(pub Option<u32>);

impl std::fmt::Display for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(epoch) => {
                write!(f, "; the state after epoch {epoch} is kept, and the training can go on from there with it")
            }
            None => Ok(()),
        }
    }
}

impl From<ort::Error> for TrainingError {
    fn from(error: ort::Error) -> Self {
        Self::Runtime { reason: error.to_string() }
    }
}
