//! Text that a spreadsheet would run as a formula, made harmless, and given back as it was.
//!
//! Text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe in front
//! (<https://owasp.org/www-community/attacks/CSV_Injection>). So does text that already begins with
//! apostrophes before one of these, which makes the way back unambiguous.

use std::borrow::Cow;

fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The text as it may stand in a cell.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if is_risky(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text as it was before [`neutral`].
pub fn original(text: &str) -> Cow<'_, str> {
    match text.strip_prefix('\'') {
        Some(rest) if is_risky(text) => Cow::Borrowed(rest),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_other_text_stays() {
        assert_eq!(neutral("=1+1"), "'=1+1");
        assert_eq!(neutral("@x"), "'@x");
        assert_eq!(neutral("'=1"), "''=1");
        for plain in ["mask", "'quoted'", "a=b", "", "1-2"] {
            assert!(matches!(neutral(plain), Cow::Borrowed(_)), "{plain}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_text_comes_back_as_it_was(text in "[-'=+@\t\ra-c]{0,6}") {
            let cell = neutral(&text).into_owned();
            proptest::prop_assert_eq!(original(&cell), text.as_str());
            proptest::prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
        }
    }
}
