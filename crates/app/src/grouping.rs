//! Which samples belong together, from what is known of their files: a manifest beside them, the folders they lie in,
//! the photo they were cut from, a table of the user's.

use std::{collections::HashMap, path::Path};

use bauta_domain::Dataset;
use bauta_formats::{CROP_MANIFEST, read_groups};

use crate::files::settled;

/// Columns of a manifest that name groups, the most telling first.
const COLUMNS: [&str; 6] = ["person", "person_or_group", "group", "source_group", "photo", "source_sha256"];

/// Gives the samples of a folder of category folders their groups: as a manifest in the folder names them, else by
/// the folder below the category's that they lie in, else by the photo that they were cut from.
pub(crate) fn group_by_files(dataset: &mut Dataset, root: &Path) {
    let Dataset { labels, samples } = &mut *dataset;
    for sample in samples {
        let path = &sample.source.path;
        let inside = path.strip_prefix(root.join(&labels[sample.label])).ok().and_then(Path::parent);
        let inside = inside.filter(|folder| !folder.as_os_str().is_empty());
        sample.group = Some(inside.map_or_else(|| photo_of_crop(path), |folder| folder.display().to_string()));
    }
    // A table that cannot be read is not one of ours, and nobody asked for it.
    let Ok(bytes) = std::fs::read(root.join(CROP_MANIFEST)) else { return };
    if let Some(groups) = COLUMNS.iter().find_map(|column| read_groups(&bytes, column).ok()) {
        with_groups(dataset, &groups);
    }
}

/// Gives every sample the folder of its file as its group: in a folder of category folders (`root`) the folder below the
/// category's, so that `a/Ann` and `b/Ann` are one group. A category's own folder is no group, or there would be nothing
/// else to check the category with: samples right in it are grouped by the photo that they were cut from; returns how
/// many those are.
pub fn group_by_folder(dataset: &mut Dataset, root: Option<&Path>) -> usize {
    let Dataset { labels, samples } = &mut *dataset;
    let root = root.and_then(|root| settled(root).ok());
    let mut without = 0;
    for sample in samples {
        let (path, label) = (&sample.source.path, &labels[sample.label]);
        let folder = match &root {
            Some(root) => path.strip_prefix(root.join(label)).ok().and_then(Path::parent),
            None => path.parent().filter(|folder| folder.file_name().is_some_and(|name| *name != **label)),
        };
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
        without += usize::from(folder.is_none());
        sample.group = Some(folder.map_or_else(|| photo_of_crop(path), |folder| folder.display().to_string()));
    }
    without
}

/// Gives samples the groups of a table: file name (or the path's last parts) → group. Samples that the
/// table does not name keep theirs; returns how many those are.
pub fn with_groups(dataset: &mut Dataset, groups: &HashMap<String, String>) -> usize {
    let mut unnamed = 0;
    for sample in &mut dataset.samples {
        let path = sample.source.path.to_string_lossy().replace('\\', "/");
        let parts = path.match_indices('/').map(|(at, _)| &path[at + 1..]);
        match std::iter::once(path.as_str()).chain(parts).find_map(|tail| groups.get(tail)) {
            Some(group) => sample.group = Some(group.clone()),
            None => unnamed += 1,
        }
    }
    unnamed
}

/// The photo that a crop was cut from, by its name; the name itself for any other picture.
fn photo_of_crop(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let photo = stem.rsplit_once("__").filter(|(_, corners)| {
        let numbers: Vec<&str> = corners.split('-').collect();
        numbers.len() == 4 && numbers.iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    });
    photo.map_or_else(|| path.display().to_string(), |(photo, _)| photo.to_owned())
}

#[cfg(test)]
mod tests {
    use bauta_domain::{PixelSource, Sample};

    use super::*;

    fn dataset(paths: &[&str]) -> Dataset {
        let sample = |path: &&str| Sample {
            source: PixelSource { path: path.into(), bbox: None },
            label: usize::from(path.contains("/b/")),
            group: None,
        };
        Dataset { labels: vec!["a".into(), "b".into()], samples: paths.iter().map(sample).collect() }
    }

    fn groups(dataset: &Dataset) -> Vec<Option<&str>> {
        dataset.samples.iter().map(|sample| sample.group.as_deref()).collect()
    }

    #[test]
    fn crops_of_one_photo_are_one_group_and_other_pictures_their_own() {
        assert_eq!(photo_of_crop(Path::new("/d/ffp2/party__3-4-50-60.png")), "party");
        assert_eq!(photo_of_crop(Path::new("/d/no_mask/party__3-4-50-60.png")), "party");
        assert_eq!(photo_of_crop(Path::new("/d/a__b.png")), "/d/a__b.png");
        assert_eq!(photo_of_crop(Path::new("/d/a__1-2-3.png")), "/d/a__1-2-3.png");
    }

    #[test]
    fn folders_below_categories_are_groups_over_all_categories() {
        let mut data = dataset(&["/d/a/Ann/1.jpg", "/d/b/Ann/2.jpg", "/d/a/Bob/day 1/3.jpg", "/d/b/4.jpg"]);
        group_by_files(&mut data, Path::new("/d"));
        assert_eq!(groups(&data), [Some("Ann"), Some("Ann"), Some("Bob/day 1"), Some("/d/b/4.jpg")]);
        data.samples.iter_mut().for_each(|sample| sample.group = None);
        assert_eq!(group_by_folder(&mut data, Some(Path::new("/d"))), 1);
        assert_eq!(groups(&data), [Some("Ann"), Some("Ann"), Some("Bob/day 1"), Some("/d/b/4.jpg")]);
    }

    #[test]
    fn photos_of_a_project_are_grouped_by_their_folders_but_not_by_one_that_is_called_as_their_category() {
        let mut data =
            dataset(&["/photos/Ann/1.jpg", "/photos/Ann/2.jpg", "/photos/b/3.jpg", "/photos/a/4__1-2-3-4.jpg"]);
        data.samples[1].label = 1;
        assert_eq!(group_by_folder(&mut data, None), 2);
        assert_eq!(groups(&data), [Some("/photos/Ann"), Some("/photos/Ann"), Some("/photos/b/3.jpg"), Some("4")]);
    }

    #[test]
    fn a_manifest_beside_the_categories_names_the_groups() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let paths = ["a/1.jpg", "b/2.jpg", "b/3.jpg"].map(|name| root.join(name).display().to_string());
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        for (table, expected) in [
            ("path,label,person\na/1.jpg,a,Ann\nb/2.jpg,b,Ann\n", [Some("Ann"), Some("Ann"), Some(paths[2])]),
            (
                "path,photo,person\na/1.jpg,x,Ann\nb/2.jpg,y,Bob\nb/3.jpg,y,Ann\n",
                [Some("Ann"), Some("Bob"), Some("Ann")],
            ),
            ("path,colour\na/1.jpg,red\nb/2.jpg,red\n", [Some(paths[0]), Some(paths[1]), Some(paths[2])]),
        ] {
            std::fs::write(root.join(CROP_MANIFEST), table).unwrap();
            let mut data = dataset(&paths);
            group_by_files(&mut data, root);
            assert_eq!(groups(&data), expected, "{table}");
        }
    }

    #[test]
    fn a_table_names_groups_by_any_tail_of_the_path() {
        let mut dataset = dataset(&["/d/a/1.jpg", "/d/a/2.jpg", "/d/a/3.jpg"]);
        let table = [("a/1.jpg", "Ann"), ("2.jpg", "Bob")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(with_groups(&mut dataset, &table.into()), 1);
        assert_eq!(groups(&dataset), [Some("Ann"), Some("Bob"), None]);
    }
}
