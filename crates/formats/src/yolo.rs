//! YOLO: one text file an image with a line `class x_centre y_centre width height` a box, as fractions of
//! the picture (<https://docs.ultralytics.com/datasets/detect/>), and the names of the classes in
//! `classes.txt` (one a line), in darknet's `.names`, or in Ultralytics' `data.yaml`.
//!
//! A sixth number (a score) is read over. Polygons and turned boxes (an even number of coordinates from
//! six on) give the box around them, and it is said.

use std::io::Write;

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentCategory, DocumentImage, Unit};
use saphyr_parser::{Event, Parser};

use crate::{
    Problems, ReadError,
    corners::put_right,
    json::number_in,
    text::{check_lines, decoded_with, lines},
};

/// Adds the image of one label file to a document, whose categories are the classes. `file` is the label
/// file's path below the imported folder, with `/`.
///
/// # Errors
/// When a line is longer than any label.
pub fn read(
    bytes: &[u8],
    file: &str,
    document: &mut AnnotationDocument,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    check_lines(bytes)?;
    let text = decoded_with(bytes, problems);
    let classes = document.categories.len();
    let mut image = DocumentImage {
        path: image_path(file),
        stem_only: true,
        unit: Unit::Fractions,
        file: file.to_owned(),
        ..DocumentImage::default()
    };
    for (place, line) in lines(&text) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        match read_line(line, classes) {
            Ok((corners, class, said)) => {
                if let Some(message) = said {
                    problems.push(format_args!("line {place}"), message);
                }
                if class.is_none() {
                    let found = line.split_whitespace().next().unwrap_or_default();
                    problems.push(
                        format_args!("line {place}"),
                        format_args!(
                            "class {found} is not among the {classes} named ones; the box comes without category"
                        ),
                    );
                }
                let nameless = |class: &u32| document.categories[*class as usize].name.trim().is_empty();
                if let Some(class) = class.filter(nameless) {
                    problems.push(
                        format_args!("line {place}"),
                        format_args!("class {class} has an empty name, expected one; the box comes without category"),
                    );
                }
                image.boxes.push(DocumentBox::imported(corners, class, place));
            }
            Err(message) => problems.push(format_args!("line {place}"), message),
        }
    }
    document.images.push(image);
    Ok(())
}

/// Corners, class, and what to say of them.
type Line = ([f64; 4], Option<u32>, Option<String>);

fn read_line(line: &str, classes: usize) -> Result<Line, String> {
    let mut words = line.split_whitespace();
    let class = words.next().unwrap_or_default();
    let number = number_in(class).filter(|value| value.fract() == 0.0 && *value >= 0.0);
    let number = number.ok_or_else(|| format!("found {class:?} as class; expected a number from 0"))?;
    let mut values = Vec::with_capacity(6);
    for word in words {
        values.push(number_in(word).ok_or_else(|| format!("found {word:?}; expected a number"))?);
    }
    let (corners, said) = match values.as_slice() {
        // With a score behind it or not.
        [x, y, w, h] | [x, y, w, h, _] => {
            let corners = [x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0];
            (corners, put_right(corners))
        }
        points if points.len() >= 6 && points.len().is_multiple_of(2) => {
            let said = format!("found a polygon of {} points; the box around it was taken", points.len() / 2);
            (around(points), Some(said))
        }
        other => return Err(format!("found {} numbers after the class; expected four", other.len())),
    };
    let index = (number < classes as f64).then_some(number as u32);
    Ok((corners, index, said))
}

/// The box around points that are written x y x y ….
fn around(points: &[f64]) -> [f64; 4] {
    let (xs, ys) = (points.iter().step_by(2), points.iter().skip(1).step_by(2));
    let least = |values: &mut dyn Iterator<Item = &f64>| values.copied().fold(f64::INFINITY, f64::min);
    let most = |values: &mut dyn Iterator<Item = &f64>| values.copied().fold(f64::NEG_INFINITY, f64::max);
    [least(&mut xs.clone()), least(&mut ys.clone()), most(&mut xs.clone()), most(&mut ys.clone())]
}

/// Where the picture of a label file lies by convention: in `images` where the file lies in `labels`.
fn image_path(file: &str) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut parts: Vec<&str> = stem.split('/').collect();
    let folders = parts.len().saturating_sub(1);
    if let Some(labels) = parts[..folders].iter().rposition(|part| *part == "labels") {
        parts[labels] = "images";
    }
    parts.join("/")
}

/// The classes of a `classes.txt` or `.names` file: one name a line, whichever system's line ends there are; empty
/// lines at the end are left out, and so are zeros and byte order marks, which no name has and which would make the
/// file look like another encoding when it is written again. What is in another encoding is a problem. Boxes of classes beyond the first 100,000 are reported
/// as those without a name are.
pub fn read_names(bytes: &[u8], problems: &mut Problems) -> Vec<DocumentCategory> {
    let text = decoded_with(bytes, problems).replace(['\0', '\u{feff}'], "");
    let lines = lines(text.trim_end()).map(|(_, line)| DocumentCategory::named(line.trim()));
    if text.trim_end().is_empty() { Vec::new() } else { lines.take(MOST_CLASSES).collect() }
}

/// The `names` of a `data.yaml`, as a list or as a map from numbers; a class without name is called by its
/// number. Aliases are not followed.
///
/// # Errors
/// When the file is not YAML or has no `names`.
pub fn read_data_yaml(bytes: &[u8], problems: &mut Problems) -> Result<Vec<DocumentCategory>, ReadError> {
    let text = decoded_with(bytes, problems);
    let names = names_in(&text)?;
    let count = names.iter().map(|(index, _)| index + 1).max().unwrap_or(0);
    let mut categories: Vec<_> = (0..count).map(|index| DocumentCategory::named(index.to_string())).collect();
    for (index, name) in names {
        categories[index].name = name;
    }
    Ok(categories)
}

/// No detector tells more classes apart; a larger number is a mistake that would cost memory.
const MOST_CLASSES: usize = 100_000;

fn names_in(text: &str) -> Result<Vec<(usize, String)>, ReadError> {
    let damaged = |place: String, reason: String| ReadError::Damaged { place, reason };
    let (mut names, mut depth, mut key, mut inside) = (Vec::new(), 0_usize, None::<String>, None::<bool>);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| damaged("data.yaml".to_owned(), error.to_string()))?;
        match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                depth += 1;
                let is_map = matches!(event, Event::MappingStart(..));
                if depth == 2 && key.as_deref() == Some("names") {
                    inside = Some(is_map);
                }
                key = None;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.saturating_sub(1);
                if depth < 2 {
                    inside = None;
                }
                key = None;
            }
            Event::Scalar(value, ..) => match (depth, inside, key.take()) {
                (1, _, None) | (2, Some(true), None) => key = Some(value.into_owned()),
                (2, Some(_), _) if names.len() >= MOST_CLASSES => {
                    return Err(damaged(
                        format!("data.yaml, line {}", span.start.line()),
                        format!("found more than {MOST_CLASSES} names; expected the classes of a detector"),
                    ));
                }
                (2, Some(false), _) => names.push((names.len(), value.into_owned())),
                (2, Some(true), Some(number)) => {
                    let index = number.trim().parse().ok().filter(|index| *index < MOST_CLASSES);
                    let index = index.ok_or_else(|| {
                        damaged(
                            format!("data.yaml, line {}", span.start.line()),
                            format!("found {number:?} before a name; expected the number of the class"),
                        )
                    })?;
                    names.push((index, value.into_owned()));
                }
                _ => {}
            },
            _ => {}
        }
    }
    if names.is_empty() {
        return Err(damaged("data.yaml".to_owned(), "expected the classes under \"names:\"".to_owned()));
    }
    Ok(names)
}

/// The label file of one image. `none` is the class of boxes without category.
pub fn write(document: &AnnotationDocument, index: usize, none: u32) -> Vec<u8> {
    let image = &document.images[index];
    let mut out = Vec::with_capacity(40 * image.boxes.len());
    let Some(size) = image.size else { return out };
    let (w, h) = (f64::from(size.width), f64::from(size.height));
    for found in &image.boxes {
        let [x1, y1, x2, y2] = found.corners;
        // Writing into memory does not fail.
        let _ = writeln!(
            out,
            "{} {:.6} {:.6} {:.6} {:.6}",
            found.category.unwrap_or(none),
            (x1 + x2) / 2.0 / w,
            (y1 + y2) / 2.0 / h,
            (x2 - x1) / w,
            (y2 - y1) / h
        );
    }
    out
}

/// `classes.txt`: one name a line.
pub fn write_names(names: &[&str]) -> Vec<u8> {
    let plain = |name: &&str| name.replace(['\r', '\n'], " ");
    names.iter().map(|name| plain(name) + "\n").collect::<String>().into_bytes()
}

/// `data.yaml` as Ultralytics reads it, for pictures in `images`.
pub fn write_data_yaml(names: &[&str]) -> Vec<u8> {
    let mut text =
        "# Pictures belong into images/, beside labels/.\npath: .\ntrain: images\nval: images\nnames:\n".to_owned();
    for (index, name) in names.iter().enumerate() {
        // A JSON string is a YAML string.
        let quoted = serde_json::Value::from(*name).to_string();
        text += &format!("  {index}: {quoted}\n");
    }
    text.into_bytes()
}
