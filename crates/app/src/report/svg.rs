//! Curves as SVG: with axes, a legend, and the numbers where the pointer is.

use std::fmt::Write as _;

use super::{Plot, Series, text::escaped};

const WIDTH: f64 = 680.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 668.0;
const TOP: f64 = 28.0;
const BOTTOM: f64 = 270.0;
const LEGEND_ROW: f64 = 18.0;
/// Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008); then they come again, dashed.
pub(super) const COLOURS: usize = 8;
/// More points than this of one curve are not all given a number to hover over.
const HOVER_POINTS: usize = 200;

/// The look of a plot that stands alone; the page has the same in its own style.
const STYLE: &str = include_str!("plot.css");

/// The plot as a file of its own.
pub(super) fn file(plot: &Plot) -> String {
    let drawing = drawing(plot);
    let start = drawing.find('>').map_or(0, |end| end + 1);
    format!(
        "{} xmlns=\"http://www.w3.org/2000/svg\"><style>{STYLE}</style>{}",
        &drawing[..start.saturating_sub(1)],
        &drawing[start..]
    )
}

/// The plot inside a page.
pub(super) fn drawing(plot: &Plot) -> String {
    let axes = Axes::of(plot);
    let rows = legend(plot).len().div_ceil(2) as f64;
    let height = BOTTOM + 42.0 + rows * LEGEND_ROW;
    let mut svg = format!(
        "<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\"><rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/><text x=\"{LEFT}\" y=\"16\" class=\"name\">{}</text>",
        escaped(&format!("{}. {}", plot.title, plot.sentence)),
        escaped(&plot.y),
    );
    axes.draw(&mut svg, &plot.x);
    for series in &plot.series {
        draw_series(&mut svg, series, &axes);
    }
    draw_legend(&mut svg, plot);
    svg + "</svg>\n"
}

/// From numbers to places in the drawing.
struct Axes {
    x: (f64, f64),
    y: (f64, f64),
    /// Into how many parts lines divide the vertical axis.
    steps: u32,
}

impl Axes {
    fn of(plot: &Plot) -> Self {
        let points =
            || plot.series.iter().flat_map(|series| &series.points).filter(|(x, y)| x.is_finite() && y.is_finite());
        let right = points().map(|(x, _)| *x).fold(1.0, f64::max);
        let left = points().map(|(x, _)| *x).fold(right, f64::min);
        let mut values: Vec<f64> = points().map(|(_, y)| *y).collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (values.first().copied().unwrap_or(0.0), values.last().copied().unwrap_or(1.0));
        let y = if plot.is_share {
            // From the fifth below the lowest: most of 0 to 1 would be empty.
            (((least * 5.0).floor() / 5.0).clamp(0.0, 0.8), 1.0)
        } else {
            // One that ran away must not press the others flat: it leaves at the upper edge.
            let middle = values.get(values.len() / 2).copied().unwrap_or(1.0);
            (0.0, round_up(most.min(10.0 * middle)))
        };
        // Lines at round numbers: fifths of what is shown, or tenths of all.
        let steps = if plot.is_share && y.0 > 0.3 { ((1.0 - y.0) * 10.0).round() as u32 } else { 5 };
        let steps = if plot.is_share && y.0 > 0.1 && y.0 < 0.3 { 4 } else { steps };
        Self { x: (left, right), y, steps }
    }

    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let along =
            |value: f64, (from, to): (f64, f64)| ((value - from) / (to - from).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        (LEFT + (RIGHT - LEFT) * along(x, self.x), BOTTOM - (BOTTOM - TOP) * along(y, self.y))
    }

    fn draw(&self, svg: &mut String, x_name: &str) {
        let (low, high) = self.y;
        let steps = self.steps;
        for step in 0..=steps {
            let value = low + (high - low) * f64::from(step) / f64::from(steps);
            let (_, y) = self.place((self.x.0, value));
            let _ = write!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{}\" y=\"{:.1}\" class=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                short(value)
            );
        }
        let (from, to) = self.x;
        let step = round_up((to - from) / 10.0).max(1.0);
        let mut at = (from / step).ceil() * step;
        while at <= to {
            let (x, _) = self.place((at, low));
            let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{}\" class=\"middle\">{at:.0}</text>", BOTTOM + 16.0);
            at += step;
        }
        let _ = write!(svg, "<text x=\"{RIGHT}\" y=\"{}\" class=\"end\">{}</text>", BOTTOM + 32.0, escaped(x_name));
    }
}

fn draw_series(svg: &mut String, series: &Series, axes: &Axes) {
    let known: Vec<(f64, f64)> =
        series.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    let points: Vec<String> = known
        .iter()
        .map(|point| {
            let (x, y) = axes.place(*point);
            format!("{x:.1},{y:.1}")
        })
        .collect();
    let class = class(series);
    let _ = write!(svg, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
    for point in known.iter().step_by(known.len().div_ceil(HOVER_POINTS).max(1)) {
        let (x, y) = axes.place(*point);
        let side = if series.is_thick { "validation" } else { "training" };
        let _ = write!(
            svg,
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"><title>{}, {side}, {}: {}</title></circle>",
            escaped(&series.name),
            point.0,
            short(point.1)
        );
    }
}

fn class(series: &Series) -> String {
    let weight = if series.is_thick { "thick" } else { "thin" };
    let dashed = if (series.colour / COLOURS) % 2 == 1 { " dashed" } else { "" };
    format!("c{} {weight}{dashed}", series.colour % COLOURS)
}

/// Each name once, with the first of its curves: thin and thick are said below.
fn legend(plot: &Plot) -> Vec<&Series> {
    let mut shown: Vec<&Series> = Vec::new();
    for series in &plot.series {
        match shown.iter_mut().find(|other| other.name == series.name) {
            Some(other) if series.is_thick => *other = series,
            Some(_) => {}
            None => shown.push(series),
        }
    }
    shown
}

fn draw_legend(svg: &mut String, plot: &Plot) {
    let _ = write!(
        svg,
        "<text x=\"{LEFT}\" y=\"{}\">thick: pictures kept to check with; thin: pictures to learn from</text>",
        BOTTOM + 32.0
    );
    for (index, series) in legend(plot).into_iter().enumerate() {
        let x = LEFT + (index % 2) as f64 * (RIGHT - LEFT) / 2.0;
        let y = BOTTOM + 52.0 + (index / 2) as f64 * LEGEND_ROW;
        let name: String = series.name.chars().take(44).collect();
        let cut = if series.name.chars().count() > 44 { "…" } else { "" };
        let _ = write!(
            svg,
            "<line class=\"{}\" x1=\"{x}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\"/><text x=\"{}\" y=\"{}\">{}{cut}</text>",
            class(series),
            x + 22.0,
            x + 28.0,
            y + 4.0,
            escaped(&name)
        );
    }
}

/// A number in few digits.
fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !(0.001..1e5).contains(&size) => format!("{value:.1e}"),
        size if size < 0.1 => format!("{value:.4}"),
        size if size < 100.0 => format!("{value:.3}"),
        _ => format!("{value:.0}"),
    }
}

/// The next of 1, 2, 5, 10 … times a power of ten.
fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|top| *top >= value).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(points: Vec<(f64, f64)>) -> Plot {
        let series = Series { name: "a <b>".to_owned(), colour: 9, is_thick: true, points };
        Plot {
            name: "loss".to_owned(),
            title: "Loss".to_owned(),
            x: "epoch".to_owned(),
            y: "loss".to_owned(),
            is_share: false,
            series: vec![series],
            sentence: "\"Quoted\".".to_owned(),
        }
    }

    #[test]
    fn a_plot_stands_alone_and_shows_its_numbers() {
        let svg = file(&plot(vec![(1.0, 0.5), (2.0, f64::NAN), (3.0, 0.25)]));
        assert!(svg.starts_with("<svg class=\"plot\"") && svg.contains("xmlns=") && svg.contains("<style>"), "{svg}");
        assert!(
            svg.contains("c1 thick dashed") && svg.contains("<title>a &lt;b&gt;, validation, 3: 0.250</title>"),
            "{svg}"
        );
        assert_eq!(svg.matches("<circle").count(), 2, "what is no number is not drawn");
    }

    #[test]
    fn nothing_and_one_point_and_a_loss_that_runs_away_can_be_drawn() {
        for points in [vec![], vec![(1.0, 0.0)], vec![(1.0, 1.0), (2.0, 1.0), (3.0, 1e30)]] {
            let svg = file(&plot(points));
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }

    #[test]
    fn axes_end_at_round_numbers() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-9, "{a} {b}");
        close(round_up(0.18), 0.2);
        close(round_up(1.38), 2.0);
        close(round_up(0.0), 1.0);
    }
}
