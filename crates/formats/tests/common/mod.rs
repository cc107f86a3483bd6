//! What the tests of all formats use.
#![allow(dead_code, clippy::unwrap_used)]

use std::{io::Cursor, ops::ControlFlow, path::Path};

use bauta_domain::{AnnotationDocument, DocumentImage};
use bauta_formats::{
    CsvOptions, FolderFiles, Format, Problems, ReadDocument, ReadError, coco, csv_table, labelme, paper, voc, xlsx,
    yolo,
};

/// A file of `tests/fixtures/formats`.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn go_on(_: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The files of an export, as (path, bytes); a format of one file has one, called `file`.
pub fn written(document: &AnnotationDocument, format: Format) -> Vec<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    match format {
        Format::Paper => paper::write(document, &mut bytes, &mut go_on).unwrap(),
        Format::Coco => coco::write(document, &mut bytes, &mut go_on).unwrap(),
        Format::Csv => csv_table::write(document, CsvOptions::default(), &mut bytes, &mut go_on).unwrap(),
        Format::Xlsx => {
            let mut cursor = Cursor::new(Vec::new());
            xlsx::write(document, &mut cursor, &mut go_on).unwrap();
            bytes = cursor.into_inner();
        }
        Format::Voc | Format::Yolo | Format::Labelme => {
            let files = FolderFiles::of(document, format).unwrap();
            let file = |n| (files.path(n).to_owned(), files.content(n, &|_, image| image.to_owned()));
            return (0..files.count()).map(file).collect();
        }
    }
    vec![("file".to_owned(), bytes)]
}

/// Reads files as [`written`] gives them.
pub fn read(files: &[(String, Vec<u8>)], format: Format) -> Result<ReadDocument, ReadError> {
    let only = || files[0].1.as_slice();
    match format {
        Format::Paper => paper::read(only()),
        Format::Coco => coco::read(only()),
        Format::Csv => csv_table::read(only()),
        Format::Xlsx => xlsx::read(only()),
        Format::Voc | Format::Yolo | Format::Labelme => {
            let mut document = AnnotationDocument::default();
            let mut problems = Problems::default();
            for (path, bytes) in files {
                match path.as_str() {
                    "classes.txt" => document.categories = yolo::read_names(bytes, &mut problems),
                    "data.yaml" => {
                        assert_eq!(yolo::read_data_yaml(bytes, &mut problems)?, document.categories);
                    }
                    path if format == Format::Voc => voc::read(bytes, path, &mut document, &mut problems)?,
                    path if format == Format::Yolo => yolo::read(bytes, path, &mut document, &mut problems)?,
                    path => labelme::read(bytes, path, &mut document, &mut problems)?,
                }
            }
            Ok(ReadDocument { document, problems })
        }
    }
}

/// A box as (category, corners).
pub type Plain = (Option<String>, [f64; 4]);

/// The boxes of an image.
pub fn boxes(document: &AnnotationDocument, image: &DocumentImage) -> Vec<Plain> {
    let name = |index: u32| document.categories[index as usize].name.clone();
    image.boxes.iter().map(|found| (found.category.map(name), found.corners)).collect()
}

/// The places and messages of problems, one line each.
pub fn lines(problems: &Problems) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}
