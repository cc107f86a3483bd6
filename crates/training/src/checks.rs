//! Whether a training makes sense: its settings, and what can be read of its dataset.

use bauta_domain::{Augmentation, Dataset, Split, TrainingConfig};

use crate::{TrainingError, data::Source, error::in_few_digits};

/// Threads beyond this do not find work in any batch.
const MAX_THREADS: u32 = 256;

/// Checks the settings that the network itself does not.
///
/// # Errors
/// The first one that is out of its range.
pub fn check_config(config: &TrainingConfig) -> Result<(), TrainingError> {
    let share_below_one = |share: f64| (0.0..1.0).contains(&share);
    let rules: [(&'static str, &'static str, bool, String); 9] = [
        ("image size", "32 to 256 px", (32..=256).contains(&config.image_size), format!("{} px", config.image_size)),
        ("number of epochs", "at least 1", config.epochs > 0, config.epochs.to_string()),
        ("batch size", "at least 1", config.batch_size > 0, config.batch_size.to_string()),
        (
            "learning rate",
            "a number above 0",
            config.learning_rate.is_finite() && config.learning_rate > 0.0,
            in_few_digits(config.learning_rate),
        ),
        (
            "weight decay",
            "a number of 0 or more",
            config.weight_decay.is_finite() && config.weight_decay >= 0.0,
            in_few_digits(config.weight_decay),
        ),
        (
            "label smoothing",
            "a share of 0 up to but not 1",
            share_below_one(config.label_smoothing),
            config.label_smoothing.to_string(),
        ),
        (
            "dropout",
            "a share of 0 up to but not 1",
            config.dropout.is_none_or(share_below_one),
            config.dropout.map_or_else(String::new, |rate| rate.to_string()),
        ),
        ("patience", "at least 1 epoch", config.patience != Some(0), "0".to_owned()),
        (
            "number of threads",
            "1 to 256",
            config.threads.is_none_or(|threads| (1..=MAX_THREADS).contains(&threads)),
            config.threads.map_or_else(String::new, |threads| threads.to_string()),
        ),
    ];
    match rules.into_iter().find(|(_, _, holds, _)| !holds) {
        Some((name, expected, _, found)) => Err(TrainingError::Setting { name, expected, found }),
        None => config.augmentation.as_ref().map_or(Ok(()), check_augmentation),
    }
}

/// The same for the random changes of pictures.
fn check_augmentation(augmentation: &Augmentation) -> Result<(), TrainingError> {
    let Augmentation { rotation_degrees, shift, zoom, flip: _, brightness, contrast, blur, erasing } = *augmentation;
    let share = |name, value: f64| (name, "a share of 0 to 1", (0.0..=1.0).contains(&value), value);
    let below_one = |name, value: f64| (name, "a share of 0 up to but not 1", (0.0..1.0).contains(&value), value);
    let rules: [(&'static str, &'static str, bool, f64); 7] = [
        ("random rotation", "0 to 180 degrees", (0.0..=180.0).contains(&rotation_degrees), rotation_degrees),
        share("random shift", shift),
        below_one("random zoom", zoom),
        share("random brightness", brightness),
        below_one("random contrast", contrast),
        ("random blur", "a share of the side of 0 to 0.1", (0.0..=0.1).contains(&blur), blur),
        share("share of pictures that are partly covered", erasing),
    ];
    match rules.into_iter().find(|(_, _, holds, _)| !holds) {
        Some((name, expected, _, found)) => Err(TrainingError::Setting { name, expected, found: in_few_digits(found) }),
        None => Ok(()),
    }
}

/// The split without the pictures that could not be read.
///
/// # Errors
/// When too little is left: fewer than two pictures of a label, or none on one side.
pub fn readable_split(dataset: &Dataset, split: &Split, pictures: &dyn Source) -> Result<Split, TrainingError> {
    let readable = |side: &[usize]| side.iter().copied().filter(|&i| pictures.is_readable(i)).collect::<Vec<_>>();
    let left = Split { training: readable(&split.training), validation: readable(&split.validation) };
    let samples = left.training.iter().chain(&left.validation).map(|&i| dataset.samples[i].clone()).collect();
    let rest = Dataset { labels: dataset.labels.clone(), samples };
    if let Err(rest) = rest.check() {
        return Err(match pictures.problems() {
            [] => rest.into(),
            [first, ..] => {
                TrainingError::Unreadable { unreadable: pictures.problems().len(), first: first.clone(), rest }
            }
        });
    }
    for (side, purpose) in [(&left.training, "learn from"), (&left.validation, "check with")] {
        for (label, name) in dataset.labels.iter().enumerate() {
            if !side.iter().any(|&i| dataset.samples[i].label == label) {
                return Err(TrainingError::EmptySide { label: name.clone(), purpose });
            }
        }
    }
    Ok(left)
}
