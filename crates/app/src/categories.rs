//! Adding, renaming, recolouring and deleting categories.

use bauta_domain::{Annotation, Category, CategoryId, Edit, ImageId, Rgb, Step, category_name};
use bauta_store::Store;

use crate::{
    AppError, CategoriesChanged, CategoryFate, Project,
    annotations::categories,
    project::{category_views, history, new_category, rows},
};

impl Project {
    /// Adds a category at the end, in the next free colour.
    ///
    /// # Errors
    /// When the name is empty or taken.
    pub fn add_category(&self, name: &str) -> Result<CategoriesChanged, AppError> {
        let mut store = self.store();
        let category = new_category(name, &categories(&store)?)?;
        let edit = Edit::Category { before: None, after: Some(category) };
        self.apply(&mut store, Step::AddCategory, &[edit])?;
        changed(&store, Vec::new())
    }

    /// Renames (everywhere: annotations refer to the category) and recolours.
    ///
    /// # Errors
    /// When the category is gone, or the name is empty or another one's.
    pub fn change_category(&self, id: CategoryId, name: &str, color: Rgb) -> Result<CategoriesChanged, AppError> {
        let mut store = self.store();
        let all = categories(&store)?;
        let before = find(&all, id)?;
        let others = all.iter().filter(|c| c.id != id).map(|c| c.name.as_str());
        let after = Category { id, name: category_name(name, others)?, color, position: before.position };
        if after != before {
            let edit = Edit::Category { before: Some(before), after: Some(after) };
            self.apply(&mut store, Step::ChangeCategory, &[edit])?;
        }
        changed(&store, Vec::new())
    }

    /// Deletes a category; `fate` says what becomes of its boxes. One step.
    ///
    /// # Errors
    /// When the category, or the one its boxes shall move to, is gone.
    pub fn remove_category(&self, id: CategoryId, fate: CategoryFate) -> Result<CategoriesChanged, AppError> {
        let mut store = self.store();
        let all = categories(&store)?;
        let before = find(&all, id)?;
        if let CategoryFate::Move { to } = fate
            && (to == id || find(&all, to).is_err())
        {
            return Err(AppError::NoCategory);
        }
        let members = store.annotations_with_category(id)?;
        let mut images: Vec<ImageId> = members.iter().map(|(image, _)| *image).collect();
        images.dedup();
        let mut edits: Vec<Edit> =
            members.into_iter().map(|(image, annotation)| edit_of(image, annotation, fate)).collect();
        edits.push(Edit::Category { before: Some(before), after: None });
        self.apply(&mut store, Step::DeleteCategory, &edits)?;
        changed(&store, images)
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

fn changed(store: &Store, images: Vec<ImageId>) -> Result<CategoriesChanged, AppError> {
    Ok(CategoriesChanged {
        categories: category_views(store)?,
        rows: rows(store, &images)?,
        images,
        history: history(store)?,
    })
}
