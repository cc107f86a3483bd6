//! Lists of categories as people have them, whole and damaged.
#![allow(clippy::unwrap_used)]

mod common;

use bauta_formats::categories::{self, CategoryFile};
use common::lines;

fn read(bytes: &[u8], kind: CategoryFile) -> (Vec<String>, Vec<String>) {
    let found = categories::read(bytes, kind).unwrap();
    let problems = lines(&found.problems);
    (found.categories.into_iter().map(|found| found.category.name).collect(), problems)
}

fn csv(text: &str) -> (Vec<String>, Vec<String>) {
    read(text.as_bytes(), CategoryFile::Csv)
}

fn json(text: &str) -> (Vec<String>, Vec<String>) {
    read(text.as_bytes(), CategoryFile::Json)
}

#[test]
fn a_quote_that_is_not_closed_joins_no_names() {
    let (names, problems) = csv("\"hat\nbeard\n");
    assert_eq!(names, ["hat", "beard"]);
    assert!(problems.len() == 1 && problems[0].starts_with("line 1: found a cell with a quote"), "{problems:?}");
}

#[test]
fn titles_above_the_header_are_left_out_and_named() {
    let (names, problems) = csv("My list,\n\nCategories,\nName,Colour\nmask,#e69f00\nhat,#000000\n");
    assert_eq!(names, ["mask", "hat"]);
    assert_eq!(
        problems,
        [
            "line 1: found \"My list\" above the header in line 4; it is left out",
            "line 3: found \"Categories\" above the header in line 4; it is left out",
        ]
    );
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, text) in [(0, "Autumn 2021"), (2, "label"), (3, "mask"), (5, "hat")] {
        sheet.write_string(row, 1, text).unwrap();
    }
    let (names, problems) = read(&book.save_to_buffer().unwrap(), CategoryFile::Xlsx);
    assert_eq!(names, ["mask", "hat"]);
    assert_eq!(
        problems,
        ["sheet Sheet1, row 1: found \"Autumn 2021\" above the header in sheet Sheet1, row 3; it is left out"]
    );
}

#[test]
fn one_row_of_names_is_a_list_and_other_columns_without_header_are_named() {
    assert_eq!(csv("mask,hat,beard\n"), (vec!["mask".into(), "hat".into(), "beard".into()], vec![]));
    let (names, problems) = csv("mask,\nhat,warm\nbeard,long\n");
    assert_eq!(names, ["mask", "hat", "beard"]);
    assert!(problems.len() == 1 && problems[0].starts_with("line 2: found \"warm\" beside a name"), "{problems:?}");
}

#[test]
fn a_json_list_that_is_damaged_gives_its_good_rest_and_the_place() {
    let (names, problems) = json("[\"mask\",\n {\"name\": \"hat\"},\n {\"name\": \"bea");
    assert_eq!(names, ["mask", "hat"]);
    let said = "line 3, column 14: the file ends here, in the middle of its content; the 2 categories before this place were read";
    assert_eq!(problems, [said]);
    let (names, problems) = json("{\"categories\": [NaN, 1e999, null, \"\", \"mask\"]}");
    assert_eq!(names, ["mask"]);
    assert_eq!(
        problems,
        [
            "entry 1 (line 1): found NaN; expected a name",
            "entry 2 (line 1): found a number above 1.7e308; expected a name",
            "entry 3: found null; expected a name",
            "entry 4: found \"\"; expected a name",
        ]
    );
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    assert_eq!(json(&format!("[{deep}, \"mask\"]")).0, ["mask"]);
    for other in ["hello", "{\"a\": 1}", "", "3", "{\"categories\": 3}"] {
        assert!(categories::read(other.as_bytes(), CategoryFile::Json).is_err(), "{other}");
    }
}
