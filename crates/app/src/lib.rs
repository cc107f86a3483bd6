//! What the program can do: the use cases, written against the ports of the domain. Neither a window
//! nor a model, a camera or a picture decoder is named here; the composition roots bring them as [`Adapters`].

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod adapters;
mod alike;
mod annotations;
mod bulk;
mod categories;
mod classify;
mod crops;
mod dataset;
mod dataset_check;
mod destinations;
mod detect;
mod error;
mod evaluate;
mod exchange;
mod experiments;
mod files;
mod folder_jobs;
mod foreign;
mod generated;
mod grouping;
mod housekeeping;
mod image_list;
mod left_projects;
pub mod live;
mod live_view;
mod locate;
mod new_categories;
mod open_image;
mod opening;
mod own_files;
mod parallel;
mod preferences;
mod progress;
mod project;
mod recent;
pub mod report;
mod resized;
mod review;
mod run_folder;
mod runs;
mod splitting;
pub mod study;
mod train;
mod training_job;
mod training_queue;
mod training_thread;
pub mod tuning;
mod unfinished;
mod unprocessed;
mod views;
mod workspace;

pub use adapters::{Adapters, cores};
pub use bauta_formats::Format;
pub use bulk::{BoxChoice, TablePage, TableRow};
pub use classify::{ClassifiedRegion, classify_file};
pub use crops::{CropTarget, autocrop_folder, folder_name};
pub use dataset::folder_dataset;
pub use dataset_check::DatasetCheck;
pub use detect::{DetectOptions, Found, detect_files};
pub use error::{AppError, ErrorCode};
pub use evaluate::{Evaluation, evaluate};
pub use exchange::{
    BoxConflict, CategoryImportPlan, ConflictChoice, ConflictChoices, ExportFormat, ExportSummary, ImportDesk,
    ImportOptions, ImportPlan, ImportPlanView, ImportSummary, Imported, MissingImage, PlannedCategory,
    PlannedCategoryKind, ReadAnnotations, read_annotations, write_annotations,
};
pub use experiments::{ExperimentEvent, ExperimentState, ExperimentView, Question, run_trial_of_window};
pub use files::write_file;
pub use folder_jobs::{AutocropSummary, ChosenFolder, CropLook, FolderRole};
pub use foreign::{ChosenModel, describe_model, foreign_facts};
pub use generated::GeneratedPicture;
pub use grouping::{group_by_folder, with_groups};
pub use image_list::ImageList;
pub use live_view::LiveView;
pub use locate::{LocatePlan, Located, Recognised};
pub use preferences::{CROP_SIDES, ProjectPreferences, RESIZED_SIDES};
pub use progress::{Meter, Progress};
pub use project::Project;
pub use recent::RecentProject;
pub use resized::{ResizedSummary, WrittenFolder};
pub use run_folder::{FolderRecorder, FolderTraining, RunFolder, TrainingSet, read_split, write_split};
pub use runs::{
    EpochParts, LabelReport, RunAnswers, RunComparison, RunOutcome, RunPage, RunPictures, RunRecorder, RunView,
    SampleAnswer, SettingDifference, StepCurves, StrangeRunView,
};
pub use splitting::{Division, divide, find_look_alikes, split_for};
pub use train::{last_event, train};
pub use training_job::RepeatChanges;
pub use unprocessed::{ComparedBy, UnprocessedSummary, find_unprocessed};
pub use views::*;
pub use workspace::{DatasetChoice, Job, JobKind, TrialProgram, Workspace};
