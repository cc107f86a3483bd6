//! Lists of categories, as JSON, CSV and XLSX: name, colour, hotkey, order, description, and in what is
//! written the number of annotations.
//!
//! Reading takes what people have: a JSON list of names (the paper's) or of objects, one column of names
//! with or without a header, one line of names, and a spreadsheet with the names under a header or in column A.

mod json;
mod table;

use std::io::{Seek, Write};

use bauta_domain::{DocumentCategory, Rgb};

use crate::{Problems, ReadError, WriteError, separated::write_record};

/// A category of a file and where it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCategory {
    /// What the file says of it; the name has no white space around it.
    pub category: DocumentCategory,
    /// Line, row or number in the file, with the sheet.
    pub place: String,
}

/// The categories of a file, in its order, and what was wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FoundCategories {
    /// The categories; names may repeat.
    pub categories: Vec<FoundCategory>,
    /// What was wrong.
    pub problems: Problems,
}

/// A kind of file that lists categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CategoryFile {
    /// A JSON list.
    Json,
    /// A table as text.
    Csv,
    /// A spreadsheet.
    Xlsx,
}

impl CategoryFile {
    /// The kind with this ending, without the dot, in any case.
    pub fn of_ending(ending: &str) -> Option<Self> {
        match ending.to_ascii_lowercase().as_str() {
            "json" => Some(Self::Json),
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

const TITLES: [&str; 6] = ["name", "colour", "hotkey", "order", "description", "annotations"];

/// Reads a list of categories.
///
/// # Errors
/// When the file is not of this kind at all, or no names can be found in it.
pub fn read(bytes: &[u8], kind: CategoryFile) -> Result<FoundCategories, ReadError> {
    match kind {
        CategoryFile::Json => json::read(bytes),
        CategoryFile::Csv => table::read_csv(bytes),
        CategoryFile::Xlsx => table::read_xlsx(bytes),
    }
}

fn color(text: Option<String>, place: &str, problems: &mut Problems) -> Option<Rgb> {
    let parsed = text?.trim().parse();
    parsed.map_err(|error| problems.push(format_args!("{place}, colour"), error)).ok()
}

impl FoundCategories {
    fn add(&mut self, mut category: DocumentCategory, place: String) {
        category.name = category.name.trim().to_owned();
        if category.name.is_empty() {
            return self.problems.push(place, "it has no name");
        }
        self.categories.push(FoundCategory { category, place });
    }
}

/// Writes a list of categories with the number of annotations of each.
///
/// # Errors
/// When the sink does not take it.
pub fn write(
    categories: &[(DocumentCategory, u32)],
    kind: CategoryFile,
    out: &mut (impl Write + Seek + Send),
) -> Result<(), WriteError> {
    match kind {
        CategoryFile::Json => write_json(categories, out),
        CategoryFile::Csv => write_csv(categories, out),
        CategoryFile::Xlsx => crate::xlsx::write_categories(categories, out),
    }
}

fn write_json(categories: &[(DocumentCategory, u32)], out: &mut impl Write) -> Result<(), WriteError> {
    out.write_all(b"[")?;
    for ((category, annotations), order) in categories.iter().zip(1..) {
        let object = serde_json::json!({
            "name": category.name, "colour": category.color, "hotkey": category.hotkey, "order": order,
            "description": category.description, "annotations": annotations,
        });
        let separator = if order == 1 { "" } else { "," };
        write!(out, "{separator}\n  {object}")?;
    }
    Ok(out.write_all(b"\n]\n")?)
}

fn write_csv(categories: &[(DocumentCategory, u32)], out: &mut impl Write) -> Result<(), WriteError> {
    write_record(out, &TITLES)?;
    for ((category, annotations), order) in categories.iter().zip(1..) {
        let row: [&str; TITLES.len()] = [
            &category.name,
            &category.color.map(String::from).unwrap_or_default(),
            category.hotkey.as_deref().unwrap_or_default(),
            &order.to_string(),
            category.description.as_deref().unwrap_or_default(),
            &annotations.to_string(),
        ];
        write_record(out, &row)?;
    }
    Ok(out.flush()?)
}
