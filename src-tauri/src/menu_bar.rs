//! The menu bar: a table of command ids, nested as deep as wanted. Texts are `menu.<id>` of the catalogue and
//! accelerators those of the page's table of shortcuts, so that no word and no key stands here. What makes
//! sense now and what is ticked is the page's to say: it asks its commands ([`MenuState`]).

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use bauta_app::RecentProject;
use bauta_domain::Step;
use tauri::{
    AppHandle, Manager as _, Wry,
    menu::{
        CheckMenuItem, CheckMenuItemBuilder, IsMenuItem, Menu, MenuItem, MenuItemBuilder, PredefinedMenuItem, Submenu,
        SubmenuBuilder,
    },
};

use crate::{
    commands::menus::MenuState,
    menu::escaped,
    messages::{message, message_with},
    shortcuts::{accelerator, with_named_keys},
};

/// Ends the program: the one entry that is not a command of the page, and that can always be chosen.
pub(crate) const QUIT: &str = "file.quit";
/// The submenu that lists the detectors, and what their ids begin with (as in the page's `command-ids.ts`).
const DETECT: &str = "model.detect";
/// The submenu of recent projects, and what their ids begin with.
const RECENT: &str = "file.recent";
const RECENT_PROJECT: &str = "recent:";
const DETECTOR: &str = "detector:";

/// One line of a menu.
enum Item {
    Separator,
    /// Sends its id.
    Entry(&'static str),
    /// The same, with a tick while the page says that it is the case.
    Choice(&'static str),
    /// Opens further lines. An id in [`MainMenu::fill`] gets more of them while the program runs.
    Submenu(&'static str, &'static [Item]),
}
use Item::{Choice, Entry, Separator};

const BAR: &[Item] = &[
    Item::Submenu(
        "file",
        &[
            Entry("file.new"),
            Entry("file.open"),
            Item::Submenu(RECENT, &[]),
            Entry("file.sample"),
            Separator,
            Entry("file.openImage"),
            Entry("file.addFolder"),
            Entry("file.previous"),
            Entry("file.next"),
            Separator,
            Item::Submenu("file.import", &[Entry("import.file"), Entry("import.folder")]),
            Item::Submenu(
                "file.export",
                &[
                    Entry("export.coco"),
                    Entry("export.voc"),
                    Entry("export.yolo"),
                    Entry("export.labelme"),
                    Entry("export.csv"),
                    Entry("export.csvPlain"),
                    Entry("export.xlsx"),
                ],
            ),
            Entry("export.paper"),
            Separator,
            Entry("file.crop"),
            Entry("file.autocrop"),
            Entry("file.unprocessed"),
            Entry("file.destinations"),
            Entry("file.saveResized"),
            Separator,
            Entry("file.saveAs"),
            Entry("file.backup"),
            Entry("file.locate"),
            Separator,
            Entry("file.preferences"),
            Separator,
            Entry(QUIT),
        ],
    ),
    Item::Submenu(
        "edit",
        &[
            Entry("edit.undo"),
            Entry("edit.redo"),
            Separator,
            Entry("edit.cut"),
            Entry("edit.copy"),
            Entry("edit.paste"),
            Entry("edit.duplicate"),
            Entry("edit.delete"),
            Separator,
            Entry("edit.selectAll"),
            Entry("edit.copyPrevious"),
            Separator,
            Entry("box.add"),
            Entry("box.edit"),
            Entry("box.next"),
            Entry("box.previous"),
            Separator,
            Choice("edit.background"),
        ],
    ),
    Item::Submenu(
        "categories",
        &[
            Entry("categories.add"),
            Entry("categories.replace"),
            Entry("categories.showAll"),
            Separator,
            Entry("categories.import"),
            Item::Submenu(
                "categories.export",
                &[Entry("categories.export.json"), Entry("categories.export.csv"), Entry("categories.export.xlsx")],
            ),
        ],
    ),
    Item::Submenu(
        "view",
        &[
            Entry("view.zoomIn"),
            Entry("view.zoomOut"),
            Entry("view.fit"),
            Entry("view.actual"),
            Separator,
            Entry("view.nextUnlabelled"),
            Entry("view.nextProposal"),
            Choice("view.review"),
            Separator,
            Choice("view.label"),
            Choice("view.train"),
            Choice("view.runs"),
            Choice("view.annotations"),
            Separator,
            Choice("view.sidebar"),
            Item::Submenu(
                "view.theme",
                &[Choice("view.theme.system"), Choice("view.theme.light"), Choice("view.theme.dark")],
            ),
            Item::Submenu(
                "view.textSize",
                &[
                    Choice("view.textSize.100"),
                    Choice("view.textSize.125"),
                    Choice("view.textSize.150"),
                    Choice("view.textSize.200"),
                ],
            ),
        ],
    ),
    Item::Submenu(
        "model",
        &[
            Item::Submenu(
                DETECT,
                &[Entry("model.detectImage"), Entry("model.detectAll"), Entry("model.detectWith"), Separator],
            ),
            Entry("model.acceptAll"),
            Separator,
            Entry("model.train"),
            Entry("model.load"),
            Entry("model.save"),
            Separator,
            Entry("model.classify"),
            Entry("model.classifyAll"),
            Entry("model.live"),
        ],
    ),
    Item::Submenu(
        "help",
        &[Entry("help.guide"), Entry("help.shortcuts"), Separator, Entry("help.log"), Entry("help.about")],
    ),
];

/// A line that sends its id.
enum Sender {
    Entry(MenuItem<Wry>),
    Choice(CheckMenuItem<Wry>),
}

impl Sender {
    fn set_enabled(&self, enabled: bool) -> tauri::Result<()> {
        match self {
            Self::Entry(item) => item.set_enabled(enabled),
            Self::Choice(item) => item.set_enabled(enabled),
        }
    }
}

/// The menu bar's lines that change, and what they show.
pub(crate) struct MainMenu {
    submenus: HashMap<&'static str, Submenu<Wry>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    senders: HashMap<String, Sender>,
    /// Ids of the lines that [`MainMenu::fill`] made, by submenu.
    filled: HashMap<&'static str, Vec<String>>,
    enabled: HashSet<String>,
    checked: HashSet<String>,
}

/// Builds the menu bar and hands it over to the program's state. Until the page has said what makes sense, only
/// the end of the program does.
pub(crate) fn main_menu(app: &AppHandle, detectors: &[(String, String)]) -> tauri::Result<Menu<Wry>> {
    let mut submenus = HashMap::new();
    let mut state = State::default();
    let menu = Menu::new(app)?;
    for item in BAR {
        menu.append(&*build(app, item, &mut submenus, &mut state)?)?;
    }
    let bar = MainMenu { submenus, state: Mutex::new(state) };
    let choices = detectors.iter().map(|(id, name)| Filled { id: format!("{DETECTOR}{id}"), text: name, ticks: true });
    bar.fill(app, DETECT, &choices.collect::<Vec<_>>())?;
    app.manage(bar);
    Ok(menu)
}

fn build(
    app: &AppHandle,
    item: &Item,
    submenus: &mut HashMap<&'static str, Submenu<Wry>>,
    state: &mut State,
) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    Ok(match *item {
        Separator => Box::new(PredefinedMenuItem::separator(app)?),
        Entry(id) => {
            let line = entry(app, id, &with_named_keys(id, message(&format!("menu.{id}"))))?;
            line.set_enabled(id == QUIT)?;
            state.senders.insert(id.to_owned(), Sender::Entry(line.clone()));
            Box::new(line)
        }
        Choice(id) => {
            let line = choice(app, id, &with_named_keys(id, message(&format!("menu.{id}"))))?;
            state.senders.insert(id.to_owned(), Sender::Choice(line.clone()));
            Box::new(line)
        }
        Item::Submenu(id, items) => {
            let submenu = SubmenuBuilder::with_id(app, id, message(&format!("menu.{id}"))).build()?;
            for item in items {
                submenu.append(&*build(app, item, submenus, state)?)?;
            }
            submenus.insert(id, submenu.clone());
            Box::new(submenu)
        }
    })
}

fn entry(app: &AppHandle, id: &str, text: &str) -> tauri::Result<MenuItem<Wry>> {
    let mut builder = MenuItemBuilder::with_id(id, text);
    if let Some(keys) = accelerator(id) {
        builder = builder.accelerator(keys);
    }
    builder.build(app)
}

fn choice(app: &AppHandle, id: &str, text: &str) -> tauri::Result<CheckMenuItem<Wry>> {
    let mut builder = CheckMenuItemBuilder::with_id(id, text).enabled(false);
    if let Some(keys) = accelerator(id) {
        builder = builder.accelerator(keys);
    }
    builder.build(app)
}

/// A line whose text is not in the catalogue: a file, a detector.
pub(crate) struct Filled<'a> {
    /// What it sends.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) text: &'a str,
    /// Whether it can have a tick.
    pub(crate) ticks: bool,
}

impl MainMenu {
    /// Puts these lines at the end of a submenu, in place of those that it was filled with before. Only on the
    /// window's thread, for which another one would wait with the lines locked.
    ///
    /// # Errors
    /// When the window system refuses. A submenu that does not exist is not filled.
    pub(crate) fn fill(&self, app: &AppHandle, submenu: &'static str, lines: &[Filled<'_>]) -> tauri::Result<()> {
        let Some(menu) = self.submenus.get(submenu) else { return Ok(()) };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for id in state.filled.remove(submenu).unwrap_or_default() {
            match state.senders.remove(&id) {
                Some(Sender::Entry(line)) => menu.remove(&line)?,
                Some(Sender::Choice(line)) => menu.remove(&line)?,
                None => {}
            }
        }
        for Filled { id, text, ticks } in lines {
            let text = escaped(text);
            let sender = if *ticks {
                let line = choice(app, id, &text)?;
                menu.append(&line)?;
                Sender::Choice(line)
            } else {
                let line = entry(app, id, &text)?;
                menu.append(&line)?;
                Sender::Entry(line)
            };
            sender.set_enabled(state.enabled.contains(id))?;
            if let Sender::Choice(line) = &sender {
                line.set_checked(state.checked.contains(id))?;
            }
            state.senders.insert(id.clone(), sender);
        }
        state.filled.insert(submenu, lines.iter().map(|line| line.id.clone()).collect());
        Ok(())
    }

    /// Lists the projects that were opened lately. Only on the window's thread.
    ///
    /// # Errors
    /// When the window system refuses.
    pub(crate) fn show_recent(&self, app: &AppHandle, recent: &[RecentProject]) -> tauri::Result<()> {
        let texts: Vec<String> =
            recent.iter().map(|project| format!("{} – {}", project.name, project.folder)).collect();
        let lines = recent.iter().zip(&texts);
        let lines =
            lines.map(|(project, text)| Filled { id: format!("{RECENT_PROJECT}{}", project.path), text, ticks: false });
        self.fill(app, RECENT, &lines.collect::<Vec<_>>())
    }

    /// Enables what makes sense, ticks what is the case, and names the steps of undo and redo.
    ///
    /// # Errors
    /// When the window system refuses.
    pub(crate) fn show(&self, shown: &MenuState) -> tauri::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let enabled: HashSet<String> = shown.enabled.iter().cloned().collect();
        let checked: HashSet<String> = shown.checked.iter().cloned().collect();
        for (id, sender) in state.senders.iter().filter(|(id, _)| *id != QUIT) {
            if enabled.contains(id) != state.enabled.contains(id) {
                sender.set_enabled(enabled.contains(id))?;
            }
            // Always, because the system turns a tick over by itself when its line is chosen.
            if let Sender::Choice(line) = sender {
                line.set_checked(checked.contains(id))?;
            }
        }
        (state.enabled, state.checked) = (enabled, checked);
        for (id, step) in [("edit.undo", shown.history.undo), ("edit.redo", shown.history.redo)] {
            if let Some(Sender::Entry(item)) = state.senders.get(id) {
                item.set_text(step_text(id, step))?;
            }
        }
        Ok(())
    }

    /// Gives a chosen line the tick back that the page last said it has: the system has just turned it over, and
    /// what the choice does to it is told by the next [`MenuState`].
    pub(crate) fn keep_tick(&self, id: &str) -> tauri::Result<()> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.senders.get(id) {
            Some(Sender::Choice(line)) => line.set_checked(state.checked.contains(id)),
            _ => Ok(()),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn walk<'a>(items: &'a [Item], found: &mut Vec<(&'a str, bool)>) {
        for item in items {
            match item {
                Separator => {}
                Entry(id) | Choice(id) => found.push((id, true)),
                Item::Submenu(id, inner) => {
                    found.push((id, false));
                    walk(inner, found);
                }
            }
        }
    }

    fn all() -> Vec<(&'static str, bool)> {
        let mut found = Vec::new();
        walk(BAR, &mut found);
        found
    }

    #[test]
    fn every_line_has_a_text_in_the_catalogue() {
        let keys = all().into_iter().map(|(id, _)| format!("menu.{id}"));
        let keys = keys.chain(["menu.edit.undo.step", "menu.edit.redo.step"].map(str::to_owned));
        let missing: Vec<String> = keys.filter(|key| message(key) == key).collect();
        assert!(missing.is_empty(), "missing in ui/src/messages/en.json: {missing:?}");
    }

    #[test]
    fn every_line_is_a_command_of_the_page_and_stands_once() {
        let commands = include_str!("../../ui/src/app/command-ids.ts");
        let lines: Vec<&str> = all().into_iter().filter(|&(id, sends)| sends && id != QUIT).map(|(id, _)| id).collect();
        let unknown: Vec<&&str> = lines.iter().filter(|id| !commands.contains(&format!("\"{id}\""))).collect();
        assert!(unknown.is_empty(), "not in ui/src/app/command-ids.ts: {unknown:?}");
        assert_eq!(lines.iter().collect::<HashSet<_>>().len(), lines.len());
        assert!(commands.contains(&format!("\"{DETECTOR}\"")));
    }

    #[test]
    fn an_undo_entry_names_its_step() {
        assert!(step_text("edit.undo", Some(Step::DrawBox)).contains(message("step.drawBox")));
        assert_eq!(step_text("edit.undo", None), message("menu.edit.undo"));
    }
}
