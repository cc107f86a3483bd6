//! Writing. The long sheets are streamed through temporary files, row by row, so that their size does not
//! matter; text is text to the spreadsheet, whatever it begins with (quote prefix), so nothing is run.

use std::io::{Seek, Write};

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentCategory, Rgb};
use rust_xlsxwriter::{
    Chart, ChartAxisLabelPosition, ChartPoint, ChartSolidFill, ChartType, Color, DocProperties, ExcelDateTime,
    Format as Style, FormatAlign, Workbook, Worksheet, XlsxError,
};

use crate::{
    WriteError,
    csv_table::{measures, name_and_folder, source_cells},
    write::{Tick, tick_at},
};

/// Rows of a sheet, the header among them.
const MAX_ROWS: usize = 1_048_576;

/// A column: its title, its width in characters, and on which side its cells begin.
struct Column(&'static str, f64, FormatAlign);

/// A column of texts.
const fn text(title: &'static str, width: f64) -> Column {
    Column(title, width, FormatAlign::Left)
}

/// A column of numbers or dates.
const fn number(title: &'static str, width: f64) -> Column {
    Column(title, width, FormatAlign::Right)
}

struct Styles {
    header: Style,
    plain: Style,
    text: Style,
    mean: Style,
    whole: Style,
    share: Style,
    date: Style,
}

impl Styles {
    fn new() -> Self {
        let plain = Style::new;
        Self {
            header: plain().set_bold().set_background_color(Color::RGB(0xE7_E6_E6)),
            plain: plain(),
            text: plain().set_quote_prefix(),
            mean: plain().set_num_format("#,##0.00"),
            whole: plain().set_num_format("#,##0"),
            share: plain().set_num_format("0.000"),
            date: plain().set_num_format("yyyy-mm-dd hh:mm:ss"),
        }
    }
}

/// Writes a spreadsheet with the sheets Annotations, Categories, Images and Summary.
///
/// # Errors
/// When there are more boxes or images than a sheet has rows, the sink does not take it, or `tick` asks to
/// stop.
pub fn write(
    document: &AnnotationDocument,
    out: &mut (impl Write + Seek + Send),
    tick: &mut Tick,
) -> Result<(), WriteError> {
    let found = document.box_count().max(document.images.len()) + 1;
    if found > MAX_ROWS {
        return Err(WriteError::TooManyRows { found, limit: MAX_ROWS });
    }
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_title("Annotations").set_comment("Exported by Bauta"));
    let styles = Styles::new();
    let colors: Vec<Style> = document.categories.iter().map(category_style).collect();
    annotations(book.add_worksheet_with_constant_memory()?, document, &styles, &colors, tick)?;
    let counted: Vec<_> = document.categories.iter().cloned().zip(counts(document)).collect();
    category_sheet(book.add_worksheet(), &counted, &styles)?;
    images(book.add_worksheet_with_constant_memory()?, document, &styles, tick)?;
    summary(book.add_worksheet(), document, &styles)?;
    if tick(document.images.len()).is_break() {
        return Err(WriteError::Cancelled);
    }
    Ok(book.save_to_writer(out)?)
}

/// The header, which stays in sight, filters the rows below and is on every printed page; pages are as wide as the
/// table.
fn header(
    sheet: &mut Worksheet,
    name: &str,
    columns: &[Column],
    rows: usize,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.set_name(name)?.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    for (column, Column(title, width, side)) in (0..).zip(columns) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, *title, &styles.header.clone().set_align(*side))?;
    }
    let last = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(0);
    sheet.autofilter(0, 0, u32::try_from(rows).unwrap_or(u32::MAX), last).map(drop)
}

fn annotations(
    sheet: &mut Worksheet,
    document: &AnnotationDocument,
    styles: &Styles,
    colors: &[Style],
    tick: &mut Tick,
) -> Result<(), WriteError> {
    let columns = [
        text("image", 28.0),
        text("folder", 36.0),
        text("category", 18.0),
        number("x", 9.0),
        number("y", 9.0),
        number("width", 9.0),
        number("height", 9.0),
        number("image_width", 12.0),
        number("image_height", 12.0),
        number("area", 12.0),
        text("source", 12.0),
        number("score", 8.0),
        number("date", 19.0),
    ];
    header(sheet, "Annotations", &columns, document.box_count(), styles)?;
    let mut row = 0;
    for (index, image) in document.images.iter().enumerate() {
        tick_at(index / 2, tick)?;
        let (name, folder) = name_and_folder(image);
        for found in &image.boxes {
            row += 1;
            sheet.write_string_with_format(row, 0, name, text_style(name, styles))?;
            sheet.write_string_with_format(row, 1, folder, text_style(folder, styles))?;
            let category = found.category.map(|index| index as usize);
            if let Some((category, color)) = category.and_then(|c| document.categories.get(c).zip(colors.get(c))) {
                sheet.write_string_with_format(row, 2, &category.name, color)?;
            }
            let [x, y, width, height, area] = measures(found);
            for (column, value) in [(3, x), (4, y), (5, width), (6, height), (9, area)] {
                // Without a format of its own: "0.##" would show whole numbers with a point behind them.
                sheet.write_number(row, column, value)?;
            }
            if let Some(size) = image.size {
                sheet.write_number(row, 7, size.width)?;
                sheet.write_number(row, 8, size.height)?;
            }
            rest_of_row(sheet, row, found, styles)?;
        }
    }
    Ok(())
}

fn rest_of_row(sheet: &mut Worksheet, row: u32, found: &DocumentBox, styles: &Styles) -> Result<(), XlsxError> {
    let (source, score) = source_cells(&found.source);
    sheet.write_string_with_format(row, 10, source, text_style(source, styles))?;
    if let Some(score) = score {
        sheet.write_number_with_format(row, 11, score, &styles.share)?;
    }
    if let Some(date) = found.changed.as_deref().and_then(|date| ExcelDateTime::parse_from_str(date).ok()) {
        sheet.write_datetime_with_format(row, 12, &date, &styles.date)?;
    }
    Ok(())
}

/// Writes a spreadsheet of categories only, each with the number of its annotations.
pub(crate) fn write_categories(
    categories: &[(DocumentCategory, u32)],
    out: &mut (impl Write + Seek + Send),
) -> Result<(), WriteError> {
    let mut book = Workbook::new();
    category_sheet(book.add_worksheet(), categories, &Styles::new())?;
    Ok(book.save_to_writer(out)?)
}

fn category_sheet(
    sheet: &mut Worksheet,
    categories: &[(DocumentCategory, u32)],
    styles: &Styles,
) -> Result<(), XlsxError> {
    let columns = [
        text("name", 22.0),
        text("colour", 10.0),
        text("hotkey", 8.0),
        number("order", 8.0),
        text("description", 40.0),
        number("annotations", 12.0),
    ];
    header(sheet, "Categories", &columns, categories.len(), styles)?;
    for (row, (category, annotations)) in (1..).zip(categories) {
        sheet.write_string_with_format(row, 0, &category.name, &category_style(category))?;
        let color = category.color.map(String::from).unwrap_or_default();
        sheet.write_string(row, 1, color)?;
        let hotkey = category.hotkey.as_deref().unwrap_or_default();
        sheet.write_string_with_format(row, 2, hotkey, text_style(hotkey, styles))?;
        sheet.write_number(row, 3, row)?;
        let description = category.description.as_deref().unwrap_or_default();
        sheet.write_string_with_format(row, 4, description, text_style(description, styles))?;
        sheet.write_number_with_format(row, 5, *annotations, &styles.whole)?;
    }
    Ok(())
}

fn images(
    sheet: &mut Worksheet,
    document: &AnnotationDocument,
    styles: &Styles,
    tick: &mut Tick,
) -> Result<(), WriteError> {
    let columns = [
        text("image", 28.0),
        text("folder", 36.0),
        number("width", 9.0),
        number("height", 9.0),
        number("annotations", 12.0),
        number("without category", 16.0),
    ];
    header(sheet, "Images", &columns, document.images.len(), styles)?;
    for (index, (row, image)) in (1..).zip(&document.images).enumerate() {
        tick_at((document.images.len() + index) / 2, tick)?;
        let (name, folder) = name_and_folder(image);
        sheet.write_string_with_format(row, 0, name, text_style(name, styles))?;
        sheet.write_string_with_format(row, 1, folder, text_style(folder, styles))?;
        if let Some(size) = image.size {
            sheet.write_number(row, 2, size.width)?;
            sheet.write_number(row, 3, size.height)?;
        }
        sheet.write_number(row, 4, image.boxes.len() as f64)?;
        sheet.write_number(row, 5, image.boxes.iter().filter(|found| found.category.is_none()).count() as f64)?;
    }
    Ok(())
}

fn summary(sheet: &mut Worksheet, document: &AnnotationDocument, styles: &Styles) -> Result<(), XlsxError> {
    sheet.set_name("Summary")?.set_column_width(0, 34)?.set_column_width(1, 14)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    let boxes = document.images.iter().flat_map(|image| &image.boxes);
    let (mut count, mut width, mut height, mut without) = (0_usize, 0.0, 0.0, 0_usize);
    for found in boxes {
        let [_, _, w, h, _] = measures(found);
        (count, width, height) = (count + 1, width + w, height + h);
        without += usize::from(found.category.is_none());
    }
    let mean = |sum: f64| if count == 0 { 0.0 } else { sum / count as f64 };
    let unlabelled = document.images.iter().filter(|image| image.boxes.is_empty()).count();
    let figures = [
        ("Images", document.images.len() as f64, &styles.whole),
        ("Images without annotations", unlabelled as f64, &styles.whole),
        ("Annotations", count as f64, &styles.whole),
        ("Annotations without category", without as f64, &styles.whole),
        ("Mean width of a box, pixels", mean(width), &styles.mean),
        ("Mean height of a box, pixels", mean(height), &styles.mean),
    ];
    for (row, (title, value, style)) in (0..).zip(figures) {
        sheet.write_string(row, 0, title)?;
        sheet.write_number_with_format(row, 1, value, style)?;
    }
    let first = u32::try_from(figures.len()).unwrap_or(0) + 2;
    sheet.write_string_with_format(first - 1, 0, "Category", &styles.header)?;
    sheet.write_string_with_format(
        first - 1,
        1,
        "Annotations",
        &styles.header.clone().set_align(FormatAlign::Right),
    )?;
    let counts = counts(document);
    for ((row, category), count) in (first..).zip(&document.categories).zip(&counts) {
        sheet.write_string_with_format(row, 0, &category.name, text_style(&category.name, styles))?;
        sheet.write_number_with_format(row, 1, *count, &styles.whole)?;
    }
    if document.categories.is_empty() {
        return Ok(());
    }
    sheet.insert_chart(0, 3, &chart(document, first, &counts)).map(drop)
}

/// A bar for each category, from the top as in the table that begins in row `first`, each in its colour.
fn chart(document: &AnnotationDocument, first: u32, counts: &[u32]) -> Chart {
    let last = first + u32::try_from(document.categories.len()).unwrap_or(1) - 1;
    let points: Vec<ChartPoint> = document
        .categories
        .iter()
        .map(|category| {
            let Rgb([r, g, b]) = category.color.unwrap_or(Rgb([0x44, 0x72, 0xC4]));
            ChartPoint::new().set_format(ChartSolidFill::new().set_color(Color::RGB(u32::from_be_bytes([0, r, g, b]))))
        })
        .collect();
    let mut chart = Chart::new(ChartType::Bar);
    chart
        .add_series()
        .set_categories(("Summary", first, 0, last, 0))
        .set_values(("Summary", first, 1, last, 1))
        .set_points(&points)
        .set_name("Annotations");
    chart.title().set_name("Annotations per category");
    chart.legend().set_hidden();
    // The vertical axis of a bar chart is the one of the categories; its numbers would move to the top with it.
    chart.y_axis().set_reverse();
    chart.x_axis().set_label_position(ChartAxisLabelPosition::High).set_min(0);
    if counts.iter().all(|count| *count <= 5) {
        chart.x_axis().set_major_unit(1);
    }
    chart.set_height(u32::try_from(counts.len()).unwrap_or(0).saturating_mul(24).clamp(288, 1200));
    chart
}

/// Accepted boxes of each category.
fn counts(document: &AnnotationDocument) -> Vec<u32> {
    let mut counts = vec![0; document.categories.len()];
    for category in document.images.iter().flat_map(|image| &image.boxes).filter_map(|found| found.category) {
        if let Some(count) = counts.get_mut(category as usize) {
            *count += 1;
        }
    }
    counts
}

/// The cell of a category: its colour with black or white on it, whichever reads better.
fn category_style(category: &DocumentCategory) -> Style {
    let style = if starts_risky(&category.name) { Style::new().set_quote_prefix() } else { Style::new() };
    let Some(Rgb([r, g, b])) = category.color else { return style };
    // Relative luminance, WCAG 2.2; black reads better from 0.179 on.
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    let ink = if luminance > 0.179 { Color::Black } else { Color::White };
    style.set_background_color(Color::RGB(u32::from_be_bytes([0, r, g, b]))).set_font_color(ink)
}

fn starts_risky(text: &str) -> bool {
    matches!(crate::neutral(text), std::borrow::Cow::Owned(_))
}

/// Plain text, or text that says to the spreadsheet that it is no formula.
fn text_style<'s>(text: &str, styles: &'s Styles) -> &'s Style {
    if starts_risky(text) { &styles.text } else { &styles.plain }
}
