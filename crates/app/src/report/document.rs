//! A report before it is a page: sections of sentences, plots and tables.

use serde::Serialize;

/// A report.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Its title.
    pub title: String,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// A part of a report under its own heading.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// What is under it, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", content = "content", rename_all = "camelCase")]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A command to copy.
    Command(String),
    /// Curves.
    Plot(Plot),
    /// Numbers.
    Table(Table),
}

/// Curves over a common axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Plot {
    /// What its files are called: lower case, no blanks, the only one of this name in the report.
    pub name: String,
    /// What is shown.
    pub title: String,
    /// What the horizontal axis counts.
    pub x: String,
    /// What the vertical axis measures.
    pub y: String,
    /// Whether the vertical axis ends at 1: it shows shares.
    pub is_share: bool,
    /// The curves.
    pub series: Vec<Series>,
    /// What the curves say, in plain words.
    pub sentence: String,
}

/// One curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Which colour it has, from 0: that of its run.
    #[cfg_attr(feature = "specta", specta(type = u32))]
    pub colour: usize,
    /// Whether it is drawn thick (pictures to check with) or thin (pictures to learn from).
    pub is_thick: bool,
    /// Its points from left to right; those that are no numbers are left out of the drawing.
    #[cfg_attr(feature = "specta", specta(type = Vec<(Option<specta_typescript::Number>, Option<specta_typescript::Number>)>))]
    pub points: Vec<(f64, f64)>,
}

/// Numbers in rows and columns.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Table {
    /// What its file is called: lower case, no blanks, the only one of this name in the report.
    pub name: String,
    /// What is shown.
    pub title: String,
    /// Headings of the columns.
    pub columns: Vec<String>,
    /// Rows of as many cells; the first cell of each names the row.
    pub rows: Vec<Vec<String>>,
    /// What the numbers say, in plain words.
    pub sentence: String,
}

impl Report {
    /// Its plots, in order.
    pub fn plots(&self) -> impl Iterator<Item = &Plot> {
        self.blocks().filter_map(|block| if let Block::Plot(plot) = block { Some(plot) } else { None })
    }

    /// Its tables, in order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks().filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None })
    }

    fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.sections.iter().flat_map(|section| &section.blocks)
    }
}
