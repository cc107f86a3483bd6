//! The accelerators of the native menus, from the table that the page takes its keys from.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

#[derive(Deserialize)]
struct Shortcut {
    command: String,
    keys: Vec<String>,
}

static ACCELERATORS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let table: Vec<Shortcut> = serde_json::from_str(include_str!("../../ui/src/app/shortcuts.json"))
        .expect("the table of shortcuts is a list of commands with their keys");
    let native = |shortcut: Shortcut| {
        let key = shortcut.keys.into_iter().find(|key| is_native(key))?;
        // Command on a Mac.
        Some((shortcut.command, key.replace("Ctrl", "CmdOrCtrl")))
    };
    table.into_iter().filter_map(native).collect()
});

/// The keys of a command for its menu entry, if the native menu takes them: those with Ctrl, and function keys.
/// Plain letters are the page's, which knows whether somebody is typing.
pub(crate) fn accelerator(command: &str) -> Option<&'static str> {
    ACCELERATORS.get(command).map(String::as_str)
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
    }
}
