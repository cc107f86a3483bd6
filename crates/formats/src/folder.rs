//! Formats with one file an image: which files an export consists of.

use std::io;

use bauta_domain::AnnotationDocument;

use crate::{Format, Layout, Tick, WriteError, labelme, voc, write::tick_at, yolo};

/// What boxes without category are called where a format wants a name for each.
pub const NO_CATEGORY: &str = "None";

/// Hands every file of an export to `sink`: its path below the export's folder, with `/`, and its bytes.
/// `reference(file, image)` is how the file names the image's path (labelme only). Formats that are one
/// file have no files here.
///
/// # Errors
/// What `sink` returns, or when `tick` asks to stop.
pub fn write_files(
    document: &AnnotationDocument,
    format: Format,
    reference: &dyn Fn(&str, &str) -> String,
    sink: &mut dyn FnMut(&str, &[u8]) -> io::Result<()>,
    tick: &mut Tick,
) -> Result<(), WriteError> {
    if !format.is_folder() {
        return Ok(());
    }
    let mut names: Vec<&str> = document.categories.iter().map(|category| category.name.as_str()).collect();
    let none = u32::try_from(names.len()).unwrap_or(u32::MAX);
    if format == Format::Yolo {
        if document.images.iter().flat_map(|image| &image.boxes).any(|found| found.category.is_none()) {
            names.push(NO_CATEGORY);
        }
        sink("classes.txt", &yolo::write_names(&names))?;
        sink("data.yaml", &yolo::write_data_yaml(&names))?;
    }
    let files = Layout::of(document).with_ending(format.ending());
    for (index, file) in files.iter().enumerate() {
        tick_at(index, tick)?;
        match format {
            Format::Yolo => sink(&format!("labels/{file}"), &yolo::write(document, index, none))?,
            Format::Labelme => {
                let image = reference(file, &document.images[index].path);
                sink(file, &labelme::write(document, index, &image))?;
            }
            _ => sink(file, &voc::write(document, index))?,
        }
    }
    Ok(())
}
