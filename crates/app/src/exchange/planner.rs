//! Building a plan: what each image of the file is to the project, and each of its boxes to those that are there.

use std::path::Path;

use bauta_domain::{
    Annotation, BoundingBox, CategoryId, DocumentBox, DocumentImage, FrameChoice, ImageId, ImageMarks, ImageSize,
    MAX_BOXES_AN_IMAGE, Meeting, Orientation, Picture, Placing, Source, Unit, compare_boxes,
};
use bauta_formats::{Problems, numbered};
use bauta_store::NewImage;
use uuid::Uuid;

use super::{
    BoxConflict, ImportOptions, ImportPlan, ImportPlanView, MissingImage, ReadAnnotations,
    mapping::Mapping,
    plan::{Met, PlannedBox, PlannedImage},
    resolve::Known,
    written_path::WrittenPath,
};
use crate::{
    AppError, Project,
    error::said,
    files::file_facts,
    project::{count, names_of},
};

/// So many conflicts and missing images are listed one by one.
const MOST_LISTED: usize = 500;
/// Most headers that are read only to see whether pictures are stored turned: a camera that turns pictures has turned
/// some of these.
const MOST_LOOKS: usize = 1000;

/// A box of the file on the upright picture.
type Placed = (BoundingBox, Option<CategoryId>, Source);

/// Builds a plan, image by image.
pub(super) struct Planner<'p> {
    project: &'p Project,
    read: &'p ReadAnnotations,
    options: &'p ImportOptions,
    mapping: Mapping,
    problems: Problems,
    plan: ImportPlan,
    /// So many headers of pictures may still be read only to see whether they are stored turned.
    looks_left: usize,
}

impl<'p> Planner<'p> {
    pub fn new(
        project: &'p Project,
        read: &'p ReadAnnotations,
        options: &'p ImportOptions,
        mapping: Mapping,
        problems: Problems,
    ) -> Self {
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
            new_categories: mapping.new_categories.iter().map(|category| category.name.clone()).collect(),
            missing_boxes: 0,
            missing_images: 0,
            missing_list: Vec::new(),
            has_turned: false,
            frame: options.frame,
            problems: Vec::new(),
        };
        let plan = ImportPlan {
            images: Vec::new(),
            new_images: Vec::new(),
            sizes: Vec::new(),
            categories: mapping.new_categories.clone(),
            destinations: mapping.new_destinations.clone(),
            marks: Vec::new(),
            view,
        };
        Self { project, read, options, mapping, problems, plan, looks_left: MOST_LOOKS }
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

    /// Plans a picture that the project does not have yet, by all entries of the file about it.
    pub fn new_image(&mut self, entries: &[&DocumentImage], path: &Path) {
        let Some(text) = path.to_str() else {
            return self.problem(entries[0], "the file name is not valid Unicode; rename the file");
        };
        let picture = match self.project.adapters.images.picture(path) {
            Ok(picture) => picture,
            Err(error) => {
                let message = format!("the picture cannot be read: {}; its boxes are left out", said(&error));
                return self.problem(entries[0], &message);
            }
        };
        let id = ImageId::from_uuid(Uuid::new_v4());
        let known = Known {
            id,
            path: text.to_owned(),
            size: Some(picture.size),
            marks: ImageMarks::default(),
            has_boxes: false,
        };
        self.plan.new_images.push(NewImage { id, path: text.to_owned(), file: file_facts(path) });
        self.plan.sizes.push((id, picture.size));
        self.plan.view.new_images += 1;
        let entries = self.taken(entries, path);
        self.plan.view.images += 1;
        self.mark(&entries, &known);
        self.boxes(&entries, &known, picture, &[]);
    }

    /// Plans an image of the project, by all entries of the file about it.
    pub fn image(&mut self, entries: &[&DocumentImage], known: &Known) -> Result<(), AppError> {
        let entries = self.taken(entries, Path::new(&known.path));
        self.plan.view.images += 1;
        self.mark(&entries, known);
        if entries.iter().all(|entry| entry.boxes.is_empty()) {
            return Ok(());
        }
        match self.picture(&entries, known) {
            Ok(picture) => {
                // A hundred thousand questions cost a second, and most projects begin without boxes.
                let mine = if known.has_boxes { self.annotations(known.id)? } else { Vec::new() };
                self.boxes(&entries, known, picture, &mine);
            }
            Err(message) => self.problem(entries[0], &message),
        }
        Ok(())
    }

    /// The entries that surely mean this picture: all that name it whole, or as the first one does. Others were only
    /// guessed to be it, and may mean pictures that are not here.
    fn taken<'e>(&mut self, entries: &[&'e DocumentImage], path: &Path) -> Vec<&'e DocumentImage> {
        let parts = |entry: &DocumentImage| WrittenPath::of(entry, None).map(|path| path.parts);
        let is_whole = |entry: &DocumentImage| {
            WrittenPath::of(entry, None).is_some_and(|written| written.is_whole(written.shared_end(path)))
        };
        let (first, others) = (entries[0], &entries[1..]);
        let mut taken = vec![first];
        for other in others {
            if parts(other) == parts(first) || (is_whole(first) && is_whole(other)) {
                taken.push(*other);
                continue;
            }
            let message =
                format!("the project has one image for this and for {:?}; the boxes of that one are taken", first.path);
            self.problem(other, &message);
        }
        taken
    }

    /// The project's boxes; none on an image that it does not have yet.
    fn annotations(&self, id: ImageId) -> Result<Vec<Annotation>, AppError> {
        match self.project.store().annotations(id) {
            Ok((_, annotations)) => Ok(annotations),
            Err(bauta_store::StoreError::NotInProject { .. }) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    fn mark(&mut self, entries: &[&DocumentImage], known: &Known) {
        let wanted = entries.iter().find_map(|entry| self.mapping.destination(entry.destination));
        if wanted.is_some() && known.marks.destination.is_none() {
            let after = ImageMarks { destination: wanted, ..known.marks };
            self.plan.marks.push((known.id, known.marks, after));
        }
    }

    /// The header of the picture, unless the project and the file together say all that matters.
    fn picture(&mut self, entries: &[&DocumentImage], known: &Known) -> Result<Picture, String> {
        if let Some(size) = known.size
            && self.options.frame != FrameChoice::Stored
            && entries.iter().all(|entry| is_surely_upright(entry, size))
            && !self.is_worth_a_look()
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
            Err(error) => match known.size.or(entries[0].size) {
                Some(size) => Ok(Picture::upright(size)),
                None => Err(format!("the picture cannot be read: {}; its boxes are left out", said(&error))),
            },
        }
    }

    /// Whether to read one more header only to learn whether there is a choice to offer.
    fn is_worth_a_look(&mut self) -> bool {
        let looks = !self.plan.view.has_turned && self.looks_left > 0;
        self.looks_left = self.looks_left.saturating_sub(1);
        looks
    }

    /// Puts the boxes of all entries onto the picture, and compares them together with those that are there.
    fn boxes(&mut self, entries: &[&DocumentImage], known: &Known, picture: Picture, mine: &[Annotation]) {
        self.plan.view.has_turned |=
            picture.orientation != Orientation::Upright && entries.iter().any(|entry| !entry.boxes.is_empty());
        let mut theirs = Vec::new();
        for entry in entries.iter().filter(|entry| !entry.boxes.is_empty()) {
            self.place(entry, picture, &mut theirs);
        }
        self.meet(known, mine, theirs);
    }

    fn place(&mut self, image: &DocumentImage, picture: Picture, theirs: &mut Vec<Placed>) {
        let placing = Placing::new(image, picture, self.options.frame);
        let document = &self.read.document;
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
        let room = MAX_BOXES_AN_IMAGE.saturating_sub(theirs.len());
        if image.boxes.len() > room {
            let found = theirs.len() + image.boxes.len();
            self.problem(image, &format!("{found} boxes on one image; the first {MAX_BOXES_AN_IMAGE} are taken"));
        }
        for found in image.boxes.iter().take(room) {
            let mut say = |planner: &mut Self, message: &dyn std::fmt::Display| {
                let place = place.get_or_insert_with(|| planner.place_of(image));
                let inside = document.sheet.as_ref().map_or_else(String::new, |sheet| format!("sheet {sheet}, "));
                let number = numbered(word, found.place, found.line);
                planner.problems.push(format_args!("{place}, {inside}{number}"), message);
            };
            match placing.place(found) {
                Ok(placed) => {
                    if placed.clamped {
                        let message = format_args!(
                            "found {}; expected a box inside the picture of {} × {} px; it was cut at the edge",
                            written_corners(found),
                            picture.size.width,
                            picture.size.height
                        );
                        say(self, &message);
                    }
                    theirs.push((placed.bbox, self.mapping.category(found.category), found.source.clone()));
                }
                Err(error) => {
                    say(self, &format_args!("found {}; {error}; the box is left out", written_corners(found)));
                }
            }
        }
    }

    fn meet(&mut self, known: &Known, mine: &[Annotation], theirs: Vec<Placed>) {
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
        if !boxes.is_empty() {
            self.plan.images.push(PlannedImage { id: known.id, boxes });
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
                let found = self.mapping.categories.iter().find(|category| Some(category.id) == id);
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
        self.plan.view.problems = self.problems.into_list();
        self.plan
    }
}

/// A box as its file has it, for people.
fn written_corners(found: &DocumentBox) -> String {
    let [x1, y1, x2, y2] = found.corners.map(|corner| (corner * 1e3).round() / 1e3);
    format!("a box from {x1}, {y1} to {x2}, {y2}")
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
