//! Categories: what the user calls things.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::CategoryId;

/// A colour, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rgb(pub [u8; 3]);

#[cfg(feature = "specta")]
impl specta::Type for Rgb {
    fn definition(types: &mut specta::Types) -> specta::datatype::DataType {
        String::definition(types)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl From<Rgb> for String {
    fn from(color: Rgb) -> Self {
        color.to_string()
    }
}

impl FromStr for Rgb {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = hex.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let [_, r, g, b] = value.ok_or_else(|| format!("a colour is written #rrggbb, found {text:?}"))?.to_be_bytes();
        Ok(Self([r, g, b]))
    }
}

impl TryFrom<String> for Rgb {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Colours given to new categories in turn. Okabe and Ito's set, which people with any common kind
/// of colour blindness can tell apart (<https://jfly.uni-koeln.de/color/>), without its black.
pub const CATEGORY_COLORS: [Rgb; 7] = [
    Rgb([0xe6, 0x9f, 0x00]),
    Rgb([0x56, 0xb4, 0xe9]),
    Rgb([0x00, 0x9e, 0x73]),
    Rgb([0xcc, 0x79, 0xa7]),
    Rgb([0xf0, 0xe4, 0x42]),
    Rgb([0xd5, 0x5e, 0x00]),
    Rgb([0x00, 0x72, 0xb2]),
];

/// What a region is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// Identity; annotations refer to it, so renaming touches one row.
    pub id: CategoryId,
    /// Trimmed, not empty, unique in the project without regard to case.
    pub name: String,
    /// Colour of its boxes.
    pub color: Rgb,
    /// Place in lists, from 0.
    pub position: u32,
    /// The key that gives boxes this category; no two categories share one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotkey: Option<Hotkey>,
    /// What belongs to it, in the user's words; often empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// A key of the keyboard that stands for a category: a digit from 1 to 9 or a letter from A to Z.
/// 0 stands for "no category".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hotkey(char);

#[cfg(feature = "specta")]
impl specta::Type for Hotkey {
    fn definition(types: &mut specta::Types) -> specta::datatype::DataType {
        String::definition(types)
    }
}

impl fmt::Display for Hotkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Hotkey> for String {
    fn from(key: Hotkey) -> Self {
        key.to_string()
    }
}

impl FromStr for Hotkey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut letters = text.trim().chars();
        match (letters.next().map(|c| c.to_ascii_lowercase()), letters.next()) {
            (Some(key @ ('1'..='9' | 'a'..='z')), None) => Ok(Self(key)),
            _ => Err(format!("a key is a digit from 1 to 9 or a letter from A to Z, found {text:?}")),
        }
    }
}

impl TryFrom<String> for Hotkey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Why a name cannot be a category's.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CategoryNameError {
    /// Nothing but white space.
    #[error("a category needs a name; type at least one character")]
    Empty,
    /// The name stands for "no category".
    #[error("\"None\" means a box without a category; choose another name")]
    Reserved,
    /// Another category has it (case ignored).
    #[error("there is already a category called {0:?}; choose another name")]
    Taken(String),
}

/// A key that another category has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the key {key} belongs to {owner:?} already; choose another one", key = key.to_string().to_uppercase())]
pub struct HotkeyTaken {
    /// The key.
    pub key: Hotkey,
    /// The category that has it.
    pub owner: String,
}

/// Checks that no other category has this key (leave out the category that is being changed).
///
/// # Errors
/// When one has it.
pub fn free_hotkey<'a>(
    wanted: Option<Hotkey>,
    others: impl IntoIterator<Item = &'a Category>,
) -> Result<Option<Hotkey>, HotkeyTaken> {
    let Some(key) = wanted else { return Ok(None) };
    match others.into_iter().find(|other| other.hotkey == wanted) {
        Some(other) => Err(HotkeyTaken { key, owner: other.name.clone() }),
        None => Ok(wanted),
    }
}

/// The name to store for what the user typed: trimmed, and checked against the names already in use
/// (leave out the category that is being renamed).
///
/// # Errors
/// When it is empty, "None", or taken.
pub fn category_name<'a>(typed: &str, others: impl IntoIterator<Item = &'a str>) -> Result<String, CategoryNameError> {
    let name = typed.trim();
    if name.is_empty() {
        return Err(CategoryNameError::Empty);
    }
    if name.eq_ignore_ascii_case("none") {
        return Err(CategoryNameError::Reserved);
    }
    let folded = name.to_lowercase();
    match others.into_iter().find(|other| other.to_lowercase() == folded) {
        Some(other) => Err(CategoryNameError::Taken(other.to_owned())),
        None => Ok(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_unique_without_case() {
        assert_eq!(category_name("  ffp2 ", []), Ok("ffp2".to_owned()));
        assert_eq!(category_name("FFP2", ["ffp2"]), Err(CategoryNameError::Taken("ffp2".to_owned())));
        assert_eq!(category_name("Ärmel", ["ÄRMEL"]), Err(CategoryNameError::Taken("ÄRMEL".to_owned())));
        assert_eq!(category_name(" \t", []), Err(CategoryNameError::Empty));
        assert_eq!(category_name("none", []), Err(CategoryNameError::Reserved));
    }

    #[test]
    fn a_hotkey_is_one_digit_or_letter_and_case_does_not_matter() {
        assert_eq!("F".parse::<Hotkey>(), "f".parse());
        for bad in ["", "0", "ff", "ä", "é", "-", "F1"] {
            assert!(bad.parse::<Hotkey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_colour_survives_text_and_nonsense_does_not_parse() {
        assert_eq!("#e69f00".parse(), Ok(CATEGORY_COLORS[0]));
        for bad in ["e69f00", "#e69f0", "#e69f0000", "#gggggg", "#+12345", ""] {
            assert!(bad.parse::<Rgb>().is_err(), "{bad}");
        }
    }
}
