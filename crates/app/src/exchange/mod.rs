//! Annotations and categories in and out: read → plan → apply, and exports that are there whole or not at all.

mod apply;
mod categories;
mod desk;
mod export;
mod output;
mod plan;
mod read;
mod resolve;

pub use apply::{ConflictChoice, ImportSummary};
pub use categories::{CategoryImportPlan, PlannedCategory, PlannedCategoryKind};
pub use desk::{ImportDesk, Imported};
pub use export::{ExportFormat, ExportSummary};
pub use plan::{BoxConflict, ImportOptions, ImportPlan, ImportPlanView, MissingImage};
pub use read::{ReadAnnotations, read_annotations};
