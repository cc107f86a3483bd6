//! What an import would do, worked out before anything is changed.

use std::path::PathBuf;

use bauta_domain::{
    Annotation, BoundingBox, Category, CategoryId, Destination, FrameChoice, ImageId, ImageMarks, ImageSize, Source,
    ports::CancelToken,
};
use bauta_store::NewImage;

use super::{
    ImportPlanView, ReadAnnotations,
    planner::Planner,
    resolve::{Known, Resolved, Resolver},
};
use crate::{AppError, Meter, Progress, Project};

/// How an import goes about it.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Folders to look for pictures in, beside the usual places.
    pub folders: Vec<PathBuf>,
    /// Which way up boxes are on pictures that are stored turned.
    pub frame: FrameChoice,
}

/// What an import would do. Applying it changes the project, or fails when the project changed meanwhile.
#[derive(Clone, Debug)]
pub struct ImportPlan {
    pub(super) images: Vec<PlannedImage>,
    pub(super) new_images: Vec<NewImage>,
    pub(super) sizes: Vec<(ImageId, ImageSize)>,
    pub(super) categories: Vec<Category>,
    pub(super) destinations: Vec<Destination>,
    pub(super) marks: Vec<(ImageId, ImageMarks, ImageMarks)>,
    /// What it comes to, for people.
    pub view: ImportPlanView,
}

#[derive(Clone, Debug)]
pub(super) struct PlannedImage {
    pub id: ImageId,
    pub boxes: Vec<PlannedBox>,
}

#[derive(Clone, Debug)]
pub(super) struct PlannedBox {
    pub bbox: BoundingBox,
    pub category: Option<CategoryId>,
    pub source: Source,
    pub meets: Met,
}

#[derive(Clone, Debug)]
pub(super) enum Met {
    Nothing,
    Completes(Box<Annotation>),
    /// With its number among the conflicts, from 0.
    Conflict(Box<Annotation>, u32),
}

impl Project {
    /// Works out what importing would do; nothing is changed.
    ///
    /// # Errors
    /// When the project cannot be read, or `cancel` asks to stop.
    pub fn plan_import(
        &self,
        read: &ReadAnnotations,
        options: &ImportOptions,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ImportPlan, AppError> {
        let (known, categories, destinations) = {
            let store = self.store();
            let known: Vec<Known> = store
                .images()?
                .into_iter()
                .map(|image| Known {
                    id: image.record.id,
                    path: image.record.path,
                    size: image.record.size,
                    marks: image.record.marks,
                })
                .collect();
            let categories: Vec<Category> = store.categories()?.into_iter().map(|(category, _)| category).collect();
            let destinations: Vec<Destination> = store.destinations()?.into_iter().map(|(d, _)| d).collect();
            (known, categories, destinations)
        };
        let mut pictures = Vec::new();
        for folder in &options.folders {
            pictures.extend(self.adapters.images.list(folder).0);
        }
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
        let resolver = Resolver::new(&known, pictures, home.as_deref());
        let mut planner = Planner::new(self, read, options, categories, &destinations, home.as_deref());
        let mut meter = Meter::new(read.document.images.len(), progress);
        for image in &read.document.images {
            if cancel.is_cancelled() {
                return Err(AppError::Cancelled);
            }
            match resolver.find(image, &read.folder) {
                Resolved::Known(index) => planner.image(image, &known[index], None)?,
                Resolved::OnDisk(path) => planner.new_image(image, &path)?,
                Resolved::Ambiguous => {
                    planner.problem(image, "several images of the project fit this name; name the folder too");
                    planner.missing(image);
                }
                Resolved::Missing => planner.missing(image),
            }
            meter.step(image.path.rsplit(['/', '\\']).next().unwrap_or_default());
        }
        Ok(planner.finish())
    }
}
