//! Annotations as a file holds them, before anyone compares them with a project or a picture.

use crate::{ImageSize, Rgb, Source};

/// Categories, images and boxes, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnnotationDocument {
    /// The categories that boxes refer to by their index. Names are as written, and may repeat.
    pub categories: Vec<DocumentCategory>,
    /// The images, those without boxes too as far as the format names them.
    pub images: Vec<DocumentImage>,
    /// Folders into which whole images are saved; images refer to them by their index.
    pub destinations: Vec<String>,
    /// The sheet that the boxes stand in, where the file has several.
    pub sheet: Option<String>,
}

impl AnnotationDocument {
    /// Number of boxes on all images.
    pub fn box_count(&self) -> usize {
        self.images.iter().map(|image| image.boxes.len()).sum()
    }

    /// The index of a category of exactly this name; a new one is added at the end.
    pub fn category_index(&mut self, name: &str) -> u32 {
        let place = self.categories.iter().position(|category| category.name == name).unwrap_or_else(|| {
            self.categories.push(DocumentCategory::named(name));
            self.categories.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}

/// A category with what a file says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentCategory {
    /// Its name, as written.
    pub name: String,
    /// Its colour.
    pub color: Option<Rgb>,
    /// Its key.
    pub hotkey: Option<String>,
    /// What it means.
    pub description: Option<String>,
}

impl DocumentCategory {
    /// A category of which only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// How coordinates are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Pixels of the picture.
    #[default]
    Pixels,
    /// Shares of its width and height, 0 to 1.
    Fractions,
}

/// One image with its boxes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocumentImage {
    /// Path as the file writes it: absolute, relative to somewhere, a bare name, with separators of any
    /// system. When written, relative paths have `/`.
    pub path: String,
    /// The ending of the picture's file is not known: `path` is without it.
    pub stem_only: bool,
    /// Size of the picture as the file says, of whichever way up its boxes are meant.
    pub size: Option<ImageSize>,
    /// How the boxes' coordinates are meant.
    pub unit: Unit,
    /// The file that holds these boxes, for formats with one file an image; else empty.
    pub file: String,
    /// Index into [`AnnotationDocument::destinations`].
    pub destination: Option<u32>,
    /// Its boxes.
    pub boxes: Vec<DocumentBox>,
}

/// One box as a file holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentBox {
    /// Two opposite corners, x1 y1 x2 y2: in any order, perhaps outside the picture or not even numbers.
    pub corners: [f64; 4],
    /// Index into [`AnnotationDocument::categories`], or `None` for a box without a category.
    pub category: Option<u32>,
    /// Where the box came from.
    pub source: Source,
    /// When it was changed last, in ISO 8601, as far as that is known.
    pub changed: Option<String>,
    /// Its place in the file: a line, a row, or its number among its kind, from 1.
    pub place: u32,
    /// The line that it begins in, where its place is its number among its kind and the line is known; else 0.
    pub line: u32,
}

impl DocumentBox {
    /// A box that was read from a file, at this place in it.
    pub const fn imported(corners: [f64; 4], category: Option<u32>, place: u32) -> Self {
        Self { corners, category, source: Source::Imported, changed: None, place, line: 0 }
    }

    /// The same box, which begins in this line of the file.
    pub const fn at_line(mut self, line: u32) -> Self {
        self.line = line;
        self
    }
}
