//! Tables of boxes, one row a box, whichever names their columns have. CSV and XLSX share this.

use std::{borrow::Cow, collections::HashMap};

use bauta_domain::{AnnotationDocument, DocumentBox, DocumentImage, ImageSize, Source, Unit};

use crate::{Problems, json::number_in, layout::file_name, number::number_text};

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell<'a> {
    #[default]
    Empty,
    Text(Cow<'a, str>),
    Number(f64),
}

impl Cell<'_> {
    /// The text without white space around it; numbers are text too where a name is expected.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text.trim()),
            Self::Number(value) => Cow::Owned(number_text(*value)),
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Empty => None,
            Self::Number(value) => Some(*value),
            // A comma is a decimal point in half of the world; as a separator it would be in no cell.
            Self::Text(text) => number_in(text).or_else(|| number_in(&text.replacen(',', ".", 1))),
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) => false,
        }
    }
}

/// How a table says where a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Corners([usize; 4]),
    CornerAndSize([usize; 4]),
    CenterAndSize([usize; 4]),
    /// One cell with four numbers: corners, or corner and size.
    OneCell(usize, bool),
}

/// Which column holds what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    image: usize,
    folder: Option<usize>,
    category: Option<usize>,
    place: Place,
    image_size: Option<(usize, usize)>,
    source: Option<usize>,
    score: Option<usize>,
}

impl Columns {
    /// The columns of a header, or what is missing in it.
    pub fn of_header(header: &[Cell]) -> Result<Self, String> {
        let names: Vec<String> = header.iter().map(|cell| folded(&cell.text())).collect();
        let find = |aliases: &[&str]| aliases.iter().find_map(|alias| names.iter().position(|name| name == alias));
        let four = |columns: [&[&str]; 4]| {
            let [a, b, c, d] = columns.map(find);
            Some([a?, b?, c?, d?])
        };
        const X: &[&str] = &["x", "bboxx", "boxx"];
        const Y: &[&str] = &["y", "bboxy", "boxy"];
        const W: &[&str] = &["width", "w", "bboxwidth", "boxwidth", "bboxw"];
        const H: &[&str] = &["height", "h", "bboxheight", "boxheight", "bboxh"];
        let corners = four([
            &["xmin", "x1", "left", "x0", "bboxx1"],
            &["ymin", "y1", "top", "y0", "bboxy1"],
            &["xmax", "x2", "right", "bboxx2"],
            &["ymax", "y2", "bottom", "bboxy2"],
        ]);
        let center = four([
            &["xcenter", "xcentre", "centerx", "centrex", "cx"],
            &["ycenter", "ycentre", "centery", "centrey", "cy"],
            W,
            H,
        ]);
        let one_corners = find(&["box", "bbox", "boxxyxy", "bboxxyxy", "xyxy"]);
        let one_size = find(&["boxxywh", "bboxxywh", "xywh"]);
        let place = corners.map(Place::Corners).or_else(|| four([X, Y, W, H]).map(Place::CornerAndSize));
        let place = place.or_else(|| center.map(Place::CenterAndSize));
        let place = place.or_else(|| one_corners.map(|column| Place::OneCell(column, false)));
        let place = place.or_else(|| one_size.map(|column| Place::OneCell(column, true)));
        const IMAGE: &[&str] =
            &["image", "filename", "imagepath", "path", "filepath", "file", "imagename", "imagefile", "img", "imageid"];
        let image = find(IMAGE).ok_or("a column \"image\" (or filename, path)")?;
        let place = place.ok_or("columns for the box: x, y, width, height, or xmin, ymin, xmax, ymax")?;
        // "width" is the box's, unless something else says where the box is.
        let free = matches!(place, Place::Corners(_) | Place::OneCell(..));
        let plain = if free { find(&["width"]).zip(find(&["height"])) } else { None };
        let named = find(&["imagewidth", "imgwidth", "imagew"]).zip(find(&["imageheight", "imgheight", "imageh"]));
        Ok(Self {
            image,
            folder: find(&["folder", "directory", "dir"]),
            category: find(&["category", "class", "label", "classname", "labelname", "categoryname", "name"]),
            place,
            image_size: named.or(plain),
            source: find(&["source"]),
            score: find(&["score", "confidence"]),
        })
    }

    /// The columns of a table without header: `path, x1, y1, x2, y2, class`, as keras-retinanet has it.
    pub fn without_header(first: &[Cell]) -> Option<Self> {
        let numbers = first.len() >= 5 && first[1..5].iter().all(|cell| cell.number().is_some());
        (numbers && first[0].number().is_none()).then(|| Self {
            image: 0,
            folder: None,
            category: (first.len() > 5).then_some(5),
            place: Place::Corners([1, 2, 3, 4]),
            image_size: None,
            source: None,
            score: None,
        })
    }
}

/// A column's name without case, spaces and punctuation.
pub(crate) fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Collects rows into a document.
pub(crate) struct TableReader {
    columns: Columns,
    document: AnnotationDocument,
    images: HashMap<String, usize>,
    categories: HashMap<String, u32>,
    /// Whether every coordinate so far lies between 0 and 1, and one of them between the two.
    fractions: bool,
    fractional: bool,
}

impl TableReader {
    pub fn new(columns: Columns) -> Self {
        Self {
            columns,
            document: AnnotationDocument::default(),
            images: HashMap::new(),
            categories: HashMap::new(),
            fractions: true,
            fractional: false,
        }
    }

    /// Reads a row; `place` is its number in the file.
    pub fn row(&mut self, place: u32, cells: &[Cell], here: &str, problems: &mut Problems) {
        if cells.iter().all(Cell::is_empty) {
            return;
        }
        let cell = |column: usize| cells.get(column).unwrap_or(&Cell::Empty);
        let image = cell(self.columns.image).text();
        if image.is_empty() {
            return problems.push(here, "the row names no image");
        }
        if file_name(&image).is_empty() {
            return problems.push(here, format_args!("found the folder {image:?} as image; expected a file"));
        }
        let folder = self.columns.folder.map(|column| cell(column).text()).unwrap_or_default();
        let index = self.image(&image, &folder);
        if let Some((width, height)) = self.columns.image_size {
            let side = |column| cell(column).number().filter(|v| *v >= 1.0 && *v <= f64::from(u32::MAX));
            let size = side(width).zip(side(height)).map(|(w, h)| ImageSize::new(w as u32, h as u32));
            self.document.images[index].size = self.document.images[index].size.or(size);
        }
        let columns = match self.columns.place {
            Place::Corners(columns) | Place::CornerAndSize(columns) | Place::CenterAndSize(columns) => columns.to_vec(),
            Place::OneCell(column, _) => vec![column],
        };
        // A row that names an image and no box: the image has none.
        if columns.iter().all(|&column| cell(column).is_empty()) {
            return;
        }
        match self.corners(&cell) {
            Ok(corners) => {
                let category = self.columns.category.map(|column| cell(column).text().into_owned());
                let category = category.filter(|name| !name.is_empty()).map(|name| self.category(name));
                let mut found = DocumentBox::imported(corners, category, place);
                found.source = self.source(&cell);
                self.document.images[index].boxes.push(found);
            }
            Err(message) => problems.push(here, message),
        }
    }

    fn image(&mut self, image: &str, folder: &str) -> usize {
        let bare = folder.is_empty() || image.contains(['/', '\\']);
        let path = if bare { image.to_owned() } else { format!("{}/{image}", folder.trim_end_matches(['/', '\\'])) };
        *self.images.entry(path).or_insert_with_key(|path| {
            self.document.images.push(DocumentImage { path: path.clone(), ..DocumentImage::default() });
            self.document.images.len() - 1
        })
    }

    fn category(&mut self, name: String) -> u32 {
        if let Some(index) = self.categories.get(&name) {
            return *index;
        }
        let index = self.document.category_index(&name);
        self.categories.insert(name, index);
        index
    }

    fn source<'c>(&self, cell: &impl Fn(usize) -> &'c Cell<'c>) -> Source {
        let name = self.columns.source.map(|column| cell(column).text()).unwrap_or_default();
        let score = self.columns.score.and_then(|column| cell(column).number());
        match (name.as_ref(), score) {
            ("drawn", _) => Source::Drawn,
            ("generated", _) => Source::Generated,
            ("" | "imported", _) => Source::Imported,
            (name, Some(score)) if (0.0..=1.0).contains(&score) => {
                Source::Detected { detector: name.to_owned(), score }
            }
            _ => Source::Imported,
        }
    }

    fn corners<'c>(&mut self, cell: &impl Fn(usize) -> &'c Cell<'c>) -> Result<[f64; 4], String> {
        let values = match self.columns.place {
            Place::OneCell(column, _) => four_numbers(&cell(column).text())?,
            Place::Corners(columns) | Place::CornerAndSize(columns) | Place::CenterAndSize(columns) => {
                let mut values = [0.0; 4];
                for (value, column) in values.iter_mut().zip(columns) {
                    let found = cell(column);
                    *value = found.number().ok_or_else(|| {
                        format!("found {:?} in column {}; expected a number", found.text(), column_name(column))
                    })?;
                }
                values
            }
        };
        self.fractions &= values.iter().all(|value| (0.0..=1.0).contains(value));
        self.fractional |= values.iter().any(|value| *value > 0.0 && *value < 1.0);
        let [a, b, c, d] = values;
        Ok(match self.columns.place {
            Place::Corners(_) | Place::OneCell(_, false) => [a, b, c, d],
            Place::CornerAndSize(_) | Place::OneCell(_, true) => [a, b, a + c, b + d],
            Place::CenterAndSize(_) => [a - c / 2.0, b - d / 2.0, a + c / 2.0, b + d / 2.0],
        })
    }

    /// The document; coordinates that all lie between 0 and 1 are fractions of the picture.
    pub fn finish(mut self) -> AnnotationDocument {
        if self.fractions && self.fractional {
            for image in &mut self.document.images {
                image.unit = Unit::Fractions;
            }
        }
        self.document
    }
}

fn four_numbers(text: &str) -> Result<[f64; 4], String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']' | '(' | ')'));
    let numbers: Vec<Option<f64>> = words.filter(|word| !word.is_empty()).map(number_in).collect();
    match numbers.as_slice() {
        [Some(a), Some(b), Some(c), Some(d)] => Ok([*a, *b, *c, *d]),
        _ => Err(format!("found {:?} as box; expected four numbers", text.chars().take(60).collect::<String>())),
    }
}

/// A column as spreadsheets call it: A, B, … Z, AA.
pub(crate) fn column_name(mut column: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b'A' + (column % 26) as u8));
        match column / 26 {
            0 => return name,
            more => column = more - 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_called_as_spreadsheets_call_them() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(column_name(column), name);
        }
    }

    #[test]
    fn width_is_the_pictures_where_corners_say_where_the_box_is() {
        let header = |text: &str| text.split(',').map(|name| Cell::Text(name.to_owned().into())).collect::<Vec<_>>();
        let tensorflow = Columns::of_header(&header("filename,width,height,class,xmin,ymin,xmax,ymax")).unwrap();
        assert_eq!((tensorflow.place, tensorflow.image_size), (Place::Corners([4, 5, 6, 7]), Some((1, 2))));
        let ours =
            Columns::of_header(&header("Image,Folder,Category,X,Y,Width,Height,Image width,Image height")).unwrap();
        assert_eq!((ours.place, ours.image_size), (Place::CornerAndSize([3, 4, 5, 6]), Some((7, 8))));
        let manifest = Columns::of_header(&header("path,label,source_group,box_xyxy,width,height")).unwrap();
        assert_eq!((manifest.place, manifest.image_size), (Place::OneCell(3, false), Some((4, 5))));
        assert!(Columns::of_header(&header("image,label")).unwrap_err().contains("xmin"));
    }
}
