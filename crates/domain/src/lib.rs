//! Domain words and pure rules of Bauta. Nothing here touches a file, a clock or global randomness:
//! time, seeds and paths are arguments, so every rule can be tested with plain values.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod annotation;
mod category;
mod classify;
mod contest;
mod crop;
mod dataset;
mod edit;
mod exchange;
mod following;
mod foreign;
mod geometry;
mod groups;
mod ids;
mod image;
mod live;
mod look_alikes;
mod manifest;
mod metrics;
mod natural_order;
mod pixels;
pub mod ports;
mod problem;
mod rules;
mod split;
mod table;
mod training;
mod training_events;

pub use annotation::{Annotation, AnnotationChange, AnnotationState, ChangeSet, Source, Suggestion};
pub use category::{
    CATEGORY_COLORS, Category, CategoryNameError, Hotkey, HotkeyTaken, Rgb, category_name, free_hotkey,
};
pub use classify::{Classification, Detection};
pub use contest::{Contender, Duel, Ranking};
pub use crop::{CROP_MANIFEST, CROP_MANIFEST_COLUMNS, CROP_MANIFEST_START, CropPlan, CropShape, SquareRule, plan_crop};
pub use dataset::{Dataset, DatasetError, PixelSource, Sample};
pub use edit::{Edit, EditError, Step, category_named, resolve_changes};
pub use exchange::{
    AnnotationDocument, BoxFrame, DocumentBox, DocumentCategory, DocumentImage, FrameChoice, MAX_BOXES_AN_IMAGE,
    Meeting, Orientation, Picture, PlacedBox, Placing, PlacingError, Unit, compare_boxes,
};
pub use following::{Followed, GreyPlane, GreyPyramid};
pub use foreign::{ChannelOrder, ForeignAnswers, ForeignFacts, ForeignNetwork, ValueRange};
pub use geometry::{BoundingBox, GeometryError, ImageSize};
pub use groups::groups;
pub use ids::{AnnotationId, CategoryId, DestinationId, ImageId, Revision, RunId};
pub use image::{Destination, FileFacts, ImageMarks, ImageRecord};
pub use live::{LiveFace, LiveResult};
pub use look_alikes::{Fingerprint, Likeness, look_alikes};
pub use manifest::{ManifestError, ModelManifest, Preprocessing, TrainedWith};
pub use metrics::{ClassReport, ConfusionMatrix, Interval};
pub use natural_order::natural_cmp;
pub use pixels::{PictureFormat, RgbImage};
pub use problem::Problem;
pub use rules::{BoxRejection, BoxRules};
pub use split::{Split, SplitError, folds, split_by_group, split_stratified};
pub use table::{CategoryFilter, SourceKind, TableOrder, TableQuery};
pub use training::{Architecture, Augmentation, Head, Loss, Optimizer, Preset, Schedule, TrainingConfig};
pub use training_events::{EpochFigures, RunEnvironment, TrainingEvent, TrainingSummary};
