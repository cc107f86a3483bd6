//! The course of a training step by step, thinned out to what a screen can show: of each stretch the lowest and the
//! highest values stay, so that no peak is lost.

use bauta_domain::RunId;
use serde::{Deserialize, Serialize};

use crate::{AppError, Project};

/// Stretches that a course is divided into: as many as a wide screen has pixels for it, about.
const STRETCHES: usize = 800;

/// A part of a training's course, step by step: as many entries in each list. In single precision, as it was computed:
/// half as long in JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StepCurves {
    /// Where the step is: epochs done, 0.5 in the middle of the first.
    #[cfg_attr(feature = "specta", specta(type = Vec<specta_typescript::Number>))]
    pub epochs: Vec<f32>,
    /// Mean loss of its epoch so far; a loss that was no number is `null`.
    #[cfg_attr(feature = "specta", specta(type = Vec<specta_typescript::Number>))]
    pub losses: Vec<f32>,
    /// Mean accuracy of its epoch so far, 0 to 1.
    #[cfg_attr(feature = "specta", specta(type = Vec<specta_typescript::Number>))]
    pub accuracies: Vec<f32>,
    /// Steps in this part; more than the entries when some were left out.
    pub steps: u32,
}

impl Project {
    /// The steps of a training between two places in epochs, at most four for each of 800 stretches.
    ///
    /// # Errors
    /// When the project cannot be read.
    pub fn step_curves(&self, run: RunId, from: f64, to: f64) -> Result<StepCurves, AppError> {
        let mut steps: Vec<[f64; 3]> = Vec::new();
        for (epoch, details) in self.store().run_details(run)?.into_iter().enumerate() {
            let count = details.steps.len().max(1) as f64;
            let place = |step: usize| epoch as f64 + (step + 1) as f64 / count;
            let placed =
                details.steps.iter().enumerate().map(|(step, (loss, accuracy))| [place(step), *loss, *accuracy]);
            steps.extend(placed.filter(|[place, ..]| (from..=to).contains(place)));
        }
        let kept = thinned(&steps);
        let column = |column: usize| kept.iter().map(|&index| steps[index][column] as f32).collect();
        let count = crate::project::count(steps.len());
        Ok(StepCurves { epochs: column(0), losses: column(1), accuracies: column(2), steps: count })
    }
}

/// Places of the steps that stay: first and last, and of each stretch where loss and accuracy are lowest and highest.
fn thinned(steps: &[[f64; 3]]) -> Vec<usize> {
    if steps.len() <= 4 * STRETCHES {
        return (0..steps.len()).collect();
    }
    let mut kept = vec![0, steps.len() - 1];
    for stretch in 0..STRETCHES {
        let range = stretch * steps.len() / STRETCHES..(stretch + 1) * steps.len() / STRETCHES;
        for column in [1, 2] {
            let by = |a: &usize, b: &usize| steps[*a][column].total_cmp(&steps[*b][column]);
            kept.extend(range.clone().min_by(by).into_iter().chain(range.clone().max_by(by)));
        }
    }
    kept.sort_unstable();
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_course_is_thinned_out_and_keeps_its_peaks() {
        let mut steps: Vec<[f64; 3]> = (0..100_000).map(|at| [f64::from(at), 1.0 / f64::from(at + 1), 0.5]).collect();
        steps[54_321][1] = 9.0;
        steps[76_543][2] = 0.0;
        let kept = thinned(&steps);
        assert!(kept.len() <= 4 * STRETCHES + 2, "{}", kept.len());
        assert!([0, 54_321, 76_543, 99_999].iter().all(|place| kept.contains(place)));
        assert!(kept.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn a_short_course_is_shown_whole() {
        let steps: Vec<[f64; 3]> = (0..1000).map(|at| [f64::from(at), 1.0, 0.5]).collect();
        assert_eq!(thinned(&steps).len(), 1000);
    }
}
