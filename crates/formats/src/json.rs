//! JSON as people's programs write it: numbers as strings, NaN, entries of the wrong kind. Nothing here
//! recurses into what it skips, so depth does not matter.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{Format, Problems, ReadError, odd_numbers::odd_number};

/// A value of which only the simple kinds are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Found<'a> {
    #[default]
    Missing,
    Null,
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(Cow<'a, str>),
    List,
    Map,
}

impl Found<'_> {
    /// The number, also when it is written as a string.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Number(value) => Some(*value),
            Self::Text(text) => number_in(text),
            _ => None,
        }
    }

    /// The whole number from 0, also when it is written as a string or with a point.
    pub fn index(&self) -> Option<u32> {
        let value = self.number().filter(|value| value.fract() == 0.0)?;
        (0.0..=f64::from(u32::MAX)).contains(&value).then_some(value as u32)
    }

    /// What kind of value it is, in words.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Integer(_) | Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::List => "a list",
            Self::Map => "an object",
        }
    }

    /// The text; numbers are text too where a name is expected.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => odd_number(text).is_none().then_some(Cow::Borrowed(text)),
            Self::Integer(value) => Some(Cow::Owned(value.to_string())),
            Self::Number(value) => Some(Cow::Owned(value.to_string())),
            _ => None,
        }
    }
}

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("nothing"),
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(text) => match odd_number(text) {
                Some((_, words)) => f.write_str(words),
                None => write!(f, "{:?}", text.chars().take(60).collect::<String>()),
            },
            Self::List => f.write_str("a list"),
            Self::Map => f.write_str("an object"),
        }
    }
}

/// A number as people write it in text.
pub(crate) fn number_in(text: &str) -> Option<f64> {
    odd_number(text).map(|(value, _)| value).or_else(|| text.trim().parse().ok())
}

/// The visits of everything that is neither a list nor an object, as a [`Found`].
macro_rules! simple_values {
    ($($self:ident)+, $found:ident => $result:expr) => {
        fn visit_unit<E>($($self)+) -> Result<Self::Value, E> {
            let $found = Found::Null;
            Ok($result)
        }
        fn visit_bool<E>($($self)+, value: bool) -> Result<Self::Value, E> {
            let $found = Found::Bool(value);
            Ok($result)
        }
        fn visit_i64<E>($($self)+, value: i64) -> Result<Self::Value, E> {
            let $found = Found::Integer(value);
            Ok($result)
        }
        fn visit_u64<E>($($self)+, value: u64) -> Result<Self::Value, E> {
            let $found = i64::try_from(value).map_or(Found::Number(value as f64), Found::Integer);
            Ok($result)
        }
        fn visit_f64<E>($($self)+, value: f64) -> Result<Self::Value, E> {
            let $found = Found::Number(value);
            Ok($result)
        }
        fn visit_borrowed_str<E>($($self)+, text: &'de str) -> Result<Self::Value, E> {
            let $found = Found::Text(Cow::Borrowed(text));
            Ok($result)
        }
        fn visit_str<E>($($self)+, text: &str) -> Result<Self::Value, E> {
            let $found = Found::Text(Cow::Owned(text.to_owned()));
            Ok($result)
        }
    };
}

fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Found<'de>, A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(Found::List)
}

fn skip_object<'de, A: MapAccess<'de>>(mut map: A) -> Result<Found<'de>, A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(Found::Map)
}

impl<'de: 'a, 'a> Deserialize<'de> for Found<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Found<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("any value")
            }
            simple_values!(self, found => found);
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                skip_list(list)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                skip_object(map)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A list of values: the first `N` of them, and how many there are; or what is there instead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Row<T, const N: usize> {
    Values([Option<T>; N], usize),
    Other(&'static str),
}

impl<T, const N: usize> Default for Row<T, N> {
    fn default() -> Self {
        Self::Other("missing")
    }
}

impl Row<Found<'_>, 4> {
    /// The four numbers, or what is wrong with them.
    pub fn numbers(&self) -> Result<[f64; 4], String> {
        let expected = "expected four numbers";
        match self {
            Self::Values(values, 4) => {
                let mut numbers = [0.0; 4];
                for (number, value) in numbers.iter_mut().zip(values.iter().flatten()) {
                    *number = value.number().ok_or_else(|| format!("found {value} in the box; {expected}"))?;
                }
                Ok(numbers)
            }
            Self::Values(_, count) => Err(format!("the box has {count} values; {expected}")),
            Self::Other(found) => Err(format!("the box is {found}; {expected}")),
        }
    }
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for Row<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T, const N: usize>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Values<T, N> {
            type Value = Row<T, N>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = [const { None }; N];
                let mut count = 0;
                while count < N {
                    let Some(value) = list.next_element()? else { return Ok(Row::Values(values, count)) };
                    values[count] = Some(value);
                    count += 1;
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Row::Values(values, count))
            }
            simple_values!(self, found => Row::Other(found.kind()));
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Ok(Row::Other(skip_object(map)?.kind()))
            }
        }
        deserializer.deserialize_any(Values(PhantomData))
    }
}

/// A list of anything, or an empty one where something else stands, and what that is.
pub(crate) struct List<T>(pub Vec<T>, pub Option<&'static str>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new(), None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Values<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(List(values, None))
            }
            simple_values!(self, found => List(Vec::new(), Some(found.kind())));
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                skip_object(map).map(|found| List(Vec::new(), Some(found.kind())))
            }
        }
        deserializer.deserialize_any(Values(PhantomData))
    }
}

/// An object of a known shape, or what is there instead.
pub(crate) enum Entry<'de, T> {
    Object(T),
    Other(Found<'de>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entry<'de, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
            type Value = Entry<'de, T>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Entry::Object)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                skip_list(list).map(Entry::Other)
            }
            simple_values!(self, found => Entry::Other(found));
        }
        deserializer.deserialize_any(Object(PhantomData))
    }
}

/// Hands each entry of a list to a function, with its number from 1. A value that is not a list is
/// handed over as a whole, with number 0. What was handed over stays when the file breaks off.
pub(crate) struct EachEntry<T, F>(F, PhantomData<T>);

/// A seed that hands each entry of a list to `take`.
pub(crate) fn each_entry<'de, T: Deserialize<'de>, F: FnMut(u32, Entry<'de, T>)>(take: F) -> EachEntry<T, F> {
    EachEntry(take, PhantomData)
}

impl<'de, T: Deserialize<'de>, F: FnMut(u32, Entry<'de, T>)> DeserializeSeed<'de> for EachEntry<T, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(u32, Entry<'de, T>)> Visitor<'de> for EachEntry<T, F> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(entry) = list.next_element()? {
            number += 1;
            (self.0)(number, entry);
        }
        Ok(())
    }
    simple_values!(mut self, found => (self.0)(0, Entry::Other(found)));
    fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<(), A::Error> {
        let found = skip_object(map)?;
        (self.0)(0, Entry::Other(found));
        Ok(())
    }
}

/// What reads the entries of an object by their keys.
pub(crate) trait ReadKeys<'de> {
    /// Reads the value of `key`; it must be taken from `map`.
    fn read_value<A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// An object whose entries go to `S`, which keeps what came before a file breaks off.
pub(crate) struct Keys<'s, S>(pub &'s mut S);

impl<'de, S: ReadKeys<'de>> DeserializeSeed<'de> for Keys<'_, S> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: ReadKeys<'de>> Visitor<'de> for Keys<'_, S> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            self.0.read_value(&key, &mut map)?;
        }
        Ok(())
    }
}

/// Reads the outermost object of a text into `state`. Where the text breaks off or is not JSON, what came
/// before stays, and it is a problem.
///
/// # Errors
/// When the text does not even begin with an object.
pub(crate) fn read_object<'de, S: ReadKeys<'de>>(
    text: &'de str,
    format: Format,
    state: &mut S,
    problems: &mut Problems,
) -> Result<(), ReadError> {
    if !text.trim_start().starts_with('{') {
        let begin: String = text.trim_start().chars().take(20).collect();
        return Err(ReadError::NotThisFormat {
            format,
            reason: format!("expected {{ at the beginning, found {begin:?}"),
        });
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Keys(state).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    if let Err(error) = read {
        let (line, column) = (error.line(), error.column());
        let message = if error.is_eof() {
            "the file ends here, in the middle of its content; what comes before was read".to_owned()
        } else {
            format!("{}; what comes after this place was not read", without_place(&error))
        };
        problems.push(format_args!("line {line}, column {column}"), message);
    }
    Ok(())
}

/// What the JSON reader says, without line and column.
pub(crate) fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]).to_owned()
}
