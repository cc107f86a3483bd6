//! Frames of the live view become images of the open project: a face that the user named, or doubtful ones.

use std::{path::Path, sync::Arc};

use bauta_domain::{
    Annotation, AnnotationId, AnnotationState, CategoryId, Edit, ImageId, LiveFace, PictureFormat, Source, Step,
    Suggestion,
};
use bauta_store::NewImage;
use uuid::Uuid;

use super::{
    Shown,
    frame_files::{FrameGroup, frame_file},
};
use crate::{
    AppError, Project, SavedFrame,
    files::file_facts,
    project::{category_views, history, rows},
};

/// Frames are kept nearly as they are: people and networks see no difference.
const FORMAT: PictureFormat = PictureFormat::Jpeg { quality: 95 };

impl Project {
    /// Makes a frame an image of the project, with one face of it as an accepted box of this category. `image` is the
    /// one that the frame became before, if it did.
    ///
    /// # Errors
    /// When there is no such category, or the frame or the project cannot be written.
    pub(crate) fn save_face(
        &self,
        shown: &Shown,
        face: &LiveFace,
        category: CategoryId,
        (detector, file): (&str, &Path),
        image: Option<ImageId>,
    ) -> Result<SavedFrame, AppError> {
        let known = self.store().categories()?;
        if !known.iter().any(|(known, _)| known.id == category) {
            return Err(AppError::Invalid("the category is not there any more; choose another one".to_owned()));
        }
        let image = image.map_or_else(|| self.add_frame(shown, file), Ok)?;
        let annotation = Annotation {
            id: AnnotationId::from_uuid(Uuid::new_v4()),
            bbox: face.bbox,
            category: Some(category),
            state: AnnotationState::Accepted,
            source: Source::Detected { detector: detector.to_owned(), score: face.score },
            suggestion: None,
        };
        self.annotate(image, [annotation], Step::AddBoxes)
    }

    /// Makes a frame an image of the project, with its faces as proposals and what the model guessed.
    ///
    /// # Errors
    /// When the frame or the project cannot be written.
    pub(crate) fn save_doubts(&self, shown: &Shown, (detector, file): (&str, &Path)) -> Result<SavedFrame, AppError> {
        let image = self.add_frame(shown, file)?;
        let proposal = |face: &LiveFace| Annotation {
            id: AnnotationId::from_uuid(Uuid::new_v4()),
            bbox: face.bbox,
            category: None,
            state: AnnotationState::Proposed,
            source: Source::Detected { detector: detector.to_owned(), score: face.score },
            suggestion: face.label.clone().map(|label| Suggestion { label, confidence: face.confidence }),
        };
        self.annotate(image, shown.result.faces.iter().map(proposal), Step::Classify)
    }

    fn add_frame(&self, shown: &Shown, file: &Path) -> Result<ImageId, AppError> {
        if self.is_read_only() {
            return Err(AppError::Invalid(
                "the project is open for looking only; save it under another name to add to it".to_owned(),
            ));
        }
        let bytes = self.adapters.cropper.encode(&shown.image, FORMAT).map_err(AppError::Adapter)?;
        if let Some(folder) = file.parent() {
            fs_err::create_dir_all(folder)?;
        }
        bauta_files::write_whole(file, &bytes)?;
        let path = std::path::absolute(file)?.into_os_string().into_string().map_err(|name| {
            AppError::Invalid(format!("{}: the name of the folder is not valid Unicode", name.to_string_lossy()))
        })?;
        let new = NewImage { id: ImageId::from_uuid(Uuid::new_v4()), path, file: file_facts(file) };
        let id = new.id;
        let mut store = self.settled_store()?;
        if store.add_images(&[new])?.is_empty() {
            return Err(AppError::Invalid("this frame is an image of the project already".to_owned()));
        }
        store.set_image_size(id, shown.image.size())?;
        Ok(id)
    }

    fn annotate(
        &self,
        image: ImageId,
        annotations: impl IntoIterator<Item = Annotation>,
        step: Step,
    ) -> Result<SavedFrame, AppError> {
        let edit = |after| Edit::Annotation { image, before: None, after: Some(after) };
        let edits: Vec<Edit> = annotations.into_iter().map(edit).collect();
        let mut store = self.store();
        self.apply(&mut store, step, &edits)?;
        let row = rows(&store, &[image])?.pop().ok_or(AppError::NoImage)?;
        Ok(SavedFrame { row, categories: category_views(&store)?, history: history(&store)? })
    }
}

/// Where frames of a live view go in a project.
#[derive(Clone, Debug)]
pub(crate) struct Album {
    /// When the live view was started, as in names of files.
    pub started: String,
    /// The detector that found the faces.
    pub detector: String,
}

impl Album {
    pub fn save_face(
        &self,
        project: &Project,
        shown: &Shown,
        face: &LiveFace,
        category: CategoryId,
        burst: u32,
        image: Option<ImageId>,
    ) -> Result<SavedFrame, AppError> {
        let file = frame_file(project.path(), &self.started, FrameGroup::Burst(burst), shown.result.frame);
        project.save_face(shown, face, category, (&self.detector, &file), image)
    }

    pub fn save_doubts(&self, project: &Project, shown: &Arc<Shown>, track: u32) -> Result<SavedFrame, AppError> {
        let file = frame_file(project.path(), &self.started, FrameGroup::Unsure(track), shown.result.frame);
        project.save_doubts(shown, (&self.detector, &file))
    }
}
