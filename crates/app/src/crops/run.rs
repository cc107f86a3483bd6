//! Cropping many photos on all cores into one folder.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use bauta_domain::{BoundingBox, Problem, RgbImage, ports::CancelToken};
use bauta_formats::CropRow;

use super::{
    CropTarget,
    earlier::{Earlier, Kind, ancestors, file_name, spelled},
    names::{crop_names, label_of, labels, numbered},
    output::Output,
};
use crate::{
    Adapters, AppError, CropSummary, Meter, Progress,
    adapters::worker_count,
    error::said,
    files::{sha256, sha256_of, why_unreadable},
    parallel::for_each,
    project::count,
};

/// A photo, and what is wanted of it when that is known before it is looked at.
pub(super) struct Source {
    pub path: PathBuf,
    pub wanted: Option<Vec<Piece>>,
}

/// A box that is to become a crop.
#[derive(Clone)]
pub(super) struct Piece {
    pub bbox: BoundingBox,
    /// Name of its category, and of that one's folder; empty for none.
    pub category: String,
    pub folder: String,
    /// What found it; empty when it was drawn.
    pub detector: String,
    pub score: Option<f64>,
}

/// How crops are made.
pub(super) struct Recipe<'a> {
    pub adapters: &'a Adapters,
    pub target: &'a CropTarget,
    /// In words: crops that were made with other words are made anew.
    pub settings: String,
    /// Auto-crop keeps a row of photos without a crop, so that the next run need not look at them again, and leaves
    /// out what somebody deleted: the detector was wrong. A box of a project is meant until it is deleted there.
    pub kind: Kind,
}

/// What was cut out of a photo, or why it cannot be read.
pub(super) type Crops = Result<Vec<(Piece, RgbImage)>, String>;

/// Cuts what is wanted of a photo.
type Cut<'a, W> = dyn Fn(&mut W, &Source) -> Crops + Sync + 'a;

/// A photo, and the one way to write its path.
type Job<'a> = (&'a Source, PathBuf);

/// SHA-256 of photos by their paths; what cannot be read is left out.
fn contents(jobs: &[&Job<'_>], cancel: &CancelToken, each: &mut dyn FnMut(&str)) -> HashMap<String, String> {
    let hash = |(): &mut (), (photo, _): &&Job<'_>| sha256_of(&photo.path).ok();
    let mut found = HashMap::new();
    let mut note = |index: usize, hash: Option<String>| {
        let (photo, source) = jobs[index];
        found.extend(source.to_str().map(str::to_owned).zip(hash));
        each(&photo.path.file_name().unwrap_or_default().to_string_lossy());
        Ok::<(), std::convert::Infallible>(())
    };
    let Ok(()) = for_each(jobs, vec![(); worker_count(jobs.len())], &hash, cancel, &mut note);
    found
}

/// What became of a photo.
struct Outcome {
    /// Its rows of an earlier run, as the manifest has them.
    earlier: Vec<CropRow>,
    made: Made,
}

enum Made {
    /// All is there from an earlier run; the rows with the photo's present path.
    Nothing(Vec<CropRow>),
    /// Rows with their files; without one when somebody deleted it.
    Crops(Vec<(CropRow, Option<Vec<u8>>)>),
}

impl Recipe<'_> {
    /// Crops all photos; returns what was done and the photos without a crop.
    pub(super) fn run<W: Send>(
        &self,
        photos: &[Source],
        workers: Vec<W>,
        cut: &Cut<'_, W>,
        progress: &mut dyn FnMut(Progress),
        cancel: &CancelToken,
    ) -> Result<(CropSummary, Vec<PathBuf>), AppError> {
        let (mut output, mut earlier) = Output::open(&self.target.folder, self.adapters.images.as_ref(), &self.kind)?;
        let mut folders = HashMap::new();
        let jobs: Vec<Job<'_>> = photos.iter().map(|photo| (photo, spelled(&photo.path, &mut folders))).collect();
        let (known, new): (Vec<&Job<'_>>, Vec<&Job<'_>>) =
            jobs.iter().filter(|(photo, _)| !is_unwanted(photo)).partition(|(_, source)| earlier.knows(source));
        // Known photos are mostly done: reading them is the work, and counts as one half of it.
        let steps = photos.len() + known.len();
        let mut of_photos = |told: Progress| {
            let done = (told.done * photos.len()).checked_div(told.total).unwrap_or(0);
            progress(Progress { done, total: photos.len(), ..told });
        };
        let mut meter = Meter::new(steps, &mut of_photos);
        let mut present = contents(&known, cancel, &mut |name| meter.step(name));
        if earlier.has_changed(&present) {
            present.extend(contents(&new, cancel, &mut |_| {}));
        }
        earlier.follow(&present);
        let labels = labels(jobs.iter().map(|(_, source)| source.as_path()), earlier.labels(), earlier.spent());
        let (mut done, mut unreadable, mut empty) = (0, 0, Vec::new());
        let work = |worker: &mut W, (photo, source): &Job<'_>| {
            let label = labels.get(source).map_or("photo", String::as_str);
            let hash = source.to_str().and_then(|source| present.get(source)).cloned();
            self.photo((photo, source), hash, label, &earlier, &mut |photo| cut(worker, photo))
        };
        let mut each = |index: usize, outcome: Result<Outcome, String>| {
            let photo = &photos[index];
            let is_empty = match outcome {
                Ok(Outcome { earlier: old, made: Made::Nothing(rows) }) => {
                    output.rename(&old, &rows);
                    let crops = || rows.iter().filter(|row| !row.crop.is_empty());
                    let deleted = crops().filter(|row| self.leaves_out(row, &earlier)).count();
                    output.counts.deleted += deleted;
                    output.counts.unchanged += crops().count() - deleted;
                    crops().count() == 0
                }
                Ok(Outcome { earlier: old, made: Made::Crops(made) }) => {
                    let is_empty = made.iter().all(|(row, _)| row.crop.is_empty());
                    output.take(&old, made)?;
                    is_empty
                }
                Err(message) => {
                    unreadable += 1;
                    output.problems.push(Problem::new(photo.path.display().to_string(), message));
                    false
                }
            };
            if is_empty {
                empty.push(index);
            }
            done += 1;
            meter.step(&photo.path.file_name().unwrap_or_default().to_string_lossy());
            Ok(())
        };
        let worked = for_each(&jobs, workers, &work, cancel, &mut each);
        // What was written so far is noted, however it ended.
        let finished = output.finish();
        worked.and(finished)?;
        empty.sort_unstable();
        let summary = CropSummary {
            folder: self.target.folder.display().to_string(),
            photos: count(photos.iter().filter(|photo| !is_unwanted(photo)).count()),
            unreadable: count(unreadable),
            written: count(output.counts.written + output.counts.updated),
            updated: count(output.counts.updated),
            unchanged: count(output.counts.unchanged),
            removed: count(output.counts.removed),
            deleted: count(output.counts.deleted),
            without_category: 0,
            cancelled: done < photos.len(),
            problems: output.problems,
        };
        Ok((summary, empty.into_iter().map(|index| photos[index].path.clone()).collect()))
    }

    fn photo(
        &self,
        (photo, source): (&Source, &Path),
        hash: Option<String>,
        label: &str,
        known: &Earlier,
        cut: &mut dyn FnMut(&Source) -> Crops,
    ) -> Result<Outcome, String> {
        let Some(source) = source.to_str() else {
            return Err("the file name is not valid Unicode; rename the file".to_owned());
        };
        let mut earlier = known.of(source);
        if is_unwanted(photo) {
            return Ok(Outcome { earlier: earlier.to_vec(), made: Made::Crops(Vec::new()) });
        }
        let hash = match hash {
            Some(hash) => hash,
            None => sha256_of(&photo.path).map_err(|error| why_unreadable(&photo.path, &error))?,
        };
        if earlier.is_empty() {
            earlier = known.adopt(source, &hash);
        }
        let label = earlier.iter().find_map(|row| label_of(&row.crop)).unwrap_or(label);
        let renamed: Vec<CropRow> =
            earlier.iter().map(|row| CropRow { source: source.to_owned(), ..row.clone() }).collect();
        let planned = photo.wanted.as_ref().map(|wanted| self.rows(wanted, label, source, &hash, (&renamed, known)));
        if self.is_done(&renamed, known, planned.as_deref(), &hash) {
            return Ok(Outcome { earlier: earlier.to_vec(), made: Made::Nothing(renamed) });
        }
        let (pieces, crops): (Vec<_>, Vec<_>) = cut(photo)?.into_iter().unzip();
        let rows = self.rows(&pieces, label, source, &hash, (&renamed, known));
        let mut made = Vec::with_capacity(crops.len());
        for ((mut row, old), crop) in rows.iter().cloned().zip(ancestors(&rows, &renamed)).zip(&crops) {
            if let Some(old) = old.filter(|old| self.leaves_out(old, known)) {
                // The hash of what was deleted: it may come back out of the bin.
                row.crop_sha256.clone_from(&old.crop_sha256);
                made.push((row, None));
                continue;
            }
            let bytes = self.adapters.cropper.encode(crop, self.target.format).map_err(|error| said(&error))?;
            row.crop_sha256 = sha256(&bytes);
            made.push((row, Some(bytes)));
        }
        if made.is_empty() && self.kind == Kind::Autocrop {
            made.push((self.row(None, source, &hash), None));
        }
        Ok(Outcome { earlier: earlier.to_vec(), made: Made::Crops(made) })
    }

    /// Rows of these pieces, still without the hashes of their files. What has an ancestor among the earlier ones
    /// goes to the folder that this one lies in, where somebody may have sorted it. A place that a crop of another
    /// project has, or one of auto-crop that was sorted, is left to it.
    fn rows(
        &self,
        pieces: &[Piece],
        label: &str,
        source: &str,
        hash: &str,
        (earlier, known): (&[CropRow], &Earlier),
    ) -> Vec<CropRow> {
        let names = crop_names(label, pieces.iter().map(|piece| &piece.bbox), self.target.format.ending());
        let row = |(piece, name): (&Piece, String)| {
            let crop = if piece.folder.is_empty() { name } else { format!("{}/{name}", piece.folder) };
            CropRow { crop, ..self.row(Some(piece), source, hash) }
        };
        let mut rows: Vec<CropRow> = pieces.iter().zip(names).map(row).collect();
        let old = ancestors(&rows, earlier);
        for (row, old) in rows.iter_mut().zip(old) {
            let Some(old) = old else { continue };
            row.crop = match old.crop.rsplit_once('/') {
                Some((folder, _)) => format!("{folder}/{}", file_name(&row.crop)),
                None => file_name(&row.crop).to_owned(),
            };
        }
        let mut own: HashSet<String> = rows.iter().map(|row| row.crop.clone()).collect();
        for row in rows.iter_mut().filter(|row| known.is_anothers(&row.crop)) {
            let free = |crop: &String| !known.is_anothers(crop) && own.insert(crop.clone());
            row.crop = (2..).map(|n| numbered(&row.crop, n)).find(free).unwrap_or_default();
        }
        rows
    }

    fn row(&self, piece: Option<&Piece>, source: &str, hash: &str) -> CropRow {
        let edge = |edge: fn(&BoundingBox) -> f64| piece.map(|piece| edge(&piece.bbox));
        CropRow {
            crop: String::new(),
            source: source.to_owned(),
            x1: edge(BoundingBox::x1),
            y1: edge(BoundingBox::y1),
            x2: edge(BoundingBox::x2),
            y2: edge(BoundingBox::y2),
            category: piece.map(|piece| piece.category.clone()).unwrap_or_default(),
            detector: piece.map(|piece| piece.detector.clone()).unwrap_or_default(),
            score: piece.and_then(|piece| piece.score),
            source_sha256: hash.to_owned(),
            crop_sha256: String::new(),
            settings: self.settings.clone(),
            project: self.kind.project().to_owned(),
        }
    }

    /// Whether the crop stays away because somebody deleted it.
    fn leaves_out(&self, row: &CropRow, known: &Earlier) -> bool {
        self.kind == Kind::Autocrop && !self.target.again && known.is_deleted(row)
    }

    /// Whether an earlier run made all of this, and its files are as they were.
    fn is_done(&self, earlier: &[CropRow], known: &Earlier, planned: Option<&[CropRow]>, hash: &str) -> bool {
        let whole = |row: &CropRow| {
            row.crop.is_empty()
                || self.leaves_out(row, known)
                || sha256_of(&self.target.folder.join(&row.crop)).is_ok_and(|found| found == row.crop_sha256)
        };
        let same = |row: &CropRow| row.source_sha256 == hash && row.settings == self.settings && whole(row);
        let is_planned = |row: &CropRow| match planned {
            Some(planned) => {
                planned.iter().any(|new| CropRow { crop_sha256: row.crop_sha256.clone(), ..new.clone() } == *row)
            }
            None => true,
        };
        let all = planned.is_none_or(|planned| planned.len() == earlier.len());
        !earlier.is_empty() && all && earlier.iter().all(|row| is_planned(row) && same(row))
    }
}

/// Whether no crop is wanted of a photo, which need not be looked at then.
fn is_unwanted(photo: &Source) -> bool {
    photo.wanted.as_ref().is_some_and(Vec::is_empty)
}
