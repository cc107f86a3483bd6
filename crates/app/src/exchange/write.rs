//! A document into a file or, for formats with one file an image, a folder.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use bauta_domain::{AnnotationDocument, ports::CancelToken};
use bauta_formats::{
    CsvOptions, FolderFiles, Format, Layout, Problems, Tick, WriteError, coco, csv_table, file_name, paper, xlsx,
};

use super::{
    ExportFormat,
    output::{OutputFolder, write_file},
};
use crate::{adapters::cores, parallel::for_each};

/// Writes a document to a file or, for formats with one file an image, a folder, whole or not at all. Returns how many
/// files it wrote.
///
/// # Errors
/// When the target cannot be written, or `tick` asks to stop; what was there before is as it was then.
pub fn write_annotations(
    document: &AnnotationDocument,
    target: &Path,
    to: ExportFormat,
    tick: &mut Tick,
) -> Result<usize, WriteError> {
    match NamedFiles::of(document, to.format) {
        Some(files) => files.write(target, tick),
        None => write_one(document, target, to, tick),
    }
}

fn write_one(
    document: &AnnotationDocument,
    target: &Path,
    to: ExportFormat,
    tick: &mut Tick,
) -> Result<usize, WriteError> {
    let options = CsvOptions { byte_order_mark: to.byte_order_mark };
    write_file(target, |out| {
        match to.format {
            Format::Coco => coco::write(document, out, tick)?,
            Format::Csv => csv_table::write(document, options, out, tick)?,
            Format::Xlsx => xlsx::write(document, out, tick)?,
            _ => paper::write(document, out, tick)?,
        }
        if tick(document.images.len()).is_break() { Err(WriteError::Cancelled) } else { Ok(()) }
    })
    .map(|()| 1)
}

/// So many files are written at a time by one worker.
const BATCH: usize = 128;
/// The longest name that file systems take, in bytes.
const LONGEST_NAME: usize = 255;

/// The files of an export to a folder, with names that every file system takes.
pub(super) struct NamedFiles<'d> {
    document: &'d AnnotationDocument,
    files: FolderFiles<'d>,
    /// Their paths below the folder, with `/`.
    paths: Vec<String>,
}

impl<'d> NamedFiles<'d> {
    /// The files of a document in this format; `None` for a format that is one file.
    pub fn of(document: &'d AnnotationDocument, format: Format) -> Option<Self> {
        let files = FolderFiles::of(document, format)?;
        let mut paths: Vec<String> = (0..files.count()).map(|number| files.path(number).to_owned()).collect();
        shorten(&mut paths);
        Some(Self { document, files, paths })
    }

    /// The places of the files in this folder.
    pub fn targets(&self, folder: &Path) -> impl Iterator<Item = PathBuf> {
        self.paths.iter().map(move |path| folder.join(path))
    }

    fn write(&self, target: &Path, tick: &mut Tick) -> Result<usize, WriteError> {
        let reference = |file: &str, image: &str| relative(&target.join(file), Path::new(image));
        let folder = OutputFolder::new(target)?;
        let numbers: Vec<usize> = (0..self.paths.len()).collect();
        let batches: Vec<&[usize]> = numbers.chunks(BATCH).collect();
        let write = |(): &mut (), batch: &&[usize]| {
            let mut batch = batch.iter();
            batch.try_for_each(|&n| folder.write(&self.paths[n], &self.files.content(n, &reference)))
        };
        let mut done = 0;
        for_each(&batches, vec![(); cores()], &write, &CancelToken::default(), &mut |number, written| {
            written?;
            done += batches[number].len();
            if tick(done).is_break() { Err(WriteError::Cancelled) } else { Ok(()) }
        })?;
        folder.publish(&self.paths)?;
        Ok(self.paths.len())
    }

    /// Says which files could not be called as their pictures are. YOLO's readers go by nothing else.
    pub fn tell_names(&self, format: Format, problems: &mut Problems) {
        let shared = self.files.count() - self.document.images.len();
        for (number, path) in self.paths.iter().enumerate().skip(shared) {
            if path != self.files.path(number) {
                let image = &self.document.images[number - shared].path;
                problems.push(image, format_args!("its name is too long for one more ending; its boxes are in {path}"));
            }
        }
        if format != Format::Yolo {
            return;
        }
        let layout = Layout::of(self.document);
        let mut twins = HashSet::new();
        for (first, second) in layout.same_stems() {
            problems.push(second, format_args!("YOLO cannot tell it from {first}; its boxes are in {second}.txt"));
            twins.insert(second);
        }
        for (index, image) in self.document.images.iter().enumerate() {
            let path = &self.paths[index + shared];
            if stem(file_name(path)) == stem(file_name(&image.path)) || twins.contains(layout.relative_path(index)) {
                continue;
            }
            problems.push(
                &image.path,
                format_args!(
                    "its boxes are in {path}, which YOLO's readers do not find by the picture's name; rename the picture"
                ),
            );
        }
    }
}

fn stem(name: &str) -> &str {
    name.rfind('.').filter(|&dot| dot > 0).map_or(name, |dot| &name[..dot])
}

/// Gives names that are too long fewer characters before their ending, no two the same without case.
fn shorten(paths: &mut [String]) {
    let is_long = |path: &String| file_name(path).len() > LONGEST_NAME;
    if !paths.iter().any(is_long) {
        return;
    }
    let mut taken: HashSet<String> = paths.iter().map(|path| path.to_lowercase()).collect();
    for path in paths.iter_mut().filter(|path| is_long(path)) {
        let (folder, name) = path.split_at(path.len() - file_name(path).len());
        let (stem, ending) = name.split_at(stem(name).len());
        let numbered = std::iter::once(String::new()).chain((2..).map(|n: u32| format!(" ({n})")));
        let short = numbered.map(|number| {
            let room = LONGEST_NAME.saturating_sub(ending.len() + number.len());
            format!("{folder}{}{number}{ending}", &stem[..stem.floor_char_boundary(room)])
        });
        if let Some(short) = short.into_iter().find(|short| taken.insert(short.to_lowercase())) {
            *path = short;
        }
    }
}

/// The path of `to` as seen from the folder of the file `from`, with `/`; absolute when they share no root.
fn relative(from: &Path, to: &Path) -> String {
    let folder: Vec<_> = from.parent().into_iter().flat_map(Path::components).collect();
    let parts: Vec<_> = to.components().collect();
    let shared = folder.iter().zip(&parts).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return to.display().to_string();
    }
    let up = std::iter::repeat_n("..".to_owned(), folder.len() - shared);
    let down = parts[shared..].iter().map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_named_from_where_its_file_lies() {
        let relative = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(relative("/p/out/a.json", "/p/photos/a.jpg"), "../photos/a.jpg");
        assert_eq!(relative("/p/photos/a.json", "/p/photos/a.jpg"), "a.jpg");
    }

    #[test]
    fn names_that_no_disk_takes_get_shorter_and_stay_apart() {
        let long = "ü".repeat(126);
        let mut paths = vec![format!("day/{long}.json"), format!("day/{long}x.json"), "b.json".to_owned()];
        shorten(&mut paths);
        let (short, second) = ("ü".repeat(125), "ü".repeat(123));
        assert_eq!(paths, [format!("day/{short}.json"), format!("day/{second} (2).json"), "b.json".to_owned()]);
        assert!(paths.iter().all(|path| file_name(path).len() <= LONGEST_NAME));
    }
}
