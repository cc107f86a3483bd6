//! What crosses to the window: plain data, camelCase, no 64-bit integers.

use bauta_domain::{
    Annotation, AnnotationId, CategoryId, DestinationId, Hotkey, ImageId, ImageSize, ModelManifest, Problem, Revision,
    Rgb, RunId, Step, TrainingConfig, TrainingEvent,
};
use serde::{Deserialize, Serialize};

use crate::ProjectPreferences;

macro_rules! view {
    ($(#[$doc:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[serde(rename_all = "camelCase")]
        pub struct $name { $($body)* }
    };
}

view! {
    /// A frame of the live view that became an image of the project.
    pub struct SavedFrame {
        /// The line of the image.
        pub row: ImageRow,
        /// The categories with their counts now.
        pub categories: Vec<CategoryView>,
        /// What can be undone now.
        pub history: History,
    }
}
view! {
    /// The names of the steps that undo and redo would take.
    pub struct History {
        /// What undo would take back.
        pub undo: Option<Step>,
        /// What redo would do again.
        pub redo: Option<Step>,
    }
}
view! {
    /// A category with the number of its boxes.
    pub struct CategoryView {
        /// Identity.
        pub id: CategoryId,
        /// Name.
        pub name: String,
        /// Colour, `#rrggbb`.
        pub color: Rgb,
        /// Place in lists, from 0.
        pub position: u32,
        /// The key that gives boxes this category.
        pub hotkey: Option<Hotkey>,
        /// What belongs to it; often empty.
        pub description: String,
        /// Boxes that have it.
        pub boxes: u32,
    }
}
view! {
    /// What can be changed of a category.
    pub struct CategoryChange {
        /// Its name.
        pub name: String,
        /// Its colour, `#rrggbb`.
        pub color: Rgb,
        /// The key that gives boxes this category.
        pub hotkey: Option<Hotkey>,
        /// What belongs to it.
        pub description: String,
    }
}
view! {
    /// A folder into which whole pictures are saved resized.
    pub struct DestinationView {
        /// Identity.
        pub id: DestinationId,
        /// Path of the folder.
        pub path: String,
        /// Images that use it.
        pub images: u32,
    }
}
view! {
    /// One line of the image strip.
    pub struct ImageRow {
        /// Identity.
        pub id: ImageId,
        /// Version of its boxes that the line is of: answers may arrive in another order than they were given.
        pub revision: Revision,
        /// File name.
        pub name: String,
        /// Its folder.
        pub folder: String,
        /// Size of the upright picture, once it was read.
        pub size: Option<ImageSize>,
        /// Accepted boxes.
        pub boxes: u32,
        /// Accepted boxes without a category.
        pub unlabelled: u32,
        /// Proposed boxes, and boxes with a suggested category.
        pub proposals: u32,
        /// 1 − the score of the least sure of these, 0 to 1.
        #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
        pub doubt: Option<f64>,
        /// Categories of the accepted boxes.
        pub categories: Vec<CategoryId>,
        /// It has no boxes on purpose.
        pub background: bool,
        /// Where the resized picture goes.
        pub destination: Option<DestinationId>,
        /// When the file was written, ISO 8601 in UTC, as far as it is known.
        pub modified: Option<String>,
        /// Why it cannot be read, if so.
        pub problem: Option<String>,
    }
}
view! {
    /// A project as it is when it is opened.
    pub struct ProjectView {
        /// Name of the file without its ending.
        pub name: String,
        /// Path of the file.
        pub path: String,
        /// Categories in order.
        pub categories: Vec<CategoryView>,
        /// Destinations in order.
        pub destinations: Vec<DestinationView>,
        /// Images in order.
        #[serde(with = "crate::image_list")]
        #[cfg_attr(feature = "specta", specta(type = crate::ImageList))]
        pub images: Vec<ImageRow>,
        /// Undo and redo.
        pub history: History,
        /// Whether it was opened for looking only.
        pub read_only: bool,
        /// Its settings.
        pub preferences: ProjectPreferences,
        /// The image that was open last.
        pub last_image: Option<ImageId>,
    }
}
view! {
    /// What adding a folder did.
    pub struct AddedImages {
        /// The project with the new images.
        pub project: ProjectView,
        /// Images that are new.
        pub added: u32,
        /// Images that it had already.
        pub already: u32,
        /// What could not be looked into.
        pub problems: Vec<Problem>,
    }
}
view! {
    /// One image with its annotations.
    pub struct ImageView {
        /// Identity.
        pub id: ImageId,
        /// Size of the upright picture; boxes live in its pixels.
        pub size: ImageSize,
        /// Version of the annotations.
        pub revision: Revision,
        /// Annotations, oldest first.
        pub annotations: Vec<Annotation>,
    }
}
view! {
    /// What saving annotations did.
    pub struct Saved {
        /// The image as it is now.
        pub image: ImageView,
        /// Its line in the strip.
        pub row: ImageRow,
        /// Categories with their counts.
        pub categories: Vec<CategoryView>,
        /// Undo and redo.
        pub history: History,
    }
}
view! {
    /// What undo or redo did.
    pub struct Undone {
        /// The step that was taken back or done again.
        pub step: Step,
        /// What that changed.
        pub changed: Changed,
    }
}
view! {
    /// What a change of the project did.
    pub struct Changed {
        /// Images whose annotations changed.
        pub images: Vec<ImageId>,
        /// Lines of the strip that changed.
        pub rows: Vec<ImageRow>,
        /// Categories with their counts.
        pub categories: Vec<CategoryView>,
        /// Destinations with their counts.
        pub destinations: Vec<DestinationView>,
        /// Undo and redo.
        pub history: History,
    }
}
view! {
    /// What a change of many boxes did.
    pub struct BulkChange {
        /// Boxes that were changed.
        pub boxes: u32,
        /// Proposals that a rule forbids; they stay as they were.
        pub refused: u32,
        /// What that changed.
        pub changed: Changed,
    }
}
view! {
    /// What detecting did.
    pub struct DetectSummary {
        /// Images that were looked at.
        pub images: u32,
        /// Images that were left out because the detector had looked at them before, with the same limits.
        pub skipped: u32,
        /// Boxes that are new.
        pub faces: u32,
        /// Whether it was cancelled.
        pub cancelled: bool,
        /// Images that could not be read.
        pub problems: Vec<Problem>,
        /// Undo and redo.
        pub history: History,
    }
}
view! {
    /// What accepting proposals did.
    pub struct AcceptSummary {
        /// Proposals that are accepted now.
        pub accepted: u32,
        /// Proposals that a rule forbids, which stay proposals; or those that were rejected.
        pub rejected: u32,
        /// Images that changed.
        pub images: Vec<ImageId>,
        /// Their lines in the strip.
        pub rows: Vec<ImageRow>,
        /// Categories with their counts.
        pub categories: Vec<CategoryView>,
        /// Undo and redo.
        pub history: History,
    }
}
view! {
    /// What waits for an answer, all over the project.
    pub struct ReviewView {
        /// How many there are, by how sure their source is: element *n* counts those of at least *n* in the hundred
        /// (101 elements; the first one counts all).
        pub at_least: Vec<u32>,
        /// The one to answer now; `None` when there is none (after the one that was asked for).
        pub next: Option<ReviewItem>,
        /// The images of those that come then, to read ahead.
        pub ahead: Vec<ImageId>,
    }
}
view! {
    /// A box that waits for an answer.
    pub struct ReviewItem {
        /// The image that it is on.
        pub image: ImageId,
        /// Which one.
        pub annotation: AnnotationId,
        /// How sure its source is, 0 to 1.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        pub sureness: f64,
        /// Another image that shows nearly the same picture, if there is one.
        pub copy_of: Option<ImageId>,
    }
}
view! {
    /// What writing crops did.
    pub struct CropSummary {
        /// Folder that holds the category folders.
        pub folder: String,
        /// Photos of which crops were wanted.
        pub photos: u32,
        /// Those of them that could not be read; `problems` says why.
        pub unreadable: u32,
        /// Crops written, new ones and others.
        pub written: u32,
        /// Those of them that replaced an earlier one.
        pub updated: u32,
        /// Crops that were there already as they should be.
        pub unchanged: u32,
        /// Crops of an earlier run that are no longer wanted and were removed.
        pub removed: u32,
        /// Faces left out because somebody deleted their crops.
        pub deleted: u32,
        /// Accepted boxes left out because they have no category.
        pub without_category: u32,
        /// Whether it was cancelled.
        pub cancelled: bool,
        /// What could not be read or written.
        pub problems: Vec<Problem>,
    }
}
view! {
    /// What classifying did.
    pub struct ClassifySummary {
        /// Boxes that have a suggestion now.
        pub boxes: u32,
        /// Whether it was cancelled.
        pub cancelled: bool,
        /// Labels that were suggested and are no category of the project.
        pub unknown: Vec<String>,
        /// Images that could not be read.
        pub problems: Vec<Problem>,
        /// Undo and redo.
        pub history: History,
    }
}
view! {
    /// How many samples a label has.
    pub struct LabelCount {
        /// The label.
        pub label: String,
        /// Its samples.
        pub count: u32,
    }
}
view! {
    /// What a training would learn from.
    pub struct DatasetSummary {
        /// Folder or project.
        pub place: String,
        /// Labels in order.
        pub counts: Vec<LabelCount>,
        /// How many groups of pictures that belong together there are, when any picture belongs to another.
        pub groups: Option<u32>,
        /// Why it cannot be trained on, with the remedy.
        pub problem: Option<String>,
    }
}
view! {
    /// What a training said so far, for a window that was reloaded.
    pub struct TrainingLog {
        /// Whether it is still running.
        pub running: bool,
        /// The study or tuning that runs instead; a training waits for it.
        pub experiment: Option<String>,
        /// Its settings.
        pub config: Option<TrainingConfig>,
        /// Epochs, start and end, and the latest step.
        pub events: Vec<TrainingEvent>,
        /// Those that wait, the next one first.
        pub waiting: Vec<WaitingTraining>,
    }
}
view! {
    /// A training that waits for those before it.
    pub struct WaitingTraining {
        /// Its number: no other one that waited in this window has it.
        pub number: u32,
        /// What the user calls it.
        pub name: String,
        /// Its settings.
        pub config: TrainingConfig,
    }
}
view! {
    /// A training that ended early and can go on.
    pub struct ResumableTraining {
        /// Which one.
        pub run: RunId,
        /// When it began, in ISO 8601.
        pub started: String,
        /// Epochs that it did.
        pub done: u32,
        /// Epochs planned.
        pub epochs: u32,
        /// Size of its steps.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        pub learning_rate: f64,
        /// Whether it could not go on by itself: often smaller steps help.
        pub failed: bool,
    }
}
view! {
    /// A loaded model.
    pub struct ModelView {
        /// What the user calls it.
        pub name: String,
        /// Labels in output order.
        pub labels: Vec<String>,
        /// Side of its input in pixels.
        pub input_size: u32,
        /// Share of validation pictures called right, 0 to 1, when it is known.
        #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
        pub val_accuracy: Option<f64>,
        /// Path of its file.
        pub path: String,
    }
}

impl ModelView {
    /// The view of a model that was read from `path`.
    pub fn new(manifest: &ModelManifest, path: &std::path::Path) -> Self {
        Self {
            name: manifest.name.clone(),
            labels: manifest.labels.clone(),
            input_size: manifest.input_size,
            val_accuracy: manifest.trained_with.as_ref().map(|t| t.val_accuracy),
            path: path.display().to_string(),
        }
    }
}

/// What becomes of the boxes of a deleted category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum CategoryFate {
    /// They stay, without a category.
    Unlabel,
    /// They get another category.
    Move {
        /// Which one.
        to: CategoryId,
    },
    /// They are deleted too.
    Delete,
}
