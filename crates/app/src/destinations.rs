//! Destinations: folders into which whole pictures are saved resized, chosen image by image.

use std::path::Path;

use bauta_domain::{Destination, DestinationId, Edit, ImageId, ImageMarks, Step};
use bauta_store::Store;
use uuid::Uuid;

use crate::{AppError, Changed, DestinationView, Project, bulk::mark_edits, project::changed};

impl Project {
    /// The destinations with the number of images that use them.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn destinations(&self) -> Result<Vec<DestinationView>, AppError> {
        destination_views(&self.store())
    }

    /// Gives images this folder as their destination, or none. A folder that the project does not have yet
    /// becomes one of its destinations; one that no image uses any more goes. One step.
    ///
    /// # Errors
    /// When an image is gone, the folder's name is not Unicode, or the project cannot be written.
    pub fn set_destination(&self, images: &[ImageId], folder: Option<&Path>) -> Result<Changed, AppError> {
        let folder = folder.map(folder_path).transpose()?;
        let mut store = self.store();
        let known = destinations(&store)?;
        let mut edits = Vec::new();
        let chosen = folder.map(|path| match known.iter().find(|d| d.path == path) {
            Some(destination) => destination.id,
            None => {
                let new = new_destination(path, &known);
                let id = new.id;
                edits.push(Edit::Destination { before: None, after: Some(new) });
                id
            }
        });
        edits.extend(mark_edits(&store, images, |marks| ImageMarks { destination: chosen, ..marks })?);
        if !edits.iter().any(|edit| matches!(edit, Edit::Marks { .. })) {
            return changed(&store, &bauta_store::Applied::default());
        }
        edits.extend(unused_after(&store, &edits)?);
        let applied = self.apply(&mut store, Step::SetDestination, &edits)?;
        changed(&store, &applied)
    }

    /// Gives images a destination that the project has already.
    ///
    /// # Errors
    /// As for [`Self::set_destination`], or when the destination is gone.
    pub fn reuse_destination(&self, images: &[ImageId], id: DestinationId) -> Result<Changed, AppError> {
        let path = find(&destinations(&self.store())?, id)?.path;
        self.set_destination(images, Some(Path::new(&path)))
    }

    /// Puts another folder in the place of a destination, for all images that use it. One step.
    ///
    /// # Errors
    /// When the destination is gone, the folder's name is not Unicode, or the project cannot be written.
    pub fn replace_destination(&self, id: DestinationId, folder: &Path) -> Result<Changed, AppError> {
        let path = folder_path(folder)?;
        let mut store = self.store();
        let known = destinations(&store)?;
        let before = find(&known, id)?;
        let edits = match known.iter().find(|d| d.path == path) {
            Some(same) if same.id == id => Vec::new(),
            // Two destinations become one.
            Some(other) => {
                let users = store.images_with_destination(id)?;
                let mut edits =
                    mark_edits(&store, &users, |marks| ImageMarks { destination: Some(other.id), ..marks })?;
                edits.push(Edit::Destination { before: Some(before), after: None });
                edits
            }
            None => {
                let after = Destination { id, path, position: before.position };
                vec![Edit::Destination { before: Some(before), after: Some(after) }]
            }
        };
        let applied = self.apply(&mut store, Step::ReplaceDestination, &edits)?;
        changed(&store, &applied)
    }
}

/// Edits that remove the destinations that no image would use after these edits.
fn unused_after(store: &Store, edits: &[Edit]) -> Result<Vec<Edit>, AppError> {
    let mut unused = Vec::new();
    for (destination, images) in store.destinations()? {
        let (mut left, mut came) = (0, 0);
        for edit in edits {
            if let Edit::Marks { before, after, .. } = edit {
                left += u32::from(before.destination == Some(destination.id));
                came += u32::from(after.destination == Some(destination.id));
            }
        }
        if left > 0 && images + came == left {
            unused.push(Edit::Destination { before: Some(destination), after: None });
        }
    }
    Ok(unused)
}

fn new_destination(path: String, others: &[Destination]) -> Destination {
    let position = others.iter().map(|d| d.position + 1).max().unwrap_or(0);
    Destination { id: DestinationId::from_uuid(Uuid::new_v4()), path, position }
}

fn folder_path(folder: &Path) -> Result<String, AppError> {
    let path = std::path::absolute(folder)?.into_os_string().into_string();
    path.map_err(|name| {
        let name = name.to_string_lossy().into_owned();
        AppError::Invalid(format!("the folder name {name:?} is not valid Unicode; choose another folder"))
    })
}

fn destinations(store: &Store) -> Result<Vec<Destination>, AppError> {
    Ok(store.destinations()?.into_iter().map(|(destination, _)| destination).collect())
}

fn find(all: &[Destination], id: DestinationId) -> Result<Destination, AppError> {
    all.iter().find(|d| d.id == id).cloned().ok_or(AppError::NoDestination)
}

pub(crate) fn destination_views(store: &Store) -> Result<Vec<DestinationView>, AppError> {
    let view = |(destination, images): (Destination, u32)| DestinationView {
        id: destination.id,
        path: destination.path,
        images,
    };
    Ok(store.destinations()?.into_iter().map(view).collect())
}
