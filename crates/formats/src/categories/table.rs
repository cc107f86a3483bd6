//! Categories of a table, as CSV or XLSX: under a header, which may have titles above it, or in the first column, or
//! all in one row.

use bauta_domain::DocumentCategory;

use super::{FoundCategories, color};
use crate::{
    Problems, ReadError,
    separated::each_record,
    table::{Cell, folded},
    text::{check_lines, decoded_with},
    xlsx::sheets,
};

/// A header stands among the first so many rows that are not empty.
const HEAD: usize = 10;

/// Which column holds what.
#[derive(Clone, Copy, Default)]
struct Columns {
    name: usize,
    color: Option<usize>,
    hotkey: Option<usize>,
    description: Option<usize>,
}

impl Columns {
    /// The columns of a header, if it is one.
    fn of_header(cells: &[String]) -> Option<Self> {
        const NAME: [&str; 10] = [
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
        ];
        let titles: Vec<String> = cells.iter().map(|text| folded(text)).collect();
        let find = |aliases: &[&str]| titles.iter().position(|title| aliases.contains(&title.as_str()));
        Some(Self {
            name: find(&NAME)?,
            color: find(&["colour", "color"]),
            hotkey: find(&["hotkey", "key", "shortcut"]),
            description: find(&["description"]),
        })
    }

    /// How many columns are known.
    fn known(self) -> usize {
        1 + [self.color, self.hotkey, self.description].into_iter().flatten().count()
    }

    fn read(self, cells: &[Cell], place: String, found: &mut FoundCategories) {
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

/// The first rows of a table that are not empty, with their numbers.
#[derive(Default)]
struct Head(Vec<(u32, Vec<String>)>);

impl Head {
    /// Takes a row; whether it wants more.
    fn take(&mut self, row: u32, cells: &[Cell]) -> bool {
        if !cells.iter().all(Cell::is_empty) {
            self.0.push((row, cells.iter().map(|cell| cell.text().into_owned()).collect()));
        }
        self.0.len() < HEAD
    }

    /// Where the names are. A title may be called as a column is; the row with most known columns is the header.
    fn names(&self) -> Names {
        let headers = self.0.iter().rev().filter_map(|(row, cells)| Some((*row, Columns::of_header(cells)?)));
        if let Some((row, columns)) = headers.max_by_key(|(_, columns)| columns.known()) {
            return Names::Below(row, columns);
        }
        match self.0.as_slice() {
            [(_, cells)] if cells.iter().filter(|text| !text.is_empty()).count() > 1 => Names::InOneRow,
            _ => Names::InFirstColumn { others: None },
        }
    }
}

/// Where the names of a table are.
enum Names {
    /// Below the header in this row.
    Below(u32, Columns),
    /// In its only row.
    InOneRow,
    /// In the first column; where others have something too: place and text of the first such cell.
    InFirstColumn { others: Option<(String, String)> },
}

impl Names {
    fn row(&mut self, row: u32, word: &str, cells: &[Cell], found: &mut FoundCategories) {
        let mut filled = cells.iter().filter(|cell| !cell.is_empty());
        let Some(first) = filled.clone().next() else { return };
        let place = format!("{word} {row}");
        match self {
            Self::Below(header, _) if row == *header => {}
            Self::Below(header, _) if row < *header => {
                let message =
                    format_args!("found {:?} above the header in {word} {header}; it is left out", first.text());
                found.problems.push(place, message);
            }
            Self::Below(_, columns) => columns.read(cells, place, found),
            Self::InOneRow => {
                for cell in filled {
                    found.add(DocumentCategory::named(cell.text()), place.clone());
                }
            }
            Self::InFirstColumn { others } => {
                let other = filled.find(|cell| cells.first() != Some(*cell));
                if let (Some(other), None) = (other, &others) {
                    *others = Some((place.clone(), other.text().into_owned()));
                }
                Columns::default().read(cells, place, found);
            }
        }
    }

    fn finish(self, found: &mut FoundCategories) {
        if let Self::InFirstColumn { others: Some((place, text)) } = self {
            found.problems.push(
                place,
                format_args!(
                    "found {text:?} beside a name; names were read from the first column only; put a header (name, \
                     colour, hotkey, description) above the columns to have all of them read"
                ),
            );
        }
    }
}

pub(super) fn read_csv(bytes: &[u8]) -> Result<FoundCategories, ReadError> {
    check_lines(bytes)?;
    let (mut found, mut problems, mut head) = (FoundCategories::default(), Problems::default(), Head::default());
    let text = decoded_with(bytes, &mut problems);
    each_record(&text, &mut Problems::default(), |line, cells, _| head.take(line, cells));
    let mut names = head.names();
    each_record(&text, &mut problems, |line, cells, _| {
        names.row(line, "line", cells, &mut found);
        true
    });
    names.finish(&mut found);
    found.problems.extend("", problems);
    Ok(found)
}

pub(super) fn read_xlsx(bytes: &[u8]) -> Result<FoundCategories, ReadError> {
    let mut book = sheets(bytes)?;
    let mut sheet_names = book.names.clone();
    sheet_names.sort_by_key(|name| !name.eq_ignore_ascii_case("categories"));
    // A header anywhere beats names in column A.
    for with_header in [true, false] {
        for sheet in &sheet_names {
            let mut head = Head::default();
            book.each_row(sheet, |row, cells| head.take(row, cells))?;
            let mut names = head.names();
            if with_header != matches!(names, Names::Below(..)) {
                continue;
            }
            let (mut found, word) = (FoundCategories::default(), format!("sheet {sheet}, row"));
            let outcome = book.each_row(sheet, |row, cells| {
                names.row(row, &word, cells, &mut found);
                true
            });
            names.finish(&mut found);
            if found.categories.is_empty() {
                outcome?;
                continue;
            }
            if let Err(error) = outcome {
                found.problems.push(format_args!("sheet {sheet}"), format_args!("{error}; what comes before was read"));
            }
            return Ok(found);
        }
    }
    Err(ReadError::Damaged {
        place: "spreadsheet".to_owned(),
        reason: "no names found; put them in column A, or under a header called name".to_owned(),
    })
}
