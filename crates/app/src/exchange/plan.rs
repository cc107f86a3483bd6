//! What an import would do, worked out before anything is changed.

use std::{collections::HashMap, path::PathBuf};

use bauta_domain::{
    Annotation, BoundingBox, Category, CategoryId, Destination, DocumentImage, FrameChoice, ImageId, ImageMarks,
    ImageSize, Source, ports::CancelToken,
};
use bauta_store::NewImage;

use super::{
    ImportPlanView, ReadAnnotations,
    mapping::Mapping,
    planner::Planner,
    resolve::{Known, Resolved, Resolver},
};
use crate::{AppError, Meter, Progress, Project, files::tidy};

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

impl ImportPlan {
    /// Refuses to import what has no image that is here: categories alone would be half of the file. What is in the
    /// project already is no reason.
    ///
    /// # Errors
    /// [`AppError::Invalid`] with the reason.
    pub(super) fn refuse_nothing(&self) -> Result<(), AppError> {
        let view = &self.view;
        let reason = match () {
            () if view.images > 0 => return Ok(()),
            () if view.missing_images > 0 => {
                format!(
                    "none of its {} images was found, the first one is {:?}; point to the folder of the pictures",
                    view.missing_images,
                    view.missing_list.first().map_or("", |missing| missing.path.as_str())
                )
            }
            () if !(self.categories.is_empty() && self.destinations.is_empty()) && view.problems.is_empty() => {
                return Ok(());
            }
            () => match view.problems.first() {
                Some(first) => format!("nothing of it can be used: {first}"),
                None => "there is no image in it".to_owned(),
            },
        };
        Err(AppError::Invalid(format!("{}: nothing was imported: {reason}", view.path)))
    }
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
                    has_boxes: image.accepted > 0 || image.proposals > 0,
                })
                .collect();
            let categories: Vec<Category> = store.categories()?.into_iter().map(|(category, _)| category).collect();
            let destinations: Vec<Destination> = store.destinations()?.into_iter().map(|(d, _)| d).collect();
            (known, categories, destinations)
        };
        let mut pictures = Vec::new();
        for folder in &options.folders {
            // What is found there becomes part of the project, which may be opened from anywhere.
            let mut go_on = |_| !cancel.is_cancelled();
            pictures.extend(self.adapters.images.list_while(&tidy(folder), &mut go_on).0);
        }
        let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
        let home = home.as_deref();
        let mut problems = read.problems.clone();
        let mapping = Mapping::of(&read.document, categories, &destinations, (home, &read.path), &mut problems);
        let project_folder = self.path().parent().unwrap_or(self.path());
        let mut resolver = Resolver::new(&known, pictures, project_folder, home);
        let images = &read.document.images;
        // Every image is found, and then looked at: half done after the first.
        let (mut meter, mut steps) = (Meter::new(images.len(), progress), 0);
        let mut step = |image: &DocumentImage| {
            steps += 1;
            meter.reach(steps / 2, image.path.rsplit(['/', '\\']).next().unwrap_or_default());
            !cancel.is_cancelled()
        };
        let found = resolver.find_all(images, &read.folder, &mut step).ok_or(AppError::Cancelled)?;
        let mut planner = Planner::new(self, read, options, mapping, problems);
        for (picture, entries) in by_picture(images, &found) {
            match picture {
                Resolved::Known(index) => planner.image(&entries, &known[*index])?,
                Resolved::OnDisk(path) => planner.new_image(&entries, path),
                Resolved::Ambiguous(one, other) => {
                    let message = format!(
                        "{} and {} fit this name equally well; write more of its folders, or rename one of them",
                        one.display(),
                        other.display()
                    );
                    for entry in &entries {
                        planner.problem(entry, &message);
                        planner.missing(entry);
                    }
                }
                Resolved::Missing => entries.iter().for_each(|entry| planner.missing(entry)),
            }
            if !entries.iter().all(|entry| step(entry)) {
                return Err(AppError::Cancelled);
            }
        }
        Ok(planner.finish())
    }
}

/// All entries about each picture, in the order of the first ones: an image may come in several entries, whose boxes
/// are compared together. Entries whose picture is not known stay in their places.
fn by_picture<'d, 'f>(
    images: &'d [DocumentImage],
    found: &'f [Resolved],
) -> Vec<(&'f Resolved, Vec<&'d DocumentImage>)> {
    let mut groups: Vec<(&Resolved, Vec<&DocumentImage>)> = Vec::with_capacity(images.len());
    let mut places: HashMap<&Resolved, usize> = HashMap::with_capacity(images.len());
    for (image, picture) in images.iter().zip(found) {
        let is_one = matches!(picture, Resolved::Known(_) | Resolved::OnDisk(_));
        match places.get(picture).filter(|_| is_one) {
            Some(&place) => groups[place].1.push(image),
            None => {
                places.insert(picture, groups.len());
                groups.push((picture, vec![image]));
            }
        }
    }
    groups
}
