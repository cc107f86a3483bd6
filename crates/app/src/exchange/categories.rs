//! Lists of categories in and out. An import adds, renames and completes; it never deletes, never reorders,
//! and never touches a box.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use bauta_domain::{Category, DocumentCategory, Edit, Hotkey, Problem, Step};
use bauta_formats::{
    WriteError,
    categories::{CategoryFile, FoundCategory, read, write},
};
use serde::{Deserialize, Serialize};

use super::{file_bytes::read_limited, output::write_file, read::refused};
use crate::{AppError, Changed, Project, annotations::categories, new_categories::CategoryMaker, project::changed};

/// The longest list that is read.
const MAX_BYTES: u64 = 64 << 20;

/// What an import would do to one category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum PlannedCategoryKind {
    /// It is added at the end.
    New,
    /// It is there, written otherwise (upper and lower case).
    Renamed,
    /// Its colour, key or description changes.
    Updated,
    /// It is there as it is.
    Unchanged,
}

/// One category of a list and what would become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct PlannedCategory {
    /// What would happen.
    pub kind: PlannedCategoryKind,
    /// Its name afterwards.
    pub name: String,
    /// Its name in the project before; null when it is new.
    pub before: Option<String>,
}

/// What importing a list would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CategoryImportPlan {
    /// The file.
    pub path: String,
    /// Its categories, in its order.
    pub categories: Vec<PlannedCategory>,
    /// What was wrong, with sheet, line or column.
    pub problems: Vec<Problem>,
    #[serde(skip)]
    edits: Vec<Edit>,
}

impl Project {
    /// Works out what importing a list of categories would do; nothing is changed.
    ///
    /// # Errors
    /// When the file cannot be read, is no list of categories, or has none.
    pub fn plan_category_import(&self, path: &Path) -> Result<CategoryImportPlan, AppError> {
        let bytes = read_limited(path, MAX_BYTES)?;
        let found = read(&bytes, kind_of(path)?).map_err(|error| refused(path, &error))?;
        let mut planner = Planner::new(categories(&self.store())?);
        for FoundCategory { category, place } in found.categories {
            planner.take(&category, &place);
        }
        let mut problems = found.problems.into_list();
        problems.append(&mut planner.problems);
        let place = |problem: Problem| Problem { place: format!("{}, {}", path.display(), problem.place), ..problem };
        if planner.planned.is_empty() {
            let expected = "there is no category in it; expected one name a line";
            return Err(AppError::Invalid(match problems.into_iter().next() {
                Some(first) => place(first).to_string(),
                None => format!("{}: {expected}", path.display()),
            }));
        }
        Ok(CategoryImportPlan {
            path: path.display().to_string(),
            categories: planner.planned,
            problems: problems.into_iter().map(place).collect(),
            edits: planner.edits,
        })
    }

    /// Makes what was planned, as one step for undo.
    ///
    /// # Errors
    /// When the categories changed since the plan was made, or the project cannot be written.
    pub fn apply_category_import(&self, plan: &CategoryImportPlan) -> Result<Changed, AppError> {
        let mut store = self.store();
        let applied = self.apply(&mut store, Step::ImportCategories, &plan.edits)?;
        changed(&store, &applied)
    }

    /// Writes the categories with the number of their boxes to a JSON, CSV or XLSX file, by its ending.
    /// Returns how many there are.
    ///
    /// # Errors
    /// When the ending is another one, the file is one of the project or another project, or it cannot be written; an
    /// earlier file is as it was then.
    pub fn export_categories(&self, path: &Path) -> Result<usize, AppError> {
        let kind = kind_of(path)?;
        self.own_files()?.refuse_and_projects(path)?;
        let list: Vec<(DocumentCategory, u32)> = self
            .categories()?
            .into_iter()
            .map(|category| {
                let document = DocumentCategory {
                    name: category.name,
                    color: Some(category.color),
                    hotkey: category.hotkey.map(String::from),
                    description: (!category.description.is_empty()).then_some(category.description),
                };
                (document, category.boxes)
            })
            .collect();
        let written: Result<(), WriteError> = write_file(path, |out| write(&list, kind, out));
        written.map_err(|error| AppError::Export { path: path.to_owned(), reason: error.to_string() })?;
        Ok(list.len())
    }
}

fn kind_of(path: &Path) -> Result<CategoryFile, AppError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    CategoryFile::of_ending(&ending).ok_or_else(|| {
        AppError::Invalid(format!("{}: a list of categories ends in .json, .csv or .xlsx", path.display()))
    })
}

struct Planner {
    /// The categories as they would be.
    all: Vec<Category>,
    maker: CategoryMaker,
    /// Their places in the list, by their names without case.
    places: HashMap<String, usize>,
    /// Whose key each is, by their places.
    keys: HashMap<Hotkey, usize>,
    planned: Vec<PlannedCategory>,
    edits: Vec<Edit>,
    problems: Vec<Problem>,
    seen: HashSet<String>,
}

impl Planner {
    fn new(all: Vec<Category>) -> Self {
        let places = all.iter().map(|category| category.name.to_lowercase()).zip(0..).collect();
        let keys = all.iter().zip(0..).filter_map(|(category, place)| Some((category.hotkey?, place))).collect();
        Self {
            maker: CategoryMaker::behind(&all),
            all,
            places,
            keys,
            planned: Vec::new(),
            edits: Vec::new(),
            problems: Vec::new(),
            seen: HashSet::new(),
        }
    }

    fn take(&mut self, found: &DocumentCategory, place: &str) {
        let folded = found.name.to_lowercase();
        if folded == "none" {
            // Every list of the paper begins with it; it means no category.
            return;
        }
        if !self.seen.insert(folded.clone()) {
            return self.problem(place, format!("{:?} comes a second time; the first one counts", found.name));
        }
        let there = self.places.get(&folded).copied();
        let hotkey = self.hotkey(found, there, place);
        match there {
            Some(index) => self.change(index, found, hotkey),
            None => self.add(found, hotkey, place),
        }
    }

    fn change(&mut self, index: usize, found: &DocumentCategory, hotkey: Option<Hotkey>) {
        let before = self.all[index].clone();
        let after = Category {
            name: found.name.clone(),
            color: found.color.unwrap_or(before.color),
            hotkey: hotkey.or(before.hotkey),
            description: found.description.clone().unwrap_or_else(|| before.description.clone()),
            id: before.id,
            position: before.position,
        };
        let kind = match () {
            () if after == before => PlannedCategoryKind::Unchanged,
            () if after.name != before.name => PlannedCategoryKind::Renamed,
            () => PlannedCategoryKind::Updated,
        };
        self.planned.push(PlannedCategory { kind, name: after.name.clone(), before: Some(before.name.clone()) });
        if after != before {
            if let Some(key) = before.hotkey {
                self.keys.remove(&key);
            }
            self.keys.extend(after.hotkey.map(|key| (key, index)));
            self.all[index] = after.clone();
            self.edits.push(Edit::Category { before: Some(before), after: Some(after) });
        }
    }

    fn add(&mut self, found: &DocumentCategory, hotkey: Option<Hotkey>, place: &str) {
        let mut new = match self.maker.make(&found.name) {
            Ok(new) => new,
            Err(error) => return self.problem(place, error.full_message()),
        };
        new.color = found.color.unwrap_or(new.color);
        new.hotkey = hotkey;
        new.description = found.description.clone().unwrap_or_default();
        self.planned.push(PlannedCategory { kind: PlannedCategoryKind::New, name: new.name.clone(), before: None });
        self.edits.push(Edit::Category { before: None, after: Some(new.clone()) });
        self.keys.extend(hotkey.map(|key| (key, self.all.len())));
        self.all.push(new);
    }

    /// The key, if it is one and no other category has it. `own` is the category's place, when it is there.
    fn hotkey(&mut self, found: &DocumentCategory, own: Option<usize>, place: &str) -> Option<Hotkey> {
        let key: Hotkey = match found.hotkey.as_deref()?.parse() {
            Ok(key) => key,
            Err(message) => {
                self.problem(place, message);
                return None;
            }
        };
        if let Some(owner) = self.keys.get(&key).filter(|owner| Some(**owner) != own) {
            let owner = &self.all[*owner].name;
            self.problem(place, format!("the key {key} belongs to {owner:?}; {:?} comes without it", found.name));
            return None;
        }
        Some(key)
    }

    fn problem(&mut self, place: &str, message: String) {
        self.problems.push(Problem::new(place, message));
    }
}
