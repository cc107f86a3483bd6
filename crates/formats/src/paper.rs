//! The JSON of the paper that this program grew from (its annotator's "Save annotations"):
//!
//! ```json
//! {"categories": ["None", "mask"], "images": {"a.jpg": {"rectangles": [[x1, y1, x2, y2]],
//!  "rect_to_category": [1], "dst": 0, "src": "~/photos/a.jpg"}}, "destinations": ["None"]}
//! ```
//!
//! Rectangles are two corners in pixels; `rect_to_category[i]` is the index into `categories` for
//! rectangle *i*, `dst` that into `destinations`; index 0 is "None" in both. Written as Python's
//! `json.dump` writes it, so that a file which is read and written again is the same to the byte.

use std::{
    borrow::Cow,
    collections::HashSet,
    fmt::{self, Display},
    io::{BufWriter, Write},
};

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentCategory, DocumentImage};
use serde::{
    Deserialize,
    de::{IgnoredAny, MapAccess},
};

use crate::{
    Format, Problems, ReadDocument, ReadError, WriteError,
    corners::put_right,
    json::{Entry, Found, Keys, List, ReadKeys, Row, read_object},
    layout::file_name,
    number::write_number,
    odd_numbers::without_odd_numbers,
    places::{Lines, in_line},
    text::decoded_with,
    write::{Tick, tick_at},
};

/// How boxes without category, and images without destination, are called.
const NONE: &str = "None";

#[derive(Default)]
struct Reader<'t> {
    images: Vec<(String, Image)>,
    categories: Option<Vec<String>>,
    destinations: Option<Vec<String>>,
    problems: Problems,
    known_keys: u32,
    lines: Lines<'t>,
}

#[derive(Default)]
struct Image {
    line: u32,
    corners: Vec<Result<[f64; 4], String>>,
    /// Indices, or what stands there instead.
    categories: Vec<Result<u32, String>>,
    destination: Option<u32>,
    source: Option<String>,
}

#[derive(Deserialize)]
struct RawImage<'a> {
    #[serde(borrow, default)]
    rectangles: List<Row<Found<'a>, 4>>,
    #[serde(borrow, default)]
    rect_to_category: List<Found<'a>>,
    #[serde(borrow, default)]
    dst: Found<'a>,
    #[serde(borrow, default)]
    src: Found<'a>,
}

impl<'de> ReadKeys<'de> for Reader<'_> {
    fn read_value<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        self.known_keys += u32::from(matches!(key, "categories" | "images" | "destinations"));
        match key {
            "categories" => self.categories = Some(self.names(key, &map.next_value()?)),
            "destinations" => self.destinations = Some(self.names(key, &map.next_value()?)),
            "images" => map.next_value_seed(Keys(&mut Images(self)))?,
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

struct Images<'r, 't>(&'r mut Reader<'t>);

impl<'de> ReadKeys<'de> for Images<'_, '_> {
    fn read_value<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let line = self.0.lines.of_part(key);
        let place = image_place(key, line);
        match map.next_value::<Entry<RawImage>>()? {
            Entry::Object(raw) => {
                let problems = &mut self.0.problems;
                if let Some(found) = raw.rectangles.1 {
                    let message = format_args!("found {found} as \"rectangles\"; expected a list; it has no boxes");
                    problems.push(&place, message);
                }
                let destination = raw.dst.index();
                if destination.is_none() && !matches!(raw.dst, Found::Missing | Found::Null) {
                    problems.push(&place, no_destination(&raw.dst));
                }
                let category = |found: &Found| found.index().ok_or_else(|| found.to_string());
                let image = Image {
                    line,
                    corners: raw.rectangles.0.iter().map(Row::numbers).collect(),
                    categories: raw.rect_to_category.0.iter().map(category).collect(),
                    destination: destination.and_then(|index| index.checked_sub(1)),
                    source: raw.src.text().map(Cow::into_owned).filter(|src| !src.trim().is_empty()),
                };
                self.0.images.push((key.to_owned(), image));
            }
            Entry::Other(found) => {
                self.0.problems.push(place, format_args!("found {found}; expected an object with \"rectangles\""));
            }
        }
        Ok(())
    }
}

fn image_place(key: &str, line: u32) -> impl Display {
    in_line(fmt::from_fn(move |f| write!(f, "image {key:?}")), line)
}

fn no_destination(found: &impl Display) -> String {
    format!("found {found} as \"dst\"; expected the number of a destination, 0 for none; the image comes without one")
}

impl Reader<'_> {
    /// The names of a list. One that is none stays in its place, so that the others keep their numbers.
    fn names(&mut self, key: &str, list: &List<Found>) -> Vec<String> {
        if let Some(found) = list.1 {
            self.problems.push(key, format_args!("found {found}; expected a list of names"));
        }
        let name = |(number, found): (u32, &Found)| {
            let name = found.text().unwrap_or_default().into_owned();
            if name.trim().is_empty() {
                let message = format_args!("found {found}; expected a name; what refers to it comes without one");
                self.problems.push(format_args!("{key}, entry {number}"), message);
            }
            name
        };
        (1..).zip(&list.0).map(name).collect()
    }

    fn finish(mut self) -> ReadDocument {
        let mut categories = self.categories.take().unwrap_or_default();
        let none_first = categories.first().is_none_or(|name| name.eq_ignore_ascii_case(NONE));
        if !none_first {
            self.problems.push("categories", "the first one should be \"None\"; it was read as a category of its own");
        }
        let skipped = usize::from(none_first && !categories.is_empty());
        let names = categories.drain(skipped..).map(DocumentCategory::named).collect();
        let destinations = self.destinations.take().unwrap_or_default().into_iter().skip(1).collect();
        let mut document = AnnotationDocument { categories: names, destinations, ..AnnotationDocument::default() };
        for (key, image) in std::mem::take(&mut self.images) {
            let image = self.image(key, image, &document, none_first);
            document.images.push(image);
        }
        ReadDocument { document, problems: self.problems }
    }

    fn image(&mut self, key: String, raw: Image, document: &AnnotationDocument, none_first: bool) -> DocumentImage {
        let mut boxes = Vec::with_capacity(raw.corners.len());
        for (index, (place, corners)) in (1..).zip(raw.corners).enumerate() {
            let here = format_args!("{}, rectangle {place}", image_place(&key, raw.line));
            let category = match raw.categories.get(index) {
                Some(Ok(0)) if none_first => None,
                Some(Ok(number)) if (*number as usize) < document.categories.len() + usize::from(none_first) => {
                    Some(number - u32::from(none_first))
                }
                Some(found) => {
                    let found = found.as_ref().map_or_else(Clone::clone, u32::to_string);
                    let count = document.categories.len() + usize::from(none_first);
                    let message = format_args!(
                        "found {found} as its category; expected less than {count}, the number of one in \
                         \"categories\"; the box comes without one"
                    );
                    self.problems.push(here, message);
                    None
                }
                None => {
                    self.problems.push(here, "\"rect_to_category\" says nothing of it; the box comes without category");
                    None
                }
            };
            match corners {
                Ok(corners) => {
                    if let Some(message) = put_right(corners) {
                        self.problems.push(here, message);
                    }
                    boxes.push(DocumentBox::imported(corners, category, place).at_line(raw.line));
                }
                Err(message) => self.problems.push(here, message),
            }
        }
        let destination = raw.destination.filter(|index| (*index as usize) < document.destinations.len());
        if let (Some(index), None) = (raw.destination, destination) {
            self.problems.push(image_place(&key, raw.line), no_destination(&(u64::from(index) + 1)));
        }
        DocumentImage { path: raw.source.unwrap_or(key), destination, boxes, ..DocumentImage::default() }
    }
}

/// Reads a file of the paper's program, or of this one.
///
/// # Errors
/// When it is no JSON object, or has none of the format's keys.
pub fn read(bytes: &[u8]) -> Result<ReadDocument, ReadError> {
    let mut problems = Problems::default();
    let text = decoded_with(bytes, &mut problems);
    let text = without_odd_numbers(&text);
    let mut reader = Reader { lines: Lines::of(&text), ..Reader::default() };
    read_object(&text, Format::Paper, &mut reader, &mut problems)?;
    if reader.known_keys == 0 {
        let reason = "expected \"images\", \"categories\" and \"destinations\"".to_owned();
        return Err(ReadError::NotThisFormat { format: Format::Paper, reason });
    }
    let mut read = reader.finish();
    read.problems.extend("", problems);
    Ok(read)
}

/// Writes a file as the paper's program did. Images are keyed by their file name; by more of their path
/// where a name comes twice.
///
/// # Errors
/// When the sink does not take it, or `tick` asks to stop.
pub fn write(document: &AnnotationDocument, out: &mut dyn Write, tick: &mut Tick) -> Result<(), WriteError> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let categories = document.categories.iter().map(|category| category.name.as_str());
    out.write_all(b"{\"categories\": ")?;
    write_names(&mut out, categories)?;
    out.write_all(b", \"images\": {")?;
    let mut taken = HashSet::with_capacity(document.images.len());
    for (index, image) in document.images.iter().enumerate() {
        tick_at(index, tick)?;
        out.write_all(if index == 0 { b"" } else { b", " })?;
        write_text(&mut out, &key_of(&image.path, &mut taken))?;
        write_image(&mut out, image)?;
    }
    out.write_all(b"}, \"destinations\": ")?;
    write_names(&mut out, document.destinations.iter().map(String::as_str))?;
    out.write_all(b"}")?;
    Ok(out.flush()?)
}

/// The shortest end of the path, in whole parts, that no image before has.
fn key_of<'a>(path: &'a str, taken: &mut HashSet<Cow<'a, str>>) -> Cow<'a, str> {
    let mut start = path.len() - file_name(path).len();
    loop {
        let key = &path[start..];
        if taken.insert(Cow::Borrowed(key)) {
            return Cow::Borrowed(key);
        }
        if start == 0 {
            break;
        }
        start = path[..start - 1].rfind(['/', '\\']).map_or(0, |at| at + 1);
    }
    // The very same path twice: a document that names one image in two entries.
    let mut numbered = (2..).map(|n: u32| Cow::from(format!("{path} ({n})")));
    numbered.find(|key| taken.insert(key.clone())).unwrap_or(Cow::Borrowed(path))
}

fn write_image(out: &mut impl Write, image: &DocumentImage) -> std::io::Result<()> {
    out.write_all(b": {\"rectangles\": [")?;
    for (index, found) in image.boxes.iter().enumerate() {
        out.write_all(if index == 0 { b"[" } else { b", [" })?;
        for (corner, value) in found.corners.into_iter().enumerate() {
            out.write_all(if corner == 0 { b"" } else { b", " })?;
            write_number(out, value)?;
        }
        out.write_all(b"]")?;
    }
    out.write_all(b"], \"rect_to_category\": [")?;
    for (index, found) in image.boxes.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(out, "{separator}{}", found.category.map_or(0, |category| category + 1))?;
    }
    write!(out, "], \"dst\": {}, \"src\": ", image.destination.map_or(0, |index| index + 1))?;
    write_text(out, &image.path)?;
    out.write_all(b"}")
}

fn write_names<'a>(out: &mut impl Write, names: impl Iterator<Item = &'a str>) -> std::io::Result<()> {
    write!(out, "[\"{NONE}\"")?;
    for name in names {
        out.write_all(b", ")?;
        write_text(out, name)?;
    }
    out.write_all(b"]")
}

/// A JSON string with everything beyond ASCII escaped, as Python writes it.
fn write_text(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    let quoted = serde_json::to_string(text)?;
    let mut units = [0; 2];
    for letter in quoted.chars() {
        if letter.is_ascii() && letter != '\u{7f}' {
            out.write_all(&[letter as u8])?;
        } else {
            for unit in letter.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}")?;
            }
        }
    }
    Ok(())
}
