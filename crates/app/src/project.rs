//! An open project: what it holds, and the images in it.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard,
        mpsc::{Receiver, Sender, channel},
    },
};

use bauta_domain::{Category, Edit, ImageId, ImageSize, Step, natural_cmp};
use bauta_store::{Applied, ImageSummary, NewImage, Store};
use uuid::Uuid;

use crate::{
    Adapters, AddedImages, AppError, CategoryView, Changed, History, ImageRow, ImageView, ProjectView,
    bulk::SortedTable,
    destinations::destination_views,
    files::file_facts,
    housekeeping::{Housekeeper, LAST_IMAGE},
    preferences::preferences,
};

/// An open project. All methods take `&self`, so jobs and the window can share it; the store inside is
/// locked for single reads and single transactions only, never while a picture is decoded.
pub struct Project {
    path: PathBuf,
    read_only: bool,
    // Ends before the store, which it writes to.
    pub(crate) housekeeper: Housekeeper,
    store: Arc<Mutex<Store>>,
    pub(crate) table: Mutex<Option<SortedTable>>,
    pub(crate) adapters: Adapters,
    /// Ends when all of the project is closed; for whoever remembers that it was left.
    pub(crate) closed: Mutex<Option<Receiver<()>>>,
    // The last field, so that it is dropped after the store and its lock.
    _open: Sender<()>,
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

    pub(crate) fn add_files(
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

    /// Makes the image of this file the one to start with.
    pub(crate) fn start_with(&self, file: &Path) -> Result<(), AppError> {
        let path = std::path::absolute(file)?.to_string_lossy().into_owned();
        let found = self.store().images()?.into_iter().find(|summary| summary.record.path == path);
        if let Some(summary) = found {
            self.housekeeper.shown(summary.record.id);
        }
        Ok(())
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
