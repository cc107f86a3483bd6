//! One processed frame of the live view.

use serde::{Deserialize, Serialize};

use crate::BoundingBox;

/// One face of a live frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct LiveFace {
    /// Identity of the face over frames, from 1; never used again in one session.
    pub track: u32,
    /// Where it is in this frame.
    pub bbox: BoundingBox,
    /// How sure the detector was of it when it saw it last, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub score: f64,
    /// What it most probably is; `None` without a model, or before its first answer.
    pub label: Option<String>,
    /// Probability of the label, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub confidence: f64,
    /// Whether that is enough to say so; otherwise the label is a guess, to be shown as "not sure".
    pub sure: bool,
}

/// The boxes of one frame, with its sequence number, so that picture and boxes never disagree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LiveResult {
    /// Sequence number of the frame, from 1.
    pub frame: u32,
    /// Seconds since the source was opened.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub time: f64,
    /// Size of the frame in pixels.
    pub size: crate::ImageSize,
    /// Faces, in order of their track.
    pub faces: Vec<LiveFace>,
    /// Milliseconds spent following faces from the frame before.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub follow_millis: f64,
    /// Milliseconds that the last detection took, beside the frames.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub detect_millis: f64,
    /// Milliseconds spent classifying.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub classify_millis: f64,
    /// Milliseconds from the frame's arrival to its boxes.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub latency_millis: f64,
}
