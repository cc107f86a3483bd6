//! Images as they are looked at: their size, their boxes, and why they cannot be read.

use std::path::{Path, PathBuf};

use bauta_domain::ImageId;

use crate::{
    AppError, ImageView, Project,
    error::{causes, unreadable},
    project::image_view,
};

impl Project {
    /// Opens an image: its size is read now if it was not yet, and it becomes the one to start with
    /// next time.
    ///
    /// # Errors
    /// When it is not in the project, or its file cannot be read; the reason is kept with the image.
    pub fn open_image(&self, id: ImageId) -> Result<ImageView, AppError> {
        let view = self.look_at_image(id)?;
        self.housekeeper.shown(id);
        Ok(view)
    }

    /// An image with its annotations, read ahead of time or to copy from; its size is read now if it was
    /// not yet.
    ///
    /// # Errors
    /// As for [`open_image`](Self::open_image).
    pub fn look_at_image(&self, id: ImageId) -> Result<ImageView, AppError> {
        let record = self.store().image(id)?.ok_or(AppError::NoImage)?;
        let measured = self.adapters.images.size(Path::new(&record.path));
        let size = match measured {
            Ok(size) => size,
            Err(error) => {
                let error = unreadable(Path::new(&record.path), &error);
                if let AppError::Unreadable { message, .. } = &error {
                    self.housekeeper.looked_at(id, Err(message.clone()));
                }
                return Err(error);
            }
        };
        // With the same size as before, a problem may be one of the pixels: only reading them takes it back.
        if record.size != Some(size) {
            self.housekeeper.looked_at(id, Ok(size));
        }
        if record.file.is_none_or(|file| file.hash.is_none()) {
            self.housekeeper.unhashed(id, PathBuf::from(record.path));
        }
        image_view(&self.store(), id, size)
    }

    /// Keeps with an image why its pixels cannot be read, which its header did not tell; whether that is news.
    ///
    /// # Errors
    /// When the image is not in the project, or the project cannot be written.
    pub fn note_unreadable(&self, id: ImageId, error: &(dyn std::error::Error + 'static)) -> Result<bool, AppError> {
        if self.is_read_only() {
            return Ok(false);
        }
        let mut store = self.settled_store()?;
        let record = store.image(id)?.ok_or(AppError::NoImage)?;
        let problem = bauta_domain::Problem::new(record.path, causes(error)).message;
        if record.problem.as_ref() == Some(&problem) {
            return Ok(false);
        }
        store.set_image_problem(id, &problem)?;
        Ok(true)
    }

    /// Takes back why an image could not be read, now that its pixels were; whether there was something to take back.
    ///
    /// # Errors
    /// When the image is not in the project, or the project cannot be written.
    pub fn note_readable(&self, id: ImageId) -> Result<bool, AppError> {
        if self.is_read_only() {
            return Ok(false);
        }
        let mut store = self.settled_store()?;
        let record = store.image(id)?.ok_or(AppError::NoImage)?;
        let (Some(size), Some(_)) = (record.size, record.problem) else { return Ok(false) };
        store.set_image_size(id, size)?;
        Ok(true)
    }
}
