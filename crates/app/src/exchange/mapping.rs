//! What the categories and destinations of a file are to the project.

use std::{collections::HashMap, path::Path};

use bauta_domain::{AnnotationDocument, Category, CategoryId, Destination, DestinationId};
use bauta_formats::Problems;
use uuid::Uuid;

use crate::{new_categories::CategoryMaker, project::count};

/// Categories and destinations of the project, those that a file adds, and which of them each of the file's is.
pub(super) struct Mapping {
    /// The project's categories and the new ones.
    pub categories: Vec<Category>,
    pub new_categories: Vec<Category>,
    pub new_destinations: Vec<Destination>,
    by_category: Vec<Option<CategoryId>>,
    by_destination: Vec<Option<DestinationId>>,
}

impl Mapping {
    /// That of a document. `place` is the file, for what has to be said.
    pub fn of(
        document: &AnnotationDocument,
        categories: Vec<Category>,
        destinations: &[Destination],
        (home, place): (Option<&Path>, &Path),
        problems: &mut Problems,
    ) -> Self {
        let mut mapping = Self {
            categories,
            new_categories: Vec::new(),
            new_destinations: Vec::new(),
            by_category: Vec::with_capacity(document.categories.len()),
            by_destination: Vec::new(),
        };
        mapping.take_categories(document, place, problems);
        mapping.take_destinations(document, destinations, home, problems);
        mapping
    }

    /// What a category of the document is, by its index there; none for "no category".
    pub fn category(&self, index: Option<u32>) -> Option<CategoryId> {
        index.and_then(|index| self.by_category.get(index as usize).copied().flatten())
    }

    /// What a destination of the document is, by its index there.
    pub fn destination(&self, index: Option<u32>) -> Option<DestinationId> {
        index.and_then(|index| self.by_destination.get(index as usize).copied().flatten())
    }

    fn take_categories(&mut self, document: &AnnotationDocument, place: &Path, problems: &mut Problems) {
        let mut maker = CategoryMaker::behind(&self.categories);
        let known = self.categories.iter().map(|category| (category.name.to_lowercase(), category.id));
        let mut by_name: HashMap<String, CategoryId> = known.collect();
        // How the document wrote each name first.
        let mut written: HashMap<String, &str> = HashMap::new();
        for found in &document.categories {
            let name = found.name.trim();
            let folded = name.to_lowercase();
            if folded.is_empty() || folded == "none" {
                self.by_category.push(None);
                continue;
            }
            let first = *written.entry(folded.clone()).or_insert(name);
            if first != name {
                let message = format!(
                    "the categories {first:?} and {name:?} differ in upper and lower case only and become one here; rename one of them in the file to keep them apart"
                );
                problems.push(place.display(), message);
            }
            let id = by_name.get(&folded).copied().or_else(|| {
                // The name is neither empty, reserved nor taken.
                let new = maker.make(name).ok()?;
                self.new_categories.push(new.clone());
                by_name.insert(folded, new.id);
                Some(new.id)
            });
            self.by_category.push(id);
        }
        self.categories.extend_from_slice(&self.new_categories);
    }

    fn take_destinations(
        &mut self,
        document: &AnnotationDocument,
        known: &[Destination],
        home: Option<&Path>,
        problems: &mut Problems,
    ) {
        for path in &document.destinations {
            let path = match (path.strip_prefix("~/"), home) {
                (Some(rest), Some(home)) => home.join(rest).display().to_string(),
                _ => path.clone(),
            };
            if !Path::new(&path).is_absolute() {
                problems.push(format_args!("destination {path:?}"), "expected an absolute folder; it is left out");
                self.by_destination.push(None);
                continue;
            }
            let there = known.iter().chain(&self.new_destinations).find(|d| d.path == path).map(|d| d.id);
            let id = there.unwrap_or_else(|| {
                let id = DestinationId::from_uuid(Uuid::new_v4());
                let position = count(known.len() + self.new_destinations.len());
                self.new_destinations.push(Destination { id, path, position });
                id
            });
            self.by_destination.push(Some(id));
        }
    }
}
