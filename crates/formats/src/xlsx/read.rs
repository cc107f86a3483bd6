//! Reading. Cells are read one after the other: a sheet that claims to be 16,384 columns wide costs nothing.

use std::{
    borrow::Cow,
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use bauta_domain::AnnotationDocument;
use calamine::{DataRef, Reader as _, Xlsx};

use super::package::{Limits, check_package};
use crate::{
    Format, Problems, ReadDocument, ReadError,
    table::{Cell, Columns, TableReader},
};

/// A sheet has no more rows (Excel's specification); a file that claims more would cost memory.
const MAX_ROWS: usize = 1_048_576;
/// Cells further to the right are not looked at.
const MAX_COLUMNS: u32 = 256;

type Book<'b> = Xlsx<Cursor<&'b [u8]>>;

/// An open spreadsheet and the names of its sheets.
pub(crate) struct Sheets<'b> {
    book: Book<'b>,
    pub names: Vec<String>,
}

/// Opens a spreadsheet after checking that it unpacks to a sensible size.
pub(crate) fn sheets(bytes: &[u8]) -> Result<Sheets<'_>, ReadError> {
    check_package(bytes, Limits::default())?;
    let book = guarded(|| Xlsx::new(Cursor::new(bytes)).map_err(|error| error.to_string()))?;
    let names = book.sheet_names();
    Ok(Sheets { book, names })
}

impl Sheets<'_> {
    /// Hands each row that has cells to `take` with its number from 1, until `take` has enough (false).
    pub fn each_row(&mut self, sheet: &str, mut take: impl FnMut(u32, &[Cell<'_>]) -> bool) -> Result<(), ReadError> {
        guarded(|| {
            let mut reader = self.book.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
            let (mut row, mut rows, mut cells): (u32, usize, Vec<Cell>) = (0, 0, Vec::new());
            while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
                let (at_row, column) = cell.get_position();
                if at_row != row {
                    if !cells.is_empty() && !take(row.saturating_add(1), &cells) {
                        return Ok(());
                    }
                    cells.clear();
                    (row, rows) = (at_row, rows + 1);
                    if rows > MAX_ROWS {
                        return Err(format!("found more than {MAX_ROWS} rows, which no spreadsheet has"));
                    }
                }
                if column < MAX_COLUMNS {
                    let column = column as usize;
                    if cells.len() <= column {
                        cells.resize(column + 1, Cell::Empty);
                    }
                    cells[column] = value(cell.get_value());
                }
            }
            if !cells.is_empty() {
                take(row.saturating_add(1), &cells);
            }
            Ok(())
        })
    }
}

fn value<'a>(found: &DataRef<'a>) -> Cell<'a> {
    match found {
        DataRef::Int(value) => Cell::Number(*value as f64),
        DataRef::Float(value) => Cell::Number(*value),
        DataRef::String(text) => Cell::Exact(Cow::Owned(text.clone())),
        DataRef::SharedString(text) => Cell::Exact(Cow::Borrowed(text)),
        DataRef::Bool(value) => Cell::Text(Cow::Borrowed(if *value { "TRUE" } else { "FALSE" })),
        DataRef::DateTime(value) => Cell::Number(value.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(Cow::Owned(text.clone())),
        DataRef::Error(error) => Cell::Text(Cow::Owned(error.to_string())),
        DataRef::Empty => Cell::Empty,
    }
}

/// Runs the spreadsheet library; should it panic on a hostile file, the file is damaged.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, ReadError> {
    let damaged = |reason: String| ReadError::Damaged { place: "spreadsheet".to_owned(), reason };
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(outcome) => outcome.map_err(damaged),
        Err(_) => Err(damaged("its parts contradict each other; open and save it in a spreadsheet program".to_owned())),
    }
}

/// Reads a table of boxes: from the sheet Annotations, or from the first one with fitting columns.
///
/// # Errors
/// When it is no spreadsheet, unpacks to too much, or no sheet has columns for image and box.
pub fn read(bytes: &[u8]) -> Result<ReadDocument, ReadError> {
    let mut sheets = sheets(bytes)?;
    let mut names = sheets.names.clone();
    names.sort_by_key(|name| !name.eq_ignore_ascii_case("annotations"));
    let (mut problems, mut missing) = (Problems::default(), None);
    for name in names {
        let mut table: Option<TableReader> = None;
        let outcome = sheets.each_row(&name, |row, cells| {
            if let Some(table) = &mut table {
                table.row(row, cells, &mut problems);
                return true;
            }
            match Columns::of_header(cells) {
                Ok(columns) => table = Some(TableReader::new(columns, format!("sheet {name}, row"))),
                Err(wanted) => {
                    missing.get_or_insert_with(|| format!("sheet {name}, row {row}: expected {wanted}"));
                }
            }
            table.is_some()
        });
        if let Some(table) = table {
            if let Err(error) = outcome {
                problems.push(format_args!("sheet {name}"), format_args!("{error}; what comes before was read"));
            }
            let document = AnnotationDocument { sheet: Some(name), ..table.finish(&mut problems) };
            return Ok(ReadDocument { document, problems });
        }
        outcome?;
    }
    let reason = missing.unwrap_or_else(|| "its sheets are empty".to_owned());
    Err(ReadError::NotThisFormat { format: Format::Xlsx, reason })
}
