//! New categories, many of them as fast as one.

use std::collections::HashMap;

use bauta_domain::{CATEGORY_COLORS, Category, CategoryId, CategoryNameError, category_name};
use uuid::Uuid;

use crate::AppError;

/// Makes categories behind others. Looking at all the others again for every new one took minutes for twenty thousand.
pub(crate) struct CategoryMaker {
    /// Names that are taken, by the same without case.
    names: HashMap<String, String>,
    /// How often each colour is used.
    uses: [usize; CATEGORY_COLORS.len()],
    /// Place of the next one.
    position: u32,
}

impl CategoryMaker {
    /// Begins behind these.
    pub fn behind(others: &[Category]) -> Self {
        let mut maker = Self { names: HashMap::new(), uses: [0; CATEGORY_COLORS.len()], position: 0 };
        others.iter().for_each(|other| maker.count(other));
        maker
    }

    fn count(&mut self, category: &Category) {
        self.names.insert(category.name.to_lowercase(), category.name.clone());
        for (color, uses) in CATEGORY_COLORS.iter().zip(&mut self.uses) {
            *uses += usize::from(*color == category.color);
        }
        self.position = self.position.max(category.position + 1);
    }

    /// A category for a name that somebody typed, in the next free colour, at the end.
    ///
    /// # Errors
    /// When the name is empty, reserved, or taken.
    pub fn make(&mut self, typed: &str) -> Result<Category, AppError> {
        let name = category_name(typed, [])?;
        if let Some(taken) = self.names.get(&name.to_lowercase()) {
            return Err(CategoryNameError::Taken(taken.clone()).into());
        }
        let color = CATEGORY_COLORS.into_iter().zip(self.uses).min_by_key(|(_, uses)| *uses);
        let color = color.map_or(CATEGORY_COLORS[0], |(color, _)| color);
        let id = CategoryId::from_uuid(Uuid::new_v4());
        let new = Category { id, name, color, position: self.position, hotkey: None, description: String::new() };
        self.count(&new);
        Ok(new)
    }
}

/// A category for a name that the user typed, in the next free colour, at the end.
pub(crate) fn new_category(typed: &str, others: &[Category]) -> Result<Category, AppError> {
    CategoryMaker::behind(others).make(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_round_and_names_stay_unique_without_case() {
        let mut maker = CategoryMaker::behind(&[]);
        let made: Vec<Category> = (0..16).map(|n| maker.make(&format!("c{n}")).unwrap()).collect();
        assert_eq!(made[7].color, made[0].color);
        assert_ne!(made[1].color, made[0].color);
        assert_eq!(made.iter().map(|category| category.position).collect::<Vec<_>>(), (0..16).collect::<Vec<_>>());
        assert!(maker.make("C3 ").unwrap_err().to_string().contains("\"c3\""));
        assert!(maker.make(" ").is_err() && maker.make("none").is_err());
        assert_eq!(new_category("d", &made).unwrap().position, 16);
    }
}
