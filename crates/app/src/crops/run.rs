//! Cropping many photos on all cores into one folder.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use bauta_domain::{BoundingBox, Problem, RgbImage, ports::CancelToken};
use bauta_formats::CropRow;

use super::{
    CropTarget,
    names::{crop_name, label_of, labels},
    output::{Earlier, Output},
};
use crate::{
    Adapters, AppError, CropSummary, Meter, Progress,
    error::said,
    files::{sha256, sha256_of},
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
    /// Whether photos without a crop get a line, so that the next run need not look at them again.
    pub keeps_empty: bool,
}

/// What was cut out of a photo, or why it cannot be read.
pub(super) type Crops = Result<Vec<(Piece, RgbImage)>, String>;

/// Cuts what is wanted of a photo.
type Cut<'a, W> = dyn Fn(&mut W, &Source) -> Crops + Sync + 'a;

/// What became of a photo.
enum Outcome {
    /// All is there from an earlier run.
    Unchanged(usize),
    Made(Vec<(CropRow, Vec<u8>)>),
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
        let (mut output, mut earlier) = Output::open(&self.target.folder)?;
        adopt_moved(&mut earlier, photos);
        let labels = labels(photos.iter().map(|photo| photo.path.as_path()), &labels_of(&earlier));
        let mut meter = Meter::new(photos.len(), progress);
        let (mut done, mut empty) = (0, Vec::new());
        let work = |worker: &mut W, photo: &Source| {
            self.photo(photo, rows_of(&earlier, photo), &labels, &mut |photo| cut(worker, photo))
        };
        let mut each = |index: usize, outcome: Result<Outcome, String>| {
            let photo = &photos[index];
            let crops = match outcome {
                Ok(Outcome::Unchanged(crops)) => {
                    output.counts.unchanged += crops;
                    crops
                }
                Ok(Outcome::Made(made)) => {
                    let crops = made.iter().filter(|(row, _)| !row.crop.is_empty()).count();
                    output.take(rows_of(&earlier, photo), made)?;
                    crops
                }
                Err(message) => {
                    output.problems.push(Problem::new(photo.path.display().to_string(), message));
                    1
                }
            };
            if crops == 0 {
                empty.push(index);
            }
            done += 1;
            meter.step(&photo.path.file_name().unwrap_or_default().to_string_lossy());
            Ok(())
        };
        let worked = for_each(photos, workers, &work, cancel, &mut each);
        // What was written so far is noted, however it ended.
        let finished = output.finish();
        worked.and(finished)?;
        empty.sort_unstable();
        let summary = CropSummary {
            folder: self.target.folder.display().to_string(),
            written: count(output.counts.written + output.counts.updated),
            updated: count(output.counts.updated),
            unchanged: count(output.counts.unchanged),
            removed: count(output.counts.removed),
            without_category: 0,
            cancelled: done < photos.len(),
            problems: output.problems,
        };
        Ok((summary, empty.into_iter().map(|index| photos[index].path.clone()).collect()))
    }

    fn photo(
        &self,
        photo: &Source,
        earlier: &[CropRow],
        labels: &HashMap<PathBuf, String>,
        cut: &mut dyn FnMut(&Source) -> Crops,
    ) -> Result<Outcome, String> {
        let Some(source) = photo.path.to_str() else {
            return Err("the file name is not valid Unicode; rename the file".to_owned());
        };
        if photo.wanted.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Outcome::Made(Vec::new()));
        }
        let hash = sha256_of(&photo.path).map_err(|error| said(&error.into()))?;
        let label = labels.get(&photo.path).map_or("photo", String::as_str);
        let planned = photo.wanted.as_ref().map(|wanted| self.rows(wanted, label, source, &hash));
        if self.is_done(earlier, planned.as_deref(), &hash) {
            return Ok(Outcome::Unchanged(earlier.iter().filter(|row| !row.crop.is_empty()).count()));
        }
        let (pieces, crops): (Vec<_>, Vec<_>) = cut(photo)?.into_iter().unzip();
        let mut made = Vec::with_capacity(crops.len());
        for (mut row, crop) in self.rows(&pieces, label, source, &hash).into_iter().zip(&crops) {
            let bytes = self.adapters.cropper.encode(crop, self.target.format).map_err(|error| said(&error))?;
            row.crop_sha256 = sha256(&bytes);
            made.push((row, bytes));
        }
        if made.is_empty() && self.keeps_empty {
            made.push((self.row(None, source, &hash), Vec::new()));
        }
        Ok(Outcome::Made(made))
    }

    /// Rows of these pieces, still without the hashes of their files; names are all different.
    fn rows(&self, pieces: &[Piece], label: &str, source: &str, hash: &str) -> Vec<CropRow> {
        let mut rows: Vec<CropRow> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let name = |label: &str| {
                let name = crop_name(label, &piece.bbox, self.target.format.ending());
                if piece.folder.is_empty() { name } else { format!("{}/{name}", piece.folder) }
            };
            let numbered = std::iter::once(name(label)).chain((2..).map(|n| name(&format!("{label}-{n}"))));
            let free = numbered.into_iter().find(|name| rows.iter().all(|row| row.crop != *name));
            rows.push(CropRow { crop: free.unwrap_or_default(), ..self.row(Some(piece), source, hash) });
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
        }
    }

    /// Whether an earlier run made all of this, and its files are as they were.
    fn is_done(&self, earlier: &[CropRow], planned: Option<&[CropRow]>, hash: &str) -> bool {
        let whole = |row: &CropRow| {
            row.crop.is_empty()
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

fn rows_of<'a>(earlier: &'a Earlier, photo: &Source) -> &'a [CropRow] {
    photo.path.to_str().and_then(|path| earlier.get(path)).map_or(&[], Vec::as_slice)
}

fn labels_of(earlier: &Earlier) -> HashMap<PathBuf, String> {
    let label = |rows: &Vec<CropRow>| rows.iter().find_map(|row| label_of(&row.crop)).map(str::to_owned);
    earlier.iter().filter_map(|(source, rows)| Some((PathBuf::from(source), label(rows)?))).collect()
}

/// Photos that were moved: rows of a file that is gone go to the photo of the same name, when there is one. Whether
/// it is the same photo is seen from its hash.
fn adopt_moved(earlier: &mut Earlier, photos: &[Source]) {
    let gone: Vec<String> = earlier.keys().filter(|source| !Path::new(source).exists()).cloned().collect();
    if gone.is_empty() {
        return;
    }
    let mut by_name: HashMap<&std::ffi::OsStr, Option<&Source>> = HashMap::new();
    for photo in photos.iter().filter(|photo| rows_of(earlier, photo).is_empty()) {
        let Some(name) = photo.path.file_name() else { continue };
        by_name.entry(name).and_modify(|one| *one = None).or_insert(Some(photo));
    }
    for source in gone {
        let moved = Path::new(&source).file_name().and_then(|name| by_name.get(name).copied().flatten());
        let Some(path) = moved.and_then(|photo| photo.path.to_str()) else { continue };
        if let Some(rows) = earlier.remove(&source) {
            earlier.insert(path.to_owned(), rows);
        }
    }
}
