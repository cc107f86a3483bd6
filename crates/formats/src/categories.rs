//! Lists of categories, as JSON, CSV and XLSX: name, colour, hotkey, order, description, and in what is
//! written the number of annotations.
//!
//! Reading takes what people have: a JSON list of names (the paper's) or of objects, one column of names
//! with or without a header, and a spreadsheet with the names under a header or in column A.

use std::io::{Seek, Write};

use bauta_domain::{DocumentCategory, Rgb};
use serde_json::{Value, json};

use crate::{
    Problems, ReadError, WriteError,
    csv_table::each_record,
    neutral::neutral,
    table::{Cell, folded},
    text::{check_lines, decoded},
    xlsx::sheets,
};

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
        CategoryFile::Json => read_json(bytes),
        CategoryFile::Csv => read_csv(bytes),
        CategoryFile::Xlsx => read_xlsx(bytes),
    }
}

fn read_json(bytes: &[u8]) -> Result<FoundCategories, ReadError> {
    let text = decoded(bytes);
    let damaged = |place: String, reason: String| ReadError::Damaged { place, reason };
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        damaged(
            format!("line {}, column {}", error.line(), error.column()),
            "this is not JSON; expected a list of names".to_owned(),
        )
    })?;
    // The paper's whole file, and COCO's, hold their list under this name.
    let list = match &value {
        Value::Array(list) => Some(list),
        Value::Object(object) => object.get("categories").and_then(Value::as_array),
        _ => None,
    };
    let list = list.ok_or_else(|| {
        damaged("line 1".to_owned(), "expected a list of names or of objects with \"name\"".to_owned())
    })?;
    let mut found = FoundCategories::default();
    for (entry, number) in list.iter().zip(1_u32..) {
        let place = format!("entry {number}");
        let field = |names: &[&str]| names.iter().find_map(|name| entry.get(name)).and_then(plain_text);
        let category = match entry {
            Value::Object(_) => DocumentCategory {
                name: field(&["name", "category", "label", "class"]).unwrap_or_default(),
                color: color(field(&["colour", "color"]), &place, &mut found.problems),
                hotkey: field(&["hotkey", "key"]),
                description: field(&["description"]),
            },
            other => DocumentCategory::named(plain_text(other).unwrap_or_default()),
        };
        found.add(category, place);
    }
    Ok(found)
}

fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
    .filter(|text| !text.trim().is_empty())
}

fn color(text: Option<String>, place: &str, problems: &mut Problems) -> Option<Rgb> {
    let text = text?;
    let parsed = text.trim().parse();
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

/// Which column holds what; a table without a header has names in its first column.
struct Columns {
    name: usize,
    color: Option<usize>,
    hotkey: Option<usize>,
    description: Option<usize>,
}

impl Columns {
    /// The columns of a header, if it is one.
    fn of_header(cells: &[Cell]) -> Option<Self> {
        let names: Vec<String> = cells.iter().map(|cell| folded(&cell.text())).collect();
        let find = |aliases: &[&str]| names.iter().position(|name| aliases.contains(&name.as_str()));
        Some(Self {
            name: find(&[
                "name",
                "names",
                "category",
                "categories",
                "label",
                "labels",
                "class",
                "classes",
                "classname",
                "categoryname",
            ])?,
            color: find(&["colour", "color"]),
            hotkey: find(&["hotkey", "key", "shortcut"]),
            description: find(&["description"]),
        })
    }

    const fn first() -> Self {
        Self { name: 0, color: None, hotkey: None, description: None }
    }

    fn read(&self, cells: &[Cell], place: String, found: &mut FoundCategories) {
        if cells.iter().all(Cell::is_empty) {
            return;
        }
        let text =
            |column: usize| cells.get(column).map(|cell| cell.text().into_owned()).filter(|text| !text.is_empty());
        let color = color(self.color.and_then(text), &place, &mut found.problems);
        let category = DocumentCategory {
            name: text(self.name).unwrap_or_default(),
            color,
            hotkey: self.hotkey.and_then(text),
            description: self.description.and_then(text),
        };
        found.add(category, place);
    }
}

fn read_csv(bytes: &[u8]) -> Result<FoundCategories, ReadError> {
    check_lines(bytes)?;
    let text = decoded(bytes);
    let (mut found, mut problems, mut columns) = (FoundCategories::default(), Problems::default(), None);
    each_record(&text, &mut problems, |line, cells, _| {
        let place = format!("line {line}");
        match &columns {
            Some(columns) => Columns::read(columns, cells, place, &mut found),
            None if cells.iter().all(Cell::is_empty) => {}
            None => {
                let header = Columns::of_header(cells);
                if header.is_none() {
                    Columns::first().read(cells, place, &mut found);
                }
                columns = Some(header.unwrap_or(Columns::first()));
            }
        }
    });
    found.problems.extend("", problems);
    Ok(found)
}

fn read_xlsx(bytes: &[u8]) -> Result<FoundCategories, ReadError> {
    let mut book = sheets(bytes)?;
    let mut names = book.names.clone();
    names.sort_by_key(|name| !name.eq_ignore_ascii_case("categories"));
    // A header anywhere beats names in column A.
    for with_header in [true, false] {
        for name in &names {
            let (mut found, mut columns) = (FoundCategories::default(), (!with_header).then(Columns::first));
            book.each_row(name, |row, cells| {
                match &columns {
                    Some(columns) => columns.read(cells, format!("sheet {name}, row {row}"), &mut found),
                    None => columns = Columns::of_header(cells),
                }
                columns.is_some()
            })?;
            if columns.is_some() && !found.categories.is_empty() {
                return Ok(found);
            }
        }
    }
    Err(ReadError::Damaged {
        place: "spreadsheet".to_owned(),
        reason: "no names found; put them in column A, or under a header called name".to_owned(),
    })
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
        let object = json!({
            "name": category.name, "colour": category.color, "hotkey": category.hotkey, "order": order,
            "description": category.description, "annotations": annotations,
        });
        let separator = if order == 1 { "" } else { "," };
        write!(out, "{separator}\n  {object}")?;
    }
    Ok(out.write_all(b"\n]\n")?)
}

fn write_csv(categories: &[(DocumentCategory, u32)], out: &mut impl Write) -> Result<(), WriteError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let io = |error: csv::Error| WriteError::Io(error.into());
    writer.write_record(TITLES).map_err(io)?;
    for ((category, annotations), order) in categories.iter().zip(1..) {
        writer
            .write_record([
                neutral(&category.name).as_ref(),
                &category.color.map(String::from).unwrap_or_default(),
                &neutral(category.hotkey.as_deref().unwrap_or_default()),
                &order.to_string(),
                &neutral(category.description.as_deref().unwrap_or_default()),
                &annotations.to_string(),
            ])
            .map_err(io)?;
    }
    Ok(writer.flush()?)
}
