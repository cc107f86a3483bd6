//! What can be known of a file without decoding it.

use std::{
    io::{ErrorKind, Read as _},
    path::{Component, Path, PathBuf},
};

use bauta_domain::{
    FileFacts, Problem,
    ports::{CancelToken, ImageReader},
};
use sha2::{Digest as _, Sha256};

use crate::{AppError, Progress, error::causes};

/// Pictures, and what could not be looked into.
pub(crate) type Listed = (Vec<PathBuf>, Vec<Problem>);

/// Writes a file whole or not at all.
///
/// # Errors
/// When its folder cannot be written or the disk is full; an earlier file stays as it was.
pub fn write_file(target: &Path, bytes: &[u8]) -> Result<(), AppError> {
    let refused = |error: std::io::Error| AppError::Export { path: target.to_owned(), reason: causes(&error) };
    bauta_files::write_whole(target, bytes).map_err(refused)
}

/// The pictures below a folder, and what could not be looked into. `progress` hears how many entries were looked at,
/// with a total of 0: nobody knows it. `None` when it was cancelled.
pub(crate) fn listed_folder(
    images: &dyn ImageReader,
    folder: &Path,
    progress: &mut dyn FnMut(Progress),
    cancel: &CancelToken,
) -> Result<Option<Listed>, AppError> {
    if !folder.is_dir() {
        return Err(AppError::NoFolder(folder.to_owned()));
    }
    let listed = images.list_while(folder, &mut |seen| {
        progress(Progress { done: seen, total: 0, seconds_left: None, current: String::new() });
        !cancel.is_cancelled()
    });
    Ok((!cancel.is_cancelled()).then_some(listed))
}

/// The absolute path without `.` and `..`, as it is written: links are not looked at. What climbs out of the root
/// stays in it, as everywhere.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                // At the root, it leaves the path as it is.
                let _ = tidy.pop();
            }
            part => tidy.push(part),
        }
    }
    tidy
}

/// A path that means the same from whatever working folder, and that two ways to it share: absolute, and without `..`.
/// Names of links stay as people know them, where no `..` leads through them.
///
/// # Errors
/// When there is no such file or folder, or no working folder.
pub(crate) fn settled(path: &Path) -> std::io::Result<PathBuf> {
    let leads_up = path.components().any(|part| part == Component::ParentDir);
    // On Windows, the absolute path has no `..` already, and the canonical one is no path that people know.
    if leads_up && cfg!(unix) { path.canonicalize() } else { std::path::absolute(path) }
}

/// Length and time of a file, without the hash; `None` when it cannot be looked at.
pub(crate) fn file_facts(path: &Path) -> Option<FileFacts> {
    let facts = std::fs::metadata(path).ok()?;
    let modified = facts.modified().ok().map(|time| humantime::format_rfc3339_seconds(time).to_string());
    Some(FileFacts { bytes: facts.len(), modified, hash: None })
}

/// As [`file_facts`], with the hash; `None` when it cannot be read to the end.
pub(crate) fn hashed_facts(path: &Path) -> Option<FileFacts> {
    Some(FileFacts { hash: Some(hash_of(path).ok()?), ..file_facts(path)? })
}

/// SHA-256 of a file's contents.
///
/// # Errors
/// When it cannot be read, or is no file: opening a pipe would wait for a writer for ever.
pub(crate) fn hash_of(path: &Path) -> std::io::Result<[u8; 32]> {
    refuse_no_file(path)?;
    let mut file = fs_err::File::open(path)?;
    let (mut hasher, mut piece) = (Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hasher.finalize().into()),
            read => hasher.update(&piece[..read]),
        }
    }
}

/// The same in hexadecimal digits.
pub(crate) fn sha256_of(path: &Path) -> std::io::Result<String> {
    Ok(in_hex(&hash_of(path)?))
}

/// SHA-256 of bytes, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    in_hex(&Sha256::digest(bytes))
}

/// Refuses what is no regular file, nor a link to one, before it is opened.
pub(crate) fn refuse_no_file(path: &Path) -> std::io::Result<()> {
    let kind = fs_err::metadata(path)?.file_type();
    if kind.is_file() {
        return Ok(());
    }
    let found = if kind.is_dir() { "a folder" } else { "a device or a pipe" };
    let message = format!("{}: expected a file, found {found}; move it away", path.display());
    Err(std::io::Error::new(ErrorKind::InvalidInput, message))
}

/// Why a file cannot be read, and what helps; without its name, which the place of a problem is.
pub(crate) fn why_unreadable(path: &Path, error: &std::io::Error) -> String {
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|facts| facts.is_symlink());
    match error.kind() {
        ErrorKind::NotFound if is_link => {
            "expected a file, found a link to a file that does not exist; mend the link or delete it".to_owned()
        }
        ErrorKind::NotFound => "there is no such file any more; it may have been moved or renamed".to_owned(),
        ErrorKind::PermissionDenied => "permission denied; change the permissions of the file".to_owned(),
        ErrorKind::InvalidInput => {
            let text = error.to_string();
            text.strip_prefix(&format!("{}: ", path.display())).map_or(text.clone(), str::to_owned)
        }
        _ => format!(
            "expected a file that can be read, found an error of the system ({}); copy the file again",
            causes(error)
        ),
    }
}

/// The path without links, as people write it.
///
/// # Errors
/// When there is no such file or folder.
pub(crate) fn real_path(path: &Path) -> std::io::Result<PathBuf> {
    let real = path.canonicalize()?;
    // Windows answers `\\?\C:\photos`, which many programs do not take.
    let plain = real.to_str().and_then(|text| text.strip_prefix(r"\\?\")).filter(|text| !text.starts_with("UNC\\"));
    Ok(plain.map_or_else(|| real.clone(), PathBuf::from))
}

fn in_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_tidy_path_is_absolute_and_climbs_nowhere() {
        for (path, expected) in [("/a/./b/../c.jpg", "/a/c.jpg"), ("/../../a", "/a"), ("/a/b/../..", "/")] {
            assert_eq!(tidy(Path::new(path)), Path::new(expected), "{path}");
        }
        let here = std::env::current_dir().unwrap();
        assert_eq!(tidy(Path::new("x/../y")), here.join("y"));
    }
}
