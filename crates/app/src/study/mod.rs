//! The paper's study: one thing is changed at a time, several seeds each, and what came of it laid over each other.

mod grid;
mod results;
mod run;

pub use grid::{Grid, StudyCell, StudyPlan};
pub use results::study_report;
pub use run::{StudyEvent, recorded, run_study, seconds_left};
