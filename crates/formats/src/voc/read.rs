//! Reading. What is wanted of a file is a handful of texts, which stay where they are in it: nothing is copied
//! that is written in one piece.

use std::borrow::Cow;

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentImage, ImageSize};
use quick_xml::{Reader, escape::resolve_predefined_entity, events::Event};

use crate::{
    Format, Problems, ReadError,
    category_names::CategoryNames,
    corners::put_right,
    json::number_in,
    layout::file_name,
    places::{Lines, numbered},
    text::decoded_with,
};

/// Adds the image of one VOC file to a document. `file` is its name, for an image that it does not name.
///
/// # Errors
/// When it is no XML, no VOC annotation, or defines entities.
pub fn read(
    bytes: &[u8],
    file: &str,
    document: &mut AnnotationDocument,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    let text = xml_text(bytes, problems);
    let parsed = parse(&text, problems)?;
    let mut image = DocumentImage { file: file.to_owned(), ..DocumentImage::default() };
    (image.path, image.stem_only) = parsed.image_path(file);
    let side =
        |text: &Text| number_in(text.as_str()).filter(|v| *v >= 1.0 && *v <= f64::from(u32::MAX)).map(|v| v as u32);
    image.size = side(&parsed.width).zip(side(&parsed.height)).map(|(w, h)| ImageSize::new(w, h));
    let mut names = CategoryNames::of(document, parsed.objects.len());
    for (object, place) in parsed.objects.iter().zip(1..) {
        let here = numbered("object", place, object.line);
        let category = match object.name.as_str() {
            "" => {
                problems.push(&here, "it has no <name>; the box comes without category");
                None
            }
            name => Some(names.index(document, name)),
        };
        match object.corners() {
            Ok(corners) => {
                if let Some(message) = put_right(corners) {
                    problems.push(here, message);
                }
                image.boxes.push(DocumentBox::imported(corners, category, place).at_line(object.line));
            }
            Err(message) => problems.push(here, message),
        }
    }
    document.images.push(image);
    Ok(())
}

#[derive(Default)]
struct Parsed<'t> {
    folder: Text<'t>,
    filename: Text<'t>,
    path: Text<'t>,
    width: Text<'t>,
    height: Text<'t>,
    objects: Vec<Object<'t>>,
}

#[derive(Default)]
struct Object<'t> {
    name: Text<'t>,
    /// The line that it begins in.
    line: u32,
    /// xmin, ymin, xmax, ymax as written.
    corners: [Option<Text<'t>>; 4],
}

/// The text of an element. White space around it belongs to the layout of the file, unless it is written as a
/// character reference: then it belongs to the text.
#[derive(Default)]
struct Text<'t> {
    text: Cow<'t, str>,
    /// Up to here white space is the text's own.
    certain: usize,
}

impl<'t> Text<'t> {
    fn push(&mut self, piece: Cow<'t, str>, is_reference: bool) {
        if self.text.is_empty() {
            self.text = match piece {
                _ if is_reference => piece,
                Cow::Borrowed(piece) => Cow::Borrowed(piece.trim_start()),
                Cow::Owned(piece) => Cow::Owned(piece.trim_start().to_owned()),
            };
        } else {
            self.text.to_mut().push_str(&piece);
        }
        if is_reference {
            self.certain = self.text.len();
        }
    }

    fn as_str(&self) -> &str {
        let (certain, rest) = self.text.split_at(self.certain);
        &self.text[..certain.len() + rest.trim_end().len()]
    }
}

const CORNERS: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

impl Object<'_> {
    fn corners(&self) -> Result<[f64; 4], String> {
        let mut corners = [0.0; 4];
        for ((corner, text), name) in corners.iter_mut().zip(&self.corners).zip(CORNERS) {
            let text = text.as_ref().map(Text::as_str).ok_or_else(|| format!("its <bndbox> has no <{name}>"))?;
            *corner = number_in(text).ok_or_else(|| format!("found {text:?} in <{name}>; expected a number"))?;
        }
        Ok(corners)
    }
}

/// The elements that hold something of ours.
#[derive(Clone, Copy, PartialEq)]
enum Tag {
    Folder,
    Filename,
    Path,
    Size,
    Width,
    Height,
    Object,
    Name,
    Bndbox,
    Corner(usize),
    Other,
}

impl Tag {
    fn of(name: &str) -> Self {
        match name {
            "folder" => Self::Folder,
            "filename" => Self::Filename,
            "path" => Self::Path,
            "size" => Self::Size,
            "width" => Self::Width,
            "height" => Self::Height,
            "object" => Self::Object,
            "name" => Self::Name,
            "bndbox" => Self::Bndbox,
            name => CORNERS.iter().position(|corner| *corner == name).map_or(Self::Other, Self::Corner),
        }
    }
}

/// Elements deeper than this, below the outermost one, hold nothing of ours.
const DEEPEST: usize = 3;

/// Where in the file the reader is: the elements around it, without the outermost one.
#[derive(Default)]
struct Place {
    depth: usize,
    tags: [Option<Tag>; DEEPEST],
}

impl Place {
    fn enter(&mut self, tag: Tag) {
        if let Some(slot) = self.depth.checked_sub(1).and_then(|depth| self.tags.get_mut(depth)) {
            *slot = Some(tag);
        }
        self.depth += 1;
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The elements around, unless there are too many.
    fn tags(&self) -> &[Option<Tag>] {
        self.depth.checked_sub(1).and_then(|depth| self.tags.get(..depth)).unwrap_or_default()
    }
}

impl<'t> Parsed<'t> {
    /// The image's path, and whether its ending is unknown.
    fn image_path(&self, file: &str) -> (String, bool) {
        let (path, name, folder) = (self.path.as_str(), self.filename.as_str(), self.folder.as_str());
        if !path.is_empty() && (name.is_empty() || file_name(path) == file_name(name)) {
            return (path.to_owned(), false);
        }
        match (folder, name) {
            (_, "") => (file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned(), true),
            ("", name) => (name.to_owned(), false),
            (folder, name) => (format!("{folder}/{name}"), false),
        }
    }

    /// Where the text at this place goes.
    fn slot(&mut self, place: &Place) -> Option<&mut Text<'t>> {
        match *place.tags() {
            [Some(Tag::Folder)] => Some(&mut self.folder),
            [Some(Tag::Filename)] => Some(&mut self.filename),
            [Some(Tag::Path)] => Some(&mut self.path),
            [Some(Tag::Size), Some(Tag::Width)] => Some(&mut self.width),
            [Some(Tag::Size), Some(Tag::Height)] => Some(&mut self.height),
            [Some(Tag::Object), Some(Tag::Name)] => self.objects.last_mut().map(|object| &mut object.name),
            [Some(Tag::Object), Some(Tag::Bndbox), Some(Tag::Corner(index))] => {
                self.objects.last_mut().map(|object| object.corners[index].get_or_insert_default())
            }
            _ => None,
        }
    }

    fn text(&mut self, place: &Place, piece: Cow<'t, str>, is_reference: bool) {
        if let Some(slot) = self.slot(place) {
            slot.push(piece, is_reference);
        }
    }
}

fn parse<'t>(text: &'t str, problems: &mut Problems) -> Result<Parsed<'t>, ReadError> {
    let not_voc = |reason: &str| ReadError::NotThisFormat { format: Format::Voc, reason: reason.to_owned() };
    let mut lines = Lines::of(text);
    let mut line_at = |position: u64| lines.at(usize::try_from(position).unwrap_or(usize::MAX));
    let mut reader = Reader::from_str(text);
    let (mut parsed, mut place, mut seen_root) = (Parsed::default(), Place::default(), false);
    loop {
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) if seen_root => {
                let line = line_at(reader.error_position());
                problems.push(format_args!("line {line}"), format_args!("{error}; what comes before was read"));
                break;
            }
            Err(error) => return Err(not_voc(&error.to_string())),
        };
        match event {
            Event::Start(start) => {
                let name = start.name();
                let name = name.as_ref();
                if place.depth == 0 && name != "annotation" {
                    return Err(not_voc(&format!("expected <annotation>, found <{name}>")));
                }
                seen_root = true;
                place.enter(Tag::of(name));
                if *place.tags() == [Some(Tag::Object)] {
                    let line = line_at(reader.buffer_position());
                    parsed.objects.push(Object { line, ..Object::default() });
                }
            }
            Event::End(_) => place.leave(),
            Event::Text(piece) => parsed.text(&place, piece.into_inner(), false),
            Event::CData(piece) => parsed.text(&place, piece.into_inner(), true),
            Event::GeneralRef(reference) => {
                let known = match reference.resolve_char_ref() {
                    Ok(Some(letter)) => Some(Cow::Owned(letter.to_string())),
                    _ => resolve_predefined_entity(&reference).map(Cow::Borrowed),
                };
                match known {
                    Some(piece) => parsed.text(&place, piece, true),
                    None if parsed.slot(&place).is_none() => {}
                    None => problems.push(
                        format_args!("line {}", line_at(reader.buffer_position())),
                        format_args!("found &{};, which XML does not know; it is left out", &*reference),
                    ),
                }
            }
            Event::DocType(_) => {
                return Err(ReadError::DocumentType { line: line_at(reader.buffer_position()) as usize });
            }
            Event::Eof if !seen_root => return Err(not_voc("expected <annotation>, found nothing")),
            Event::Eof => {
                if place.depth > 0 {
                    let line = line_at(text.len() as u64);
                    problems.push(format_args!("line {line}"), "the file ends here, in the middle of its content");
                }
                break;
            }
            _ => {}
        }
    }
    Ok(parsed)
}

/// The text in the encoding that the file declares, or in the one that it looks like.
fn xml_text<'b>(bytes: &'b [u8], problems: &mut Problems) -> Cow<'b, str> {
    let head = &bytes[..bytes.len().min(200)];
    let declared = memchr::memmem::find(head, b"encoding=").and_then(|at| {
        let rest = &head[at + b"encoding=".len()..];
        let quote = *rest.first().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let end = rest[1..].iter().position(|byte| *byte == quote)?;
        encoding_rs::Encoding::for_label(&rest[1..=end])
    });
    match declared {
        Some(encoding) if encoding.is_ascii_compatible() && encoding != encoding_rs::UTF_8 => {
            encoding.decode_with_bom_removal(bytes).0
        }
        _ => decoded_with(bytes, problems),
    }
}
