//! Single values and lists of them.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::odd_numbers::odd_number;

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

pub(super) use simple_values;

pub(super) fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Found<'de>, A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(Found::List)
}

pub(super) fn skip_object<'de, A: MapAccess<'de>>(mut map: A) -> Result<Found<'de>, A::Error> {
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
