//! Reading. A spreadsheet is a package of packed XML: it is unpacked to nowhere first, under a limit, so
//! that a small file cannot fill the memory. Cells are then read one after the other: a sheet that claims
//! to be 16,384 columns wide costs nothing.

use std::{
    borrow::Cow,
    io::{Cursor, Read as _},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{DataRef, Reader as _, Xlsx};
use zip::ZipArchive;

use crate::{
    Format, Problems, ReadDocument, ReadError,
    table::{Cell, Columns, TableReader},
};

/// All parts of a package together may unpack to this much.
const MAX_UNPACKED: u64 = 1 << 30;
/// A package of more parts is no spreadsheet.
const MAX_PARTS: usize = 10_000;
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
    check_package(bytes, MAX_UNPACKED)?;
    let book = guarded(|| Xlsx::new(Cursor::new(bytes)).map_err(|error| error.to_string()))?;
    let names = book.sheet_names();
    Ok(Sheets { book, names })
}

impl Sheets<'_> {
    /// Hands each row that has cells to `take` with its number from 1, until `take` has enough (false).
    pub fn each_row(&mut self, sheet: &str, mut take: impl FnMut(u32, &[Cell<'_>]) -> bool) -> Result<(), ReadError> {
        guarded(|| {
            let mut reader = self.book.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
            let (mut row, mut cells): (u32, Vec<Cell>) = (0, Vec::new());
            while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
                let (at_row, column) = cell.get_position();
                if at_row != row {
                    if !cells.is_empty() && !take(row.saturating_add(1), &cells) {
                        return Ok(());
                    }
                    cells.clear();
                    row = at_row;
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
        DataRef::String(text) => Cell::Text(Cow::Owned(text.clone())),
        DataRef::SharedString(text) => Cell::Text(Cow::Borrowed(text)),
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

/// Unpacks everything to nowhere: what a package says of its own size may be a lie.
fn check_package(bytes: &[u8], limit: u64) -> Result<(), ReadError> {
    let not_xlsx = |reason: String| ReadError::NotThisFormat { format: Format::Xlsx, reason };
    let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|error| not_xlsx(error.to_string()))?;
    if package.len() > MAX_PARTS {
        return Err(not_xlsx(format!("it has {} parts; a spreadsheet has fewer than {MAX_PARTS}", package.len())));
    }
    let mut left = limit;
    for index in 0..package.len() {
        let part = package.by_index(index).map_err(|error| not_xlsx(error.to_string()))?;
        let name = part.name().map_or_else(|_| format!("part {}", index + 1), |name| name.into_owned());
        let too_large = || ReadError::TooLarge { part: name.clone(), limit_megabytes: limit >> 20 };
        if part.size() > left {
            return Err(too_large());
        }
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink());
        let unpacked =
            unpacked.map_err(|error| ReadError::Damaged { place: name.clone(), reason: error.to_string() })?;
        left = left.checked_sub(unpacked).ok_or_else(too_large)?;
    }
    Ok(())
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
                table.row(row, cells, &format!("sheet {name}, row {row}"), &mut problems);
                return true;
            }
            match Columns::of_header(cells) {
                Ok(columns) => table = Some(TableReader::new(columns)),
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
            return Ok(ReadDocument { document: table.finish(), problems });
        }
        outcome?;
    }
    let reason = missing.unwrap_or_else(|| "its sheets are empty".to_owned());
    Err(ReadError::NotThisFormat { format: Format::Xlsx, reason })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_zip_bomb_is_refused_by_what_it_unpacks_to_whatever_it_says() {
        let mut package = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        for part in ["xl/one.xml", "xl/two.xml"] {
            package.start_file(part, options).unwrap();
            package.write_all(&vec![0; 600 << 10]).unwrap();
        }
        let mut bytes = package.finish().unwrap().into_inner();
        assert!(bytes.len() < 10 << 10, "a bomb is small");
        assert!(check_package(&bytes, 2 << 20).is_ok());
        let refused = |bytes: &[u8]| matches!(check_package(bytes, 1 << 20), Err(ReadError::TooLarge { part, .. }) if part == "xl/two.xml");
        assert!(refused(&bytes));
        // The same with sizes that lie: four bytes at offset 24 of each central directory header.
        let headers: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").collect();
        assert_eq!(headers.len(), 2);
        for header in headers {
            bytes[header + 24..header + 28].copy_from_slice(&10_u32.to_le_bytes());
        }
        assert!(check_package(&bytes, 1 << 20).is_err());
    }
}
