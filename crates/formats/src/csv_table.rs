//! CSV (RFC 4180), one row a box: `image, folder, category, x, y, width, height, …` in pixels.
//!
//! Reading takes `,`, `;` and tabs, UTF-8, UTF-16 and Windows-1252, corners as well as sizes, and the
//! column names of other programs. Text that a spreadsheet would run is made harmless (see `neutral`).

use std::io::{BufWriter, Write};

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentImage, Source};

use crate::{
    Format, Problems, ReadDocument, ReadError, WriteError,
    layout::file_name,
    number::number_text,
    separated::{each_record, write_record},
    table::{Cell, Columns, TableReader},
    text::{check_lines, decoded_with},
    write::{Tick, tick_at},
};

/// The columns that are written.
pub(crate) const HEADER: [&str; 13] = [
    "image",
    "folder",
    "category",
    "x",
    "y",
    "width",
    "height",
    "image_width",
    "image_height",
    "area",
    "source",
    "score",
    "date",
];

/// Reads a table of boxes.
///
/// # Errors
/// When a line is endless, or the first line is no header that names an image and a box.
pub fn read(bytes: &[u8]) -> Result<ReadDocument, ReadError> {
    check_lines(bytes)?;
    let mut problems = Problems::default();
    let text = decoded_with(bytes, &mut problems);
    let (mut table, mut missing): (Option<TableReader>, Option<String>) = (None, None);
    each_record(&text, &mut problems, |line, cells, problems| {
        if cells.iter().all(Cell::is_empty) {
            return true;
        }
        let new = |columns| TableReader::new(columns, "line").without_longer_rows();
        if let Some(table) = &mut table {
            table.row(line, cells, problems);
            return true;
        }
        match Columns::of_header(cells) {
            Ok(columns) => table = Some(new(columns)),
            Err(wanted) => match Columns::without_header(cells) {
                Some(columns) => table.insert(new(columns)).row(line, cells, problems),
                None => {
                    let found: Vec<_> = cells.iter().take(12).map(|cell| cell.text().into_owned()).collect();
                    missing = Some(format!("line {line}: expected {wanted}; found {}", found.join(", ")));
                }
            },
        }
        missing.is_none()
    });
    match (table, missing) {
        (Some(table), _) => Ok(ReadDocument { document: table.finish(&mut problems), problems }),
        (None, missing) => {
            let reason = missing.unwrap_or_else(|| "the file is empty; expected a header".to_owned());
            Err(ReadError::NotThisFormat { format: Format::Csv, reason })
        }
    }
}

/// How a CSV file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CsvOptions {
    /// Begin with a byte order mark, by which Excel knows that the text is UTF-8.
    pub byte_order_mark: bool,
}

/// Writes a table of boxes; images without boxes are not in it.
///
/// # Errors
/// When the sink does not take it, or `tick` asks to stop.
pub fn write(
    document: &AnnotationDocument,
    options: CsvOptions,
    out: &mut dyn Write,
    tick: &mut Tick,
) -> Result<(), WriteError> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    if options.byte_order_mark {
        out.write_all(b"\xef\xbb\xbf")?;
    }
    write_record(&mut out, &HEADER)?;
    for (index, image) in document.images.iter().enumerate() {
        tick_at(index, tick)?;
        let (name, folder) = name_and_folder(image);
        let size = image.size.map(|size| (size.width.to_string(), size.height.to_string())).unwrap_or_default();
        for found in &image.boxes {
            let category = found.category.and_then(|index| document.categories.get(index as usize));
            let [x, y, width, height, area] = measures(found).map(number_text);
            let (source, score) = source_cells(&found.source);
            let row: [&str; HEADER.len()] = [
                name,
                folder,
                category.map_or("", |category| &category.name),
                &x,
                &y,
                &width,
                &height,
                &size.0,
                &size.1,
                &area,
                source,
                &score.map(number_text).unwrap_or_default(),
                found.changed.as_deref().unwrap_or_default(),
            ];
            write_record(&mut out, &row)?;
        }
    }
    Ok(out.flush()?)
}

/// File name and folder of an image.
pub(crate) fn name_and_folder(image: &DocumentImage) -> (&str, &str) {
    let name = file_name(&image.path);
    (name, image.path[..image.path.len() - name.len()].trim_end_matches(['/', '\\']))
}

/// x, y, width, height and area.
pub(crate) fn measures(found: &DocumentBox) -> [f64; 5] {
    let [x1, y1, x2, y2] = found.corners;
    [x1, y1, x2 - x1, y2 - y1, (x2 - x1) * (y2 - y1)]
}

/// Where a box came from, in one word, and the score.
pub(crate) fn source_cells(source: &Source) -> (&str, Option<f64>) {
    match source {
        Source::Drawn => ("drawn", None),
        Source::Generated => ("generated", None),
        Source::Imported => ("imported", None),
        Source::Detected { detector, score } => (detector, Some(*score)),
    }
}
