//! Categories of a JSON list: names (the paper's) or objects. A file that breaks off gives what came before.

use bauta_domain::DocumentCategory;
use serde::{
    Deserialize, Deserializer as _,
    de::{DeserializeSeed as _, IgnoredAny, MapAccess},
};

use super::{FoundCategories, color};
use crate::{
    Problems, ReadError,
    json::{Entry, Found, Keys, Numbered, ReadKeys, each_entry, without_place},
    odd_numbers::without_odd_numbers,
    places::{Lines, numbered},
    text::decoded_with,
};

#[derive(Deserialize)]
struct Category<'a> {
    #[serde(borrow, default)]
    name: Found<'a>,
    #[serde(borrow, default)]
    category: Found<'a>,
    #[serde(borrow, default)]
    label: Found<'a>,
    #[serde(borrow, default)]
    class: Found<'a>,
    #[serde(borrow, default)]
    colour: Found<'a>,
    #[serde(borrow, default)]
    color: Found<'a>,
    #[serde(borrow, default)]
    hotkey: Found<'a>,
    #[serde(borrow, default)]
    key: Found<'a>,
    #[serde(borrow, default)]
    description: Found<'a>,
}

#[derive(Default)]
struct Reader<'t> {
    found: FoundCategories,
    has_list: bool,
    lines: Lines<'t>,
}

/// The paper's whole file, and COCO's, hold their list under this name.
impl<'de> ReadKeys<'de> for Reader<'_> {
    fn read_value<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "categories" => map.next_value_seed(each_entry(|found| self.entry(found))),
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }
}

impl Reader<'_> {
    fn entry(&mut self, Numbered { number, part, entry }: Numbered<'_, Category<'_>>) {
        // Number 0 is something else in the place of the list.
        self.has_list |= number > 0;
        if number == 0 {
            return;
        }
        let place = numbered("entry", number, self.lines.of_part(part)).to_string();
        let category = match entry {
            Entry::Object(entry) => DocumentCategory {
                name: first([&entry.name, &entry.category, &entry.label, &entry.class]).unwrap_or_default(),
                color: color(first([&entry.colour, &entry.color]), &place, &mut self.found.problems),
                hotkey: first([&entry.hotkey, &entry.key]),
                description: first([&entry.description]),
            },
            Entry::Other(found) => match first([&found]) {
                Some(name) => DocumentCategory::named(name),
                None => return self.found.problems.push(place, format_args!("found {found}; expected a name")),
            },
        };
        self.found.add(category, place);
    }
}

/// The first one that is a text with letters in it, or a number.
fn first<const N: usize>(values: [&Found; N]) -> Option<String> {
    let texts = values.into_iter().filter_map(Found::text);
    texts.map(|text| text.into_owned()).find(|text| !text.trim().is_empty())
}

/// Reads the list.
///
/// # Errors
/// When there is no list, neither as a whole nor under "categories".
pub(super) fn read(bytes: &[u8]) -> Result<FoundCategories, ReadError> {
    let mut problems = Problems::default();
    let text = decoded_with(bytes, &mut problems);
    let text = without_odd_numbers(&text);
    let mut json = serde_json::Deserializer::from_str(&text);
    let is_list = text.trim_start().starts_with('[');
    let mut reader = Reader { lines: Lines::of(&text), ..Reader::default() };
    let outcome = match is_list {
        true => json.deserialize_any(each_entry(|found| reader.entry(found))),
        false => Keys(&mut reader).deserialize(&mut json),
    };
    let outcome = outcome.and_then(|()| json.end());
    let is_empty_list = is_list && outcome.is_ok();
    if !(reader.has_list || is_empty_list) {
        let (place, reason) = match &outcome {
            Err(error) if !error.is_data() => {
                let place = format!("line {}, column {}", error.line(), error.column());
                (place, format!("this is not JSON ({}); expected a list of names", without_place(error)))
            }
            _ => ("line 1".to_owned(), "expected a list of names or of objects with \"name\"".to_owned()),
        };
        return Err(ReadError::Damaged { place, reason });
    }
    if let Err(error) = outcome {
        let reason = match error.is_eof() {
            true => "the file ends here, in the middle of its content".to_owned(),
            false => without_place(&error),
        };
        problems.push(
            format_args!("line {}, column {}", error.line(), error.column()),
            format_args!("{reason}; the {} categories before this place were read", reader.found.categories.len()),
        );
    }
    reader.found.problems.extend("", problems);
    Ok(reader.found)
}
