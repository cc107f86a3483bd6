//! An open project: what it holds, and the images in it.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard,
        mpsc::{Receiver, Sender, channel},
    },
};

use bauta_domain::{
    Annotation, AnnotationId, AnnotationState, BoundingBox, Category, Edit, ImageId, ImageSize, Source, Step,
    natural_cmp,
};
use bauta_store::{Applied, ImageSummary, NewImage, Store};
use uuid::Uuid;

use crate::{
    Adapters, AddedImages, AppError, CategoryView, Changed, History, ImageRow, ImageView, ProjectView,
    bulk::SortedTable,
    destinations::destination_views,
    error::{causes, unreadable},
    files::file_facts,
    housekeeping::{Housekeeper, LAST_IMAGE},
    new_categories::new_category,
    preferences::preferences,
};

/// An open project. All methods take `&self`, so jobs and the window can share it; the store inside is
/// locked for single reads and single transactions only, never while a picture is decoded.
pub struct Project {
    path: PathBuf,
    read_only: bool,
    // Ends before the store, which it writes to.
    housekeeper: Housekeeper,
    store: Arc<Mutex<Store>>,
    pub(crate) table: Mutex<Option<SortedTable>>,
    pub(crate) adapters: Adapters,
    /// Ends when all of the project is closed; for whoever remembers that it was left.
    pub(crate) closed: Mutex<Option<Receiver<()>>>,
    // The last field, so that it is dropped after the store and its lock.
    _open: Sender<()>,
}

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
    /// Makes an empty project in a new file.
    ///
    /// # Errors
    /// When there is a file already, or it cannot be written.
    pub fn create(path: &Path, adapters: Adapters) -> Result<Self, AppError> {
        Ok(Self::of(Store::create(path)?, adapters))
    }

    /// Opens a project.
    ///
    /// # Errors
    /// When it is missing, foreign, newer, damaged, or locked; the file stays as it was.
    pub fn open(path: &Path, adapters: Adapters) -> Result<Self, AppError> {
        Ok(Self::of(Store::open(path)?, adapters))
    }

    /// Opens a project for looking only, also while another program works on it.
    ///
    /// # Errors
    /// When it cannot be read, or is not a project of this version.
    pub fn open_to_read(path: &Path, adapters: Adapters) -> Result<Self, AppError> {
        Ok(Self::of(Store::open_to_read(path)?, adapters))
    }

    fn of(store: Store, adapters: Adapters) -> Self {
        let (path, read_only) = (store.path().to_owned(), store.is_read_only());
        let store = Arc::new(Mutex::new(store));
        let housekeeper = Housekeeper::start(&store);
        let (_open, closed) = channel();
        let closed = Mutex::new(Some(closed));
        Self { path, read_only, housekeeper, store, table: Mutex::default(), adapters, closed, _open }
    }

    /// Whether it was opened for looking only.
    pub const fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Path of the project's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Brings everything into the project's file, as far as its disk lets it.
    pub(crate) fn settle(&self) {
        let mut store = self.store();
        let _ = self.housekeeper.flush(&mut store);
        // Else the log stays beside the file, and nothing is lost.
        let _ = store.fold_log();
    }

    /// Everything the window needs at once.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn view(&self) -> Result<ProjectView, AppError> {
        let mut store = self.store();
        // A disk that takes nothing now does not keep the project from being shown.
        let _ = self.housekeeper.flush(&mut store);
        Ok(ProjectView {
            read_only: self.read_only,
            name: self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            path: self.path.display().to_string(),
            categories: category_views(&store)?,
            images: store.images()?.into_iter().map(row).collect(),
            history: history(&store)?,
            preferences: preferences(&store)?,
            destinations: destination_views(&store)?,
            last_image: store.setting(LAST_IMAGE)?,
        })
    }

    /// Adds all pictures below a folder, in natural order, after those that are there. Sizes are read
    /// when an image is opened first, so ten thousand names are listed at once.
    ///
    /// # Errors
    /// When the folder cannot be read, or the project cannot be written.
    pub fn add_folder(&self, folder: &Path) -> Result<AddedImages, AppError> {
        if !folder.is_dir() {
            return Err(AppError::NoFolder(folder.to_owned()));
        }
        let (files, problems) = self.adapters.images.list(folder);
        self.add_listed(&files, problems)
    }

    /// Adds files that were listed, and passes on what could not be looked into.
    pub(crate) fn add_listed(
        &self,
        files: &[PathBuf],
        mut problems: Vec<bauta_domain::Problem>,
    ) -> Result<AddedImages, AppError> {
        let added = self.add_files(files, &mut problems)?;
        let already = files.len().saturating_sub(added.len());
        Ok(AddedImages { project: self.view()?, added: count(added.len()), already: count(already), problems })
    }

    fn add_files(
        &self,
        files: &[PathBuf],
        problems: &mut Vec<bauta_domain::Problem>,
    ) -> Result<Vec<ImageId>, AppError> {
        let mut images = Vec::with_capacity(files.len());
        for file in files {
            match std::path::absolute(file)?.into_os_string().into_string() {
                Ok(path) => {
                    let id = ImageId::from_uuid(Uuid::new_v4());
                    images.push(NewImage { id, path, file: file_facts(file) });
                }
                Err(name) => problems.push(bauta_domain::Problem::new(
                    name.to_string_lossy(),
                    "the file name is not valid Unicode; rename the file and add it again",
                )),
            }
        }
        Ok(self.store().add_images(&images)?)
    }

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

    /// Makes the image of this file the one to start with.
    pub(crate) fn start_with(&self, file: &Path) -> Result<(), AppError> {
        let path = std::path::absolute(file)?.to_string_lossy().into_owned();
        let found = self.store().images()?.into_iter().find(|summary| summary.record.path == path);
        if let Some(summary) = found {
            self.housekeeper.shown(summary.record.id);
        }
        Ok(())
    }

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
        if self.read_only {
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
        if self.read_only {
            return Ok(false);
        }
        let mut store = self.settled_store()?;
        let record = store.image(id)?.ok_or(AppError::NoImage)?;
        let (Some(size), Some(_)) = (record.size, record.problem) else { return Ok(false) };
        store.set_image_size(id, size)?;
        Ok(true)
    }

    /// Path of an image's file: the only files that a window may see.
    ///
    /// # Errors
    /// When the image is not in the project.
    pub fn image_path(&self, id: ImageId) -> Result<PathBuf, AppError> {
        let record = self.store().image(id)?.ok_or(AppError::NoImage)?;
        Ok(PathBuf::from(record.path))
    }

    /// Lines of the strip for some images.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows(&self, images: &[ImageId]) -> Result<Vec<ImageRow>, AppError> {
        rows(&self.store(), images)
    }

    /// Categories in order, with their counts.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn categories(&self) -> Result<Vec<CategoryView>, AppError> {
        category_views(&self.store())
    }

    /// The names of the next undo and redo.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn history(&self) -> Result<History, AppError> {
        history(&self.store())
    }

    /// Ids and paths of these images in the project's order, or of all.
    pub(crate) fn image_files(&self, images: Option<&[ImageId]>) -> Result<Vec<(ImageId, PathBuf)>, AppError> {
        let wanted: Option<std::collections::HashSet<&ImageId>> = images.map(|ids| ids.iter().collect());
        let all = self.store().images()?.into_iter().map(|summary| summary.record);
        let chosen = all.filter(|record| wanted.as_ref().is_none_or(|ids| ids.contains(&record.id)));
        Ok(chosen.map(|record| (record.id, PathBuf::from(record.path))).collect())
    }

    /// The store with all that could wait written, for what relies on it.
    pub(crate) fn settled_store(&self) -> Result<MutexGuard<'_, Store>, AppError> {
        let mut store = self.store();
        self.housekeeper.flush(&mut store)?;
        Ok(store)
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        // A panic while the lock was held cannot have left half a change: changes are transactions.
        self.store.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn apply(&self, store: &mut Store, step: Step, edits: &[Edit]) -> Result<Applied, AppError> {
        self.apply_in_group(store, step, Uuid::new_v4(), edits)
    }

    pub(crate) fn apply_in_group(
        &self,
        store: &mut Store,
        step: Step,
        group: Uuid,
        edits: &[Edit],
    ) -> Result<Applied, AppError> {
        if edits.is_empty() {
            return Ok(Applied::default());
        }
        Ok(store.apply(step, group, edits, &self.adapters.now())?)
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

pub(crate) fn image_view(store: &Store, id: ImageId, size: ImageSize) -> Result<ImageView, AppError> {
    let (revision, annotations) = store.annotations(id)?;
    Ok(ImageView { id, size, revision, annotations })
}

pub(crate) fn rows(store: &Store, images: &[ImageId]) -> Result<Vec<ImageRow>, AppError> {
    Ok(store.image_summaries(images)?.into_iter().map(row).collect())
}

pub(crate) fn category_views(store: &Store) -> Result<Vec<CategoryView>, AppError> {
    let view = |(category, boxes): (Category, u32)| CategoryView {
        id: category.id,
        name: category.name,
        color: category.color,
        position: category.position,
        hotkey: category.hotkey,
        description: category.description,
        boxes,
    };
    let mut views: Vec<CategoryView> = store.categories()?.into_iter().map(view).collect();
    views.sort_by(|a, b| a.position.cmp(&b.position).then_with(|| natural_cmp(&a.name, &b.name)));
    Ok(views)
}

/// What a step changed, as the window needs it.
pub(crate) fn changed(store: &Store, applied: &Applied) -> Result<Changed, AppError> {
    let images: Vec<ImageId> = applied.images.iter().map(|(id, _)| *id).collect();
    let marked = applied.marked.iter().filter(|id| images.binary_search(id).is_err());
    let touched: Vec<ImageId> = images.iter().chain(marked).copied().collect();
    Ok(Changed {
        rows: rows(store, &touched)?,
        images,
        categories: category_views(store)?,
        destinations: destination_views(store)?,
        history: history(store)?,
    })
}

/// File name and folder of a path.
pub(crate) fn names_of(path: &str) -> (String, String) {
    let path = Path::new(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    (name, path.parent().map(|folder| folder.display().to_string()).unwrap_or_default())
}

pub(crate) fn history(store: &Store) -> Result<History, AppError> {
    let (undo, redo) = store.history()?;
    Ok(History { undo, redo })
}

pub(crate) fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn row(summary: ImageSummary) -> ImageRow {
    let (name, folder) = names_of(&summary.record.path);
    ImageRow {
        id: summary.record.id,
        revision: summary.revision,
        name,
        folder,
        size: summary.record.size,
        boxes: summary.accepted,
        unlabelled: summary.unlabelled,
        proposals: summary.proposals,
        doubt: summary.doubt,
        categories: summary.categories,
        // A box says otherwise: the mark shows again when the last one is gone.
        background: summary.record.marks.background && summary.accepted == 0,
        destination: summary.record.marks.destination,
        modified: summary.record.file.and_then(|file| file.modified),
        problem: summary.record.problem,
    }
}
