//! A thin layer over the painter: smooth outlines through points, soft glows, drawing on top of
//! what is already there.

use tiny_skia::{
    BlendMode, Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder, Pixmap,
    PixmapPaint, Point, RadialGradient, Shader, SpreadMode, Stroke, StrokeDash, Transform,
};

use crate::tone::Tone;

/// A point in picture pixels.
pub(crate) type Spot = [f32; 2];

/// Where paint goes: everywhere, or only onto what this layer already shows.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Where {
    Over,
    Atop,
}

/// A transparent sheet to draw on.
pub(crate) struct Layer {
    pub(crate) pixmap: Pixmap,
}

impl Layer {
    /// A sheet of at least 1 × 1 pixels.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let pixmap = Pixmap::new(width.max(1), height.max(1)).expect("callers keep pictures below the painter's limit");
        Self { pixmap }
    }

    /// Makes the whole sheet transparent again.
    pub(crate) fn clear(&mut self) {
        self.pixmap.fill(Color::TRANSPARENT);
    }

    /// Fills an outline with one colour.
    pub(crate) fn fill(&mut self, path: &Path, color: Color, place: Where) {
        self.fill_with(path, Shader::SolidColor(color), place, Transform::identity());
    }

    /// Fills an outline with a change from one colour to another between two points.
    pub(crate) fn fill_linear(&mut self, path: &Path, from: (Spot, Color), to: (Spot, Color), place: Where) {
        let stops = vec![GradientStop::new(0.0, from.1), GradientStop::new(1.0, to.1)];
        let (start, end) = (Point::from_xy(from.0[0], from.0[1]), Point::from_xy(to.0[0], to.0[1]));
        if let Some(shader) = LinearGradient::new(start, end, stops, SpreadMode::Pad, Transform::identity()) {
            self.fill_with(path, shader, place, Transform::identity());
        }
    }

    /// A soft ellipse around a point: full in the middle, nothing at `radii`; `turn` in radians.
    pub(crate) fn glow(&mut self, center: Spot, radii: Spot, turn: f32, color: Color, place: Where) {
        let faded = |share: f32| {
            let mut color = color;
            color.set_alpha(color.alpha() * share);
            color
        };
        // Four stops approximate a bell; a straight ramp would show its edge as a ring.
        let stops = [(0.0, 1.0), (0.35, 0.72), (0.7, 0.2), (1.0, 0.0)];
        let stops = stops.map(|(at, share)| GradientStop::new(at, faded(share))).to_vec();
        let middle = Point::zero();
        let shader = RadialGradient::new(middle, 0.0, middle, 1.0, stops, SpreadMode::Pad, Transform::identity());
        let (Some(shader), Some(disc)) = (shader, PathBuilder::from_circle(0.0, 0.0, 1.0)) else { return };
        let (sin, cos) = turn.sin_cos();
        let [rx, ry] = radii;
        let transform = Transform::from_row(cos * rx, sin * rx, -sin * ry, cos * ry, center[0], center[1]);
        self.fill_with(&disc, shader, place, transform);
    }

    /// A round-ended line along an outline.
    pub(crate) fn stroke(&mut self, path: &Path, width: f32, color: Color, place: Where) {
        self.stroke_dashed(path, width, color, place, &[]);
    }

    /// A line of dashes; `dashes` are lengths in pixels of mark and gap in turn, none for a whole line.
    pub(crate) fn stroke_dashed(&mut self, path: &Path, width: f32, color: Color, place: Where, dashes: &[f32]) {
        let stroke = Stroke {
            width,
            line_cap: if dashes.is_empty() { LineCap::Round } else { LineCap::Butt },
            line_join: LineJoin::Round,
            dash: StrokeDash::new(dashes.to_vec(), 0.0),
            ..Stroke::default()
        };
        let paint = paint(Shader::SolidColor(color), place);
        self.pixmap.stroke_path(path, &paint, &stroke, Transform::identity(), None);
    }

    /// A line with soft sides, as shadows are: `width` is where it has faded away.
    pub(crate) fn soft_stroke(&mut self, path: &Path, width: f32, color: Color, place: Where) {
        for step in [1.0, 0.7, 0.42, 0.2] {
            let mut color = color;
            color.set_alpha(color.alpha() * 0.34);
            self.stroke(path, width * step, color, place);
        }
    }

    /// Lays another sheet of the same size on this one.
    pub(crate) fn lay(&mut self, other: &Self) {
        let (paint, place) = (PixmapPaint::default(), Transform::identity());
        self.pixmap.draw_pixmap(0, 0, other.pixmap.as_ref(), &paint, place, None);
    }

    fn fill_with(&mut self, path: &Path, shader: Shader, place: Where, transform: Transform) {
        self.pixmap.fill_path(path, &paint(shader, place), FillRule::Winding, transform, None);
    }
}

fn paint(shader: Shader, place: Where) -> Paint {
    let blend_mode = match place {
        Where::Over => BlendMode::SourceOver,
        Where::Atop => BlendMode::SourceAtop,
    };
    Paint { shader, blend_mode, anti_alias: true, ..Paint::default() }
}

/// A closed, smooth curve through points. At least three of them.
pub(crate) fn blob(points: &[Spot]) -> Path {
    let count = points.len();
    let around = |index: usize, step: usize| points[(index + step) % count];
    let mut builder = PathBuilder::new();
    builder.move_to(points[0][0], points[0][1]);
    for index in 0..count {
        spline_to(&mut builder, around(index, count - 1), around(index, 0), around(index, 1), around(index, 2));
    }
    builder.close();
    finish(builder)
}

/// An open, smooth curve through at least two points.
pub(crate) fn curve(points: &[Spot]) -> Path {
    let mut builder = PathBuilder::new();
    builder.move_to(points[0][0], points[0][1]);
    append_curve(&mut builder, points);
    finish(builder)
}

/// A closed outline of several smooth curves that meet in corners; each starts where the one before ends.
pub(crate) fn outline(parts: &[&[Spot]]) -> Path {
    let mut builder = PathBuilder::new();
    builder.move_to(parts[0][0][0], parts[0][0][1]);
    for part in parts {
        // A part may start elsewhere than the last one ended: a straight edge joins them.
        builder.line_to(part[0][0], part[0][1]);
        append_curve(&mut builder, part);
    }
    builder.close();
    finish(builder)
}

/// A closed outline of straight edges.
pub(crate) fn polygon(points: &[Spot]) -> Path {
    let mut builder = PathBuilder::new();
    builder.move_to(points[0][0], points[0][1]);
    points[1..].iter().for_each(|point| builder.line_to(point[0], point[1]));
    builder.close();
    finish(builder)
}

/// A circle.
pub(crate) fn disc(center: Spot, radius: f32) -> Path {
    PathBuilder::from_circle(center[0], center[1], radius.max(0.01)).expect("a positive radius makes a circle")
}

fn append_curve(builder: &mut PathBuilder, points: &[Spot]) {
    let last = points.len() - 1;
    for index in 0..last {
        spline_to(
            builder,
            points[index.saturating_sub(1)],
            points[index],
            points[index + 1],
            points[(index + 2).min(last)],
        );
    }
}

/// One Catmull-Rom piece from `from` to `to` as a cubic: tangents are a sixth of the neighbours' distance.
fn spline_to(builder: &mut PathBuilder, before: Spot, from: Spot, to: Spot, after: Spot) {
    let tangent = |a: Spot, b: Spot| [(b[0] - a[0]) / 6.0, (b[1] - a[1]) / 6.0];
    let (leave, arrive) = (tangent(before, to), tangent(from, after));
    builder.cubic_to(from[0] + leave[0], from[1] + leave[1], to[0] - arrive[0], to[1] - arrive[1], to[0], to[1]);
}

fn finish(builder: PathBuilder) -> Path {
    builder.finish().expect("outlines have at least one finite segment")
}

/// Shorthand for a colour with opacity.
pub(crate) fn ink(tone: Tone, opacity: f32) -> Color {
    tone.with_opacity(opacity)
}
