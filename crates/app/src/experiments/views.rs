//! What is asked of a study or tuning, and what the window sees of it.

use bauta_domain::{Architecture, Preset, TrainingConfig};
use serde::{Deserialize, Serialize};

use crate::{
    AppError,
    study::{Grid, StudyPlan},
    tuning::{SearchSpace, Tuning},
};

/// What a study or tuning is to answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Question {
    /// What one setting at a time does to the paper's training.
    Study {
        /// What is changed; `null` for each of them in turn.
        grid: Option<Grid>,
        /// Side of the pictures in pixels, 64 to 256, where it is not what changes.
        image_size: u32,
        /// Passes over the pictures, at least 1, where they are not what changes.
        epochs: u32,
        /// How often each training is done, at least 1, with another division of the pictures each time.
        seeds: u32,
    },
    /// Which settings are best.
    Tuning {
        /// The networks to choose from, at least one.
        architectures: Vec<Architecture>,
        /// How many settings are tried, at least 1; `null` for as many as suit the time.
        trials: Option<u32>,
        /// Minutes for all trainings together, at least 1; `null` for no limit.
        minutes: Option<u32>,
        /// How many seeds the best are trained with at the end, at least 1.
        seeds: u32,
    },
}

/// The least suits every network of a study.
const SIDES: std::ops::RangeInclusive<u32> = 64..=256;
const SIZES: [u32; 4] = [64, 96, 128, 180];

impl Question {
    /// The question, when it can be asked.
    ///
    /// # Errors
    /// When a number is out of its range, or there is nothing to choose from.
    pub(super) fn checked(self) -> Result<Self, AppError> {
        let is_fine = match &self {
            Self::Study { image_size, epochs, seeds, .. } => {
                SIDES.contains(image_size) && (1..=1000).contains(epochs) && (1..=100).contains(seeds)
            }
            Self::Tuning { architectures, trials, minutes, seeds } => {
                !architectures.is_empty() && *trials != Some(0) && *minutes != Some(0) && (1..=100).contains(seeds)
            }
        };
        let refused = || {
            AppError::Invalid(
                "a number of this study or tuning is out of its range, or no network is chosen; change it and start again"
                    .to_owned(),
            )
        };
        if is_fine { Ok(self) } else { Err(refused()) }
    }

    /// The settings of the first training.
    pub(super) fn first_config(&self) -> TrainingConfig {
        match self {
            Self::Study { .. } => self.study().map(|plan| plan.base),
            Self::Tuning { .. } => self.tuning("", "").map(|tuning| tuning.space.settings(0)),
        }
        .unwrap_or_else(|| Preset::Paper.config())
    }

    /// What a study trains; `None` of a tuning.
    pub(super) fn study(&self) -> Option<StudyPlan> {
        let Self::Study { grid, image_size, epochs, seeds } = *self else { return None };
        let paper = Preset::Paper.config();
        let first = paper.seed;
        Some(StudyPlan {
            grids: grid.map_or_else(|| Grid::ALL.to_vec(), |grid| vec![grid]),
            base: TrainingConfig { image_size, epochs, split_by_group: true, ..paper },
            seeds: (0..seeds).map(|more| first.wrapping_add(more)).collect(),
        })
    }

    /// What a tuning of these pictures tries; `None` of a study.
    pub(super) fn tuning(&self, dataset: &str, fingerprint: &str) -> Option<Tuning> {
        let Self::Tuning { architectures, trials, minutes, seeds } = self else { return None };
        let space = SearchSpace {
            architectures: architectures.clone(),
            epochs: None,
            sizes: SIZES.to_vec(),
            seed: Preset::Paper.config().seed,
            split_by_group: true,
            threads: None,
        };
        Some(Tuning {
            format: Tuning::FORMAT,
            dataset: dataset.to_owned(),
            fingerprint: fingerprint.to_owned(),
            space,
            trials: trials.unwrap_or_else(|| Tuning::usual_trials(*minutes)),
            minutes: *minutes,
            seeds: *seeds,
        })
    }
}

/// Where a study or tuning is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ExperimentState {
    /// It is going on.
    Running,
    /// It goes on when the trainings before it have ended.
    Waiting,
    /// It was stopped, or the program ended; it can go on.
    Stopped,
    /// It could not go on.
    Failed,
    /// All is done.
    Done,
}

/// A study or tuning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ExperimentView {
    /// The name of its folder.
    pub id: String,
    /// What it is to answer.
    pub question: Question,
    /// When it was started, ISO 8601 in UTC.
    pub started: String,
    /// The folder or project with its pictures.
    pub place: String,
    /// Where it is.
    pub state: ExperimentState,
    /// Trainings that have ended, those that failed among them.
    pub done: u32,
    /// Trainings that could not be done.
    pub failed: u32,
    /// All trainings, where that is known before.
    pub total: Option<u32>,
    /// Seconds that its trainings took so far.
    #[cfg_attr(feature = "specta", specta(type = specta_typescript::Number))]
    pub seconds: f64,
    /// Seconds that the rest will take, estimated from what was done.
    #[cfg_attr(feature = "specta", specta(type = Option<specta_typescript::Number>))]
    pub seconds_left: Option<f64>,
    /// Why it could not go on, or why the first of those that failed did.
    pub failure: Option<String>,
}

/// What a study or tuning says while it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ExperimentEvent {
    /// Pictures are compared or features computed.
    Preparing {
        /// Which one.
        id: String,
        /// How many pictures are done.
        done: u32,
        /// Of how many.
        total: u32,
    },
    /// A training is on its way; told a few times a second.
    Training {
        /// Of which study or tuning.
        id: String,
        /// What it is called there.
        name: String,
        /// The epoch that it is in, from 1.
        epoch: u32,
        /// Of so many.
        epochs: u32,
    },
    /// A training ended, or the whole: its view and report are others now.
    Changed {
        /// Which one.
        id: String,
    },
}
