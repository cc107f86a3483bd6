//! Adding, changing, ordering, merging and deleting categories.

use std::collections::HashSet;

use bauta_domain::{Annotation, Category, CategoryId, Edit, ImageId, Step, category_name, free_hotkey};

use crate::{
    AppError, CategoryChange, CategoryFate, Changed, Project, annotations::categories, new_categories::new_category,
    project::changed,
};

impl Project {
    /// Adds a category at the end, in the next free colour.
    ///
    /// # Errors
    /// When the name is empty or taken.
    pub fn add_category(&self, name: &str) -> Result<Changed, AppError> {
        let mut store = self.store();
        let category = new_category(name, &categories(&store)?)?;
        let edit = Edit::Category { before: None, after: Some(category) };
        let applied = self.apply(&mut store, Step::AddCategory, &[edit])?;
        changed(&store, &applied)
    }

    /// Renames (everywhere: annotations refer to the category), recolours, and changes key and description.
    ///
    /// # Errors
    /// When the category is gone, the name is empty or another one's, or another one has the key.
    pub fn change_category(&self, id: CategoryId, change: &CategoryChange) -> Result<Changed, AppError> {
        let mut store = self.store();
        let all = categories(&store)?;
        let before = find(&all, id)?;
        let others = || all.iter().filter(|c| c.id != id);
        let after = Category {
            id,
            name: category_name(&change.name, others().map(|c| c.name.as_str()))?,
            color: change.color,
            position: before.position,
            hotkey: free_hotkey(change.hotkey, others())?,
            description: change.description.trim().to_owned(),
        };
        let step = step_of(&before, &after);
        let edits = if after == before {
            Vec::new()
        } else {
            vec![Edit::Category { before: Some(before), after: Some(after) }]
        };
        let applied = self.apply(&mut store, step, &edits)?;
        changed(&store, &applied)
    }

    /// Puts the categories into this order; those that are not named keep theirs, after the others. One step.
    ///
    /// # Errors
    /// When the project cannot be read or written.
    pub fn reorder_categories(&self, order: &[CategoryId]) -> Result<Changed, AppError> {
        let mut store = self.store();
        let all = categories(&store)?;
        let named: HashSet<&CategoryId> = order.iter().collect();
        let first = order.iter().filter_map(|id| all.iter().find(|c| c.id == *id));
        let rest = all.iter().filter(|c| !named.contains(&c.id));
        let edits: Vec<Edit> = (0..)
            .zip(first.chain(rest))
            .filter(|(position, before)| before.position != *position)
            .map(|(position, before)| Edit::Category {
                before: Some(before.clone()),
                after: Some(Category { position, ..before.clone() }),
            })
            .collect();
        let applied = self.apply(&mut store, Step::ReorderCategories, &edits)?;
        changed(&store, &applied)
    }

    /// Merges a category into another one: its boxes get that one, and it goes. One step.
    ///
    /// # Errors
    /// When one of them is gone, or they are the same.
    pub fn merge_category(&self, id: CategoryId, into: CategoryId) -> Result<Changed, AppError> {
        self.drop_category(id, CategoryFate::Move { to: into }, Step::MergeCategory)
    }

    /// Deletes a category; `fate` says what becomes of its boxes. One step.
    ///
    /// # Errors
    /// When the category, or the one its boxes shall move to, is gone.
    pub fn remove_category(&self, id: CategoryId, fate: CategoryFate) -> Result<Changed, AppError> {
        self.drop_category(id, fate, Step::DeleteCategory)
    }

    fn drop_category(&self, id: CategoryId, fate: CategoryFate, step: Step) -> Result<Changed, AppError> {
        let mut store = self.store();
        let all = categories(&store)?;
        let before = find(&all, id)?;
        if let CategoryFate::Move { to } = fate
            && (to == id || find(&all, to).is_err())
        {
            return Err(AppError::NoCategory);
        }
        let members = store.annotations_with_category(id)?;
        let mut edits: Vec<Edit> =
            members.into_iter().map(|(image, annotation)| edit_of(image, annotation, fate)).collect();
        edits.push(Edit::Category { before: Some(before), after: None });
        let applied = self.apply(&mut store, step, &edits)?;
        changed(&store, &applied)
    }
}

/// The name of the step that makes one out of the other.
fn step_of(before: &Category, after: &Category) -> Step {
    let only_named = Category { name: after.name.clone(), ..before.clone() };
    let only_coloured = Category { color: after.color, ..before.clone() };
    match () {
        () if *after == only_named => Step::RenameCategory,
        () if *after == only_coloured => Step::RecolorCategory,
        () => Step::ChangeCategory,
    }
}

fn edit_of(image: ImageId, before: Annotation, fate: CategoryFate) -> Edit {
    let after = match fate {
        CategoryFate::Unlabel => Some(Annotation { category: None, ..before.clone() }),
        CategoryFate::Move { to } => Some(Annotation { category: Some(to), ..before.clone() }),
        CategoryFate::Delete => None,
    };
    Edit::Annotation { image, before: Some(before), after }
}

fn find(all: &[Category], id: CategoryId) -> Result<Category, AppError> {
    all.iter().find(|c| c.id == id).cloned().ok_or(AppError::NoCategory)
}
