//! The demo's report: one HTML page with everything inside it.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bauta_app::{Adapters, ClassifiedRegion, GeneratedPicture};
use bauta_domain::{BoundingBox, ConfusionMatrix, EpochFigures};

use crate::demo::Outcome;

/// A picture with the answers for its faces.
pub(crate) struct Classified {
    pub path: PathBuf,
    pub truth: Vec<(BoundingBox, String)>,
    pub regions: Vec<ClassifiedRegion>,
    pub labels: Vec<String>,
}

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1b1c1e; --soft: #5c6066; --paper: #ffffff; --line: #d9dce0; --accent: #0072b2; --second: #b85200; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e9eb; --soft: #a3a8b0; --paper: #1b1c1e; --line: #3a3d42; --accent: #56b4e9; --second: #e69f00; } }
body { margin: 0 auto; padding: 24px; max-width: 960px; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 32px 0 8px; } p { margin: 4px 0 12px; color: var(--soft); max-width: 70ch; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 12px; }
figure { margin: 0; } figure svg, figure img { display: block; width: 100%; height: auto; border-radius: 6px; } figcaption { font-size: 12px; color: var(--soft); padding-top: 4px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: 4px 12px 4px 0; text-align: right; border-bottom: 1px solid var(--line); font-weight: normal; }
th:first-child, td:first-child { text-align: left; } thead th { color: var(--soft); } td.right { font-weight: 600; }
.curves { display: flex; flex-wrap: wrap; gap: 24px; } .curves svg { max-width: 440px; width: 100%; height: auto; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
";

/// The whole page.
pub(crate) fn page(adapters: &Adapters, outcome: &Outcome, sample: &[GeneratedPicture]) -> anyhow::Result<String> {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Bauta demo</title><style>{STYLE}</style></head><body>\n<h1>Bauta demo</h1>\n\
         <p>Drawn pictures, faces found and cropped, a network trained and tried, all on this machine in {:.0} s.</p>\n",
        outcome.seconds
    );
    html += "<h2>The sample</h2>\n<p>Every face is drawn by the program: who it is, how it is lit and what it wears vary by chance.</p>\n<div class=\"pictures\">\n";
    for picture in sample.iter().take(8) {
        let names: Vec<&str> = picture.boxes.iter().map(|(_, name)| name.as_str()).collect();
        let marks: Vec<Mark> =
            picture.boxes.iter().map(|(bbox, name)| Mark { bbox: *bbox, text: name.clone(), good: true }).collect();
        html += &figure(adapters, &picture.path, &marks, &names.join(", "))?;
    }
    let _ = write!(
        html,
        "</div>\n<h2>Faces</h2>\n<p>The detector found {} of {} faces ({:.0} %). {} crops of 240×240 pixels were saved.</p>\n",
        outcome.found,
        outcome.faces,
        100.0 * outcome.found as f64 / outcome.faces.max(1) as f64,
        outcome.crops
    );
    html += "<h2>Training</h2>\n<p>Thin: the pictures it learns from, changed at random each time. Thick: the pictures kept to check with.</p>\n<div class=\"curves\">\n";
    html += &curve("Loss", &outcome.epochs, |e| (e.loss, e.val_loss));
    html += &curve("Accuracy", &outcome.epochs, |e| (e.accuracy, e.val_accuracy));
    html += "</div>\n";
    html += &epoch_table(&outcome.epochs);
    let _ = write!(
        html,
        "<h2>On pictures it has never seen</h2>\n<p>{:.1} % of {} faces drawn with another seed are called right; epoch {} had {:.1} % on the validation pictures. \
         Drawn faces are easier than real ones: measure your own model on photos of people it has never seen.</p>\n",
        outcome.unseen.accuracy() * 100.0,
        outcome.unseen.total(),
        outcome.summary.best_epoch,
        outcome.summary.val_accuracy * 100.0
    );
    html += &confusion_table(&outcome.unseen);
    html += "<h2>Single pictures</h2>\n<div class=\"pictures\">\n";
    for shown in &outcome.classified {
        html += &classified_figure(adapters, shown)?;
    }
    let live = &outcome.live;
    let _ = write!(
        html,
        "</div>\n<h2>Live</h2>\n<p>{} frames of a drawn clip at {:.1} frames a second; a face in {} of them. Of {} faces it was sure of {}, and right about {} of those.</p>\n</body></html>\n",
        live.frames,
        f64::from(live.frames) / live.seconds.max(1e-9),
        live.frames_with_face,
        live.seen,
        live.labelled,
        live.right
    );
    Ok(html)
}

struct Mark {
    bbox: BoundingBox,
    text: String,
    good: bool,
}

fn figure(adapters: &Adapters, path: &Path, marks: &[Mark], caption: &str) -> anyhow::Result<String> {
    let size = adapters.images.size(path).map_err(anyhow::Error::from_boxed)?;
    let jpeg = STANDARD.encode(fs_err::read(path)?);
    let mut svg = format!(
        "<figure><svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{caption}\"><image width=\"{}\" height=\"{}\" href=\"data:image/jpeg;base64,{jpeg}\"/>",
        size.width,
        size.height,
        size.width,
        size.height,
        caption = escaped(caption)
    );
    for Mark { bbox, text, good } in marks {
        let color = if *good { "#009e73" } else { "#d55e00" };
        let _ = write!(
            svg,
            "<rect x=\"{:.0}\" y=\"{:.0}\" width=\"{:.0}\" height=\"{:.0}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"4\"><title>{}</title></rect>",
            bbox.x1(),
            bbox.y1(),
            bbox.width(),
            bbox.height(),
            escaped(text)
        );
    }
    let _ = writeln!(svg, "</svg><figcaption>{}</figcaption></figure>", escaped(caption));
    Ok(svg)
}

fn classified_figure(adapters: &Adapters, shown: &Classified) -> anyhow::Result<String> {
    let mut marks = Vec::new();
    for region in &shown.regions {
        let (Some(bbox), Some((best, p))) = (region.bbox, region.classification.best()) else { continue };
        let label = &shown.labels[best];
        let truth = shown.truth.iter().find(|(drawn, _)| drawn.iou(&bbox) >= 0.4).map(|(_, name)| name);
        let text = format!("{label} ({:.0} %)", p * 100.0);
        marks.push(Mark { bbox, good: truth == Some(label), text });
    }
    let words = |mark: &Mark| if mark.good { mark.text.clone() } else { format!("{}: wrong", mark.text) };
    let caption = marks.iter().map(words).collect::<Vec<_>>().join(", ");
    let caption = if caption.is_empty() { "no face found".to_owned() } else { caption };
    figure(adapters, &shown.path, &marks, &caption)
}

/// Two curves over epochs in a frame of 440×240, with the axis from 0 to a round number.
fn curve(name: &str, epochs: &[EpochFigures], of: impl Fn(&EpochFigures) -> (f64, f64)) -> String {
    let values: Vec<(f64, f64)> = epochs.iter().map(of).collect();
    let highest = values.iter().flat_map(|(a, b)| [*a, *b]).fold(0.0, f64::max);
    let top = if name == "Accuracy" { 1.0 } else { round_up(highest) };
    let (left, right, high, low) = (44.0, 430.0, 24.0, 208.0);
    let x = |index: usize| left + (right - left) * index as f64 / (values.len().max(2) - 1) as f64;
    let y = |value: f64| low - (low - high) * (value / top).clamp(0.0, 1.0);
    let path = |pick: fn(&(f64, f64)) -> f64| {
        let points = values.iter().enumerate().map(|(i, pair)| format!("{:.1},{:.1}", x(i), y(pick(pair))));
        points.collect::<Vec<_>>().join(" ")
    };
    let mut svg = format!(
        "<svg viewBox=\"0 0 440 240\" role=\"img\" aria-label=\"{name} over epochs\"><text x=\"{left}\" y=\"14\">{name}</text>"
    );
    for step in 0..=4 {
        let value = top * f64::from(step) / 4.0;
        let _ = write!(
            svg,
            "<line x1=\"{left}\" x2=\"{right}\" y1=\"{0:.1}\" y2=\"{0:.1}\" stroke=\"var(--line)\"/><text x=\"{1}\" y=\"{2:.1}\" text-anchor=\"end\">{value:.2}</text>",
            y(value),
            left - 6.0,
            y(value) + 4.0
        );
    }
    let _ = write!(
        svg,
        "<text x=\"{left}\" y=\"226\">epoch 1</text><text x=\"{right}\" y=\"226\" text-anchor=\"end\">{}</text>\
         <polyline points=\"{}\" fill=\"none\" stroke=\"var(--second)\" stroke-width=\"1.25\"/>\
         <polyline points=\"{}\" fill=\"none\" stroke=\"var(--accent)\" stroke-width=\"3\"/>",
        values.len(),
        path(|pair| pair.0),
        path(|pair| pair.1)
    );
    svg + "</svg>\n"
}

/// The next of 1, 2, 5, 10 … times a power of ten.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|top| *top >= value).unwrap_or(value)
}

fn epoch_table(epochs: &[EpochFigures]) -> String {
    let mut html = "<table><thead><tr><th>epoch</th><th>loss</th><th>accuracy</th><th>validation loss</th><th>validation accuracy</th><th>seconds</th></tr></thead><tbody>\n".to_owned();
    for e in epochs {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{:.4}</td><td>{:.3}</td><td>{:.4}</td><td>{:.3}</td><td>{:.1}</td></tr>",
            e.epoch, e.loss, e.accuracy, e.val_loss, e.val_accuracy, e.seconds
        );
    }
    html + "</tbody></table>\n"
}

fn confusion_table(confusion: &ConfusionMatrix) -> String {
    let mut html = "<table><thead><tr><th>is</th>".to_owned();
    for label in &confusion.labels {
        let _ = write!(html, "<th>called {}</th>", escaped(label));
    }
    html += "<th>precision</th><th>recall</th></tr></thead><tbody>\n";
    for (row, label) in confusion.labels.iter().enumerate() {
        let _ = write!(html, "<tr><td>{}</td>", escaped(label));
        for (column, count) in confusion.counts[row].iter().enumerate() {
            let _ = write!(html, "<td{}>{count}</td>", if row == column { " class=\"right\"" } else { "" });
        }
        let report = confusion.report(row);
        let _ = writeln!(html, "<td>{:.2}</td><td>{:.2}</td></tr>", report.precision, report.recall);
    }
    html + "</tbody></table>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        close(round_up(0.18), 0.2);
        close(round_up(1.38), 2.0);
        close(round_up(0.0), 1.0);
        close(round_up(5.0), 5.0);
    }

    #[test]
    fn names_cannot_break_out_of_the_page() {
        assert_eq!(escaped("<b a=\"x\">&"), "&lt;b a=&quot;x&quot;&gt;&amp;");
    }
}
