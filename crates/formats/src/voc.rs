//! Pascal VOC: one XML file an image, with `object/name` and `object/bndbox` in pixels
//! (<http://host.robots.ox.ac.uk/pascal/VOC/>, VOC2012 development kit, §5).
//!
//! Corners are taken as edges counted from 0, as labelImg and its successors write them. Parts of
//! objects, poses and segments are not read. Entities are never expanded: a file that defines some is refused.

use std::{borrow::Cow, io::Write};

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentImage, ImageSize};
use quick_xml::{
    Reader,
    escape::{escape, resolve_predefined_entity},
    events::Event,
};

use crate::{Format, Problems, ReadError, json::number_in, layout::file_name, number::number_text, text::decoded};

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
    let text = xml_text(bytes);
    let parsed = parse(&text, problems)?;
    let mut image = DocumentImage { file: file.to_owned(), ..DocumentImage::default() };
    (image.path, image.stem_only) = parsed.image_path(file);
    let side = |text: &str| number_in(text).filter(|v| *v >= 1.0 && *v <= f64::from(u32::MAX)).map(|v| v as u32);
    image.size = side(&parsed.width).zip(side(&parsed.height)).map(|(w, h)| ImageSize::new(w, h));
    for (object, place) in parsed.objects.iter().zip(1..) {
        let category = match object.name.trim() {
            "" => {
                problems.push(format_args!("object {place}"), "it has no <name>; the box comes without category");
                None
            }
            name => Some(document.category_index(name)),
        };
        match object.corners() {
            Ok(corners) => image.boxes.push(DocumentBox::imported(corners, category, place)),
            Err(message) => problems.push(format_args!("object {place}"), message),
        }
    }
    document.images.push(image);
    Ok(())
}

#[derive(Default)]
struct Parsed {
    folder: String,
    filename: String,
    path: String,
    width: String,
    height: String,
    objects: Vec<Object>,
}

#[derive(Default)]
struct Object {
    name: String,
    /// xmin, ymin, xmax, ymax as written.
    corners: [Option<String>; 4],
}

const CORNERS: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

impl Object {
    fn corners(&self) -> Result<[f64; 4], String> {
        let mut corners = [0.0; 4];
        for ((corner, text), name) in corners.iter_mut().zip(&self.corners).zip(CORNERS) {
            let text = text.as_deref().ok_or_else(|| format!("its <bndbox> has no <{name}>"))?;
            *corner = number_in(text).ok_or_else(|| format!("found {text:?} in <{name}>; expected a number"))?;
        }
        Ok(corners)
    }
}

impl Parsed {
    /// The image's path, and whether its ending is unknown.
    fn image_path(&self, file: &str) -> (String, bool) {
        let (path, name, folder) = (self.path.trim(), self.filename.trim(), self.folder.trim());
        if !path.is_empty() && (name.is_empty() || file_name(path) == file_name(name)) {
            return (path.to_owned(), false);
        }
        match (folder, name) {
            (_, "") => (file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned(), true),
            ("", name) => (name.to_owned(), false),
            (folder, name) => (format!("{folder}/{name}"), false),
        }
    }

    /// Where the text of an element goes, by the names of the elements around it.
    fn slot(&mut self, path: &[Cow<'_, str>]) -> Option<&mut String> {
        let names: Vec<&str> = path.iter().skip(1).map(AsRef::as_ref).collect();
        match names.as_slice() {
            ["folder"] => Some(&mut self.folder),
            ["filename"] => Some(&mut self.filename),
            ["path"] => Some(&mut self.path),
            ["size", "width"] => Some(&mut self.width),
            ["size", "height"] => Some(&mut self.height),
            ["object", "name"] => self.objects.last_mut().map(|object| &mut object.name),
            ["object", "bndbox", corner] => {
                let index = CORNERS.iter().position(|name| name == corner)?;
                self.objects.last_mut().map(|object| object.corners[index].get_or_insert_default())
            }
            _ => None,
        }
    }
}

/// Elements deeper than this hold nothing of ours.
const DEEPEST: usize = 4;

fn parse<'t>(text: &'t str, problems: &mut Problems) -> Result<Parsed, ReadError> {
    let not_voc = |reason: &str| ReadError::NotThisFormat { format: Format::Voc, reason: reason.to_owned() };
    let line_at = |position: u64| {
        let end = usize::try_from(position).unwrap_or(usize::MAX).min(text.len());
        memchr::memchr_iter(b'\n', &text.as_bytes()[..end]).count() + 1
    };
    let mut reader = Reader::from_str(text);
    let mut parsed = Parsed::default();
    let mut path: Vec<Cow<'t, str>> = Vec::with_capacity(DEEPEST);
    let (mut depth, mut seen_root) = (0_usize, false);
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
                let name = Cow::Owned(start.name().as_ref().to_owned());
                if depth == 0 && name != "annotation" {
                    return Err(not_voc(&format!("expected <annotation>, found <{name}>")));
                }
                seen_root = true;
                depth += 1;
                if path.len() < DEEPEST && path.len() + 1 == depth {
                    path.push(name);
                }
                if path.len() == depth && depth == 2 && path[1] == "object" {
                    parsed.objects.push(Object::default());
                }
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                path.truncate(depth);
            }
            Event::Text(piece) if path.len() == depth => {
                if let Some(slot) = parsed.slot(&path) {
                    slot.push_str(&piece);
                }
            }
            Event::CData(piece) if path.len() == depth => {
                if let Some(slot) = parsed.slot(&path) {
                    slot.push_str(&piece);
                }
            }
            Event::GeneralRef(reference) if path.len() == depth => {
                let line = line_at(reader.buffer_position());
                if let Some(slot) = parsed.slot(&path) {
                    match reference.resolve_char_ref() {
                        Ok(Some(letter)) => slot.push(letter),
                        _ => match resolve_predefined_entity(&reference) {
                            Some(text) => slot.push_str(text),
                            None => problems.push(
                                format_args!("line {line}"),
                                format_args!("found &{};, which XML does not know; it is left out", &*reference),
                            ),
                        },
                    }
                }
            }
            Event::DocType(_) => {
                return Err(ReadError::DocumentType { line: line_at(reader.buffer_position()) });
            }
            Event::Eof if !seen_root => return Err(not_voc("expected <annotation>, found nothing")),
            Event::Eof => {
                if depth > 0 {
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
fn xml_text(bytes: &[u8]) -> Cow<'_, str> {
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
        _ => decoded(bytes),
    }
}

/// The VOC file of one image. A box without category is called "None".
pub fn write(document: &AnnotationDocument, index: usize) -> Vec<u8> {
    let image = &document.images[index];
    let name = file_name(&image.path);
    let folder = image.path[..image.path.len() - name.len()].trim_end_matches(['/', '\\']);
    let size = image.size.unwrap_or(ImageSize::new(0, 0));
    let mut out = Vec::with_capacity(400 + 240 * image.boxes.len());
    // Writing into memory does not fail.
    let _ = write!(
        out,
        "<annotation>\n\t<folder>{}</folder>\n\t<filename>{}</filename>\n\t<path>{}</path>\n\t<source>\n\t\t<database>Unknown</database>\n\t</source>\n\t\
         <size>\n\t\t<width>{}</width>\n\t\t<height>{}</height>\n\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n",
        escape(file_name(folder)),
        escape(name),
        escape(image.path.as_str()),
        size.width,
        size.height
    );
    for found in &image.boxes {
        let category = found.category.and_then(|category| document.categories.get(category as usize));
        let [x1, y1, x2, y2] = found.corners.map(number_text);
        let _ = write!(
            out,
            "\t<object>\n\t\t<name>{}</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n\t\t\
             <bndbox>\n\t\t\t<xmin>{x1}</xmin>\n\t\t\t<ymin>{y1}</ymin>\n\t\t\t<xmax>{x2}</xmax>\n\t\t\t<ymax>{y2}</ymax>\n\t\t</bndbox>\n\t</object>\n",
            escape(category.map_or(crate::NO_CATEGORY, |category| category.name.as_str()))
        );
    }
    out.extend_from_slice(b"</annotation>\n");
    out
}
