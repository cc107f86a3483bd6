//! Formats with one file an image: which files an export consists of.

use bauta_domain::AnnotationDocument;

use crate::{Format, Layout, labelme, voc, yolo};

/// What boxes without category are called where a format wants a name for each.
pub const NO_CATEGORY: &str = "None";

/// The files of an export. Each is made when it is asked for, in any order and by any thread.
pub struct FolderFiles<'d> {
    document: &'d AnnotationDocument,
    format: Format,
    /// Files about all images.
    shared: Vec<(&'static str, Vec<u8>)>,
    /// A path for each image.
    paths: Vec<String>,
}

impl<'d> FolderFiles<'d> {
    /// The files of a document in this format; `None` for a format that is one file.
    pub fn of(document: &'d AnnotationDocument, format: Format) -> Option<Self> {
        if !format.is_folder() {
            return None;
        }
        let mut paths = Layout::of(document).with_ending(format.ending());
        let mut shared = Vec::new();
        if format == Format::Yolo {
            let mut names: Vec<&str> = document.categories.iter().map(|category| category.name.as_str()).collect();
            if document.images.iter().flat_map(|image| &image.boxes).any(|found| found.category.is_none()) {
                names.push(NO_CATEGORY);
            }
            shared = vec![("classes.txt", yolo::write_names(&names)), ("data.yaml", yolo::write_data_yaml(&names))];
            for path in &mut paths {
                path.insert_str(0, "labels/");
            }
        }
        Some(Self { document, format, shared, paths })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.shared.len() + self.paths.len()
    }

    /// The path of a file, by its number from 0, below the export's folder, with `/`.
    pub fn path(&self, number: usize) -> &str {
        match self.shared.get(number) {
            Some((path, _)) => path,
            None => &self.paths[number - self.shared.len()],
        }
    }

    /// The content of a file. `reference(file, image)` is how the file names the image's path (labelme only).
    pub fn content(&self, number: usize, reference: &dyn Fn(&str, &str) -> String) -> Vec<u8> {
        let Some(index) = number.checked_sub(self.shared.len()) else { return self.shared[number].1.clone() };
        match self.format {
            Format::Yolo => {
                let none = u32::try_from(self.document.categories.len()).unwrap_or(u32::MAX);
                yolo::write(self.document, index, none)
            }
            Format::Labelme => {
                let image = reference(&self.paths[index], &self.document.images[index].path);
                labelme::write(self.document, index, &image)
            }
            _ => voc::write(self.document, index),
        }
    }
}
