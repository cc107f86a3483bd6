//! What can be typed for import and export.

use std::path::PathBuf;

use bauta_app::ConflictChoice;
use bauta_domain::FrameChoice;
use bauta_formats::Format;
use clap::{Args, Subcommand, ValueEnum};

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum FormatName {
    Paper,
    Coco,
    Voc,
    Yolo,
    Labelme,
    Csv,
    Xlsx,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Paper => Self::Paper,
            FormatName::Coco => Self::Coco,
            FormatName::Voc => Self::Voc,
            FormatName::Yolo => Self::Yolo,
            FormatName::Labelme => Self::Labelme,
            FormatName::Csv => Self::Csv,
            FormatName::Xlsx => Self::Xlsx,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Conflicts {
    /// The project's boxes stay.
    Mine,
    /// The file's boxes take their place.
    Theirs,
    /// The file's boxes are added.
    Both,
}

impl From<Conflicts> for ConflictChoice {
    fn from(choice: Conflicts) -> Self {
        match choice {
            Conflicts::Mine => Self::KeepMine,
            Conflicts::Theirs => Self::TakeTheirs,
            Conflicts::Both => Self::KeepBoth,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum BoxFrameName {
    /// By the size in the file, and by what fits.
    Auto,
    /// On the picture as people see it.
    Upright,
    /// On the picture as it is stored, EXIF orientation ignored.
    Stored,
}

impl From<BoxFrameName> for FrameChoice {
    fn from(name: BoxFrameName) -> Self {
        match name {
            BoxFrameName::Auto => Self::Auto,
            BoxFrameName::Upright => Self::Upright,
            BoxFrameName::Stored => Self::Stored,
        }
    }
}

#[derive(Args)]
pub(crate) struct Import {
    /// A .bauta project.
    pub project: PathBuf,
    /// A file or folder of annotations.
    #[arg(value_name = "FILE|FOLDER")]
    pub source: PathBuf,
    /// Its format (default: detected).
    #[arg(long, value_enum)]
    pub from: Option<FormatName>,
    /// A folder to look for pictures in; may be given several times.
    #[arg(long, value_name = "DIR")]
    pub images: Vec<PathBuf>,
    /// What becomes of boxes that the project has otherwise.
    #[arg(long, value_enum, default_value = "mine")]
    pub conflicts: Conflicts,
    /// Which way up boxes are on pictures that are stored turned.
    #[arg(long, value_enum, default_value = "auto")]
    pub boxes: BoxFrameName,
    /// Only say what would happen.
    #[arg(long)]
    pub dry_run: bool,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum ExportTarget {
    Paper,
    Coco,
    Voc,
    Yolo,
    Labelme,
    Csv,
    Xlsx,
    /// Crops, one folder a category.
    Folders,
}

impl ExportTarget {
    /// The format of annotations; none for crops.
    pub fn format(self) -> Option<Format> {
        Some(match self {
            Self::Paper => Format::Paper,
            Self::Coco => Format::Coco,
            Self::Voc => Format::Voc,
            Self::Yolo => Format::Yolo,
            Self::Labelme => Format::Labelme,
            Self::Csv => Format::Csv,
            Self::Xlsx => Format::Xlsx,
            Self::Folders => return None,
        })
    }
}

#[derive(Args)]
pub(crate) struct Export {
    /// A .bauta project.
    pub project: PathBuf,
    /// The file, or for voc, yolo, labelme and folders the folder.
    pub out: PathBuf,
    /// The format.
    #[arg(long, value_enum)]
    pub to: ExportTarget,
    /// CSV: begin with a byte order mark, for Excel.
    #[arg(long)]
    pub bom: bool,
    /// Folders: side of the crops in pixels.
    #[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u32).range(32..=1024))]
    pub size: u32,
    /// Print the result as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Subcommand)]
pub(crate) enum CategoriesCommand {
    /// Write the categories to a .json, .csv or .xlsx file.
    Export {
        /// A .bauta project.
        project: PathBuf,
        /// The file.
        file: PathBuf,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Add the categories of a .json, .csv or .xlsx file; nothing is deleted or reordered.
    Import {
        /// A .bauta project.
        project: PathBuf,
        /// The file.
        file: PathBuf,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}
