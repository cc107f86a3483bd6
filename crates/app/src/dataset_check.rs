//! What a person should know of a dataset before training on it: pictures that are nearly the same, pictures that cannot
//! be read, and what the network will see of them.

use bauta_domain::{Augmentation, Dataset, ImageSize, RgbImage, TrainingConfig, ports::CancelToken};
use serde::{Deserialize, Serialize};

use crate::{AppError, DatasetChoice, Workspace, divide, find_look_alikes, project::count, workspace::lock};

/// Pictures of a preview, and versions of each beside the picture itself.
const PREVIEW_ROWS: usize = 4;
const PREVIEW_VERSIONS: u32 = 7;

/// What a look at every picture of a dataset found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DatasetCheck {
    /// Pictures that are nearly the same as another one; they stay on one side of the split.
    pub copies: u32,
    /// Pictures taken in one burst with another one; they stay on one side of a split by group.
    pub bursts: u32,
    /// Pictures that cannot be read and are left out.
    pub unreadable: u32,
    /// Labels with nothing but copies of too few pictures: theirs have to be on both sides.
    pub straddling: Vec<String>,
}

impl Workspace {
    /// Looks at every picture of a dataset for what is nearly the same. One look at a time: a later one ends an earlier
    /// one, as [`stop_check`](Self::stop_check) does.
    ///
    /// # Errors
    /// When the dataset cannot be read or divided, or the look was ended.
    pub fn check_dataset(&self, choice: DatasetChoice, config: &TrainingConfig) -> Result<DatasetCheck, AppError> {
        let cancel = CancelToken::default();
        if let Some(earlier) = lock(&self.checking).replace(cancel.clone()) {
            earlier.cancel();
        }
        let dataset = self.dataset(choice)?;
        let alike = find_look_alikes(&self.adapters, &dataset, &mut |_| {}, &cancel);
        if cancel.is_cancelled() {
            return Err(AppError::Cancelled);
        }
        let division = divide(&dataset, config, None, &alike)?;
        Ok(DatasetCheck {
            copies: count(alike.copies.len()),
            bursts: count(alike.bursts.len()),
            unreadable: count(alike.unreadable.len()),
            straddling: division.parted,
        })
    }

    /// Ends a look at the pictures of a dataset, if there is one.
    pub fn stop_check(&self) {
        if let Some(cancel) = lock(&self.checking).take() {
            cancel.cancel();
        }
    }

    /// What the network will see, as one picture of many squares: a line for each of some pictures, from
    /// as many labels as possible; first the picture, then versions of it that are changed at random as the settings say.
    /// Each square is as large as the network's input.
    ///
    /// # Errors
    /// When the dataset cannot be read, or none of the chosen pictures can.
    pub fn preview_changes(&self, choice: DatasetChoice, config: &TrainingConfig) -> Result<RgbImage, AppError> {
        let dataset = self.dataset(choice)?;
        let (side, seed) = (config.image_size.clamp(16, 256), u64::from(config.seed));
        let read = |index: usize| self.adapters.samples.read(&dataset.samples[index].source, side).ok();
        let pictures: Vec<RgbImage> = chosen(&dataset).filter_map(read).take(PREVIEW_ROWS).collect();
        if pictures.is_empty() {
            return Err(AppError::Invalid("none of the pictures can be read; so there is nothing to show".to_owned()));
        }
        let changes = config.augmentation.unwrap_or(Augmentation::NONE);
        let row = |(item, picture): (u64, RgbImage)| {
            let changed = |epoch| self.adapters.trainer.changed(&picture, &changes, seed, (epoch, item));
            let versions: Vec<RgbImage> = (1..=PREVIEW_VERSIONS).map(changed).collect();
            std::iter::once(picture.clone()).chain(versions).collect()
        };
        let rows: Vec<Vec<RgbImage>> = (0..).zip(pictures).map(row).collect();
        Ok(sheet(&rows, side))
    }
}

/// Samples to show, label by label in turns.
fn chosen(dataset: &Dataset) -> impl Iterator<Item = usize> + '_ {
    let of_label = |label: usize| {
        (0..dataset.samples.len()).filter(move |&index| dataset.samples[index].label == label).collect::<Vec<_>>()
    };
    let lists: Vec<Vec<usize>> = (0..dataset.labels.len()).map(of_label).collect();
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest).flat_map(move |turn| {
        let found: Vec<usize> = lists.iter().filter_map(|list| list.get(turn).copied()).collect();
        found
    })
}

/// Squares of one size in one picture.
fn sheet(rows: &[Vec<RgbImage>], side: u32) -> RgbImage {
    let columns = rows.first().map_or(0, Vec::len);
    let bytes = 3 * side as usize;
    let mut pixels = Vec::with_capacity(rows.len() * columns * bytes * side as usize);
    for row in rows {
        for line in 0..side as usize {
            row.iter().for_each(|square| pixels.extend_from_slice(&square.pixels()[line * bytes..(line + 1) * bytes]));
        }
    }
    let size = ImageSize::new(side * count(columns), side * count(rows.len()));
    RgbImage::new(size, pixels).unwrap_or_else(|| RgbImage::filled(size, [0; 3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_lie_beside_and_below_each_other() {
        let square = |value: u8| RgbImage::filled(ImageSize::new(2, 2), [value; 3]);
        let made = sheet(&[vec![square(1), square(2)], vec![square(3), square(4)]], 2);
        assert_eq!(made.size(), ImageSize::new(4, 4));
        let reds: Vec<u8> = made.pixels().iter().step_by(3).copied().collect();
        assert_eq!(reds, [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
    }
}
