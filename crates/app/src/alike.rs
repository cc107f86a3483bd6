//! Names that some file system takes for one: they differ in case, or in whether an accent is a letter of its own.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizer;

/// Text as it can be compared: some systems write an accent as a sign of its own (NFD), most do not (NFC).
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { ComposingNormalizer::new_nfc().normalize(text) }
}

/// A name as it can be compared, without case.
pub(crate) fn folded(name: &str) -> String {
    composed(&name.to_lowercase()).into_owned()
}
