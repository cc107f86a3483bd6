//! Find unprocessed: the photos of a folder of which no crop was made are copied to a third one, ready for
//! annotation by hand.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use bauta_domain::{Problem, ports::CancelToken};
use bauta_formats::{CropRow, read_crop_manifest};
use serde::{Deserialize, Serialize};

use crate::{
    Adapters, AppError, Meter, Progress,
    adapters::worker_count,
    crops::{Noted, Places, manifests_below, pictures_below, refuse_inside, why_unwritable},
    files::{real_path, refuse_no_file, sha256_of, why_unreadable},
    parallel::for_each,
};

/// What finding unprocessed photos did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct UnprocessedSummary {
    /// Folder that the photos were copied to.
    pub folder: String,
    /// Photos that were compared.
    pub photos: u32,
    /// Photos that have a crop.
    pub processed: u32,
    /// Photos copied now.
    pub copied: u32,
    /// Photos without a crop that lay there already.
    pub already: u32,
    /// How photos and crops were told to belong together.
    pub compared_by: ComparedBy,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// What could not be read or copied.
    pub problems: Vec<Problem>,
}

/// How photos and crops are told to belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ComparedBy {
    /// By the content hashes in the manifests of the crops; crops that none of them has by contents and names.
    Manifest,
    /// There is no manifest: by equal contents, and by names.
    Names,
}

/// Copies the photos below `raw` of which there is no crop below `cropped` into `out`, in folders as they lie in
/// `raw`. Crops count wherever they were moved below `cropped`. Nothing is moved, and nothing that lies in `out` is
/// overwritten.
///
/// # Errors
/// When a folder is not there, `out` lies inside one of the others, or it can be written no longer. Single
/// photos that cannot be read are listed.
pub fn find_unprocessed(
    adapters: &Adapters,
    (raw, cropped, out): (&Path, &Path, &Path),
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<UnprocessedSummary, AppError> {
    for (folder, of) in [(raw, "photos"), (cropped, "crops")] {
        if !folder.is_dir() {
            return Err(AppError::NoFolder(folder.to_owned()));
        }
        refuse_inside(out, folder, "unprocessed photos", of)?;
    }
    let (photos, mut problems) = adapters.images.list(raw);
    let processed = Processed::read(adapters, raw, &photos, cropped, &mut problems);
    let mut target = Target::open(out)?;
    let mut meter = Meter::new(photos.len(), progress);
    let mut summary = UnprocessedSummary {
        folder: out.display().to_string(),
        photos: 0,
        processed: 0,
        copied: 0,
        already: 0,
        compared_by: if processed.by_manifest { ComparedBy::Manifest } else { ComparedBy::Names },
        cancelled: false,
        problems,
    };
    let compare = |(): &mut (), photo: &PathBuf| processed.has(photo);
    let workers = vec![(); worker_count(photos.len())];
    for_each(&photos, workers, &compare, cancel, &mut |index, has_crop| -> Result<(), AppError> {
        let photo = &photos[index];
        summary.photos += 1;
        match has_crop {
            Ok(true) => summary.processed += 1,
            Ok(false) => {
                let place = out.join(photo.strip_prefix(raw).unwrap_or(photo));
                match target.copy(photo, &place)? {
                    Copied::Now => summary.copied += 1,
                    Copied::Before => summary.already += 1,
                    Copied::Not(place, message) => {
                        summary.problems.push(Problem::new(place.display().to_string(), message));
                    }
                }
            }
            Err(error) => {
                let message = why_unreadable(photo, &error);
                summary.problems.push(Problem::new(photo.display().to_string(), message));
            }
        }
        meter.step(&photo.file_name().unwrap_or_default().to_string_lossy());
        Ok::<_, AppError>(())
    })?;
    summary.cancelled = (summary.photos as usize) < photos.len();
    Ok(summary)
}

/// Which photos have a crop.
struct Processed {
    /// Whether there is a manifest.
    by_manifest: bool,
    /// SHA-256 of the photos that crops of manifests were cut out of.
    hashes: HashSet<String>,
    /// Photos that other pictures among the crops are named after.
    photos: HashSet<PathBuf>,
    /// The contents of those pictures, by length.
    contents: HashMap<u64, HashSet<String>>,
}

impl Processed {
    fn read(adapters: &Adapters, raw: &Path, photos: &[PathBuf], cropped: &Path, problems: &mut Vec<Problem>) -> Self {
        let (mut pictures, mut trouble) = pictures_below(adapters.images.as_ref(), cropped);
        problems.append(&mut trouble);
        // Photos that lie below the folder of crops are no crops of themselves.
        if is_inside(raw, cropped) {
            pictures.retain(|picture| !is_inside(picture, raw));
        }
        let manifests = manifests_below(cropped);
        let rows: Vec<(PathBuf, CropRow)> = manifests
            .iter()
            .flat_map(|(folder, bytes)| read_crop_manifest(bytes).into_iter().map(|row| (folder.join(&row.crop), row)))
            .filter(|(_, row)| !row.crop.is_empty())
            .collect();
        let noted: Vec<Noted<'_>> =
            rows.iter().map(|(place, row)| Noted { place: place.clone(), sha256: &row.crop_sha256 }).collect();
        let places = Places::find(&noted, || pictures.clone());
        let hashes =
            rows.iter().filter(|(place, _)| places.now(place).is_some()).map(|(_, row)| row.source_sha256.clone());
        let hashes = hashes.collect();
        let others: Vec<PathBuf> = pictures.into_iter().filter(|picture| !places.is_crop(picture)).collect();
        // Only pictures as long as a photo can be one: the others need not be read.
        let lengths: HashSet<u64> = photos.iter().filter_map(|photo| length(photo)).collect();
        let mut contents: HashMap<u64, HashSet<String>> = HashMap::new();
        for crop in &others {
            let Some(length) = length(crop).filter(|length| lengths.contains(length)) else { continue };
            if let Ok(hash) = sha256_of(crop) {
                contents.entry(length).or_default().insert(hash);
            }
        }
        Self { by_manifest: !manifests.is_empty(), hashes, photos: photos_by_name(photos, &others), contents }
    }

    fn has(&self, photo: &Path) -> std::io::Result<bool> {
        refuse_no_file(photo)?;
        if self.photos.contains(photo) {
            return Ok(true);
        }
        let contents = length(photo).and_then(|length| self.contents.get(&length));
        if self.hashes.is_empty() && contents.is_none() {
            return Ok(false);
        }
        let hash = sha256_of(photo)?;
        Ok(self.hashes.contains(&hash) || contents.is_some_and(|same| same.contains(&hash)))
    }
}

/// Whether a path lies below a folder.
fn is_inside(path: &Path, folder: &Path) -> bool {
    let real = |path: &Path| real_path(path).ok();
    real(path).zip(real(folder)).is_some_and(|(path, folder)| path != folder && path.starts_with(folder))
}

fn length(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|facts| facts.len())
}

/// The photos that crops are named after: a crop's name is the photo's stem, or begins with it and goes on with
/// something that is neither a letter nor a digit; the longest stem counts. Of photos with the same stem, the one
/// whose folder the name begins with, or is the crop's own; when that says nothing, none.
fn photos_by_name(photos: &[PathBuf], crops: &[PathBuf]) -> HashSet<PathBuf> {
    let mut by_name: HashMap<String, Vec<&PathBuf>> = HashMap::new();
    for photo in photos {
        let stem = stem(photo);
        by_name.entry(format!("{}_{stem}", folder(photo))).or_default().push(photo);
        by_name.entry(stem).or_default().push(photo);
    }
    let photo_of = |crop: &PathBuf| {
        let name = stem(crop);
        let ends = name.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, _)| at);
        let ends = std::iter::once(name.len()).chain(ends.collect::<Vec<_>>().into_iter().rev());
        let candidates = ends.into_iter().find_map(|end| by_name.get(&name[..end]))?;
        match candidates.as_slice() {
            [one] => Some((*one).clone()),
            several => {
                let mut same_folder = several.iter().filter(|photo| folder(photo) == folder(crop));
                same_folder.next().filter(|_| same_folder.next().is_none()).map(|photo| (*photo).clone())
            }
        }
    };
    crops.iter().filter_map(photo_of).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn folder(path: &Path) -> String {
    path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().to_lowercase()
}

enum Copied {
    Now,
    Before,
    /// Where it was, and why not.
    Not(PathBuf, String),
}

/// The folder that photos are copied to. One thread writes.
struct Target<'a> {
    folder: &'a Path,
    copied: u32,
}

impl<'a> Target<'a> {
    /// Makes the folder when it is not there.
    fn open(folder: &'a Path) -> Result<Self, AppError> {
        fs_err::create_dir_all(folder).map_err(|error| {
            let reason = why_unwritable(&error);
            let message =
                format!("{}: photos cannot be copied here: {reason}; choose another folder", folder.display());
            AppError::Invalid(message)
        })?;
        Ok(Self { folder, copied: 0 })
    }

    fn copy(&mut self, photo: &Path, place: &Path) -> Result<Copied, AppError> {
        const PART: &str = ".bauta-copy.part";
        if std::fs::symlink_metadata(place).is_ok() {
            let same = length(photo) == length(place) && sha256_of(photo)? == sha256_of(place)?;
            return Ok(if same {
                Copied::Before
            } else {
                Copied::Not(place.to_owned(), "another file of that name is there; it was left as it is".to_owned())
            });
        }
        // A photo that went meanwhile is no fault of the folder.
        let mut source = match fs_err::File::open(photo) {
            Ok(source) => source,
            Err(error) => return Ok(Copied::Not(photo.to_owned(), why_unreadable(photo, &error))),
        };
        // An unplugged disk leaves an empty folder behind, or none: nothing must be written where it was.
        if !self.folder.is_dir() {
            return Err(self.stopped("the folder is gone; connect its disk again"));
        }
        let folder = place.parent().unwrap_or(place);
        let part = folder.join(PART);
        let copied = std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::File::create(&part))
            .and_then(|mut file| std::io::copy(&mut source, &mut file))
            .and_then(|_| std::fs::rename(&part, place));
        if let Err(error) = copied {
            let _ = std::fs::remove_file(&part);
            return Err(self.stopped(&why_unwritable(&error)));
        }
        self.copied += 1;
        Ok(Copied::Now)
    }

    fn stopped(&self, reason: &str) -> AppError {
        AppError::Invalid(format!(
            "{}: copying stopped after {}: {reason}. The photos copied until then are whole; the next run goes on from there",
            self.folder.display(),
            self.copied
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(photos: &[&str], crops: &[&str]) -> Vec<String> {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let found = photos_by_name(&paths(photos), &paths(crops));
        let mut names: Vec<String> = found.iter().map(|path| path.display().to_string()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_crop_is_named_after_the_photo_with_the_longest_stem() {
        let photos = ["/r/img_1.jpg", "/r/img_1_2.jpg", "/r/img_12.jpg"];
        assert_eq!(matched(&photos, &["/c/img_1_2__1-2-3-4.png"]), ["/r/img_1_2.jpg"]);
        assert_eq!(matched(&photos, &["/c/IMG_12 (2).PNG"]), ["/r/img_12.jpg"]);
        assert_eq!(matched(&photos, &["/c/ffp2/img_1.png"]), ["/r/img_1.jpg"]);
        assert_eq!(matched(&photos, &["/c/img_123.png"]), [""; 0]);
    }

    #[test]
    fn equal_stems_are_told_apart_by_folders_or_not_at_all() {
        let photos = ["/r/x/img.jpg", "/r/y/img.jpg"];
        assert_eq!(matched(&photos, &["/c/y_img__1-2-3-4.png"]), ["/r/y/img.jpg"]);
        assert_eq!(matched(&photos, &["/c/x/img.png"]), ["/r/x/img.jpg"]);
        assert_eq!(matched(&photos, &["/c/img.png"]), [""; 0]);
    }
}
