//! Saving whole pictures, resized, into the destinations of their images.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    path::{Path, PathBuf},
};

use bauta_domain::{DestinationId, Problem, ports::CancelToken};
use serde::{Deserialize, Serialize};

use crate::{AppError, Meter, Progress, Project, crops::label, error::said, own_files::OwnFiles};

/// What saving resized pictures did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ResizedSummary {
    /// Pictures written.
    pub written: u32,
    /// Folders that they were written into.
    pub folders: Vec<WrittenFolder>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// What could not be read or written.
    pub problems: Vec<Problem>,
}

/// Pictures that went into one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WrittenFolder {
    /// The folder.
    pub path: String,
    /// Pictures written into it.
    pub pictures: u32,
}

/// Setting of a project: the files that resized pictures were saved as, which the next run may replace.
const SAVED: &str = "resized_files";

struct Job {
    from: PathBuf,
    folder: String,
    to: PathBuf,
}

impl Project {
    /// Saves every picture that has a destination into it as PNG, whole, in its proportions, its longer side
    /// at most the size of the project's settings. Pictures keep their name, so a second run replaces;
    /// pictures of the same name that go to one folder get their own folder's name in front. A picture of
    /// the project, and any other file that is not from an earlier run, is never overwritten.
    ///
    /// # Errors
    /// When the project cannot be read, or no image has a destination. What cannot be read or written is
    /// listed, and the rest goes on.
    pub fn save_resized(
        &self,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<ResizedSummary, AppError> {
        let side = self.preferences()?.resized_side;
        let (jobs, mut own) = self.resize_jobs()?;
        let earlier = self.resized_files(&jobs)?;
        if jobs.is_empty() {
            return Err(AppError::Invalid("no image has a destination; choose one first".to_owned()));
        }
        let mut meter = Meter::new(jobs.len(), progress);
        let mut summary = ResizedSummary { written: 0, folders: Vec::new(), cancelled: false, problems: Vec::new() };
        for job in &jobs {
            if cancel.is_cancelled() {
                summary.cancelled = true;
                break;
            }
            match self.resize(job, side, &mut own, &earlier) {
                Ok(()) => {
                    summary.written += 1;
                    match summary.folders.iter_mut().find(|folder| folder.path == job.folder) {
                        Some(folder) => folder.pictures += 1,
                        None => summary.folders.push(WrittenFolder { path: job.folder.clone(), pictures: 1 }),
                    }
                }
                Err(problem) => summary.problems.push(problem),
            }
            meter.step(&job.from.file_name().unwrap_or_default().to_string_lossy());
        }
        Ok(summary)
    }

    fn resize_jobs(&self) -> Result<(Vec<Job>, OwnFiles), AppError> {
        let store = self.store();
        let folders: HashMap<DestinationId, String> =
            store.destinations()?.into_iter().map(|(d, _)| (d.id, d.path)).collect();
        let images = store.images()?;
        let own = OwnFiles::new(self.path(), images.iter().map(|image| Path::new(&image.record.path)));
        let chosen: Vec<(PathBuf, &String)> = images
            .iter()
            .filter_map(|image| {
                Some((PathBuf::from(&image.record.path), folders.get(&image.record.marks.destination?)?))
            })
            .collect();
        let mut names: HashMap<(&String, String), u32> = HashMap::new();
        for (path, folder) in &chosen {
            *names.entry((folder, label(path, 0).to_lowercase())).or_default() += 1;
        }
        let mut taken = HashSet::new();
        let mut jobs = Vec::with_capacity(chosen.len());
        for (from, folder) in &chosen {
            let shared = names.get(&(*folder, label(from, 0).to_lowercase())).is_some_and(|n| *n > 1);
            let stem = label(from, usize::from(shared));
            let free = std::iter::once(stem.clone()).chain((2..).map(|n| format!("{stem} ({n})")));
            let to = free
                .map(|stem| Path::new(folder).join(format!("{stem}.png")))
                .find(|to| taken.insert(to.to_string_lossy().to_lowercase()));
            jobs.extend(to.map(|to| Job { from: from.clone(), folder: (*folder).clone(), to }));
        }
        Ok((jobs, own))
    }

    /// The files that earlier runs saved. Those that this run is going to make are noted with them first, so that one
    /// that is interrupted knows them again.
    fn resized_files(&self, jobs: &[Job]) -> Result<HashSet<String>, AppError> {
        let mut store = self.store();
        let saved: HashSet<String> = store.setting(SAVED)?.unwrap_or_default();
        let new = jobs.iter().filter(|job| !job.to.exists()).map(|job| text(&job.to));
        let all: BTreeSet<String> = saved.iter().cloned().chain(new).collect();
        if !store.is_read_only() && all.len() > saved.len() {
            store.set_setting(SAVED, &all)?;
        }
        Ok(saved)
    }

    fn resize(&self, job: &Job, side: u32, own: &mut OwnFiles, earlier: &HashSet<String>) -> Result<(), Problem> {
        if own.refuse(&job.to).is_err() {
            let message = "this is a picture of the project and is not overwritten; choose another destination";
            return Err(Problem::new(job.to.display().to_string(), message));
        }
        if job.to.exists() && !earlier.contains(&text(&job.to)) {
            let message = "a file that was not saved here by this project is not overwritten; move it away, or choose \
                           another destination";
            return Err(Problem::new(job.to.display().to_string(), message));
        }
        if !Path::new(&job.folder).is_dir() && Path::new(&job.folder).exists() {
            let message = "expected a folder, found a file of that name; choose another destination";
            return Err(Problem::new(job.folder.clone(), message));
        }
        let image = self.adapters.images.read(&job.from);
        let image = image.map_err(|error| Problem::new(job.from.display().to_string(), said(&error)))?;
        let small = self.adapters.cropper.fit(&image, side);
        let saved = self.adapters.cropper.save_png(&small, &job.to);
        saved.map_err(|error| Problem::new(job.to.display().to_string(), said(&error)))
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
