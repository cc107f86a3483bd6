//! Which column of a table of boxes holds what, whichever names the columns have.

use std::borrow::Cow;

use super::Cell;
use crate::csv_table::HEADER;

/// How a table says where a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Corners([usize; 4]),
    CornerAndSize([usize; 4]),
    CenterAndSize([usize; 4]),
    /// One cell with four numbers: corners, or corner and size.
    OneCell(usize, bool),
}

/// Which column holds what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(super) image: usize,
    pub(super) folder: Option<usize>,
    pub(super) category: Option<usize>,
    pub(super) place: Place,
    pub(super) image_size: Option<(usize, usize)>,
    pub(super) source: Option<usize>,
    pub(super) score: Option<usize>,
    /// So many columns have a title.
    pub(super) count: usize,
    /// The columns are those that this program writes.
    pub(super) ours: bool,
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
            count: header.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1),
            ours: header.iter().map(Cell::text).eq(HEADER.map(Cow::Borrowed)),
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
            count: first.len(),
            ours: false,
        })
    }
}

/// A column's name without case, spaces and punctuation.
pub(crate) fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
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
