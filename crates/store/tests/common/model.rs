//! A project as plain values: every step keeps the whole state before and after it, so undo and redo are
//! assignments. It shares nothing with the store but the domain's words.

use bauta_domain::{
    Annotation, AnnotationState, BoundingBox, Category, Destination, DestinationId, Edit, ImageId, ImageMarks, Source,
    Step,
};
use bauta_store::Store;
use uuid::Uuid;

use super::{NOW, annotation, category, group, image_id};

pub const IMAGES: usize = 3;

#[derive(Debug, PartialEq)]
struct ImageCounts {
    accepted: usize,
    unlabelled: usize,
    proposals: usize,
    doubt: Option<f64>,
    categories: Vec<bauta_domain::CategoryId>,
}

pub fn first_path(n: usize) -> String {
    format!("/photos/img{n}.jpg")
}

/// Something that a user does. Numbers choose among what there is, modulo its count.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Draw { image: usize, same_group: bool },
    Move { image: usize, which: usize },
    Label { image: usize, which: usize, category: usize },
    Remove { image: usize, which: usize },
    RemoveAll,
    AddCategory,
    Rename { which: usize },
    SwapNames,
    DeleteCategory { which: usize },
    MarkBackground { image: usize },
    SendTo { image: usize },
    Relocate,
    Undo,
    Redo,
}

/// What the deed means for the project as it is.
#[derive(Debug)]
pub enum Action {
    Apply { step: Step, group: Uuid, edits: Vec<Edit> },
    Undo,
    Redo,
    Nothing,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    pub boxes: [Vec<Annotation>; IMAGES],
    pub categories: Vec<Category>,
    pub destinations: Vec<Destination>,
    pub marks: [ImageMarks; IMAGES],
    /// Those that are not as the images were added.
    pub paths: [Option<String>; IMAGES],
}

impl State {
    pub fn of(store: &Store) -> Self {
        Self {
            boxes: std::array::from_fn(|n| store.annotations(image_id(n)).unwrap().1),
            categories: store.categories().unwrap().into_iter().map(|(category, _)| category).collect(),
            destinations: store.destinations().unwrap().into_iter().map(|(destination, _)| destination).collect(),
            marks: std::array::from_fn(|n| store.image(image_id(n)).unwrap().unwrap().marks),
            paths: std::array::from_fn(|n| {
                let path = store.image(image_id(n)).unwrap().unwrap().path;
                (path != first_path(n)).then_some(path)
            }),
        }
    }

    /// What the project would have to say of its images and categories, counted from the boxes.
    fn counted(&self) -> (Vec<ImageCounts>, Vec<u32>) {
        let images = self.boxes.iter().map(|boxes| {
            let (accepted, proposed): (Vec<_>, Vec<_>) =
                boxes.iter().partition(|a| a.state == AnnotationState::Accepted);
            let scores = proposed.iter().filter_map(|a| match &a.source {
                Source::Detected { score, .. } => Some(*score),
                _ => None,
            });
            let confidences = boxes.iter().filter_map(|a| a.suggestion.as_ref().map(|s| s.confidence));
            let mut categories: Vec<_> = accepted.iter().filter_map(|a| a.category).collect();
            categories.sort();
            categories.dedup();
            ImageCounts {
                accepted: accepted.len(),
                unlabelled: accepted.iter().filter(|a| a.category.is_none()).count(),
                proposals: boxes
                    .iter()
                    .filter(|a| a.state == AnnotationState::Proposed || a.suggestion.is_some())
                    .count(),
                doubt: scores.chain(confidences).map(|score| 1.0 - score).max_by(f64::total_cmp),
                categories,
            }
        });
        let having = |id| self.boxes.iter().flatten().filter(|a| a.category == Some(id)).count() as u32;
        (images.collect(), self.categories.iter().map(|c| having(c.id)).collect())
    }

    /// Checks the counts that the store keeps.
    pub fn check_counts(&self, store: &Store) {
        let images = store.images().unwrap().into_iter().map(|image| ImageCounts {
            accepted: image.accepted as usize,
            unlabelled: image.unlabelled as usize,
            proposals: image.proposals as usize,
            doubt: image.doubt,
            categories: image.categories,
        });
        let categories = store.categories().unwrap().into_iter().map(|(_, boxes)| boxes);
        assert_eq!((images.collect(), categories.collect()), self.counted());
    }

    fn apply(&mut self, edits: &[Edit]) {
        for edit in edits {
            match edit.clone() {
                Edit::Annotation { image, before, after } => {
                    change(&mut self.boxes[number(image)], before, after);
                }
                Edit::Category { before, after } => change(&mut self.categories, before, after),
                Edit::Destination { before, after } => change(&mut self.destinations, before, after),
                Edit::Marks { image, after, .. } => self.marks[number(image)] = after,
                Edit::Path { image, after, .. } => {
                    let n = number(image);
                    self.paths[n] = (after != first_path(n)).then_some(after);
                }
            }
        }
        self.categories.sort_by_key(|c| (c.position, c.name.to_lowercase()));
    }
}

fn number(image: ImageId) -> usize {
    (0..IMAGES).find(|n| image_id(*n) == image).unwrap()
}

fn change<T: PartialEq>(list: &mut Vec<T>, before: Option<T>, after: Option<T>) {
    let place = before.map(|before| list.iter().position(|item| *item == before).unwrap());
    match (place, after) {
        (Some(place), Some(after)) => list[place] = after,
        (Some(place), None) => drop(list.remove(place)),
        (None, Some(after)) => list.push(after),
        (None, None) => {}
    }
}

struct Done {
    step: Step,
    group: Uuid,
    before: State,
    after: State,
}

#[derive(Default)]
pub struct Model {
    pub now: State,
    done: Vec<Done>,
    cursor: usize,
    made: usize,
}

impl Model {
    pub fn history(&self) -> (Option<Step>, Option<Step>) {
        let back = self.cursor.checked_sub(1).map(|last| self.done[last].step);
        (back, self.done.get(self.cursor).map(|next| next.step))
    }

    /// Does the deed here and says what the store should do.
    pub fn perform(&mut self, deed: Deed) -> Action {
        let action = self.plan(deed);
        match &action {
            Action::Apply { step, group, edits } => {
                let before = self.now.clone();
                self.now.apply(edits);
                self.done.truncate(self.cursor);
                self.done.push(Done { step: *step, group: *group, before, after: self.now.clone() });
                self.cursor += 1;
            }
            Action::Undo => {
                let group = self.cursor.checked_sub(1).map(|last| self.done[last].group);
                while self.cursor > 0 && Some(self.done[self.cursor - 1].group) == group {
                    self.cursor -= 1;
                    self.now = self.done[self.cursor].before.clone();
                }
            }
            Action::Redo => {
                let group = self.done.get(self.cursor).map(|next| next.group);
                while self.cursor < self.done.len() && Some(self.done[self.cursor].group) == group {
                    self.now = self.done[self.cursor].after.clone();
                    self.cursor += 1;
                }
            }
            Action::Nothing => {}
        }
        action
    }

    fn plan(&mut self, deed: Deed) -> Action {
        self.made += 1;
        let n = self.made;
        let apply = |step, edits| Action::Apply { step, group: group(n), edits };
        match deed {
            Deed::Undo => Action::Undo,
            Deed::Redo => Action::Redo,
            Deed::Draw { image, same_group } => {
                let last = self.cursor.checked_sub(1).map(|last| self.done[last].group);
                let group = last.filter(|_| same_group).unwrap_or(group(n));
                Action::Apply { step: Step::DrawBox, group, edits: vec![super::added(image % IMAGES, annotation(n))] }
            }
            Deed::Move { image, which } => self.edit_box(image, which, Step::ChangeBox, |old| {
                let x = n as f64 / 7.0;
                let bbox = BoundingBox::from_corners(x, x, x + 10.3, x + 11.9).unwrap();
                Some(Annotation { bbox, state: AnnotationState::Accepted, ..old })
            }),
            Deed::Label { image, which, category } => {
                let id = pick(&self.now.categories, category).map(|c| c.id);
                let label = |old| Some(Annotation { category: id, suggestion: None, ..old });
                self.edit_box(image, which, Step::SetCategory, label)
            }
            Deed::Remove { image, which } => self.edit_box(image, which, Step::DeleteBoxes, |_| None),
            Deed::RemoveAll => {
                let boxes = self.now.boxes.iter().enumerate();
                let edits: Vec<Edit> = boxes
                    .flat_map(|(image, list)| list.iter().map(move |old| edit(image, old.clone(), None)))
                    .collect();
                if edits.is_empty() { Action::Nothing } else { apply(Step::DeleteBoxes, edits) }
            }
            Deed::AddCategory => {
                let new = category(n, &format!("Ärmel {n}"));
                apply(Step::AddCategory, vec![Edit::Category { before: None, after: Some(new) }])
            }
            Deed::Rename { which } => match pick(&self.now.categories, which) {
                Some(old) => apply(Step::ChangeCategory, vec![renamed(old, &format!("new {n}"))]),
                None => Action::Nothing,
            },
            Deed::SwapNames => match self.now.categories.as_slice() {
                [a, b, ..] => apply(Step::ChangeCategory, vec![renamed(a, &b.name), renamed(b, &a.name)]),
                _ => Action::Nothing,
            },
            Deed::DeleteCategory { which } => match pick(&self.now.categories, which) {
                Some(old) => apply(Step::DeleteCategory, self.without_category(old)),
                None => Action::Nothing,
            },
            Deed::MarkBackground { image } => {
                let before = self.now.marks[image % IMAGES];
                let after = ImageMarks { background: !before.background, ..before };
                apply(Step::MarkBackground, vec![Edit::Marks { image: image_id(image % IMAGES), before, after }])
            }
            Deed::SendTo { image } => {
                let id = DestinationId::from_uuid(Uuid::from_u128(0x5000_0000 + n as u128));
                let new = Destination { id, path: format!("/out/{n}"), position: n as u32 };
                let before = self.now.marks[image % IMAGES];
                let after = ImageMarks { destination: Some(id), ..before };
                let mut edits = vec![
                    // Before its row: any order must do.
                    Edit::Marks { image: image_id(image % IMAGES), before, after },
                    Edit::Destination { before: None, after: Some(new) },
                ];
                let others = self.now.marks.iter().filter(|marks| marks.destination == before.destination).count();
                let unused = self.now.destinations.iter().find(|d| Some(d.id) == before.destination && others == 1);
                edits.extend(unused.map(|old| Edit::Destination { before: Some(old.clone()), after: None }));
                apply(Step::SetDestination, edits)
            }
            // Two files swap their names.
            Deed::Relocate => {
                let [a, b] = [0, 1].map(|n| self.now.paths[n].clone().unwrap_or_else(|| first_path(n)));
                let moved = |n, before: &String, after: &String| Edit::Path {
                    image: image_id(n),
                    before: before.clone(),
                    after: after.clone(),
                };
                apply(Step::LocateImages, vec![moved(0, &a, &b), moved(1, &b, &a)])
            }
        }
    }

    fn edit_box(
        &self,
        image: usize,
        which: usize,
        step: Step,
        change: impl FnOnce(Annotation) -> Option<Annotation>,
    ) -> Action {
        let image = image % IMAGES;
        match pick(&self.now.boxes[image], which) {
            Some(old) => {
                let edits = vec![edit(image, old.clone(), change(old.clone()))];
                Action::Apply { step, group: group(self.made), edits }
            }
            None => Action::Nothing,
        }
    }

    /// The category goes first, before the boxes that have it: any order must do.
    fn without_category(&self, old: &Category) -> Vec<Edit> {
        let mut edits = vec![Edit::Category { before: Some(old.clone()), after: None }];
        for (image, list) in self.now.boxes.iter().enumerate() {
            for annotation in list.iter().filter(|a| a.category == Some(old.id)) {
                let cleared = Annotation { category: None, ..annotation.clone() };
                edits.push(edit(image, annotation.clone(), Some(cleared)));
            }
        }
        edits
    }
}

pub fn perform(store: &mut Store, action: &Action) {
    match action {
        Action::Apply { step, group, edits } => drop(store.apply(*step, *group, edits, NOW).unwrap()),
        Action::Undo => drop(store.undo(NOW).unwrap()),
        Action::Redo => drop(store.redo(NOW).unwrap()),
        Action::Nothing => {}
    }
}

fn pick<T>(list: &[T], which: usize) -> Option<&T> {
    list.get(which.checked_rem(list.len())?)
}

fn edit(image: usize, before: Annotation, after: Option<Annotation>) -> Edit {
    Edit::Annotation { image: image_id(image), before: Some(before), after }
}

fn renamed(old: &Category, name: &str) -> Edit {
    Edit::Category { before: Some(old.clone()), after: Some(Category { name: name.to_owned(), ..old.clone() }) }
}
