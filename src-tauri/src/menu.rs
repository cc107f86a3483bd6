//! The menu bar and the context menus. Every entry is a command id that goes to the page's dispatcher,
//! so that the keyboard, the menu, the right click and the tests take one road.

use std::collections::HashMap;

use bauta_app::CategoryView;
use bauta_domain::Step;
use tauri::Manager as _;
use tauri::{
    AppHandle, Window, Wry,
    menu::{
        CheckMenuItemBuilder, ContextMenu as _, IsMenuItem, Menu, MenuBuilder, MenuItem, MenuItemBuilder,
        SubmenuBuilder,
    },
};
use tauri_specta::Event as _;

use crate::{
    commands::menus::{ContextMenu, MenuState},
    events::MenuEvent,
    messages::{message, message_with},
};

/// When an entry makes sense.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Project,
    Image,
    Selection,
    Proposals,
    Model,
    Undo,
    Redo,
}
use Needs::{Image, Model, Nothing, Project, Proposals, Redo, Selection, Undo};

/// id, accelerator, need. The id `-` is a separator. Texts are `menu.<id>` in the catalogue.
type Entry = (&'static str, &'static str, Needs);

const BAR: &[(&str, &[Entry])] = &[
    (
        "file",
        &[
            ("file.new", "CmdOrCtrl+N", Nothing),
            ("file.open", "CmdOrCtrl+O", Nothing),
            ("file.addFolder", "CmdOrCtrl+Shift+O", Nothing),
            ("file.sample", "", Nothing),
            ("-", "", Nothing),
            ("file.previous", "", Image),
            ("file.next", "", Image),
            ("-", "", Nothing),
            ("file.crop", "CmdOrCtrl+E", Project),
            ("-", "", Nothing),
            ("file.quit", "CmdOrCtrl+Q", Nothing),
        ],
    ),
    (
        "edit",
        &[
            ("edit.undo", "CmdOrCtrl+Z", Undo),
            ("edit.redo", "CmdOrCtrl+Shift+Z", Redo),
            ("-", "", Nothing),
            ("edit.delete", "", Selection),
        ],
    ),
    ("categories", &[("categories.add", "CmdOrCtrl+Shift+N", Project), ("categories.replace", "", Project)]),
    (
        "view",
        &[
            ("view.zoomIn", "CmdOrCtrl+=", Image),
            ("view.zoomOut", "CmdOrCtrl+-", Image),
            ("view.fit", "CmdOrCtrl+0", Image),
            ("view.actual", "CmdOrCtrl+1", Image),
            ("-", "", Nothing),
            ("view.label", "", Nothing),
            ("view.train", "", Nothing),
            ("-", "", Nothing),
            ("view.sidebar", "CmdOrCtrl+B", Nothing),
            ("view.theme", "", Nothing),
        ],
    ),
    (
        "model",
        &[
            ("model.detectImage", "CmdOrCtrl+D", Image),
            ("model.detectAll", "CmdOrCtrl+Shift+D", Project),
            ("model.acceptAll", "CmdOrCtrl+Shift+A", Proposals),
            ("-", "", Nothing),
            ("model.train", "CmdOrCtrl+T", Nothing),
            ("model.load", "", Nothing),
            ("model.save", "", Model),
            ("-", "", Nothing),
            ("model.classify", "CmdOrCtrl+K", Model),
            ("model.live", "CmdOrCtrl+L", Nothing),
        ],
    ),
    ("help", &[("help.shortcuts", "F1", Nothing), ("help.about", "", Nothing)]),
];

/// The entries of the menu bar that change.
pub(crate) struct MainMenu {
    entries: HashMap<&'static str, (MenuItem<Wry>, Needs)>,
}

/// Builds the menu bar and remembers its entries.
pub(crate) fn main_menu(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let mut entries = HashMap::new();
    let mut bar = MenuBuilder::new(app);
    for (name, items) in BAR {
        let mut submenu = SubmenuBuilder::new(app, message(&format!("menu.{name}")));
        for &(id, accelerator, needs) in *items {
            if id == "-" {
                submenu = submenu.separator();
                continue;
            }
            let mut builder = MenuItemBuilder::with_id(id, message(&format!("menu.{id}"))).enabled(needs == Nothing);
            if !accelerator.is_empty() {
                builder = builder.accelerator(accelerator);
            }
            let item = builder.build(app)?;
            submenu = submenu.item(&item);
            entries.insert(id, (item, needs));
        }
        bar = bar.item(&submenu.build()?);
    }
    app.manage(MainMenu { entries });
    bar.build()
}

impl MainMenu {
    /// Enables what makes sense and names the steps of undo and redo.
    pub(crate) fn show(&self, state: &MenuState) -> tauri::Result<()> {
        for (item, needs) in self.entries.values() {
            item.set_enabled(match needs {
                Nothing => true,
                Project => state.project,
                Image => state.image,
                Selection => state.selection,
                Proposals => state.proposals,
                Model => state.model,
                Undo => state.history.undo.is_some(),
                Redo => state.history.redo.is_some(),
            })?;
        }
        for (id, step) in [("edit.undo", state.history.undo), ("edit.redo", state.history.redo)] {
            if let Some((item, _)) = self.entries.get(id) {
                item.set_text(step_text(id, step))?;
            }
        }
        Ok(())
    }
}

fn step_text(id: &str, step: Option<Step>) -> String {
    match step.and_then(|step| serde_json::to_value(step).ok()) {
        Some(serde_json::Value::String(name)) => {
            message_with(&format!("menu.{id}.step"), "step", message(&format!("step.{name}")))
        }
        _ => message(&format!("menu.{id}")).to_owned(),
    }
}

/// What the choice of an entry does: the page hears of it; quitting is the program's own.
pub(crate) fn dispatch(app: &AppHandle, id: &str) {
    if id == "file.quit" {
        app.exit(0);
        return;
    }
    let _ = MenuEvent { id: id.to_owned() }.emit(app);
}

/// Shows a context menu at the pointer.
pub(crate) fn popup(
    app: &AppHandle,
    window: Window,
    menu: &ContextMenu,
    categories: &[CategoryView],
) -> tauri::Result<()> {
    let item = |id: &str| MenuItemBuilder::with_id(id, message(&format!("menu.{id}"))).build(app);
    let mut builder = MenuBuilder::new(app);
    match menu {
        ContextMenu::Box { category, proposed } => {
            if *proposed {
                builder = builder.item(&item("box.accept")?).item(&item("box.reject")?).separator();
            }
            let none = CheckMenuItemBuilder::with_id("box.none", message("menu.box.none"));
            let mut choices = vec![none.checked(category.is_none()).build(app)?];
            for known in categories {
                let choice = CheckMenuItemBuilder::with_id(format!("box.category:{}", known.id), escaped(&known.name));
                choices.push(choice.checked(*category == Some(known.id)).build(app)?);
            }
            let choices: Vec<&dyn IsMenuItem<Wry>> = choices.iter().map(|choice| choice as _).collect();
            builder = builder.items(&choices).separator();
            builder = builder.item(&item("box.edit")?).item(&item("box.classify")?).item(&item("box.delete")?);
        }
        ContextMenu::Picture => {
            builder = builder.item(&item("model.detectImage")?).item(&item("view.fit")?).item(&item("view.actual")?);
        }
    }
    builder.build()?.popup(window)
}

/// An ampersand in a name is not a mnemonic.
fn escaped(name: &str) -> String {
    name.replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_a_text_in_the_catalogue() {
        let entries = BAR.iter().flat_map(|(name, items)| {
            std::iter::once((*name).to_owned()).chain(items.iter().map(|(id, ..)| (*id).to_owned()))
        });
        let context = ["box.none", "box.accept", "box.reject", "box.edit", "box.classify", "box.delete"];
        let keys = entries.filter(|id| id != "-").chain(context.map(str::to_owned)).map(|id| format!("menu.{id}"));
        let dialogs = [
            "newProject",
            "openProject",
            "addFolder",
            "cropFolder",
            "datasetFolder",
            "loadModel",
            "saveModel",
            "chooseVideo",
            "projects",
            "models",
            "videos",
        ]
        .map(|name| format!("dialog.{name}"));
        let more = ["menu.edit.undo.step", "menu.edit.redo.step", "live.windowTitle"].map(str::to_owned);
        let missing: Vec<String> = keys.chain(dialogs).chain(more).filter(|key| message(key) == key).collect();
        assert!(missing.is_empty(), "missing in ui/src/messages/en.json: {missing:?}");
    }

    #[test]
    fn an_undo_entry_names_its_step() {
        assert!(step_text("edit.undo", Some(Step::DrawBox)).contains(message("step.drawBox")));
        assert_eq!(step_text("edit.undo", None), message("menu.edit.undo"));
    }
}
