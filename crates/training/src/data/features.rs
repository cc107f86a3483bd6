//! Features of a dataset: computed once for a few versions of every picture, kept in a file, and found
//! again by the next training on the same pictures.

use std::{
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use bauta_domain::{Problem, ports::CancelToken};
use fs_err::File;
use half::{f16, slice::HalfFloatSliceExt as _};
use ort::{environment::Environment, value::Tensor};

use super::{
    FeaturePlan,
    kept_features::{Description, Kept, checksum, checksum_of},
    old_features,
    pictures::read_one,
};
use crate::{TrainingError, engine::extraction_session, extractor::Standardisation};

/// Features in a file, `f16`: sample by sample, version by version.
pub struct Features {
    file: Mutex<File>,
    path: PathBuf,
    length: usize,
    views: usize,
    training_views: usize,
    readable: Vec<bool>,
    problems: Vec<Problem>,
    /// Of what was written of each sample, see [`checksum`]; 0 for one that could not be read.
    checksums: Vec<AtomicU64>,
}

impl Features {
    /// Finds the features of a plan in `folder`, or computes them there on `threads` threads; those of a file that was
    /// altered are computed again. Pictures that
    /// cannot be read are listed. `None` when it was cancelled.
    ///
    /// # Errors
    /// When the runtime fails, or the folder cannot be written.
    pub fn of(
        plan: &FeaturePlan<'_>,
        environment: &Environment,
        folder: &Path,
        threads: usize,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Option<Self>, TrainingError> {
        let (recipe, pictures) = (plan.recipe(), plan.pictures());
        let path = folder.join(format!("{recipe}-{:016x}", checksum_of(&pictures))).with_extension("features");
        if let Some(found) = Self::open(plan, &path) {
            return Ok(Some(found));
        }
        let failed = |reason| TrainingError::Features { path: folder.to_owned(), reason };
        fs_err::create_dir_all(folder).map_err(failed)?;
        old_features::forget(folder).map_err(failed)?;
        let part = tempfile::Builder::new().prefix(old_features::PART).tempfile_in(folder).map_err(failed)?;
        let (length, views) = (plan.extractor.shape().count(), plan.views());
        let file = part.reopen().map_err(failed)?;
        let count = plan.dataset.samples.len();
        let mut features = Self {
            file: Mutex::new(File::from_parts(file, part.path())),
            path: path.clone(),
            length,
            views,
            training_views: plan.training_views(),
            readable: vec![false; count],
            problems: Vec::new(),
            checksums: (0..count).map(|_| AtomicU64::new(0)).collect(),
        };
        // Those of earlier datasets that some of these pictures were in: one more photo costs one photo.
        let kept = Kept::of(folder, &recipe, features.bytes_a_sample());
        if !features.compute(plan, environment, (&kept, &pictures), threads, cancel, progress)? {
            return Ok(None);
        }
        // Some systems do not replace a file that is open.
        drop(kept);
        part.persist(&path).map_err(|error| failed(error.error))?;
        let description = Description {
            pictures,
            length,
            views,
            readable: features.readable.clone(),
            problems: features.problems.clone(),
            checksums: features.checksums.iter().map(|checksum| checksum.load(Ordering::Relaxed)).collect(),
        };
        let json = serde_json::to_vec(&description).map_err(|error| failed(error.into()))?;
        fs_err::write(path.with_extension("json"), json).map_err(failed)?;
        Ok(Some(features))
    }

    fn open(plan: &FeaturePlan<'_>, path: &Path) -> Option<Self> {
        let json = std::fs::read(path.with_extension("json")).ok()?;
        let Description { length, views, readable, problems, checksums, .. } = serde_json::from_slice(&json).ok()?;
        let file = File::open(path).ok()?;
        let expected = readable.len() * views * length * size_of::<f16>();
        let fits = length == plan.extractor.shape().count()
            && readable.len() == plan.dataset.samples.len()
            && file.metadata().ok()?.len() == expected as u64;
        let training_views = plan.training_views();
        let (file, path) = (Mutex::new(file), path.to_owned());
        let checksums = checksums.into_iter().map(AtomicU64::new).collect();
        let found = Self { file, path, length, views, training_views, readable, problems, checksums };
        (fits && found.is_as_written()).then_some(found)
    }

    /// Whether the file has what was written into it: disks fail, and a training on damaged features would seem to run
    /// away.
    fn is_as_written(&self) -> bool {
        let mut bytes = vec![0; self.bytes_a_sample()];
        let mut is_whole = |(readable, expected): (&bool, &AtomicU64)| {
            let read = self.io(|file| file.read_exact(&mut bytes)).is_ok();
            read && (!readable || checksum(&bytes) == expected.load(Ordering::Relaxed))
        };
        self.checksums.len() == self.readable.len() && self.readable.iter().zip(&self.checksums).all(&mut is_whole)
    }

    /// False when it was cancelled.
    fn compute(
        &mut self,
        plan: &FeaturePlan<'_>,
        environment: &Environment,
        (kept, pictures): (&Kept, &[u64]),
        threads: usize,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(usize),
    ) -> Result<bool, TrainingError> {
        let count = plan.dataset.samples.len();
        let model = plan.extractor.model(plan.side);
        let next = AtomicUsize::new(0);
        let failed = AtomicUsize::new(0);
        let views = self.views;
        let bytes_a_sample = self.bytes_a_sample() as u64;
        // The last sample may be unreadable; the file has its full length all the same.
        self.io(|file| file.set_len(count as u64 * bytes_a_sample))?;
        let this = &*self;
        let work = |sender: &mpsc::SyncSender<(usize, Option<String>)>| -> Result<(), TrainingError> {
            let mut session = None;
            while !cancel.is_cancelled() && failed.load(Ordering::Relaxed) == 0 {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    break;
                }
                if let Some(bytes) = kept.find(pictures[index]) {
                    this.write_bytes(index, &bytes)?;
                    if sender.send((index, None)).is_err() {
                        break;
                    }
                    continue;
                }
                let problem = match read_one(plan.dataset, plan.reader, plan.side, index) {
                    Ok(picture) => {
                        let planes = plan.versions(&picture);
                        // It takes a while, and not every thread needs one where most features are kept.
                        let session = match &mut session {
                            Some(session) => session,
                            none => none.insert(extraction_session(environment, &model, 1)?),
                        };
                        let image = Tensor::from_array(([views, 3, plan.side, plan.side], planes))?;
                        let outputs = session.run(ort::inputs![image])?;
                        let (_, values) = outputs["features"].try_extract_tensor::<f32>()?;
                        this.write(index, values)?;
                        None
                    }
                    Err(problem) => Some(problem),
                };
                if sender.send((index, problem)).is_err() {
                    break;
                }
            }
            Ok(())
        };
        let mut failures = Vec::new();
        let mut readable = vec![false; count];
        thread::scope(|scope| {
            let (sender, receiver) = mpsc::sync_channel(2 * threads);
            let workers: Vec<_> = (0..threads.max(1))
                .map(|_| {
                    let (sender, work, failed) = (sender.clone(), &work, &failed);
                    scope.spawn(move || work(&sender).inspect_err(|_| failed.store(1, Ordering::Relaxed)))
                })
                .collect();
            drop(sender);
            for (done, (index, problem)) in receiver.iter().enumerate() {
                match problem {
                    Some(problem) => failures.push((index, problem)),
                    None => readable[index] = true,
                }
                progress(done + 1);
            }
            let joined: Vec<_> = workers.into_iter().map(thread::ScopedJoinHandle::join).collect();
            joined.into_iter().try_for_each(|result| result.unwrap_or(Err(TrainingError::ThreadLost)))
        })?;
        failures.sort_unstable();
        let place = |index: usize| plan.dataset.samples[index].source.path.display().to_string();
        self.problems = failures.into_iter().map(|(index, said)| Problem::new(place(index), said)).collect();
        self.readable = readable;
        self.io(|file| file.sync_all())?;
        Ok(!cancel.is_cancelled())
    }

    fn write(&self, sample: usize, values: &[f32]) -> Result<(), TrainingError> {
        let mut halves = vec![f16::ZERO; values.len()];
        halves.convert_from_f32_slice(values);
        let bytes: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
        self.write_bytes(sample, &bytes)
    }

    fn bytes_a_sample(&self) -> usize {
        self.views * self.length * size_of::<f16>()
    }

    fn write_bytes(&self, sample: usize, bytes: &[u8]) -> Result<(), TrainingError> {
        self.checksums[sample].store(checksum(bytes), Ordering::Relaxed);
        self.io(|file| {
            file.seek(SeekFrom::Start((sample * bytes.len()) as u64))?;
            file.write_all(bytes)
        })
    }

    /// Versions of each picture to learn from: the plain one, its mirror image, changed ones.
    pub fn training_views(&self) -> usize {
        self.training_views
    }

    /// Whether sample `sample` could be read.
    pub fn is_readable(&self, sample: usize) -> bool {
        self.readable[sample]
    }

    /// What could not be read, in the order of the dataset.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Reads version `view` of a sample.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    pub fn read(&self, sample: usize, view: usize, features: &mut [f32]) -> Result<(), TrainingError> {
        let mut bytes = vec![0; self.length * size_of::<f16>()];
        self.io(|file| {
            file.seek(SeekFrom::Start(((sample * self.views + view) * bytes.len()) as u64))?;
            file.read_exact(&mut bytes)
        })?;
        let halves: Vec<f16> = bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]])).collect();
        halves.convert_to_f32_slice(features);
        Ok(())
    }

    /// What gives each feature the mean 0 and the deviation 1 over all versions of these samples.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn standardisation(&self, samples: &[usize]) -> Result<Standardisation, TrainingError> {
        let (mut sums, mut squares) = (vec![0.0_f64; self.length], vec![0.0_f64; self.length]);
        let mut features = vec![0.0; self.length];
        for &sample in samples {
            for view in 0..self.training_views {
                self.read(sample, view, &mut features)?;
                for ((sum, square), &value) in sums.iter_mut().zip(&mut squares).zip(&features) {
                    *sum += f64::from(value);
                    *square += f64::from(value).powi(2);
                }
            }
        }
        let count = (samples.len() * self.training_views).max(1) as f64;
        let scale = |(sum, square): (&f64, &f64)| {
            let deviation = (square / count - (sum / count).powi(2)).max(0.0).sqrt();
            // A feature that never fires stays as it is.
            if deviation > 1e-3 { (1.0 / deviation) as f32 } else { 1.0 }
        };
        let scales = sums.iter().zip(&squares).map(scale).collect();
        Ok(Standardisation { means: sums.iter().map(|sum| (sum / count) as f32).collect(), scales })
    }

    fn io<T>(&self, work: impl FnOnce(&mut File) -> std::io::Result<T>) -> Result<T, TrainingError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut file).map_err(|reason| TrainingError::Features { path: self.path.clone(), reason })
    }
}
