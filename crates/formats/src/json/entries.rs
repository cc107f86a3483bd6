//! Objects, one entry after the other, with their places in the text.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IntoDeserializer as _, MapAccess, SeqAccess, Visitor, value::BorrowedStrDeserializer},
};

use super::values::{Found, simple_values, skip_list, skip_object};
use crate::{Format, Problems, ReadError};

/// An object of a known shape, or what is there instead.
pub(crate) enum Entry<'de, T> {
    Object(T),
    Other(Found<'de>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entry<'de, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WithPart(PhantomData).deserialize(deserializer).map(|(entry, _)| entry)
    }
}

/// Reads an [`Entry`], and a part of the text that belongs to it, empty where there is none.
struct WithPart<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for WithPart<T> {
    type Value = (Entry<'de, T>, &'de str);
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for WithPart<T> {
    type Value = (Entry<'de, T>, &'de str);
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let mut first = None;
        let map = FirstKey { map, first: &mut first };
        let object = T::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok((Entry::Object(object), first.unwrap_or_default()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Ok((Entry::Other(skip_list(list)?), ""))
    }
    simple_values!(self, found => {
        let part = if let Found::Text(Cow::Borrowed(text)) = &found { text } else { "" };
        (Entry::Other(found), part)
    });
}

/// A key, which is a part of the text unless letters in it are escaped.
struct Key<'de>(pub Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The entries of an object; the first key is kept, because it is where the object stands in the text.
struct FirstKey<'k, 'de, A> {
    map: A,
    first: &'k mut Option<&'de str>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for FirstKey<'_, 'de, A> {
    type Error = A::Error;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        if self.first.is_some() {
            return self.map.next_key_seed(seed);
        }
        let Some(Key(key)) = self.map.next_key()? else { return Ok(None) };
        match key {
            Cow::Borrowed(key) => {
                *self.first = Some(key);
                seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
            }
            Cow::Owned(key) => {
                *self.first = Some("");
                seed.deserialize(key.into_deserializer()).map(Some)
            }
        }
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// An entry of a list with its number from 1, and a part of the text that belongs to it: its first key, or the text
/// that it is; empty where there is none.
pub(crate) struct Numbered<'de, T> {
    pub number: u32,
    pub part: &'de str,
    pub entry: Entry<'de, T>,
}

/// Hands each entry of a list to a function. A value that is not a list is
/// handed over as a whole, with number 0. What was handed over stays when the file breaks off.
pub(crate) struct EachEntry<T, F>(F, PhantomData<T>);

/// A seed that hands each entry of a list to `take`.
pub(crate) fn each_entry<'de, T: Deserialize<'de>, F: FnMut(Numbered<'de, T>)>(take: F) -> EachEntry<T, F> {
    EachEntry(take, PhantomData)
}

impl<'de, T: Deserialize<'de>, F: FnMut(Numbered<'de, T>)> DeserializeSeed<'de> for EachEntry<T, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(Numbered<'de, T>)> Visitor<'de> for EachEntry<T, F> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list of objects")
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(entry) = list.next_element_seed(WithPart(PhantomData))? {
            number += 1;
            let (entry, part) = entry;
            (self.0)(Numbered { number, part, entry });
        }
        Ok(())
    }
    simple_values!(mut self, found => (self.0)(Numbered { number: 0, part: "", entry: Entry::Other(found) }));
    fn visit_map<A: MapAccess<'de>>(mut self, map: A) -> Result<(), A::Error> {
        let found = skip_object(map)?;
        (self.0)(Numbered { number: 0, part: "", entry: Entry::Other(found) });
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
        while let Some(Key(key)) = map.next_key::<Key>()? {
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
