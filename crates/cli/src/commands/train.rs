//! `bauta train`.

use std::{path::Path, sync::Arc};

use anyhow::Context as _;
use bauta_app::{
    Adapters, Division, ErrorCode, Project, RunFolder, divide, find_look_alikes, group_by_folder, read_split,
    report::train_command, with_groups, write_split,
};
use bauta_domain::{ConfusionMatrix, Dataset, Likeness, Split, TrainingConfig, TrainingSummary, ports::CancelToken};
use serde_json::json;

use super::training::{self, State, Training, accuracy_line};
use crate::{
    arguments::Train,
    output::{self, Bar},
    train_arguments::Groups,
};

pub(crate) fn run(adapters: &Adapters, arguments: &Train, cancel: &CancelToken) -> anyhow::Result<()> {
    let project = project(adapters, &arguments.dataset)?;
    let (mut dataset, problems) = match &project {
        Some(project) => (project.dataset()?, Vec::new()),
        None => super::dataset(adapters, &arguments.dataset)?,
    };
    output::problems(&problems);
    let config = super::train_config::config(arguments);
    match &arguments.groups {
        // What is known by itself.
        None | Some(Groups::Photo) => {}
        Some(Groups::Folder) => {
            let root = project.is_none().then_some(arguments.dataset.as_path());
            let without = group_by_folder(&mut dataset, root);
            if without > 0 {
                output::note(&format!(
                    "{without} picture(s) lie in no folder below their category's; each of them is grouped by the photo that it was cut from, or is a group of its own"
                ));
            }
        }
        Some(Groups::Table { file, column }) => name_groups(&mut dataset, file, column)?,
    }
    dataset.check()?;
    let bar = Bar::new("comparing pictures");
    let alike = find_look_alikes(adapters, &dataset, &mut |progress| bar.show(&progress), cancel);
    drop(bar);
    super::not_cancelled(cancel)?;
    let division = divide(&dataset, &config, arguments.folds.map(|folds| folds as usize), &alike)?;
    if !arguments.json {
        say_what_stays_together(&dataset, &config, &alike, &division);
    }
    if let Some(warning) = division.warning() {
        output::note(&warning);
    }
    let job = Job { adapters, project, dataset: &dataset, config: &config, arguments, cancel };
    match arguments.folds {
        Some(_) => job.folds(&division.splits)?,
        None => job.once(&division.splits[0])?,
    }
    output::complete()
}

fn say_what_stays_together(dataset: &Dataset, config: &TrainingConfig, alike: &Likeness, division: &Division) {
    let Likeness { copies, bursts, .. } = alike;
    let is_parted = |place: usize| division.parted.contains(&dataset.labels[dataset.samples[place].label]);
    let together = |pairs: &[(usize, usize)]| pairs.iter().filter(|(a, b)| !is_parted(*a) && !is_parted(*b)).count();
    let of_bursts = if config.split_by_group { together(bursts) } else { 0 };
    for (pictures, are) in [(together(copies), "nearly the same as"), (of_bursts, "taken in one burst with")] {
        if pictures > 0 {
            output::note(&format!("{pictures} picture(s) are {are} others; they stay on one side of the split"));
        }
    }
}

/// The project that is trained on, so that it can remember the training; `None` for a folder.
fn project(adapters: &Adapters, path: &Path) -> anyhow::Result<Option<Arc<Project>>> {
    if !super::names_project(path) {
        return Ok(None);
    }
    match Project::open(path, adapters.clone()) {
        Ok(project) => Ok(Some(Arc::new(project))),
        Err(error) if matches!(error.code(), ErrorCode::Locked | ErrorCode::ReadOnly) => {
            output::note(&format!("{}; so it will not remember this training", error.full_message()));
            Ok(Some(Arc::new(Project::open_to_read(path, adapters.clone())?)))
        }
        Err(error) => Err(error.into()),
    }
}

/// All that one training, or several, need.
struct Job<'a> {
    adapters: &'a Adapters,
    project: Option<Arc<Project>>,
    dataset: &'a Dataset,
    config: &'a TrainingConfig,
    arguments: &'a Train,
    cancel: &'a CancelToken,
}

impl Job<'_> {
    fn once(&self, split: &Split) -> anyhow::Result<()> {
        let summary = self.train(split, &self.arguments.out, None)?;
        training::print(&summary, self.arguments.json, "the same command with --resume goes on")
    }

    fn folds(&self, splits: &[Split]) -> anyhow::Result<()> {
        let mut all = ConfusionMatrix::new(self.dataset.labels.clone());
        let mut accuracies = Vec::new();
        for (index, split) in splits.iter().enumerate() {
            let fold = index + 1;
            let summary = self.train(split, &self.arguments.out.join(format!("fold-{fold}")), Some(fold))?;
            anyhow::ensure!(!summary.cancelled, "stopped in fold {fold}; the models of the folds before it were kept");
            if !self.arguments.json {
                output::line(&format!("fold {fold} of {}: {}", splits.len(), accuracy_line(&summary.confusion)));
            }
            accuracies.push(summary.confusion.accuracy());
            all.add_all(&summary.confusion);
        }
        if self.arguments.json {
            return output::json(&json!({
                "event": "folds", "accuracy": all.accuracy(), "accuracy_interval": all.accuracy_interval(),
                "balanced_accuracy": all.balanced_accuracy(), "folds": accuracies, "labels": all.labels,
                "confusion": all.counts,
            }));
        }
        output::line(&format!("all folds: {}", accuracy_line(&all)));
        output::line(&format!("balanced accuracy {:.3}", all.balanced_accuracy()));
        Ok(())
    }

    /// One training into the folder `out`, which also gets the split.
    fn train(&self, split: &Split, out: &Path, fold: Option<usize>) -> anyhow::Result<TrainingSummary> {
        fs_err::create_dir_all(out)?;
        let name = self.arguments.dataset.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let run_name = fold.map_or_else(|| name.clone(), |fold| format!("{name}, fold {fold}"));
        let folder = RunFolder::new(out);
        let (path, split_path) = (folder.checkpoint(), folder.split());
        let place = std::path::absolute(&self.arguments.dataset)?.display().to_string();
        let resume = self.arguments.resume;
        let remembering = self.project.as_ref().filter(|project| !project.is_read_only());
        let (state, earlier) = match remembering {
            Some(project) if resume => self.earlier(project, &run_name)?,
            Some(_) => (State::OfProject(None), None),
            None => {
                let earlier = if resume { read_split(&split_path, self.dataset) } else { None };
                (State::File { path: &path, resume }, earlier)
            }
        };
        let (dataset, split) = earlier.as_ref().map_or((self.dataset, split), |(dataset, split)| (dataset, split));
        let training = Training {
            adapters: self.adapters,
            project: remembering,
            dataset,
            split,
            config: self.config,
            names: (&name, &run_name),
            model: &folder.model(),
            state,
            fold,
            record: Some((&folder, &place, &self.command(&place)?)),
            as_json: self.arguments.json,
            cancel: self.cancel,
        };
        // Not before: what is refused leaves the files of the training before as they are.
        training.run(&|| Ok(write_split(&split_path, dataset, split, self.config)?))
    }

    /// The command that does this again, its models going elsewhere. All folds come of one command.
    fn command(&self, place: &str) -> anyhow::Result<String> {
        let Train { out, groups, folds, .. } = self.arguments;
        let mut more = Vec::new();
        if let Some(groups) = groups {
            more.extend(["--groups".to_owned(), groups.to_string()]);
        }
        if let Some(folds) = folds {
            more.extend(["--folds".to_owned(), folds.to_string()]);
        }
        let out = format!("{}-again", std::path::absolute(out)?.display());
        let threads = u32::try_from(bauta_app::cores()).ok();
        Ok(train_command(self.config, place, &out, threads, &more))
    }

    /// The training of the project that goes on, with what it learned from and was checked with.
    fn earlier(&self, project: &Project, name: &str) -> anyhow::Result<(State<'static>, Option<(Dataset, Split)>)> {
        let Some(run) = project.run_to_resume(name, self.config)? else {
            output::note("the project has no training with these settings that could go on; a new one begins");
            return Ok((State::OfProject(None), None));
        };
        let (dataset, split) = project.run_samples(run.id)?;
        let sources = |dataset: &Dataset| -> Vec<_> {
            dataset.samples.iter().map(|sample| (sample.source.clone(), sample.label)).collect()
        };
        anyhow::ensure!(
            dataset.labels == self.dataset.labels && sources(&dataset) == sources(self.dataset),
            "the training of {} cannot go on: it is of other pictures or labels, the project's boxes have changed since; train anew without resuming",
            run.started
        );
        Ok((State::OfProject(Some(run.id)), Some((dataset, split))))
    }
}

fn name_groups(dataset: &mut Dataset, file: &Path, column: &str) -> anyhow::Result<()> {
    let bytes = fs_err::read(file)?;
    let groups = bauta_formats::read_groups(&bytes, column).with_context(|| file.display().to_string())?;
    let unnamed = with_groups(dataset, &groups);
    if unnamed > 0 {
        let file = file.display();
        output::note(&format!("{unnamed} picture(s) are not in {file}; each counts as a group of its own"));
    }
    Ok(())
}
