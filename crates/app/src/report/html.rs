//! A report as one page with everything inside it: no script, no picture, nothing to load.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Block, Plot, Report, Table, csv, svg, text::escaped};

const STYLE: &str = concat!(include_str!("page.css"), include_str!("plot.css"));

/// The whole page.
pub(super) fn page(report: &Report) -> String {
    let title = escaped(&report.title);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"generator\" content=\"Bauta {}\"><title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n",
        env!("CARGO_PKG_VERSION")
    );
    for section in &report.sections {
        if !section.heading.is_empty() {
            let _ = writeln!(html, "<h2>{}</h2>", escaped(&section.heading));
        }
        section.blocks.iter().for_each(|block| write_block(&mut html, block));
    }
    html + "</body></html>\n"
}

fn write_block(html: &mut String, block: &Block) {
    match block {
        Block::Text(text) => {
            let _ = writeln!(html, "<p>{}</p>", escaped(text));
        }
        Block::Command(command) => {
            let _ = writeln!(html, "<pre>{}</pre>", escaped(command));
        }
        Block::Plot(plot) => write_plot(html, plot),
        Block::Table(table) => write_table(html, table),
    }
}

fn write_plot(html: &mut String, plot: &Plot) {
    let _ = writeln!(
        html,
        "<figure><h3>{}</h3>{}<p class=\"says\">{}</p>{}{}</figure>",
        escaped(&plot.title),
        svg::drawing(plot),
        escaped(&plot.sentence),
        download(&plot.name, "csv", "text/csv", &csv::of_plot(plot)),
        download(&plot.name, "svg", "image/svg+xml", &svg::file(plot)),
    );
}

fn write_table(html: &mut String, table: &Table) {
    let cells = |tag: &str, row: &[String]| -> String {
        row.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect()
    };
    let rows: Vec<String> = table.rows.iter().map(|row| format!("<tr>{}</tr>", cells("td", row))).collect();
    let _ = writeln!(
        html,
        "<figure><h3>{}</h3><div class=\"wide\"><table><thead><tr>{}</tr></thead><tbody>\n{}\n</tbody></table></div><p class=\"says\">{}</p>{}</figure>",
        escaped(&table.title),
        cells("th", &table.columns),
        rows.join("\n"),
        escaped(&table.sentence),
        download(&table.name, "csv", "text/csv", &csv::of_table(table)),
    );
}

/// A link that saves what it carries: the page needs no other file.
fn download(name: &str, ending: &str, kind: &str, content: &str) -> String {
    format!(
        "<a download=\"{}.{ending}\" href=\"data:{kind};charset=utf-8,{}\">{}</a>",
        escaped(name),
        utf8_percent_encode(content, NON_ALPHANUMERIC),
        ending.to_uppercase()
    )
}
