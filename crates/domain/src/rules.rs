//! When a drawn box is kept (PRODUCT §2, the paper's rule).

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::BoundingBox;

/// Limits that a box must keep, in image pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BoxRules {
    /// The area must be greater than this, in px².
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub min_area: f64,
    /// Both sides must be longer than this, in px.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub min_side: f64,
    /// Intersection ÷ area of the smaller box may not exceed this, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub max_overlap: f64,
}

impl Default for BoxRules {
    /// The paper's limits: more than 40 px², more than 5 px a side, at most 20 % overlap.
    fn default() -> Self {
        Self { min_area: 40.0, min_side: 5.0, max_overlap: 0.2 }
    }
}

/// Why a box is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Error, Serialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum BoxRejection {
    /// A side is too short.
    #[error("the box is {width:.0} × {height:.0} px; each side must be longer than {min_side:.0} px")]
    #[serde(rename_all = "camelCase")]
    SideTooShort {
        /// Width of the box.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        width: f64,
        /// Height of the box.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        height: f64,
        /// The limit.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        min_side: f64,
    },
    /// The area is too small.
    #[error("the box covers {area:.0} px²; it must cover more than {min_area:.0} px²")]
    #[serde(rename_all = "camelCase")]
    AreaTooSmall {
        /// Area of the box.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        area: f64,
        /// The limit.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        min_area: f64,
    },
    /// It covers too much of a neighbour (or is covered by it).
    #[error("the box overlaps another one by {:.0} %; at most {:.0} % is allowed", overlap * 100.0, max_overlap * 100.0)]
    #[serde(rename_all = "camelCase")]
    Overlaps {
        /// Intersection ÷ area of the smaller box.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        overlap: f64,
        /// The limit.
        #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
        max_overlap: f64,
    },
}

impl BoxRules {
    /// Checks `candidate` against the limits and against the other boxes of its image.
    ///
    /// # Errors
    /// The first limit that it breaks: side, then area, then the largest overlap.
    pub fn check(&self, candidate: &BoundingBox, others: &[BoundingBox]) -> Result<(), BoxRejection> {
        let (width, height) = (candidate.width(), candidate.height());
        if width <= self.min_side || height <= self.min_side {
            return Err(BoxRejection::SideTooShort { width, height, min_side: self.min_side });
        }
        if candidate.area() <= self.min_area {
            return Err(BoxRejection::AreaTooSmall { area: candidate.area(), min_area: self.min_area });
        }
        let overlap = others.iter().map(|other| candidate.overlap(other)).fold(0.0, f64::max);
        if overlap > self.max_overlap {
            return Err(BoxRejection::Overlaps { overlap, max_overlap: self.max_overlap });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bbox(x1: f64, y1: f64, x2: f64, y2: f64) -> BoundingBox {
        BoundingBox::from_corners(x1, y1, x2, y2).unwrap()
    }

    #[test]
    fn the_papers_limits_are_strict_for_size_and_inclusive_for_overlap() {
        struct Case(&'static str, BoundingBox, bool);
        let neighbour = bbox(100.0, 100.0, 200.0, 200.0);
        for Case(name, candidate, kept) in [
            Case("side exactly 5", bbox(0.0, 0.0, 5.0, 50.0), false),
            Case("side just over 5", bbox(0.0, 0.0, 5.1, 50.0), true),
            Case("area 36.0 with good sides", bbox(0.0, 0.0, 6.0, 6.0), false),
            Case("area exactly 40", bbox(0.0, 0.0, 8.0, 5.0 + f64::EPSILON), false),
            Case("area 42", bbox(0.0, 0.0, 7.0, 6.0), true),
            Case("overlap exactly 20 %", bbox(180.0, 100.0, 280.0, 200.0), true),
            Case("overlap 21 %", bbox(179.0, 100.0, 279.0, 200.0), false),
            Case("small box inside the neighbour", bbox(110.0, 110.0, 130.0, 130.0), false),
        ] {
            assert_eq!(BoxRules::default().check(&candidate, &[neighbour]).is_ok(), kept, "{name}");
        }
    }
}
