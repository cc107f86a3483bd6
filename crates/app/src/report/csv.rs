//! Plots and tables as CSV.

use std::borrow::Cow;

use bauta_formats::neutral;

use super::{Plot, Table};

/// A table as it is shown.
pub(super) fn of_table(table: &Table) -> String {
    written(std::iter::once(&table.columns).chain(&table.rows).map(|row| row.iter().map(String::as_str).collect()))
}

/// A plot's points, one a row: curve, side, where, how much. In full digits.
pub(super) fn of_plot(plot: &Plot) -> String {
    let numbers: Vec<[String; 4]> = plot
        .series
        .iter()
        .flat_map(|series| {
            let row = |(x, y): &(f64, f64)| [series.name.clone(), side(series.is_thick), x.to_string(), y.to_string()];
            series.points.iter().map(row)
        })
        .collect();
    let heading = ["curve", "side", &plot.x, &plot.y].to_vec();
    written(std::iter::once(heading).chain(numbers.iter().map(|row| row.iter().map(String::as_str).collect())))
}

fn side(is_thick: bool) -> String {
    if is_thick { "validation" } else { "training" }.to_owned()
}

fn written<'a>(rows: impl Iterator<Item = Vec<&'a str>>) -> String {
    let mut writer = ::csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        let safe = |cell: &'a str| if cell.parse::<f64>().is_ok() { Cow::Borrowed(cell) } else { neutral(cell) };
        writer.write_record(row.into_iter().map(|cell| safe(cell).into_owned())).expect("memory takes every row");
    }
    let bytes = writer.into_inner().expect("memory takes every row");
    String::from_utf8(bytes).expect("rows are text")
}
