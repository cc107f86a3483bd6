//! Annotations and the changes that the window asks for.

use serde::{Deserialize, Serialize};

use crate::{AnnotationId, BoundingBox, CategoryId};

/// One marked region of one image, with at most one category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Annotation {
    /// Identity.
    pub id: AnnotationId,
    /// Where, in upright image pixels.
    pub bbox: BoundingBox,
    /// What it is, or `None`.
    pub category: Option<CategoryId>,
    /// Whether a person stands behind it.
    pub state: AnnotationState,
    /// Where the box came from.
    pub source: Source,
    /// What a classifier says of it, until somebody decides.
    pub suggestion: Option<Suggestion>,
}

impl Annotation {
    /// Whether something of it waits for a yes or a no: the whole box, or the category that a model suggests.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, AnnotationState::Proposed) || (self.category.is_none() && self.suggestion.is_some())
    }

    /// How sure its source is of what waits for an answer, 0 to 1: of a proposed box the detector's score, of a
    /// suggested category its confidence, of both the smaller one. What has no score is certain.
    pub fn sureness(&self) -> f64 {
        let of_box = match (self.state, &self.source) {
            (AnnotationState::Proposed, Source::Detected { score, .. }) => *score,
            _ => 1.0,
        };
        of_box.min(self.suggestion.as_ref().map_or(1.0, |suggestion| suggestion.confidence))
    }
}

/// Accepted boxes are the user's; proposals are a model's and count for nothing until accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum AnnotationState {
    /// A person drew or accepted it.
    Accepted,
    /// A model proposed it and nobody accepted it yet.
    Proposed,
}

/// Where a box came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Source {
    /// Drawn by hand.
    Drawn,
    /// Found by a detector.
    Detected {
        /// Name of the detector, such as `centerface`.
        detector: String,
        /// Its score, 0 to 1.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        score: f64,
    },
    /// Made together with the picture by the sample generator.
    Generated,
    /// Read from a file of another tool, or of another project.
    Imported,
}

/// A category that a classifier suggests, by its label in the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Suggestion {
    /// The model's label; matched to a category by name when it is accepted.
    pub label: String,
    /// Probability, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub confidence: f64,
}

/// One change of one image's annotations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum AnnotationChange {
    /// Draw a new box. The window makes the identity, so it can show the box before it is saved.
    Add {
        /// Identity of the new annotation.
        id: AnnotationId,
        /// Where.
        bbox: BoundingBox,
        /// What, if chosen already.
        category: Option<CategoryId>,
    },
    /// Move or resize. A proposal that is moved becomes accepted: a person stands behind it now.
    SetBox {
        /// Which annotation.
        id: AnnotationId,
        /// Its new place.
        bbox: BoundingBox,
    },
    /// Give it a category, or none. A proposal that gets a category becomes accepted.
    SetCategory {
        /// Which annotation.
        id: AnnotationId,
        /// Its new category.
        category: Option<CategoryId>,
    },
    /// Accept a proposed box, and the suggested category when the project has one of that name.
    Accept {
        /// Which annotation.
        id: AnnotationId,
    },
    /// Delete it; for a proposal, reject it.
    Remove {
        /// Which annotation.
        id: AnnotationId,
    },
}

impl AnnotationChange {
    /// The annotation that is changed.
    pub const fn id(&self) -> AnnotationId {
        match self {
            Self::Add { id, .. }
            | Self::SetBox { id, .. }
            | Self::SetCategory { id, .. }
            | Self::Accept { id }
            | Self::Remove { id } => *id,
        }
    }
}

/// Changes of one image that are saved, undone and redone together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct ChangeSet(pub Vec<AnnotationChange>);
