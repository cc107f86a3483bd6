//! Words of the native menus, from the same catalogue as the page's.

use std::{collections::HashMap, sync::LazyLock};

static MESSAGES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let catalogue = include_str!("../../ui/src/messages/en.json");
    serde_json::from_str(catalogue).expect("the message catalogue is a flat JSON object of texts")
});

/// The text of a key; the key itself when the catalogue lacks it (a test forbids that for menus).
pub(crate) fn message(key: &str) -> &str {
    MESSAGES.get(key).map_or(key, String::as_str)
}

/// The text with `{name}` replaced.
pub(crate) fn message_with(key: &str, name: &str, value: &str) -> String {
    message(key).replace(&format!("{{{name}}}"), value)
}
