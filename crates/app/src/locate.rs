//! Moved pictures, found again by name, size and contents. First a plan, which the user sees; then one step.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use bauta_domain::{Edit, ImageId, ImageRecord, Problem, Step, ports::CancelToken};
use serde::{Deserialize, Serialize};

use crate::{
    AppError, Changed, Meter, Progress, Project,
    files::{file_facts, hash_of, listed_folder},
    project::{changed, names_of},
};

/// How a moved picture was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Recognised {
    /// By its name and its length.
    NameAndSize,
    /// By its contents, though its name or another copy left a doubt.
    Contents,
    /// By its name only: the project did not know its length.
    Name,
}

/// A picture that was found again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Located {
    /// The image.
    pub image: ImageId,
    /// Where it was.
    pub from: String,
    /// Where it is.
    pub to: String,
    /// How it was recognised.
    pub by: Recognised,
}

/// What looking for moved pictures found. Nothing is changed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct LocatePlan {
    /// The folder that was searched.
    pub folder: String,
    /// Pictures that are missing from where they were.
    pub missing: u32,
    /// Those that were found.
    pub found: Vec<Located>,
    /// Those that were not, and why.
    pub problems: Vec<Problem>,
}

/// A picture file that may be a missing one.
struct Candidate {
    path: PathBuf,
    bytes: u64,
    hash: Option<[u8; 32]>,
}

impl Candidate {
    fn hash(&mut self) -> Option<[u8; 32]> {
        if self.hash.is_none() {
            self.hash = hash_of(&self.path).ok();
        }
        self.hash
    }
}

impl Project {
    /// Looks in `folder` and below for the pictures that are not where the project expects them. `progress` hears how
    /// many entries of the folder were looked at (with a total of 0), then how many pictures were looked for. `None`
    /// when it was cancelled.
    ///
    /// # Errors
    /// When the folder or the project cannot be read.
    pub fn plan_locate(
        &self,
        folder: &Path,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<Option<LocatePlan>, AppError> {
        let listed = listed_folder(self.adapters.images.as_ref(), folder, progress, cancel)?;
        let Some((files, mut problems)) = listed else { return Ok(None) };
        let images: Vec<ImageRecord> = self.store().images()?.into_iter().map(|image| image.record).collect();
        let (known, missing): (Vec<_>, Vec<_>) = images.into_iter().partition(|image| Path::new(&image.path).exists());
        let known: HashSet<String> = known.into_iter().map(|image| image.path).collect();
        let mut candidates = Vec::new();
        for path in files {
            let path = std::path::absolute(path)?;
            if let Some(facts) = file_facts(&path) {
                candidates.push(Candidate { path, bytes: facts.bytes, hash: None });
            }
        }
        let mut search = Search::new(candidates, &known);
        let mut found = Vec::new();
        let mut meter = Meter::new(missing.len(), progress);
        for image in &missing {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            meter.step(&image.path);
            match search.find(image) {
                Ok((path, by)) => found.push(Located { image: image.id, from: image.path.clone(), to: path, by }),
                Err(reason) => problems.push(Problem::new(image.path.clone(), reason)),
            }
        }
        let missing = crate::project::count(missing.len());
        Ok(Some(LocatePlan { folder: folder.display().to_string(), missing, found, problems }))
    }

    /// Gives images the files of a plan. One step.
    ///
    /// # Errors
    /// When an image has moved meanwhile, or the project cannot be written; then nothing is changed.
    pub fn apply_locate(&self, plan: &LocatePlan) -> Result<Changed, AppError> {
        let edits: Vec<Edit> = plan
            .found
            .iter()
            .map(|located| Edit::Path { image: located.image, before: located.from.clone(), after: located.to.clone() })
            .collect();
        let mut store = self.store();
        let applied = self.apply(&mut store, Step::LocateImages, &edits)?;
        changed(&store, &applied)
    }
}

struct Search {
    candidates: Vec<Candidate>,
    by_name: HashMap<String, Vec<usize>>,
    by_length: HashMap<u64, Vec<usize>>,
    /// Files that the project has already: as another image, or found a moment ago.
    taken: HashSet<usize>,
}

impl Search {
    fn new(candidates: Vec<Candidate>, known: &HashSet<String>) -> Self {
        let (mut by_name, mut by_length) = (HashMap::<_, Vec<usize>>::new(), HashMap::<_, Vec<usize>>::new());
        let mut taken = HashSet::new();
        for (n, candidate) in candidates.iter().enumerate() {
            let path = candidate.path.to_string_lossy();
            by_name.entry(names_of(&path).0.to_lowercase()).or_default().push(n);
            by_length.entry(candidate.bytes).or_default().push(n);
            if known.contains(path.as_ref()) {
                taken.insert(n);
            }
        }
        Self { candidates, by_name, by_length, taken }
    }

    /// The file of a missing image, or why none can be named.
    fn find(&mut self, image: &ImageRecord) -> Result<(String, Recognised), String> {
        let (name, bytes) = (names_of(&image.path).0, image.file.as_ref().map(|file| file.bytes));
        let hash = image.file.as_ref().and_then(|file| file.hash);
        let of_name = self.by_name.get(&name.to_lowercase()).cloned().unwrap_or_default();
        let free: Vec<usize> = of_name.iter().copied().filter(|n| !self.taken.contains(n)).collect();
        let fitting: Vec<usize> =
            free.iter().copied().filter(|&n| bytes.is_none_or(|bytes| bytes == self.candidates[n].bytes)).collect();
        match fitting.as_slice() {
            [only] => {
                let by = if bytes.is_some() { Recognised::NameAndSize } else { Recognised::Name };
                return Ok(self.take(*only, by));
            }
            [] => {}
            several => return self.choose(image, several, hash),
        }
        // Renamed: only its contents can tell.
        if let (Some(bytes), Some(hash)) = (bytes, hash) {
            let same_length = self.by_length.get(&bytes).cloned().unwrap_or_default();
            let same =
                same_length.into_iter().find(|&n| !self.taken.contains(&n) && self.candidates[n].hash() == Some(hash));
            if let Some(same) = same {
                return Ok(self.take(same, Recognised::Contents));
            }
        }
        Err(match (of_name.is_empty(), free.is_empty()) {
            (true, _) => "no picture of this name is in the folder".to_owned(),
            (false, true) => "the picture of this name is in the project already".to_owned(),
            (false, false) => "a picture of this name is there, but it is another one (its length differs)".to_owned(),
        })
    }

    /// One of several files of the right name and length: the one with the right contents, or the one
    /// whose folders are alike the longest.
    fn choose(
        &mut self,
        image: &ImageRecord,
        several: &[usize],
        hash: Option<[u8; 32]>,
    ) -> Result<(String, Recognised), String> {
        let mut left = several.to_vec();
        if let Some(hash) = hash {
            left.retain(|&n| self.candidates[n].hash() == Some(hash));
        }
        let alike = |n: usize| common_tail(&image.path, &self.candidates[n].path.to_string_lossy());
        let most = left.iter().map(|&n| alike(n)).max();
        left.retain(|&n| Some(alike(n)) == most);
        match left.as_slice() {
            [only] => {
                let by = if hash.is_some() { Recognised::Contents } else { Recognised::NameAndSize };
                Ok(self.take(*only, by))
            }
            [] => Err("pictures of this name are there, but their contents differ".to_owned()),
            _ => Err("several pictures fit; point to a folder that holds only one of them".to_owned()),
        }
    }

    fn take(&mut self, n: usize, by: Recognised) -> (String, Recognised) {
        self.taken.insert(n);
        (self.candidates[n].path.to_string_lossy().into_owned(), by)
    }
}

/// How many folders and names two paths have in common at their ends.
fn common_tail(a: &str, b: &str) -> usize {
    let parts = |path: &str| path.rsplit(['/', '\\']).map(str::to_owned).collect::<Vec<_>>();
    parts(a).iter().zip(parts(b).iter()).take_while(|(a, b)| a == b).count()
}
