//! What can be typed for import and export.

use std::{path::PathBuf, sync::LazyLock};

use bauta_app::{ConflictChoice, ConflictChoices};
use bauta_domain::FrameChoice;
use bauta_formats::Format;
use clap::{Args, Subcommand, ValueEnum, builder::PossibleValue};

/// A format of annotations, by its short name.
#[derive(Clone, Copy)]
pub(crate) struct AnnotationFormat(Format);

impl ValueEnum for AnnotationFormat {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<AnnotationFormat>> = LazyLock::new(|| Format::ALL.map(AnnotationFormat).to_vec());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.id()))
    }
}

impl From<AnnotationFormat> for Format {
    fn from(format: AnnotationFormat) -> Self {
        format.0
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

impl From<Conflicts> for ConflictChoices {
    fn from(choice: Conflicts) -> Self {
        let all = match choice {
            Conflicts::Mine => ConflictChoice::KeepMine,
            Conflicts::Theirs => ConflictChoice::TakeTheirs,
            Conflicts::Both => ConflictChoice::KeepBoth,
        };
        all.into()
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
    /// A .bauta project; a new one is made when there is none.
    pub project: PathBuf,
    /// A file or folder of annotations.
    #[arg(value_name = "FILE|FOLDER")]
    pub source: PathBuf,
    /// Its format (default: detected).
    #[arg(long, value_enum)]
    pub from: Option<AnnotationFormat>,
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

/// What to export.
#[derive(Clone, Copy)]
pub(crate) enum ExportTarget {
    /// Annotations in this format.
    Annotations(Format),
    /// Crops, one folder a category.
    Folders,
}

impl ValueEnum for ExportTarget {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<ExportTarget>> = LazyLock::new(|| {
            Format::ALL.into_iter().map(ExportTarget::Annotations).chain([ExportTarget::Folders]).collect()
        });
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self {
            Self::Annotations(format) => PossibleValue::new(format.id()),
            Self::Folders => PossibleValue::new("folders").help("Crops, one folder a category"),
        })
    }
}

impl ExportTarget {
    /// The format of annotations; none for crops.
    pub fn format(self) -> Option<Format> {
        match self {
            Self::Annotations(format) => Some(format),
            Self::Folders => None,
        }
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
        /// A .bauta project; a new one is made when there is none.
        project: PathBuf,
        /// The file.
        file: PathBuf,
        /// Only say what would happen.
        #[arg(long)]
        dry_run: bool,
        /// Print the result as JSON.
        #[arg(long)]
        json: bool,
    },
}
