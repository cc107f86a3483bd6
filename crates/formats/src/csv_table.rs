//! CSV (RFC 4180), one row a box: `image, folder, category, x, y, width, height, …` in pixels.
//!
//! Reading takes `,`, `;` and tabs, UTF-8, UTF-16 and Windows-1252, corners as well as sizes, and the
//! column names of other programs. Text that a spreadsheet would run is made harmless (see `neutral`).

use std::{
    borrow::Cow,
    io::{BufWriter, Write},
};

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentImage, Source};

use crate::{
    Format, Problems, ReadDocument, ReadError, WriteError,
    layout::file_name,
    neutral::{neutral, original},
    number::number_text,
    table::{Cell, Columns, TableReader},
    text::{check_lines, decoded},
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

/// The lines of a separated table, from whatever a spreadsheet saved it as.
pub(crate) fn reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator(text)).from_reader(text.as_bytes())
}

/// The separator that the first line has most of outside quotes; a comma when there is none.
fn separator(text: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in text.bytes().skip_while(u8::is_ascii_whitespace).take_while(|byte| *byte != b'\n') {
        quoted ^= byte == b'"';
        if !quoted && let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte) {
            *count += 1;
        }
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > 0).map_or(b',', |(s, _)| s)
}

/// Hands each line to `take` with its number in the file; lines that are not CSV are problems.
pub(crate) fn each_record(text: &str, problems: &mut Problems, mut take: impl FnMut(u32, &[Cell<'_>], &mut Problems)) {
    let mut reader = reader(text);
    let mut record = csv::StringRecord::new();
    let mut cells: Vec<Cell<'_>> = Vec::new();
    loop {
        let line = u32::try_from(reader.position().line()).unwrap_or(u32::MAX);
        match reader.read_record(&mut record) {
            Ok(true) => {
                let line = record.position().map_or(line, |at| u32::try_from(at.line()).unwrap_or(u32::MAX));
                let fields = record.iter().map(|field| match field {
                    "" => Cell::Empty,
                    text => Cell::Text(Cow::Owned(original(text).into_owned())),
                });
                cells.clear();
                cells.extend(fields);
                take(line, &cells, problems);
            }
            Ok(false) => return,
            Err(error) => problems.push(format_args!("line {line}"), error),
        }
    }
}

/// Reads a table of boxes.
///
/// # Errors
/// When a line is endless, or the first line is no header that names an image and a box.
pub fn read(bytes: &[u8]) -> Result<ReadDocument, ReadError> {
    check_lines(bytes)?;
    let text = decoded(bytes);
    let mut problems = Problems::default();
    let (mut table, mut missing): (Option<TableReader>, Option<String>) = (None, None);
    each_record(&text, &mut problems, |line, cells, problems| {
        if missing.is_some() || cells.iter().all(Cell::is_empty) {
            return;
        }
        if let Some(table) = &mut table {
            return table.row(line, cells, &format!("line {line}"), problems);
        }
        match Columns::of_header(cells) {
            Ok(columns) => table = Some(TableReader::new(columns)),
            Err(wanted) => match Columns::without_header(cells) {
                Some(columns) => {
                    table.insert(TableReader::new(columns)).row(line, cells, &format!("line {line}"), problems);
                }
                None => {
                    let found: Vec<_> = cells.iter().take(12).map(|cell| cell.text().into_owned()).collect();
                    missing = Some(format!("line {line}: expected {wanted}; found {}", found.join(", ")));
                }
            },
        }
    });
    match (table, missing) {
        (Some(table), _) => Ok(ReadDocument { document: table.finish(), problems }),
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
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(HEADER).map_err(io_error)?;
    for (index, image) in document.images.iter().enumerate() {
        tick_at(index, tick)?;
        let (name, folder) = name_and_folder(image);
        let size = image.size.map(|size| (size.width.to_string(), size.height.to_string())).unwrap_or_default();
        for found in &image.boxes {
            let category = found.category.and_then(|index| document.categories.get(index as usize));
            let [x, y, width, height, area] = measures(found).map(number_text);
            let (source, score) = source_cells(&found.source);
            let row: [&str; HEADER.len()] = [
                &neutral(name),
                &neutral(folder),
                &neutral(category.map_or("", |category| &category.name)),
                &x,
                &y,
                &width,
                &height,
                &size.0,
                &size.1,
                &area,
                &neutral(source),
                &score.map(number_text).unwrap_or_default(),
                found.changed.as_deref().unwrap_or_default(),
            ];
            writer.write_record(row).map_err(io_error)?;
        }
    }
    Ok(writer.flush()?)
}

fn io_error(error: csv::Error) -> WriteError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => WriteError::Io(error),
        // Rows are all of one length, so nothing else can go wrong.
        other => WriteError::Io(std::io::Error::other(format!("{other:?}"))),
    }
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
