//! The command that repeats a training.

use bauta_domain::{Augmentation, Preset, TrainingConfig};
use serde_json::Value;

/// The options of `bauta train` that stand for these settings: the preset that is nearest, and what differs from it.
/// `threads` is how many it ran on, since the last digits of its figures depend on that.
pub fn train_arguments(config: &TrainingConfig, threads: Option<u32>) -> Vec<String> {
    let presets = [
        ("transfer", Preset::Transfer),
        ("quick", Preset::Quick),
        ("tutorial", Preset::Tutorial),
        ("paper", Preset::Paper),
        ("paper-small", Preset::PaperSmall),
        ("tiny", Preset::Tiny),
    ];
    let all = presets.iter().map(|(name, preset)| (*name, changes(&preset.config(), config)));
    let (preset, mut changes) = all.min_by_key(|(_, changes)| changes.len()).unwrap_or(("transfer", Vec::new()));
    if let Some(threads) = config.threads.or(threads) {
        changes.extend(["--threads".to_owned(), threads.to_string()]);
    }
    [vec!["--preset".to_owned(), preset.to_owned()], changes].concat()
}

/// `bauta train …` for a shell: what repeats a training of `dataset` with these settings, its model going to `out`.
/// `more` are further arguments, such as how its groups were named.
pub fn train_command(
    config: &TrainingConfig,
    dataset: &str,
    out: &str,
    threads: Option<u32>,
    more: &[String],
) -> String {
    let fixed = ["bauta", "train", dataset, "--out", out].map(str::to_owned);
    shell_words(&[&fixed[..], &train_arguments(config, threads), more].concat())
}

/// Words as a POSIX shell takes them.
pub fn shell_words(words: &[String]) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=,+%@".contains(c);
    let quoted = |word: &String| {
        if !word.is_empty() && word.chars().all(is_plain) {
            word.clone()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// The options that make `config` of `preset`, each followed by its value when it takes one.
fn changes(preset: &TrainingConfig, config: &TrainingConfig) -> Vec<String> {
    let mut options = Vec::new();
    let mut option = |differs: bool, name: &str, value: String| {
        if differs {
            options.push(format!("--{name}"));
            options.extend(Some(value).filter(|value| !value.is_empty()));
        }
    };
    option(preset.architecture != config.architecture, "arch", word(&config.architecture));
    // Networks that are not pretrained have no choice of heads.
    let head = config.architecture.head(config.head);
    option(head != config.architecture.head(preset.head), "head", word(&head));
    option(preset.loss != config.loss, "loss", word(&config.loss));
    option(preset.image_size != config.image_size, "size", config.image_size.to_string());
    option(preset.epochs != config.epochs, "epochs", config.epochs.to_string());
    option(preset.batch_size != config.batch_size, "batch", config.batch_size.to_string());
    option(preset.optimizer != config.optimizer, "optimizer", word(&config.optimizer));
    option(differ(preset.learning_rate, config.learning_rate), "learning-rate", config.learning_rate.to_string());
    option(preset.schedule != config.schedule, "schedule", word(&config.schedule));
    option(preset.patience != config.patience, "patience", config.patience.unwrap_or_default().to_string());
    option(differ(preset.weight_decay, config.weight_decay), "weight-decay", config.weight_decay.to_string());
    option(preset.class_weights != config.class_weights, "class-weights", String::new());
    option(
        differ(preset.label_smoothing, config.label_smoothing),
        "label-smoothing",
        config.label_smoothing.to_string(),
    );
    option(preset.dropout != config.dropout, "dropout", config.dropout.unwrap_or_default().to_string());
    option(preset.seed != config.seed, "seed", config.seed.to_string());
    option(differ(preset.validation_share, config.validation_share), "test-share", config.validation_share.to_string());
    option(preset.split_by_group != config.split_by_group, "random-split", String::new());
    option(preset.average_views != config.average_views, "average-views", String::new());
    match (preset.augmentation, config.augmentation) {
        (before, after) if before == after => {}
        (_, None) => option(true, "no-augment", String::new()),
        (before, Some(after)) => {
            let before = before.unwrap_or(Augmentation::NONE);
            let numbers = [
                ("rotation", before.rotation_degrees, after.rotation_degrees),
                ("shift", before.shift, after.shift),
                ("zoom", before.zoom, after.zoom),
                ("brightness", before.brightness, after.brightness),
                ("contrast", before.contrast, after.contrast),
                ("blur", before.blur, after.blur),
                ("erasing", before.erasing, after.erasing),
            ];
            numbers.iter().for_each(|(name, before, after)| option(differ(*before, *after), name, after.to_string()));
            option(before.flip != after.flip, "flip", after.flip.to_string());
        }
    }
    options
}

/// Whether two settings are not the very same.
fn differ(a: f64, b: f64) -> bool {
    a.to_bits() != b.to_bits()
}

/// The name of a choice, as it is written in files and on the command line.
pub(crate) fn word(choice: &impl serde::Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_the_nearest_preset_and_what_differs() {
        let config = TrainingConfig { seed: 7, image_size: 64, ..Preset::Paper.config() };
        let command = train_command(&config, "my crops", "out", Some(2), &[]);
        assert_eq!(command, "bauta train 'my crops' --out out --preset paper --size 64 --seed 7 --threads 2");
        assert_eq!(train_arguments(&Preset::Quick.config(), None), ["--preset", "quick"]);
        let changed = TrainingConfig { augmentation: None, ..Preset::Tiny.config() };
        assert_eq!(train_arguments(&changed, None), ["--preset", "tiny", "--no-augment"]);
    }

    #[test]
    fn a_shell_reads_the_words_that_were_meant() {
        let words = ["it's", "a b", "$HOME", "", "plain-1.0"].map(str::to_owned);
        assert_eq!(shell_words(&words), r"'it'\''s' 'a b' '$HOME' '' plain-1.0");
    }
}
