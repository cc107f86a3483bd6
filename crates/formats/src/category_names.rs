//! Finding categories of a document by name, in files with many boxes.

use std::collections::HashMap;

use bauta_domain::{AnnotationDocument, DocumentCategory};

/// For fewer boxes than this a look through the list is faster than making a map of it.
const FEW: usize = 64;

/// The numbers of a document's categories by their names.
pub(crate) struct CategoryNames(Option<HashMap<String, u32>>);

impl CategoryNames {
    /// The names of a document, for the boxes of one file, of which there are so many.
    pub fn of(document: &AnnotationDocument, boxes: usize) -> Self {
        let mut by_name = (boxes > FEW).then(|| HashMap::with_capacity(document.categories.len()));
        for (category, index) in document.categories.iter().zip(0..) {
            let Some(by_name) = &mut by_name else { break };
            // The first one of a name that comes twice, as in a look through the list.
            by_name.entry(category.name.clone()).or_insert(index);
        }
        Self(by_name)
    }

    /// The number of a category of exactly this name; a new one is added to the document, at its end.
    pub fn index(&mut self, document: &mut AnnotationDocument, name: &str) -> u32 {
        let Some(by_name) = &mut self.0 else { return document.category_index(name) };
        if let Some(&index) = by_name.get(name) {
            return index;
        }
        let index = u32::try_from(document.categories.len()).unwrap_or(u32::MAX);
        document.categories.push(DocumentCategory::named(name));
        by_name.insert(name.to_owned(), index);
        index
    }
}
