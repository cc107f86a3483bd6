//! What trainings recorded, as a page that stands alone: curves, tables, and a sentence under each that says what they
//! mean; and the same figures as CSV and SVG. Nothing here knows a window or a command line, and no picture of a dataset
//! gets into it.

mod build;
mod command;
mod csv;
mod document;
mod html;
mod recorded;
mod svg;
mod text;
mod words;
mod write;

pub use build::report_of_runs;
pub(crate) use command::word;
pub use command::{shell_words, train_arguments, train_command};
pub use document::{Block, Plot, Report, Section, Series, Table};
pub use recorded::{NewRecord, RecordedRun};
pub(crate) use words::counted;
pub use words::{of_ranking, one_in, percent};
pub use write::write_report;
