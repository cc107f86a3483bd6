//! Pictures that were made together with their boxes: the sample, and what tests and benches draw.

use std::{collections::HashMap, path::PathBuf};

use bauta_domain::{Annotation, AnnotationId, AnnotationState, BoundingBox, Category, Edit, ImageId, Source, Step};
use uuid::Uuid;

use crate::{AppError, Project, new_categories::new_category};

/// A picture that was made together with its boxes and categories.
#[derive(Clone, Debug)]
pub struct GeneratedPicture {
    /// Its file.
    pub path: PathBuf,
    /// Its boxes with the names of their categories.
    pub boxes: Vec<(BoundingBox, String)>,
    /// Whether the boxes count as accepted, or are proposals to practise with.
    pub accepted: bool,
}

impl Project {
    /// Tells the project what pictures that were made together with their boxes show; one step. A box that
    /// a detector proposed already keeps its place. On accepted pictures the boxes get their category and
    /// other proposals go; on the others only what no detector found is added, as a proposal.
    ///
    /// # Errors
    /// When the project cannot be read or written.
    pub fn add_generated(&self, pictures: &[GeneratedPicture]) -> Result<(), AppError> {
        let files: Vec<PathBuf> = pictures.iter().map(|p| p.path.clone()).collect();
        self.add_files(&files, &mut Vec::new())?;
        let mut store = self.store();
        let ids: HashMap<String, ImageId> =
            store.images()?.into_iter().map(|summary| (summary.record.path, summary.record.id)).collect();
        let mut categories: Vec<Category> = store.categories()?.into_iter().map(|(category, _)| category).collect();
        let mut edits = Vec::new();
        for name in pictures.iter().flat_map(|picture| &picture.boxes).map(|(_, name)| name) {
            if !categories.iter().any(|c| c.name == *name) {
                let new = new_category(name, &categories)?;
                edits.push(Edit::Category { before: None, after: Some(new.clone()) });
                categories.push(new);
            }
        }
        for picture in pictures {
            let path = std::path::absolute(&picture.path)?;
            let Some(&image) = ids.get(path.to_string_lossy().as_ref()) else { continue };
            let (_, there) = store.annotations(image)?;
            edits.extend(generated_edits(image, picture, there, &categories));
        }
        store.apply(Step::EditBoxes, Uuid::new_v4(), &edits, &self.adapters.now())?;
        Ok(())
    }
}

/// A proposal that covers this much (IoU) of a box is that box.
const SAME_BOX_IOU: f64 = 0.4;

fn generated_edits(
    image: ImageId,
    picture: &GeneratedPicture,
    mut there: Vec<Annotation>,
    categories: &[Category],
) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (bbox, name) in &picture.boxes {
        let category = categories.iter().find(|c| c.name == *name).map(|c| c.id).filter(|_| picture.accepted);
        let state = if picture.accepted { AnnotationState::Accepted } else { AnnotationState::Proposed };
        let nearest = (0..there.len()).max_by(|&a, &b| there[a].bbox.iou(bbox).total_cmp(&there[b].bbox.iou(bbox)));
        match nearest.filter(|&n| there[n].bbox.iou(bbox) >= SAME_BOX_IOU) {
            Some(nearest) => {
                let before = there.swap_remove(nearest);
                let after = Annotation { category, state, ..before.clone() };
                if after != before {
                    edits.push(Edit::Annotation { image, before: Some(before), after: Some(after) });
                }
            }
            None => {
                let id = AnnotationId::from_uuid(Uuid::new_v4());
                let after =
                    Annotation { id, bbox: *bbox, category, state, source: Source::Generated, suggestion: None };
                edits.push(Edit::Annotation { image, before: None, after: Some(after) });
            }
        }
    }
    if picture.accepted {
        edits.extend(there.into_iter().map(|before| Edit::Annotation { image, before: Some(before), after: None }));
    }
    edits
}
