//! What a study trains.

use bauta_domain::{Architecture, Loss, TrainingConfig};
use serde::{Deserialize, Serialize};

use crate::{cores, report::word};

/// What is changed, as in the paper's figures 2 to 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "kebab-case")]
pub enum Grid {
    /// The network.
    Models,
    /// What is minimised.
    Losses,
    /// The side of the pictures.
    Sizes,
    /// How long it is trained.
    Epochs,
}

impl Grid {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Models, Self::Losses, Self::Sizes, Self::Epochs];

    /// Its heading in a report.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Models => "Networks",
            Self::Losses => "Losses",
            Self::Sizes => "Sizes of the pictures",
            Self::Epochs => "Numbers of epochs",
        }
    }

    /// Its name in files.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Losses => "losses",
            Self::Sizes => "sizes",
            Self::Epochs => "epochs",
        }
    }
}

/// What a study does.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyPlan {
    /// What is changed.
    pub grids: Vec<Grid>,
    /// What stays where nothing is changed.
    pub base: TrainingConfig,
    /// Seeds; each divides the pictures in its own way, the same for all cells.
    pub seeds: Vec<u32>,
}

/// One place in a grid, trained once for each seed.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyCell {
    /// What is changed.
    pub grid: Grid,
    /// What it is changed to, such as `two-conv` or `96 px`.
    pub variant: String,
    /// The settings; the seed is that of the plan's base.
    pub config: TrainingConfig,
}

impl StudyPlan {
    /// The cells in the order of a report. Cells of several grids may have the same settings: they share their trainings.
    pub fn cells(&self) -> Vec<StudyCell> {
        self.grids.iter().flat_map(|grid| self.cells_of(*grid)).collect()
    }

    fn cells_of(&self, grid: Grid) -> Vec<StudyCell> {
        let base = &self.base;
        let cell = |variant: String, config: TrainingConfig| StudyCell { grid, variant, config };
        match grid {
            Grid::Models => {
                let all = [Architecture::SmallVgg, Architecture::TwoConv, Architecture::Tiny, Architecture::VggLike];
                all.map(|architecture| cell(word(&architecture), TrainingConfig { architecture, ..base.clone() }))
                    .to_vec()
            }
            Grid::Losses => {
                let all = [Loss::Mse, Loss::CategoricalCrossentropy, Loss::Msle];
                all.map(|loss| cell(word(&loss), TrainingConfig { loss, ..base.clone() })).to_vec()
            }
            Grid::Sizes => {
                let mut sizes = vec![64, 96, 128, 180, 224, base.image_size];
                sizes.sort_unstable();
                sizes.dedup();
                let cell = |image_size| cell(format!("{image_size} px"), TrainingConfig { image_size, ..base.clone() });
                sizes.into_iter().map(cell).collect()
            }
            Grid::Epochs => {
                let third = base.epochs.div_ceil(3);
                let mut all = vec![third, 2 * third, base.epochs, 2 * base.epochs];
                all.sort_unstable();
                all.dedup();
                let cell = |epochs| cell(format!("{epochs} epochs"), TrainingConfig { epochs, ..base.clone() });
                all.into_iter().map(cell).collect()
            }
        }
    }

    /// What is typed to do this study of the pictures at `dataset`, or to go on with it, in the folder `out`.
    pub fn command(&self, dataset: &str, out: &str) -> Vec<String> {
        let grid = match self.grids.as_slice() {
            [grid] => grid.name(),
            _ => "all",
        };
        let base = &self.base;
        let threads = base.threads.map_or_else(cores, |threads| threads as usize);
        let mut words = ["bauta", "study", dataset, "--out", out, "--grid", grid].map(str::to_owned).to_vec();
        let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
        option("--seeds", self.seeds.len().to_string());
        option("--seed", base.seed.to_string());
        option("--size", base.image_size.to_string());
        option("--epochs", base.epochs.to_string());
        option("--threads", threads.to_string());
        words.extend((!base.split_by_group).then(|| "--random-split".to_owned()));
        words
    }

    /// Every training, each once: the first seed through all cells, then the next, so that there is something to see of
    /// every cell early.
    pub fn trainings(&self) -> Vec<TrainingConfig> {
        let mut all: Vec<TrainingConfig> = Vec::new();
        for seed in &self.seeds {
            for cell in self.cells() {
                let config = TrainingConfig { seed: *seed, ..cell.config };
                if !all.contains(&config) {
                    all.push(config);
                }
            }
        }
        all
    }
}

/// What a training is called in a study, and its folder: what the grids change, and the seed.
pub(super) fn training_name(config: &TrainingConfig) -> String {
    let TrainingConfig { architecture, loss, image_size, epochs, seed, .. } = config;
    format!("{}-{}-{image_size}px-{epochs}ep-seed{seed}", word(architecture), word(loss))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use bauta_domain::Preset;

    use super::*;

    #[test]
    fn what_several_grids_ask_for_is_trained_once_and_the_first_seed_first() {
        let plan = StudyPlan { grids: Grid::ALL.to_vec(), base: Preset::Paper.config(), seeds: vec![42, 43] };
        let trainings = plan.trainings();
        // Four networks; two more losses, four more sizes, three more numbers of epochs.
        assert_eq!((plan.cells().len(), trainings.len()), (4 + 3 + 5 + 4, 2 * (4 + 2 + 4 + 3)));
        assert!(trainings[..13].iter().all(|config| config.seed == 42));
        let names: HashSet<String> = trainings.iter().map(training_name).collect();
        assert_eq!(names.len(), trainings.len(), "each has a folder of its own");
        assert!(names.contains("small-vgg-mse-180px-15ep-seed42"), "{names:?}");
    }

    #[test]
    fn a_size_of_ones_own_is_among_the_sizes() {
        let base = TrainingConfig { image_size: 100, epochs: 1, ..Preset::Paper.config() };
        let plan = StudyPlan { grids: vec![Grid::Sizes, Grid::Epochs], base, seeds: vec![1] };
        let variants: Vec<String> = plan.cells().into_iter().map(|cell| cell.variant).collect();
        assert_eq!(variants, ["64 px", "96 px", "100 px", "128 px", "180 px", "224 px", "1 epochs", "2 epochs"]);
    }
}
