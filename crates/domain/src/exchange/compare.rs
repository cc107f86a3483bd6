//! How the boxes of a file meet those that an image has already.

use crate::{Annotation, AnnotationState, BoundingBox, CategoryId};

/// Comparing takes boxes times boxes; no photograph shows more things than this.
pub const MAX_BOXES_AN_IMAGE: usize = 10_000;

/// Corners this close (pixels) are the same corner: formats round to whole pixels.
const SAME_CORNER: f64 = 0.5;
/// Boxes that cover each other by this much (intersection over union) mean the same thing.
const SAME_THING_IOU: f64 = 0.7;

/// What a box of a file is to an image. Places are indices into the image's annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// Nothing like it is there.
    New,
    /// It is there already, or comes a second time in the file.
    Same,
    /// It is there without a category, or as a proposal that nobody accepted: it says more.
    Completes(usize),
    /// The same thing with another category, or drawn otherwise: the user decides.
    Conflict(usize),
}

/// One answer for each of `theirs`, in order. A box of `mine` meets at most one of them.
pub fn compare_boxes(mine: &[Annotation], theirs: &[(BoundingBox, Option<CategoryId>)]) -> Vec<Meeting> {
    let mut free: Vec<bool> = vec![true; mine.len()];
    let mut meetings = vec![Meeting::New; theirs.len()];
    // Whole identity first, so that a near neighbour never takes the place of the box itself.
    for (index, (bbox, category)) in theirs.iter().enumerate() {
        let there = (0..mine.len()).find(|&m| free[m] && same_box(&mine[m].bbox, bbox) && agrees(&mine[m], *category));
        if let Some(there) = there {
            free[there] = false;
            meetings[index] = meeting(&mine[there], there, *category);
        } else if theirs[..index].iter().any(|(other, c)| same_box(other, bbox) && c == category) {
            meetings[index] = Meeting::Same;
        }
    }
    for (index, (bbox, category)) in theirs.iter().enumerate() {
        if meetings[index] != Meeting::New {
            continue;
        }
        let near = (0..mine.len()).filter(|&m| free[m]).map(|m| (m, mine[m].bbox.iou(bbox)));
        let nearest = near.filter(|(_, iou)| *iou >= SAME_THING_IOU).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((there, _)) = nearest {
            free[there] = false;
            let undecided = mine[there].state == AnnotationState::Proposed
                || (same_box(&mine[there].bbox, bbox) && (mine[there].category.is_none() || category.is_none()));
            meetings[index] =
                if undecided { meeting(&mine[there], there, *category) } else { Meeting::Conflict(there) };
        }
    }
    meetings
}

fn meeting(mine: &Annotation, place: usize, theirs: Option<CategoryId>) -> Meeting {
    let says_more = mine.state == AnnotationState::Proposed || (mine.category.is_none() && theirs.is_some());
    if says_more { Meeting::Completes(place) } else { Meeting::Same }
}

fn agrees(mine: &Annotation, theirs: Option<CategoryId>) -> bool {
    mine.category == theirs
}

fn same_box(a: &BoundingBox, b: &BoundingBox) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= SAME_CORNER;
    close(a.x1(), b.x1()) && close(a.y1(), b.y1()) && close(a.x2(), b.x2()) && close(a.y2(), b.y2())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{AnnotationId, Source};

    const A: Option<CategoryId> = Some(CategoryId::from_uuid(Uuid::from_u128(1)));
    const B: Option<CategoryId> = Some(CategoryId::from_uuid(Uuid::from_u128(2)));

    fn bbox(x: f64, y: f64, side: f64) -> BoundingBox {
        BoundingBox::from_corners(x, y, x + side, y + side).unwrap()
    }

    fn mine(place: BoundingBox, category: Option<CategoryId>, state: AnnotationState) -> Annotation {
        Annotation {
            id: AnnotationId::from_uuid(Uuid::from_u128(7)),
            bbox: place,
            category,
            state,
            source: Source::Drawn,
            suggestion: None,
        }
    }

    #[test]
    fn each_way_of_meeting_is_told_apart() {
        use AnnotationState::{Accepted, Proposed};
        let square = bbox(10.0, 10.0, 100.0);
        struct Case(&'static str, Annotation, (BoundingBox, Option<CategoryId>), Meeting);
        for Case(name, mine, theirs, expected) in [
            Case("the same", mine(square, A, Accepted), (square, A), Meeting::Same),
            Case("rounded", mine(square, A, Accepted), (bbox(10.4, 9.6, 100.0), A), Meeting::Same),
            Case("theirs lacks a category", mine(square, A, Accepted), (square, None), Meeting::Same),
            Case("mine lacks a category", mine(square, None, Accepted), (square, A), Meeting::Completes(0)),
            Case(
                "mine is a proposal",
                mine(square, None, Proposed),
                (bbox(14.0, 10.0, 100.0), A),
                Meeting::Completes(0),
            ),
            Case("another category", mine(square, A, Accepted), (square, B), Meeting::Conflict(0)),
            Case("drawn otherwise", mine(square, A, Accepted), (bbox(14.0, 10.0, 100.0), A), Meeting::Conflict(0)),
            Case("elsewhere", mine(square, A, Accepted), (bbox(200.0, 10.0, 100.0), A), Meeting::New),
            Case("a part of it", mine(square, A, Accepted), (bbox(10.0, 10.0, 40.0), A), Meeting::New),
        ] {
            assert_eq!(compare_boxes(&[mine], &[theirs]), [expected], "{name}");
        }
    }

    #[test]
    fn a_box_twice_in_the_file_is_taken_once_and_neighbours_do_not_steal() {
        let square = bbox(10.0, 10.0, 100.0);
        assert_eq!(compare_boxes(&[], &[(square, A), (square, A)]), [Meeting::New, Meeting::Same]);
        let there = [mine(square, A, AnnotationState::Accepted)];
        let near = bbox(12.0, 10.0, 100.0);
        assert_eq!(compare_boxes(&there, &[(near, A), (square, A)]), [Meeting::New, Meeting::Same]);
    }
}
