//! Rows to a document.

use std::collections::HashMap;

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentCategory, DocumentImage, ImageSize, Source};

use super::{
    Cell, Columns,
    columns::{Place, column_name},
    units::Votes,
};
use crate::{Problems, corners::put_right, json::number_in, layout::file_name};

/// Collects rows into a document.
pub(crate) struct TableReader {
    columns: Columns,
    /// What the place of a row counts: "line", "sheet Boxes, row".
    word: String,
    refuses_longer_rows: bool,
    document: AnnotationDocument,
    images: HashMap<String, usize>,
    categories: HashMap<String, u32>,
    votes: Votes,
}

impl TableReader {
    /// A table with these columns; `word` is what the place of a row counts.
    pub fn new(columns: Columns, word: impl Into<String>) -> Self {
        Self {
            columns,
            word: word.into(),
            refuses_longer_rows: false,
            document: AnnotationDocument::default(),
            images: HashMap::new(),
            categories: HashMap::new(),
            votes: Votes::default(),
        }
    }

    /// The same for text, where a separator inside a cell without quotes moves all cells behind it.
    pub fn without_longer_rows(self) -> Self {
        Self { refuses_longer_rows: true, ..self }
    }

    /// Reads a row; `place` is its number in the file.
    pub fn row(&mut self, place: u32, cells: &[Cell], problems: &mut Problems) {
        if cells.iter().all(Cell::is_empty) {
            return;
        }
        if let Err(message) = self.read_row(place, cells, problems) {
            problems.push(format_args!("{} {place}", self.word), message);
        }
    }

    fn read_row(&mut self, place: u32, cells: &[Cell], problems: &mut Problems) -> Result<(), String> {
        let filled = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        if self.refuses_longer_rows && filled > self.columns.count {
            return Err(format!(
                "found {filled} cells, expected at most {} as in the first row; the row is left out; a cell with the \
                 separator in it (as in 1,5) needs quotes around it",
                self.columns.count
            ));
        }
        let cell = |column: usize| cells.get(column).unwrap_or(&Cell::Empty);
        // Only where this program wrote the table white space around a name is certain to belong to it.
        let name = |column: usize| if self.columns.ours { cell(column).exact_text() } else { cell(column).text() };
        if cell(self.columns.image).is_empty() {
            return Err("the row names no image".to_owned());
        }
        let image = name(self.columns.image);
        if file_name(&image).is_empty() {
            return Err(format!("found the folder {image:?} as image; expected a file"));
        }
        let folder = self.columns.folder.map(name).unwrap_or_default();
        let category = self.columns.category.map(|column| name(column).into_owned());
        let index = self.image(&image, &folder);
        if let Some((width, height)) = self.columns.image_size {
            let side = |column| cell(column).number().filter(|v| *v >= 1.0 && *v <= f64::from(u32::MAX));
            let size = side(width).zip(side(height)).map(|(w, h)| ImageSize::new(w as u32, h as u32));
            self.document.images[index].size = self.document.images[index].size.or(size);
        }
        let columns = match self.columns.place {
            Place::Corners(columns) | Place::CornerAndSize(columns) | Place::CenterAndSize(columns) => columns.to_vec(),
            Place::OneCell(column, _) => vec![column],
        };
        // A row that names an image and no box: the image has none.
        if columns.iter().all(|&column| cell(column).is_empty()) {
            return Ok(());
        }
        let corners = self.corners(&cell)?;
        if let Some(message) = put_right(corners) {
            problems.push(format_args!("{} {place}", self.word), message);
        }
        let category = category.filter(|name| !name.trim().is_empty()).map(|name| self.category(name));
        let source = self.source(&cell);
        let boxes = &mut self.document.images[index].boxes;
        if boxes.is_empty() {
            // A list grows to four at once, which is three too many for a million images with a box each.
            boxes.reserve_exact(1);
        }
        boxes.push(DocumentBox { source, ..DocumentBox::imported(corners, category, place) });
        Ok(())
    }

    fn image(&mut self, image: &str, folder: &str) -> usize {
        let bare = folder.is_empty() || image.contains(['/', '\\']);
        let path = if bare { image.to_owned() } else { format!("{}/{image}", folder.trim_end_matches(['/', '\\'])) };
        *self.images.entry(path).or_insert_with_key(|path| {
            self.document.images.push(DocumentImage { path: path.clone(), ..DocumentImage::default() });
            self.document.images.len() - 1
        })
    }

    fn category(&mut self, name: String) -> u32 {
        if let Some(index) = self.categories.get(&name) {
            return *index;
        }
        let index = u32::try_from(self.document.categories.len()).unwrap_or(u32::MAX);
        self.document.categories.push(DocumentCategory::named(name.clone()));
        self.categories.insert(name, index);
        index
    }

    fn source<'c>(&self, cell: &impl Fn(usize) -> &'c Cell<'c>) -> Source {
        let name = self.columns.source.map(|column| cell(column).text()).unwrap_or_default();
        let score = self.columns.score.and_then(|column| cell(column).number());
        match (name.as_ref(), score) {
            ("drawn", _) => Source::Drawn,
            ("generated", _) => Source::Generated,
            ("" | "imported", _) => Source::Imported,
            (name, Some(score)) if (0.0..=1.0).contains(&score) => {
                Source::Detected { detector: name.to_owned(), score }
            }
            _ => Source::Imported,
        }
    }

    fn corners<'c>(&mut self, cell: &impl Fn(usize) -> &'c Cell<'c>) -> Result<[f64; 4], String> {
        let values = match self.columns.place {
            Place::OneCell(column, _) => four_numbers(&cell(column).text())?,
            Place::Corners(columns) | Place::CornerAndSize(columns) | Place::CenterAndSize(columns) => {
                let mut values = [0.0; 4];
                for (value, column) in values.iter_mut().zip(columns) {
                    let found = cell(column);
                    *value = found.number().ok_or_else(|| {
                        format!("found {:?} in column {}; expected a number", found.text(), column_name(column))
                    })?;
                }
                values
            }
        };
        self.votes.count(values);
        let [a, b, c, d] = values;
        Ok(match self.columns.place {
            Place::Corners(_) | Place::OneCell(_, false) => [a, b, c, d],
            Place::CornerAndSize(_) | Place::OneCell(_, true) => [a, b, a + c, b + d],
            Place::CenterAndSize(_) => [a - c / 2.0, b - d / 2.0, a + c / 2.0, b + d / 2.0],
        })
    }

    /// The document, and what is only seen when all rows are there.
    pub fn finish(mut self, problems: &mut Problems) -> AnnotationDocument {
        let votes = if self.columns.ours { Votes::pixels() } else { self.votes };
        votes.decide(&mut self.document, self.columns.place, &self.word, problems);
        self.document
    }
}

fn four_numbers(text: &str) -> Result<[f64; 4], String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']' | '(' | ')'));
    let numbers: Vec<Option<f64>> = words.filter(|word| !word.is_empty()).map(number_in).collect();
    match numbers.as_slice() {
        [Some(a), Some(b), Some(c), Some(d)] => Ok([*a, *b, *c, *d]),
        _ => Err(format!("found {:?} as box; expected four numbers", text.chars().take(60).collect::<String>())),
    }
}
