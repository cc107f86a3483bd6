//! XLSX spreadsheets of boxes: sheets Annotations (one row a box), Categories, Images and Summary.

mod package;
mod read;
mod write;

pub use read::read;
pub(crate) use read::sheets;
pub use write::write;
pub(crate) use write::write_categories;
