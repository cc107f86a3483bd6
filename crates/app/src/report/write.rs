//! A report as files: the page, and beside it a folder with its plots and tables.

use std::path::{Path, PathBuf};

use super::{Report, csv, html, svg};
use crate::AppError;

/// Writes the page to `path`, and into the folder `NAME-files` beside it every table and plot as CSV and every plot as
/// SVG. Each file is there whole or not at all, the page last. Gives all that was written, the page first.
///
/// # Errors
/// When the folder cannot be made or written, or its disk is full; an earlier page is as it was then.
pub fn write_report(report: &Report, path: &Path) -> Result<Vec<PathBuf>, AppError> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let folder = path.with_file_name(format!("{name}-files"));
    let of_plots = report.plots().flat_map(|plot| {
        [(format!("{}.csv", plot.name), csv::of_plot(plot)), (format!("{}.svg", plot.name), svg::file(plot))]
    });
    let of_tables = report.tables().map(|table| (format!("{}.csv", table.name), csv::of_table(table)));
    let mut written = vec![path.to_owned()];
    for (file, content) in of_plots.chain(of_tables) {
        let place = folder.join(file);
        write(&place, &content, path)?;
        written.push(place);
    }
    write(path, &html::page(report), path)?;
    Ok(written)
}

fn write(place: &Path, content: &str, page: &Path) -> Result<(), AppError> {
    bauta_files::write_whole(place, content.as_bytes()).map_err(|error| AppError::Export {
        path: page.to_owned(),
        reason: format!("{}: {error}; make space on that disk or choose another folder", place.display()),
    })
}
