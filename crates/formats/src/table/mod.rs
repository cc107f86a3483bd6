//! Tables of boxes, one row a box, whichever names their columns have. CSV and XLSX share this.

mod cell;
mod columns;
mod reader;
mod units;

pub(crate) use cell::Cell;
pub(crate) use columns::{Columns, folded};
pub(crate) use reader::TableReader;
