//! What the menus do, and the context menus. Every entry is a command id that goes to the page's dispatcher,
//! so that the keyboard, the menu, the right click and the tests take one road.

use bauta_app::CategoryView;
use tauri::{
    AppHandle, Manager as _, Window, Wry,
    menu::{CheckMenuItemBuilder, ContextMenu as _, IsMenuItem, MenuBuilder, MenuItemBuilder},
};
use tauri_specta::Event as _;

use crate::{
    commands::menus::ContextMenu,
    events::MenuEvent,
    leaving,
    menu_bar::{MainMenu, QUIT},
    messages::{message, message_with},
};

/// What the choice of an entry does: the page hears of it.
pub(crate) fn dispatch(app: &AppHandle, id: &str) {
    if id == QUIT {
        leaving::wanted(app);
        return;
    }
    let _ = app.state::<MainMenu>().keep_tick(id);
    let _ = MenuEvent { id: id.to_owned() }.emit(app);
}

/// Shows a context menu at the pointer.
pub(crate) fn popup(
    app: &AppHandle,
    window: Window,
    menu: &ContextMenu,
    categories: &[CategoryView],
) -> tauri::Result<()> {
    let item = |id: &str, text: &str, enabled: bool| MenuItemBuilder::with_id(id, text).enabled(enabled).build(app);
    let entry = |id: &str, enabled: bool| item(id, message(&format!("menu.{id}")), enabled);
    let mut builder = MenuBuilder::new(app);
    match menu {
        ContextMenu::Box { count, category, mixed, proposed, can_classify } => {
            let several = *count > 1;
            let counted = |id: &str| match several {
                true => item(id, &message_with(&format!("menu.{id}.several"), "count", &count.to_string()), true),
                false => entry(id, true),
            };
            if *proposed {
                builder = builder.item(&entry("box.accept", true)?).item(&entry("box.reject", true)?).separator();
            }
            let none = CheckMenuItemBuilder::with_id("box.none", message("menu.box.none"));
            let mut choices = vec![none.checked(category.is_none() && !mixed).build(app)?];
            for known in categories {
                let choice = CheckMenuItemBuilder::with_id(format!("box.category:{}", known.id), escaped(&known.name));
                choices.push(choice.checked(*category == Some(known.id)).build(app)?);
            }
            let choices: Vec<&dyn IsMenuItem<Wry>> = choices.iter().map(|choice| choice as _).collect();
            builder = builder.items(&choices).separator();
            builder = builder.item(&entry("box.edit", !several)?).item(&entry("box.classify", *can_classify)?);
            builder = builder.item(&counted("edit.duplicate")?).item(&counted("box.delete")?);
        }
        ContextMenu::Picture { can_paste, can_detect } => {
            builder = builder.item(&entry("edit.paste", *can_paste)?).separator();
            builder = builder.item(&item("model.detectImage", message("menu.picture.detect"), *can_detect)?);
            builder = builder.item(&entry("view.fit", true)?).item(&entry("view.actual", true)?);
        }
    }
    builder.build()?.popup(window)
}

/// An ampersand in a name is not a mnemonic.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_a_text_in_the_catalogue() {
        let context = [
            "box.none",
            "box.accept",
            "box.reject",
            "box.edit",
            "box.classify",
            "box.delete",
            "box.delete.several",
            "edit.duplicate.several",
            "picture.detect",
        ];
        let keys = context.map(|id| format!("menu.{id}")).into_iter();
        let dialogs = [
            "newProject",
            "openProject",
            "addFolder",
            "openImage",
            "pictures",
            "cropFolder",
            "datasetFolder",
            "loadModel",
            "saveModel",
            "chooseVideo",
            "destination",
            "importFile",
            "importFolder",
            "importPictures",
            "exportFile",
            "exportFolder",
            "importCategories",
            "exportCategories",
            "annotations",
            "lists",
            "saveProjectAs",
            "copyName",
            "backup",
            "backupName",
            "locate",
            "projects",
            "models",
            "videos",
        ]
        .map(|name| format!("dialog.{name}"));
        let more = ["live.windowTitle"].map(str::to_owned);
        let missing: Vec<String> = keys.chain(dialogs).chain(more).filter(|key| message(key) == key).collect();
        assert!(missing.is_empty(), "missing in ui/src/messages/en.json: {missing:?}");
    }
}
