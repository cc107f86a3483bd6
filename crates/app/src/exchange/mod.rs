//! Annotations and categories in and out: read → plan → apply, and exports that are there whole or not at all.

mod apply;
mod categories;
mod desk;
mod export;
mod file_bytes;
mod mapping;
mod output;
mod picture_listing;
mod plan;
mod plan_view;
mod planner;
mod read;
mod read_folder;
mod replacing;
mod resolve;
mod whole_files;
mod write;
mod written_path;
mod yolo_classes;

pub use apply::{ConflictChoice, ConflictChoices, ImportSummary};
pub use categories::{CategoryImportPlan, PlannedCategory, PlannedCategoryKind};
pub use desk::{ImportDesk, Imported};
pub use export::{ExportFormat, ExportSummary};
pub use plan::{ImportOptions, ImportPlan};
pub use plan_view::{BoxConflict, ImportPlanView, MissingImage};
pub use read::{ReadAnnotations, read_annotations};
pub use write::write_annotations;
