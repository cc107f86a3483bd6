//! Room for new features: what earlier trainings left in the folder goes.

use std::{path::Path, time::Duration};

/// Bytes that features of earlier trainings may take on the disk.
const KEPT_BYTES: u64 = 4 << 30;
/// How names of files begin that are being written.
pub const PART: &str = "part-";
/// After this long without a change nobody writes such a file any more.
const LEFT_AFTER: Duration = Duration::from_hours(24);

/// Removes the oldest features until there is room for new ones, and what trainings left that were killed.
///
/// # Errors
/// When the folder cannot be looked into.
pub fn forget(folder: &Path) -> std::io::Result<()> {
    let mut files = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        // One that another training writes now is younger.
        let is_left = entry.file_name().to_string_lossy().starts_with(PART)
            && metadata.modified()?.elapsed().is_ok_and(|age| age > LEFT_AFTER);
        if is_left {
            let _ = std::fs::remove_file(entry.path());
        }
        if entry.path().extension().is_some_and(|ending| ending == "features") {
            files.push((metadata.modified()?, metadata.len(), entry.path()));
        }
    }
    files.sort_unstable();
    let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, length, path) in files {
        if bytes <= KEPT_BYTES {
            break;
        }
        // Another training may be reading it, which some systems do not allow to remove.
        if std::fs::remove_file(&path).is_ok() {
            let _ = std::fs::remove_file(path.with_extension("json"));
            bytes -= length;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs::File, time::SystemTime};

    use super::*;

    #[test]
    fn what_a_killed_training_left_goes_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, hours: u64| {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_hours(hours)).unwrap();
        };
        file("part-old", 48);
        file("part-new", 1);
        file("0123.features", 48);
        forget(folder.path()).unwrap();
        let is_there = |name: &str| folder.path().join(name).exists();
        assert!(!is_there("part-old") && is_there("part-new") && is_there("0123.features"));
    }
}
