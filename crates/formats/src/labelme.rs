//! labelme: one JSON file an image with `shapes` (<https://github.com/wkentaro/labelme>). Rectangles have
//! two corners in `points`; of polygons, circles and lines the box around them is taken.
//!
//! Pictures inside the file (`imageData`) are read over; groups, flags and masks are not read.

use std::io::Write;

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentImage, ImageSize};
use serde::{
    Deserialize,
    de::{IgnoredAny, MapAccess},
};

use crate::{
    Format, Problems, ReadError,
    category_names::CategoryNames,
    json::{Entry, Found, List, Numbered, ReadKeys, Row, each_entry, read_object},
    number::write_number,
    odd_numbers::without_odd_numbers,
    places::{Lines, numbered},
    text::decoded_with,
};

#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(borrow, default)]
    label: Found<'a>,
    #[serde(borrow, default)]
    points: List<Row<Found<'a>, 2>>,
    #[serde(borrow, default)]
    shape_type: Found<'a>,
}

#[derive(Default)]
struct Reader<'t> {
    /// Label, corners, number and line.
    shapes: Vec<(Option<String>, [f64; 4], u32, u32)>,
    path: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    has_shapes: bool,
    problems: Problems,
    lines: Lines<'t>,
}

impl<'de> ReadKeys<'de> for Reader<'_> {
    fn read_value<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "shapes" => {
                self.has_shapes = true;
                map.next_value_seed(each_entry(|found| self.shape(found)))?;
            }
            "imagePath" => self.path = map.next_value::<Found>()?.text().map(std::borrow::Cow::into_owned),
            "imageWidth" => self.width = map.next_value::<Found>()?.index().filter(|side| *side > 0),
            "imageHeight" => self.height = map.next_value::<Found>()?.index().filter(|side| *side > 0),
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

impl Reader<'_> {
    fn shape(&mut self, Numbered { number, part, entry }: Numbered<'_, Shape<'_>>) {
        let line = self.lines.of_part(part);
        let place = numbered("shape", number, line);
        let shape = match entry {
            Entry::Object(shape) => shape,
            Entry::Other(found) => return self.problems.push(place, format_args!("found {found}; expected an object")),
        };
        let kind = shape.shape_type.text().unwrap_or_default().into_owned();
        match corners(&kind, &shape.points.0) {
            Ok(corners) => {
                if !matches!(kind.as_str(), "" | "rectangle") {
                    self.problems.push(&place, format_args!("it is a {kind}; the box around it was taken"));
                }
                let label = shape.label.text().map(|label| label.trim().to_owned());
                if label.as_ref().is_none_or(String::is_empty) {
                    let found = &shape.label;
                    let message =
                        format_args!("found {found} as label; expected a name; the box comes without category");
                    self.problems.push(&place, message);
                }
                self.shapes.push((label.filter(|label| !label.is_empty()), corners, number, line));
            }
            Err(message) => self.problems.push(place, message),
        }
    }
}

/// The box around a shape's points.
fn corners(kind: &str, points: &[Row<Found<'_>, 2>]) -> Result<[f64; 4], String> {
    let mut numbers = Vec::with_capacity(points.len());
    for point in points {
        match point {
            Row::Values([Some(x), Some(y)], 2) => {
                let number = |found: &Found| found.number().ok_or_else(|| format!("found {found}; expected a number"));
                numbers.push((number(x)?, number(y)?));
            }
            Row::Values(_, count) => return Err(format!("found a point of {count} values; expected two numbers")),
            Row::Other(found) => return Err(format!("found {found} as a point; expected two numbers")),
        }
    }
    match (kind, numbers.as_slice()) {
        // Corners as they are, so that what is not a number stays one.
        ("rectangle" | "", [(x1, y1), (x2, y2)]) => Ok([*x1, *y1, *x2, *y2]),
        ("circle", [(x, y), (on_x, on_y)]) => {
            let radius = (x - on_x).hypot(y - on_y);
            Ok([x - radius, y - radius, x + radius, y + radius])
        }
        (_, points) if points.len() >= 2 => {
            let mut box_around = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
            for (x, y) in points {
                box_around[0] = box_around[0].min(*x);
                box_around[1] = box_around[1].min(*y);
                box_around[2] = box_around[2].max(*x);
                box_around[3] = box_around[3].max(*y);
            }
            Ok(box_around)
        }
        (_, points) => Err(format!("it has {} point(s); a box needs two", points.len())),
    }
}

/// Adds the image of one labelme file to a document. `file` is its name, for an image that it does not name.
///
/// # Errors
/// When it is no JSON object, or has no `shapes`.
pub fn read(
    bytes: &[u8],
    file: &str,
    document: &mut AnnotationDocument,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    let text = decoded_with(bytes, problems);
    let text = without_odd_numbers(&text);
    let mut reader = Reader { lines: Lines::of(&text), ..Reader::default() };
    read_object(&text, Format::Labelme, &mut reader, problems)?;
    if !reader.has_shapes {
        let reason = "expected \"shapes\" and \"imagePath\"".to_owned();
        return Err(ReadError::NotThisFormat { format: Format::Labelme, reason });
    }
    problems.extend("", reader.problems);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
    let named = reader.path.filter(|path| !path.trim().is_empty());
    let (stem_only, path) = (named.is_none(), named.unwrap_or(stem));
    let size = reader.width.zip(reader.height).map(|(w, h)| ImageSize::new(w, h));
    let mut image = DocumentImage { path, stem_only, size, file: file.to_owned(), ..DocumentImage::default() };
    let mut names = CategoryNames::of(document, reader.shapes.len());
    for (label, corners, place, line) in reader.shapes {
        let category = label.map(|label| names.index(document, &label));
        image.boxes.push(DocumentBox::imported(corners, category, place).at_line(line));
    }
    document.images.push(image);
    Ok(())
}

/// The labelme file of one image, which names its picture `image_path`. A box without category is called "None".
pub fn write(document: &AnnotationDocument, index: usize, image_path: &str) -> Vec<u8> {
    let image = &document.images[index];
    let mut out = Vec::with_capacity(300 + 260 * image.boxes.len());
    // Writing into memory does not fail.
    let _ = write_to(&mut out, document, image, image_path);
    out
}

fn write_to(
    out: &mut Vec<u8>,
    document: &AnnotationDocument,
    image: &DocumentImage,
    image_path: &str,
) -> std::io::Result<()> {
    out.write_all(b"{\n  \"version\": \"5.5.0\",\n  \"flags\": {},\n  \"shapes\": [")?;
    for (index, found) in image.boxes.iter().enumerate() {
        let category = found.category.and_then(|category| document.categories.get(category as usize));
        let name = category.map_or(crate::NO_CATEGORY, |category| category.name.as_str());
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        out.write_all(b"    {\n      \"label\": ")?;
        serde_json::to_writer(&mut *out, name)?;
        out.write_all(b",\n      \"points\": [[")?;
        let [x1, y1, x2, y2] = found.corners;
        for (value, after) in [(x1, ", "), (y1, "], ["), (x2, ", "), (y2, "]]")] {
            write_number(out, value)?;
            out.write_all(after.as_bytes())?;
        }
        out.write_all(
            b",\n      \"group_id\": null,\n      \"description\": \"\",\n      \"shape_type\": \"rectangle\",\n",
        )?;
        out.write_all(b"      \"flags\": {},\n      \"mask\": null\n    }")?;
    }
    out.write_all(if image.boxes.is_empty() { b"" } else { b"\n  " })?;
    out.write_all(b"],\n  \"imagePath\": ")?;
    serde_json::to_writer(&mut *out, image_path)?;
    let size = image.size.unwrap_or(ImageSize::new(0, 0));
    write!(
        out,
        ",\n  \"imageData\": null,\n  \"imageHeight\": {},\n  \"imageWidth\": {}\n}}\n",
        size.height, size.width
    )
}
