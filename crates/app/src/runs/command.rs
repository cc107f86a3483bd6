//! The commands that do a training again, as they are typed into a terminal.

use std::path::{Path, PathBuf};

use bauta_domain::{Augmentation, Dataset, Preset, RunId, TrainingConfig};
use serde::Serialize;
use serde_json::Value;

use super::RunView;

const PRESETS: [Preset; 6] =
    [Preset::Transfer, Preset::Quick, Preset::Tutorial, Preset::Paper, Preset::PaperSmall, Preset::Tiny];

/// The command that trains with a training's settings on what its dataset is now.
pub(super) fn train_command(project: &Path, dataset: &Dataset, run: &RunView) -> String {
    let place = folder_of(dataset).unwrap_or_else(|| project.to_owned());
    let threads = run.config.threads.or(run.environment.as_ref().map(|environment| environment.threads));
    let config = TrainingConfig { threads, ..run.config.clone() };
    let mut words = vec!["bauta".to_owned(), "train".to_owned(), place.display().to_string()];
    words.extend(["--out".to_owned(), project.with_extension("models").display().to_string()]);
    words.extend(train_options(&config));
    typed(&words)
}

/// The command that repeats a training on its own pictures and division.
pub(super) fn repeat_command(project: &Path, run: RunId) -> String {
    let words = ["bauta", "runs", "repeat"].map(str::to_owned).into_iter();
    typed(&words.chain([project.display().to_string(), run.to_string()]).collect::<Vec<_>>())
}

/// The options of `bauta train` that say these settings: a preset, and what is other than in it.
pub fn train_options(config: &TrainingConfig) -> Vec<String> {
    let says = PRESETS.iter().filter_map(|preset| options(*preset, config));
    // The paper's preset has nothing that cannot be switched off, so there is one at least.
    says.min_by_key(Vec::len).unwrap_or_default()
}

/// With this preset; `None` when the preset has something that no option takes away.
fn options(preset: Preset, config: &TrainingConfig) -> Option<Vec<String>> {
    let base = preset.config();
    let stuck = (base.head.is_some() && config.head.is_none())
        || (base.dropout.is_some() && config.dropout.is_none())
        || (base.patience.is_some() && config.patience.is_none())
        || (base.class_weights && !config.class_weights)
        || (base.average_views && !config.average_views)
        || (!base.split_by_group && config.split_by_group);
    if stuck {
        return None;
    }
    let mut words = vec!["--preset".to_owned(), name(&preset)];
    let mut say = |option: &str, value: Option<String>, same: bool| {
        if !same {
            words.push(option.to_owned());
            words.extend(value);
        }
    };
    let word = |value: &dyn ToString| Some(value.to_string());
    say("--arch", Some(name(&config.architecture)), base.architecture == config.architecture);
    say("--head", config.head.as_ref().map(name), base.head == config.head);
    say("--loss", Some(name(&config.loss)), base.loss == config.loss);
    say("--size", word(&config.image_size), base.image_size == config.image_size);
    say("--epochs", word(&config.epochs), base.epochs == config.epochs);
    say("--batch", word(&config.batch_size), base.batch_size == config.batch_size);
    say("--optimizer", Some(name(&config.optimizer)), base.optimizer == config.optimizer);
    say("--learning-rate", word(&config.learning_rate), base.learning_rate == config.learning_rate);
    say("--schedule", Some(name(&config.schedule)), base.schedule == config.schedule);
    say("--patience", config.patience.map(|p| p.to_string()), base.patience == config.patience);
    say("--weight-decay", word(&config.weight_decay), base.weight_decay == config.weight_decay);
    say("--class-weights", None, base.class_weights == config.class_weights);
    say("--label-smoothing", word(&config.label_smoothing), base.label_smoothing == config.label_smoothing);
    say("--dropout", config.dropout.map(|share| share.to_string()), base.dropout == config.dropout);
    say("--seed", word(&config.seed), base.seed == config.seed);
    say("--test-share", word(&config.validation_share), base.validation_share == config.validation_share);
    say("--random-split", None, base.split_by_group == config.split_by_group);
    say("--average-views", None, base.average_views == config.average_views);
    say("--threads", config.threads.map(|threads| threads.to_string()), config.threads.is_none());
    if config.augmentation != base.augmentation {
        words.extend(changes(base.augmentation, config.augmentation));
    }
    Some(words)
}

fn changes(base: Option<Augmentation>, wanted: Option<Augmentation>) -> Vec<String> {
    let Some(wanted) = wanted else { return vec!["--no-augment".to_owned()] };
    let base = base.unwrap_or(Augmentation::NONE);
    let numbers = [
        ("--rotation", base.rotation_degrees, wanted.rotation_degrees),
        ("--shift", base.shift, wanted.shift),
        ("--zoom", base.zoom, wanted.zoom),
        ("--brightness", base.brightness, wanted.brightness),
        ("--contrast", base.contrast, wanted.contrast),
        ("--blur", base.blur, wanted.blur),
        ("--erasing", base.erasing, wanted.erasing),
    ];
    let mut words = Vec::new();
    for (option, _, value) in numbers.into_iter().filter(|(_, base, value)| base != value) {
        words.extend([option.to_owned(), value.to_string()]);
    }
    if base.flip != wanted.flip || words.is_empty() {
        words.extend(["--flip".to_owned(), wanted.flip.to_string()]);
    }
    words
}

/// The folder of category folders that a dataset was read from; `None` when it is a project's boxes.
fn folder_of(dataset: &Dataset) -> Option<PathBuf> {
    let sample = dataset.samples.first().filter(|sample| sample.source.bbox.is_none())?;
    let label = Path::new(&dataset.labels[sample.label]);
    let category = sample.source.path.ancestors().skip(1).find(|folder| folder.file_name() == label.file_name())?;
    category.parent().map(Path::to_owned)
}

/// What a setting is called, in JSON and on the command line alike.
fn name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Words as a shell takes them: those with anything unusual in them stand in single quotes.
fn typed(words: &[String]) -> String {
    let plain = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '=' | ':' | ','))
    };
    let quoted = |word: &String| if plain(word) { word.clone() } else { format!("'{}'", word.replace('\'', r"'\''")) };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use bauta_domain::{PixelSource, Sample};

    use super::*;

    #[test]
    fn a_preset_is_named_with_what_is_other_in_it() {
        let config = TrainingConfig { seed: 7, ..Preset::Tiny.config() };
        assert_eq!(train_options(&config), ["--preset", "tiny", "--seed", "7"]);
        let plain = TrainingConfig { augmentation: None, threads: Some(2), ..Preset::Paper.config() };
        assert_eq!(train_options(&plain), ["--preset", "paper", "--threads", "2", "--no-augment"]);
    }

    #[test]
    fn a_setting_that_no_option_takes_away_is_not_taken_from_a_preset() {
        let config = TrainingConfig { head: None, ..Preset::Transfer.config() };
        assert!(!train_options(&config).contains(&"transfer".to_owned()), "{:?}", train_options(&config));
    }

    #[test]
    fn names_that_a_shell_would_take_apart_are_quoted() {
        let words = ["bauta", "/a b/it's.bauta", "--x"].map(str::to_owned);
        assert_eq!(typed(&words), r"bauta '/a b/it'\''s.bauta' --x");
    }

    #[test]
    fn the_folder_of_a_dataset_is_above_its_categories() {
        let sample = Sample {
            source: PixelSource { path: "/d/crops/ffp2/Ann/1.png".into(), bbox: None },
            label: 0,
            group: None,
        };
        let dataset = Dataset { labels: vec!["ffp2".to_owned()], samples: vec![sample] };
        assert_eq!(folder_of(&dataset), Some("/d/crops".into()));
    }
}
