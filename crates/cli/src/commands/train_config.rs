//! The settings of `bauta train`.

use bauta_domain::{Augmentation, Head, Loss, Optimizer, Preset, Schedule, TrainingConfig};

use crate::train_arguments::{Changes, HeadName, LossName, OptimizerName, PresetName, ScheduleName, Train};

/// The preset with the options that were given.
pub(crate) fn config(arguments: &Train) -> TrainingConfig {
    let mut config = match arguments.preset {
        PresetName::Transfer => Preset::Transfer,
        PresetName::Quick => Preset::Quick,
        PresetName::Tutorial => Preset::Tutorial,
        PresetName::Paper => Preset::Paper,
        PresetName::PaperSmall => Preset::PaperSmall,
        PresetName::Tiny => Preset::Tiny,
    }
    .config();
    if let Some(architecture) = arguments.arch {
        config.architecture = architecture.architecture();
    }
    config.head = match arguments.head {
        Some(HeadName::Blocks) => Some(Head::Blocks),
        Some(HeadName::Wide) => Some(Head::Wide),
        Some(HeadName::Tutorial) => Some(Head::Tutorial),
        None => config.head,
    };
    if let Some(loss) = arguments.loss {
        config.loss = match loss {
            LossName::Mse => Loss::Mse,
            LossName::CategoricalCrossentropy => Loss::CategoricalCrossentropy,
            LossName::Msle => Loss::Msle,
        };
    }
    config.image_size = arguments.size.unwrap_or(config.image_size);
    config.epochs = arguments.epochs.unwrap_or(config.epochs);
    config.batch_size = arguments.batch.unwrap_or(config.batch_size);
    config.seed = arguments.seed.unwrap_or(config.seed);
    config.validation_share = arguments.test_share.unwrap_or(config.validation_share);
    config.threads = arguments.threads;
    config.split_by_group &= !arguments.random_split;
    config.optimizer = match arguments.optimizer {
        Some(OptimizerName::Adam) => Optimizer::Adam,
        Some(OptimizerName::Sgd) => Optimizer::Sgd,
        None => config.optimizer,
    };
    config.learning_rate = arguments.learning_rate.unwrap_or(config.learning_rate);
    config.schedule = match arguments.schedule {
        Some(ScheduleName::Constant) => Schedule::Constant,
        Some(ScheduleName::Cosine) => Schedule::Cosine,
        Some(ScheduleName::OneCycle) => Schedule::OneCycle,
        None => config.schedule,
    };
    config.patience = arguments.patience.or(config.patience);
    config.weight_decay = arguments.weight_decay.unwrap_or(config.weight_decay);
    config.average_views |= arguments.average_views;
    config.class_weights |= arguments.class_weights;
    config.label_smoothing = arguments.label_smoothing.unwrap_or(config.label_smoothing);
    config.dropout = arguments.dropout.or(config.dropout);
    config.augmentation = augmentation(&arguments.changes, config.augmentation);
    config
}

/// The preset's changes of pictures with those that were asked for.
fn augmentation(changes: &Changes, preset: Option<Augmentation>) -> Option<Augmentation> {
    let Changes { rotation, shift, zoom, flip, brightness, contrast, blur, erasing, no_augment } = *changes;
    if no_augment {
        return None;
    }
    let asked = [rotation, shift, zoom, brightness, contrast, blur, erasing].iter().any(Option::is_some);
    if !asked && flip.is_none() {
        return preset;
    }
    let base = preset.unwrap_or(Augmentation::NONE);
    Some(Augmentation {
        rotation_degrees: rotation.unwrap_or(base.rotation_degrees),
        shift: shift.unwrap_or(base.shift),
        zoom: zoom.unwrap_or(base.zoom),
        flip: flip.unwrap_or(base.flip),
        brightness: brightness.unwrap_or(base.brightness),
        contrast: contrast.unwrap_or(base.contrast),
        blur: blur.unwrap_or(base.blur),
        erasing: erasing.unwrap_or(base.erasing),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bauta_app::{report::train_arguments, tuning::SearchSpace};
    use bauta_domain::Architecture;
    use clap::Parser as _;

    use super::*;
    use crate::arguments::{Arguments, Command};

    /// The settings that the command of these settings stands for.
    fn again(settings: &TrainingConfig) -> TrainingConfig {
        let fixed = ["bauta", "train", "data", "--out", "out"].map(str::to_owned);
        let words = [&fixed[..], &train_arguments(settings, None)].concat();
        let Command::Train(arguments) = Arguments::try_parse_from(&words).unwrap().command else { panic!("{words:?}") };
        let again = config(&arguments);
        // A network that is not pretrained has no choice of heads, whatever the settings say of it.
        TrainingConfig { head: again.architecture.head(again.head), ..again }
    }

    #[test]
    fn the_command_of_a_report_repeats_its_very_settings() {
        let presets =
            [Preset::Transfer, Preset::Quick, Preset::Tutorial, Preset::Paper, Preset::PaperSmall, Preset::Tiny];
        let architectures = vec![Architecture::SmallVgg, Architecture::VggLike, Architecture::MobilenetV2];
        let (seed, threads) = (7, Some(3));
        let space =
            SearchSpace { architectures, epochs: None, sizes: vec![64, 180], seed, split_by_group: false, threads };
        let odd = TrainingConfig {
            optimizer: Optimizer::Sgd,
            schedule: Schedule::Cosine,
            patience: Some(3),
            class_weights: true,
            average_views: true,
            validation_share: 0.3,
            batch_size: 7,
            ..Preset::Quick.config()
        };
        let drawn = (0..60).map(|number| space.settings(number));
        for settings in presets.map(Preset::config).into_iter().chain(drawn).chain([odd]) {
            let settings = TrainingConfig { head: settings.architecture.head(settings.head), ..settings };
            assert_eq!(again(&settings), settings);
        }
    }
}
