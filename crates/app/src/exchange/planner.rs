//! Building a plan: what each image of the file is to the project, and each of its boxes to those that are there.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bauta_domain::{
    Annotation, BoundingBox, Category, CategoryId, Destination, DestinationId, DocumentImage, FrameChoice, ImageId,
    ImageMarks, ImageSize, MAX_BOXES_AN_IMAGE, Meeting, Picture, Placing, Source, Unit, compare_boxes,
};
use bauta_formats::Problems;
use bauta_store::NewImage;
use uuid::Uuid;

use super::{
    BoxConflict, ImportOptions, ImportPlan, ImportPlanView, MissingImage, ReadAnnotations,
    plan::{Met, PlannedBox, PlannedImage},
    resolve::Known,
};
use crate::{
    AppError, Project,
    error::said,
    files::file_facts,
    project::{count, names_of, new_category},
};

/// So many conflicts and missing images are listed one by one.
const MOST_LISTED: usize = 500;

/// Builds a plan, image by image.
pub(super) struct Planner<'p> {
    project: &'p Project,
    read: &'p ReadAnnotations,
    options: &'p ImportOptions,
    /// The project's categories and the new ones.
    categories: Vec<Category>,
    /// What each category of the document becomes.
    mapped: Vec<Option<CategoryId>>,
    mapped_destinations: Vec<Option<DestinationId>>,
    /// Images that the file names.
    met: HashMap<ImageId, MetImage>,
    /// Images that the project does not have yet, by their files.
    added: HashMap<PathBuf, Known>,
    problems: Problems,
    plan: ImportPlan,
}

/// An image that the file names, perhaps in several entries.
struct MetImage {
    /// What the first entry calls it.
    path: String,
    /// Its place in the plan, once it has boxes there.
    planned: Option<usize>,
}

impl<'p> Planner<'p> {
    pub fn new(
        project: &'p Project,
        read: &'p ReadAnnotations,
        options: &'p ImportOptions,
        mut categories: Vec<Category>,
        destinations: &[Destination],
        home: Option<&Path>,
    ) -> Self {
        let mut problems = read.problems.clone();
        let there = categories.len();
        let mut mapped = Vec::with_capacity(read.document.categories.len());
        let mut by_name: HashMap<String, CategoryId> =
            categories.iter().map(|category| (category.name.to_lowercase(), category.id)).collect();
        for found in &read.document.categories {
            let name = found.name.trim().to_lowercase();
            if name.is_empty() || name == "none" {
                mapped.push(None);
                continue;
            }
            let id = by_name.get(&name).copied().or_else(|| {
                // The name is neither empty, reserved nor taken.
                let new = new_category(&found.name, &categories).ok()?;
                categories.push(new);
                categories.last().map(|new| new.id)
            });
            by_name.extend(id.map(|id| (name, id)));
            mapped.push(id);
        }
        let mut new_destinations: Vec<Destination> = Vec::new();
        let mapped_destinations = read.document.destinations.iter().map(|path| {
            let path = match (path.strip_prefix("~/"), home) {
                (Some(rest), Some(home)) => home.join(rest).display().to_string(),
                _ => path.clone(),
            };
            if !Path::new(&path).is_absolute() {
                problems.push(format_args!("destination {path:?}"), "expected an absolute folder; it is left out");
                return None;
            }
            let known = destinations.iter().chain(&new_destinations).find(|d| d.path == path).map(|d| d.id);
            Some(known.unwrap_or_else(|| {
                let id = DestinationId::from_uuid(Uuid::new_v4());
                let position = count(destinations.len() + new_destinations.len());
                new_destinations.push(Destination { id, path, position });
                id
            }))
        });
        let mapped_destinations = mapped_destinations.collect();
        let new_categories = categories[there..].to_vec();
        let view = ImportPlanView {
            path: read.path.display().to_string(),
            format: read.detected.format,
            format_name: read.detected.format.name().to_owned(),
            certain: read.detected.certain,
            images: 0,
            new_images: 0,
            new_boxes: 0,
            same_boxes: 0,
            completed_boxes: 0,
            conflicts: 0,
            conflict_list: Vec::new(),
            new_categories: new_categories.iter().map(|category| category.name.clone()).collect(),
            missing_boxes: 0,
            missing_images: 0,
            missing_list: Vec::new(),
            problems: Vec::new(),
        };
        let plan = ImportPlan {
            images: Vec::new(),
            new_images: Vec::new(),
            sizes: Vec::new(),
            categories: new_categories,
            destinations: new_destinations,
            marks: Vec::new(),
            view,
        };
        Self {
            project,
            read,
            options,
            categories,
            mapped,
            mapped_destinations,
            met: HashMap::new(),
            added: HashMap::new(),
            problems,
            plan,
        }
    }

    fn place_of(&self, image: &DocumentImage) -> String {
        let path = &self.read.path;
        if image.file.is_empty() || !path.is_dir() {
            format!("{}, {}", path.display(), image.path)
        } else {
            path.join(&image.file).display().to_string()
        }
    }

    pub fn problem(&mut self, image: &DocumentImage, message: &str) {
        let place = self.place_of(image);
        self.problems.push(place, message);
    }

    pub fn missing(&mut self, image: &DocumentImage) {
        let view = &mut self.plan.view;
        view.missing_images += 1;
        view.missing_boxes += count(image.boxes.len());
        if view.missing_list.len() < MOST_LISTED {
            view.missing_list.push(MissingImage { path: image.path.clone(), boxes: count(image.boxes.len()) });
        }
    }

    pub fn new_image(&mut self, image: &DocumentImage, path: &Path) -> Result<(), AppError> {
        if let Some(known) = self.added.get(path).cloned() {
            return self.image(image, &known, None);
        }
        let Some(text) = path.to_str() else {
            self.problem(image, "the file name is not valid Unicode; rename the file");
            return Ok(());
        };
        let picture = match self.project.adapters.images.picture(path) {
            Ok(picture) => picture,
            Err(error) => {
                let message = format!("the picture cannot be read: {}; its boxes are left out", said(&error));
                self.problem(image, &message);
                return Ok(());
            }
        };
        let id = ImageId::from_uuid(Uuid::new_v4());
        let known = Known { id, path: text.to_owned(), size: Some(picture.size), marks: ImageMarks::default() };
        self.plan.new_images.push(NewImage { id, path: text.to_owned(), file: file_facts(path) });
        self.plan.sizes.push((id, picture.size));
        self.plan.view.new_images += 1;
        self.added.insert(path.to_owned(), known.clone());
        self.image(image, &known, Some(picture))
    }

    pub fn image(&mut self, image: &DocumentImage, known: &Known, picture: Option<Picture>) -> Result<(), AppError> {
        let met = self.met.entry(known.id);
        let met = met.or_insert_with(|| MetImage { path: image.path.clone(), planned: None });
        if met.path != image.path {
            let message =
                format!("the project has one image for this and for {:?}; the boxes of that one are taken", met.path);
            self.problem(image, &message);
            return Ok(());
        }
        self.mark(image, known);
        if image.boxes.is_empty() {
            return Ok(());
        }
        let is_new = picture.is_some();
        let picture = match picture.map_or_else(|| self.picture(image, known), Ok) {
            Ok(picture) => picture,
            Err(message) => {
                self.problem(image, &message);
                return Ok(());
            }
        };
        let theirs = self.place(image, picture);
        let mine = if is_new { Vec::new() } else { self.annotations(known.id)? };
        self.meet(known, &mine, theirs);
        Ok(())
    }

    /// The project's boxes; none on an image that it does not have yet.
    fn annotations(&self, id: ImageId) -> Result<Vec<Annotation>, AppError> {
        match self.project.store().annotations(id) {
            Ok((_, annotations)) => Ok(annotations),
            Err(bauta_store::StoreError::NotInProject { .. }) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    fn mark(&mut self, image: &DocumentImage, known: &Known) {
        let wanted =
            image.destination.and_then(|index| self.mapped_destinations.get(index as usize).copied().flatten());
        if wanted.is_some() && known.marks.destination.is_none() {
            let after = ImageMarks { destination: wanted, ..known.marks };
            self.plan.marks.push((known.id, known.marks, after));
        }
    }

    /// The header of the picture, unless the project and the file together say all that matters.
    fn picture(&mut self, image: &DocumentImage, known: &Known) -> Result<Picture, String> {
        if let Some(size) = known.size
            && self.options.frame != FrameChoice::Stored
            && is_surely_upright(image, size)
        {
            return Ok(Picture::upright(size));
        }
        match self.project.adapters.images.picture(Path::new(&known.path)) {
            Ok(picture) => {
                if known.size != Some(picture.size) {
                    self.plan.sizes.push((known.id, picture.size));
                }
                Ok(picture)
            }
            Err(error) => match known.size.or(image.size) {
                Some(size) => Ok(Picture::upright(size)),
                None => Err(format!("the picture cannot be read: {}; its boxes are left out", said(&error))),
            },
        }
    }

    fn place(&mut self, image: &DocumentImage, picture: Picture) -> Vec<(BoundingBox, Option<CategoryId>, Source)> {
        let placing = Placing::new(image, picture, self.options.frame);
        let word = self.read.detected.format.place_word();
        let mut place = None;
        if let Some(size) = placing.other_size {
            let now = picture.size;
            let what = if placing.is_scaled() { "boxes were scaled to it" } else { "boxes were taken as they are" };
            let message = format!(
                "the file is about a picture of {} × {} px, the picture has {} × {} px; {what}",
                size.width, size.height, now.width, now.height
            );
            self.problem(image, &message);
        }
        if image.boxes.len() > MAX_BOXES_AN_IMAGE {
            let message = format!("{} boxes on one image; the first {MAX_BOXES_AN_IMAGE} are taken", image.boxes.len());
            self.problem(image, &message);
        }
        let mut theirs = Vec::with_capacity(image.boxes.len());
        for found in image.boxes.iter().take(MAX_BOXES_AN_IMAGE) {
            let mut say = |planner: &mut Self, message: &dyn std::fmt::Display| {
                let place = place.get_or_insert_with(|| planner.place_of(image));
                planner.problems.push(format_args!("{place}, {word} {}", found.place), message);
            };
            match placing.place(found) {
                Ok(placed) => {
                    if placed.clamped {
                        say(self, &"the box reaches over the edge of the picture; it was cut there");
                    }
                    let category = found.category.and_then(|index| self.mapped.get(index as usize).copied().flatten());
                    theirs.push((placed.bbox, category, found.source.clone()));
                }
                Err(error) => say(self, &error),
            }
        }
        theirs
    }

    fn meet(&mut self, known: &Known, mine: &[Annotation], theirs: Vec<(BoundingBox, Option<CategoryId>, Source)>) {
        let pairs: Vec<_> = theirs.iter().map(|(bbox, category, _)| (*bbox, *category)).collect();
        let meetings = compare_boxes(mine, &pairs);
        let mut boxes = Vec::with_capacity(theirs.len());
        for ((bbox, category, source), meeting) in theirs.into_iter().zip(meetings) {
            let meets = match meeting {
                Meeting::Same => {
                    self.plan.view.same_boxes += 1;
                    continue;
                }
                Meeting::New => {
                    self.plan.view.new_boxes += 1;
                    Met::Nothing
                }
                Meeting::Completes(index) => {
                    self.plan.view.completed_boxes += 1;
                    Met::Completes(Box::new(mine[index].clone()))
                }
                Meeting::Conflict(index) => {
                    let number = self.conflict(known, &mine[index], bbox, category);
                    Met::Conflict(Box::new(mine[index].clone()), number)
                }
            };
            boxes.push(PlannedBox { bbox, category, source, meets });
        }
        if boxes.is_empty() {
            return;
        }
        let Some(met) = self.met.get_mut(&known.id) else { return };
        match met.planned {
            // The same image in a second entry of the file.
            Some(index) => self.plan.images[index].boxes.extend(boxes),
            None => {
                met.planned = Some(self.plan.images.len());
                self.plan.images.push(PlannedImage { id: known.id, boxes });
            }
        }
    }

    /// Notes a conflict and returns its number.
    fn conflict(
        &mut self,
        known: &Known,
        mine: &Annotation,
        their_box: BoundingBox,
        theirs: Option<CategoryId>,
    ) -> u32 {
        let number = self.plan.view.conflicts;
        self.plan.view.conflicts += 1;
        if self.plan.view.conflict_list.len() < MOST_LISTED {
            let name = |id: Option<CategoryId>| {
                let found = self.categories.iter().find(|category| Some(category.id) == id);
                found.map(|category| category.name.clone())
            };
            self.plan.view.conflict_list.push(BoxConflict {
                image_id: known.id,
                image: names_of(&known.path).0,
                mine: name(mine.category),
                theirs: name(theirs),
                my_box: mine.bbox,
                their_box,
            });
        }
        number
    }

    pub fn finish(mut self) -> ImportPlan {
        self.plan.view.images = count(self.met.len());
        self.plan.view.problems = self.problems.into_list();
        self.plan
    }
}

/// Whether the boxes are upright whatever the header says of the picture's orientation.
fn is_surely_upright(image: &DocumentImage, size: ImageSize) -> bool {
    if image.unit == Unit::Fractions || image.size == Some(size) {
        return true;
    }
    let (w, h) = (f64::from(size.width), f64::from(size.height));
    let fits = |corners: [f64; 4]| corners[0].max(corners[2]) <= w && corners[1].max(corners[3]) <= h;
    image.size.is_none() && image.boxes.iter().all(|found| fits(found.corners))
}
