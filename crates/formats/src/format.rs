//! The formats by name.

use serde::{Deserialize, Serialize};

/// A format of annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Format {
    /// The JSON of the paper that this program grew from.
    Paper,
    /// COCO instances: one JSON file.
    Coco,
    /// Pascal VOC: one XML file an image.
    Voc,
    /// YOLO: one text file an image, and one for the names.
    Yolo,
    /// labelme: one JSON file an image.
    Labelme,
    /// One row a box, as text.
    Csv,
    /// One row a box, as a spreadsheet.
    Xlsx,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Paper, Self::Coco, Self::Voc, Self::Yolo, Self::Labelme, Self::Csv, Self::Xlsx];

    /// Short name, as the command line has it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Coco => "coco",
            Self::Voc => "voc",
            Self::Yolo => "yolo",
            Self::Labelme => "labelme",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paper => "Bauta annotations",
            Self::Coco => "COCO",
            Self::Voc => "Pascal VOC",
            Self::Yolo => "YOLO",
            Self::Labelme => "labelme",
            Self::Csv => "CSV",
            Self::Xlsx => "XLSX",
        }
    }

    pub(crate) const fn indefinite_name(self) -> &'static str {
        match self {
            Self::Paper => "a file of Bauta annotations",
            Self::Coco => "a COCO file",
            Self::Voc => "a Pascal VOC file",
            Self::Yolo => "a YOLO file",
            Self::Labelme => "a labelme file",
            Self::Csv => "a CSV table of boxes",
            Self::Xlsx => "a spreadsheet of boxes",
        }
    }

    /// Whether it is written into a folder, one file an image, rather than into one file.
    pub const fn is_folder(self) -> bool {
        matches!(self, Self::Voc | Self::Yolo | Self::Labelme)
    }

    /// Ending of its files, without the dot.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Paper | Self::Coco | Self::Labelme => "json",
            Self::Voc => "xml",
            Self::Yolo => "txt",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// What the place of a box counts in files of this format.
    pub const fn place_word(self) -> &'static str {
        match self {
            Self::Paper => "rectangle",
            Self::Coco => "annotation",
            Self::Voc => "object",
            Self::Labelme => "shape",
            Self::Yolo | Self::Csv => "line",
            Self::Xlsx => "row",
        }
    }
}
