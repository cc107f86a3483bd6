//! Writing, into one piece of memory.

use std::io::Write;

use bauta_domain::{AnnotationDocument, DocumentBox, ImageSize};
use quick_xml::escape::escape;

use crate::{layout::file_name, number::write_number};

/// The VOC file of one image. A box without category is called "None".
pub fn write(document: &AnnotationDocument, index: usize) -> Vec<u8> {
    let image = &document.images[index];
    let name = file_name(&image.path);
    let folder = image.path[..image.path.len() - name.len()].trim_end_matches(['/', '\\']);
    let size = image.size.unwrap_or(ImageSize::new(0, 0));
    let mut out = Vec::with_capacity(500 + 300 * image.boxes.len());
    for (before, text) in [
        ("<annotation>\n\t<folder>", file_name(folder)),
        ("</folder>\n\t<filename>", name),
        ("</filename>\n\t<path>", image.path.as_str()),
    ] {
        out.extend_from_slice(before.as_bytes());
        escaped(&mut out, text);
    }
    out.extend_from_slice(b"</path>\n\t<source>\n\t\t<database>Unknown</database>\n\t</source>\n\t<size>\n\t\t<width>");
    number(&mut out, f64::from(size.width));
    out.extend_from_slice(b"</width>\n\t\t<height>");
    number(&mut out, f64::from(size.height));
    out.extend_from_slice(b"</height>\n\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n");
    for found in &image.boxes {
        let category = found.category.and_then(|category| document.categories.get(category as usize));
        object(&mut out, found, category.map_or(crate::NO_CATEGORY, |category| category.name.as_str()));
    }
    out.extend_from_slice(b"</annotation>\n");
    out
}

fn object(out: &mut Vec<u8>, found: &DocumentBox, name: &str) {
    out.extend_from_slice(b"\t<object>\n\t\t<name>");
    escaped(out, name);
    out.extend_from_slice(
        b"</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n",
    );
    for (corner, value) in ["xmin", "ymin", "xmax", "ymax"].into_iter().zip(found.corners) {
        for piece in ["\t\t\t<", corner, ">"] {
            out.extend_from_slice(piece.as_bytes());
        }
        number(out, value);
        for piece in ["</", corner, ">\n"] {
            out.extend_from_slice(piece.as_bytes());
        }
    }
    out.extend_from_slice(b"\t\t</bndbox>\n\t</object>\n");
}

/// Text as it comes back, but for zeros, which XML cannot hold in any form and no file name has. Readers take a plain line end for a line feed, and white space at an end for layout.
fn escaped(out: &mut Vec<u8>, text: &str) {
    if text.contains('\0') {
        return escaped(out, &text.replace('\0', ""));
    }
    let (inside, beginning) = (text.trim(), text.len() - text.trim_start().len());
    if inside == text && !text.contains(['\r', '\n', '\t']) {
        return out.extend_from_slice(escape(text).as_bytes());
    }
    for (at, letter) in text.char_indices() {
        let at_an_end = at < beginning || at >= beginning + inside.len();
        // Writing into memory does not fail.
        let _ = match letter {
            letter if at_an_end || matches!(letter, '\r' | '\n' | '\t') => write!(out, "&#{};", u32::from(letter)),
            letter => write!(out, "{}", escape(&*letter.encode_utf8(&mut [0; 4]))),
        };
    }
}

fn number(out: &mut Vec<u8>, value: f64) {
    // Writing into memory does not fail.
    let _ = write_number(out, value);
}
