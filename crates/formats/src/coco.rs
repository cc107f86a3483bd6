//! COCO instances: one JSON file with `images`, `annotations` and `categories` that refer to each other
//! by number (<https://cocodataset.org/#format-data>). Boxes are `[x, y, width, height]` in pixels.
//!
//! Segments, key points and licences are not read; a box without category, which COCO does not have, is
//! written with the category "None".

use std::{
    borrow::Cow,
    collections::HashMap,
    fmt,
    io::{BufWriter, Write},
};

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentCategory, DocumentImage, ImageSize};
use serde::{
    Deserialize,
    de::{IgnoredAny, MapAccess},
};

use crate::{
    Format, Problems, ReadDocument, ReadError, WriteError,
    corners::put_right,
    json::{Entry, Found, Numbered, ReadKeys, Row, each_entry, read_object},
    number::write_number,
    odd_numbers::without_odd_numbers,
    places::{Lines, numbered},
    references::References,
    text::decoded_with,
    write::{Tick, tick_at},
};

#[derive(Deserialize)]
struct Image<'a> {
    #[serde(borrow, default)]
    id: Found<'a>,
    #[serde(borrow, default)]
    file_name: Found<'a>,
    #[serde(borrow, default)]
    width: Found<'a>,
    #[serde(borrow, default)]
    height: Found<'a>,
}

#[derive(Deserialize)]
struct Annotation<'a> {
    #[serde(borrow, default)]
    image_id: Found<'a>,
    #[serde(borrow, default)]
    category_id: Found<'a>,
    #[serde(borrow, default)]
    bbox: Row<Found<'a>, 4>,
}

#[derive(Deserialize)]
struct Category<'a> {
    #[serde(borrow, default)]
    id: Found<'a>,
    #[serde(borrow, default)]
    name: Found<'a>,
}

/// How an entry is called by those that refer to it.
#[derive(PartialEq, Eq, Hash)]
enum Id<'a> {
    Number(i64),
    Text(Cow<'a, str>),
}

impl<'a> Id<'a> {
    fn reference(found: Found<'a>) -> Reference<'a> {
        let words = found.to_string();
        Self::of(found).ok_or(words)
    }

    fn of(found: Found<'a>) -> Option<Self> {
        match found {
            Found::Integer(value) => Some(Self::Number(value)),
            Found::Number(value) if value.fract() == 0.0 => Some(Self::Number(value as i64)),
            Found::Text(text) => Some(text.parse().map_or(Self::Text(text), Self::Number)),
            _ => None,
        }
    }
}

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(value) => value.fmt(f),
            Self::Text(text) => write!(f, "{:?}", text.chars().take(60).collect::<String>()),
        }
    }
}

/// What a box calls its image or category; or what stands there instead of a name, in words.
type Reference<'a> = Result<Id<'a>, String>;

/// A box whose image and category may come later in the file.
struct Pending<'a> {
    image: Reference<'a>,
    category: Option<Reference<'a>>,
    bbox: Result<[f64; 4], String>,
    place: u32,
    line: u32,
}

#[derive(Default)]
struct Reader<'a> {
    document: AnnotationDocument,
    images: HashMap<Id<'a>, usize>,
    categories: HashMap<Id<'a>, u32>,
    pending: Vec<Pending<'a>>,
    problems: Problems,
    known_keys: u32,
    lines: Lines<'a>,
}

impl<'de> ReadKeys<'de> for Reader<'de> {
    fn read_value<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "images" => {
                self.known_keys += 1;
                map.next_value_seed(each_entry(|found| self.image(found)))
            }
            "annotations" => {
                self.known_keys += 1;
                map.next_value_seed(each_entry(|found| self.annotation(found)))
            }
            "categories" => {
                self.known_keys += 1;
                map.next_value_seed(each_entry(|found| self.category(found)))
            }
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }
}

impl<'de> Reader<'de> {
    fn image(&mut self, Numbered { number, part, entry }: Numbered<'de, Image<'de>>) {
        let here = numbered("image", number, self.lines.of_part(part));
        let image = match entry {
            Entry::Object(image) => image,
            Entry::Other(found) => return self.problems.push(here, format_args!("found {found}; expected an object")),
        };
        let (Some(id), Some(name)) = (Id::of(image.id), image.file_name.text()) else {
            return self.problems.push(here, "it needs an \"id\" and a \"file_name\"");
        };
        let size = image.width.index().zip(image.height.index());
        let size = size.filter(|(w, h)| *w > 0 && *h > 0).map(|(w, h)| ImageSize::new(w, h));
        if self.images.insert(id, self.document.images.len()).is_some() {
            self.problems.push(here, "its \"id\" is another image's too; boxes go to the later one");
        }
        self.document.images.push(DocumentImage { path: name.into_owned(), size, ..DocumentImage::default() });
    }

    fn category(&mut self, Numbered { number, part, entry }: Numbered<'de, Category<'de>>) {
        let here = numbered("category", number, self.lines.of_part(part));
        let category = match entry {
            Entry::Object(category) => category,
            Entry::Other(found) => return self.problems.push(here, format_args!("found {found}; expected an object")),
        };
        let (Some(id), Some(name)) = (Id::of(category.id), category.name.text()) else {
            return self.problems.push(here, "it needs an \"id\" and a \"name\"");
        };
        if name.trim().is_empty() {
            let message = format_args!("found {name:?} as \"name\"; expected a name; its boxes come without category");
            self.problems.push(&here, message);
        }
        let index = u32::try_from(self.document.categories.len()).unwrap_or(u32::MAX);
        if self.categories.insert(id, index).is_some() {
            self.problems.push(here, "its \"id\" is another category's too; boxes get the later one");
        }
        self.document.categories.push(DocumentCategory::named(name));
    }

    fn annotation(&mut self, Numbered { number: place, part, entry }: Numbered<'de, Annotation<'de>>) {
        let line = self.lines.of_part(part);
        match entry {
            Entry::Object(annotation) => {
                let category = match annotation.category_id {
                    Found::Missing | Found::Null => None,
                    found => Some(Id::reference(found)),
                };
                let bbox = annotation.bbox.numbers();
                self.pending.push(Pending { image: Id::reference(annotation.image_id), category, bbox, place, line });
            }
            Entry::Other(found) => {
                let here = numbered("annotation", place, line);
                self.problems.push(here, format_args!("found {found}; expected an object"));
            }
        }
    }

    fn join(&mut self) {
        for Pending { image, category, bbox, place, line } in std::mem::take(&mut self.pending) {
            let here = numbered("annotation", place, line);
            let image = match image {
                Ok(id) => self.images.get(&id).copied().ok_or_else(|| id.to_string()),
                Err(found) => Err(found),
            };
            let image = match image {
                Ok(image) => image,
                Err(found) => {
                    let message = format_args!(
                        "found {found} as \"image_id\"; expected the \"id\" of an image of this file; the box is left out"
                    );
                    self.problems.push(here, message);
                    continue;
                }
            };
            let [x, y, width, height] = match bbox {
                Ok(bbox) => bbox,
                Err(message) => {
                    self.problems.push(here, message);
                    continue;
                }
            };
            let category = category.map(|category| match category {
                Ok(id) => self.categories.get(&id).copied().ok_or_else(|| id.to_string()),
                Err(found) => Err(found),
            });
            if let Some(Err(found)) = &category {
                let message = format_args!(
                    "found {found} as \"category_id\"; expected the \"id\" of a category of this file; the box comes \
                     without one"
                );
                self.problems.push(&here, message);
            }
            let category = category.and_then(Result::ok);
            let corners = [x, y, x + width, y + height];
            if let Some(message) = put_right(corners) {
                self.problems.push(here, message);
            }
            self.document.images[image].boxes.push(DocumentBox::imported(corners, category, place).at_line(line));
        }
    }
}

/// Reads a COCO file.
///
/// # Errors
/// When it is no JSON object, or has none of COCO's keys.
pub fn read(bytes: &[u8]) -> Result<ReadDocument, ReadError> {
    let mut problems = Problems::default();
    let text = decoded_with(bytes, &mut problems);
    let text = without_odd_numbers(&text);
    let mut reader = Reader { lines: Lines::of(&text), ..Reader::default() };
    read_object(&text, Format::Coco, &mut reader, &mut problems)?;
    if reader.known_keys == 0 {
        let reason = "expected \"images\", \"annotations\" and \"categories\"".to_owned();
        return Err(ReadError::NotThisFormat { format: Format::Coco, reason });
    }
    reader.join();
    reader.problems.extend("", problems);
    Ok(ReadDocument { document: reader.document, problems: reader.problems })
}

/// Writes a COCO file. Images are named by their path below the folder that holds all of them.
///
/// # Errors
/// When the sink does not take it, or `tick` asks to stop.
pub fn write(document: &AnnotationDocument, out: &mut dyn Write, tick: &mut Tick) -> Result<(), WriteError> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    let references = References::of(document);
    out.write_all(b"{\"info\": {\"description\": \"Exported by Bauta\", \"version\": \"1.0\"}, \"licenses\": [],\n\"categories\": [")?;
    let without = document.images.iter().flat_map(|image| &image.boxes).any(|found| found.category.is_none());
    let none = u32::try_from(document.categories.len()).unwrap_or(u32::MAX);
    let names = document.categories.iter().map(|category| category.name.as_str());
    for (index, name) in names.chain(without.then_some(crate::NO_CATEGORY)).enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(out, "{separator}{{\"id\": {}, \"name\": ", index + 1)?;
        serde_json::to_writer(&mut out, name).map_err(std::io::Error::from)?;
        out.write_all(b", \"supercategory\": \"\"}")?;
    }
    out.write_all(b"],\n\"images\": [")?;
    for (index, image) in document.images.iter().enumerate() {
        tick_at(index / 2, tick)?;
        let size = image.size.unwrap_or(ImageSize::new(0, 0));
        write!(out, "{}{{\"id\": {}, \"file_name\": ", separator(index), index + 1)?;
        serde_json::to_writer(&mut out, &references.path(index)).map_err(std::io::Error::from)?;
        write!(out, ", \"width\": {}, \"height\": {}}}", size.width, size.height)?;
    }
    out.write_all(b"],\n\"annotations\": [")?;
    let mut number = 0;
    for (index, image) in document.images.iter().enumerate() {
        tick_at((document.images.len() + index) / 2, tick)?;
        for found in &image.boxes {
            write_annotation(&mut out, number, index, none, found)?;
            number += 1;
        }
    }
    out.write_all(b"]}\n")?;
    Ok(out.flush()?)
}

fn write_annotation(
    out: &mut impl Write,
    number: usize,
    image: usize,
    none: u32,
    found: &DocumentBox,
) -> std::io::Result<()> {
    let [x1, y1, x2, y2] = found.corners;
    let (width, height) = (x2 - x1, y2 - y1);
    let category = found.category.unwrap_or(none) + 1;
    write!(
        out,
        "{}{{\"id\": {}, \"image_id\": {}, \"category_id\": {category}, \"bbox\": [",
        separator(number),
        number + 1,
        image + 1
    )?;
    for (index, value) in [x1, y1, width, height].into_iter().enumerate() {
        out.write_all(if index == 0 { b"" } else { b", " })?;
        write_number(out, value)?;
    }
    out.write_all(b"], \"area\": ")?;
    write_number(out, width * height)?;
    // Some readers insist on a segmentation; the box's own outline would claim a precision it lacks.
    out.write_all(b", \"iscrowd\": 0, \"segmentation\": []}")
}

fn separator(index: usize) -> &'static str {
    if index == 0 { "\n" } else { ",\n" }
}
