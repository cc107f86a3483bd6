//! The accelerators of the native menus, from the table that the page takes its keys from.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

#[derive(Deserialize)]
struct Shortcut {
    command: String,
    keys: Vec<String>,
}

/// What the menu does with the keys of a command.
enum InMenu {
    /// Takes them.
    Accelerator(String),
    /// Only names them: the page takes them.
    Named(String),
}

static KEYS: LazyLock<HashMap<String, InMenu>> = LazyLock::new(|| {
    let table: Vec<Shortcut> = serde_json::from_str(include_str!("../../ui/src/app/shortcuts.json"))
        .expect("the table of shortcuts is a list of commands with their keys");
    let in_menu = |Shortcut { command, keys }: Shortcut| {
        let keys = match keys.iter().find(|key| is_native(key)) {
            // Command on a Mac.
            Some(key) => InMenu::Accelerator(key.replace("Ctrl", "CmdOrCtrl")),
            None => InMenu::Named(named(keys.first()?)),
        };
        Some((command, keys))
    };
    table.into_iter().filter_map(in_menu).collect()
});

/// The keys of a command for its menu entry, if the native menu takes them: those with Ctrl, and function keys.
/// Plain letters are the page's, which knows whether somebody is typing.
pub(crate) fn accelerator(command: &str) -> Option<&'static str> {
    match KEYS.get(command)? {
        InMenu::Accelerator(keys) => Some(keys),
        InMenu::Named(_) => None,
    }
}

/// The text of a menu entry, with the keys that the page takes for it: whoever looks for a command in a menu learns
/// them there.
pub(crate) fn with_named_keys(command: &str, text: &str) -> String {
    match KEYS.get(command) {
        Some(InMenu::Named(keys)) => format!("{text} ({keys})"),
        _ => text.to_owned(),
    }
}

/// As in the page's `keys.ts`.
fn named(keys: &str) -> String {
    keys.replace("PageUp", "Page Up").replace("PageDown", "Page Down").replace('+', " ")
}

/// As in the page's `shortcuts.ts`.
fn is_native(key: &str) -> bool {
    let function = key.strip_prefix('F').is_some_and(|n| n.parse::<u8>().is_ok());
    function || key.starts_with("Ctrl+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_ctrl_and_function_keys_are_accelerators_and_letters_are_not() {
        assert_eq!(accelerator("edit.redo"), Some("CmdOrCtrl+Shift+Z"));
        assert_eq!(accelerator("help.shortcuts"), Some("F1"));
        assert_eq!(accelerator("tool.draw"), None);
        assert!(!is_native("F"));
        assert_eq!(with_named_keys("file.next", "Next image"), "Next image (Page Down)");
        assert_eq!(with_named_keys("view.review", "Review"), "Review (Shift P)");
        assert_eq!(with_named_keys("edit.redo", "Redo"), "Redo");
    }
}
